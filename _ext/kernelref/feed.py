"""The Atom feed: every series that the pages have a card for, the one that changed last first.

Its times come from the locks, never from the build's clock: the same input gives the same bytes.
Atom is RFC 4287; the ids are ``mid:`` URLs (RFC 2392), which stay when a page moves.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from feedgen.feed import FeedGenerator

from .config import Settings
from .core import message_id
from .core.dates import instant, utc_day
from .core.lockfile import write_atomic
from .core.subject import printable
from .fates import fate_line
from .i18n import _
from .references import kernel_domain

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from .core.lock import Message
    from .domain import KernelDomain, SeriesObject

_BUILDERS = ("html", "dirhtml")


def _changed(card: SeriesObject, message: Message | None) -> datetime | None:
    """Give when something last happened to a series, as far as the lock knows; None where it has no day."""
    dates = [card.date]
    if message:
        fate_read = message.fate.provenance.read if message.fate else ""
        dates += [message.date, fate_read, message.newest.date if message.newest else ""]
    return max((instant(day).astimezone(UTC) for day in dates if day), default=None)


def _summary(card: SeriesObject, message: Message | None) -> str:
    author = card.author or _("author not known")
    return " · ".join(part for part in (author, card.date, fate_line(message) if message else "") if part)


class _Feed:
    """One feed of a build; ``base`` ends in a slash."""

    def __init__(self, app: Sphinx, path: str) -> None:
        self.app = app
        self.base = app.config.html_baseurl.rstrip("/") + "/"
        self.settings = Settings.of(app.config)
        self.domain: KernelDomain = kernel_domain(app.env)
        self.writer: Any = FeedGenerator()
        self.writer.id(self.base + path)
        self.writer.title(_("%s: series") % app.config.project)
        self.writer.subtitle(_("Series on the pages, and what became of them"))
        self.writer.link(href=self.base + path, rel="self", type="application/atom+xml")
        self.writer.link(href=self.base, rel="alternate", type="text/html")
        self.writer.language((app.config.language or "en").replace("_", "-"))
        self.writer.generator("kernelref")

    def text(self) -> bytes | None:
        """Give the feed, or nothing where no card has a day."""
        messages = self.domain.facts.lore.messages if self.domain.facts.lore else {}
        dated = []
        for docname, card in self.domain.series():
            message = messages.get(card.message_id)
            if when := _changed(card, message):
                dated.append((when, card.message_id, docname, card, message))
        dated.sort(key=lambda one: one[:2], reverse=True)
        for when, _id, docname, card, message in dated:
            self._entry(when, docname, card, message)
        if not dated:
            return None
        self.writer.updated(dated[0][0])
        text: bytes = self.writer.atom_str(pretty=True)
        return text

    def _entry(self, when: datetime, docname: str, card: SeriesObject, message: Message | None) -> None:
        entry = self.writer.add_entry(order="append")
        entry.id("mid:" + quote(card.message_id, safe="@"))
        entry.title(printable(card.title))
        page = self.base + self.app.builder.get_target_uri(docname)
        entry.link(href=f"{page}#{card.anchor}", rel="alternate", type="text/html")
        entry.link(href=message_id.url(self.settings.lore_url, card.message_id), rel="related")
        entry.author(name=printable(card.author) or _("author not known"))
        entry.category(term=card.topic, label=self.app.env.titles[docname].astext())
        entry.summary(printable(_summary(card, message)))
        if card.date:
            entry.published(instant(utc_day(card.date)).astimezone(UTC))
        entry.updated(when)


def _announce(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Link the feed in each page's head, and give templates its place as ``kernelref_feed``."""
    path = Settings.of(app.config).feed
    if not path or app.builder.name not in _BUILDERS:
        return
    context["kernelref_feed"] = href = context["pathto"](path, 1)
    title = escape(_("%s: series") % app.config.project)
    link = f'<link rel="alternate" type="application/atom+xml" title="{title}" href="{escape(href)}">'
    context["metatags"] = context.get("metatags", "") + link + "\n"


def _write(app: Sphinx, error: Exception | None) -> None:
    path = Settings.of(app.config).feed
    if error is None and path and app.builder.name in _BUILDERS and (text := _Feed(app, path).text()):
        write_atomic(Path(app.outdir) / path, text.decode("utf-8"))


def setup_feed(app: Sphinx) -> None:
    """Connect the events."""
    app.connect("html-page-context", _announce)
    app.connect("build-finished", _write)
