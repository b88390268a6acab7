"""The site in several languages: one build for each, in folders of one site.

An extension of this site alone. ``site_languages`` in ``conf.py`` says which languages there are and
where: language → (its own name, its folder below ``site_root``). Each page gets ``languages`` for the
templates, the links between the same page in all of them, and the alternates that search engines read
(https://developers.google.com/search/docs/specialty/international/localized-versions).
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import furo

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


@dataclass(frozen=True, slots=True)
class Version:
    """A page in one language: ``tag`` as HTML writes the language, whole ``url`` and relative ``href``."""

    tag: str
    name: str
    url: str
    href: str
    here: bool


def versions(app: Sphinx, pagename: str) -> list[Version]:
    """List a page in every language, the site's first one first."""
    config = app.config
    target = app.builder.get_target_uri(pagename)
    shown = "" if pagename == config.root_doc else target
    own = config.site_languages[config.language][1]
    up = "../" * (target.count("/") + own.count("/"))
    if pagename == config.notfound_pagename:  # which is served for any path
        up = urlsplit(config.site_root).path
    return [
        Version(
            tag=language.replace("_", "-"),
            name=name,
            url=config.site_root + folder + shown,
            href=up + folder + target,
            here=language == config.language,
        )
        for language, (name, folder) in config.site_languages.items()
    ]


def _tell_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if app.builder.name not in ("html", "dirhtml"):
        return
    found = context["languages"] = versions(app, pagename)
    if pagename == app.config.notfound_pagename:
        context["pageurl"] = None  # it is at no address of its own
        return
    context["pageurl"] = next(one.url for one in found if one.here)
    links = [(one.tag, one.url) for one in found] + [("x-default", found[0].url)]
    context["metatags"] = context.get("metatags", "") + "".join(
        f'\n<link rel="alternate" hreflang="{tag}" href="{escape(url)}">' for tag, url in links
    )


def _take_words_of_theme(app: Sphinx) -> None:
    """Have the theme's own words in the catalogs too: it comes without translations."""
    if app.builder.name == "gettext":
        app.config.templates_path.append(str(Path(furo.__file__).parent / "theme" / "furo"))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension."""
    app.add_config_value("site_languages", {}, "html", types=frozenset({dict}))
    app.add_config_value("site_root", "", "html", types=frozenset({str}))
    app.connect("builder-inited", _take_words_of_theme)
    app.connect("html-page-context", _tell_page, priority=900)  # after those who set ``metatags``
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
