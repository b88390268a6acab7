"""Answers from the source: a tree or the ways of one release, and how alike two releases' bodies are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..core import likeness
from ..core.graph import Symbol, Tree, forest, tree
from ..core.noise import Noise, default, read
from ..core.pairing import Scores
from ..core.paths import paths
from ..core.question import Question
from ..core.source import Definition
from .index.callgraph import SourceGraph


@dataclass(slots=True)
class Answer:
    """What one release says. Without a ``tree`` the release has no such function, or no such way.

    ``missing`` are the names of the question that it does not have, with the nearest names.
    """

    release: str
    question: Question
    tree: Tree | None = None
    definitions: dict[Symbol, Definition] = field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    complete: bool = True
    left_out: int = 0
    others: tuple[Symbol, ...] = ()
    """Further definitions that the question's first name may have meant."""


def noise(question: Question) -> Noise:
    """Give the noise list with the question's own lines."""
    return Noise((*default().rules, *read(question.quiet, "asked for")))


def answer(graph: SourceGraph, question: Question) -> Answer:
    """Ask one release."""
    found = Answer(graph.index.tree.release, question)
    ends = [name for name in (question.start, question.goal) if name]
    meant = {name: graph.symbols(name) for name in ends}
    found.missing = {name: graph.index.nearest(name) for name in ends if not meant[name]}
    if found.missing:
        return found
    start = meant[question.start][0]
    found.others = meant[question.start][1:]
    if question.goal:
        _ways(graph, question, start, meant[question.goal][0], found)
    else:
        found.tree = tree(
            graph,
            start,
            depth=question.levels,
            quiet=noise(question),
            limit=question.limit,
            callers=question.callers,
            pointers=question.pointers,
        )
        found.complete, found.left_out = found.tree.complete, found.tree.left_out + found.tree.unasked
    if found.tree:
        found.definitions = dict(_definitions(graph, found.tree))
    return found


def _ways(graph: SourceGraph, question: Question, start: Symbol, goal: Symbol, found: Answer) -> None:
    ways = paths(
        graph,
        start,
        goal,
        depth=question.levels,
        count=question.count,
        quiet=noise(question),
        pointers=question.pointers,
    )
    found.complete, found.left_out = ways.complete, ways.left_out
    if ways.found:
        found.tree = forest(ways.steps(), [start])


def _definitions(graph: SourceGraph, found: Tree) -> Iterable[tuple[Symbol, Definition]]:
    for symbol in dict.fromkeys(branch.symbol for branch in found.walk()):
        if symbol.file and (definition := graph.definition(symbol)):
            yield symbol, definition


def scores(old: SourceGraph, new: SourceGraph, before: Answer, after: Answer) -> tuple[Scores, Scores]:
    """Score what may have been renamed, and what may have been inlined into its callers.

    Compared are functions that only the one release has with those that only the other has.
    """
    gone = [symbol for symbol in before.definitions if not new.index.definitions(symbol.name)]
    fresh = [symbol for symbol in after.definitions if not old.index.definitions(symbol.name)]
    similar = likeness.alike(
        {symbol: likeness.grams(old.body(symbol), symbol.name) for symbol in gone},
        {symbol: likeness.grams(new.body(symbol), symbol.name) for symbol in fresh},
    )
    inlined = {
        (symbol, caller): likeness.containment(old.body(symbol), new.body(caller), old.body(caller))
        for symbol in gone
        for caller in _callers(before, symbol)
        if caller in after.definitions
    }
    return similar, inlined


def _callers(found: Answer, symbol: Symbol) -> Iterable[Symbol]:
    steps = found.tree.steps() if found.tree else ()
    return dict.fromkeys(step.caller for step in steps if step.callee == symbol)
