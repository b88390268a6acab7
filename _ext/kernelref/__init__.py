"""Kernel references that compile: against the mailing list, and against the source.

Roles such as ``{lore}`` and ``{kfunc}`` and directives such as ``series`` and ``calltree`` are
resolved from lock files alone, which ``python -m kernelref lock`` writes. A build never uses the
network and never parses kernel source. `setup` registers the parts; each says in its own module what it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .version import VERSION

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension."""
    from .autolink import setup_autolink
    from .books import setup_books
    from .build import setup_build
    from .config import setup_config
    from .diagrams import setup_diagrams
    from .directives import setup_directives
    from .domain import KernelDomain
    from .feed import setup_feed
    from .folds import setup_folds
    from .hovers import setup_hovers
    from .i18n import setup_i18n
    from .marks import setup_marks
    from .questions import setup_questions
    from .references import setup_references

    app.setup_extension("sphinx_design")
    app.add_domain(KernelDomain)
    setup_i18n(app)
    setup_config(app)
    setup_marks(app)
    setup_references(app)
    setup_autolink(app)
    setup_diagrams(app)
    setup_books(app)
    setup_directives(app)
    setup_questions(app)
    setup_build(app)
    setup_feed(app)
    setup_folds(app)
    setup_hovers(app)
    return {
        "version": VERSION,
        "env_version": 2,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
