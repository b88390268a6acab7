"""``lock``, derived trees: what the call graphs of the trees at hand answer to the pages' questions.

All releases are asked before any is written, for a comparison needs each function of either tree in both
releases. What a release that is not at hand answered before is taken from its lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING

from ..core.calltree import MAX_NODES, CalltreeError, Node, edges, names, parse, walk
from ..core.derived import Written, write
from ..core.graph import forest
from ..core.lock import Became, DerivedTree, KernelLock, Likeness, Outcome
from ..core.pairing import IN_PLACE, INLINED, Scores
from ..core.question import Question
from ..core.releases import ReleaseError, Releases
from ..core.source import Call, How
from ..core.steps import Step, Symbol
from ..core.target import CALLABLE, choose
from ..resolvers.answer import Answer, answer, scores
from ..resolvers.index.callgraph import SourceGraph

if TYPE_CHECKING:
    from ..domain import TreeQuery


@dataclass(slots=True)
class TreeFacts:
    """What derived and compared trees add to the lock of one release."""

    names: set[str] = field(default_factory=set)
    calls: set[Call] = field(default_factory=set)
    trees: dict[str, DerivedTree] = field(default_factory=dict)
    likenesses: set[Likeness] = field(default_factory=set)


class TreeQuestions:
    """The questions of all pages, asked of all trees at hand.

    ``graphs`` and ``locks`` are by release tag; ``locks`` are those that there were, and ``releases`` all.
    """

    def __init__(
        self,
        queries: Iterable[TreeQuery],
        graphs: Mapping[str, SourceGraph],
        locks: Mapping[str, KernelLock],
        releases: Releases,
    ) -> None:
        self.graphs, self.locks = graphs, locks
        self.facts = {release: TreeFacts() for release in graphs}
        self.answers: dict[tuple[str, str], Answer] = {}  # release, question's key -> answer
        self.roots: dict[tuple[str, str], tuple[Node, ...]] = {}  # the same -> the tree as it is locked
        wanted = list(dict.fromkeys(queries))
        for query in wanted:
            if query.question:
                self._ask(query.question, tag_of(query.release, releases))
        for query in wanted:
            if query.since:
                self._compare(query, tag_of(query.since, releases), tag_of(query.release, releases))

    # --- one release ---------------------------------------------------------

    def _ask(self, question: Question, release: str) -> None:
        graph = self.graphs.get(release)
        if graph is None or (release, question.key) in self.answers:
            return
        found = answer(graph, _meant(graph, question))
        self.answers[release, question.key] = found
        facts = self.facts[release]
        written = write(found.tree, lambda at: spell(graph, at)) if found.tree else Written((), {}, 0)
        facts.trees[question.key] = locked = derived(found, question, written)
        facts.names |= {symbol.name for symbol in written.symbols.values()}
        facts.calls |= set(_calls(found, written))
        self.roots[release, question.key] = parse(locked.lines) if locked.lines else ()

    # --- two releases --------------------------------------------------------

    def _compare(self, query: TreeQuery, old: str, new: str) -> None:
        """Have each release say what it has of the other's tree, and how like their functions are."""
        renamed: set[tuple[str, str]] = set()
        if new in self.graphs and old in self.graphs:
            before, after = self._answer(query, old), self._answer(query, new)
            found = set(_likenesses(old, *scores(self.graphs[old], self.graphs[new], before, after)))
            self.facts[new].likenesses |= found
            renamed = {(one.old, one.new) for one in found if one.became is Became.RENAMED}
        elif new in self.locks and new in self.graphs:
            kept = {one for one in self.locks[new].likenesses if one.since == old}
            self.facts[new].likenesses |= kept
        back = {(after, before) for before, after in renamed}
        for release, other, pairs in ((old, new, back), (new, old, renamed)):
            if release in self.graphs:
                self._look_up(release, self._tree(query, other), pairs)

    def _tree(self, query: TreeQuery, release: str) -> tuple[Node, ...]:
        """Give the tree that a release has of a question, or the declared one that is compared."""
        if query.question is None:
            return query.roots
        if (release, query.key) not in self.roots:
            lock = self.locks.get(release)
            known = lock.trees.get(query.key) if lock else None
            try:
                self.roots[release, query.key] = parse(known.lines) if known and known.lines else ()
            except CalltreeError:  # not as `lock` wrote it: nothing is known then
                self.roots[release, query.key] = ()
        return self.roots[release, query.key]

    def _look_up(self, release: str, roots: tuple[Node, ...], renamed: set[tuple[str, str]]) -> None:
        """Note what a release has of another's tree: its functions and its calls, under either name."""
        graph, facts = self.graphs[release], self.facts[release]
        facts.names |= set(names(roots))
        meant: dict[tuple[str, str], list[Symbol]] = {}
        for node in walk(roots):
            here = _symbol(graph, node)
            others = [there for name, there in renamed if _names(name, node)]
            meant[node.key] = [here] if here else [Symbol(*_parted(other)) for other in others]
        for caller, callee in edges(roots):
            for a, b in product(meant[caller.key], meant[callee.key]):
                facts.calls |= set(_pair(graph, a, b, spell(graph, b)))

    def _answer(self, query: TreeQuery, release: str) -> Answer:
        """Give what a release answered, or the part of a declared tree that it has."""
        if query.question:
            return self.answers[release, query.key]
        graph = self.graphs[release]
        found = Answer(release, Question(""))
        symbols = {node.key: _symbol(graph, node) for pair in edges(query.roots) for node in pair}
        steps: list[Step] = []
        for caller, callee in edges(query.roots):
            a, b = symbols[caller.key], symbols[callee.key]
            steps += graph.between(a, b) if a and b else []
        found.tree = forest(steps)
        known = {at: graph.definition(at) for at in symbols.values() if at}
        found.definitions = {at: one for at, one in known.items() if one}
        return found


