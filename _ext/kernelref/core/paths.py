"""The ways from one function to another, shortest first.

Two searches meet: one goes down from the start, one up from the goal, and the one with fewer
functions before it takes the next step. When their radii sum to n, every call of every path of n
calls is known: its first calls lie within the one, its last within the other.

Fields that many functions may stand in lead everywhere: a path goes through one only where there is no
path without, and through no more of them than that needs.

Part of the pure layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .calltree import Node
from .graph import Quiet, Remarks, all_heard, counts, forest, plain_remarks
from .source import How
from .steps import Graph, Step, Symbol

DEPTH = 14
COUNT = 10
BUDGET = 4000
FIELDS = 3
"""Through so many fields a path may go, where none goes through fewer."""
FIELD_BUDGET = 1500
"""Questions, for each number of fields; one of these may have many answers."""
DOWNWARD = 8
"""So many times as much it costs to ask down through fields as up."""
FURTHER = 2
"""Through fields, paths longer than the shortest by more than this are not looked for."""
_MOST_ROUTES = 1000
"""Of one length; among more than that nobody chooses."""
_MOST_TRIES = 100_000

Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """What was found. Of each pair of functions the surest call stands in a path.

    All paths of up to ``reached`` calls are known; ``left_out`` of them are not in ``found``.
    ``complete`` says that nothing within the depth asked for is missing, ``spent`` that the budget
    ended the search; ``asked`` counts the questions; ``fields`` is through how many fields a path may go.
    """

    start: Symbol
    goal: Symbol
    found: tuple[Path, ...] = ()
    complete: bool = True
    left_out: int = 0
    fields: int = 0
    reached: int = 0
    asked: int = 0
    spent: bool = False

    def steps(self) -> tuple[Step, ...]:
        """Every step of a path, once, those of shorter paths first."""
        return tuple(dict.fromkeys(step for path in self.found for step in path))

    def nodes(self, remarks: Remarks = plain_remarks) -> tuple[Node, ...]:
        """All paths as one tree from the start; nothing where there is no path."""
        return forest(self.steps(), [self.start]).nodes(remarks) if self.found else ()


def paths(
    graph: Graph,
    start: Symbol,
    goal: Symbol,
    *,
    depth: int = DEPTH,
    count: int = COUNT,
    quiet: Quiet = all_heard,
    budget: int = BUDGET,
    pointers: bool = True,
    most_fields: int = FIELDS,
) -> Paths:
    """Find the simple paths of up to ``depth`` calls, at most ``count`` of them, asking ``budget`` questions.

    Of paths of one length those with fewer calls through pointers come first. Noise is passed
    through by none. From a function to itself, the paths are its recursions. Where there is no path, those
    through one field are looked for, then those through two, up to ``most_fields``.
    """
    search = _Search(graph, start, goal, quiet, budget, pointers)
    found = without = _paths(search, depth, count)
    asked, complete = found.asked, found.complete
    for fields in range(1, most_fields + 1 if pointers else 0):
        if found.found or found.spent or (fields > 1 and not search.met_field):
            break
        search = _Search(graph, start, goal, quiet, min(budget - asked, FIELD_BUDGET), pointers, fields)
        found = _paths(search, depth, count)
        asked += found.asked
        complete = complete and found.complete
    return replace(found if found.found else without, asked=asked, complete=complete)


def _paths(search: _Search, depth: int, count: int) -> Paths:
    found: list[Path] = []
    reached = 0
    last = depth
    for length in range(1, depth + 1):
        if length > last:
            break
        whole = search.widen(length)
        found += sorted(search.routes(length), key=_order)
        if whole:
            reached = length
        if search.fields and found and last == depth:
            last = min(depth, length + FURTHER)
        if len(found) >= count:
            break
    return Paths(
        search.start,
        search.goal,
        found=tuple(found[:count]),
        complete=reached == depth and len(found) <= count and not search.cut,
        left_out=max(0, len(found) - count),
        fields=search.fields,
        reached=reached,
        asked=search.asked,
        spent=search.spent,
    )


def _order(path: Path) -> tuple[int, list[tuple[tuple[int, tuple[int, ...], str], Symbol]]]:
    through = sum(step.how is How.POINTER for step in path)
    return through, [(step.order, step.callee) for step in path]


class _Ball:
    """What one of the two searches has come to."""

    def __init__(self, centre: Symbol) -> None:
        self.radius = 0
        # symbol -> through how few fields it is reached
        self.seen = {centre: 0}
        self.front = [centre]


class _Search:
    def __init__(
        self,
        graph: Graph,
        start: Symbol,
        goal: Symbol,
        quiet: Quiet,
        budget: int,
        pointers: bool,
        fields: int = 0,
    ) -> None:
        self.graph, self.start, self.goal = graph, start, goal
        self.quiet, self.budget, self.pointers = quiet, budget, pointers
        self.fields = fields
        self.down, self.up = _Ball(start), _Ball(goal)
        # caller -> callee -> the surest call
        self.links: dict[Symbol, dict[Symbol, Step]] = {}
        self.back: dict[Symbol, set[Symbol]] = {}
        self.asked = 0
        self.spent = False
        self.cut = False
        self.met_field = False
        self._tries = 0

    # --- asking --------------------------------------------------------------

    def widen(self, length: int) -> bool:
        """Ask until all paths of a length are known; False when the budget ends first."""
        while self.down.radius + self.up.radius < length:
            if not self.down.front or not self.up.front:
                return not self.spent  # one of them knows all there is
            # What stands in a field is many files' to say; who calls through it, few.
            weight = DOWNWARD if self.fields else 1
            smaller = self.down if weight * len(self.down.front) <= len(self.up.front) else self.up
            if not self._expand(smaller):
                return False
        return True

    def _expand(self, ball: _Ball) -> bool:
        """Ask what is next to each function at the edge of a search."""
        downwards = ball is self.down
        front = ball.front[: max(0, self.budget - self.asked)]
        self.spent = len(front) < len(ball.front)
        ball.front = ball.front[len(front) :]
        if not self.spent:
            ball.radius += 1
        self.graph.expect(front, callers=not downwards)
        for symbol in front:
            self.asked += 1
            passed = ball.seen[symbol]
            for step in self._steps(symbol, downwards, passed < self.fields):
                other = step.callee if downwards else step.caller
                if not self._passes(step):
                    continue
                self._link(step)
                self.met_field = self.met_field or bool(step.through)
                through = passed + bool(step.through)
                if other not in (self.start, self.goal) and through < ball.seen.get(other, self.fields + 1):
                    ball.seen[other] = through
                    ball.front.append(other)
        if self.spent:
            self.budget = self.asked  # no path of greater length gets what this one did not
        return not self.spent

    def _steps(self, symbol: Symbol, downwards: bool, fields: bool) -> Sequence[Step]:
        if fields:
            return self.graph.below(symbol) if downwards else self.graph.above(symbol)
        return self.graph.callees(symbol) if downwards else self.graph.callers(symbol)

    def _passes(self, step: Step) -> bool:
        """Whether a step may be part of a path: paths neither return to the start nor go on from the goal."""
        if not counts(step, self.pointers) or step.caller == step.callee != self.start:
            return False
        if self.start != self.goal and (step.callee == self.start or step.caller == self.goal):
            return False
        into = step.callee == self.goal or not self.quiet(step.callee.name)
        return into and (step.caller == self.start or not self.quiet(step.caller.name))

    def _link(self, step: Step) -> None:
        known = self.links.setdefault(step.caller, {})
        if step.callee not in known or step.order < known[step.callee].order:
            known[step.callee] = step
        self.back.setdefault(step.callee, set()).add(step.caller)

    # --- finding -------------------------------------------------------------

    def routes(self, length: int) -> list[Path]:
        """Find the simple paths of exactly one length in what is known."""
        arriving = self._arriving(length)
        if self.start not in arriving[length]:
            return []
        found: list[Path] = []
        self._tries = 0
        for route in self._descend(self.start, length, arriving, {self.start}, self.fields):
            if len(found) == _MOST_ROUTES:
                self.cut = True
                break
            found.append(tuple(route))
        return found

    def _arriving(self, length: int) -> list[set[Symbol]]:
        """For each number of steps: from where they may lead to the goal."""
        layers = [{self.goal}]
        for left in range(1, length + 1):
            layer = {caller for symbol in layers[-1] for caller in self.back.get(symbol, ())}
            layer -= {self.goal, self.start}
            if left == length:
                layer = {self.start} if any(self.start in self.back.get(s, ()) for s in layers[-1]) else set()
            layers.append(layer)
        return layers

    def _descend(
        self, at: Symbol, left: int, arriving: list[set[Symbol]], passed: set[Symbol], fields: int
    ) -> Iterator[list[Step]]:
        """Give the ways of ``left`` steps to the goal, surest first, that meet nothing twice."""
        below = [step for callee, step in self.links[at].items() if callee in arriving[left - 1]]
        for step in sorted(below, key=lambda step: (step.order, step.callee)):
            self._tries += 1
            if self._tries > _MOST_TRIES:
                self.cut = True
                return
            more = fields - bool(step.through)
            if more < 0:
                continue
            if left == 1:
                yield [step]
            elif step.callee not in passed:
                passed.add(step.callee)
                for rest in self._descend(step.callee, left - 1, arriving, passed, more):
                    yield [step, *rest]
                passed.remove(step.callee)
