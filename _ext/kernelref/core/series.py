"""Series: which mails of a thread are one, and which postings are its other revisions.

The mail room of the core: pure functions over ``Mail``, the headers of one message. Threads
are not series: one may hold three revisions, another only the patches of a cover letter
that no archive kept.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from .dates import instant
from .lock import Count, Patch, Person
from .subject import Subject, parse, same_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


WITHIN: Final = timedelta(days=3 * 365)
"""Between two revisions of one work; some take years."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What is kept of one mail while a series is put together; never its text.

    ``date`` is RFC 3339 with the sender's zone; ``references`` are oldest first, without
    ``in_reply_to``; ``sender`` is who sent it, where the author is somebody else.
    """

    message_id: str
    subject: str
    author: Person
    date: str
    sender: Person | None = None
    lists: tuple[str, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    base: str = ""
    change_id: str = ""
    sha256: str = ""
    patch_id: str = ""
    trailers: tuple[tuple[str, str], ...] = ()  # (Reviewed-by, whose), as the mail gives them
    remark: str = ""

    @property
    def marks(self) -> Subject:
        """The subject, taken apart."""
        return parse(self.subject)

    @property
    def posted_by(self) -> Person:
        """Who sent it, whoever wrote it."""
        return self.sender or self.author


def same_person(a: Person, b: Person) -> bool:
    """Whether two names or two addresses are one; case does not count."""
    if a.address and a.address.casefold() == b.address.casefold():
        return True
    return bool(a.name) and a.name.casefold() == b.name.casefold()


def by_id(mails: Iterable[Mail]) -> dict[str, Mail]:
    """message-id → mail; of two with one id the first."""
    found: dict[str, Mail] = {}
    for mail in mails:
        found.setdefault(mail.message_id, mail)
    return found


def _cover_above(mail: Mail, thread: Mapping[str, Mail]) -> Mail | None:
    """Find the nearest cover letter that this mail descends from; a patch may answer patch 1."""
    seen = {mail.message_id}
    at = thread.get(mail.in_reply_to)
    while at is not None and at.message_id not in seen:
        if at.marks.is_cover:
            return at
        seen.add(at.message_id)
        at = thread.get(at.in_reply_to)
    return None


def _of_cover(mail: Mail, cover: Mail, thread: Mapping[str, Mail]) -> bool:
    """Whether this patch is one of that cover letter's series.

    Where the thread says whose it is, the thread is right: patches of a series whose cover
    is ``[PATCHv2 RFC 00/19]`` may call themselves ``[PATCH 18/19]``. Otherwise the
    revision, the total and the sender must be the cover's.
    """
    marks, head = mail.marks, cover.marks
    if not marks.is_posting or marks.number < 1 or marks.total != head.total:
        return False
    above = _cover_above(mail, thread)
    if above is not None:
        return above.message_id == cover.message_id and same_person(mail.posted_by, cover.posted_by)
    return (marks.version, marks.suffix) == (head.version, head.suffix) and same_person(
        mail.posted_by, cover.posted_by
    )


def _cover(mail: Mail, thread: Mapping[str, Mail]) -> Mail | None:
    """Find the cover letter of a patch's series among the mails of its thread."""
    covers = [at for at in thread.values() if at.marks.is_cover and _of_cover(mail, at, thread)]
    return min(covers, key=lambda at: (instant(at.date), at.message_id), default=None)


def series_marks(mail: Mail, mails: Iterable[Mail]) -> Subject:
    """Give the marks of the series that a mail is of: a patch may leave them to its cover letter.

    ``[PATCH 18/19]`` under ``[PATCHv2 RFC 00/19]`` is of RFC v2.
    """
    marks = mail.marks
    if marks.says_version or marks.number < 1:
        return marks
    cover = _cover(mail, by_id(mails))
    return cover.marks if cover else marks


def patches(cover: Mail, mails: Iterable[Mail]) -> tuple[Patch, ...]:
    """Give the patches of a cover letter that the thread holds, by number; missing ones are absent.

    Where a number was posted twice, the one of the cover's own revision is taken, then the
    one that answers the cover itself, then the earlier.
    """
    thread = by_id(mails)
    chosen: dict[int, tuple[tuple[bool, bool, datetime, str], Mail]] = {}
    for mail in thread.values():
        if not _of_cover(mail, cover, thread):
            continue
        marks = mail.marks
        rank = (
            (marks.version, marks.suffix) != (cover.marks.version, cover.marks.suffix),
            mail.in_reply_to != cover.message_id,
            instant(mail.date),
            mail.message_id,
        )
        if marks.number not in chosen or rank < chosen[marks.number][0]:
            chosen[marks.number] = (rank, mail)
    return tuple(as_patch(chosen[number][1], cover.author) for number in sorted(chosen))


