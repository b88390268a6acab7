"""The outline of a tree: all of its segments, each with the files that the tree has as it was read."""

from __future__ import annotations

from functools import cached_property
from itertools import chain, compress
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from .includes import Includes
from .segment import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .pairs import Pairs
    from .segment import Segment


class Part(NamedTuple):
    """A segment under the name that the store has it by; ``live`` has a 1 for each file of the tree."""

    name: str
    segment: Segment
    live: bytes

    @property
    def gone(self) -> frozenset[int]:
        """The numbers of the files that the tree has not."""
        return frozenset(number for number, live in enumerate(self.live) if not live)


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

    def listed(self, config: bool) -> Iterator[bytes]:
        """The names that somebody may have meant who wrote another: options, or all else; a line each."""
        return (part.segment.listed(config, part.gone) for part in self.parts)

    def having(self, word: str, tables: Sequence[Pairs]) -> list[str]:
        """The files that have a word, told by the tables of the segments."""
        checksum = crc32(word.encode())
        return [
            segment.paths[number]
            for (_, segment, live), table in zip(self.parts, tables, strict=True)
            for number in table.files(checksum)
            if live[number]
        ]
