"""The one quiet mark beside a fact: verified, from a mirror, declared, not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxTranslator

from .i18n import _
from .resolved import SIGNS, Mark, mark_word

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class kernel_mark(nodes.Inline, nodes.TextElement):
    """A sign with a word for it; writers without hover print the word, and nothing for what is verified."""


def mark_node(mark: Mark, hover: str) -> kernel_mark:
    """Build the mark of a reference."""
    word = mark_word(mark)
    return kernel_mark("", "", mark=mark.value, word=word, hover=hover or word)


def _visit_html(self: Any, node: kernel_mark) -> None:
    mark = Mark(node["mark"])
    attributes = {"role": "img", "aria-label": node["word"], "title": node["hover"]}
    classes = ["kernelref-mark", f"kernelref-mark-{mark}"]
    self.body.append(self.starttag(node, "span", "", CLASS=" ".join(classes), **attributes))
    self.body.append(f"{SIGNS[mark]}</span>")
    raise nodes.SkipNode


def _depart_html(self: SphinxTranslator, node: kernel_mark) -> None:
    """Do nothing: the visit skipped the node."""


def _visit_plain(self: SphinxTranslator, node: kernel_mark) -> None:
    if Mark(node["mark"]) in (Mark.CHECKED, Mark.ARCHIVE):
        raise nodes.SkipNode
    node += nodes.Text(_(" (%s)") % node["word"])


def _depart_plain(self: SphinxTranslator, node: kernel_mark) -> None:
    """Close nothing: the word is a text node."""


def setup_marks(app: Sphinx) -> None:
    """Register the node for every writer."""
    plain = (_visit_plain, _depart_plain)
    app.add_node(
        kernel_mark, html=(_visit_html, _depart_html), latex=plain, text=plain, man=plain, texinfo=plain
    )
