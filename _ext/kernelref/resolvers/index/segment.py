"""The outline of some files of a tree: which of them may define a name, found by the name's checksum.

A segment knows the contents that it was read from, so that every tree that has most of them can
use it: the next release reads only what changed. It has a line for each file with what that includes, and
its names, a line each. What is searched is one number for each: the name's checksum before the point, the
file's number and the kind behind it; floats, because Python sorts those fastest. Two names may have one
checksum, so what is found is looked up among the file's names. All of it is mapped, and a lookup reads
a few pages.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from . import blocks
from .kinds import CONFIG, KINDS, LISTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


VERSION: Final = 9

FORMAT: Final = b"outline %d" % VERSION
_LISTED, _CONFIGS, _OTHER = range(3)
TEXT: Final = {kind: _LISTED if kind in LISTED else _CONFIGS if kind == CONFIG else _OTHER for kind in KINDS}
"""Where the names of a kind are: those that people misspell are searched for themselves (see `nearest`)."""
WIDTH: Final = 16
UNIT: Final = 2.0**-20
"""Of a kind, of which there are less than 16, and a file's number, less than 65,536: exact behind 32 bits."""


class Candidate(NamedTuple):
    """A file that may define a name, and as what."""

    kind: str
    path: str


class Segment:
    """A written segment, mapped."""

    def __init__(self, path: Path) -> None:
        """Map the file; `ValueError` when it is damaged."""
        self._files, self._heads, late, pairs, *texts = blocks.read(path, FORMAT)
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
            number, kind = divmod(int(pairs[at] % 1 / UNIT), WIDTH)
            at += 1
            if self._has(number, KINDS[kind], name):
                yield KINDS[kind], number

    def _has(self, number: int, kind: str, name: bytes) -> bool:
        text = TEXT[kind]
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
