"""Message-ids: read from whatever a person pastes, written into URLs by lore's rule.

The mail room of the core. A message-id here is always bare and decoded: no ``<>``, no
percent signs but its own.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.parse import quote as percent_encode

MAX_LENGTH: Final = 500
"""No longer id is taken: RFC 5322 allows 998 to a line, real ones end below 250."""

_SAFE: Final = "-._~!$&'()*+,;=:@"
"""What lore leaves as it is in a path, beside letters and digits."""

# Hosts whose paths are [/list]/message-id[/view]; only there may an id's own slash stand bare.
ARCHIVES: Final = r"([\w-]+\.)*lore\.kernel\.org|lkml\.kernel\.org|(patch\.)?msgid\.link"
_LORE_HOST = re.compile(rf"{ARCHIVES}|127\.0\.0\.1|localhost")
_NO_LIST = re.compile(r"(patch\.)?msgid\.link")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_HEADER = re.compile(r"message-id\s*:\s*", re.IGNORECASE)


class MessageIdError(ValueError):
    """Not a message-id; the text says what is wrong and what would be right."""


def canonical(text: str) -> str:
    """Find the message-id in ``text``: bare, in ``<>``, or a URL of an archive that carries it.

    The rule is lenient, as lore's is: any printable characters but white space, ``<`` and
    ``>``, with at least one ``@`` that has something on both sides. An id with several
    ``@``, or with ``/ + % = $`` in it, is a good id. Only in a URL is anything decoded.
    """
    text = text.strip()
    if found := _HEADER.match(text):
        text = text[found.end() :]
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    _refuse_unprintable(text)
    if not _SCHEME.match(text) and _LORE_HOST.fullmatch(text.partition("/")[0].partition(":")[0]):
        text = f"https://{text}"
    message_id = _from_url(text) if _SCHEME.match(text) else text
    if "@" not in message_id and "%40" in message_id:
        message_id = _decoded(message_id)
    return _checked(message_id)


def quote(message_id: str) -> str:
    """Write the message-id as a part of a URL's path, encoded as lore encodes it."""
    return percent_encode(message_id, safe=_SAFE)


def url(base: str, message_id: str, view: str = "") -> str:
    """Give the message's page in the archive at ``base``, or its ``raw``, ``T/`` or ``t.mbox.gz``."""
    return f"{base.rstrip('/')}/{quote(message_id)}/{view}"


def _refuse_unprintable(text: str) -> None:
    if not text:
        raise MessageIdError("empty; a message-id was expected, as in 20250101000000.1-1-you@example.org")
    if not text.isprintable():
        bad = next(char for char in text if not char.isprintable())
        raise MessageIdError(f"character U+{ord(bad):04X} in a message-id; remove it")


def _checked(message_id: str) -> str:
    _refuse_unprintable(message_id)
    if len(message_id.split()) != 1:
        raise MessageIdError(f"white space in {message_id!r}; a message-id has none")
    if "<" in message_id or ">" in message_id:
        raise MessageIdError(f"'<' or '>' inside {message_id!r}; they may only enclose a message-id")
    left, at, right = message_id.partition("@")
    if not at:
        raise MessageIdError(f"no '@' in {message_id!r}; a message-id is left@right")
    if not left or not right.rpartition("@")[2]:
        raise MessageIdError(f"nothing on one side of '@' in {message_id!r}; a message-id is left@right")
    if len(message_id) > MAX_LENGTH:
        raise MessageIdError(f"{len(message_id)} characters; a message-id has at most {MAX_LENGTH}")
    return message_id


def _decoded(part: str) -> str:
    if "%" not in part:
        return part
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:
        raise MessageIdError(f"{part!r} does not decode to UTF-8; copy the link again") from None


def _from_url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise MessageIdError(f"{text!r} is not a URL ({error})") from None
    if parts.username is not None:
        # https://you@example.org/: the @ is in the host, where no message-id is.
        raise MessageIdError(f"no message-id in {text!r}; its '@' belongs to the host")
    segments = parts.path.split("/")[1:]
    at = next((n for n, part in enumerate(segments) if "@" in _decoded(part)), None)
    if at is None:
        raise MessageIdError(f"no message-id in {text!r}; expected one as in https://lore.kernel.org/all/ID/")
    return _decoded("/".join(segments[_first_segment(parts, at) : at + 1]))


def _first_segment(parts: SplitResult, at: int) -> int:
    """Where the id begins: with the ``@``'s own segment, or before it where it has a bare slash."""
    host = parts.hostname or ""
    if not _LORE_HOST.fullmatch(host):
        return at
    return 0 if _NO_LIST.fullmatch(host) else min(1, at)


# --- the time in an id -------------------------------------------------------

# Programs that write the time of sending into the id, in UTC or as a Unix time. Those that
# write local time (Sylpheed) or a day alone (b4) are left out: nothing exact follows from them.
_UNIX_TIME = (
    re.compile(r"(?P<unix>\d{9,10})-\d+-\d+-git-send-email-"),  # git before 2.17
    re.compile(r"(?:cover|[0-9a-f]{40})\.(?P<unix>\d{9,10})\.git\."),  # git format-patch --thread
    re.compile(r"(?:patchbomb|[0-9a-f]{12,40})\.(?P<unix>\d{9,10})@"),  # Mercurial's patchbomb
    re.compile(r"(?P<unix>\d{10})\d\d\.\d+\.\d{10,}"),  # Python's make_msgid: hundredths
)
_CALENDAR_TIME = (
    re.compile(r"(?P<utc>\d{14})\.\d+-\d+-"),  # git since 2.17
    re.compile(r"(?P<utc>\d{14})\.[A-Z]{2}\d+@"),  # Mutt
)


def timestamp(message_id: str) -> datetime | None:
    """When the message was written, if its id says so exactly; in UTC.

    Git (``1444145044-72349-1-git-send-email-…``, ``20250607220150.2980-1-…``,
    ``cover.1755677674.git.…``), Mercurial (``patchbomb.1288798055@…``), Mutt and Python
    write it so. None for every other id, and for a time that cannot be.
    """
    for pattern in _UNIX_TIME:
        if found := pattern.match(message_id):
            return _plausible(datetime.fromtimestamp(int(found["unix"]), UTC))
    for pattern in _CALENDAR_TIME:
        if found := pattern.match(message_id):
            try:
                return _plausible(datetime.strptime(found["utc"] + "+0000", "%Y%m%d%H%M%S%z"))
            except ValueError:
                return None
    return None


def _plausible(when: datetime) -> datetime | None:
    return when if 1991 <= when.year < 2100 else None
