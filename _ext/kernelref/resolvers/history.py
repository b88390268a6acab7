"""A kernel's git history, asked which commits bear the signs of mailed patches.

The mailing list's side of `git`: one pass over the log of all releases, which keeps only what has a sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path

from ..core.landing import Historic, Released, Wanted, is_mainline
from ..core.lock import Person
from ..core.recognise import recognise
from ..core.releases import ReleaseError, sort_key
from . import git

_UNIT = "\x1f"
_FORMAT = "%H%x1f%an%x1f%ae%x1f%ct%x1f%s%x1f%(trailers:key=Link,valueonly,unfold,separator=%x1e)"


class HistoryError(Exception):
    """The repository is of no use; the text says why, and what would be."""


class GitHistory:
    """The releases of a repository, bare or not; nothing is checked out and nothing written."""

    def __init__(self, repository: Path) -> None:
        """Open it. Raises `HistoryError`."""
        self._repository = repository
        if not git.is_repository(repository):
            raise HistoryError(f"{repository} is no git repository; name a clone of the kernel's")
        self._tags = [tag for tag in git.tags_like(repository, "v*", limit=None) if _mainline(tag)]
        if not self._tags:
            raise HistoryError(f"{repository} has no tag of a release; fetch them with `git fetch --tags`")
        self.released = cache(self._released)

    @cached_property
    def newest(self) -> str:
        """The newest release of the mainline that it has, be it a candidate."""
        return max(self._tags, key=sort_key)

    def search(self, wanted: Wanted) -> Sequence[Historic]:
        """Read the log of all releases since the first mail, and keep what has one of the signs."""
        if not (wanted.ids or wanted.titles):
            return ()
        since = f"--since={wanted.since.isoformat()}"
        log = git.records(self._repository, "log", "-z", f"--format={_FORMAT}", since, "--tags=v*", "--")
        return [one for record in log if (one := _read(record)) and _has_a_sign(one, wanted)]

    def patch_ids(self, commits: Sequence[str]) -> Mapping[str, str]:
        """Give commit → patch-id."""
        return git.patch_ids(self._repository, commits)

    def commit(self, prefix: str) -> Historic | None:
        """Give the one commit whose hash begins so; None where there is none, or several."""
        try:
            found = git.commit_of(self._repository, prefix)
            (record,) = git.records(self._repository, "log", "-z", "-1", f"--format={_FORMAT}", found, "--")
        except (git.GitError, ValueError):
            return None
        return _read(record)

    def _released(self, commit: str) -> Released:
        return Released.of(git.tags_with(self._repository, commit))


def _mainline(tag: str) -> bool:
    try:
        return is_mainline(tag)
    except ReleaseError:
        return False


def _read(record: str) -> Historic | None:
    parts = record.split(_UNIT)
    if len(parts) != 6:
        return None  # of a name or a subject that has the separator in it
    commit, name, address, committed, subject, links = parts
    when = datetime.fromtimestamp(int(committed), UTC).isoformat()
    found = (_message_id(link) for link in links.split("\x1e"))
    return Historic(
        commit, " ".join(subject.split()), Person(name, address), when, tuple(one for one in found if one)
    )


def _message_id(link: str) -> str:
    """Give the message-id of a ``Link:``; with a remark after it (``[1]``, ``# v1``) it is no patch's own."""
    words = link.split()
    cited = recognise(words[0]) if len(words) == 1 else None
    return cited.key if cited and cited.role == "lore" else ""


def _has_a_sign(one: Historic, wanted: Wanted) -> bool:
    people = {one.author.name.lower(), one.author.address.lower()}
    return bool(one.subject in wanted.titles or wanted.ids.intersection(one.links) or people & wanted.people)
