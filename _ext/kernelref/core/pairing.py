"""Which function of one release is which of the next: by name, by likeness, or inlined.

`difference` draws the conclusions. The scores come from `likeness`; the thresholds were set on what
vanished from mm/ between v6.1, v6.12, v6.18 and v7.2: of 1479 functions 367 are taken for renamed and
24 for inlined. Of the renames, the 87 with the weakest evidence (below 0.55, or alone and below
0.75) were read one by one; six of them are rather successors than renames, as should_skip_mm → get_next_mm.

Part of the pure layer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .graph import Mark, Tree
from .source import Definition
from .steps import Step, Symbol

RENAMED = 0.65
"""The least likeness that makes a rename by itself: below it, what was short or common is alike too."""
IN_PLACE = 0.4
"""The least likeness that makes a rename where the same caller calls the one before, the other after."""
INLINED = 0.6
"""The least share of a vanished body that its caller must have gained."""

Scores = Mapping[tuple[Symbol, Symbol], float]


@dataclass(frozen=True, slots=True)
class Side:
    """A tree as one release has it.

    ``definitions`` are those that the release has of any name in *either* tree: a name without
    one is gone, unless it is in ``unknown``, the names that may lie outside of what was read.
    ``looked_at`` are the functions whose calls are all in ``edges``; None says that of every one. With
    ``callers`` the tree is of those above the roots.
    """

    release: str
    edges: Sequence[Step]
    definitions: Mapping[Symbol, Definition]
    roots: Sequence[Symbol] = ()
    looked_at: Collection[Symbol] | None = None
    unknown: Collection[str] = ()
    callers: bool = False

    @classmethod
    def of(
        cls,
        release: str,
        tree: Tree,
        definitions: Mapping[Symbol, Definition],
        unknown: Collection[str] = (),
    ) -> Side:
        """Make a side of a tree of callees."""
        opened = {b.symbol for b in tree.walk() if b.mark is Mark.OPEN and not b.left_out}
        roots = [root.symbol for root in tree.roots]
        return cls(release, tree.steps(), definitions, roots, opened, unknown)

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every function of the tree, roots first."""
        ends = (symbol for step in self.edges for symbol in (step.caller, step.callee))
        return tuple(dict.fromkeys([*self.roots, *ends]))

    def looked_into(self, symbol: Symbol) -> bool:
        """Whether all calls of a function are known."""
        return self.looked_at is None or symbol in self.looked_at


@dataclass(slots=True)
class Pairing:
    """Old symbol → new and back; ``inlined``: old symbol → callers in the new release, score."""

    old: dict[Symbol, Symbol] = field(default_factory=dict)
    new: dict[Symbol, Symbol] = field(default_factory=dict)
    inlined: dict[Symbol, tuple[tuple[Symbol, ...], float]] = field(default_factory=dict)
    scores: dict[Symbol, float] = field(default_factory=dict)

    def join(self, old: Symbol, new: Symbol) -> None:
        """Say that two are one."""
        self.old[old], self.new[new] = new, old


def same_name(symbol: Symbol, there: Side, here: Side) -> Symbol | None:
    """Find what a release has of a function that is not in its tree.

    Of the same name in another file only what the other release has not: that was another function then.
    """
    if symbol in there.definitions:
        return symbol
    others = (s for s in there.definitions if s.name == symbol.name and s not in here.definitions)
    return min(others, default=None)


def pair(old: Side, new: Side, similar: Scores, inlined: Scores) -> Pairing:
    """Pair two trees: same symbol, same name in another file, then likeness, the best first."""
    pairing = Pairing()
    for symbol in set(old.symbols) & set(new.symbols):
        pairing.join(symbol, symbol)
    _moved(old, new, pairing)
    _Likeness(old, new, pairing, similar, inlined).settle()
    return pairing


def takers(old: Side, new: Side, similar: Scores) -> Iterator[tuple[Symbol, Symbol, Symbol]]:
    """Say which containments to measure: of a vanished function, in a caller, as the new release has that.

    Given are all three. The caller may have its own name, or that of what it is alike enough to have become.
    """
    heirs: dict[Symbol, list[Symbol]] = defaultdict(list)
    for before, after in sorted(similar):
        heirs[before].append(after)
    for gone, caller in dict.fromkeys((step.callee, step.caller) for step in old.edges):
        if gone in old.definitions and same_name(gone, new, old) is None:
            itself = same_name(caller, new, old)
            yield from ((gone, caller, heir) for heir in ([itself] if itself else heirs[caller]))


