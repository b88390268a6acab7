"""What books need of a page: EPUB is XML without forms, and LaTeX nests lists six deep at most.

Trees become lines with indentation in LaTeX, releases stand one after another in EPUB and nothing is
folded there, and the box of an open question is a sign wherever there is no HTML form.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.shared import is_component

from .diagrams import draws, kernel_diagram_text
from .gathered import WEB_ONLY

if TYPE_CHECKING:
    from sphinx.application import Sphinx

INDENT = "\N{EM SPACE}"
_PIECES = re.compile(r"[^\W_]{1,8}[\W_]*|[\W_]+")
"""Between them, long code may be broken."""
BOXES = {True: "[x] ", False: "[ ] "}
"""A box that is ticked, and one that is not."""


class ForBooks(SphinxPostTransform):
    """Makes a page fit for EPUB, LaTeX and the other writers that are no web page."""

    default_priority = 150
    """Before sphinx-design makes its tabs forms (200)."""

    def run(self, **kwargs: Any) -> None:
        """Rewrite what this writer cannot say."""
        builder = self.app.builder
        if draws(builder):
            return
        for raw in list(self.document.findall(nodes.raw)):
            if WEB_ONLY in raw["classes"]:
                raw.parent.remove(raw)
            elif "task-list-item-checkbox" in raw.astext():
                raw.replace_self(nodes.Text(BOXES["checked" in raw.astext()]))
        if builder.name == "epub":
            self._unfold()
        if builder.format == "latex":
            self._fit_tables()
            self._flatten_trees()

    def _unfold(self) -> None:
        """Leave no tab and no fold: a reader of EPUB shows all that a page has."""
        for found in list(self.document.findall(nodes.container)):
            if is_component(found, "tab-set"):
                found.parent.replace(found, [part for item in found.children for part in item.children])
            elif is_component(found, "tab-content"):  # which a style would hide
                found["classes"].remove("sd-tab-content")
            elif is_component(found, "dropdown"):  # whose sign that it folds is SVG without a namespace
                plain = nodes.container("", *found.children, classes=found["container_classes"])
                found.parent.replace(found, plain)

    def _fit_tables(self) -> None:
        """Give our tables the widths that they ask for, and let long code in any table be broken."""
        for table in self.document.findall(nodes.table):
            if "kernelref-table" in table["classes"]:
                table["classes"].append("colwidths-given")
            for literal in table.findall(nodes.literal):
                parts: list[nodes.Node] = []
                for part in _PIECES.findall(literal.astext()):
                    parts += [nodes.Text(part), nodes.raw("", r"\allowbreak{}", format="latex")]
                literal[:] = parts[:-1]

    def _flatten_trees(self) -> None:
        """Make nested lists lines, and give places to what is linked to: LaTeX has none in lists."""
        for item in self.document.findall(nodes.list_item):
            if item["ids"]:
                item.insert(0, nodes.target("", "", ids=item["ids"]))
        for told in list(self.document.findall(kernel_diagram_text)):
            for tree in list(told.findall(nodes.bullet_list)):
                if tree.parent is told:
                    tree.replace_self(flat(tree))


def flat(tree: nodes.bullet_list) -> nodes.line_block:
    """Write a nested list as lines, each indented by its level."""
    block = nodes.line_block()
    waiting = [(item, 0) for item in reversed(tree.children)]
    while waiting:
        item, level = waiting.pop()
        for part in item.children:
            if isinstance(part, nodes.paragraph):
                block += nodes.line("", "", nodes.Text(INDENT * level), *part.children)
        below = [child for part in item.children if isinstance(part, nodes.bullet_list) for child in part]
        waiting += [(child, level + 1) for child in reversed(below)]
    return block


def setup_books(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(ForBooks)
