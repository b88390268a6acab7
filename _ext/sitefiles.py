"""What a site has beside its pages, for machines: ``sitemap.xml``, ``robots.txt``, ``llms.txt``.

An extension of this site alone. All three are made of the pages and of ``html_baseurl``: the same input,
the same bytes. Sources: https://www.sitemaps.org/protocol.html, RFC 9309, https://llmstxt.org/.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from docutils import nodes
from sphinx import addnodes

from kernelref.core.lockfile import write_atomic
from languages import Version, versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_SUMMARY = 200
"""How many characters of a page's first paragraph are told."""


class _Pages:
    """The pages of a build, in the order of their tables of contents."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app

    def versions(self, docname: str) -> list[Version]:
        """List a page in every language."""
        return versions(self.app, docname)

    def url(self, docname: str) -> str:
        """Give a page's address in this build's language."""
        return next(one.url for one in self.versions(docname) if one.here)

    def title(self, docname: str) -> str:
        return self.app.env.titles[docname].astext()

    def summary(self, docname: str) -> str:
        """Give the beginning of a page's first paragraph that is text of its own."""
        for node in self.app.env.get_doctree(docname).findall(nodes.paragraph):
            if isinstance(node.parent, nodes.section):
                text = " ".join(node.astext().split())
                return text if len(text) <= _SUMMARY else text[: _SUMMARY - 1].rstrip() + "…"
        return ""

    def sections(self) -> Iterator[tuple[str, list[str]]]:
        """Walk the first page's tables of contents: caption, and the pages in and below it."""
        for table in self.app.env.get_doctree(self.app.config.root_doc).findall(addnodes.toctree):
            yield table.get("caption") or self.app.config.project, list(self._below(table["includefiles"]))

    def _below(self, docnames: list[str]) -> Iterator[str]:
        for docname in docnames:
            if docname in self.app.env.found_docs:
                yield docname
                yield from self._below(self.app.env.toctree_includes.get(docname, []))


def sitemap(pages: _Pages) -> str:
    """List every page by its URL, with those of the same page in other languages."""
    root = ElementTree.Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
    for docname in sorted(pages.app.env.found_docs):
        if "orphan" in pages.app.env.metadata[docname]:  # such as the page for what is not there
            continue
        url = ElementTree.SubElement(root, "url")
        ElementTree.SubElement(url, "loc").text = pages.url(docname)
        for one in pages.versions(docname):
            ElementTree.SubElement(url, "xhtml:link", rel="alternate", hreflang=one.tag, href=one.url)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def robots(pages: _Pages) -> str:
    """Allow everything, and say where the sitemaps are: crawlers read this one file at a host's root."""
    config = pages.app.config
    sitemaps = [
        f"Sitemap: {config.site_root}{folder}sitemap.xml" for _, folder in config.site_languages.values()
    ]
    return "\n".join(["User-agent: *", "Allow: /", *sitemaps, ""])


def llms(pages: _Pages) -> str:
    """Say what the site is and what each page is about, as Markdown."""
    root = pages.app.config.root_doc
    lines = [f"# {pages.app.config.project}", "", f"> {pages.summary(root)}"]
    for caption, docnames in pages.sections():
        lines += ["", f"## {caption}", ""]
        lines += [f"- [{pages.title(one)}]({pages.url(one)}): {pages.summary(one)}" for one in docnames]
    return "\n".join(lines) + "\n"


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.name in ("html", "dirhtml"):
        pages = _Pages(app)
        for name, text in (("sitemap.xml", sitemap), ("robots.txt", robots), ("llms.txt", llms)):
            write_atomic(Path(app.outdir) / name, text(pages))


def _leave_out_of_books(app: Sphinx) -> None:
    """No page of a book is not there."""
    if app.builder.name == "epub":
        app.config.exclude_patterns.append(f"{app.config.notfound_pagename}.*")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension."""
    app.connect("builder-inited", _leave_out_of_books)
    app.connect("build-finished", _write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
