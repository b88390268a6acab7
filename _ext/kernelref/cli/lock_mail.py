"""``lock``, the mail side: every cited message fetched once, declared facts merged in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ..core.declared import Declared, load
from ..core.landing import History, Landings, kept, landings
from ..core.lock import LoreLock, Message, Standing
from ..core.lockfile import LORE, dump, load_lore, write_atomic
from ..core.merge import land, merge
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
    landed: int = 0

    @property
    def untouched(self) -> bool:
        """No message was read and some could not be asked for: the lock is as it was."""
        return bool(self.failed) and not self.fetched


def lock_mail(
    pages: Pages,
    archive: Source | None,
    say: Say,
    *,
    refresh: bool = False,
    history: History | None = None,
) -> Report:
    """Write ``lore.json``: after each message, so that an interruption loses at most one.

    What is locked stays until something newer was read: `refresh` asks again for each message, and
    replaces what came. Where nothing came of an archive that cannot be asked, nothing is written. Without
    an archive no message is asked for; without a history, what an earlier one told stays.
    """
    report = Report()
    path = pages.lock_folder / LORE
    declared_path = pages.lock_folder / DECLARED
    declared = load(declared_path) if declared_path.exists() else Declared()
    before = _locked(path, refresh=refresh)
    locked, landings = _archived(before), kept(before)
    cited = sorted(pages.keys("lore", "series"))
    archived: dict[str, Message] = {key: locked[key] for key in cited if key in locked}
    asked = [key for key in cited if refresh or key not in archived] if archive else []
    report.kept = len(archived) if not refresh else 0
    for message_id in asked:
        if archive and _fetch(message_id, archive, archived, report, say):
            _write(path, pages, archived, declared, landings)
    if report.untouched and history is None:
        return report
    if history:
        landings = _ask(history, pages, archived, declared)
    report.disagreements = _write(path, pages, archived, declared, landings)
    lock = load_lore(path)
    report.landed = sum(1 for key in landings.fates if landings.fates[key].release and key in lock.messages)
    report.unknown = [one for one in report.absent if one not in lock.messages and not lock.mention(one)]
    return report


def _ask(history: History, pages: Pages, archived: Mapping[str, Message], declared: Declared) -> Landings:
    """Ask the history of the messages as the archive and people know them."""
    lock = merge(archived, _cited(declared, pages, archived)).lock
    read = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return landings(lock, sorted(pages.keys("commit")), history, read)


def _locked(path: Path, *, refresh: bool) -> LoreLock:
    """Give what is locked; a refresh may begin with a file that cannot be read, and replaces it."""
    try:
        return load_lore(path) if path.exists() else LoreLock()
    except LockError:
        if refresh:
            return LoreLock()
        raise


def _archived(lock: LoreLock) -> dict[str, Message]:
    """Give what an earlier run read from an archive, without what was merged into it."""
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
        patches=tuple(replace(patch, commit="") for patch in message.patches if patch.message_id),
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


def _write(
    path: Path, pages: Pages, archived: dict[str, Message], declared: Declared, told: Landings
) -> list[str]:
    """Write the lock of what is known so far, and tell where the sides disagree."""
    merged = merge(archived, _cited(declared, pages, archived))
    landed = land(merged, told, sorted(pages.keys("commit")))
    write_atomic(path, dump(landed.lock))
    return [str(one) for one in landed.disagreements]


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
