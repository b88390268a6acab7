"""Questions of the notes: items of task lists, found once a page is read, each given a place to link to."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

from .i18n import _
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


def _name(box: nodes.raw, name: str) -> None:
    """Give a box its name, for who cannot see it."""
    html = box.astext()
    box.children = []
    box += nodes.Text(html.replace("<input ", f'<input aria-label="{escape(name)}" ', 1))


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
        _name(box, _("Answered") if done else _("Open question"))
        domain.note_question(QuestionObject(_text(item), anchor, done, _card(item)))


class SetBoxesAside(SphinxTransform):
    """Keeps the boxes of a page's task lists: a translation replaces all that a paragraph holds."""

    default_priority = 15
    """Before the translation (20)."""

    def apply(self, **kwargs: Any) -> None:
        """Note each box at its item."""
        for item in self.document.findall(nodes.list_item):
            if box := _box(item):
                item["box"] = box.astext()


class PutBoxesBack(SphinxTransform):
    """Gives a translated item its box again."""

    default_priority = 25

    def apply(self, **kwargs: Any) -> None:
        """Put each box that is missing before the text."""
        for item in self.document.findall(nodes.list_item):
            if "box" in item and not _box(item):
                first: Any = item.children[0]
                first[:0] = [nodes.raw("", item["box"], format="html"), nodes.Text(" ")]
            item.attributes.pop("box", None)


def setup_questions(app: Sphinx) -> None:
    """Register the transforms and connect the event."""
    app.add_transform(SetBoxesAside)
    app.add_transform(PutBoxesBack)
    app.connect("doctree-read", _collect)
