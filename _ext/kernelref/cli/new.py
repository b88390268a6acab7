"""The ``new`` command: a ``series`` block to paste, of a message that is locked or that an archive has."""

from __future__ import annotations

import argparse

from rich.console import Console

from ..core.dates import utc_day
from ..core.lock import Message
from ..core.lockfile import LORE, load_lore
from ..core.message_id import MessageIdError, canonical
from ..core.record import LockError
from ..core.subject import parse
from ..resolvers.archive import Archive, ArchiveError, MaildirArchive, MboxArchive, Source
from .site import lock_folder
from .terminal import visible


def run(given: argparse.Namespace, console: Console) -> int:
    """Print the block; 1 where nobody has the message, 2 where it cannot be asked for."""
    try:
        found = canonical(given.message)
        message = _locked(given, found) or _fetched(given, found)
    except ArchiveError as error:
        console.print(f"kernelref: {error}")
        return 1
    except (MessageIdError, LockError, ValueError) as error:
        console.print(f"kernelref: {error}")
        return 2
    print(block(found, message), end="")
    return 0


def _locked(given: argparse.Namespace, found: str) -> Message | None:
    path = lock_folder(given.site) / LORE
    return load_lore(path).messages.get(found) if path.exists() else None


def _fetched(given: argparse.Namespace, found: str) -> Message:
    source = _source(given)
    try:
        return source.fetch(found)
    finally:
        source.close()


def _source(given: argparse.Namespace) -> Source:
    if given.mbox:
        return MboxArchive(given.mbox)
    if given.maildir:
        return MaildirArchive(given.maildir)
    return Archive(given.lore) if given.lore else Archive()


def block(found: str, message: Message) -> str:
    """Write the directive. What the lock will know stands in comments, to be read and left or removed.

    The card itself folds the list of patches, so it is no text of the page.
    """
    said = [message.subject, f"{utc_day(message.date)}, {message.author.name or message.author.address}"]
    if message.cover:
        said.append(f"of the series <{message.cover}>")
    if newest := message.newest:
        said.append(f"newer: {newest.label} of {utc_day(newest.date)} <{newest.message_id}>")
    said += [f"  {each.number}/{message.total} {parse(each.subject).title}" for each in message.patches]
    comments = "".join(f"% {visible(line)}\n" for line in said)
    return f"````{{series}} {found}\n{comments}\n- \n````\n"
