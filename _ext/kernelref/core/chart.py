"""What is drawn of a call tree, and its Mermaid source.

A `Chart` is a graph whose every node and edge already knows its standing in one release; the
module knows nothing of locks or releases. `to_mermaid` writes a flowchart that the strict security
level accepts, whatever the names and remarks contain.

Part of the pure layer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit

from .changes import SIGNS, Turn, css_name, edge_words, node_words
from .difference import Change
from .label import clean, columns, extent, language, shorten, wrap

NAME_COLUMNS = 64
REMARK_COLUMNS = 34
REMARK_LINES = 3
CHANGE_COLUMNS = 52
PLACE_COLUMNS = 60
VIA_COLUMNS = 26  # Mermaid breaks what stands on an edge at 200 pixels

PAGE_WIDTH = 720
"""Pixels that a page's text column usually has."""
PADDING = 7
"""Of a box, above and below its text; Mermaid gives twice that at the sides."""
_GAP = 20

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _./:,()+-")


class NodeState(StrEnum):
    """Whether a function is in the release drawn."""

    HERE = "here"
    ABSENT = "absent"
    UNCHECKED = "unchecked"


class EdgeState(StrEnum):
    """What is known of a call in the release drawn."""

    DIRECT = "direct"
    MACRO = "macro"
    POINTER = "pointer"
    ABSENT = "absent"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class ChartNode:
    """A box. ``key`` is what edges name it by; ``place`` is ``file:line``; only http(s) links are drawn.

    ``turn`` is what became of it, in a chart of two releases. ``release`` is the one that it was found in.
    """

    key: str
    name: str
    place: str = ""
    remarks: tuple[str, ...] = ()
    href: str = ""
    hover: str = ""
    state: NodeState = NodeState.HERE
    turn: Turn | None = None
    release: str = ""


@dataclass(frozen=True, slots=True)
class ChartEdge:
    """An arrow from caller to callee. ``lines`` are call sites; ``via`` a macro or a field.

    ``change`` is what became of it, in a chart of two releases, and ``was`` the call sites in the older one.
    """

    source: str
    target: str
    state: EdgeState
    lines: tuple[int, ...] = ()
    via: str = ""
    hover: str = ""
    change: Change | None = None
    was: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing. ``lang`` is the language of the few words that it bears itself: ``zh…``, else English."""

    title: str
    nodes: tuple[ChartNode, ...]
    edges: tuple[ChartEdge, ...]
    lang: str = "zh"

    def __post_init__(self) -> None:
        keys = {node.key for node in self.nodes}
        if len(keys) != len(self.nodes):
            raise ValueError("nodes: two have the same key")
        for edge in self.edges:
            if not {edge.source, edge.target} <= keys:
                raise ValueError(f"edges: {edge.source} → {edge.target} names no node")


# language -> what stands on an edge, or on a node
_ON_EDGE = {
    "zh": {
        EdgeState.MACRO: "宏",
        EdgeState.POINTER: "指针",
        EdgeState.ABSENT: "无此调用",
        EdgeState.UNCHECKED: "?",
    },
    "en": {
        EdgeState.MACRO: "macro",
        EdgeState.POINTER: "pointer",
        EdgeState.ABSENT: "no such call",
        EdgeState.UNCHECKED: "?",
    },
}
_ON_NODE = {
    "zh": {NodeState.ABSENT: "此版本中没有", NodeState.UNCHECKED: "未核对"},
    "en": {NodeState.ABSENT: "not in this release", NodeState.UNCHECKED: "not checked"},
}
_LEGEND = {
    "zh": {
        EdgeState.DIRECT: "直接调用",
        EdgeState.MACRO: "经由宏",
        EdgeState.POINTER: "可能经由函数指针",
        EdgeState.ABSENT: "此版本中没有这个调用",
        EdgeState.UNCHECKED: "未核对",
    },
    "en": {
        EdgeState.DIRECT: "called directly",
        EdgeState.MACRO: "by way of a macro",
        EdgeState.POINTER: "may be reached through a pointer",
        EdgeState.ABSENT: "not called in this release",
        EdgeState.UNCHECKED: "not checked",
    },
}
# state -> Mermaid's link
_ARROW = {
    EdgeState.DIRECT: "-->",
    EdgeState.MACRO: "==>",
    EdgeState.POINTER: "-.->",
    EdgeState.ABSENT: "--x",
    EdgeState.UNCHECKED: "-.-o",
}


def legend_text(state: EdgeState, lang: str) -> str:
    """Say in words what an edge's style says."""
    return _LEGEND[language(lang)][state]


def to_mermaid(chart: Chart, max_lines: int = 3, tips: bool = True) -> str:
    """Write the Mermaid source of a chart; at most ``max_lines`` call sites stand on an edge.

    ``tips`` is whether hovers are in it: without them, languages can share a drawing (see `hovers`).
    """
    lang = language(chart.lang)
    number = {node.key: f"n{index}" for index, node in enumerate(chart.nodes)}
    out = _header(direction(chart))
    for node in chart.nodes:
        out.append(f'  {number[node.key]}["{_node_label(node, lang)}"]:::{_class(node)}')
    for index, edge in enumerate(chart.edges):
        label = _edge_label(edge, lang, max_lines)
        text = f'|"{label}"|' if label else ""
        source, target = number[edge.source], number[edge.target]
        out.append(f"  {source} {edge_id(index, edge)}@{_arrow(edge)}{text} {target}")
    for node in chart.nodes:
        if url := safe_url(node.href):
            hover = f' "{escape(node.hover)}"' if tips and clean(node.hover) else ""
            out.append(f'  click {number[node.key]} href "{url}"{hover}')
    return "\n".join(out) + "\n"


