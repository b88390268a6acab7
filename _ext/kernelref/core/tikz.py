"""A chart of ours as TikZ, for books: Mermaid's places and curves, LaTeX's own fonts, links that lead on.

Nothing of Mermaid's SVG is passed on but numbers, and text and links, which are escaped.

Part of the pure layer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from .changes import css_name
from .chart import safe_url
from .difference import Change
from .svg import EDGE_ID, SvgError, parse

_SVG, _HTML = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xhtml}"
_HREF = "{http://www.w3.org/1999/xlink}href"

PACKAGES = r"\usepackage{tikz}\usetikzlibrary{arrows.meta}\usepackage{adjustbox}"
"""What a document needs before it begins."""

_TIP = "-{Latex[length=4.5pt]}"
_EDGES = {
    "direct": _TIP,
    "macro": f"{_TIP}, line width=1.3pt",
    "pointer": f"{_TIP}, dashed",
    "absent": "-{Rays[n=4, length=6pt]}, dash dot",
    "unchecked": "-{Circle[open, length=4pt]}, densely dotted",
}
_GONE, _NEW, _TURNED = "draw=red!65!black, dashed", "draw=green!40!black, thick", "draw=blue!60!black"
_STYLES = {
    "absent": "draw=black!40, dashed",
    "unchecked": "draw=black!50, densely dotted",
    **{css_name(change): _TURNED for change in (Change.RENAMED, Change.MOVED, Change.CHANGED, Change.KIND)},
    **{css_name(change): _GONE for change in (Change.GONE, Change.INLINED, Change.LEFT)},
    **{css_name(change): _NEW for change in (Change.NEW, Change.JOINED)},
}
"""A class of a box, or of an arrow, and how it is drawn; all others plainly."""
_FONTS = {
    "code": r"\ttfamily\fontsize{9.5}{11.5}\selectfont ",
    "small": r"\fontsize{8}{10}\selectfont ",
    "em": r"\color{black!65}\fontsize{8.5}{10.5}\selectfont ",
}

_MOVE = re.compile(r"translate\((-?[\d.]+)(?:[ ,]+(-?[\d.]+))?\)")
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_JOINS = {
    ("M", 2): "({}, {})",
    ("L", 2): " -- ({}, {})",
    ("C", 6): " .. controls ({}, {}) and ({}, {}) .. ({}, {})",
}

_IN_URL, _BACKSLASHED = re.compile(r"[%#&_]"), r"\\\g<0>"

Point = tuple[float, float]


def tikz(svg: str, escape: Callable[[str], str]) -> str:
    """Write a drawing, no wider than a line and no higher than a page, below its title. Raises `SvgError`."""
    lines = list(_Drawing(escape).walk(parse(svg), (0.0, 0.0), ""))
    return "\n".join(
        (
            r"\nopagebreak",
            r"\begin{adjustbox}{max width=\linewidth, max totalheight=.85\textheight, center}",
            r"\begin{tikzpicture}[x=.75pt, y=-.75pt]",
            *lines,
            r"\end{tikzpicture}",
            r"\end{adjustbox}",
        )
    )


class _Drawing:
    def __init__(self, escape: Callable[[str], str]) -> None:
        self.escape = escape

    def walk(self, element: ElementTree.Element, at: Point, href: str) -> Iterator[str]:
        """Draw what stands in an element; ``at`` is where its parent is, ``href`` where it leads."""
        classes = element.get("class", "").split()
        at = _moved(at, element.get("transform", ""))
        href = element.get(_HREF, href)
        if element.tag == f"{_SVG}path" and "flowchart-link" in classes:
            yield _edge(element)
        elif element.tag == f"{_SVG}g" and "node" in classes:
            yield from self._box(element, at, href, classes)
        elif element.tag == f"{_SVG}g" and "edgeLabel" in classes:
            if text := self._text(element, ""):
                yield rf"\node[fill=white, inner sep=1pt, align=center] at {_point(at)} {{{text}}};"
        else:
            for child in element:
                yield from self.walk(child, at, href)

    def _box(self, element: ElementTree.Element, at: Point, href: str, classes: list[str]) -> Iterator[str]:
        frame = element.find(f"{_SVG}rect")
        if frame is None:
            raise SvgError("a function has no box")
        x, y, width, height = (_number(frame.get(key, "")) for key in ("x", "y", "width", "height"))
        style = ", ".join(("fill=white", *(_STYLES[name] for name in classes if name in _STYLES)))
        corner, other = (at[0] + x, at[1] + y), (at[0] + x + width, at[1] + y + height)
        yield rf"\draw[rounded corners=2pt, {style}] {_point(corner)} rectangle {_point(other)};"
        yield rf"\node[inner sep=0pt, align=center] at {_point(at)} {{{self._text(element, href)}}};"

    def _text(self, element: ElementTree.Element, href: str) -> str:
        """Write the lines of a label; the name of a function is what is linked."""
        lines = []
        for part in element.iter():
            name = part.tag.removeprefix(_HTML)
            if name in _FONTS:
                text = self.escape("".join(part.itertext()))
                if name == "code" and (url := safe_url(href)):
                    text = rf"\href{{{_IN_URL.sub(_BACKSLASHED, url)}}}{{{text}}}"
                lines.append(f"{{{_FONTS[name]}{text}}}")
        return r"\\".join(lines)


def _edge(element: ElementTree.Element) -> str:
    known = EDGE_ID.fullmatch(element.get("data-id", ""))
    state, change = known.groups() if known else ("unchecked", None)
    style = ", ".join(part for part in (_EDGES.get(state, _TIP), _STYLES.get(change or "", "")) if part)
    return rf"\draw[{style}] {_curve(element.get('d', ''))};"


def _curve(path: str) -> str:
    """Write a path of lines and cubic curves, all that Mermaid draws between boxes."""
    steps = []
    for command, numbers in _STEP.findall(path):
        values = [_number(text) for text in re.findall(r"-?[\d.]+(?:e-?\d+)?", numbers)]
        if (command, len(values)) not in _JOINS:
            raise SvgError(f"an arrow has the step {command} with {len(values)} numbers")
        steps.append(_JOINS[command, len(values)].format(*map(_short, values)))
    return "".join(steps)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SvgError(f"{text!r} is no number") from None


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _point(at: Point) -> str:
    return f"({_short(at[0])}, {_short(at[1])})"


def _moved(at: Point, transform: str) -> Point:
    match = _MOVE.match(transform)
    return (at[0] + float(match[1]), at[1] + float(match[2] or 0)) if match else at
