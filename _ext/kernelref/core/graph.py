"""The call graph: who is called from where, and the tree below a function or above it.

A `Graph` answers one question at a time, and each answer may cost the parsing of files: so no
more is asked than is shown. What is found becomes `calltree.Node`s, which the pages can draw.
The ways from one function to another are in `paths`.

Part of the pure layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from .calltree import Node
from .source import How
from .steps import Graph, Step, StepGraph, Symbol

DEPTH = 3
LIMIT = 120
"""How many functions a tree shows, unless the asker says otherwise."""
CROWD = 8
"""How many functions a tree shows of those that one pointer may reach."""

Quiet = Callable[[str], bool]
"""Says of a name whether it is noise; a `noise.Noise` is one."""


def all_heard(_name: str) -> bool:
    """Nothing is noise."""
    return False


class Mark(StrEnum):
    """Why a function of a tree has the children that it has."""

    OPEN = "open"
    """All below it was asked for."""
    SEEN = "seen"
    """What is below it stands where it is open."""
    RECURSION = "recursion"
    """It is one of its own ancestors."""
    DEPTH = "depth"
    """The tree ends here; nobody asked what is below."""
    LIMIT = "limit"
    """The tree was full before anybody asked."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One function of a tree. ``steps`` lead to it from its parent (in a tree of callers, from it).

    ``quiet`` functions next to it are noise and not shown; ``left_out`` had no more room.
    """

    symbol: Symbol
    steps: tuple[Step, ...] = ()
    children: tuple[Branch, ...] = ()
    mark: Mark = Mark.OPEN
    quiet: int = 0
    left_out: int = 0


Remarks = Callable[[Branch], Sequence[str]]
"""What to write beside a function."""


def plain_remarks(branch: Branch) -> tuple[str, ...]:
    """Say what a drawing cannot: a recursion, and how many were left out."""
    said = {Mark.RECURSION: "recursion", Mark.LIMIT: "…"}.get(branch.mark, "")
    more = f"… +{branch.left_out}" if branch.left_out else ""
    return tuple(word for word in (said, more) if word)


@dataclass(frozen=True, slots=True)
class Tree:
    """What is below some functions, or above them where ``callers`` is set.

    ``shown``, ``quiet`` and ``left_out`` are the sums; ``unasked`` counts the functions that the
    limit kept from being asked, whose neighbours nobody counted.
    """

    roots: tuple[Branch, ...]
    callers: bool = False
    shown: int = 0
    quiet: int = 0
    left_out: int = 0
    unasked: int = 0

    @property
    def complete(self) -> bool:
        """Whether the limit left nothing out."""
        return not self.left_out and not self.unasked

    def walk(self) -> Iterator[Branch]:
        """Every branch, parents before children, in reading order."""
        stack = list(self.roots)[::-1]
        while stack:
            branch = stack.pop()
            yield branch
            stack.extend(reversed(branch.children))

    def steps(self) -> tuple[Step, ...]:
        """Every step that is shown, once."""
        return tuple(dict.fromkeys(step for branch in self.walk() for step in branch.steps))

    def nodes(self, remarks: Remarks = plain_remarks) -> tuple[Node, ...]:
        """The tree as the pages draw it, callers above callees.

        A tree of callers is turned round: those that nothing shown calls become the roots.
        """
        if not self.callers:
            return tuple(_node(root, remarks) for root in self.roots)
        marks = {branch.symbol: branch for branch in self.walk() if branch.mark is not Mark.SEEN}
        turned = forest(self.steps(), [root.symbol for root in self.roots if not root.children])
        return turned.nodes(lambda branch: remarks(marks[branch.symbol]))


def _node(branch: Branch, remarks: Remarks) -> Node:
    children = tuple(_node(child, remarks) for child in branch.children)
    return Node(branch.symbol.name, branch.symbol.file, tuple(remarks(branch)), children)


def tree(
    graph: Graph,
    root: Symbol,
    *,
    depth: int = DEPTH,
    quiet: Quiet = all_heard,
    limit: int = LIMIT,
    callers: bool = False,
    pointers: bool = True,
    hidden: Quiet = all_heard,
) -> Tree:
    """Grow the tree below ``root``, or above it, level by level.

    Each function is asked once, where it first appears on the lowest level; siblings are in the
    order of their first call. Noise is left out and counted, except for the root; what the asker has
    ``hidden`` is not even counted.
    """

    def shown(step: Step) -> bool:
        return counts(step, pointers) and not hidden((step.caller if callers else step.callee).name)

    def ask(at: Symbol) -> Offers:
        steps = graph.above(at) if callers else graph.below(at)
        found, quieted = offers([step for step in steps if shown(step)], quiet, callers)
        return thinned(at, found, quieted) if not callers else Offers(found, quieted)

    def ready(level: Sequence[Symbol]) -> None:
        graph.expect(level, callers)

    return grow([root], ask, ready, depth=depth, limit=limit, callers=callers)


def counts(step: Step, pointers: bool) -> bool:
    """Whether a step is a call, and one of those that were asked for."""
    return step.how is not How.NONE and (pointers or step.how is not How.POINTER)


Offer = tuple[Symbol, tuple[Step, ...]]
"""A neighbour, and the steps between; the surest first."""


class Offers(NamedTuple):
    """The neighbours of a function in their order.

    ``quiet`` of them are noise, and ``crowd`` are too many for one pointer.
    """

    found: Sequence[Offer]
    quiet: int = 0
    crowd: int = 0


def thinned(at: Symbol, found: Sequence[Offer], quiet: int) -> Offers:
    """Leave of what one pointer may reach no more than `CROWD`: what is nearest in the tree of files."""
    crowds: dict[str, list[Symbol]] = {}
    for other, steps in found:
        if steps[0].how is How.POINTER and other.file:
            crowds.setdefault(steps[0].call.via, []).append(other)
    left: set[Symbol] = set()
    for crowd in crowds.values():
        left.update(sorted(crowd, key=lambda other: (distance(at.file, other.file), other))[CROWD:])
    return Offers([offer for offer in found if offer[0] not in left], quiet, len(left))


def distance(path: str, other: str) -> int:
    """How far two files of a tree are from each other: the folders on the way."""
    ours, theirs = path.split("/")[:-1], other.split("/")[:-1]
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False)))
    return len(ours) + len(theirs) - 2 * same


def offers(steps: Sequence[Step], quiet: Quiet, callers: bool) -> tuple[list[Offer], int]:
    """Group the steps of one function by their other end, in the order of the first call.

    The number is of those that are noise and left out.
    """
    groups: dict[Symbol, list[Step]] = {}
    for step in steps:
        groups.setdefault(step.caller if callers else step.callee, []).append(step)
    heard = [
        (other, tuple(sorted(found, key=lambda step: step.order)))
        for other, found in groups.items()
        if not quiet(other.name)
    ]
    heard.sort(key=lambda offer: _place(offer, callers))
    return heard, len(groups) - len(heard)


def _place(offer: Offer, callers: bool) -> tuple[str, int, Symbol]:
    other, steps = offer
    # Callers are in several files, whose lines do not compare.
    return (other.file if callers else "", min(step.call.lines[0] for step in steps), other)


def forest(steps: Iterable[Step], roots: Sequence[Symbol] = ()) -> Tree:
    """Show some steps as trees, everything once.

    The roots are those given, then the callers that nobody calls, then, for cycles that hang
    from none of these, the first of what is left.
    """
    graph = StepGraph(steps)
    free = (symbol for symbol in graph.symbols if not graph.callers(symbol))
    chosen = list(dict.fromkeys([*roots, *free]))
    reached = _reached(graph, chosen)
    for symbol in graph.symbols:
        if symbol not in reached:
            chosen.append(symbol)
            reached |= _reached(graph, [symbol])
    return grow(chosen, lambda at: Offers(*offers(graph.callees(at), all_heard, callers=False)))


def among(graph: Graph, symbols: Iterable[Symbol], pointers: bool = True) -> tuple[Step, ...]:
    """Give all calls between some functions: what two trees must both know before one lacks a call."""
    known = dict.fromkeys(symbols)
    below = [step for symbol in known for step in graph.callees(symbol)]
    below += graph.through_fields(known, known) if pointers else ()
    return tuple(step for step in below if step.callee in known and counts(step, pointers))


def _reached(graph: Graph, roots: Iterable[Symbol]) -> set[Symbol]:
    found, stack = set[Symbol](), list(roots)
    while stack:
        symbol = stack.pop()
        if symbol not in found:
            found.add(symbol)
            stack.extend(step.callee for step in graph.callees(symbol))
    return found


# --- growing ---------------------------------------------------------------


@dataclass(slots=True)
class _Bud:
    """A branch that still grows."""

    symbol: Symbol
    parent: _Bud | None = None
    steps: tuple[Step, ...] = ()
    level: int = 0
    mark: Mark = Mark.OPEN
    children: list[_Bud] = field(default_factory=list)
    quiet: int = 0
    left_out: int = 0

    def descends_from(self, symbol: Symbol) -> bool:
        bud: _Bud | None = self
        while bud is not None and bud.symbol != symbol:
            bud = bud.parent
        return bud is not None


def grow(
    roots: Sequence[Symbol],
    ask: Callable[[Symbol], Offers],
    ready: Callable[[Sequence[Symbol]], None] = lambda _level: None,
    *,
    depth: int | None = None,
    limit: int | None = None,
    callers: bool = False,
) -> Tree:
    """Grow trees breadth first, so that a limit cuts what is far and not what comes late.

    ``ask`` gives the neighbours of a function; ``ready`` is told of a level before it is asked.
    """
    buds = [_Bud(root) for root in dict.fromkeys(roots)]
    known = {bud.symbol for bud in buds}  # what is open, or will be when its turn comes
    level = -1
    for bud in buds:  # the list grows meanwhile
        if bud.mark is not Mark.OPEN:
            continue
        if bud.level > level and (depth is None or bud.level < depth):
            level = bud.level
            ready([one.symbol for one in buds if one.level == level and one.mark is Mark.OPEN])
        if depth is not None and bud.level >= depth:
            bud.mark = Mark.DEPTH
        elif limit is not None and len(buds) >= limit:
            bud.mark = Mark.LIMIT
        else:
            offers, bud.quiet, crowd = ask(bud.symbol)
            room = len(offers) if limit is None else limit - len(buds)
            bud.left_out = max(0, len(offers) - room) + crowd
            bud.children = [_child(bud, offer, known) for offer in offers[:room]]
            buds.extend(bud.children)
    return _harvest(buds, callers)


def _child(parent: _Bud, offer: Offer, known: set[Symbol]) -> _Bud:
    symbol, steps = offer
    child = _Bud(symbol, parent, steps, parent.level + 1)
    if symbol in known:
        child.mark = Mark.RECURSION if parent.descends_from(symbol) else Mark.SEEN
    known.add(symbol)
    return child


def _harvest(buds: Sequence[_Bud], callers: bool) -> Tree:
    done: dict[int, Branch] = {}
    for bud in reversed(buds):  # children stand behind their parents
        children = tuple(done.pop(id(child)) for child in bud.children)
        done[id(bud)] = Branch(bud.symbol, bud.steps, children, bud.mark, bud.quiet, bud.left_out)
    return Tree(
        roots=tuple(reversed(done.values())),
        callers=callers,
        shown=len(buds),
        quiet=sum(bud.quiet for bud in buds),
        left_out=sum(bud.left_out for bud in buds),
        unasked=sum(bud.mark is Mark.LIMIT for bud in buds),
    )
