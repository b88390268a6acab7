"""``lock``, the mail side: every cited message fetched once, declared facts merged in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..core.declared import Declared, load
from ..core.lock import Message, Standing
from ..core.lockfile import LORE, dump, load_lore, write_atomic
from ..core.merge import merge
from ..core.record import LockError
from ..resolvers.archive import ArchiveError, NotThere, Source
from .pages import Pages

Say = Callable[[str], None]
DECLARED = "declared.json"


@dataclass(slots=True)
class Report:
    """What became of the messages asked for."""

    fetched: int = 0
    kept: int = 0
    absent: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)

    @property
    def untouched(self) -> bool:
        """No message was read and some could not be asked for: the lock is as it was."""
        return bool(self.failed) and not self.fetched


def lock_mail(pages: Pages, archive: Source, say: Say, *, refresh: bool = False) -> Report:
    """Write ``lore.json``: after each message, so that an interruption loses at most one.

    What is locked stays until something newer was read: `refresh` asks again for each message, and
    replaces what came. Where nothing came of an archive that cannot be asked, nothing is written.
    """
    report = Report()
    path = pages.lock_folder / LORE
    declared_path = pages.lock_folder / DECLARED
    declared = load(declared_path) if declared_path.exists() else Declared()
    locked = _locked(path, refresh=refresh)
    cited = sorted(pages.keys("lore", "series"))
    archived: dict[str, Message] = {key: locked[key] for key in cited if key in locked}
    asked = [key for key in cited if refresh or key not in archived]
    report.kept = len(cited) - len(asked)
    for message_id in asked:
        if _fetch(message_id, archive, archived, report, say):
            _write(path, pages, archived, declared)
    if report.untouched:
        return report
    report.disagreements = _write(path, pages, archived, declared)
    lock = load_lore(path)
    report.unknown = [one for one in report.absent if one not in lock.messages and not lock.mention(one)]
    return report


def _locked(path: Path, *, refresh: bool) -> dict[str, Message]:
    """Give what is locked; a refresh may begin with a file that cannot be read, and replaces it."""
    try:
        return _archived(path) if path.exists() else {}
    except LockError:
        if refresh:
            return {}
        raise


def _archived(path: Path) -> dict[str, Message]:
    """Give what an earlier run read from an archive, without what was merged into it."""
    lock = load_lore(path)
    return {
        key: read_only(message)
        for key, message in lock.messages.items()
        if message.provenance.standing is Standing.ARCHIVE
    }


def read_only(message: Message) -> Message:
    """Give a locked message as the archive said it: what was merged into it is merged anew."""
    return replace(
        message,
        fate=None,
        note="",
        patches=tuple(patch for patch in message.patches if patch.message_id),
        revisions=tuple(r for r in message.revisions if r.provenance.standing is Standing.ARCHIVE),
    )


def _fetch(message_id: str, archive: Source, archived: dict[str, Message], report: Report, say: Say) -> bool:
    """Ask for a message; tell whether it came."""
    message: Message | None = None
    try:
        message = archive.fetch(message_id)
    except NotThere:
        report.absent.append(message_id)
    except ArchiveError as error:
        report.failed.append(f"{message_id}: {error}")
    if message:
        archived[message_id] = message
        report.fetched += 1
    say(message_id)
    return message is not None


def _write(path: Path, pages: Pages, archived: dict[str, Message], declared: Declared) -> list[str]:
    """Write the lock of what is known so far, and tell where the two sides disagree."""
    merged = merge(archived, _cited(declared, pages, archived))
    write_atomic(path, dump(merged.lock))
    return [str(one) for one in merged.disagreements]


def _cited(declared: Declared, pages: Pages, archived: Iterable[str]) -> Declared:
    """Leave out what no page cites: a lock holds what its pages use."""
    wanted = {*archived, *pages.keys("lore", "series")}
    messages = {key: claim for key, claim in declared.messages.items() if key in wanted}
    landed = {commit for claim in messages.values() if claim.fate for commit in claim.fate.commits}
    prefixes = (*landed, *pages.keys("commit"))
    commits = {key: commit for key, commit in declared.commits.items() if key.startswith(prefixes)}
    urls = pages.keys("lwn", "article")
    articles = {key: article for key, article in declared.articles.items() if key in urls}
    return Declared(articles, commits, messages)
