"""What a file includes, and so which macros and inline functions it can mean.

The compiler's include paths, told from a tree's layout: ``<linux/mm.h>`` is under ``include/`` or an
architecture's, ``<asm/x.h>`` is every architecture's or the generic one, ``"internal.h"`` lies
beside. A header that only a build would make is not there, and left out.
"""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from .reach import Reach
from .visible import architecture_of, may_include

if TYPE_CHECKING:
    from collections.abc import Sequence

_OF_ARCHITECTURE: Final = re.compile(r"((?:tools/)?)arch/([^/]+)/include/((?:uapi/)?)(.+)")


class Includes:
    """The include graph of one tree."""

    def __init__(self, paths: Sequence[str], heads: Sequence[str]) -> None:
        """Take all source paths and, for each, a line of it and what it includes, between tabs."""
        self._heads = dict(zip(paths, heads, strict=True))
        # architecture -> what is reached from each file there
        self._reach: dict[str, Reach[str]] = {}
        self._resolved: dict[tuple[str, str, str], list[str]] = {}

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        # name of a header -> where there is one
        found: dict[str, list[str]] = {}
        for path in self._heads:
            if path.endswith(".h"):
                found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    @cached_property
    def _of_architectures(self) -> dict[str, list[tuple[str, str]]]:
        # how a header of an architecture is written, behind the folder of its world -> (architecture, path)
        found: dict[str, list[tuple[str, str]]] = {}
        for path in self._heads:
            if "arch/" in path[:11] and (match := _OF_ARCHITECTURE.fullmatch(path)):
                top, architecture, uapi, name = match.groups()
                for written in {uapi + name, name}:
                    found.setdefault(top + written, []).append((architecture, path))
        return found

    @cached_property
    def _users(self) -> dict[str, list[str]]:
        # a C file that others include -> those
        found: dict[str, list[str]] = {}
        for path, head in self._heads.items():
            if ".c" in head[len(path) :]:
                for each in self._included(path, architecture_of(path)):
                    if each.endswith(".c"):
                        found.setdefault(each, []).append(path)
        return found

    def sees(self, path: str, other: str) -> bool:
        """Whether a file may see what another defines for those that include it."""
        if path == other or self._from(path).has(path, other):
            return True
        # What is included relies on what was included before it.
        if path.endswith(".h"):
            return may_include(path, other)
        return any(self._from(user).has(user, other) for user in self._users.get(path, ()))

    def closure(self, path: str) -> frozenset[str]:
        """All files that a file includes, and those include, in any configuration."""
        return self._from(path).all(path)

    def _from(self, path: str) -> Reach[str]:
        architecture = architecture_of(path)
        if architecture not in self._reach:
            self._reach[architecture] = Reach(lambda each: self._included(each, architecture))
        return self._reach[architecture]

    def _included(self, path: str, architecture: str) -> set[str]:
        # What is written ``<linux/mm.h`` or ``"internal.h``, in the line of the file.
        written = self._heads[path].split("\t")[1:] if path in self._heads else ()
        folder = path.rpartition("/")[0]
        home = "/".join(folder.split("/")[:2])
        found: set[str] = set()
        for spec in written:
            # Whose folder it is written in matters to quoted names alone.
            key = (folder if spec[0] == '"' else home, spec, architecture)
            targets = self._resolved.get(key)
            if targets is None:
                targets = self._resolved[key] = self._resolve(*key)
            found.update(targets)
        return found

    def _resolve(self, folder: str, spec: str, architecture: str) -> list[str]:
        name = spec[1:]
        if spec[0] == '"':
            beside = posixpath.normpath(f"{folder}/{name}")
            if beside in self._heads:
                return [beside]
        top = "tools/" if f"{folder}/".startswith("tools/") else ""
        places = [f"{top}include/{name}", f"{top}include/uapi/{name}"]
        if name.startswith("asm/"):
            rest = name.removeprefix("asm/")
            places += [f"{top}include/asm-generic/{rest}", f"{top}include/uapi/asm-generic/{rest}"]
        found = [place for place in places if place in self._heads]
        for each, place in self._of_architectures.get(top + name, ()):
            if architecture in ("", each):
                found.append(place)
        return found or self._near(folder, name)

    def _near(self, folder: str, name: str) -> list[str]:
        # An include path of the subsystem's own Makefile.
        home = "/".join(folder.split("/")[:2])
        ends = [path for path in self._folders.get(name.rpartition("/")[2], ()) if path.endswith("/" + name)]
        return [path for path in ends if path.startswith(home + "/")][:3]
