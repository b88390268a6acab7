"""The outline of a tree: all of its segments, each with the files that the tree has as it was read."""

from __future__ import annotations

from functools import cached_property
from itertools import chain, compress
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from .includes import Includes
from .segment import Candidate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from .pairs import Pairs
    from .segment import Segment


_MANY: Final = 4000
"""More names than these nobody compares."""


class Part(NamedTuple):
    """A segment under the name that the store has it by; ``live`` has a 1 for each file of the tree."""

    name: str
    segment: Segment
    live: bytes


class Outline:
    """Which files of a tree may define which names."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """Take the segments."""
        self.parts = tuple(parts)
        self._known: dict[str, tuple[Candidate, ...]] = {}

    @cached_property
    def paths(self) -> list[str]:
        """All source files of the tree, segment by segment."""
        return list(chain.from_iterable(compress(part.segment.paths, part.live) for part in self.parts))

    @cached_property
    def blobs(self) -> dict[str, str]:
        """The name of each file's content."""
        files = chain.from_iterable(compress(part.segment.files, part.live) for part in self.parts)
        return dict(file.split("\t") for file in files)

    @cached_property
    def includes(self) -> Includes:
        """What each file includes."""
        heads = chain.from_iterable(compress(part.segment.heads, part.live) for part in self.parts)
        return Includes(self.paths, list(heads))

    @cached_property
    def late(self) -> frozenset[str]:
        """The headers of registers, whose names `candidates` does not know."""
        return frozenset(
            part.segment.paths[number]
            for part in self.parts
            for number in part.segment.late
            if part.live[number]
        )

    def candidates(self, name: str) -> tuple[Candidate, ...]:
        """The files that may define a name."""
        if name not in self._known:
            self._known[name] = tuple(self._candidates(name.encode()))
        return self._known[name]

    def _candidates(self, name: bytes) -> Iterator[Candidate]:
        checksum = crc32(name)
        for _, segment, live in self.parts:
            for kind, number in segment.candidates(name, checksum):
                if live[number]:
                    yield Candidate(kind, segment.paths[number])

    def names(self, pieces: Collection[str], config: bool) -> set[str]:
        """The names that have one of these pieces in them, the rarest of the pieces, until these are many."""
        texts = self._listed[config]
        counts = {
            piece: sum(folded.count(piece) for _, folded in texts)
            for piece in (piece.lower().encode() for piece in pieces)
        }
        found: set[bytes] = set()
        for piece in sorted(counts, key=lambda piece: (counts[piece], piece)):
            if found and len(found) + counts[piece] > _MANY:
                break
            for text, folded in texts:
                found.update(_lines_with(text, folded, piece))
        return {name.decode(errors="replace") for name in found}

    @cached_property
    def _listed(self) -> dict[bool, list[tuple[bytes, bytes]]]:
        # of options or not -> each segment's names, as they are and in small letters
        return {
            config: [(text, text.lower()) for part in self.parts for text in [part.segment.listed(config)]]
            for config in (False, True)
        }

    def having(self, word: str, tables: Sequence[Pairs]) -> list[str]:
        """The files that have a word, told by the tables of the segments."""
        checksum = crc32(word.encode())
        return [
            segment.paths[number]
            for (_, segment, live), table in zip(self.parts, tables, strict=True)
            for number in table.files(checksum)
            if live[number]
        ]


def _lines_with(text: bytes, folded: bytes, piece: bytes) -> Iterator[bytes]:
    # Letters are found several times faster than a pattern is matched.
    at = folded.find(piece)
    while at >= 0:
        start, end = text.rfind(b"\n", 0, at) + 1, text.index(b"\n", at)
        yield text[start:end]
        at = folded.find(piece, end)
