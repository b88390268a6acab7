"""Sphinx configuration of the site."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

# --- project -----------------------------------------------------------------

project = "Linux Patch Learn"
author = "Linux Patch Learn contributors"
copyright = author
version = release = "0.1"
site_url = "https://linux-patch-learn.readthedocs.io/"
site_root = os.environ.get("READTHEDOCS_CANONICAL_URL", site_url)
# Where errors are reported. Read the Docs says which repository it builds; elsewhere pages have no such link.
repository_url = os.environ.get("READTHEDOCS_GIT_CLONE_URL", "")

# --- languages ---------------------------------------------------------------
#
# The site is built once for each: in Chinese, and with `-t en` in English, which goes into the folder `en`.
# Notes are written in Chinese, the guide in English; catalogs in locale/ bring each page to the other.

site_languages = {"zh_CN": ("中文", ""), "en": ("English", "en/")}
language = "en" if tags.has("en") else "zh_CN"  # noqa: F821 (Sphinx gives `tags`)
locale_dirs = ["locale"]
gettext_compact = False
gettext_location = False

# --- pages -------------------------------------------------------------------

extensions = [
    "myst_parser",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxcontrib.mermaid",
    "sphinxext.opengraph",
    "notfound.extension",
    "kernelref",
    "languages",
    "sitefiles",
    "sitesearch",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = [
    ".*",
    "CHANGELOG.md",
    "README.md",
    "_build",
    "_ext",
    "_readthedocs",
    "benchmarks",
    "locale",
    "lock",
    "tests",
]
nitpicky = True

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "fieldlist", "tasklist"]
myst_heading_anchors = 3
# Nothing is fetched in a build: what other projects' inventories are needed is said here, by hand.
intersphinx_mapping: dict[str, tuple[str, str | None]] = {}

# --- kernelref ---------------------------------------------------------------

kernelref_kernel = "v6.18"
kernelref_feed = "series.atom"
kernelref_drawings = "_build/drawings"  # for all languages

# --- HTML --------------------------------------------------------------------

html_theme = "furo"
html_title = project
html_baseurl = site_root + site_languages[language][1]
html_static_path = ["_static"]
templates_path = ["_templates"]
html_context = {
    # As a browser opens it: "git@host:owner/name.git" is what a clone by SSH has.
    "repository_url": re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", repository_url).removesuffix(
        ".git"
    ),
}
html_favicon = html_logo = "_static/favicon.svg"
html_css_files = ["site.css"]
html_js_files = [("languages.js", {"defer": "defer"})]
html_search_language = "site"
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#1d4f91",
        "color-brand-content": "#1d4f91",
        "color-brand-visited": "#5b3a8c",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8db8f2",
        "color-brand-content": "#8db8f2",
        "color-brand-visited": "#c3a6f0",
    },
    "navigation_with_keys": True,
}

# The page for what is not there is served for any path: its links begin at the site's root.
notfound_urls_prefix = urlsplit(html_baseurl).path or "/"

ogp_site_url = html_baseurl
ogp_social_cards = {"enable": False}
ogp_image = f"{site_root}_static/card.png"
ogp_image_alt = project
ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image" />']

# `{mermaid}` fences: kernelref draws them into HTML; other writers call the same renderer.
mermaid_output_format = "png"
mermaid_params = ["--scale", "2", "--background", "white", "--quiet"]

# --- other writers -----------------------------------------------------------

epub_show_urls = "no"
epub_language = language.replace("_", "-")
epub_uid = epub_identifier = f"linux-patch-learn-{epub_language}"
epub_description = "Linux memory-management patches, held against the mailing list and the source"
epub_contributor = author
latex_engine = "xelatex"
latex_use_xindy = False
latex_elements = {
    "papersize": "a4paper",
    "extraclassoptions": "openany,oneside",
    "maxlistdepth": "24",  # notes in lists in cards
    "sphinxsetup": "InnerLinkColor={HTML}{1D4F91}, OuterLinkColor={HTML}{1D4F91}",
    # No TeX font has the one sign, no bold one the other.
    "preamble": r"\usepackage{newunicodechar}\newunicodechar{🚧}{⚠}\newunicodechar{✎}{{\normalfont ✎}}",
}


def setup(app: Sphinx) -> None:
    """Name the renderer of diagrams."""
    # Set late: a path of the machine among the values would be in every build's ``.buildinfo``.
    app.connect("builder-inited", _name_renderer)


def _name_renderer(app: Sphinx) -> None:
    app.config.mermaid_cmd = shlex.join([sys.executable, "-m", "mermaidx"])
