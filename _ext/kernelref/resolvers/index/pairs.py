"""Which files of a segment have a word: for the tables that are made when a question first needs them.

A word in a file is one number: the word's checksum before the point, the file's number behind it.
Two words may have one checksum, so an answer may name a file too many, never one too few; whoever
asks reads the files. A tree has millions of such pairs: floats, because Python sorts those fastest,
mapped and searched by bisection.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Final
from zlib import crc32

from . import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

VERSION: Final = 1

MOST: Final = 65536
"""Files of one segment; with the 32 bits of a checksum that is exact in a float's 53."""
_KIND: Final = b"pairs %d" % VERSION


class Making:
    """A table while the files of its segment are read."""

    def __init__(self, count: int) -> None:
        """Begin with none of so many files read."""
        self._pairs: list[float] = []
        self._read = bytearray(count)

    def add(self, number: int, words: Iterable[bytes]) -> None:
        """Take the words, each once, of the file of a number."""
        self._read[number] = 1
        behind = number / MOST
        self._pairs += [checksum + behind for checksum in map(crc32, words)]

    def write(self, target: Path) -> None:
        """Write it down."""
        self._pairs.sort()
        blocks.write(target, _KIND, [bytes(self._read), array("d", self._pairs)])


class Pairs:
    """A written table, mapped."""

    def __init__(self, path: Path) -> None:
        """Map the file; `ValueError` when it is damaged."""
        self._read, pairs = blocks.read(path, _KIND)
        self._pairs = pairs.cast("d")

    def has(self, live: bytes) -> bool:
        """Whether every file that is marked was read."""
        read = bytes(self._read)
        return len(live) == len(read) and bytes(map(max, live, read)) == read

    def files(self, checksum: int) -> Iterator[int]:
        """The numbers of the files that have a word of this checksum."""
        pairs = self._pairs
        for at in range(bisect_left(pairs, checksum), len(pairs)):
            if pairs[at] >= checksum + 1:
                break
            yield int(pairs[at] % 1 * MOST)
