"""The outline of some files of a tree: which of them may define a name, found by the name's checksum.

A segment knows the contents that it was read from, so that every tree that has most of them can
use it: the next release reads only what changed. It has a line for each file with what that includes, and
its names, a line each. What is searched is one number for each: the name's checksum before the point, the
file's number and the kind behind it; floats, because Python sorts those fastest. Two names may have one
checksum, so what is found is looked up among the file's names. All of it is mapped, and a lookup reads
a few pages.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from . import blocks, registers
from .outline import CONFIG, KINDS, LISTED, outline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from .files import File

VERSION: Final = 8

_KIND: Final = b"outline %d" % VERSION
_LISTED, _CONFIGS, _OTHER = range(3)
_TEXT: Final = {kind: _LISTED if kind in LISTED else _CONFIGS if kind == CONFIG else _OTHER for kind in KINDS}
"""Where the names of a kind are: those that people misspell are searched for themselves (see `nearest`)."""
_WIDTH: Final = 16
_UNIT: Final = 2.0**-20
"""Of a kind, of which there are less than 16, and a file's number, less than 65,536: exact behind 32 bits."""


class Candidate(NamedTuple):
    """A file that may define a name, and as what."""

    kind: str
    path: str


class Making:
    """A segment while its files are read."""

    def __init__(self) -> None:
        """Begin without a file."""
        self._files: list[str] = []
        self._heads: list[bytes] = []
        self._late: list[int] = []
        self._pairs: list[float] = []
        # for each file its names of each of the three sorts, each after a line's end
        self._texts: tuple[list[bytes], ...] = ([], [], [])

    def add(self, file: File) -> None:
        """Take a file: its names, unless it lists registers, and what it includes."""
        number = len(self._files)
        self._files.append(f"{file.path}\t{file.blob}")
        names: dict[str, set[bytes]] = {}
        if file.is_list:
            self._late.append(number)
            includes = registers.includes_of(file.others)
        else:
            names, includes = outline(file.path, file.source)
        self._heads.append(b"\t".join([file.path.encode(errors="surrogateescape"), *includes]))
        texts: tuple[list[bytes], ...] = ([b""], [b""], [b""])
        for kind, words in names.items():
            if not words:
                continue
            behind = (number * _WIDTH + KINDS.index(kind)) * _UNIT
            self._pairs += [checksum + behind for checksum in map(crc32, words)]
            texts[_TEXT[kind]].extend(words)
        for every, own in zip(self._texts, texts, strict=True):
            every.append(b"\n".join(own))

    def write(self, target: Path) -> None:
        """Write the segment down."""
        self._pairs.sort()
        parts: list[blocks.Block] = [
            "\n".join(self._files).encode(errors="surrogateescape"),
            b"\n".join(self._heads),
            array("I", self._late),
            array("d", self._pairs),
        ]
        for texts in self._texts:
            parts += [array("Q", accumulate(map(len, texts))), b"".join(texts) + b"\n"]
        blocks.write(target, _KIND, parts)


class Segment:
    """A written segment, mapped."""

    def __init__(self, path: Path) -> None:
        """Map the file; `ValueError` when it is damaged."""
        self._files, self._heads, late, pairs, *texts = blocks.read(path, _KIND)
        self._late, self._pairs = late.cast("I"), pairs.cast("d")
        self._ends, self._texts = [ends.cast("Q") for ends in texts[::2]], texts[1::2]

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
        pairs = self._pairs
        at = bisect_left(pairs, checksum)
        while at < len(pairs) and pairs[at] < checksum + 1:
            number, kind = divmod(int(pairs[at] % 1 / _UNIT), _WIDTH)
            at += 1
            if self._has(number, KINDS[kind], name):
                yield KINDS[kind], number

    def _has(self, number: int, kind: str, name: bytes) -> bool:
        text = _TEXT[kind]
        ends = self._ends[text]
        start = ends[number - 1] if number else 0
        return b"\n%s\n" % name in bytes(self._texts[text][start : ends[number] + 1])

    def listed(self, config: bool, gone: Collection[int] = ()) -> bytes:
        """What somebody may have meant who wrote another name: all names of such kinds, a line each.

        Not those of the files of some numbers, which a tree has not.
        """
        kind = _CONFIGS if config else _LISTED
        text = bytes(self._texts[kind])
        if not gone:
            return text
        bounds = enumerate(pairwise((0, *self._ends[kind])))
        return b"".join(text[start:end] for number, (start, end) in bounds if number not in gone)
