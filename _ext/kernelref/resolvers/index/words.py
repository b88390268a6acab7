"""Which files have a word in them: an index of a tree's words, for the questions that go upwards.

A word in a file is one number: the word's checksum before the point, the file's number behind it.
Two words may have one checksum, so an answer may name a file too many, never one too few; whoever
asks reads the files. A tree has millions of such pairs: floats, because Python sorts those fastest,
in sorted parts that are mapped and searched by bisection.
"""

from __future__ import annotations

import mmap
import sys
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Final
from zlib import crc32

from . import registers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VERSION: Final = 2

MOST: Final = 65536
"""Files of one part; with the 32 bits of a checksum that is exact in a float's 53."""
_MAGIC: Final = b"words " + sys.byteorder.encode().ljust(10)
_END: Final = b"\x00end of words\n\x00\x00"
_SPACED: Final = bytes(
    byte if byte == 95 or (byte < 128 and chr(byte).isalnum()) else 32 for byte in range(256)
)


def is_searched(path: str) -> bool:
    """Whether the words of this file are kept."""
    return path.endswith((".c", ".h"))


def words_of(text: bytes) -> set[bytes]:
    """All words of a text, but in headers of registers."""
    return set(registers.split(text)[0].translate(_SPACED).split())


def pairs_of(words: Iterable[bytes], number: int) -> list[float]:
    """Words in the file of a number."""
    behind = number / MOST
    return [checksum + behind for checksum in map(crc32, words)]


def part_of(texts: Iterable[bytes]) -> bytes:
    """The words of some files, which are numbered from 0: how many files, and the sorted pairs."""
    pairs: list[float] = []
    count = 0
    for text in texts:
        pairs += pairs_of(words_of(text), count)
        count += 1
    pairs.sort()
    return array("d", [count, len(pairs), *pairs]).tobytes()


def write(target: Path, parts: Iterable[Path]) -> None:
    """Put the parts of a tree together."""
    with target.open("wb") as file:
        file.write(_MAGIC)
        for part in parts:
            file.write(part.read_bytes())
        file.write(_END)


class Words:
    """A written index of words, mapped."""

    def __init__(self, path: Path, count: int) -> None:
        """Map the file; `ValueError` when it is cut short, or not of a tree of so many files."""
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if not mapped[:16] == _MAGIC or mapped[-16:] != _END or len(mapped) % 8:
            raise ValueError("not a whole index of words")
        data = memoryview(mapped)[16:-16].cast("d")
        # number of a part's first file, its pairs
        self._parts: list[tuple[int, memoryview[float]]] = []
        at = first = 0
        while at < len(data):
            here, length = int(data[at]), int(data[at + 1])
            self._parts.append((first, data[at + 2 : at + 2 + length]))
            first += here
            at += 2 + length
        if first != count or at != len(data):
            raise ValueError("a part is missing")

    def files(self, word: str) -> list[int]:
        """The numbers of the files that have a word, and perhaps of others."""
        checksum = crc32(word.encode())
        found: list[int] = []
        for first, pairs in self._parts:
            low = bisect_left(pairs, checksum)
            high = bisect_left(pairs, checksum + 1, low)
            found.extend(first + int(pair % 1 * MOST) for pair in pairs[low:high])
        return found
