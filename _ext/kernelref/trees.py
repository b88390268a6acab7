"""A declared tree against one release: which functions are there, and which calls the source has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .config import Settings
from .core import links
from .core.calltree import Node, edges, walk
from .core.chart import Chart, ChartEdge, ChartNode, EdgeState, NodeState
from .core.lock import KernelLock
from .core.lockfile import kernel_file
from .core.source import Call, Definition, How
from .core.target import CALLABLE, Target, choose, in_file
from .diagnostics import Subtype
from .facts import Facts
from .i18n import _
from .lookup_source import FAMILIES, SourceLookup, kind_word, not_known
from .resolved import Problem

STATES = {
    How.DIRECT: EdgeState.DIRECT,
    How.MACRO: EdgeState.MACRO,
    How.POINTER: EdgeState.POINTER,
    How.NONE: EdgeState.ABSENT,
}
_STRENGTH = tuple(STATES)
"""Where a pair has calls of several ways, the first of these is drawn."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a tree; ``line`` is the node's, counted within the directive's content."""

    line: int
    problem: Problem


@dataclass(slots=True)
class DrawnTree:
    """A tree as one release has it, or as two have it; ``roots`` are what the text tells."""

    release: str
    chart: Chart
    places: dict[tuple[str, str], ChartNode] = field(default_factory=dict)
    arrows: dict[tuple[tuple[str, str], tuple[str, str]], ChartEdge] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    roots: tuple[Node, ...] = ()

    def bounded(self, most: int) -> tuple[Chart, int]:
        """Give the chart with what is nearest to the roots, and how many functions it leaves out."""
        kept = dict.fromkeys(self.places[key].key for key in _nearest(self.roots)[:most])
        inside = [arrow for arrow in self.arrows.values() if arrow.source in kept and arrow.target in kept]
        shown = tuple(node for node in self.chart.nodes if node.key in kept)
        return replace(self.chart, nodes=shown, edges=tuple(inside)), len(self.chart.nodes) - len(shown)


def _nearest(roots: tuple[Node, ...]) -> list[tuple[str, str]]:
    """List the functions of a tree once, level by level."""
    found: dict[tuple[str, str], None] = {}
    level = list(roots)
    while level:
        found |= dict.fromkeys(node.key for node in level)
        level = [child for node in level for child in node.children]
    return list(found)


def draw(
    roots: tuple[Node, ...], tag: str, title: str, lang: str, facts: Facts, settings: Settings
) -> DrawnTree:
    """Compare a tree with the lock of a release, or with nothing where the release is not pinned."""
    return _Drawing(roots, tag, facts, settings).draw(title, lang)


