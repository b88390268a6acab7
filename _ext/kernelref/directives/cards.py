"""What the cards of series and articles are made of: sphinx-design's card and dropdown, filled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx_design.shared import create_component

from ..marks import mark_node
from ..resolved import Mark, provenance_text

if TYPE_CHECKING:
    from docutils.nodes import Node

    from ..core.lock import Provenance

WIP = "🚧"


def card(
    title: Sequence[Node], meta: Sequence[Node], body: Iterable[Node], classes: list[str]
) -> nodes.container:
    """Build a card: the title in its header, a line of facts, then the notes."""
    header = create_component("card-header", ["sd-card-header", "kernelref-card-header"])
    header += _verbatim(*title, classes=["sd-card-text", "kernelref-card-title"])
    inner = create_component("card-body", ["sd-card-body"])
    inner += _verbatim(*meta, classes=["sd-card-text", "kernelref-card-meta"])
    inner.extend(body)
    outer = create_component("card", ["sd-card", "sd-sphinx-override", "sd-mb-3", "kernelref-card", *classes])
    outer += [header, inner]
    return outer


def _verbatim(*content: Node, classes: list[str]) -> nodes.paragraph:
    """Build a paragraph of what others wrote: its quotes stay as they are."""
    return nodes.paragraph("", "", *content, classes=classes, support_smartquotes=False)


def fold(title: str, body: Sequence[Node]) -> nodes.container:
    """Build a folded part: ``<details>`` in HTML, a rubric and its content elsewhere."""
    outer = create_component(
        "dropdown",
        opened=False,
        type="dropdown",
        has_title=True,
        icon=None,
        chevron=None,
        container_classes=["sd-mb-2", "kernelref-fold"],
        title_classes=[],
        body_classes=[],
        support_smartquotes=False,
    )
    outer += nodes.rubric(title, title, translatable=False)
    outer.extend(body)
    return outer


def link(text: str, url: str, hover: str = "", classes: Sequence[str] = ()) -> nodes.reference:
    """Build an external link."""
    node = nodes.reference("", "", nodes.inline("", text), internal=False, refuri=url, classes=list(classes))
    if hover:
        node["reftitle"] = hover
    return node


def mark(provenance: Provenance) -> Node:
    """Build the mark that says how well a fact is known."""
    return mark_node(Mark.of(provenance.standing), provenance_text(provenance))


def joined(parts: Iterable[Sequence[Node]], separator: str = " · ") -> list[Node]:
    """Join runs of nodes by a separator."""
    result: list[Node] = []
    for part in parts:
        if result:
            result.append(nodes.Text(separator))
        result.extend(part)
    return result


def bullets(items: Iterable[Sequence[Node]]) -> nodes.bullet_list:
    """Build a list of one-line items."""
    return nodes.bullet_list(
        "", *(nodes.list_item("", nodes.paragraph("", "", *item)) for item in items), bullet="-"
    )


def broken(text: str) -> nodes.paragraph:
    """Build what stands for a card that cannot be: its title or argument, as it was typed."""
    return nodes.paragraph("", "", span(text, "kernelref", "kernelref-broken"))


def span(text: str, *classes: str) -> nodes.inline:
    """Build a run of text with classes."""
    return nodes.inline("", text, classes=list(classes))
