"""References to messages, commits and articles, against ``lore.json``."""

from __future__ import annotations

import re

from .config import Settings
from .core import links, message_id
from .core.dates import utc_day
from .core.lock import Article, Message
from .core.lockfile import LORE
from .diagnostics import Subtype
from .facts import Facts
from .fates import fate_line
from .i18n import _
from .resolved import HOVER_BREAK, Mark, Problem, Resolved, provenance_text

_HASH = re.compile(r"[0-9a-fA-F]{7,40}")


def message_hover(message: Message) -> str:
    """Say who sent a message and when, what became of it, and where that is known from."""
    lines = [message.subject, f"{message.author.name} · {utc_day(message.date)}"]
    if line := fate_line(message):
        lines.append(line)
    lines.append(provenance_text(message.provenance))
    return HOVER_BREAK.join(lines)


class MailLookup:
    """Resolves the roles ``lore``, ``commit`` and ``lwn``."""

    def __init__(self, facts: Facts, settings: Settings) -> None:
        self.facts = facts
        self.settings = settings

    def resolve(self, role: str, text: str) -> Resolved:
        """Resolve the text of one of the three roles."""
        return {"lore": self.lore, "commit": self.commit, "lwn": self.lwn}[role](text)

    def _unlocked(self, text: str, url: str, key: str, what: str) -> Resolved:
        """Stand for what the lock does not have; without a lock, that is said once elsewhere."""
        problem = None
        if self.facts.lore is not None:
            problem = Problem(Subtype.LORE, f"{what} is not in {LORE}; run `make lock`, or correct it")
        return Resolved(text, url, _("not checked"), problem=problem, key=key)

    def lore(self, text: str) -> Resolved:
        """Resolve a message-id, or a URL that holds one."""
        try:
            found = message_id.canonical(text)
        except message_id.MessageIdError as error:
            return Resolved(text, problem=Problem(Subtype.LORE, str(error)))
        url = message_id.url(self.settings.lore_url, found)
        message = self.facts.lore.messages.get(found) if self.facts.lore else None
        if message is None:
            return self._mentioned(found, url)
        mark = Mark.of(message.provenance.standing)
        return Resolved(message.subject, url, message_hover(message), mark, key=found)

    def _mentioned(self, found: str, url: str) -> Resolved:
        """Resolve a message of which only a mention is known, else say that nothing is."""
        known = self.facts.lore.mention(found) if self.facts.lore else None
        if known is None:
            return self._unlocked(found, url, found, f"<{found}>")
        subject, provenance = known
        hover = f"{subject}\n{provenance_text(provenance)}"
        return Resolved(subject, url, hover, Mark.of(provenance.standing), key=found)

    def commit(self, text: str) -> Resolved:
        """Resolve a commit hash of seven digits or more."""
        if not _HASH.fullmatch(text.strip()):
            message = f"{text!r} is no commit; write 12 to 40 hexadecimal digits of its hash"
            return Resolved(text, problem=Problem(Subtype.LORE, message))
        prefix = text.strip().lower()
        found = self.facts.lore.commit(prefix) if self.facts.lore else None
        if found is None:
            url = f"{self.settings.commit_url}/{prefix}"
            return self._unlocked(prefix[:12], url, prefix, f"commit {prefix}")
        full, commit = found
        shown = f'{full[:12]} ("{commit.subject}")' if commit.subject else full[:12]
        released = [_("first in %s") % commit.release] if commit.release else []
        hover = HOVER_BREAK.join([full, *released, provenance_text(commit.provenance)])
        mark = Mark.of(commit.provenance.standing)
        return Resolved(shown, f"{self.settings.commit_url}/{full}", hover, mark, key=full)

    def lwn(self, text: str) -> Resolved:
        """Resolve an LWN article by its number or URL."""
        url = links.article(text)
        if url is None:
            message = f"{text!r} is no LWN article; write its number, as in `619738`"
            return Resolved(text, problem=Problem(Subtype.LORE, message))
        found = self.article(url)
        if found is None:
            return self._unlocked(url.removeprefix("https://"), url, url, url)
        return Resolved(found.title, url, article_hover(found), Mark.of(found.provenance.standing), key=url)

    def article(self, url: str) -> Article | None:
        """Give what is known of the article, talk or page at a URL."""
        return self.facts.lore.articles.get(url) if self.facts.lore else None


def article_hover(article: Article) -> str:
    """Say who wrote an article, when, where, and where that is known from."""
    by = " · ".join(part for part in (article.author, article.date, article.venue) if part)
    return HOVER_BREAK.join(part for part in (article.title, by, provenance_text(article.provenance)) if part)
