"""Diagrams on pages: inline SVG in HTML, the same as text everywhere else.

A `kernel_diagram` holds Mermaid source and, as its children, the text. What it needs drawn is
noted when a page is read, drawn by another process before pages are written (`drawings`), and put
in place here. A ``{mermaid}`` fence of sphinxcontrib-mermaid becomes such a node in HTML, so that
it needs no script and no other host; other writers leave it to that extension.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.util.display import progress_message
from sphinx.util.nodes import set_source_info

from .config import Settings
from .core.chart import Chart, ChartNode, EdgeState, hovers, to_mermaid
from .core.difference import Change
from .core.label import is_wide
from .core.svg import SvgError, inline
from .core.tikz import PACKAGES, tikz
from .diagnostics import Subtype, warn
from .drawings import DrawingError, Drawings, Request, Unavailable
from .hover_cards import Card
from .i18n import _
from .legend import legend_html

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment
    from sphinx.util.docutils import SphinxTranslator

FENCE_EXTENSION = "sphinxcontrib.mermaid"
MOST_NODES = 120
"""More cannot be taken in, and take mermaid.js a minute; such a tree is told as text alone."""
RASTER = ("html", "latex", "texinfo")
"""Formats that get a fence as mermaidx's picture (html: EPUB); its only font has no ideographs."""
PLAIN = ("latex", "text", "man", "texinfo")
"""The writers, beside HTML's, that know other nodes than docutils'."""


class kernel_diagram(nodes.General, nodes.Element):
    """A drawing: ``mermaid`` its source, ``chart`` whether it is ours, ``alt``, ``desc``, ``hovers``.

    ``cards`` maps the boxes of a chart to what their hover cards are of, ``described`` to the ids of these.
    """


class kernel_diagram_text(nodes.General, nodes.Element):
    """The same as text; ``summary`` is what folds it away beside a drawing."""


class kernel_legend(nodes.General, nodes.Element):
    """What edges and boxes mean: ``states``, ``turns``, ``changes``, ``lang``. Only beside drawings."""


def card_of(node: ChartNode) -> Card | None:
    """Give what the hover card of a box is of, where its function was found in a release."""
    return ("kfunc", node.key, node.release) if node.release else None


def diagram_node(chart: Chart, *text: nodes.Node, alt: str = "") -> kernel_diagram:
    """Build the node of a chart; ``text`` tells the same, for every other writer and every other reader."""
    node = kernel_diagram(
        "",
        mermaid=to_mermaid(chart, tips=False) if len(chart.nodes) <= MOST_NODES else "",
        chart=True,
        alt=alt or chart.title,
        desc=_("%(functions)d functions, %(calls)d calls; told as text below the drawing")
        % {"functions": len(chart.nodes), "calls": len(chart.edges)},
        hovers=dict(hovers(chart)),
        cards={f"n{at}": card for at, node in enumerate(chart.nodes) if (card := card_of(node))},
    )
    node += kernel_diagram_text("", *text, summary=_("The same as text"))
    return node


def legend(
    states: Iterable[EdgeState], lang: str, turns: Iterable[Change] = (), changes: Iterable[Change] = ()
) -> kernel_legend:
    """Build the legend of one drawing or of several; ``turns`` are boxes' changes, ``changes`` arrows'."""
    return kernel_legend(
        "",
        states=[EdgeState(state).value for state in states],
        turns=[turn.value for turn in turns],
        changes=[change.value for change in changes],
        lang=lang,
    )


def draws(builder: Builder) -> bool:
    """Tell whether a builder's pages get drawings; EPUB readers know too little of SVG."""
    return builder.format == "html" and builder.name != "epub"


# --- before pages are written ------------------------------------------------


def _fence_class() -> type[nodes.Element]:
    found: type[nodes.Element] = import_module(FENCE_EXTENSION).mermaid
    return found


def _locate_fences(app: Sphinx) -> None:
    """Have that extension's directive say where a fence stands, so that a warning can."""
    if FENCE_EXTENSION not in app.extensions:
        return
    base: Any = import_module(FENCE_EXTENSION).Mermaid

    class LocatedFence(base):  # type: ignore[misc]  # known when the extension is loaded
        """The same directive; its nodes know their line."""

        def run(self, **kwargs: Any) -> list[nodes.Node]:
            made: list[nodes.Node] = super().run(**kwargs)
            for top in made:
                for node in top.findall(_fence_class()):
                    set_source_info(self, node)
            return made

    app.add_directive("mermaid", LocatedFence, override=True)


