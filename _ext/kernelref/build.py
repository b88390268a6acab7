"""What happens around a build: locks are read, pages are read again when pins change, styles are copied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .facts import read_facts
from .references import kernel_domain

if TYPE_CHECKING:
    from collections.abc import Set

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

STATIC = Path(__file__).with_name("static")
STYLE = "kernelref.css"
WEB_STYLES = ("kernelref-diagram.css", "kernelref-gathered.css", "kernelref-hover.css")
"""Of what only a web page has, in CSS that readers of EPUB do not know."""


def _load(app: Sphinx) -> None:
    kernel_domain(app.env).facts = read_facts(app)


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> list[str]:
    """Name the pages that cite source, when another set of releases is pinned than last time.

    A lock that changes is a dependency of its pages; one that comes or goes is nobody's yet.
    """
    domain = kernel_domain(env)
    pinned = domain.facts.releases.pinned
    if domain.data["releases"] == pinned:
        return []
    domain.data["releases"] = pinned
    return sorted({docname for docname, _ in domain.citations()} & set(env.all_docs))


def _label(app: Sphinx, env: BuildEnvironment) -> list[str]:
    kernel_domain(env).label_objects()
    return []


def _add_styles(app: Sphinx) -> None:
    app.config.html_static_path.append(str(STATIC))
    app.add_css_file(STYLE)
    for style in WEB_STYLES:
        if app.builder.name == "epub":
            app.config.epub_exclude_files.append(f"_static/{style}")
        else:
            app.add_css_file(style)


def setup_build(app: Sphinx) -> None:
    """Connect the events."""
    app.connect("builder-inited", _load, priority=100)
    app.connect("builder-inited", _add_styles)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-updated", _label)