def _class(node: ChartNode) -> str:
    return css_name(node.turn.change) if node.turn else str(node.state)


def _arrow(edge: ChartEdge) -> str:
    return _ARROW[EdgeState.ABSENT if edge.change is Change.GONE else edge.state]


def _header(way: str) -> list[str]:
    """Return Mermaid's front matter; a curve that is monotone passes through its label."""
    return [
        "---",
        "config:",
        "  htmlLabels: true",
        "  flowchart:",
        f"    curve: {'monotoneY' if way == 'TD' else 'monotoneX'}",
        f"    padding: {PADDING}",
        f"    nodeSpacing: {16 if way == 'TD' else 12}",
        "    rankSpacing: 28",
        "    wrappingWidth: 4000",
        "---",
        f"flowchart {way}",
    ]


def edge_id(index: int, edge: ChartEdge) -> str:
    """Name an edge, in the source and (as ``data-id``) in Mermaid's SVG; the name says its state."""
    change = f"_{css_name(edge.change)}" if edge.change not in (None, Change.KEPT) else ""
    return f"e{index}_{edge.state}{change}"


def hovers(chart: Chart) -> Mapping[str, str]:
    """Id in the source → what to say when the pointer rests on that node or edge."""
    found = {f"n{index}": clean(node.hover) for index, node in enumerate(chart.nodes)}
    found |= {edge_id(index, edge): clean(edge.hover) for index, edge in enumerate(chart.edges)}
    return {key: text for key, text in found.items() if text}


def direction(chart: Chart) -> str:
    """``TD`` where that fits on a page, else ``LR``, where the first function is at the side one reads from.

    Unless ``LR`` would be much the wider of the two.
    """
    lang = language(chart.lang)
    ranks = _ranks(chart)
    widths = {node.key: extent(_node_label(node, lang))[0] + 4 * PADDING for node in chart.nodes}
    rows = [0.0] * (max(ranks.values(), default=0) + 1)  # what stands side by side in TD
    columns_ = [0.0] * len(rows)  # the widest of what stands above one another in LR
    labels = [0.0] * len(rows)  # the widest label of an edge into that rank
    for node in chart.nodes:
        rank = ranks[node.key]
        rows[rank] += widths[node.key] + _GAP
        columns_[rank] = max(columns_[rank], widths[node.key])
    for edge in chart.edges:
        start, end = ranks[edge.source], ranks[edge.target]
        label = extent(_edge_label(edge, lang, 3))[0]
        labels[end] = max(labels[end], label)
        for rank in range(start + 1, end):  # it passes other nodes on its way
            rows[rank] += label + _GAP
    down, across = max(rows), sum(columns_) + sum(labels) + 2 * _GAP * (len(rows) - 1)
    return "TD" if down <= PAGE_WIDTH or across > 1.6 * down else "LR"


def _ranks(chart: Chart) -> dict[str, int]:
    """Rank each node one below the lowest of its callers, as layout engines do."""
    rank = {node.key: 0 for node in chart.nodes}
    for _ in chart.nodes:  # as many rounds as the longest chain may have; a cycle ends there too
        changed = False
        for edge in chart.edges:
            if rank[edge.target] <= rank[edge.source] < len(rank) - 1:
                rank[edge.target] = rank[edge.source] + 1
                changed = True
        if not changed:
            break
    return rank


def escape(text: str) -> str:
    """Text as it may stand between quotes in Mermaid: everything that could mean something is coded."""
    plain = clean(text).replace("ﬂ", "fl")  # the ligature begins Mermaid's own place holders
    return "".join(f"#{ord(char)};" if char.isascii() and char not in _PLAIN else char for char in plain)


def safe_url(url: str) -> str:
    """Return an http(s) URL as it may stand between quotes in Mermaid; empty for anything else."""
    url = clean(url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    return quote(url, safe="%/:?#[]@!$&'()*+,=~-._")


def _node_label(node: ChartNode, lang: str) -> str:
    name = clean(node.name)
    lines = [("code", shorten(name, NAME_COLUMNS - 2) + "()")]
    word = _ON_NODE[lang].get(node.state, "")
    mark = {NodeState.ABSENT: f"✗ {word}", NodeState.UNCHECKED: f"? {word}"}.get(node.state, "")
    turn = node.turn
    if node.place and node.state is not NodeState.ABSENT:
        differs = f" {SIGNS[Change.CHANGED]}" if turn and turn.change is Change.CHANGED else ""
        lines.append(("small", _tail(clean(node.place), PLACE_COLUMNS) + differs))
    if turn and turn.change is not Change.CHANGED:
        words = clean(node_words(turn, lang))
        lines.extend(("em", line) for line in wrap(words, CHANGE_COLUMNS, REMARK_LINES))
    if mark:
        lines.append(("small", mark))
    for remark in node.remarks:
        lines.extend(("em", line) for line in wrap(clean(remark), REMARK_COLUMNS, REMARK_LINES))
    return "<br/>".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in lines if text)


def _edge_label(edge: ChartEdge, lang: str, max_lines: int) -> str:
    sites = " ".join(f"L{line}" for line in edge.lines[:max_lines])
    if len(edge.lines) > max_lines:
        sites += " …"
    word = _ON_EDGE[lang].get(edge.state, "")
    turned = edge_words(edge.change, lang) if edge.change else ""
    lines = [f"{sites} {word}".strip(), shorten(clean(edge.via), VIA_COLUMNS), turned]
    return "<br/>".join(f"<small>{escape(text)}</small>" for text in lines if text)


def _tail(path: str, most: int) -> str:
    """Keep the end of a long path, which says more than its beginning."""
    while columns(path) > most:
        path = re.sub(r"^…?/?[^/]+/|^…?.", "…/" if path.count("/") > 1 else "…", path, count=1)
    return path
