"""``article``: a card for an article, a talk, a paper or a wiki page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_id

from ..config import Settings
from ..core.links import article as lwn_url
from ..core.lock import Article, Provenance, Standing
from ..core.lockfile import LORE
from ..diagnostics import Subtype, warn
from ..domain import Citation
from ..i18n import _
from ..lookup_mail import MailLookup, article_hover
from ..objects import ReadingObject
from ..references import kernel_domain
from . import cards

if TYPE_CHECKING:
    from docutils.nodes import Node

    from ..domain import KernelDomain

_URL = re.compile(r"https?://[^\s<>\"]+")


def genre_word(genre: str) -> str:
    """Say what kind of reading it is."""
    known = {"article": _("article"), "talk": _("talk"), "paper": _("paper"), "wiki": _("wiki page")}
    return known.get(genre, genre)


class ArticleDirective(SphinxDirective):
    """The argument is the URL; the lock has the title, the author and the date."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "title": directives.unchanged_required,
        "author": directives.unchanged_required,
        "date": directives.unchanged_required,
        "wip": directives.flag,
    }

    def run(self) -> list[Node]:
        """Build the card."""
        text = self.arguments[0].strip()
        url = lwn_url(text) or text
        place = (self.env.docname, self.lineno)
        if not _URL.fullmatch(url):
            warn(Subtype.LORE, f"{text!r} is no URL; write https://… or the number of an LWN article", place)
            return [cards.broken(self.options.get("title", text)), *self.parse_content_to_nodes()]
        domain = kernel_domain(self.env)
        domain.note_lock(LORE)
        anchor = make_id(self.env, self.state.document, "article", url)
        domain.note_citation(Citation("article", url, "", self.lineno, anchor))
        article = MailLookup(domain.facts, Settings.of(self.config)).article(url)
        if article is None:
            if domain.facts.lore is not None and "title" not in self.options:
                warn(
                    Subtype.LORE,
                    f"{url} is not in {LORE}; add it to declared.json and run `make lock`",
                    place,
                )
            article = self._declared(url)
        self._note(domain, url, anchor, article)
        target = nodes.target("", "", ids=[anchor])
        self.set_source_info(target)
        return [target, self._card(url, article)]

    def _note(self, domain: KernelDomain, url: str, anchor: str, article: Article) -> None:
        domain.note_reading(
            ReadingObject(
                url=url,
                anchor=anchor,
                title=article.title,
                author=article.author,
                date=article.date,
                genre=article.genre,
                standing=article.provenance.standing,
                line=self.lineno,
            )
        )

    def _declared(self, url: str) -> Article:
        source = Provenance(Standing.DECLARED, _("this page"))
        try:
            return Article(
                self.options.get("title", url),
                "article",
                source,
                self.options.get("author", ""),
                self.options.get("date", ""),
            )
        except ValueError as error:
            warn(Subtype.LORE, f"{error}; write YYYY, YYYY-MM or YYYY-MM-DD", (self.env.docname, self.lineno))
            return Article(self.options.get("title", url), "article", source, self.options.get("author", ""))

    def _card(self, url: str, article: Article) -> nodes.container:
        wip = [cards.span(f"{cards.WIP} ", "kernelref-wip")] if "wip" in self.options else []
        date = [cards.span(article.date, "kernelref-date"), nodes.Text(" ")] if article.date else []
        title = [
            *date,
            *wip,
            cards.link(article.title, url, article_hover(article)),
            cards.mark(article.provenance),
        ]
        shape = cards.span(f"▤ {genre_word(article.genre)}", "kernelref-fate")
        meta = cards.joined(
            [[nodes.Text(part)] for part in (article.author, article.venue) if part] + [[shape]]
        )
        card = cards.card(title, meta, self.parse_content_to_nodes(), ["kernelref-article"])
        self.set_source_info(card)
        return card