def tag_of(name: str, releases: Releases) -> str:
    """Give the tag that a page means by a release; nothing where it means none."""
    try:
        return releases.tag(name) or ""
    except ReleaseError:
        return ""


def upward(queries: Iterable[TreeQuery], releases: Releases, release: str) -> set[str]:
    """Collect the names whose callers the pages ask a release for."""
    return {
        query.question.start
        for query in queries
        if query.question and query.question.callers and tag_of(query.release, releases) == release
    }


def derived(found: Answer, question: Question, written: Written) -> DerivedTree:
    """Make an answer a record of the lock."""
    if found.tree is None or not written.lines:
        outcome = (
            Outcome.NO_START if question.start in found.missing or _bare(question.start) in found.missing
            else Outcome.NO_GOAL if found.missing
            else Outcome.NO_PATH
        )  # fmt: skip
        return DerivedTree((), outcome, found.complete)
    lines = written.lines[:MAX_NODES]  # no page takes more; what is left of a tree is one
    complete = found.complete and lines == written.lines
    return DerivedTree(lines, Outcome.FOUND, complete, found.left_out, found.tree.quiet, written.unread)


def _parted(spelled: str) -> tuple[str, str]:
    file, _, name = spelled.rpartition(":")
    return file, name


def _names(spelled: str, node: Node) -> bool:
    """Tell whether an entry of a tree may mean ``file:name``."""
    file, name = _parted(spelled)
    return name == node.name and node.file in ("", file)


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _meant(graph: SourceGraph, question: Question) -> Question:
    """Say in full which functions a question means: those that a page's roles would."""
    return replace(question, start=_full(graph, question.start), goal=_full(graph, question.goal))


def _full(graph: SourceGraph, name: str) -> str:
    file, _, plain = name.rpartition(":")
    symbol = _symbol(graph, Node(plain, file)) if plain else None
    return symbol.spelled if symbol else name


def _symbol(graph: SourceGraph, node: Node) -> Symbol | None:
    """Find whom a release means by an entry of a tree; one that has moved by its name alone."""
    definitions = graph.index.definitions(node.name, late=False)
    fit = choose(definitions, CALLABLE, node.file) or choose(definitions, CALLABLE, "")
    return Symbol(fit[0].file, fit[0].name) if fit else None


def spell(graph: SourceGraph, at: Symbol) -> str:
    """Name a function as briefly as a page may."""
    fit = choose(graph.index.definitions(at.name, late=False), CALLABLE, "")
    return at.name if {one.file for one in fit} == {at.file} else at.spelled


def _calls(found: Answer, written: Written) -> Iterator[Call]:
    spelled = {symbol: text for text, symbol in written.symbols.items()}
    for step in found.tree.steps() if found.tree else ():
        if step.callee in spelled:
            yield replace(step.call, callee=spelled[step.callee])


def _pair(graph: SourceGraph, caller: Symbol, callee: Symbol, spelled: str) -> Sequence[Call]:
    """Give the records of one pair: how it is called, or that it is not."""
    found = [step.call for step in graph.between(caller, callee)]
    none = Call(caller.file, caller.name, spelled, How.NONE)
    return [replace(call, callee=spelled) for call in found] or [none]


def _likenesses(since: str, similar: Scores, inlined: Scores) -> Iterator[Likeness]:
    """Keep the scores that a comparison can use."""
    for became, least, found in (
        (Became.RENAMED, IN_PLACE, similar),
        (Became.INLINED, INLINED, inlined),
    ):
        for (old, new), score in found.items():
            if score >= least:
                yield Likeness(since, old.spelled, new.spelled, became, round(score, 3))
