"""Questions of the notes: items of task lists, found once a page is read, each given a place to link to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from .objects import QuestionObject
from .references import kernel_domain

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx

_BOX = "task-list-item-checkbox"


def _box(item: nodes.list_item) -> nodes.raw | None:
    """Find the box that makes a list item one of a task list."""
    first = item.children[0] if item.children else None
    if isinstance(first, nodes.paragraph):
        return next((raw for raw in first.findall(nodes.raw) if _BOX in raw.astext()), None)
    return None


def _text(item: nodes.list_item) -> str:
    """Give the text of the item itself, in one line, without its box and without what is listed below."""
    parts = [node.astext() for node in item.children[0].findall(nodes.Text) if not _in_raw(node)]
    return " ".join("".join(parts).split())


def _in_raw(node: nodes.Text) -> bool:
    return isinstance(node.parent, nodes.raw)


def _card(node: Node) -> str:
    """Give the title of the card that a node stands in, or nothing."""
    above = node.parent
    while above is not None:
        if "kernelref-card" in above.get("classes", ()):
            title = next(p for p in above.findall(nodes.paragraph) if "kernelref-card-title" in p["classes"])
            link = next(title.findall(nodes.reference), None)
            return link.astext() if link else title.astext()
        above = above.parent
    return ""


def _collect(app: Sphinx, document: nodes.document) -> None:
    domain = kernel_domain(app.env)
    boxed = [(item, box) for item in document.findall(nodes.list_item) if (box := _box(item))]
    for number, (item, box) in enumerate(boxed, 1):
        anchor = f"question-{number}"
        if anchor in document.ids:
            continue
        item["ids"].append(anchor)
        document.ids[anchor] = item
        done = "checked" in box.astext()
        domain.note_question(QuestionObject(_text(item), anchor, done, _card(item)))


def setup_questions(app: Sphinx) -> None:
    """Connect the event."""
    app.connect("doctree-read", _collect)
