"""The names nearest to one that is not there."""

from __future__ import annotations

import heapq
import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PIECE: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_POOL: Final = 150
_MANY: Final = 4000
"""More names than these nobody compares."""


class Names:
    """Many names, searched by what they have in them."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        """Take texts with a name on each line."""
        self._text = b"\n".join([b"", *texts, b""])
        self._folded = self._text.lower()
        # piece -> how many have it, and which; one question's words are also another's
        self._counts: dict[bytes, int] = {}
        self._having: dict[bytes, frozenset[bytes]] = {}

    def near(self, name: str) -> set[str]:
        """The names that share a longer word with one, the rarest of its words, until these are many."""
        pieces = [piece.lower().encode() for piece in searched(name)]
        for piece in pieces:
            if piece not in self._counts:
                self._counts[piece] = self._folded.count(piece)
        found: set[bytes] = set()
        for piece in sorted(pieces, key=lambda piece: (self._counts[piece], piece)):
            if found and len(found) + self._counts[piece] > _MANY:
                break
            if piece not in self._having:
                self._having[piece] = frozenset(self._lines_with(piece))
            found |= self._having[piece]
        return {each.decode(errors="replace") for each in found}

    def _lines_with(self, piece: bytes) -> Iterator[bytes]:
        # Letters are found several times faster than a pattern is matched.
        text, folded = self._text, self._folded
        at = folded.find(piece)
        while at >= 0:
            start, end = text.rfind(b"\n", 0, at) + 1, text.index(b"\n", at)
            yield text[start:end]
            at = folded.find(piece, end)


def pieces(name: str) -> tuple[str, ...]:
    """The words of a name: ``zap_pte_range`` and ``ZapPteRange`` have the same three."""
    return tuple(piece.lower() for piece in _PIECE.findall(name))


def searched(name: str) -> tuple[str, ...]:
    """What a name near to this one has in it: one of its longer words, or its first letters."""
    words = sorted({piece for piece in pieces(name) if len(piece) > 2}, key=len, reverse=True)[:6]
    return (*words, name[:4]) if len(words) < 2 else tuple(words)


def nearest(name: str, names: Iterable[str], limit: int) -> tuple[str, ...]:
    """The names most like one, best first: by their words, their order, and their letters."""
    wanted = pieces(name)
    pool = heapq.nlargest(_POOL, ((_overlap(wanted, name, other), other) for other in names))
    scored = sorted((-_score(name, wanted, other), other) for rough, other in pool if rough > 0)
    return tuple(other for score, other in scored[:limit] if score < -0.45)


def _overlap(wanted: tuple[str, ...], name: str, other: str) -> float:
    # Cheap: how many words are shared, with a little for a shared beginning.
    if other == name:
        return 0.0
    theirs = pieces(other)
    shared = len(set(wanted) & set(theirs))
    if not shared:
        return 0.3 if len(other) > 5 and abs(len(other) - len(name)) < 3 and other[:4] == name[:4] else 0.0
    return 2 * shared / (len(set(wanted)) + len(set(theirs))) + (0.05 if other[:3] == name[:3] else 0.0)


def _score(name: str, wanted: tuple[str, ...], other: str) -> float:
    theirs = pieces(other)
    words = SequenceMatcher(None, wanted, theirs, autojunk=False).ratio()
    letters = SequenceMatcher(None, name, other, autojunk=False).ratio()
    ordered = 0.05 if sorted(wanted) == sorted(theirs) else 0.0
    return 0.5 * words + 0.5 * letters + ordered
