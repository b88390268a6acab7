"""Reading one raw mail into the facts that are kept of it.

The archive room of the resolvers. Headers are taken as they stand in the raw mail and
decoded here: Python's header parser drops parts of odd message-ids and fails on hostile
addresses. liblore finds the body and the in-body headers.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

from liblore.series import extract_trailers
from liblore.utils import msg_get_payload, parse_message, split_body_parts

from ...core.lock import Person
from ...core.message_id import timestamp
from ...core.series import Mail, same_person
from ...core.subject import parse, printable
from .errors import NotMail
from .lists import list_address, list_of_id
from .patch_id import patch_id

MAX_REFERENCES: Final = 500

_REVIEWS: Final = {name.lower(): name for name in ("Acked-by", "Reviewed-by", "Tested-by")}

_ID = re.compile(r"<([^<>]+)>")
_ADDRESS = re.compile(r"[^\s<>()\"]+@[^\s<>()\"]+")
_BASE = re.compile(r"^base-commit: ([0-9a-f]{40})\s*$", re.MULTILINE)
_CHANGE_ID = re.compile(r"^change-id: (\S{1,200})\s*$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Headers:
    """The raw headers of a mail, in their order."""

    items: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """Every header of that name, undecoded."""
        return [value for key, value in self.items if key.lower() == name]

    def first(self, name: str) -> str:
        """Give the first header of that name, undecoded; or nothing."""
        return next(iter(self.all(name)), "")

    def ids(self, name: str) -> list[str]:
        """Give the message-ids in a header; a bare one without ``<>`` is one, too."""
        value = self.first(name)
        found = ["".join(found.split()) for found in _ID.findall(value)]
        return found or [word for word in value.split()[:1] if "@" in word]


def read_mail(raw: bytes) -> Mail:
    """Read a raw mail. Raises `NotMail` when it is none."""
    message = _parsed(raw)
    headers = _headers(message)
    message_id = next(iter(headers.ids("message-id")), "")
    if not message_id:
        raise NotMail("a mail without a Message-ID, or no mail at all")
    subject = printable(_decoded(headers.first("subject")))
    date, remark = _date(headers, message_id)
    header_from = _person(headers.first("x-original-from")) or _person(headers.first("from")) or Person("")
    body = _body(message) if parse(subject).is_posting else ""
    in_body = _in_body_from(body)
    references = [ref for ref in headers.ids("references") if ref != message_id][-MAX_REFERENCES:]
    in_reply_to = next(iter(headers.ids("in-reply-to")), "") or (references[-1] if references else "")
    return Mail(
        message_id=message_id,
        subject=subject,
        author=in_body or header_from,
        sender=header_from if in_body and in_body != header_from else None,
        date=date,
        lists=_lists(headers),
        in_reply_to=in_reply_to,
        references=tuple(ref for ref in references if ref != in_reply_to),
        base=_last(_BASE, body),
        change_id=_last(_CHANGE_ID, body),
        sha256=hashlib.sha256(raw).hexdigest(),
        patch_id=patch_id(body),
        trailers=_trailers(message),
        remark=remark,
    )


def _parsed(raw: bytes) -> EmailMessage:
    return parse_message(raw)


def _headers(message: EmailMessage) -> _Headers:
    return _Headers(tuple((name, str(value)) for name, value in message.raw_items()))


def _decoded(value: str) -> str:
    """RFC 2047 undone; bytes that stand there undeclared are taken for UTF-8."""
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "=?" not in text:
        return text
    try:
        parts = decode_header(re.sub(r"\r?\n[ \t]+", " ", text))
    except (HeaderParseError, ValueError):
        return text
    return "".join(_charset(part, charset) for part, charset in parts)


def _charset(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    if charset is None:
        # How decode_header hands back what was not encoded, beside what was.
        return part.decode("raw-unicode-escape", "replace")
    try:
        return part.decode(charset, "replace")
    except LookupError:
        return part.decode("utf-8", "replace")


def _addresses(value: str) -> list[Person]:
    """Give the people of an address header. Split first, decoded then: a name may encode a comma."""
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    found = [(name, address) for name, address in getaddresses([text]) if "@" in address]
    if not found:
        found = [(text.partition("<")[0].strip(' "'), address) for address in _ADDRESS.findall(text)]
    return [Person(printable(_decoded(name)), printable(address)) for name, address in found]


def _person(value: str) -> Person | None:
    return next(iter(_addresses(value)), None) if value else None


def _date(headers: _Headers, message_id: str) -> tuple[str, str]:
    """Give the ``Date:`` in RFC 3339 with its zone, and a remark when it had to come from elsewhere.

    Not ``Received:``, which says when a server of a subscriber got around to it.
    """
    try:
        sent = parsedate_to_datetime(printable(headers.first("date")))
        return _rfc3339(sent), ""
    except (ValueError, TypeError, OverflowError):
        known = timestamp(message_id)
    if known is None:
        return "", "the mail has no readable Date: header"
    return _rfc3339(known), "the mail has no readable Date: header; the date is that of its message-id"


def _rfc3339(when: datetime) -> str:
    """A zone of -0000 says that the sender's is unknown; then it is UTC here."""
    zoned = when if when.tzinfo else when.replace(tzinfo=UTC)
    if not 1970 <= zoned.year < 10000:
        raise ValueError("no year of mail")
    return zoned.isoformat(timespec="seconds")


def _body(message: EmailMessage) -> str:
    try:
        return msg_get_payload(message, strip_signature=False)
    except Exception:
        # Python's parser of Content-Type and its kin raises what it likes on hostile mail,
        # and a mail without a readable body still has its headers.
        return ""


def _in_body_from(body: str) -> Person | None:
    """Give the author that a patch names in the first lines of its body, as ``git am`` reads it."""
    if not body.lstrip("\n").startswith(("From:", "Subject:", "Date:", "from:")):
        return None
    for name, value in split_body_parts(body).githeaders:
        if name.lower() == "from":
            return _person(value)
    return None


def _trailers(message: EmailMessage) -> tuple[tuple[str, str], ...]:
    """Give what reviewers gave in this mail: in an answer only what its own sender gives."""
    try:
        found = extract_trailers(message)
    except Exception:
        # As with bodies: liblore decodes headers by Python's parser, which hostile ones break.
        return ()
    given = {
        (_REVIEWS[trailer.key], (trailer.addr[1] or trailer.addr[0]).lower())
        for trailer in found
        if trailer.key in _REVIEWS and trailer.addr
    }
    return tuple(sorted(given))


def _lists(headers: _Headers) -> tuple[str, ...]:
    """Give the mailing lists among To, Cc and List-Id, in the order met."""
    found: dict[str, None] = {}
    for header in ("to", "cc"):
        for value in headers.all(header):
            for person in _addresses(value):
                if address := list_address(person.address):
                    found[address] = None
    for value in headers.all("list-id"):
        if address := list_of_id(value):
            found[address] = None
    return tuple(found)


def _last(pattern: re.Pattern[str], body: str) -> str:
    found = pattern.findall(body)
    return str(found[-1]) if found else ""


def differences(mails: list[Mail]) -> list[str]:
    """Say in what facts several mails with one message-id differ."""
    first, rest = mails[0], mails[1:]
    return [
        name
        for name, differs in (
            ("subject", any(mail.subject != first.subject for mail in rest)),
            ("author", any(not same_person(mail.author, first.author) for mail in rest)),
            ("date", any(mail.date != first.date for mail in rest)),
        )
        if differs
    ]
