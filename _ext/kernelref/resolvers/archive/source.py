"""From mails to the facts of a message: what every archive has in common.

The archive room of the resolvers. An archive gives the mails with an id, the thread
around one, and what may be other revisions; `Source.fetch` makes a `Message` of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from ...core.lock import Message, Provenance, Revision, Standing
from ...core.message_id import canonical
from ...core.series import Mail, cover_id, patches, revisions, series_marks, trailers
from .errors import NotMail, NotThere, TooLarge
from .mail import differences


class Source(ABC):
    """An archive. ``name`` is what the lock says of where a fact is from."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @abstractmethod
    def copies(self, message_id: str) -> list[Mail]:
        """Give every mail with that id, at least one. Raises `ArchiveError`."""

    @abstractmethod
    def thread(self, message_id: str) -> tuple[Mail, ...]:
        """Give the thread around a message; empty where the archive has none. Raises `ArchiveError`."""

    @abstractmethod
    def postings(self, mail: Mail) -> tuple[Mail, ...]:
        """Give mails that may be other revisions of this one. Raises `ArchiveError`."""

    def close(self) -> None:  # noqa: B027  # a file holds nothing
        """Let go of what it holds."""

    def fetch(self, message_id: str) -> Message:
        """Read the facts of a message, given by id or URL.

        Raises `ArchiveError`, of which `NotThere` is one, and `MessageIdError`.
        """
        message_id = canonical(message_id)
        mail = self._chosen(message_id)
        marks, remarks = mail.marks, [mail.remark]
        thread: tuple[Mail, ...] = ()
        nearby: tuple[Mail, ...] = ()
        if not marks.is_reply and (marks.is_patch or marks.says_version):
            thread = self.thread(message_id)
            nearby = (*thread, *self._postings(mail, remarks))
        read = self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Message(
            subject=mail.subject,
            author=mail.author,
            sender=mail.sender,
            date=mail.date,
            provenance=Provenance(Standing.ARCHIVE, self.name, read, mail.sha256),
            lists=mail.lists,
            in_reply_to=mail.in_reply_to,
            version=series_marks(mail, thread).version,
            number=marks.number,
            total=marks.total,
            cover=cover_id(mail, thread),
            patches=patches(mail, thread) if marks.is_cover else (),
            revisions=tuple(self._revision(other, nearby, read) for other in revisions(mail, nearby)),
            base=mail.base,
            change_id=mail.change_id,
            patch_id=mail.patch_id,
            trailers=trailers(mail, thread),
            remark="; ".join(filter(None, remarks)),
        )

    def _chosen(self, message_id: str) -> Mail:
        """The first mail whose own header bears the id; told when others say other things."""
        mails = [mail for mail in self.copies(message_id) if mail.message_id == message_id]
        if not mails:
            raise NotMail(f"{self.name}: what came for {message_id} bears another message-id")
        if differing := differences(mails):
            told = f"{len(mails)} mails bear this message-id and differ in {', '.join(differing)}"
            return replace(
                mails[0], remark="; ".join(filter(None, (mails[0].remark, f"{told}; this is the first")))
            )
        return mails[0]

    def _postings(self, mail: Mail, remarks: list[str]) -> tuple[Mail, ...]:
        try:
            return self.postings(mail)
        except NotThere:
            return ()
        except TooLarge:
            remarks.append("other revisions were not looked for: too many mails bear this title")
            return ()

    def _revision(self, mail: Mail, nearby: tuple[Mail, ...], read: str) -> Revision:
        return Revision(
            label=series_marks(mail, nearby).label,
            message_id=mail.message_id,
            date=mail.date,
            provenance=Provenance(Standing.ARCHIVE, self.name, read, mail.sha256),
            subject=mail.subject,
        )
