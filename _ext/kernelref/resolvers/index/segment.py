"""The outline of some files of a tree: which of them may define a name, found by the name's checksum.

A segment knows the contents that it was read from, so that every tree that has most of them can
use it: the next release reads only what changed. It has a line for each file with what that includes, and
the checksums of its names in order, where the line of each ends, and the lines (name, kind and
number, …, between tabs). All of it is mapped, and a lookup reads a few pages.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from . import blocks, registers
from .outline import CONFIG, LISTED, includes_of, outline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION: Final = 6

_KIND: Final = b"outline %d" % VERSION


class Candidate(NamedTuple):
    """A file that may define a name, and as what."""

    kind: str
    path: str


class Making:
    """A segment while its files are read."""

    def __init__(self) -> None:
        """Begin without a file."""
        # name -> kind and number, …, each after a tab
        self._table: dict[bytes, bytes] = {}
        self._files: list[str] = []
        self._heads: list[bytes] = []
        self._late: list[int] = []
        self._listed: set[bytes] = set()
        self._configs: set[bytes] = set()

    def add(self, path: str, blob: str, source: bytes) -> None:
        """Take a file: its names, unless it lists registers, and what it includes."""
        number = len(self._files)
        self._files.append(f"{path}\t{blob}")
        self._heads.append(b"\t".join([path.encode(errors="surrogateescape"), *includes_of(source)]))
        if registers.is_list(path, source):
            self._late.append(number)
            return
        table = self._table
        for kind, names in outline(path, source).items():
            place = b"\t%s%d" % (kind.encode(), number)
            if kind in LISTED:
                self._listed |= names
            elif kind == CONFIG:
                self._configs |= names
            for name in names:
                table[name] = table.get(name, b"") + place

    def write(self, target: Path) -> None:
        """Write the segment down."""
        names = list(self._table)
        sums = list(map(crc32, names))
        order = sorted(range(len(names)), key=sums.__getitem__)
        lines = [b"\n" + names[at] + self._table[names[at]] for at in order]
        parts: list[blocks.Block] = [
            "\n".join(self._files).encode(errors="surrogateescape"),
            b"\n".join(self._heads),
            array("I", [sums[at] for at in order]),
            array("Q", accumulate(map(len, lines))),
            array("I", self._late),
            b"".join(lines) + b"\n",
            *(b"\n".join([b"", *sorted(names), b""]) for names in (self._listed, self._configs)),
        ]
        blocks.write(target, _KIND, parts)


class Segment:
    """A written segment, mapped."""

    def __init__(self, path: Path) -> None:
        """Map the file; `ValueError` when it is damaged."""
        self._files, self._heads, sums, ends, late, *texts = blocks.read(path, _KIND)
        self._lines, self._listed, self._configs = texts
        self._sums, self._ends, self._late = sums.cast("I"), ends.cast("Q"), late.cast("I")

    @cached_property
    def files(self) -> list[str]:
        """Each file and the name of its content, with a tab between."""
        text = bytes(self._files).decode(errors="surrogateescape")
        return text.split("\n") if text else []

    @cached_property
    def paths(self) -> list[str]:
        """The files."""
        return [file.partition("\t")[0] for file in self.files]

    @property
    def heads(self) -> list[str]:
        """For each file a line with it and what it includes, between tabs."""
        return bytes(self._heads).decode(errors="surrogateescape").split("\n") if len(self._heads) else []

    @property
    def late(self) -> list[int]:
        """The numbers of the headers of registers: whoever needs their names reads them."""
        return self._late.tolist()

    def candidates(self, name: bytes, checksum: int) -> Iterator[tuple[str, int]]:
        """The kinds and the numbers of the files that may define a name."""
        wanted = b"\n" + name + b"\t"
        at = bisect_left(self._sums, checksum)
        while at < len(self._sums) and self._sums[at] == checksum:
            line = bytes(self._lines[self._ends[at - 1] if at else 0 : self._ends[at]])
            at += 1
            if line.startswith(wanted):
                for place in line[len(wanted) :].split(b"\t"):
                    yield chr(place[0]), int(place[1:])

    def listed(self, config: bool) -> bytes:
        """What somebody may have meant who wrote another name: all names of such kinds, a line each."""
        return bytes(self._configs if config else self._listed)
