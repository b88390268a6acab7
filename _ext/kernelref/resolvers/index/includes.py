"""What a file includes, and so which macros and inline functions it can mean.

The compiler's include paths, told from a tree's layout: ``<linux/mm.h>`` is under ``include/`` or an
architecture's, ``<asm/x.h>`` is every architecture's or the generic one, ``"internal.h"`` lies
beside. A header that only a build would make is not there, and left out.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from .visible import architecture_of, may_include, world_of

if TYPE_CHECKING:
    from collections.abc import Sequence

INCLUDE: Final = re.compile(rb'include[ \t]+([<"][^>"\s]+)[>"]')


class Includes:
    """The include graph of one tree."""

    def __init__(self, paths: Sequence[str], included: Sequence[tuple[str, ...]]) -> None:
        """Take all source paths and, for each, what its lines include (``<linux/mm.h``, ``"internal.h``)."""
        self._direct = dict(zip(paths, included, strict=True))
        self._architectures = sorted({architecture_of(path) for path in paths} - {""})
        self._folders: dict[str, list[str]] = {}  # name of a header -> where there is one
        for path in paths:
            if path.endswith(".h"):
                self._folders.setdefault(path.rpartition("/")[2], []).append(path)
        self._closures: dict[str, frozenset[str]] = {}
        self._resolved: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def sees(self, path: str, other: str) -> bool:
        """Whether a file may see what another defines for those that include it."""
        if path == other or other in self.closure(path):
            return True
        # A header relies on what its users included before it.
        return path.endswith(".h") and may_include(path, other)

    def closure(self, path: str) -> frozenset[str]:
        """All files that a file includes, and those include, in any configuration."""
        if path not in self._closures:
            seen: set[str] = set()
            pending = [path]
            architecture = architecture_of(path)
            while pending:
                current = pending.pop()
                for spec in self._direct.get(current, ()):
                    for target in self._targets(current, spec, architecture):
                        if target not in seen:
                            seen.add(target)
                            pending.append(target)
            self._closures[path] = frozenset(seen)
        return self._closures[path]

    def _targets(self, path: str, spec: str, architecture: str) -> tuple[str, ...]:
        folder = path.rpartition("/")[0]
        key = (folder, spec, architecture)
        if key not in self._resolved:
            self._resolved[key] = tuple(self._resolve(folder, spec, architecture))
        return self._resolved[key]

    def _resolve(self, folder: str, spec: str, architecture: str) -> list[str]:
        name = spec[1:]
        if spec[0] == '"':
            beside = posixpath.normpath(f"{folder}/{name}")
            if beside in self._direct:
                return [beside]
        top = "tools/" if world_of(folder + "/") == "tools/" else ""
        places = [f"{top}include/{name}", f"{top}include/uapi/{name}"]
        for each in [architecture] if architecture else self._architectures:
            places += [f"{top}arch/{each}/include/{name}", f"{top}arch/{each}/include/uapi/{name}"]
        if name.startswith("asm/"):
            rest = name.removeprefix("asm/")
            places += [f"{top}include/asm-generic/{rest}", f"{top}include/uapi/asm-generic/{rest}"]
        found = [place for place in places if place in self._direct]
        return found or self._near(folder, name)

    def _near(self, folder: str, name: str) -> list[str]:
        # An include path of the subsystem's own Makefile.
        home = "/".join(folder.split("/")[:2])
        ends = [path for path in self._folders.get(name.rpartition("/")[2], ()) if path.endswith("/" + name)]
        return [path for path in ends if path.startswith(home + "/")][:3]
