"""The ways from one function to another, shortest first.

Two searches meet: one goes down from the start, one up from the goal, and the one with fewer
functions before it takes the next step. When their radii sum to n, every call of every path of n
calls is known: its first calls lie within the one, its last within the other.

Part of the pure layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .calltree import Node
from .graph import Graph, Quiet, Remarks, Step, Symbol, all_heard, counts, forest, plain_remarks
from .source import How

DEPTH = 14
COUNT = 10
BUDGET = 4000
_MOST_ROUTES = 1000
"""Of one length; among more than that nobody chooses."""
_MOST_TRIES = 100_000

Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """What was found. Of each pair of functions the surest call stands in a path.

    All paths of up to ``reached`` calls are known; ``left_out`` of them are not in ``found``.
    ``complete`` says that nothing within the depth asked for is missing, ``spent`` that the budget
    ended the search; ``asked`` counts the questions.
    """

    start: Symbol
    goal: Symbol
    found: tuple[Path, ...] = ()
    complete: bool = True
    left_out: int = 0
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
) -> Paths:
    """Find the simple paths of up to ``depth`` calls, at most ``count`` of them, asking ``budget`` questions.

    Of paths of one length those with fewer calls through pointers come first. Noise is passed
    through by none. From a function to itself, the paths are its recursions.
    """
    search = _Search(graph, start, goal, quiet, budget, pointers)
    found: list[Path] = []
    reached = 0
    for length in range(1, depth + 1):
        whole = search.widen(length)
        found += sorted(search.routes(length), key=_order)
        if whole:
            reached = length
        if len(found) >= count:
            break
    return Paths(
        start,
        goal,
        found=tuple(found[:count]),
        complete=reached == depth and len(found) <= count and not search.cut,
        left_out=max(0, len(found) - count),
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
        self.seen = {centre}
        self.front = [centre]


class _Search:
    def __init__(
        self, graph: Graph, start: Symbol, goal: Symbol, quiet: Quiet, budget: int, pointers: bool
    ) -> None:
        self.graph, self.start, self.goal = graph, start, goal
        self.quiet, self.budget, self.pointers = quiet, budget, pointers
        self.down, self.up = _Ball(start), _Ball(goal)
        # caller -> callee -> the surest call
        self.links: dict[Symbol, dict[Symbol, Step]] = {}
        self.back: dict[Symbol, set[Symbol]] = {}
        self.asked = 0
        self.spent = False
        self.cut = False
        self._tries = 0

    # --- asking --------------------------------------------------------------

    def widen(self, length: int) -> bool:
        """Ask until all paths of a length are known; False when the budget ends first."""
        while self.down.radius + self.up.radius < length:
            if not self.down.front or not self.up.front:
                return not self.spent  # one of them knows all there is
            smaller = self.down if len(self.down.front) <= len(self.up.front) else self.up
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
        for symbol in front:
            self.asked += 1
            for step in self.graph.callees(symbol) if downwards else self.graph.callers(symbol):
                other = step.callee if downwards else step.caller
                if not self._passes(step):
                    continue
                self._link(step)
                if other not in ball.seen and other not in (self.start, self.goal):
                    ball.seen.add(other)
                    ball.front.append(other)
        if self.spent:
            self.budget = self.asked  # no path of greater length gets what this one did not
        return not self.spent

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
        for route in self._descend(self.start, length, arriving, {self.start}):
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
        self, at: Symbol, left: int, arriving: list[set[Symbol]], passed: set[Symbol]
    ) -> Iterator[list[Step]]:
        """Give the ways of ``left`` steps to the goal, surest first, that meet nothing twice."""
        below = [step for callee, step in self.links[at].items() if callee in arriving[left - 1]]
        for step in sorted(below, key=lambda step: (step.order, step.callee)):
            self._tries += 1
            if self._tries > _MOST_TRIES:
                self.cut = True
                return
            if left == 1:
                yield [step]
            elif step.callee not in passed:
                passed.add(step.callee)
                for rest in self._descend(step.callee, left - 1, arriving, passed):
                    yield [step, *rest]
                passed.remove(step.callee)
