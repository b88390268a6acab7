"""Two releases' trees in one drawing, from what their locks say of both; no source is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from .config import Settings
from .core import links
from .core.calltree import Node, edges, names, walk
from .core.changes import Turn
from .core.chart import Chart, ChartEdge, ChartNode
from .core.difference import Change, Difference, EdgeChange, NodeChange, difference
from .core.graph import Branch, Mark
from .core.lock import Became, KernelLock
from .core.lockfile import kernel_file
from .core.pairing import Scores, Side
from .core.source import Call, Definition, How
from .core.steps import Step, Symbol
from .core.target import CALLABLE, choose
from .diagnostics import Subtype
from .i18n import _
from .lookup_source import kind_word
from .resolved import HOVER_BREAK, Problem
from .trees import STATES, DrawnTree, Finding

Roots = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A tree as two releases have it: ``old`` and ``new`` are the same where an author declared it."""

    old: Roots
    new: Roots

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of either."""
        return tuple(dict.fromkeys((*names(self.old), *names(self.new))))


def compare(
    trees: Compared, locks: tuple[KernelLock, KernelLock], title: str, lang: str, settings: Settings
) -> tuple[DrawnTree, Difference]:
    """Draw both trees as one."""
    old, new = (_Release(lock, trees, other) for lock, other in (locks, locks[::-1]))
    similar, inlined = _scores(locks)
    found = difference(old.side(trees.old), new.side(trees.new), similar, inlined)
    settled = {ends: _settled(edge, found, old, new) for ends, edge in found.edges.items()}
    found = replace(found, edges=settled)
    drawn = _Picture(found, settings).draw(title, lang)
    drawn.findings = [*old.findings, *(one for one in new.findings if one not in old.findings)]
    if trees.old is trees.new:
        drawn.findings += _nowhere(trees.new, old, new)
    return drawn, found


def _nowhere(roots: Roots, old: _Release, new: _Release) -> Iterable[Finding]:
    """Find what an author declared and neither release has."""
    tags = f"{old.lock.release} and {new.lock.release}"
    for node in walk(roots):
        if old.knows(node) and new.knows(node) and not old.symbol(node) and not new.symbol(node):
            text = f"{node.name}() is in neither of {tags}"
            yield Finding(node.line, Problem(Subtype.IDENTIFIER, text))
    for caller, callee in edges(roots):
        sides = [side for side in (old, new) if side.symbol(caller) and side.symbol(callee)]
        if sides and not any(side.steps(caller, callee) or not side.asked(caller, callee) for side in sides):
            text = f"{caller.name}() calls {callee.name}() in neither of {tags}"
            yield Finding(callee.line, Problem(Subtype.CALLTREE, text))


def _scores(locks: tuple[KernelLock, KernelLock]) -> tuple[Scores, Scores]:
    """Read the likenesses that the newer lock has of the older release."""
    found: dict[Became, dict[tuple[Symbol, Symbol], float]] = {became: {} for became in Became}
    for one in locks[1].likenesses:
        if one.since == locks[0].release:
            found[one.became][_symbol(one.old), _symbol(one.new)] = one.score
    return found[Became.RENAMED], found[Became.INLINED]


def _symbol(spelled: str) -> Symbol:
    file, _, name = spelled.rpartition(":")
    return Symbol(file, name)


class _Release:
    """What the lock of one release says of both trees."""

    def __init__(self, lock: KernelLock, trees: Compared, other: KernelLock) -> None:
        self.lock, self.trees, self.other = lock, trees, other
        self.findings: list[Finding] = []
        self._calls: dict[tuple[str, str], list[Call]] = defaultdict(list)  # caller, callee's name -> records
        for call in lock.calls:
            self._calls[call.caller, call.callee.rpartition(":")[2]].append(call)

    def side(self, own: Roots) -> Side:
        """Give its own tree, and of the other's what is here too."""
        steps: dict[Step, None] = {}
        for caller, callee in dict.fromkeys((*edges(own), *edges(self.trees.old), *edges(self.trees.new))):
            steps |= dict.fromkeys(self.steps(caller, callee))
            there = self.symbol(caller) and self.symbol(callee) and not self.lock.from_elixir
            if there and not self.asked(caller, callee):
                self._missing(callee, f"{caller.name}() → {callee.name}()")
        for node in walk(own):
            if not self.knows(node):
                self._missing(node, f"{node.name}()")
        roots = [symbol for node in own if (symbol := self.symbol(node))]
        return Side(self.lock.release, tuple(steps), self.definitions, roots, None, self._unknown())

    def _missing(self, node: Node, what: str) -> None:
        if self.lock.from_elixir:
            return  # nobody could know
        text = f"{what} is not in {kernel_file(self.lock.release)}; run `make lock`"
        self.findings.append(Finding(node.line, Problem(Subtype.LOCK, text)))

    def knows(self, node: Node) -> bool:
        """Whether the release was asked for a name, whatever the answer."""
        return node.name in self.lock.identifiers or node.name in self.lock.unknown

    @cached_property
    def definitions(self) -> Mapping[Symbol, Definition]:
        """Every definition of a name in either tree; of two in one file the one that is meant."""
        found = {}
        for name in self.trees.names:
            known = self.lock.identifiers.get(name, ())
            for file in {one.file for one in known if one.kind in CALLABLE}:
                inside = [one for one in known if one.file == file]
                found[Symbol(file, name)] = choose(inside, CALLABLE, "")[0]
        return found

    def _unknown(self) -> list[str]:
        """Name what this release has not, and may have where nobody read."""
        missing = [name for name in self.trees.names if not self.lock.identifiers.get(name)]
        return [
            name
            for name in missing
            if name not in self.lock.identifiers
            or not all(self.lock.covers(one.file) for one in self.other.identifiers.get(name, ()))
        ]

    def symbol(self, node: Node) -> Symbol | None:
        """Find whom an entry means here; what has moved by its name alone."""
        known = self.lock.identifiers.get(node.name, ())
        fit = choose(known, CALLABLE, node.file) or choose(known, CALLABLE, "")
        return Symbol(fit[0].file, node.name) if fit else None

    def steps(self, caller: Node, callee: Node) -> list[Step]:
        """Give the calls between two entries."""
        a, b = self.symbol(caller), self.symbol(callee)
        records = self.records(a, b) if a and b else []
        return [Step(call, a, b) for call in records if a and b and call.how is not How.NONE]

    def asked(self, caller: Node, callee: Node) -> bool:
        """Whether anybody looked for a call."""
        a, b = self.symbol(caller), self.symbol(callee)
        return bool(a and b and self.records(a, b))

    def records(self, a: Symbol, b: Symbol) -> list[Call]:
        """Give what the lock says of a pair."""
        return [c for c in self._calls[a.name, b.name] if c.file == a.file and self._names(c.callee, b)]

    def _names(self, spelled: str, at: Symbol) -> bool:
        """Tell whether the callee of a record is a function: by its file, or by what its name alone means."""
        file, _, name = spelled.rpartition(":")
        fit = choose(self.lock.identifiers.get(name, ()), CALLABLE, file)
        return bool(fit) and fit[0].file == at.file


