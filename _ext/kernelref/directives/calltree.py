"""``calltree``: a declared tree, checked against each release that it names, drawn and told as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_id
from sphinx_design.shared import create_component

from ..config import Settings
from ..core.calltree import CalltreeError, Node, edges, parse, walk
from ..core.chart import ChartNode, EdgeState, NodeState, legend_text
from ..core.releases import ReleaseError
from ..core.subject import printable
from ..diagnostics import Subtype, warn
from ..diagrams import diagram_node, legend
from ..domain import Citation, EdgeCitation, TreeObject
from ..facts import kernel_file
from ..i18n import _
from ..references import checked_release, kernel_domain
from ..trees import DrawnTree, draw

if TYPE_CHECKING:
    from docutils.nodes import Node as DocNode
    from sphinx.application import Sphinx


class kernel_calltree(nodes.General, nodes.Element):
    """A parsed tree that waits for its page's release.

    Holds ``roots``, ``releases``, ``title``, the line of its ``first`` line, and itself as ``typed``.
    """


class CalltreeDirective(SphinxDirective):
    """The argument is a title; the content is indented text or a nested list.

    ``kernel`` names one release or several: the first is the tree's own, and what it contradicts
    is a warning; the others are drawn beside it.
    """

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "kernel": directives.unchanged_required,
        "name": directives.unchanged_required,
    }

    def run(self) -> list[DocNode]:
        """Parse the tree; a tree that cannot be read is shown as it was typed."""
        first, text = self._first_line(), "\n".join(self.content)
        try:
            roots = parse(list(self.content))
        except CalltreeError as error:
            warn(Subtype.CALLTREE, str(error), (self.env.docname, first + error.line))
            return [_as_typed(text)]
        node = kernel_calltree(
            "",
            roots=roots,
            releases=self.options.get("kernel", "").replace(",", " ").split(),
            title=printable(self.arguments[0]) if self.arguments else "",
            first=first,
            typed=text,
        )
        self.set_source_info(node)
        return [*self._named(node["title"]), node]

    def _first_line(self) -> int:
        """Give the line where the content begins: docutils counts from the page, MyST from the fence."""
        if not self.content:
            return self.lineno
        return self.content_offset + 1 + (0 if self.content.offset(0) else self.lineno)

    def _named(self, title: str) -> list[DocNode]:
        """Register a tree that has a name, and give the target that links to it lead to."""
        name = printable(self.options.get("name", ""))
        if not name:
            return []
        anchor = make_id(self.env, self.state.document, "calltree", name)
        kernel_domain(self.env).note_tree(TreeObject(name, anchor, title or name, self.lineno))
        standard = self.env.domains.standard_domain
        label = nodes.fully_normalize_name(name)
        standard.note_hyperlink_target(label, self.env.docname, anchor, title or name)
        return [nodes.target("", "", ids=[anchor])]


def _as_typed(text: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language="none")


class ResolveTrees(SphinxTransform):
    """Checks and draws the trees of a page, once its release is known."""

    default_priority = 831

    def apply(self, **kwargs: Any) -> None:
        """Draw all trees of the page."""
        waiting = list(self.document.findall(kernel_calltree))
        if not waiting:
            return
        self.settings = Settings.of(self.config)
        self.domain = kernel_domain(self.env)
        own = checked_release(self.document, self.env, self.settings)
        for node in waiting:
            node.replace_self(self._tree(node, node["releases"] or [own]))

    def _tree(self, node: kernel_calltree, releases: list[str]) -> list[DocNode]:
        place = nodes.container("", is_div=True, classes=["kernelref-calltree"])
        place.source, place.line = node.source, node.line
        if node["title"]:
            place += nodes.paragraph(
                "", "", nodes.strong("", node["title"]), classes=["kernelref-tree-title"]
            )
        drawn = [tree for at, name in enumerate(releases) if (tree := self._draw(node, name, at == 0))]
        if len(drawn) == 1:
            place += self._figure(node, drawn[0])
        elif drawn:
            place += self._tabs(node, drawn)
        else:
            place += _as_typed(node["typed"])
        states = {edge.state for tree in drawn for edge in tree.chart.edges}
        if states:
            place += legend([state for state in EdgeState if state in states], self.config.language)
        return [place]

    def _draw(self, node: kernel_calltree, name: str, own: bool) -> DrawnTree | None:
        docname = self.env.docname
        try:
            tag = self.domain.facts.releases.tag(name) or name
        except ReleaseError as error:
            warn(Subtype.IDENTIFIER, f"`:kernel:` {error}", (docname, node.line or 0))
            return None
        self._note(node["roots"], tag, node["first"])
        language = self.config.language
        tree = draw(node["roots"], tag, node["title"], language, self.domain.facts, self.settings)
        for finding in tree.findings:
            # What another release lacks is news for the reader, not a fault of the page.
            if own or finding.problem.subtype is Subtype.LOCK:
                warn(finding.problem.subtype, finding.problem.text, (docname, node["first"] + finding.line))
        return tree

    def _note(self, roots: tuple[Node, ...], tag: str, first: int) -> None:
        if tag in self.domain.facts.kernels:
            self.domain.note_lock(kernel_file(tag))
        for one in walk(roots):
            self.domain.note_citation(Citation("kfunc", one.spelled, tag, first + one.line))
        for caller, callee in edges(roots):
            edge = EdgeCitation(caller.spelled, callee.spelled, tag, first + callee.line)
            self.domain.note_edge(edge)

    def _figure(self, node: kernel_calltree, tree: DrawnTree) -> DocNode:
        text = self._text(node["roots"], tree)
        alt = _("Call tree in %s") % tree.release
        figure = diagram_node(tree.chart, text, alt=f"{node['title']} · {alt}" if node["title"] else alt)
        figure.source, figure.line = node.source, node.line
        return figure

    def _tabs(self, node: kernel_calltree, drawn: list[DrawnTree]) -> DocNode:
        tabs = create_component("tab-set", ["sd-tab-set", "kernelref-releases"])
        for tree in drawn:
            label = nodes.rubric(tree.release, tree.release, classes=["sd-tab-label"])
            content = create_component("tab-content", ["sd-tab-content"], children=[self._figure(node, tree)])
            tabs += create_component("tab-item", ["sd-tab-item"], children=[label, content])
        return tabs

    # --- the same as text ----------------------------------------------------

    def _text(self, roots: tuple[Node, ...], tree: DrawnTree) -> nodes.bullet_list:
        return self._items(roots, None, tree)

    def _items(self, level: tuple[Node, ...], caller: Node | None, tree: DrawnTree) -> nodes.bullet_list:
        found = nodes.bullet_list("", bullet="-")
        for node in level:
            line = nodes.paragraph("", "", *self._entry(node, caller, tree))
            item = nodes.list_item("", line)
            if node.children:
                item += self._items(node.children, node, tree)
            found += item
        return found

    def _entry(self, node: Node, caller: Node | None, tree: DrawnTree) -> list[DocNode]:
        place = tree.places[node.key]
        parts: list[DocNode] = [self._name(place)]
        if place.place:
            parts.append(nodes.Text(f" {place.place}"))
        parts += [nodes.Text(f" [{remark}]") for remark in node.remarks]
        if place.state is NodeState.ABSENT:
            parts.append(nodes.Text(f" — {place.hover}"))
        elif caller:
            arrow = tree.arrows[caller.key, node.key]
            said = legend_text(arrow.state, self.config.language)
            sites = " ".join(f"L{line}" for line in arrow.lines)
            if arrow.state is EdgeState.DIRECT:
                said = ""
            words = " ".join(part for part in (said, arrow.via, sites) if part)
            parts.append(nodes.Text(f" — {words}" if words else ""))
        return parts

    def _name(self, place: ChartNode) -> DocNode:
        name = nodes.literal("", f"{place.name}()")
        if not place.href:
            return name
        return nodes.reference("", "", name, internal=False, refuri=place.href, reftitle=place.hover)


def setup_calltree(app: Sphinx) -> None:
    """Register the placeholder and the transform."""
    app.add_node(kernel_calltree)
    app.add_transform(ResolveTrees)
