"""A kernel's git history, asked which commits bear the signs of mailed patches.

The mailing list's side of `git`: one pass over the log of all releases, which keeps only what has a sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from ..core.dates import instant
from ..core.landing import Historic, Released, Wanted, is_mainline
from ..core.lock import Person
from ..core.recognise import recognise
from ..core.releases import ReleaseError, series_of, sort_key
from . import git

DAY: Final = 24 * 60 * 60
"""Clocks differ: a tag may be as much before what it contains."""

_UNIT = "\x1f"
_FORMAT = "%H%x1f%an%x1f%ae%x1f%ct%x1f%s%x1f%(trailers:key=Link,valueonly,unfold,separator=%x1e)"


class HistoryError(Exception):
    """The repository is of no use; the text says why, and what would be."""


class GitHistory:
    """The releases of a repository, bare or not; nothing is checked out and nothing written.

    Mainline tags are one chain, so the first that contains a commit is sought upwards from the commit's own
    time: git walks a few weeks of history then, where to ask it for all tags it would walk all of it.
    """

    def __init__(self, repository: Path) -> None:
        """Open it. Raises `HistoryError`."""
        self._repository = repository
        if not git.is_repository(repository):
            raise HistoryError(f"{repository} is no git repository; name a clone of the kernel's")
        self._dates = {tag: at for tag, at in git.dated_tags(repository, "v*").items() if _is_release(tag)}
        self._mainline = sorted(filter(is_mainline, self._dates), key=sort_key)
        if not self._mainline:
            raise HistoryError(f"{repository} has no tag of a release; fetch them with `git fetch --tags`")
        self._found: dict[str, Historic] = {}
        self.released = cache(self._released)

    @property
    def newest(self) -> str:
        """The newest release of the mainline that it has, be it a candidate."""
        return self._mainline[-1]

    def search(self, wanted: Wanted) -> Sequence[Historic]:
        """Read the log of all releases since the first mail, and keep what has one of the signs."""
        if not (wanted.ids or wanted.titles):
            return ()
        since = f"--since={wanted.since.isoformat()}"
        log = git.records(self._repository, "log", "-z", f"--format={_FORMAT}", since, "--tags=v*", "--")
        found = [one for record in log if (one := _read(record)) and _has_a_sign(one, wanted)]
        self._found |= {one.commit: one for one in found}
        return found

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
        if one := _read(record):
            self._found[one.commit] = one
        return one

    # --- the releases that have a commit -----------------------------------------

    def _released(self, commit: str) -> Released:
        when = int(instant(self._found[commit].committed).timestamp()) - DAY
        tags = self._from_the_first(self._mainline, commit, when) if self._is_in(commit) else []
        for series in self._stable if not tags else ():
            if commit in self._of_stable[series[-1]]:
                tags += self._from_the_first(series, commit, when)
        return Released.of(tags)

    def _from_the_first(self, tags: Sequence[str], commit: str, when: int) -> list[str]:
        """Give the tags of a chain from the first that contains a commit; one of before it is not asked."""
        for at, tag in enumerate(tags):
            if self._dates[tag] >= when and git.contains(self._repository, tag, commit):
                return list(tags[at:])
        return []

    def _is_in(self, commit: str) -> bool:
        """Tell whether the mainline has a commit; of all that were found, by one pass."""
        if commit in self._in_mainline:
            return True
        return commit not in self._asked and git.contains(self._repository, self.newest, commit)

    @cached_property
    def _asked(self) -> frozenset[str]:
        return frozenset(self._found)

    @cached_property
    def _in_mainline(self) -> frozenset[str]:
        return self._reached(self.newest)

    @cached_property
    def _stable(self) -> list[list[str]]:
        """The tags of each stable branch, oldest first."""
        branches: dict[str, list[str]] = {}
        for tag in sorted(self._dates.keys() - set(self._mainline), key=sort_key):
            branches.setdefault(series_of(tag), []).append(tag)
        return list(branches.values())

    @cached_property
    def _of_stable(self) -> dict[str, frozenset[str]]:
        """The newest tag of each stable branch → what was found in it alone."""
        return {tags[-1]: self._reached(tags[-1], f"^{self.newest}") for tags in self._stable}

    def _reached(self, *revisions: str) -> frozenset[str]:
        times = [int(instant(self._found[commit].committed).timestamp()) for commit in self._asked]
        reached = git.reachable(self._repository, min(times, default=0) - DAY, *revisions)
        return self._asked.intersection(reached)


def _is_release(tag: str) -> bool:
    try:
        sort_key(tag)
    except ReleaseError:
        return False
    return True


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
