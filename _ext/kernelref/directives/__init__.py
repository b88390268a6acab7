"""The directives: ``series``, ``article``, ``calltree``, ``correction``, and what pages gather."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .article import ArticleDirective
from .calltree import CalltreeDirective, setup_calltree
from .correction import CorrectionDirective, setup_correction
from .gathered import DIRECTIVES as GATHERED
from .gathered import setup_gathered_views
from .series import SeriesDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DIRECTIVES = {
    "article": ArticleDirective,
    "calltree": CalltreeDirective,
    "correction": CorrectionDirective,
    "series": SeriesDirective,
    **GATHERED,
}


def setup_directives(app: Sphinx) -> None:
    """Register the directives under their short names and in the domain."""
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
        app.add_directive_to_domain("kernel", name, directive)
    setup_calltree(app)
    setup_correction(app)
    setup_gathered_views(app)
