"""The names nearest to one that is not there."""

from __future__ import annotations

import heapq
import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_PIECE: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_POOL: Final = 400


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
