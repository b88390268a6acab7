"""``correction``: the small, uniform way to say that an earlier note was wrong, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

from ..i18n import _

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx


class correction(nodes.General, nodes.Element):
    """An aside that waits for its label: a label before the translation would be lost with it."""


class CorrectionDirective(SphinxDirective):
    """A labelled aside; its body may hold any markup."""

    has_content = True

    def run(self) -> list[Node]:
        """Leave the body."""
        self.assert_has_content()
        aside = correction("", *self.parse_content_to_nodes())
        self.set_source_info(aside)
        return [aside]


class LabelCorrections(SphinxTransform):
    """Makes each aside a container whose first paragraph begins with the label."""

    default_priority = 30
    """After the translation (20)."""

    def apply(self, **kwargs: Any) -> None:
        """Label all asides of the page."""
        for node in list(self.document.findall(correction)):
            aside = nodes.container("", *node.children, is_div=True, classes=["kernelref-correction"])
            first = aside.children[0] if aside.children else None
            if not isinstance(first, nodes.paragraph):
                first = nodes.paragraph()
                aside.insert(0, first)
            label = nodes.strong("", _("Correction"), classes=["kernelref-correction-label"])
            first[:0] = [label, nodes.Text(" ")]
            aside.source, aside.line = node.source, node.line
            node.replace_self(aside)


def setup_correction(app: Sphinx) -> None:
    """Register the placeholder and the transform."""
    app.add_node(correction)
    app.add_transform(LabelCorrections)
