"""What a file includes, and so which macros and inline functions it can mean.

The compiler's include paths, told from a tree's layout: ``<linux/mm.h>`` is under ``include/`` or an
architecture's, ``<asm/x.h>`` is every architecture's or the generic one, ``"internal.h"`` lies
beside. A header that only a build would make is not there, and left out.
"""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING

from .visible import architecture_of, may_include, world_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class Includes:
    """The include graph of one tree."""

    def __init__(self, paths: Sequence[str], heads: Sequence[str]) -> None:
        """Take all source paths and, for each, a line of it and what it includes, between tabs."""
        self._heads = dict(zip(paths, heads, strict=True))
        self._closures: dict[str, frozenset[str]] = {}
        # architecture -> path -> what it includes there
        self._direct: dict[str, dict[str, tuple[str, ...]]] = {}
        self._resolved: dict[tuple[str, str, str], tuple[str, ...]] = {}

    @cached_property
    def _architectures(self) -> list[str]:
        return sorted({architecture_of(path) for path in self._heads} - {""})

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        # name of a header -> where there is one
        found: dict[str, list[str]] = {}
        for path in self._heads:
            if path.endswith(".h"):
                found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    def sees(self, path: str, other: str) -> bool:
        """Whether a file may see what another defines for those that include it."""
        if path == other or other in self.closure(path):
            return True
        # A header relies on what its users included before it.
        return path.endswith(".h") and may_include(path, other)

    def closure(self, path: str) -> frozenset[str]:
        """All files that a file includes, and those include, in any configuration."""
        if path not in self._closures:
            architecture = architecture_of(path)
            known = self._direct.setdefault(architecture, {})
            seen: set[str] = set()
            pending = {path}
            while pending:
                for each in pending - known.keys():
                    known[each] = self._included(each, architecture)
                pending = set[str]().union(*[known[each] for each in pending]) - seen
                seen |= pending
            self._closures[path] = frozenset(seen)
        return self._closures[path]

    def _included(self, path: str, architecture: str) -> tuple[str, ...]:
        # What is written ``<linux/mm.h`` or ``"internal.h``, in the line of the file.
        written = self._heads[path].split("\t")[1:] if path in self._heads else ()
        every = (self._targets(path, spec, architecture) for spec in written)
        return tuple({target for targets in every for target in targets})

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
            if beside in self._heads:
                return [beside]
        top = "tools/" if world_of(folder + "/") == "tools/" else ""
        places = [f"{top}include/{name}", f"{top}include/uapi/{name}"]
        for each in [architecture] if architecture else self._architectures:
            places += [f"{top}arch/{each}/include/{name}", f"{top}arch/{each}/include/uapi/{name}"]
        if name.startswith("asm/"):
            rest = name.removeprefix("asm/")
            places += [f"{top}include/asm-generic/{rest}", f"{top}include/uapi/asm-generic/{rest}"]
        found = [place for place in places if place in self._heads]
        return found or self._near(folder, name)

    def _near(self, folder: str, name: str) -> list[str]:
        # An include path of the subsystem's own Makefile.
        home = "/".join(folder.split("/")[:2])
        ends = [path for path in self._folders.get(name.rpartition("/")[2], ()) if path.endswith("/" + name)]
        return [path for path in ends if path.startswith(home + "/")][:3]
