"""``correction``: the small, uniform way to say that an earlier note was wrong, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from ..i18n import _

if TYPE_CHECKING:
    from docutils.nodes import Node


class CorrectionDirective(SphinxDirective):
    """A labelled aside; its body may hold any markup."""

    has_content = True

    def run(self) -> list[Node]:
        """Build the aside: a container whose first paragraph begins with the label."""
        self.assert_has_content()
        aside = nodes.container("", is_div=True, classes=["kernelref-correction"])
        self.set_source_info(aside)
        body = self.parse_content_to_nodes()
        label = nodes.strong("", _("Correction"), classes=["kernelref-correction-label"])
        first = body.pop(0) if body and isinstance(body[0], nodes.paragraph) else nodes.paragraph()
        aside += nodes.paragraph("", "", label, nodes.Text(" "), *first.children)
        aside += body
        return [aside]