def _moved(old: Side, new: Side, pairing: Pairing) -> None:
    """Pair what has one name and is in one file before, in another after."""
    before, after = _leavers(old, new, pairing.old), _leavers(new, old, pairing.new)
    for name in sorted(before.keys() & after.keys()):
        for a in list(before[name]):
            body = old.definitions[a].body if a in old.definitions else ""
            twins = [b for b in after[name] if body and b in new.definitions]
            twins = [b for b in twins if new.definitions[b].body == body]
            if len(twins) == 1:
                pairing.join(a, twins[0])
                before[name].remove(a)
                after[name].remove(twins[0])
        if len(before[name]) == len(after[name]) == 1:
            pairing.join(before[name][0], after[name][0])


def _leavers(here: Side, there: Side, paired: Mapping[Symbol, Symbol]) -> dict[str, list[Symbol]]:
    """Give, by name, what a tree has that the other release does not have where it was."""
    found: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in sorted(here.symbols):
        if symbol not in paired and symbol not in there.definitions:
            found[symbol.name].append(symbol)
    return found


class _Likeness:
    """Settles what became of vanished functions.

    Evidence from the calls goes first: a new function in the place of the old, or its text in its
    caller. Each rename that is settled can be such evidence for what lies below.
    """

    def __init__(self, old: Side, new: Side, pairing: Pairing, similar: Scores, inlined: Scores) -> None:
        self.pairing = pairing
        gone = {s for s in old.symbols if self._vanished(s, old, new, pairing.old)}
        fresh = {s for s in new.symbols if self._vanished(s, new, old, pairing.new)}
        self.similar = {ends: n for ends, n in similar.items() if ends[0] in gone and ends[1] in fresh}
        self.swallowed = {ends: n for ends, n in inlined.items() if ends[0] in gone}
        self.old_callers, self.new_callers = _callers(old), _callers(new)

    @staticmethod
    def _vanished(symbol: Symbol, here: Side, there: Side, paired: Mapping[Symbol, Symbol]) -> bool:
        known = symbol in here.definitions and symbol.name not in there.unknown
        return known and symbol not in paired and same_name(symbol, there, here) is None

    def settle(self) -> None:
        """Accept the best claim until there is none."""
        while claim := max([*self._in_place(), *self._swallowed()], default=None) or max(
            self._alone(), default=None
        ):
            score, _, old, new = claim
            if claim[1]:
                self.pairing.join(old, new)
                self.pairing.scores[old] = score
            else:
                into = [(-n, caller) for n, _, gone, caller in self._swallowed() if gone == old]
                self.pairing.inlined[old] = (tuple(caller for _, caller in sorted(into)), score)

    # A claim is (score, whether it is a rename, old function, new function or caller).

    def _in_place(self) -> Iterator[tuple[float, bool, Symbol, Symbol]]:
        return (c for c in self._renames(IN_PLACE) if self._takes_place(c[2], c[3]))

    def _alone(self) -> Iterator[tuple[float, bool, Symbol, Symbol]]:
        return self._renames(RENAMED)

    def _renames(self, least: float) -> Iterator[tuple[float, bool, Symbol, Symbol]]:
        for (old, new), score in self.similar.items():
            if score >= least and self._open(old) and new not in self.pairing.new:
                yield score, True, old, new

    def _swallowed(self) -> Iterator[tuple[float, bool, Symbol, Symbol]]:
        for (gone, caller), score in self.swallowed.items():
            if score >= INLINED and self._open(gone):
                before = self.pairing.new.get(caller)
                if before is not None and before in self.old_callers[gone]:
                    yield score, False, gone, caller

    def _open(self, old: Symbol) -> bool:
        return old not in self.pairing.old and old not in self.pairing.inlined

    def _takes_place(self, old: Symbol, new: Symbol) -> bool:
        before, after = self.old_callers[old], self.new_callers[new]
        # Two roots were asked for as one.
        roots = None in before and None in after
        return roots or any(c is not None and self.pairing.old.get(c) in after - {None} for c in before)


def _callers(side: Side) -> dict[Symbol, set[Symbol | None]]:
    """Callee → callers in the tree; None calls a root."""
    found: dict[Symbol, set[Symbol | None]] = defaultdict(set)
    for root in side.roots:
        found[root].add(None)
    for step in side.edges:
        found[step.callee].add(step.caller)
    return found
