"""Mermaid's SVG made fit to stand in our pages, several on one page.

What comes in may have been written by a stranger: only elements and attributes that are listed here
come out, every id carries a prefix, every link is http(s). A chart of ours loses Mermaid's colours
and fonts, which the stylesheet gives; any other diagram (``own_style``) keeps them, cleaned.

Part of the pure layer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from .changes import css_name
from .chart import safe_url
from .difference import Change
from .label import clean
from .svg_style import clean_declarations, clean_stylesheet, words

MAX_CHARACTERS = 8_000_000
MAX_DEPTH = 80

_SVG, _HTML = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xhtml}"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")

_SHAPES = words("path rect circle ellipse line polygon polyline")
_ELEMENTS = _SHAPES | words(
    "svg g a text tspan title desc defs marker foreignObject linearGradient stop clipPath"
)
_HTML_ELEMENTS = words("div span p br small code b strong i em s u sub sup ul ol li a")
_UNWRAPPED = frozenset(("span", "p", "a"))  # in a chart's label, around what the stylesheet knows

# attributes that hold lengths or coordinates, and are rounded
_LENGTHS = words("x y x1 x2 y1 y2 cx cy r rx ry dx dy width height refX refY")
_MARKERS = frozenset(("marker-start", "marker-mid", "marker-end"))
_GEOMETRY = _LENGTHS | words(
    "d points transform viewBox markerUnits markerWidth markerHeight orient text-anchor "
    "dominant-baseline alignment-baseline preserveAspectRatio offset gradientUnits"
)
_PAINT = words(
    "fill stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin fill-opacity "
    "stroke-opacity opacity stop-color font-size font-weight font-style text-decoration clip-path"
)
_PAINT_VALUE = re.compile(r"(?!.*url)[\w\s.,%#()+-]*", re.I)
_LOCAL = re.compile(r"""url\(\s*["']?#([^"')\s]+)["']?\s*\)""")

# Mermaid's class -> ours, in a chart; any other is dropped
_CLASSES = {
    "node": "kr-node",
    "here": "kr-here",
    "absent": "kr-absent",
    "unchecked": "kr-unchecked",
    **{css_name(change): f"kr-{css_name(change)}" for change in Change},
    "label-container": "kr-box",
    "flowchart-link": "kr-edge",
    "edgeLabel": "kr-edge-label",
    "arrowMarkerPath": "kr-head",
}
EDGE_ID = re.compile(r"e\d+_([a-z]+)(?:_(diff-[a-z]+))?")
"""What an arrow's id says: its state, and what became of it."""
_NODE_ID = re.compile(r"flowchart-(\w+)-\d+$")


class SvgError(ValueError):
    """Not an SVG, or one too large to be taken in."""


