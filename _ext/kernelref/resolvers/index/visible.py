"""Which definitions a file can mean: what a compiler's include paths decide, told from paths alone."""

from __future__ import annotations

import re
from typing import Final

from ...core.target import world_of

_ARCHITECTURE: Final = re.compile(r"(?:tools/)?arch/([^/]+)/")


def architecture_of(path: str) -> str:
    """The architecture whose code a path is, or nothing."""
    match = _ARCHITECTURE.match(path)
    return match[1] if match else ""


def may_include(path: str, header: str) -> bool:
    """Whether a file may see what a header defines."""
    if path == header:
        return True
    if not header.endswith(".h") or not may_link(path, header):
        return False
    if header.startswith(("include/", "tools/include/")) or "/include/" in header:
        return True
    # A header of a subsystem: seen from its folder and below, and from the folders beside it.
    folder = header.rpartition("/")[0]
    return (
        path.startswith(folder + "/")
        or path.split("/")[:2] == header.split("/")[:2]
        or (path.split("/")[0] == header.split("/")[0] and folder.count("/") <= 1)
    )


def may_link(path: str, other: str) -> bool:
    """Whether two files can be of one kernel: the same world, no two architectures."""
    if world_of(path) != world_of(other):
        return False
    ours, theirs = architecture_of(path), architecture_of(other)
    return not ours or not theirs or ours == theirs
