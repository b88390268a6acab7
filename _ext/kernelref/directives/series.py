"""``series``: a card for a posting on the mailing list, with the notes on it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_id

from ..config import Settings
from ..core import message_id
from ..core.dates import days, instant, utc_day
from ..core.lock import Fate, Message, Person, Provenance, Standing, State
from ..core.lockfile import LORE
from ..core.subject import agrees, printable
from ..diagnostics import Subtype, warn
from ..domain import Citation, SeriesObject
from ..fates import SHAPES, fate_text
from ..i18n import _
from ..lookup_mail import message_hover
from ..references import kernel_domain
from . import cards
from .series_details import details

if TYPE_CHECKING:
    from docutils.nodes import Node

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _state(argument: str) -> State:
    return State(directives.choice(argument, tuple(State)))


class SeriesDirective(SphinxDirective):
    """The argument is a message-id or an archive's URL of it.

    ``title``, ``author`` and ``date`` are for messages that no archive has; where one has it,
    they are checked against it. ``status`` and ``release`` fill in where the lock knows no fate.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "title": directives.unchanged_required,
        "author": directives.unchanged_required,
        "date": directives.unchanged_required,
        "status": _state,
        "release": directives.unchanged_required,
        "topic": directives.unchanged_required,
        "wip": directives.flag,
        "no-index": directives.flag,
    }

    def run(self) -> list[Node]:
        """Build the card and note the object."""
        try:
            found = message_id.canonical(self.arguments[0])
        except message_id.MessageIdError as error:
            self._warn(Subtype.LORE, str(error))
            typed = self.options.get("title", self.arguments[0])
            return [cards.broken(typed), *self.parse_content_to_nodes()]
        self.domain_ = kernel_domain(self.env)
        self.settings = Settings.of(self.config)
        self.domain_.note_lock(LORE)
        message = self._message(found)
        anchor = make_id(self.env, self.state.document, "series", found)
        self._note(found, anchor, message)
        target = nodes.target("", "", ids=[anchor])
        card = self._card(found, message)
        self.set_source_info(target)
        self.set_source_info(card)
        return [target, card]

    def _warn(self, subtype: Subtype, text: str) -> None:
        warn(subtype, text, (self.env.docname, self.lineno))

    # --- facts ---------------------------------------------------------------

    def _message(self, found: str) -> Message:
        lore = self.domain_.facts.lore
        message = lore.messages.get(found) if lore else None
        if message is None:
            if lore is not None and "title" not in self.options:
                self._warn(Subtype.LORE, f"<{found}> is not in {LORE}; run `make lock`, or give `:title:`")
            message = self._declared(found)
        else:
            self._check(message)
            message = self._filled(message)
        if message.fate is None and (state := self.options.get("status")):
            source = Provenance(Standing.DECLARED, _("this page"))
            message = replace(message, fate=Fate(state, source, self.options.get("release", "")))
        return message

    def _day(self) -> str:
        """Give the declared day, or nothing, with a warning, when it is none."""
        day: str = self.options.get("date", "")
        if not day or _is_day(day):
            return day
        self._warn(Subtype.SERIES, f"`:date: {day}` is no date; write YYYY-MM-DD")
        return ""

    def _filled(self, message: Message) -> Message:
        """Give the page's word where the message's own is not known."""
        author = message.author
        if not author.name and "author" in self.options:
            author = Person(printable(self.options["author"]), author.address)
        return replace(message, author=author, date=message.date or self._day())

    def _declared(self, found: str) -> Message:
        day = self._day()
        sent = message_id.timestamp(found)
        if sent and day and abs((sent - instant(day)).days) > 1:
            said = f"`:date:` says {day}, the message-id {sent:%Y-%m-%d}; {LORE} has no such message"
            self._warn(Subtype.SERIES, said)
        guess = sent.strftime("%Y-%m-%d") if sent else ""
        source = Provenance(Standing.DECLARED, _("this page"))
        title, author = (printable(self.options.get(key, "")) for key in ("title", "author"))
        return Message(title or found, Person(author), day or guess, source)

    def _check(self, message: Message) -> None:
        """Compare what the page declares with what the message says."""
        declared = self.options
        if "title" in declared and not agrees(declared["title"], message.subject):
            self._warn(
                Subtype.SERIES, f"`:title:` says {declared['title']!r}, the message {message.subject!r}"
            )
        if "date" in declared and message.date and declared["date"] not in days(message.date):
            self._warn(Subtype.SERIES, f"`:date:` says {declared['date']}, the message {message.date}")
        author = message.author.name or declared.get("author", "")
        if "author" in declared and declared["author"].casefold() != author.casefold():
            self._warn(
                Subtype.SERIES, f"`:author:` says {declared['author']!r}, the message {message.author.name!r}"
            )

    def _note(self, found: str, anchor: str, message: Message) -> None:
        docname = self.env.docname
        self.domain_.note_citation(Citation("series", found, "", self.lineno, anchor))
        if "no-index" in self.options:
            return
        fate = message.fate
        self.domain_.note_series(
            SeriesObject(
                message_id=found,
                anchor=anchor,
                title=message.subject,
                author=message.author.name,
                date=utc_day(message.date),
                line=self.lineno,
                topic=self.options.get("topic", docname.rpartition("/")[2]),
                state=fate.state if fate else State.UNKNOWN,
                release=fate.release if fate else "",
                standing=message.provenance.standing,
                version=message.version,
                review=self.options.get("status") is State.REVIEW,
            )
        )

    # --- the card ------------------------------------------------------------

    def _card(self, found: str, message: Message) -> nodes.container:
        url = message_id.url(self.settings.lore_url, found)
        wip = [cards.span(f"{cards.WIP} ", "kernelref-wip")] if "wip" in self.options else []
        title = [
            cards.span(utc_day(message.date), "kernelref-date"),
            nodes.Text(" "),
            *wip,
            cards.link(message.subject, url, message_hover(message)),
            cards.mark(message.provenance),
        ]
        body = [*self.parse_content_to_nodes(), details(found, message, self.settings)]
        state = message.fate.state if message.fate else State.UNKNOWN
        return cards.card(title, self._meta(message), body, [f"kernelref-state-{state}"])

    def _meta(self, message: Message) -> list[Node]:
        lists = ", ".join(address.partition("@")[0] for address in message.lists[:3])
        version = f"v{message.version}" if message.version > 1 else ""
        texts = (message.author.name or _("author not known"), lists, version)
        parts: list[list[Node]] = [[nodes.Text(text)] for text in texts if text]
        parts.append(self._fate(message))
        if newest := message.newest:
            parts.append(self._newer(newest.message_id, f"{newest.label} ({utc_day(newest.date)})"))
        return cards.joined(parts)

    def _fate(self, message: Message) -> list[Node]:
        if message.fate is None:
            word = f"{SHAPES[State.UNKNOWN]} {_('fate not known')}"
            return [cards.span(word, "kernelref-fate", "kernelref-fate-unknown")]
        fate = message.fate
        shown = cards.span(fate_text(fate), "kernelref-fate", f"kernelref-fate-{fate.state}")
        return [shown, cards.mark(fate.provenance)]

    def _newer(self, found: str, label: str) -> list[Node]:
        text = _("newer: %s") % label
        if not found:
            return [nodes.Text(text)]
        return [cards.link(text, message_id.url(self.settings.lore_url, found))]