@dataclass(slots=True)
class _Element:
    """An element that is kept: its name, its attributes in order, and its content."""

    name: str
    html: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[_Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[_Element]:
        """Yield this element and those below it, in document order."""
        yield self
        for item in self.content:
            if isinstance(item, _Element):
                yield from item.walk()


def inline(
    svg: str,
    prefix: str,
    *,
    title: str = "",
    desc: str = "",
    hovers: Mapping[str, str] | None = None,
    described: Mapping[str, str] | None = None,
    own_style: bool = False,
) -> str:
    """Return the ``<svg>`` element to put into a page.

    ``prefix`` must differ for each drawing of a page. ``hovers`` maps ids of Mermaid's source to
    what is said on hovering there, ``described`` the ids of linked boxes to the id of what describes
    them on the page. Raises `SvgError`.
    """
    source = parse(svg)
    reader = _Reader(prefix, source.get("id", ""), own_style, hovers or {}, described or {})
    root = reader.take(source, 0)
    if root is None or root.name != "svg":
        raise SvgError("the root is not an svg element")
    _frame(root, source, prefix, title, desc, own_style)
    _drop_unused_markers(root)
    return "".join(_written(root))


def parse(svg: str) -> ElementTree.Element:
    """Read an SVG, within bounds. Raises `SvgError`."""
    if len(svg) > MAX_CHARACTERS:
        raise SvgError(f"the drawing has {len(svg)} characters, more than {MAX_CHARACTERS}")
    if "<!DOCTYPE" in svg or "<!ENTITY" in svg:
        raise SvgError("the drawing declares a document type")
    try:
        return ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise SvgError(f"the drawing is not XML: {error}") from error


def _frame(
    root: _Element, source: ElementTree.Element, prefix: str, title: str, desc: str, own_style: bool
) -> None:
    """Give the root its size, its name and its description."""
    root.content = [
        item for item in root.content if not (isinstance(item, _Element) and item.name == "title")
    ]
    numbers = [float(item) for item in re.findall(r"-?\d+(?:\.\d+)?", source.get("viewBox", ""))]
    if len(numbers) != 4 or not (0 < numbers[2] < 100_000 and 0 < numbers[3] < 100_000):
        raise SvgError("the drawing has no size")
    root.attributes = {
        "id": prefix,
        "class": f"kernelref-svg kernelref-svg-{'own' if own_style else 'chart'}",
        "viewBox": " ".join(_number(item) for item in numbers),
        "width": _number(numbers[2]),
        "height": _number(numbers[3]),
        "style": f"--kernelref-width: {_number(numbers[2])}px",
        "role": source.get("role", "") if _plain(source.get("role", "")) else "img",
    }
    named = [(kind, clean(text)) for kind, text in (("title", title), ("desc", desc)) if clean(text)]
    for kind, aria in (("title", "aria-labelledby"), ("desc", "aria-describedby")):
        if kind in dict(named):
            root.attributes[aria] = f"{prefix}-{kind}"
    root.content[:0] = [_Element(kind, False, {"id": f"{prefix}-{kind}"}, [text]) for kind, text in named]


def _drop_unused_markers(root: _Element) -> None:
    used = {value for item in root.walk() for name, value in item.attributes.items() if name in _MARKERS}
    for item in root.walk():
        item.content = [
            child
            for child in item.content
            if isinstance(child, str)
            or child.name != "marker"
            or f"url(#{child.attributes.get('id', '')})" in used
        ]


class _Reader:
    """Takes over what may stay of one drawing."""

    def __init__(
        self,
        prefix: str,
        root_id: str,
        own_style: bool,
        hovers: Mapping[str, str],
        described: Mapping[str, str],
    ) -> None:
        self.prefix = prefix
        self.root_id = root_id
        self.own_style = own_style
        self.hovers = hovers
        self.described = described

    def take(self, source: ElementTree.Element, depth: int) -> _Element | None:
        """Copy an element with what is below it; nothing where it must not stay."""
        if depth > MAX_DEPTH:
            raise SvgError(f"the drawing nests more than {MAX_DEPTH} elements")
        space, _, name = source.tag.rpartition("}") if isinstance(source.tag, str) else ("", "", "")
        html = space + "}" == _HTML
        if name == "style" and self.own_style and not html:
            css = clean_stylesheet(source.text or "", f"#{self.root_id}", self.rename)
            return _Element("style", False, {}, [css]) if css else None
        if space + "}" not in (_SVG, _HTML) or name not in (_HTML_ELEMENTS if html else _ELEMENTS):
            return None
        element = _Element(name, html)
        if html:
            self._html_attributes(source, element)
        else:
            self._attributes(source, element)
        self._content(source, element, depth)
        self._hover(source, element)
        self._describe(source, element)
        return element if self._worth_keeping(element) else None

    def rename(self, identifier: str) -> str:
        """Make an id of Mermaid's one of this drawing's."""
        rest = identifier.removeprefix(self.root_id) if self.root_id else identifier
        return re.sub(r"[^\w-]", "_", f"{self.prefix}-{rest.lstrip('-_')}" if rest else self.prefix)

    def _content(self, source: ElementTree.Element, element: _Element, depth: int) -> None:
        loose = element.html or element.name in {"text", "tspan", "title", "desc"}
        if source.text and loose:
            element.content.append(source.text)
        for child in source:
            taken = self.take(child, depth + 1)
            if taken is not None:
                unwrap = not self.own_style and taken.html and taken.name in _UNWRAPPED
                element.content.extend(taken.content if unwrap else [*_reach(taken), taken])
            if child.tail and loose:
                element.content.append(child.tail)

    def _worth_keeping(self, element: _Element) -> bool:
        if element.name in {"g", "defs", "a", "foreignObject"} and not element.html:
            return any(not isinstance(item, str) and item.name != "title" for item in element.content)
        if element.name == "rect":
            return "width" in element.attributes or self.own_style
        if element.name == "div":
            return any(not isinstance(item, str) or item.strip() for item in element.content)
        return True

    def _attributes(self, source: ElementTree.Element, element: _Element) -> None:
        out = element.attributes
        if element.name == "a" and (url := _link(source)):
            out |= {"href": url, "rel": "noopener"}
        identifier = source.get("id")
        if identifier and (self.own_style or element.name == "marker"):
            out["id"] = self.rename(identifier)
        if classes := self._classes(source):
            out["class"] = classes
        for name, value in source.attrib.items():
            if name in _GEOMETRY:
                out[name] = _rounded(name, value, up=element.name == "foreignObject")
            elif name in _MARKERS or name == "clip-path":
                if local := _LOCAL.fullmatch(value.strip()):
                    out[name] = f"url(#{self.rename(local[1])})"
            elif name in _PAINT and self.own_style and _PAINT_VALUE.fullmatch(value):
                out[name] = value
        if self.own_style and (style := clean_declarations(source.get("style", ""), self.rename)):
            out["style"] = style

    def _html_attributes(self, source: ElementTree.Element, element: _Element) -> None:
        if element.name == "a" and (url := _link(source)):
            element.attributes |= {"href": url, "rel": "noopener"}
        if not self.own_style:
            return
        if classes := self._classes(source):
            element.attributes["class"] = classes
        if style := clean_declarations(source.get("style", ""), self.rename):
            element.attributes["style"] = style

    def _classes(self, source: ElementTree.Element) -> str:
        words = source.get("class", "").split()
        if self.own_style:
            return " ".join(word for word in words if _plain(word))
        ours = [_CLASSES[word] for word in dict.fromkeys(words) if word in _CLASSES]
        if state := EDGE_ID.fullmatch(source.get("data-id", "")):
            ours.extend(f"kr-{word}" for word in state.groups() if word)
        return " ".join(ours)

    def _hover(self, source: ElementTree.Element, element: _Element) -> None:
        """Say as a ``<title>``, which browsers show, what Mermaid put into an attribute, which they don't."""
        node = _NODE_ID.search(source.get("id", ""))
        key = node[1] if node else source.get("data-id", "")
        text = clean(self.hovers.get(key, "") or ("" if element.html else source.get("title", "")))
        if text and element.name in {"g", "path"} and not element.html:
            element.content.insert(0, _Element("title", False, {}, [text]))

    def _describe(self, source: ElementTree.Element, element: _Element) -> None:
        """Tie the link around a box to what describes it on the page."""
        if element.name != "a" or "href" not in element.attributes:
            return
        boxes = (_NODE_ID.search(below.get("id", "")) for below in source)
        if found := next((self.described[box[1]] for box in boxes if box and box[1] in self.described), ""):
            element.attributes["aria-describedby"] = found


def _reach(element: _Element) -> Iterator[_Element]:
    """Give an arrow that says something on hovering a wider one below it, which a pointer can meet."""
    said = [item for item in element.content if isinstance(item, _Element) and item.name == "title"]
    if element.name == "path" and "kr-edge" in element.attributes.get("class", "").split() and said:
        element.content = []
        yield _Element("path", False, {"class": "kr-reach", "d": element.attributes["d"]}, list(said))


def _link(source: ElementTree.Element) -> str:
    return next((url for name in _HREFS if (url := safe_url(source.get(name, "")))), "")


def _plain(word: str) -> bool:
    return re.fullmatch(r"[A-Za-z][\w -]*", word, re.ASCII) is not None


_DECIMAL = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?")


def _number(value: float, digits: int = 1) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _rounded(name: str, value: str, *, up: bool = False) -> str:
    """Shorten the numbers of an attribute; a label's box never becomes smaller by it."""
    if len(re.findall(r"\.\d+\.", value)):
        return value  # numbers run together, which only a path's parser takes apart
    if up and name in {"width", "height"} and re.fullmatch(r"[\d.]+", value):
        return _number(math.ceil(float(value) * 10) / 10)
    digits = 1
    if (name == "d" and re.search(r"[a-z]", value.replace("e", ""))) or (
        name == "transform" and not re.fullmatch(r"\s*translate\([^)]*\)\s*", value)
    ):
        digits = 3  # relative steps and matrices add up
    return _DECIMAL.sub(lambda m: _number(float(m[0]), digits), value)


_VOID = frozenset(("br",))


def _written(element: _Element) -> Iterator[str]:
    """Write HTML: an empty HTML element has an end tag, an empty SVG element may do without."""
    space = ' xmlns="http://www.w3.org/2000/svg"' if element.name == "svg" else ""
    attributes = "".join(f' {name}="{_quoted(value)}"' for name, value in element.attributes.items())
    yield f"<{element.name}{space}{attributes}"
    if not element.content and (not element.html or element.name in _VOID):
        yield "/>"
        return
    yield ">"
    for item in element.content:
        if isinstance(item, str):
            yield _quoted(item)
        else:
            yield from _written(item)
    yield f"</{element.name}>"


def _quoted(text: str) -> str:
    shown = "".join(char for char in text if char.isspace() or char.isprintable())
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
