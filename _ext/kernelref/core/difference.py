"""The difference of a call tree between two releases: what stayed, went, came, and became what.

That a function is in both trees is seen from its name. That one became another is only ever
a likeness of their texts, measured by `likeness` where texts are at hand, and shown with its score.
How that is decided is in `pairing`.

Part of the pure layer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .graph import Branch, Offer, Offers, Tree, all_heard, grow, offers
from .pairing import Pairing, Scores, Side, pair, same_name
from .source import Definition
from .steps import Step, StepGraph, Symbol


class Change(StrEnum):
    """What became of a function or of a call."""

    KEPT = "kept"
    CHANGED = "changed"
    """In both, and its text is not the same."""
    MOVED = "moved"
    """In both, in another file."""
    KIND = "kind changed"
    """A macro became a function, or a function a macro."""
    RENAMED = "renamed"
    INLINED = "inlined"
    """Gone, and its text is now in what called it."""
    GONE = "gone"
    NEW = "new"
    LEFT = "left"
    """Still defined, and no longer in this tree."""
    JOINED = "joined"
    """Defined before, and only now in this tree."""
    UNKNOWN = "not known"
    """One of the two trees did not look there."""


@dataclass(frozen=True, slots=True)
class NodeChange:
    """One function of either tree; ``symbol`` is the new one where there is one.

    ``score`` is the likeness on which a rename or an inlining rests, ``into`` the callers, in the new
    release, that took its text in.
    """

    symbol: Symbol
    change: Change
    old: Symbol | None = None
    new: Symbol | None = None
    before: Definition | None = None
    after: Definition | None = None
    score: float = 0.0
    into: tuple[Symbol, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether its file is another, whatever else happened."""
        return bool(self.before and self.after and self.before.file != self.after.file)

    @property
    def kind_changed(self) -> bool:
        """Whether it is another kind of thing."""
        return bool(self.before and self.after and self.before.kind is not self.after.kind)

    @property
    def rewritten(self) -> bool:
        """Whether its text is another."""
        return bool(self.before and self.after and self.before.body != self.after.body)


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """One call of either tree, between the ``symbol``s of its ends.

    ``through`` is the inlined function by way of which a new call was made before.
    """

    caller: Symbol
    callee: Symbol
    change: Change
    old: tuple[Step, ...] = ()
    new: tuple[Step, ...] = ()
    through: Symbol | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two trees in one. ``tree`` has the order of the old one, with what is new beside it."""

    old: str
    new: str
    nodes: Mapping[Symbol, NodeChange]
    edges: Mapping[tuple[Symbol, Symbol], EdgeChange]
    tree: Tree

    def summary(self) -> dict[str, dict[str, int]]:
        """Count the changes, each under its word, of functions and of calls."""
        return {
            "functions": _counted(node.change for node in self.nodes.values()),
            "calls": _counted(edge.change for edge in self.edges.values()),
        }

    def remarks(self, branch: Branch) -> tuple[str, ...]:
        """Say what became of a function, where that is not simply that it stayed."""
        node = self.nodes[branch.symbol]
        if node.change is Change.KEPT:
            return ()
        if node.change is Change.RENAMED and node.old:
            return (f"renamed from {node.old.name}, {node.score:.2f}",)
        if node.change is Change.INLINED:
            into = ", ".join(caller.name for caller in node.into)
            return (f"inlined into {into}, {node.score:.2f}",)
        if node.change is Change.MOVED and node.old:
            return (f"moved from {node.old.file}",)
        if node.change is Change.UNKNOWN and (node.before or node.after):
            return (f"not in what was read of {self.new if node.before else self.old}",)
        return (str(node.change),)


def _counted(changes: Iterable[Change]) -> dict[str, int]:
    found = Counter(changes)
    return {str(change): found[change] for change in Change if found[change]}


def difference(
    old: Side, new: Side, similar: Scores | None = None, inlined: Scores | None = None
) -> Difference:
    """Compare two trees.

    ``similar`` scores a vanished function of the old tree with one that only the new one has;
    ``inlined`` scores a vanished function with what called it, as that is in the new release.
    """
    pairing = pair(old, new, similar or {}, inlined or {})
    return _Merge(old, new, pairing).merged()


class _Merge:
    """Both trees, every function under the one symbol that stands for it."""

    def __init__(self, old: Side, new: Side, pairing: Pairing) -> None:
        self.old, self.new, self.pairing = old, new, pairing
        self.nodes: dict[Symbol, NodeChange] = {}

    def merged(self) -> Difference:
        for symbol in self.old.symbols:
            self._note(self._of_old(symbol))
        for symbol in self.new.symbols:
            if symbol not in self.pairing.new:
                self._note(self._of_new(symbol))
        edges = self._edges()
        return Difference(self.old.release, self.new.release, self.nodes, edges, self._tree(edges))

    def _note(self, node: NodeChange) -> None:
        self.nodes[node.symbol] = node

    def _stands(self, old: Symbol) -> Symbol:
        """Give the symbol that stands for one of the old tree."""
        return self.pairing.old.get(old, old)

    # --- functions -----------------------------------------------------------

    def _of_old(self, symbol: Symbol) -> NodeChange:
        before = self.old.definitions.get(symbol)
        if symbol in self.pairing.old:
            return self._in_both(symbol, self.pairing.old[symbol])
        if symbol in self.pairing.inlined:
            into, score = self.pairing.inlined[symbol]
            return NodeChange(symbol, Change.INLINED, symbol, None, before, score=score, into=into)
        elsewhere = same_name(symbol, self.new, self.old)
        if elsewhere:
            after = self.new.definitions[elsewhere]
            return NodeChange(symbol, Change.LEFT, symbol, None, before, after)
        judged = before is not None and symbol.name not in self.new.unknown
        return NodeChange(symbol, Change.GONE if judged else Change.UNKNOWN, symbol, None, before)

    def _of_new(self, symbol: Symbol) -> NodeChange:
        after = self.new.definitions.get(symbol)
        elsewhere = same_name(symbol, self.old, self.new)
        if elsewhere:
            before = self.old.definitions[elsewhere]
            return NodeChange(symbol, Change.JOINED, None, symbol, before, after)
        judged = after is not None and symbol.name not in self.old.unknown
        return NodeChange(symbol, Change.NEW if judged else Change.UNKNOWN, None, symbol, None, after)

    def _in_both(self, old: Symbol, new: Symbol) -> NodeChange:
        before, after = self.old.definitions.get(old), self.new.definitions.get(new)
        score = self.pairing.scores.get(old, 0.0)
        node = NodeChange(new, Change.RENAMED, old, new, before, after, score)
        if old.name != new.name:
            return node
        change = (
            Change.UNKNOWN if (before is None) is not (after is None)
            else Change.KIND if node.kind_changed
            else Change.MOVED if old.file != new.file
            else Change.CHANGED if node.rewritten
            else Change.KEPT
        )  # fmt: skip
        return NodeChange(new, change, old, new, before, after)

    # --- calls ---------------------------------------------------------------

    def _edges(self) -> dict[tuple[Symbol, Symbol], EdgeChange]:
        old: dict[tuple[Symbol, Symbol], list[Step]] = {}
        new: dict[tuple[Symbol, Symbol], list[Step]] = {}
        for step in self.old.edges:
            old.setdefault((self._stands(step.caller), self._stands(step.callee)), []).append(step)
        for step in self.new.edges:
            new.setdefault((step.caller, step.callee), []).append(step)
        found = {}
        for caller, callee in dict.fromkeys([*old, *new]):
            before, after = old.get((caller, callee), []), new.get((caller, callee), [])
            change = self._call(self.nodes[caller], bool(before), bool(after))
            through = self._through(caller, callee, old) if change is Change.NEW else None
            edge = EdgeChange(caller, callee, change, tuple(before), tuple(after), through)
            found[caller, callee] = edge
        return found

    def _call(self, caller: NodeChange, before: bool, after: bool) -> Change:
        """Say what became of a call; where its caller was not looked into, nobody knows."""
        if before and after:
            return Change.KEPT
        change, side, there = (
            (Change.GONE, self.new, caller.new) if before else (Change.NEW, self.old, caller.old)
        )
        if there is not None:
            return change if side.looked_into(there) else Change.UNKNOWN
        return change if caller.change in (Change.GONE, Change.NEW, Change.INLINED) else Change.UNKNOWN

    def _through(
        self, caller: Symbol, callee: Symbol, old: Mapping[tuple[Symbol, Symbol], object]
    ) -> Symbol | None:
        for gone, (into, _) in sorted(self.pairing.inlined.items()):
            if caller in into and (self._stands(gone), callee) in old:
                return gone
        return None

    # --- the merged tree -----------------------------------------------------

    def _tree(self, edges: Mapping[tuple[Symbol, Symbol], EdgeChange]) -> Tree:
        old, new = StepGraph(self.old.edges), StepGraph(self.new.edges)
        up = self.old.callers or self.new.callers

        def ask(at: Symbol) -> Offers:
            node = self.nodes[at]
            was = _next_to(old, node.old, up)
            now = [symbol for symbol, _ in _next_to(new, node.new, up)]
            order = beside(list(dict.fromkeys(self._stands(symbol) for symbol, _ in was)), now)
            both = [(other, edges[(other, at) if up else (at, other)]) for other in order]
            return Offers([(other, edge.new or edge.old) for other, edge in both])

        called = {callee for _, callee in edges}
        roots = [*map(self._stands, self.old.roots), *self.new.roots]
        return grow(roots or [symbol for symbol in self.nodes if symbol not in called], ask, callers=up)


def _next_to(graph: StepGraph, at: Symbol | None, up: bool) -> list[Offer]:
    if at is None:
        return []
    return offers(graph.callers(at) if up else graph.callees(at), all_heard, callers=up)[0]


def beside(old: Sequence[Symbol], new: Sequence[Symbol]) -> list[Symbol]:
    """Put what only the new order has behind what stands before it there; the old order stays."""
    merged = list(old)
    for place, symbol in enumerate(new):
        if symbol not in merged:
            merged.insert(merged.index(new[place - 1]) + 1 if place else 0, symbol)
    return merged
