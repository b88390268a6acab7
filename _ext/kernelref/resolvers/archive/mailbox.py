"""Mboxes and maildirs: taken apart, and read as an archive where no server is at hand.

The archive room of the resolvers. An mbox here is an mboxrd, as public-inbox sends them.
"""

from __future__ import annotations

import gzip
import lzma
from abc import abstractmethod
from collections import deque
from functools import cached_property
from pathlib import Path
from typing import IO, Final, cast

from liblore.utils import split_mbox_as_bytes

from ...core.series import Mail
from .errors import ArchiveError, NotMail, NotThere, TooLarge
from .mail import read_mail
from .source import Source

MAX_MAILS: Final = 5_000
"""More in one thread are not a thread."""

MAX_MAIL: Final = 10 * 1024 * 1024
"""A larger mail is none of a mailing list's; it is passed over."""

MAX_FILE: Final = 256 * 1024 * 1024
"""An mbox file is read whole; a larger one wants a server."""


def split(mbox: bytes, what: str, limit: int = MAX_MAILS) -> list[bytes]:
    """Give the raw mails of an mbox, without its ``From `` lines and ``>From `` escapes.

    Blank lines at the end of a mail belong to the mbox, so each mail ends in one newline:
    the same mail has the same hash, whichever mbox it came in.
    """
    if mbox and not mbox.startswith(b"From "):
        raise NotMail(f"{what}: this is no mbox; it begins with {mbox[:40]!r}")
    raws = [raw.rstrip(b"\r\n") + b"\n" for raw in split_mbox_as_bytes(mbox)]
    if len(raws) > limit:
        raise TooLarge(f"{what}: {len(raws):,} mails, more than {limit:,}")
    return raws


def read_all(mbox: bytes, what: str, limit: int = MAX_MAILS) -> tuple[Mail, ...]:
    """Read the mails of an mbox; what is no mail in it is left out."""
    mails = []
    for raw in split(mbox, what, limit):
        try:
            mails.append(read_mail(raw))
        except NotMail:
            continue
    return tuple(mails)


class LocalArchive(Source):
    """Mails that are read whole, with the interface of `Archive`; a subclass says where they are."""

    def __init__(self, path: Path | str, name: str = "") -> None:
        """Name it; the file is read when the first message is asked for."""
        self._path = Path(path)
        super().__init__(name or self._path.name)

    def copies(self, message_id: str) -> list[Mail]:
        """Give every mail with that id."""
        found = self._by_id.get(message_id)
        if found is None:
            raise NotThere(f"{self.name}: there is no message {message_id}")
        return found

    def thread(self, message_id: str) -> tuple[Mail, ...]:
        """Give every mail that is joined to it by references, through mails that are not here, too."""
        seen, queue = {message_id}, deque([message_id])
        while queue:
            for other in self._joined.get(queue.popleft(), ()):
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
        if len(seen) > 2 * MAX_MAILS:
            raise TooLarge(f"{self.name}: the thread of {message_id} has more than {MAX_MAILS:,} mails")
        return tuple(mail for mail in self._mails if mail.message_id in seen)

    def postings(self, mail: Mail) -> tuple[Mail, ...]:
        """Give what may be another revision: everything that is no answer."""
        return tuple(other for other in self._mails if not other.marks.is_reply)

    @cached_property
    def _mails(self) -> tuple[Mail, ...]:
        return self._read()

    @abstractmethod
    def _read(self) -> tuple[Mail, ...]:
        """Read every mail. Raises `ArchiveError`."""

    @cached_property
    def _by_id(self) -> dict[str, list[Mail]]:
        found: dict[str, list[Mail]] = {}
        for mail in self._mails:
            found.setdefault(mail.message_id, []).append(mail)
        return found

    @cached_property
    def _joined(self) -> dict[str, set[str]]:
        """Message-id → those it refers to and those that refer to it, here or not."""
        joined: dict[str, set[str]] = {}
        for mail in self._mails:
            for other in (*mail.references, mail.in_reply_to):
                if other:
                    joined.setdefault(mail.message_id, set()).add(other)
                    joined.setdefault(other, set()).add(mail.message_id)
        return joined

    def _unreadable(self, error: Exception) -> ArchiveError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        return ArchiveError(f"{self._path.name}: cannot be read ({reason})")


class MboxArchive(LocalArchive):
    """An mbox file: ``.mbox``, ``.mbox.gz``, ``.mbox.xz``."""

    def _read(self) -> tuple[Mail, ...]:
        return read_all(self._content(), self.name, limit=MAX_FILE)

    def _content(self) -> bytes:
        try:
            with self._open() as stream:
                content = stream.read(MAX_FILE + 1)
        except (OSError, EOFError, lzma.LZMAError) as error:
            raise self._unreadable(error) from None
        if len(content) > MAX_FILE:
            raise TooLarge(f"{self._path.name}: more than {MAX_FILE:,} bytes; serve it from a public-inbox")
        return content

    def _open(self) -> IO[bytes]:
        if self._path.suffix == ".gz":
            return cast("IO[bytes]", gzip.open(self._path))
        if self._path.suffix == ".xz":
            return lzma.open(self._path)
        return self._path.open("rb")


class MaildirArchive(LocalArchive):
    """A maildir, with or without folders in it: the files in every ``cur`` and ``new``."""

    def _read(self) -> tuple[Mail, ...]:
        mails: list[Mail] = []
        total = 0
        for path in self._files():
            try:
                total += (size := path.stat().st_size)
                if size <= MAX_MAIL and total <= MAX_FILE:
                    # One newline at the end, as in an mbox: the same mail has the same hash.
                    mails.append(read_mail(path.read_bytes().rstrip(b"\r\n") + b"\n"))
            except NotMail:
                continue
            except OSError as error:
                raise self._unreadable(error) from None
        if total > MAX_FILE:
            raise TooLarge(f"{self._path.name}: more than {MAX_FILE:,} bytes; serve it from a public-inbox")
        return tuple(mails)

    def _files(self) -> list[Path]:
        folders = [path for name in ("cur", "new") for path in self._path.rglob(name) if path.is_dir()]
        if not folders:
            raise ArchiveError(f"{self._path.name}: there is no maildir; one has the folders cur and new")
        # By name, which begins with the time of arrival: the first of two with one message-id came first.
        return sorted((path for folder in folders for path in folder.iterdir()), key=lambda path: path.name)