def _requests(app: Sphinx, document: nodes.document) -> list[Request]:
    found = [_request(node) for node in document.findall(kernel_diagram) if node["mermaid"]]
    if FENCE_EXTENSION in app.extensions:
        found += [Request(node["code"]) for node in document.findall(_fence_class())]
    return found


def _request(node: nodes.Element) -> Request:
    return Request(node["mermaid"], bool(node.get("chart")))


def _noted(env: BuildEnvironment) -> dict[str, list[Request]]:
    """Return the table of docname → what the page needs drawn."""
    found: dict[str, list[Request]] = env.__dict__.setdefault("kernelref_drawings", {})
    return found


class DiagramCollector(EnvironmentCollector):
    """Notes what each page needs drawn."""

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page."""
        _noted(env).pop(docname, None)

    def merge_other(
        self, app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
    ) -> None:
        """Take over what another process read."""
        ours, theirs = _noted(env), _noted(other)
        ours.update((docname, theirs[docname]) for docname in docnames if docname in theirs)

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Note a page."""
        if found := _requests(app, doctree):
            _noted(app.env)[app.env.docname] = found


def settle(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Make ``{mermaid}`` fences diagrams of ours, and number the drawings of a page that has any."""
    drawn = draws(app.builder)
    if FENCE_EXTENSION in app.extensions:
        for node in list(document.findall(_fence_class())):
            if drawn:
                node.replace_self(_fence(node))
            elif app.builder.format in RASTER and any(is_wide(char) for char in node["code"]):
                node.replace_self(_source(node))
    if drawn:
        for number, diagram in enumerate(document.findall(kernel_diagram), 1):
            diagram["prefix"] = f"kernelref-drawing-{number}"


def _source(node: nodes.Element) -> nodes.literal_block:
    return nodes.literal_block(node["code"], node["code"], language="text")


def _fence(node: nodes.Element) -> kernel_diagram:
    caption = node.parent.next_node(nodes.caption) if isinstance(node.parent, nodes.figure) else None
    alt = node.get("alt") or (caption.astext() if caption else _("Diagram"))
    diagram = kernel_diagram("", mermaid=node["code"], chart=False, alt=alt, desc="", hovers={}, cards={})
    diagram += kernel_diagram_text("", _source(node), summary=_("Mermaid source"))
    diagram.source, diagram.line = node.source, node.line
    diagram["ids"], diagram["names"] = node["ids"], node["names"]
    if align := node.get("align"):
        diagram["classes"].append(f"align-{align}")
    return diagram


# --- on the page -------------------------------------------------------------


class Painter:
    """The visitors of HTML writers, with the drawings of this build."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self._drawings: Drawings | None = None
        self._told = False

    @property
    def drawings(self) -> Drawings:
        """The finished drawings."""
        if self._drawings is None:
            places = (Path(self.app.confdir), Path(self.app.doctreedir))
            folder = Settings.of(self.app.config).drawing_folder(*places)
            self._drawings = Drawings(folder, self.app.parallel)
        return self._drawings

    def prepare(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Draw what any page needs and nobody drew yet; asks for no page to be read again."""
        web, book = draws(app.builder), app.builder.format == "latex"
        if web or book:
            noted = (request for docname in sorted(_noted(env)) for request in _noted(env)[docname])
            wanted = [request for request in noted if web or request.chart]
            if missing := self.drawings.missing(wanted):
                with progress_message(_("drawing %d diagrams") % len(missing)):
                    self.drawings.prepare(missing)
                self._tell_unavailable(missing[0])
        return []

    def _tell_unavailable(self, request: Request) -> None:
        try:
            self.drawings.get(request)
        except Unavailable as problem:
            self._unavailable(problem)
        except DrawingError:
            pass  # told where the diagram stands

    def _unavailable(self, problem: Unavailable) -> None:
        if not self._told:
            self._told = True
            warn(Subtype.CALLTREE, f"diagrams are shown as text: {problem} (`pip install mermaidx`)")

    def _drawn(self, node: nodes.Element, make: Callable[[str], str]) -> str:
        """Give what ``make`` makes of Mermaid's SVG; empty, and told, where there is none."""
        if not node["mermaid"]:
            problem = f"more than {MOST_NODES} functions are too many to draw: split the call tree"
            warn(Subtype.CALLTREE, f"the diagram is shown as text: {problem}", node)
            return ""
        try:
            return make(self.drawings.get(_request(node)))
        except Unavailable as problem:
            self._unavailable(problem)
        except (DrawingError, SvgError) as problem:
            warn(Subtype.CALLTREE, f"the diagram is shown as text: {problem}", node)
        return ""

    def _svg(self, node: nodes.Element) -> str:
        """Return the inline SVG."""
        return self._drawn(
            node,
            lambda svg: inline(
                svg,
                node.get("prefix", "kernelref-drawing"),
                title=node["alt"],
                desc=node["desc"],
                hovers=node["hovers"],
                described=node.get("described"),
                own_style=not node["chart"],
            ),
        )

    def visit_latex(self, writer: Any, node: nodes.Element) -> None:
        """Draw in a book, above the text."""
        if node["chart"]:
            picture = self._drawn(node, lambda svg: tikz(svg, writer.encode))
            writer.body.append(f"\n\n{picture}\n\n" if picture else "")

    def visit(self, writer: Any, node: nodes.Element) -> None:
        """Draw, and open the figure."""
        if not draws(writer.builder):
            return
        svg = self._svg(node)
        kind = "chart" if node["chart"] else "own"
        classes = f"kernelref-diagram kernelref-diagram-{kind if svg else 'text'}"
        writer.body.append(writer.starttag(node, "figure", "", CLASS=classes))
        node["drawn"] = svg

    def depart(self, writer: Any, node: nodes.Element) -> None:
        """Put the drawing below the switch of drawing and text, and close the figure."""
        if not draws(writer.builder):
            return
        if svg := node["drawn"]:
            label = escape(node["alt"])
            writer.body.append(
                f'<div class="kernelref-frame" role="group" tabindex="0" aria-label="{label}">{svg}</div>\n'
            )
        writer.body.append("</figure>\n")

    def visit_text(self, writer: Any, node: nodes.Element) -> None:
        """Fold the text away where there is a drawing: where it is open, it stands for the drawing."""
        if draws(writer.builder) and node.parent.get("drawn"):
            words = (("", node["summary"]), (" kernelref-when-open", _("Show the diagram")))
            spans = "".join(
                f'<span class="kernelref-switch{more}">{escape(word)}</span>' for more, word in words
            )
            writer.body.append(f'<details class="kernelref-diagram-text"><summary>{spans}</summary>\n')

    def depart_text(self, writer: Any, node: nodes.Element) -> None:
        """Close the fold."""
        if draws(writer.builder) and node.parent.get("drawn"):
            writer.body.append("</details>\n")

    def visit_legend(self, writer: Any, node: nodes.Element) -> None:
        """Print a list with a small sample of each edge."""
        if draws(writer.builder):
            states = [EdgeState(state) for state in node["states"]]
            turns, changes = ([Change(one) for one in node[key]] for key in ("turns", "changes"))
            writer.body.append(legend_html(states, node["lang"], turns, changes))
        raise nodes.SkipNode

    def depart_legend(self, writer: Any, node: nodes.Element) -> None:
        """Do nothing: the visit skipped the node."""


def _through(writer: SphinxTranslator, node: nodes.Element) -> None:
    """Do nothing: the children are the text."""


def _skip(writer: SphinxTranslator, node: nodes.Element) -> None:
    raise nodes.SkipNode


def _ask_for_packages(app: Sphinx, config: Config) -> None:
    """Have LaTeX load what drawings need; its builder reads this before it says what it is."""
    given = config.latex_elements.get("extrapackages", "")
    config.latex_elements["extrapackages"] = f"{given}\n{PACKAGES}".strip()


def setup_diagrams(app: Sphinx) -> None:
    """Register the nodes, what notes them, and what draws them."""
    painter = Painter(app)
    plain: dict[str, Any] = dict.fromkeys(PLAIN, (_through, _through))
    hidden: dict[str, Any] = dict.fromkeys(PLAIN, (_skip, _through))
    drawn = {**plain, "latex": (painter.visit_latex, _through)}
    app.add_node(kernel_diagram, html=(painter.visit, painter.depart), **drawn)
    app.add_node(kernel_diagram_text, html=(painter.visit_text, painter.depart_text), **plain)
    app.add_node(kernel_legend, html=(painter.visit_legend, painter.depart_legend), **hidden)
    app.add_env_collector(DiagramCollector)
    app.connect("doctree-resolved", settle)
    app.connect("builder-inited", _locate_fences)
    app.connect("config-inited", _ask_for_packages)
    app.connect("env-updated", painter.prepare)
