"""What web pages can fold, open at first: cards, call trees, and each branch of a tree that is told as text.

Web pages alone know of it: a page is rewritten when it is about to be written, and what other writers
print is as it was read. All of it is HTML's own ``<details>``, which needs no script.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

from .diagrams import draws, kernel_diagram_text
from .i18n import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SCRIPT = "kernelref-folds.js"


class kernel_fold(nodes.General, nodes.Element):
    """What can be folded away; ``label`` is the name of the control for who cannot see it.

    With a ``title`` child first, that is the control. It holds no links: there is one thing to press.
    """


class kernel_fold_title(nodes.General, nodes.TextElement):
    """The title of a fold."""


class kernel_anchor(nodes.General, nodes.Element):
    """A link to the place that it stands in: ``place``."""


def _having(document: nodes.document, name: str) -> list[nodes.container]:
    return [one for one in document.findall(nodes.container) if name in one["classes"]]


def _fold_card(card: nodes.container) -> None:
    """Keep the title of a card, and who, when and what became of it."""
    header, body = card.children
    assert isinstance(header, nodes.Element), "a card has a header"
    assert isinstance(body, nodes.Element), "a card has a body"
    title = next(header.findall(nodes.paragraph))
    if card["ids"]:
        title += kernel_anchor(place=card["ids"][0])
    header += body.pop(0)
    card.remove(body)
    if body.children:
        card += kernel_fold("", body, label=_("Notes on it"))


def _fold_tree(tree: nodes.container) -> None:
    """Keep the title of a tree that has one."""
    title = tree.children[0] if tree.children else None
    if isinstance(title, nodes.paragraph) and "kernelref-tree-title" in title["classes"]:
        rest = tree.children[1:]
        tree.children = []
        tree += kernel_fold("", kernel_fold_title("", "", *title.children, classes=title["classes"]), *rest)


def _fold_branches(told: kernel_diagram_text) -> None:
    """Keep the functions that call others, in a tree that is told as text."""
    for below in list(told.findall(nodes.bullet_list)):
        if isinstance(item := below.parent, nodes.list_item):
            item.remove(below)
            item.append(kernel_fold("", below, label=_("What it calls")))


def settle(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Make the folds of a web page."""
    if not draws(app.builder):
        return
    for card in _having(document, "kernelref-card"):
        _fold_card(card)
    for tree in _having(document, "kernelref-calltree"):
        _fold_tree(tree)
    for told in list(document.findall(kernel_diagram_text)):
        _fold_branches(told)


# --- on the page -------------------------------------------------------------


def _visit_fold(writer: Any, node: kernel_fold) -> None:
    writer.body.append(writer.starttag(node, "details", CLASS="kernelref-foldable", open="open"))
    if "label" in node:
        writer.body.append(
            f'<summary class="kernelref-folder" aria-label="{escape(node["label"])}"></summary>\n'
        )


def _depart_fold(writer: Any, node: kernel_fold) -> None:
    writer.body.append("</details>\n")


def _visit_title(writer: Any, node: kernel_fold_title) -> None:
    writer.body.append(writer.starttag(node, "summary", ""))


def _depart_title(writer: Any, node: kernel_fold_title) -> None:
    writer.body.append("</summary>\n")


def _visit_anchor(writer: Any, node: kernel_anchor) -> None:
    label = escape(_("Link to this card"))
    more = {"href": f"#{node['place']}", "aria-label": label, "title": label}
    writer.body.append(writer.starttag(node, "a", "", CLASS="kernelref-anchor", **more))


def _depart_anchor(writer: Any, node: kernel_anchor) -> None:
    writer.body.append("#</a>")


def _script(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Load the script on the pages that have folds."""
    if document and next(document.findall(kernel_fold), None):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup_folds(app: Sphinx) -> None:
    """Register the nodes and connect the events."""
    app.add_node(kernel_fold, html=(_visit_fold, _depart_fold))
    app.add_node(kernel_fold_title, html=(_visit_title, _depart_title))
    app.add_node(kernel_anchor, html=(_visit_anchor, _depart_anchor))
    app.connect("doctree-resolved", settle, priority=800)
    app.connect("html-page-context", _script)