class _Drawing:
    def __init__(self, roots: tuple[Node, ...], tag: str, facts: Facts, settings: Settings) -> None:
        self.roots, self.tag, self.facts, self.settings = roots, tag, facts, settings
        self.lock: KernelLock | None = facts.kernels.get(tag)
        self.source = SourceLookup(facts, settings)
        self.findings: list[Finding] = []
        self.calls: dict[tuple[str, str], list[Call]] = defaultdict(list)  # caller, callee -> records
        for call in self.lock.calls if self.lock else ():
            self.calls[call.caller, call.callee].append(call)

    def draw(self, title: str, lang: str) -> DrawnTree:
        definitions = {node.key: self._definition(node) for node in self._nodes()}
        places = {node.key: self._place(node, definitions[node.key]) for node in self._nodes()}
        arrows = {}
        for caller, callee in edges(self.roots):
            ends = (places[caller.key], places[callee.key])
            arrow = self._arrow(caller, callee, definitions[caller.key], ends)
            arrows[caller.key, callee.key] = arrow
        chart = Chart(title, tuple(places.values()), tuple(arrows.values()), lang)
        return DrawnTree(self.tag, chart, places, arrows, self.findings, self.roots)

    def _nodes(self) -> Iterator[Node]:
        """Each function once: one box, however often the tree names it."""
        seen = set()
        for node in walk(self.roots):
            if node.key not in seen:
                seen.add(node.key)
                yield node

    def _remarks(self, wanted: Node) -> tuple[str, ...]:
        every = (remark for node in walk(self.roots) if node.key == wanted.key for remark in node.remarks)
        return tuple(dict.fromkeys(every))

    def _find(self, node: Node, subtype: Subtype, text: str) -> None:
        self.findings.append(Finding(node.line, Problem(subtype, text)))

    # --- functions -----------------------------------------------------------

    def _definition(self, node: Node) -> Definition | None:
        if self.lock is None:
            return None
        if node.name in self.lock.unknown:
            return None
        if node.name not in self.lock.identifiers:
            self._find(
                node, Subtype.LOCK, f"{node.name}() is not in {kernel_file(self.tag)}; run `make lock`"
            )
            return None
        known = self.lock.identifiers[node.name]
        fit = choose(known, CALLABLE, node.file)
        if not fit and self.lock.from_elixir:
            return None
        if not fit:
            text = self.source.misfit(Target(node.name, node.file), FAMILIES["kfunc"], self.lock, known)
            self._find(node, Subtype.IDENTIFIER, text)
            return None
        if len(places := sorted({d.file for d in fit})) > 1:
            spelled = ", ".join(f"`{place}:{node.name}`" for place in places[:5])
            text = f"{node.name}() has several definitions in {self.tag}; say which is meant: {spelled}"
            self._find(node, Subtype.IDENTIFIER, text)
        return fit[0]

    def _place(self, node: Node, found: Definition | None) -> ChartNode:
        key, remarks = node.spelled, self._remarks(node)
        if found:
            url = links.source(self.settings.elixir_url, self.tag, found.file, found.line)
            hover = f"{kind_word(found.kind)} · {found.place} · {self.tag}"
            return ChartNode(key, node.name, found.place, remarks, url, hover, release=self.tag)
        page = links.identifier(self.settings.elixir_url, self.tag, node.name)
        if self.lock is None or self.lock.from_elixir or node.name not in self.lock.identifiers:
            hover = not_known(self.lock) if self.lock and self.lock.from_elixir else _("not checked")
            return ChartNode(key, node.name, "", remarks, page, hover, NodeState.UNCHECKED)
        if not self._is_gone(node, self.lock):
            return ChartNode(key, node.name, "", remarks, page, not_known(self.lock), NodeState.UNCHECKED)
        hover = _("not in %s") % self.tag
        return ChartNode(key, node.name, "", remarks, "", hover, NodeState.ABSENT)

    def _is_gone(self, node: Node, lock: KernelLock) -> bool:
        """Tell whether what was not found would have been read: a part of a tree may lack the place."""
        if lock.whole:
            return True
        elsewhere = (one.identifiers.get(node.name, ()) for _tag, one in self.facts.pinned())
        files = {one.file for found in elsewhere for one in found if in_file(one, node.file)}
        return bool(files) and all(lock.covers(file) for file in files)

    # --- calls ---------------------------------------------------------------

    def _arrow(
        self, caller: Node, callee: Node, where: Definition | None, boxes: tuple[ChartNode, ChartNode]
    ) -> ChartEdge:
        ends = (caller.spelled, callee.spelled)
        start, to = boxes
        if self.lock is None or self.lock.from_elixir:
            return ChartEdge(*ends, EdgeState.UNCHECKED, hover=_("not checked"))
        if to.state is NodeState.ABSENT:
            return ChartEdge(*ends, EdgeState.ABSENT, hover=_("not in %s") % self.tag)
        if where is None and start.state is NodeState.ABSENT:
            return ChartEdge(*ends, EdgeState.ABSENT)
        if where is None or to.state is NodeState.UNCHECKED:
            return ChartEdge(*ends, EdgeState.UNCHECKED, hover=_("not checked"))
        records = [c for c in self.calls[caller.name, callee.spelled] if in_file(where, c.file)]
        if not records:
            text = f"{caller.name}() → {callee.name}() is not in {kernel_file(self.tag)}; run `make lock`"
            self._find(callee, Subtype.LOCK, text)
            return ChartEdge(*ends, EdgeState.UNCHECKED, hover=_("not checked"))
        best = min(records, key=lambda call: _STRENGTH.index(call.how))
        if best.how is How.NONE:
            text = f"{self.tag}: {caller.name}() does not call {callee.name}() ({where.place})"
            self._find(callee, Subtype.CALLTREE, text)
        return ChartEdge(*ends, STATES[best.how], best.lines, best.via, self._hover(best))

    def _hover(self, call: Call) -> str:
        if call.how is How.NONE:
            return _("no such call in %s") % self.tag
        sites = ", ".join(f"{call.file}:{line}" for line in call.lines)
        return f"{call.caller} → {call.callee} · {sites} · {self.tag}"
