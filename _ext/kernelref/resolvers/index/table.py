"""The outline of a tree as it is kept: which files may define a name, found by a name's checksum.

One file for a tree: a line for each source file with what it includes, then parts that workers made.
A part has the checksums of its names in order, where the line of each ends, and the lines
(name, kind and number, …, between tabs); before them, as pairs (see `words`), the names that only stand for a
number. All of it is mapped, and a lookup reads a few pages.
"""

from __future__ import annotations

import mmap
import sys
from array import array
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from . import registers
from .includes import Includes
from .outline import OBJECT, includes_of, outline
from .words import MOST, pairs_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

VERSION: Final = 4

_MAGIC: Final = b"outline " + sys.byteorder.encode().ljust(8)
_END: Final = b"\x00end of outline\n"


class Candidate(NamedTuple):
    """A file that may define a name, and as what."""

    kind: str
    path: str


class _Part(NamedTuple):
    first: int
    numbers: memoryview[float]
    sums: memoryview[int]
    ends: memoryview[int]
    lines: memoryview[int]


def part_of(files: Iterable[tuple[str, bytes]]) -> tuple[bytes, list[bytes]]:
    """What some files may define, numbered from 0; and for each file a line with what it includes."""
    table: dict[bytes, bytes] = {}
    heads: list[bytes] = []
    numbers: list[float] = []
    for number, (path, source) in enumerate(files):
        rest, names = registers.split(source)
        numbers += pairs_of(set(names), number)
        for kind, defined in outline(path, rest).items():
            place = b"\t%s%d" % (kind.encode(), number)
            for name in defined:
                table[name] = table.get(name, b"") + place
        heads.append(b"\t".join([path.encode(errors="surrogateescape"), *includes_of(rest)]))
    numbers.sort()
    order = sorted(zip(map(crc32, table), table, strict=True))
    lines = [b"\n" + name + table[name] for _, name in order]
    text = b"".join(lines) + b"\n"
    text = text.ljust(-len(text) % 8 + len(text), b"\n")
    head = array("Q", [len(heads), len(numbers), len(order), len(text)])
    sums = array("I", [checksum for checksum, _ in order])
    ends = array("I", accumulate(map(len, lines)))
    part = b"".join(each.tobytes() for each in (head, array("d", numbers), sums, ends))
    return part + text, heads


def write(target: Path, heads: Iterable[bytes], parts: Iterable[Path]) -> None:
    """Put the parts of a tree together."""
    text = b"\n".join(heads)
    text = text.ljust(-len(text) % 8 + len(text), b"\n")
    with target.open("wb") as file:
        file.write(_MAGIC + array("Q", [len(text)]).tobytes() + text)
        for part in parts:
            file.write(part.read_bytes())
        file.write(_END)


class Outline:
    """A written outline, mapped."""

    def __init__(self, path: Path) -> None:
        """Map the file; `ValueError` when it is cut short or not one."""
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if mapped[:16] != _MAGIC or mapped[-16:] != _END or len(mapped) % 8:
            raise ValueError("not a whole outline")
        data = memoryview(mapped)[16:-16]
        top = 8 + data[:8].cast("Q")[0]
        heads = bytes(data[8:top]).decode(errors="surrogateescape").rstrip("\n").split("\n")
        self.paths = [head.partition("\t")[0] for head in heads if head]
        self.includes = Includes(self.paths, heads)
        self._parts = list(_parts(data[top:], len(self.paths)))
        self._known: dict[str, tuple[Candidate, ...]] = {}

    def candidates(self, name: str) -> tuple[Candidate, ...]:
        """The files that may define a name."""
        if name not in self._known:
            self._known[name] = tuple(self._candidates(name.encode()))
        return self._known[name]

    def _candidates(self, name: bytes) -> Iterator[Candidate]:
        checksum = crc32(name)
        wanted = b"\n" + name + b"\t"
        for part in self._parts:
            at = bisect_left(part.sums, checksum)
            while at < len(part.sums) and part.sums[at] == checksum:
                line = bytes(part.lines[part.ends[at - 1] if at else 0 : part.ends[at]])
                at += 1
                if line.startswith(wanted):
                    for place in line[len(wanted) :].split(b"\t"):
                        yield Candidate(chr(place[0]), self.paths[part.first + int(place[1:])])
            if part.numbers:
                low = bisect_left(part.numbers, checksum)
                for pair in part.numbers[low : bisect_left(part.numbers, checksum + 1, low)]:
                    yield Candidate(OBJECT, self.paths[part.first + int(pair % 1 * MOST)])

    def names(self, pieces: Collection[str], kinds: str) -> Iterator[str]:
        """The names of some kinds that have one of these pieces in them; some more than once."""
        wanted = frozenset(kinds.encode())
        for part in self._parts:
            lines = bytes(part.lines)
            folded = lines.lower()
            # Letters are found several times faster than a pattern is matched.
            starts = {at for piece in pieces for at in _lines_with(folded, piece.lower().encode())}
            for start in starts:
                name, *places = lines[start : lines.index(b"\n", start)].split(b"\t")
                if not wanted.isdisjoint(place[0] for place in places):
                    yield name.decode(errors="replace")


def _lines_with(text: bytes, piece: bytes) -> Iterator[int]:
    # Where the lines begin that have a piece in their first field.
    at = text.find(piece)
    while at >= 0:
        start, end = text.rfind(b"\n", 0, at) + 1, text.index(b"\n", at)
        if b"\t" not in text[start:at]:
            yield start
        at = text.find(piece, end)


def _parts(data: memoryview[int], count: int) -> Iterator[_Part]:
    at = first = 0
    while at < len(data):
        files, numbers, names, length = data[at : at + 32].cast("Q")
        one = at + 32 + 8 * numbers
        two, three = one + 4 * names, one + 8 * names
        end = three + length
        if end > len(data):
            raise ValueError("a part is cut short")
        yield _Part(
            first,
            data[at + 32 : one].cast("d"),
            data[one:two].cast("I"),
            data[two:three].cast("I"),
            data[three:end],
        )
        first += files
        at = end
    if first != count:
        raise ValueError("a part is missing")
