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
    from collections.abc import Callable

    from sphinx.application import Sphinx

SCRIPT = "kernelref-folds.js"


class kernel_fold(nodes.General, nodes.Element):
    """What can be folded: its first child, a `kernel_fold_head`, stays."""


class kernel_fold_head(nodes.General, nodes.Element):
    """What stays of a fold: lines."""


class kernel_fold_line(nodes.General, nodes.TextElement):
    """A line of a head; with ``anchor`` it ends with a link to that place, which is its own."""


def _fold(kept: list[nodes.Element], rest: list[nodes.Node], anchor: str = "") -> kernel_fold:
    lines = [kernel_fold_line("", "", *one.children, classes=one["classes"]) for one in kept]
    lines[0]["anchor"] = anchor
    return kernel_fold("", kernel_fold_head("", *lines), *rest)


def _having(document: nodes.document, name: str) -> list[nodes.container]:
    return [one for one in document.findall(nodes.container) if name in one["classes"]]


def _fold_card(card: nodes.container) -> None:
    """Keep the title of a card, and who, when and what became of it."""
    header, body = card.children
    assert isinstance(header, nodes.Element), "a card has a header"
    assert isinstance(body, nodes.Element), "a card has a body"
    meta = body.pop(0)
    assert isinstance(meta, nodes.Element), "a card's body begins with a line of facts"
    fold = _fold([*header.findall(nodes.paragraph), meta], [body], anchor=next(iter(card["ids"]), ""))
    card.children = []
    card.append(fold)


def _fold_tree(tree: nodes.container) -> None:
    """Keep the title of a tree that has one."""
    title = tree.children[0] if tree.children else None
    if isinstance(title, nodes.paragraph) and "kernelref-tree-title" in title["classes"]:
        rest = tree.children[1:]
        tree.children = []
        tree.append(_fold([title], rest))


def _fold_branches(told: kernel_diagram_text) -> None:
    """Keep the functions that call others, in a tree that is told as text."""
    for item in list(told.findall(nodes.list_item)):
        if len(item) == 2 and isinstance(item[1], nodes.bullet_list) and isinstance(item[0], nodes.paragraph):
            name, below = item[0], item[1]
            item.children = []
            item.append(_fold([name], [below]))


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


def _visit_head(writer: Any, node: kernel_fold_head) -> None:
    writer.body.append(writer.starttag(node, "summary", ""))


def _visit_line(writer: Any, node: kernel_fold_line) -> None:
    writer.body.append(writer.starttag(node, "span", ""))


def _depart_line(writer: Any, node: kernel_fold_line) -> None:
    if place := node.get("anchor"):
        label = escape(_("Link to this card"))
        writer.body.append(
            f'<a class="kernelref-anchor" href="#{place}" aria-label="{label}" title="{label}">#</a>'
        )
    writer.body.append("</span>\n")


def _closing(tag: str) -> Callable[[Any, nodes.Element], None]:
    def depart(writer: Any, node: nodes.Element) -> None:
        writer.body.append(f"</{tag}>\n")

    return depart


def _script(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Load the script on the pages that have folds."""
    if document and next(document.findall(kernel_fold), None):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup_folds(app: Sphinx) -> None:
    """Register the nodes and connect the events."""
    app.add_node(kernel_fold, html=(_visit_fold, _closing("details")))
    app.add_node(kernel_fold_head, html=(_visit_head, _closing("summary")))
    app.add_node(kernel_fold_line, html=(_visit_line, _depart_line))
    app.connect("doctree-resolved", settle, priority=800)
    app.connect("html-page-context", _script)
