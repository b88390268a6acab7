"""How an answer is printed: a coloured tree in the terminal, or text that another tool reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.console import Console
from rich.text import Text
from rich.tree import Tree as Drawing

from ..core.changes import call_words, edge_words
from ..core.chart import Chart, ChartEdge, ChartNode, EdgeState, to_mermaid
from ..core.difference import Change, Difference, NodeChange
from ..core.graph import Branch, Mark, Tree, plain_remarks
from ..core.paths import COUNT
from ..core.question import Question
from ..core.releases import series_of
from ..core.source import How
from ..core.steps import Step
from ..resolvers.answer import Answer
from .terminal import MAX_WIDTH, to_json, visible

_WAYS = {How.DIRECT: "", How.MACRO: "macro", How.POINTER: "may"}
_EDGES = {How.DIRECT: EdgeState.DIRECT, How.MACRO: EdgeState.MACRO, How.POINTER: EdgeState.POINTER}
_STYLES = {
    Change.GONE: ("- ", "red"),
    Change.NEW: ("+ ", "green"),
    Change.RENAMED: ("~ ", "yellow"),
    Change.INLINED: ("i ", "yellow"),
    Change.MOVED: ("m ", "yellow"),
    Change.KIND: ("k ", "yellow"),
    Change.LEFT: ("< ", "red"),
    Change.JOINED: ("> ", "green"),
}
"""Told apart by their first column, not by colour alone."""
_SAID = {Change.GONE, Change.NEW, Change.INLINED}

Label = Callable[[Branch, Branch | None], Text]
"""Makes the line of a branch, given the one that it hangs from."""


def text(found: Answer) -> None:
    """Print an answer as a tree, with ``file:line``."""
    if found.tree:
        _print(found.release, found.tree, lambda branch, _parent: _label(branch, found))


def difference(changed: Difference) -> None:
    """Print two trees in one, and the counts."""
    title = f"{changed.old} → {changed.new}"
    _print(title, changed.tree, lambda branch, parent: _changed_label(branch, parent, changed))
    told = [f"{number} {word}" for word, number in changed.summary()["functions"].items()]
    Console(highlight=False).print(Text("functions: " + ", ".join(told), style="dim"))


def _print(title: str, tree: Tree, label: Label) -> None:
    top = Drawing(Text(visible(title), style="bold"), guide_style="dim")
    elsewhere = _elsewhere(tree)
    waiting: list[tuple[Drawing, Branch, Branch | None]] = [
        (top, root, None) for root in reversed(tree.roots)
    ]
    while waiting:
        above, branch, parent = waiting.pop()
        line = label(branch, parent).append(elsewhere.get(id(branch), ""), style="dim")
        drawn = above.add(line)
        waiting += [(drawn, child, branch) for child in reversed(branch.children)]
    # No line is cut: a name in two pieces is none, and a terminal has its own way with a long line.
    Console(highlight=False, markup=False, width=MAX_WIDTH).print(top, soft_wrap=True)


def _elsewhere(tree: Tree) -> dict[int, str]:
    """Say, by the id of a branch, where what is below it stands: above or below."""
    order = {id(branch): place for place, branch in enumerate(tree.walk())}
    opened = {branch.symbol: branch for branch in tree.walk() if branch.mark is Mark.OPEN and branch.children}
    found = {}
    for branch in tree.walk():
        there = opened.get(branch.symbol)
        if branch.mark is Mark.SEEN and there is not None:
            found[id(branch)] = f"  [see {'above' if order[id(there)] < order[id(branch)] else 'below'}]"
    return found


def _label(branch: Branch, found: Answer) -> Text:
    line = Text(visible(f"{branch.symbol.name}()"), style="bold" if not branch.steps else "")
    if definition := found.definitions.get(branch.symbol):
        line.append(f"  {visible(definition.place)}", style="cyan")
    line.append(_sites(branch.steps), style="dim")
    return line.append("".join(f"  [{word}]" for word in plain_remarks(branch)), style="dim")


def _sites(steps: Iterable[Step]) -> str:
    """Say on which lines a call is, and how where it is not spelled there."""
    for step in list(steps)[:1]:
        lines = " ".join(f"L{line}" for line in step.call.lines[:3]) + (
            " …" if len(step.call.lines) > 3 else ""
        )
        way = " ".join(word for word in (_WAYS[step.how], step.call.via) if word)
        return f"  {lines}" + (f" ({way})" if way else "")
    return ""


def _changed_label(branch: Branch, parent: Branch | None, changed: Difference) -> Text:
    node = changed.nodes[branch.symbol]
    sign, style = _STYLES.get(node.change, ("  ", ""))
    line = Text(visible(f"{sign}{branch.symbol.name}()"), style=style)
    places = [one.place for one in (node.before, node.after) if one]
    if places:
        line.append("  " + visible(" → ".join(dict.fromkeys(places))), style="cyan")
    said = [*changed.remarks(branch), *_changed_call(branch, parent, changed)]
    return line.append("".join(f"  [{word}]" for word in said), style="dim")


def _changed_call(branch: Branch, parent: Branch | None, changed: Difference) -> list[str]:
    """Say what became of the call between a function and the one that it hangs from."""
    if parent is None:
        return []
    pair = (parent.symbol, branch.symbol)
    edge = changed.edges.get(pair[::-1] if changed.tree.callers else pair)
    ends = {changed.nodes[symbol].change for symbol in pair}
    # Of what is gone or new itself that is said already.
    if edge is None or edge.change not in (Change.GONE, Change.NEW) or not ends.isdisjoint(_SAID):
        return []
    return [call_words(edge.change, "en")]


# --- for other tools ---------------------------------------------------------


def answer(found: Answer, form: str) -> str:
    """Give an answer as text for another tool."""
    assert found.tree is not None, "there is an answer"
    if form == "myst":
        return _myst(found)
    if form == "json":
        return to_json(_json(found))
    chart = _chart(found.release, found.tree, found)
    return to_mermaid(chart) if form == "mermaid" else _dot(chart)


def changes(changed: Difference, form: str, question: Question) -> str:
    """Give a difference as text for another tool."""
    if form == "myst":
        return _directive(question, f":diff: {series_of(changed.old)}..{series_of(changed.new)}")
    if form == "json":
        nodes = {symbol.spelled: _turn(node) for symbol, node in changed.nodes.items()}
        edges = [
            {"caller": a.spelled, "callee": b.spelled, "change": edge.change.value}
            for (a, b), edge in changed.edges.items()
        ]
        top = {"old": changed.old, "new": changed.new, "functions": nodes, "calls": edges}
        return to_json(top)
    return to_mermaid(_changed_chart(changed)) if form == "mermaid" else _dot(_changed_chart(changed))


def _turn(node: NodeChange) -> dict[str, object]:
    """Say what became of a function, and what that rests on."""
    told: dict[str, object] = {"change": node.change.value, "score": round(node.score, 2)}
    if node.old and node.old != node.symbol:
        told["old"] = node.old.spelled
    if node.into:
        told["into"] = [caller.spelled for caller in node.into]
    return told


def _directive(question: Question, releases: str) -> str:
    """Give the question as a directive that asks it again."""
    options = [
        f":from: {question.start}",
        f":to: {question.goal}" if question.goal else "",
        ":callers:" if question.callers else "",
        f":depth: {question.depth}" if question.depth else "",
        f":count: {question.count}" if question.goal and question.count != COUNT else "",
        f":quiet: {' '.join(question.quiet)}" if question.quiet else "",
        releases,
    ]
    return "\n".join(["```{calltree}", *filter(None, options), "```", ""])


def _myst(found: Answer) -> str:
    """Give the tree as a declared one: what is pasted is checked from then on.

    Callers stand below what they call, as in no declared tree: there the question is given.
    """
    if found.question.callers:
        return _directive(found.question, f":kernel: {series_of(found.release)}")
    lines = ["```{calltree}", f":kernel: {series_of(found.release)}", ""]
    waiting = [(node, 0) for node in reversed(found.tree.nodes() if found.tree else ())]
    while waiting:
        node, level = waiting.pop()
        lines.append("  " * level + visible(node.spelled))
        # A call through a field names no function that could be checked.
        waiting += [(child, level + 1) for child in reversed(node.children) if child.file]
    return "\n".join([*lines, "```", ""])


def _json(found: Answer) -> dict[str, object]:
    steps = found.tree.steps() if found.tree else ()
    return {
        "release": found.release,
        "complete": found.complete,
        "functions": {symbol.spelled: one.place for symbol, one in found.definitions.items()},
        "calls": [
            {
                "caller": s.caller.spelled,
                "callee": s.callee.spelled,
                "how": s.how.value,
                "lines": list(s.call.lines),
                "via": s.call.via,
                **({"struct": s.through} if s.through else {}),
            }
            for s in steps
        ],
    }


def _chart(title: str, tree: Tree, found: Answer) -> Chart:
    places = {symbol: one.place for symbol, one in found.definitions.items()}
    symbols = dict.fromkeys(branch.symbol for branch in tree.walk())
    nodes = tuple(ChartNode(one.spelled, one.name, places.get(one, "")) for one in symbols)
    best = {(s.caller, s.callee): s for s in reversed(tree.steps())}
    edges = tuple(
        ChartEdge(a.spelled, b.spelled, _EDGES[s.how], s.call.lines, s.call.via) for (a, b), s in best.items()
    )
    return Chart(title, nodes, edges, "en")


def _changed_chart(changed: Difference) -> Chart:
    remarks = {branch.symbol: changed.remarks(branch) for branch in changed.tree.walk()}
    nodes = []
    for symbol, node in changed.nodes.items():
        shown = node.after or node.before
        place = shown.place if shown else ""
        nodes.append(ChartNode(symbol.spelled, symbol.name, place, remarks.get(symbol, ())))
    edges = []
    for (a, b), edge in changed.edges.items():
        best = min(edge.new or edge.old, key=lambda step: step.order)
        state, lines = _EDGES[best.how], best.call.lines
        edges.append(ChartEdge(a.spelled, b.spelled, state, lines, best.call.via, change=edge.change))
    return Chart(f"{changed.old} → {changed.new}", tuple(nodes), tuple(edges), "en")


def _dot(chart: Chart) -> str:
    def quoted(word: str) -> str:
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    lines = [f"digraph {quoted(visible(chart.title))} {{", "  node [shape=box];"]
    for node in chart.nodes:
        label = "\n".join(visible(part) for part in (f"{node.name}()", node.place, *node.remarks) if part)
        lines.append(f"  {quoted(visible(node.key))} [label={quoted(label)}];")
    for edge in chart.edges:
        said = [] if edge.state is EdgeState.DIRECT else ["style=dashed"]
        if edge.change and (words := edge_words(edge.change, "en")):
            said = ["style=dotted"] if edge.change is Change.GONE else said
            said.append(f"label={quoted(words)}")
        style = f" [{', '.join(said)}]" if said else ""
        lines.append(f"  {quoted(visible(edge.source))} -> {quoted(visible(edge.target))}{style};")
    return "\n".join([*lines, "}", ""])