def _settled(edge: EdgeChange, found: Difference, old: _Release, new: _Release) -> EdgeChange:
    """Judge a call that one release has, where both ends are in the other, by what that was asked."""
    caller, callee = found.nodes[edge.caller], found.nodes[edge.callee]
    if edge.old and not edge.new:
        change, side, ends = Change.GONE, new, (_now(caller), _now(callee))
    elif edge.new and not edge.old:
        change, side, ends = Change.NEW, old, (_then(caller), _then(callee))
    else:
        return edge
    a, b = ends
    if a and b:
        return replace(edge, change=change if side.records(a, b) else Change.UNKNOWN)
    return edge


def _now(node: NodeChange) -> Symbol | None:
    """Give a function of either tree as the newer release has it, in its tree or not."""
    return node.new or (Symbol(node.after.file, node.after.name) if node.after else None)


def _then(node: NodeChange) -> Symbol | None:
    return node.old or (Symbol(node.before.file, node.before.name) if node.before else None)


class _Picture:
    """Draws a difference."""

    def __init__(self, found: Difference, settings: Settings) -> None:
        self.found, self.settings = found, settings

    def draw(self, title: str, lang: str) -> DrawnTree:
        found = self.found
        places = {(at.file, at.name): self._place(node) for at, node in found.nodes.items()}
        arrows = {
            ((a.file, a.name), (b.file, b.name)): self._arrow(edge) for (a, b), edge in found.edges.items()
        }
        chart = Chart(title, tuple(places.values()), tuple(arrows.values()), lang)
        roots = tuple(_node(root) for root in found.tree.roots)
        return DrawnTree(f"{found.old} → {found.new}", chart, places, arrows, [], roots)

    def _place(self, node: NodeChange) -> ChartNode:
        shown = [(node.before, self.found.old), (node.after, self.found.new)]
        there = [(one, tag) for one, tag in shown if one]
        key, name = node.symbol.spelled, node.symbol.name
        turn = Turn(node.change, self._other(node), node.score, node.rewritten)
        if not there:
            return ChartNode(key, name, hover=_("not checked"), turn=turn)
        last, tag = there[-1]
        parts = [f"{kind_word(one.kind)} · {one.name} · {one.place} · {release}" for one, release in there]
        url = links.source(self.settings.elixir_url, tag, last.file, last.line)
        hover = HOVER_BREAK.join(parts)
        # What has another name in the other release says so in its tooltip; a card is of one name.
        alike = len({one.name for one, _release in there}) == 1
        return ChartNode(key, name, _lines(node), (), url, hover, turn=turn, release=tag if alike else "")

    def _other(self, node: NodeChange) -> str:
        if node.change is Change.RENAMED and node.old:
            return node.old.name
        if node.change is Change.INLINED:
            return ", ".join(dict.fromkeys(caller.name for caller in node.into))
        if node.change is Change.MOVED and node.before:
            return node.before.place
        if node.change is Change.KIND and node.before and node.after:
            return f"{kind_word(node.before.kind)} → {kind_word(node.after.kind)}"
        return ""

    def _arrow(self, edge: EdgeChange) -> ChartEdge:
        best = min(edge.new or edge.old, key=lambda step: step.order)
        was = min(edge.old, key=lambda step: step.order).call.lines if edge.old else ()
        sides = ((edge.old, self.found.old), (edge.new, self.found.new))
        parts = [self._sites(steps, tag) for steps, tag in sides if steps]
        if edge.through:
            parts.append(_("before by way of %s") % f"{edge.through.name}()")
        return ChartEdge(
            edge.caller.spelled, edge.callee.spelled, STATES[best.how], best.call.lines, best.call.via,
            HOVER_BREAK.join(parts), edge.change, was,
        )  # fmt: skip

    def _sites(self, steps: tuple[Step, ...], tag: str) -> str:
        call = min(steps, key=lambda step: step.order).call
        sites = ", ".join(f"{call.file}:{line}" for line in call.lines)
        return f"{call.caller} → {call.callee.rpartition(':')[2]} · {sites} · {tag}"


def _lines(node: NodeChange) -> str:
    """Say where a function is: ``file:old line → new line`` where it has one file."""
    before, after = node.before, node.after
    if before and after and before.file == after.file and before.line != after.line:
        return f"{after.file}:{before.line} → {after.line}"
    shown = after or before
    return shown.place if shown else ""


def _node(branch: Branch) -> Node:
    """Make the text's entry of a branch; what is below it stands where it was first named."""
    children = () if branch.mark is Mark.RECURSION else tuple(_node(child) for child in branch.children)
    return Node(branch.symbol.name, branch.symbol.file, (), children)
