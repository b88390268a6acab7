"""What a hover card says of a message, a commit, an article, an identifier or a file: HTML, from the locks.

Facts only, as everywhere: of source, a signature and where it is, never its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING

from sphinx.highlighting import PygmentsBridge

from .config import Settings
from .core import links, message_id
from .core.dates import utc_day
from .core.lock import Fate, Message, Provenance
from .core.releases import sort_key
from .core.source import Definition, Kind
from .fates import fate_text
from .i18n import _
from .lookup_mail import MailLookup
from .lookup_source import FAMILIES, SourceLookup, kind_word
from .resolved import HOVER_BREAK, provenance_text

if TYPE_CHECKING:
    from .facts import Facts

Card = tuple[str, str, str]
"""What a card is of: the role of a reference, its canonical name, the release."""

_JOIN = " · "


def line(text: str, *classes: str) -> str:
    """Write a line of a card; ``text`` is HTML."""
    named = f' class="{" ".join(classes)}"' if classes else ""
    return f"<p{named}>{text}</p>" if text else ""


def anchor(url: str, text: str) -> str:
    """Write a link."""
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def _title(url: str, text: str, *, code: bool = False) -> str:
    shown = f"<code>{escape(text)}</code>" if code else escape(text)
    return line(f'<a href="{escape(url)}">{shown}</a>', "kernelref-hover-title")


def _said(parts: Iterable[str]) -> str:
    return line(escape(_JOIN.join(part for part in parts if part)))


def _source(provenance: Provenance) -> str:
    return line(escape(provenance_text(provenance)), "kernelref-hover-source")


def _lines_of(hover: str) -> str:
    return "".join(line(escape(part)) for part in hover.split(HOVER_BREAK))


def highlighted(signature: str) -> str:
    """Write a signature as Pygments colours it; the names of colours are those of the page's code."""
    inside = PygmentsBridge().highlight_block(signature, "c", force=True, nowrap=True).strip()
    return line(f'<code class="highlight">{inside}</code>', "kernelref-hover-signature")


class HoverCards:
    """Writes the cards of a build."""

    def __init__(self, facts: Facts, settings: Settings) -> None:
        self.facts, self.settings = facts, settings
        self.mail = MailLookup(facts, settings)
        self.source = SourceLookup(facts, settings)

    def facts_of(self, card: Card, hover: str) -> str:
        """Say what is known; ``hover`` is what a plain tooltip says, for what the locks know no more of."""
        role, key, release = card
        of: dict[str, Callable[[], str]] = {
            "lore": lambda: self._message(key),
            "commit": lambda: self._commit(key),
            "lwn": lambda: self._article(key),
            "kfile": lambda: self._file(key, release),
        }
        known = of.get(role, lambda: self._identifier(role, key, release))()
        return known or _lines_of(hover)

    def distinct(self, card: Card) -> Card:
        """Name an identifier by its file too, so that what is spelled in two ways has one card."""
        role, key, release = card
        best = self.source.definition(role, key, release) if role in FAMILIES else None
        return (role, f"{best.file}:{best.name}", release) if best else card

    # --- mail ----------------------------------------------------------------

    def _message(self, found: str) -> str:
        lore = self.facts.lore
        message = lore.messages.get(found) if lore else None
        if message is None or lore is None:
            return ""
        series = message if message.fate or message.revisions else lore.messages.get(message.cover, message)
        # An answer bears the subject of what it answers, and is no revision of it.
        revision = "" if message.subject.lower().startswith("re:") else f"v{message.version}"
        lists = ", ".join(address.partition("@")[0] for address in message.lists[:3])
        return (
            _title(message_id.url(self.settings.lore_url, found), message.subject)
            + _said((message.author.name, utc_day(message.date), revision, lists))
            + (_fate(series.fate) if series.fate else "")
            + self._newer(series)
            + _source(message.provenance)
        )

    def _newer(self, message: Message) -> str:
        newest = message.newest
        if newest is None:
            return ""
        text = _("newer: %s") % f"{newest.label} ({utc_day(newest.date)})"
        if not newest.message_id:
            return line(escape(text))
        return line(anchor(message_id.url(self.settings.lore_url, newest.message_id), text))

    def _commit(self, key: str) -> str:
        found = self.facts.lore.commit(key) if self.facts.lore else None
        if found is None:
            return ""
        full, commit = found
        released = [_("first in %s") % commit.release] if commit.release else []
        return (
            _title(f"{self.settings.commit_url}/{full}", commit.subject or full[:12])
            + line(f"<code>{full}</code>")
            + _said(released)
            + _source(commit.provenance)
        )

    def _article(self, url: str) -> str:
        article = self.mail.article(url)
        if article is None:
            return ""
        said = _said((article.author, article.date, article.venue))
        return _title(url, article.title) + said + _source(article.provenance)

    # --- source --------------------------------------------------------------

    def _identifier(self, role: str, key: str, release: str) -> str:
        best = self.source.definition(role, key, release)
        if best is None:
            return ""
        shown = FAMILIES[role].form.format(best.name)
        # A macro's parameters say something; the name of one that has none was said above.
        told = best.signature and best.signature.split() != [best.name]
        return (
            _title(self._place(release, best), shown, code=True)
            + _said((kind_word(best.kind), _("static") if best.static and best.kind is Kind.FUNCTION else ""))
            + (highlighted(best.signature) if told else "")
            + self._releases(best, release)
        )

    def _place(self, tag: str, found: Definition) -> str:
        return links.source(self.settings.elixir_url, tag, found.file, found.line)

    def _releases(self, best: Definition, release: str) -> str:
        found, absent = self.source.presence(best, release)
        rows = []
        for tag in sorted({*found, *absent}, key=sort_key):
            if one := found.get(tag):
                said = anchor(self._place(tag, one), one.place)
                said += f" ({escape(kind_word(one.kind))})" if one.kind is not best.kind else ""
            else:
                said = escape(absent[tag] or _("not there"))
            own = ' class="kernelref-hover-own"' if tag == release else ""
            rows.append(f"<li{own}><span>{escape(tag)}</span> {said}</li>")
        return f"<ul>{''.join(rows)}</ul>" + _said(_bounds(set(found), absent))

    def _file(self, path: str, release: str) -> str:
        lock = self.facts.kernels.get(release)
        count = lock.files.get(path, -1) if lock else -1
        if count < 0:
            return ""
        url = links.source(self.settings.elixir_url, release, path)
        return _title(url, path, code=True) + _said((release, _("%d lines") % count if count else ""))


def _fate(fate: Fate) -> str:
    return line(escape(fate_text(fate)), "kernelref-fate", f"kernelref-fate-{fate.state}")


def _bounds(found: set[str], absent: dict[str, str]) -> Iterable[str]:
    """Say since and until which of the pinned releases it is there, where one that was read lacks it."""
    gone = [tag for tag, said in absent.items() if not said]
    first, last = min(found, key=sort_key), max(found, key=sort_key)
    if any(sort_key(tag) < sort_key(first) for tag in gone):
        yield _("since %s") % first
    if any(sort_key(tag) > sort_key(last) for tag in gone):
        yield _("until %s") % last
