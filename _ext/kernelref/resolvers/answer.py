"""Answers from the source: a tree or the ways of one release, and how alike two releases' bodies are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..core import likeness
from ..core.graph import Tree, among, forest, tree
from ..core.noise import Noise, default, read
from ..core.pairing import Scores, Side, same_name, takers
from ..core.paths import paths
from ..core.question import Question
from ..core.source import Definition
from ..core.steps import Symbol
from .index import MOST_NEAR
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
    part: bool = False
    """Whether there is no answer from a part of a tree: the rest of it may have one."""
    complete: bool = True
    left_out: int = 0
    others: tuple[Symbol, ...] = ()
    """Further definitions that the question's names may have meant."""


def noise(question: Question) -> Noise:
    """Give the noise list with the question's own lines."""
    return default().amended(question.quiet, "asked for")


def answer(graph: SourceGraph, question: Question) -> Answer:
    """Ask one release."""
    found = Answer(graph.index.tree.release, question)
    ends = [name for name in (question.start, question.goal) if name]
    meant = {name: graph.symbols(name) for name in ends}
    found.missing = {name: _nearest(graph, name) for name in ends if not meant[name]}
    if found.missing:
        found.part = _is_part(graph)
        return found
    start = meant[question.start][0]
    found.others = tuple(other for name in ends for other in meant[name][1:])
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
            hidden=Noise(read(question.quiet)),
        )
        found.complete, found.left_out = found.tree.complete, found.tree.left_out + found.tree.unasked
    if found.tree:
        found.definitions = dict(_definitions(graph, found.tree))
    else:
        found.part = _is_part(graph)
    return found


def _nearest(graph: SourceGraph, name: str) -> tuple[str, ...]:
    # The right name with the wrong file is nearer than any other name.
    _, colon, plain = name.rpartition(":")
    elsewhere = graph.symbols(plain)[:MOST_NEAR] if colon else ()
    return tuple(symbol.spelled for symbol in elsewhere) or graph.index.nearest(name)


def _is_part(graph: SourceGraph) -> bool:
    return "" not in graph.index.tree.folders


def followed(question: Question, graphs: Sequence[SourceGraph]) -> list[Question]:
    """Give the question as each release is asked it: a function of a file is meant where it moved, too."""
    return [
        replace(
            question, start=_moved(question.start, graph, graphs), goal=_moved(question.goal, graph, graphs)
        )
        for graph in graphs
    ]


def _moved(name: str, graph: SourceGraph, graphs: Sequence[SourceGraph]) -> str:
    file, _, plain = name.rpartition(":")
    gone = bool(file) and not graph.symbols(name) and any(other.symbols(name) for other in graphs)
    return plain if gone else name


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


def sides(old: SourceGraph, new: SourceGraph, before: Answer, after: Answer) -> tuple[Side, Side]:
    """Make two answers comparable: each release is asked about every function that either shows.

    Between functions of two sets of ways all calls count, or a call that is merely on no way
    would pass for gone.
    """
    places = {symbol: {symbol.file} for symbol in (*before.definitions, *after.definitions)}
    for answered in (before, after):
        for step in answered.tree.steps() if answered.tree else ():
            if step.callee in places:
                places[step.callee].add(step.caller.file)
    return _side(old, before, places, after), _side(new, after, places, before)


def _side(graph: SourceGraph, found: Answer, places: Mapping[Symbol, set[str]], other: Answer) -> Side:
    """``places`` are the files that say a name: what they mean by it here is the same function, if any."""
    definitions = dict(found.definitions)
    for symbol in sorted(places.keys() - definitions.keys()):
        for at in {graph.meant(file, symbol.name) for file in places[symbol]}:
            if definition := graph.definition(at):
                definitions[at] = definition
    symbols = places.keys()
    unread = _unread(graph, definitions, other)
    if found.tree is None:
        return Side(found.release, (), definitions, unknown=unread)
    if not found.question.goal and not found.question.callers:
        return Side.of(found.release, found.tree, definitions, unread)
    shown = [symbol for symbol in definitions if symbol in symbols]
    steps = dict.fromkeys((*found.tree.steps(), *among(graph, shown, found.question.pointers)))
    roots = [root.symbol for root in found.tree.roots]
    upwards = found.question.callers
    return Side(found.release, tuple(steps), definitions, roots, unknown=unread, callers=upwards)


def _unread(graph: SourceGraph, definitions: Mapping[Symbol, Definition], other: Answer) -> set[str]:
    """Name what this release has not, and may have in a folder that its tree lacks."""
    here = {symbol.name for symbol in definitions}
    elsewhere = {symbol.name: symbol.file for symbol in other.definitions if symbol.name not in here}
    return {name for name, file in elsewhere.items() if not graph.index.tree.covers(file)}


def scores(old: SourceGraph, new: SourceGraph, before: Answer, after: Answer) -> tuple[Scores, Scores]:
    """Score what may have been renamed, and what may have been inlined into its callers.

    Compared are functions that only the one release has with those that only the other has.
    """
    one, other = sides(old, new, before, after)
    gone = [symbol for symbol in before.definitions if same_name(symbol, other, one) is None]
    fresh = [symbol for symbol in after.definitions if same_name(symbol, one, other) is None]
    similar = likeness.alike(
        {symbol: likeness.grams(old.body(symbol), symbol.name) for symbol in gone},
        {symbol: likeness.grams(new.body(symbol), symbol.name) for symbol in fresh},
    )
    inlined = {
        (symbol, heir): likeness.containment(old.body(symbol), new.body(heir), old.body(caller))
        for symbol, caller, heir in takers(one, other, similar)
    }
    return similar, inlined
