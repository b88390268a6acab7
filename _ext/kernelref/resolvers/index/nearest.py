"""The names nearest to one that is not there."""

from __future__ import annotations

import heapq
import re
from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_PIECE: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_POOL: Final = 150
_BEST: Final = 20
_MANY: Final = 4000
"""More names than these nobody compares."""


class Nearest:
    """The names of a tree, searched for those that are like another."""

    def __init__(self, listed: Callable[[bool], Iterable[bytes]]) -> None:
        """Take what gives texts with a name on each line: of options, or of all else."""
        self._listed = listed
        self._names: dict[bool, _Names] = {}

    def to(self, name: str) -> tuple[str, ...]:
        """The names most like one, best first."""
        config = name.startswith("CONFIG_")
        if config not in self._names:
            self._names[config] = _Names(self._listed(config))
        return _best(name, self._names[config].near(name.removeprefix("CONFIG_")))


class _Names:
    """Many names, searched by what they have in them."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        """Take texts with a name on each line."""
        self._text = b"\n".join([b"", *texts, b""])
        self._folded = self._text.lower()
        # piece -> the names that have it, or none where they are too many; questions share words
        self._having: dict[str, frozenset[bytes]] = {}

    def near(self, name: str) -> set[str]:
        """The names that share a longer word with one, the rarest of its words, until these are many.

        Where all its words are common, those that share two.
        """
        words = sorted({piece.lower() for piece in _searched(name) if piece})
        if not words:
            return set()
        found: set[bytes] = set()
        for names in sorted(map(self._few_with, words), key=len):
            if len(found) + len(names) > _MANY:
                break
            found |= names
        return {each.decode(errors="replace") for each in found or self._with_two(words)}

    def _with_two(self, words: list[str]) -> set[bytes]:
        every = [set(self._lines_with(word.encode())) for word in words]
        return set().union(*(a & b for a, b in combinations(every, 2))) if len(every) > 1 else every[0]

    def _few_with(self, piece: str) -> frozenset[bytes]:
        if piece not in self._having:
            found: set[bytes] = set()
            for line in self._lines_with(piece.encode()):
                found.add(line)
                if len(found) > _MANY:
                    found.clear()
                    break
            self._having[piece] = frozenset(found)
        return self._having[piece]

    def _lines_with(self, piece: bytes) -> Iterator[bytes]:
        # Letters are found several times faster than a pattern is matched.
        text, folded = self._text, self._folded
        at = folded.find(piece)
        while at >= 0:
            start, end = text.rfind(b"\n", 0, at) + 1, text.index(b"\n", at)
            yield text[start:end]
            at = folded.find(piece, end)


def _pieces(name: str) -> tuple[str, ...]:
    """The words of a name: ``zap_pte_range`` and ``ZapPteRange`` have the same three."""
    return tuple(piece.lower() for piece in _PIECE.findall(name))


def _searched(name: str) -> tuple[str, ...]:
    """What a name near to this one has in it: one of its longer words, or its first letters."""
    words = sorted({piece for piece in _pieces(name) if len(piece) > 2}, key=len, reverse=True)[:6]
    return (*words, name[:4]) if len(words) < 2 else tuple(words)


def _best(name: str, names: Iterable[str]) -> tuple[str, ...]:
    # By their words, their order, and their letters.
    wanted = _pieces(name)
    pool = heapq.nlargest(_POOL, ((_overlap(wanted, name, other), other) for other in names))
    scored = sorted((-_score(name, wanted, other), other) for rough, other in pool if rough > 0)
    return tuple(other for score, other in scored[:_BEST] if score < -0.45)


def _overlap(wanted: tuple[str, ...], name: str, other: str) -> float:
    # Cheap: how many words are shared, with a little for a shared beginning.
    if other == name:
        return 0.0
    theirs = _pieces(other)
    shared = len(set(wanted) & set(theirs))
    if not shared:
        return 0.3 if len(other) > 5 and abs(len(other) - len(name)) < 3 and other[:4] == name[:4] else 0.0
    return 2 * shared / (len(set(wanted)) + len(set(theirs))) + (0.05 if other[:3] == name[:3] else 0.0)


def _score(name: str, wanted: tuple[str, ...], other: str) -> float:
    theirs = _pieces(other)
    words = SequenceMatcher(None, wanted, theirs, autojunk=False).ratio()
    letters = SequenceMatcher(None, name, other, autojunk=False).ratio()
    ordered = 0.05 if sorted(wanted) == sorted(theirs) else 0.0
    return 0.5 * words + 0.5 * letters + ordered