def as_patch(mail: Mail, author: Person) -> Patch:
    """Give a numbered mail as a patch of a series by ``author``."""
    return Patch(
        mail.marks.number, mail.subject, mail.message_id, other_author(mail.author, author), mail.patch_id
    )


def other_author(person: Person, author: Person) -> Person | None:
    """Give who wrote a patch, where that is not the author of its series."""
    return None if same_person(person, author) else person


def trailers(mail: Mail, mails: Iterable[Mail]) -> tuple[Count, ...]:
    """Count what reviewers gave to a patch, or to a series by its cover letter, in it and in answers.

    What one person gives to one patch counts once, wherever it stands.
    """
    thread = by_id(mails)
    own = {mail.message_id, *(each.message_id for each in patches(mail, thread.values()))}
    given = {
        (name, whose, of) for other in thread.values() for name, whose in other.trailers
        if (of := _answered(other, thread, own))
    }  # fmt: skip
    counted = Counter(name for name, _, _ in given)
    return tuple(Count(name, counted[name]) for name in sorted(counted))


def _answered(mail: Mail, thread: Mapping[str, Mail], own: set[str]) -> str:
    """Give the mail of a series that this one is, or answers, however far below; or nothing."""
    seen: set[str] = set()
    at: Mail | None = mail
    while at is not None and at.message_id not in seen:
        if at.message_id in own:
            return at.message_id
        if at.marks.is_posting:
            return ""
        seen.add(at.message_id)
        at = thread.get(at.in_reply_to)
    return ""


# 1444145044-72349-31-git-send-email-… and 20250101000000.123-31-…: the last number counts mails.
_COUNTED_ID = re.compile(r"(?P<head>\d{9,14}[-.]\d+-)(?P<count>\d+)(?P<tail>-.+)")


def cover_id(mail: Mail, mails: Iterable[Mail]) -> str:
    """Give the message-id of the cover letter that this patch belongs to, or nothing.

    A cover letter of which there is no copy is still known: by git's numbering of ids, or
    because patch 1, too, answers a mail that is not here.
    """
    marks = mail.marks
    if not marks.is_posting or marks.number < 1:
        return ""
    thread = by_id(mails)
    if cover := _cover(mail, thread):
        return cover.message_id
    parent = mail.in_reply_to
    if not parent or parent in thread:
        return ""
    if parent == _first_of_posting(mail.message_id, marks.number):
        return parent
    first = (at for at in thread.values() if at.marks.number == 1 and at.marks.is_posting)
    siblings = any(at.in_reply_to == parent and at.marks.total == marks.total for at in first)
    return parent if siblings else ""


def _first_of_posting(message_id: str, number: int) -> str:
    """Give the id of mail 1 of the posting, if this id counts its mails and is the one after ``number``."""
    found = _COUNTED_ID.fullmatch(message_id)
    if found is None or int(found["count"]) != number + 1:
        return ""
    return f"{found['head']}1{found['tail']}"


def revisions(mail: Mail, others: Iterable[Mail]) -> tuple[Mail, ...]:
    """Give the other postings of the same work, by date: other versions, resends, the RFC before.

    One change-id makes two postings one work; else the same title from the same person
    does, within dates: years later it is other work. A cover letter is never a revision of a
    numbered patch, a pull request of nothing.
    """
    found = [at for at in by_id(others).values() if _is_revision(mail, at)]
    return tuple(sorted(found, key=lambda at: (instant(at.date), at.message_id)))


def _is_revision(mail: Mail, other: Mail) -> bool:
    mine, its = mail.marks, other.marks
    if other.message_id == mail.message_id or its.is_reply or mine.is_reply:
        return False
    if not (its.is_patch or its.says_version) or "GIT PULL" in {tag.upper() for tag in its.tags}:
        return False
    if (mine.number > 0) != (its.number > 0) and 0 in {mine.number, its.number}:
        return False
    if mail.change_id and mail.change_id == other.change_id:
        return mine.number <= 0 or same_title(mail.subject, other.subject)
    same = same_person(mail.author, other.author) or same_person(mail.posted_by, other.posted_by)
    return same and same_title(mail.subject, other.subject) and _near(mail.date, other.date)


def _near(one: str, other: str) -> bool:
    """Tell whether two dates are near enough for one work; a date that is not known is."""
    return not one or not other or abs(instant(one) - instant(other)) <= WITHIN
