"""A public-inbox server, such as lore.kernel.org, as an archive.

The archive room of the resolvers. Three requests make a message: the mail itself, its
thread, and a search for other revisions; messages of one thread share the second.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote as percent_encode

from ...core.dates import instant
from ...core.message_id import quote
from ...core.series import WITHIN, Mail
from .errors import NotThere
from .gunzip import gunzip
from .http import Line, Patience
from .mailbox import read_all
from .source import Source

MAX_MAIL: Final = 10 * 1024 * 1024
MAX_THREAD: Final = 100 * 1024 * 1024
_THREADS_KEPT: Final = 8

# One mark between two letters stays, for "6.9" is a word in the index; two dots would be a range.
_WORDS = re.compile(r"\w+(?:[./:'&,+-]\w+)*")


class Archive(Source):
    """The archive at a base URL, ``https://lore.kernel.org/all`` unless told otherwise."""

    def __init__(
        self,
        base: str = "https://lore.kernel.org/all",
        name: str = "",
        *,
        delay: float = 1.0,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open it; ``delay`` is the pause between requests, 0 for a server on this machine alone."""
        super().__init__(name or base)
        self._line = Line(base, patience or Patience(pause=delay), sleep)
        self._threads: dict[str, tuple[Mail, ...]] = {}

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def copies(self, message_id: str) -> list[Mail]:
        """Give every mail with that id; public-inbox sends them as one mbox."""
        answer = self._line.get(f"{quote(message_id)}/raw", MAX_MAIL)
        return list(read_all(answer, f"{self.name}: {message_id}"))

    def thread(self, message_id: str) -> tuple[Mail, ...]:
        """Give the thread; kept, for its other messages are likely to be asked for next."""
        for thread in self._threads.values():
            if any(mail.message_id == message_id for mail in thread):
                return thread
        try:
            packed = self._line.get(f"{quote(message_id)}/t.mbox.gz", MAX_THREAD)
        except NotThere:
            return ()
        thread = self._unpacked(packed, f"{self.name}: the thread of {message_id}")
        while len(self._threads) >= _THREADS_KEPT:
            del self._threads[next(iter(self._threads))]
        self._threads[message_id] = thread
        return thread

    def postings(self, mail: Mail) -> tuple[Mail, ...]:
        """Search for mails of the same title by the same person, and for the change-id.

        Never with an empty query: to that a server answers with everything it has.
        """
        query = search_query(mail)
        if not query:
            return ()
        packed = self._line.post(f"x=m&q={percent_encode(query)}", MAX_THREAD)
        return self._unpacked(packed, f"{self.name}: the search for {query}")

    def _unpacked(self, packed: bytes, what: str) -> tuple[Mail, ...]:
        return read_all(gunzip(packed, MAX_THREAD, what), what)


def search_query(mail: Mail) -> str:
    """Give public-inbox's query for other revisions of a mail; empty when there is nothing to ask by.

    By the change-id, whenever; by title and person within dates, as b4 does.
    """
    title = _phrase(mail.marks.title)
    people = [_phrase(text) for text in (mail.posted_by.address, mail.posted_by.name)]
    by = " OR ".join(f'f:"{who}"' for who in people if who)
    parts = [f'(s:"{title}" AND ({by}){_within(mail.date)})'] if title and by else []
    if change_id := _phrase(mail.change_id):
        parts.append(f'nq:"{change_id}"')
    return " OR ".join(parts)


def _within(date: str) -> str:
    """Give the part of a query that keeps it to the years around a date, where that is known."""
    if not date:
        return ""
    try:
        first, last = (f"{instant(date) + by:%Y%m%d}" for by in (-WITHIN, WITHIN))
    except OverflowError:  # of a date at the end of time
        return ""
    return f" AND d:{first}..{last}"


def _phrase(text: str) -> str:
    """Words for a phrase search: nothing that would end it or mean something, and not too many."""
    return " ".join(_WORDS.findall(text)[:20])[:300]
