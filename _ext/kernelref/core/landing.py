"""Where a series landed, as a kernel's history tells it: by ``Link:``, by patch-id, by subject and author.

The mail room of the core. Who reads the history is in the resolvers. What is found is worded as found: a
patch that is in no commit under these signs may have been folded into another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from .dates import instant
from .lock import Commit, Fate, LoreLock, Message, Person, Provenance, Standing, State
from .releases import sort_key
from .series import same_person
from .subject import parse

BEFORE: Final = timedelta(days=2)
"""No commit is older than its mail by more: clocks differ."""
AFTER: Final = timedelta(days=3 * 365)
"""What bears the same title later is other work."""
NEAREST: Final = 300
"""Of so many commits by the same author is the patch-id asked."""


@dataclass(frozen=True, slots=True)
class Historic:
    """A commit. ``committed`` is RFC 3339; ``links`` are the message-ids of its ``Link:`` trailers."""

    commit: str
    subject: str
    author: Person
    committed: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """The releases that have a commit.

    ``release`` is the first final one of the mainline, or the first ``-rc`` where no final has it yet;
    ``candidate`` that first ``-rc``; ``stable`` the first of each stable branch.
    """

    release: str = ""
    candidate: str = ""
    stable: tuple[str, ...] = ()

    @classmethod
    def of(cls, tags: Iterable[str]) -> Released:
        """Tell releases, candidates and stable branches apart, by the tags that contain a commit."""
        known = sorted((tag for tag in tags if _is_tag(tag)), key=sort_key)
        mainline = [tag for tag in known if is_mainline(tag)]
        final = next((tag for tag in mainline if "-rc" not in tag), "")
        candidate = mainline[0] if mainline and "-rc" in mainline[0] else ""
        first: dict[tuple[int, int], str] = {}
        for tag in known:
            if not is_mainline(tag):
                first.setdefault(sort_key(tag)[:2], tag)
        return cls(final or candidate, candidate, tuple(first.values()))


def _is_tag(name: str) -> bool:
    try:
        sort_key(name)
    except ValueError:
        return False
    return True


def is_mainline(tag: str) -> bool:
    """Tell whether a tag is of the mainline: ``v6.12``, ``v6.12-rc1``, ``v2.6.38``; not ``v6.12.3``."""
    major, _, patch, _ = sort_key(tag)
    return patch < 0 or major < 3


class History(Protocol):
    """A kernel's history."""

    @property
    def newest(self) -> str:
        """The newest release of the mainline that it has."""

    def search(self, wanted: Wanted) -> Sequence[Historic]:
        """Give the commits that have one of the signs."""

    def patch_ids(self, commits: Sequence[str]) -> Mapping[str, str]:
        """Give commit → patch-id."""

    def released(self, commit: str) -> Released:
        """Give the releases that have a commit."""

    def commit(self, prefix: str) -> Historic | None:
        """Give the one commit whose hash begins so."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for in a history; ``people`` are names and addresses in lower case."""

    ids: frozenset[str]
    titles: frozenset[str]
    people: frozenset[str]
    since: datetime


class Sign(StrEnum):
    """By what a commit was known, the surest first."""

    LINK = "Link:"
    PATCH_ID = "patch-id"
    SUBJECT = "subject and author"


@dataclass(frozen=True, slots=True)
class Asked:
    """A patch that is looked for."""

    number: int
    title: str
    message_id: str
    author: Person
    patch_id: str
    sent: datetime

    def fits(self, found: Historic) -> bool:
        """Tell whether a commit is by the patch's author and of its time."""
        when = instant(found.committed)
        return same_person(self.author, found.author) and self.sent - BEFORE <= when <= self.sent + AFTER


@dataclass(frozen=True, slots=True)
class Hit:
    """A patch, and the commit that it became."""

    asked: Asked
    found: Historic
    sign: Sign
    released: Released
    stable: tuple[str, ...] = ()
    """The first releases of stable branches that have it, as a commit of their own."""


@dataclass(slots=True)
class Landings:
    """What a history says: message-id → fate, message-id → patch's number → commit, and the commits."""

    fates: dict[str, Fate] = field(default_factory=dict)
    patches: dict[str, dict[int, str]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)


def title_of(subject: str) -> str:
    """Give the part of a subject that a commit keeps."""
    return " ".join(parse(subject).title.split())


def asked_of(message_id: str, message: Message) -> list[Asked]:
    """Give the patches of a message: those of a series, or itself."""
    if not parse(message.subject).is_posting or not message.date:
        return []
    sent = instant(message.date)
    if message.number != 0:
        title = title_of(message.subject)
        return [Asked(max(1, message.number), title, message_id, message.author, message.patch_id, sent)]
    return [
        Asked(p.number, title_of(p.subject), p.message_id, p.author or message.author, p.patch_id, sent)
        for p in message.patches
    ]


def landings(lock: LoreLock, cited: Iterable[str], history: History, read: str) -> Landings:
    """Ask a history for every message of a lock, and for the commits that pages cite."""
    asked = {key: asked_of(key, message) for key, message in lock.messages.items()}
    search = _Search([one for group in asked.values() for one in group], history)
    provenance = Provenance(Standing.HISTORY, f"the kernel's git history up to {history.newest}", read)
    told = Landings()
    for key, group in asked.items():
        hits = [hit for one in group if (hit := search.hit(one))]
        if group:
            told.fates[key] = _fate(lock.messages[key], group, hits, provenance)
            landed = [hit for hit in hits if hit.released.release]
            told.patches[key] = {hit.asked.number: hit.found.commit for hit in landed}
            told.commits |= {hit.found.commit: _commit(hit.found, hit.released, provenance) for hit in landed}
    for prefix in cited:
        if found := history.commit(prefix):
            told.commits[found.commit] = _commit(found, history.released(found.commit), provenance)
    return told


def _commit(found: Historic, released: Released, provenance: Provenance) -> Commit:
    return Commit(provenance, found.subject, released.release, released.candidate)


# --- which commit --------------------------------------------------------------


class _Search:
    """The commits that have any sign, by sign."""

    def __init__(self, asked: Sequence[Asked], history: History) -> None:
        self.history = history
        people = {text.lower() for one in asked for text in (one.author.name, one.author.address) if text}
        found = history.search(
            Wanted(
                frozenset(one.message_id for one in asked if one.message_id),
                frozenset(one.title for one in asked if one.title),
                frozenset(people),
                min((one.sent for one in asked), default=instant("9999-01-01")) - BEFORE,
            )
        )
        self.by_link: dict[str, list[Historic]] = defaultdict(list)
        self.by_title: dict[str, list[Historic]] = defaultdict(list)
        for one in found:
            self.by_title[one.subject].append(one)
            for link in one.links:
                self.by_link[link].append(one)
        self.by_patch_id = self._patch_ids(asked, found)

    def _patch_ids(self, asked: Sequence[Asked], found: Sequence[Historic]) -> dict[str, list[Historic]]:
        """Ask for the patch-ids of what the authors of unlinked patches committed about that time."""
        near: dict[str, Historic] = {}
        done: set[tuple[Person, datetime]] = set()
        for one in asked:
            unlinked = one.patch_id and one.message_id not in self.by_link
            if unlinked and (one.author, one.sent) not in done:
                done.add((one.author, one.sent))
                fit = sorted((h for h in found if one.fits(h)), key=lambda h: instant(h.committed))
                near |= {h.commit: h for h in fit[:NEAREST]}
        table: dict[str, list[Historic]] = defaultdict(list)
        for commit, patch_id in self.history.patch_ids(sorted(near)).items() if near else ():
            table[patch_id].append(near[commit])
        return table

    def hit(self, asked: Asked) -> Hit | None:
        """Give the commit that a patch became, by the surest sign that there is."""
        earliest = asked.sent - BEFORE
        linked = [h for h in self.by_link.get(asked.message_id, ()) if instant(h.committed) >= earliest]
        same = [h for h in self.by_patch_id.get(asked.patch_id, ()) if asked.patch_id and asked.fits(h)]
        titled = [h for h in self.by_title.get(asked.title, ()) if asked.fits(h)]
        for sign, found in ((Sign.LINK, linked), (Sign.PATCH_ID, same), (Sign.SUBJECT, titled)):
            if found:
                return self._first(asked, sign, found)
        return None

    def _first(self, asked: Asked, sign: Sign, found: Iterable[Historic]) -> Hit:
        """Choose the mainline's commit, not a stable branch's; of several, the one of the patch's title."""
        known = [(one, self.history.released(one.commit)) for one in found]
        stable = {tag for _, released in known for tag in released.stable}
        hits = [Hit(asked, one, sign, released, tuple(sorted(stable))) for one, released in known]
        return min(
            hits,
            key=lambda hit: (
                not hit.released.release,
                hit.found.subject != asked.title,
                instant(hit.found.committed),
                hit.found.commit,
            ),
        )


# --- what became of it ---------------------------------------------------------


def _fate(message: Message, asked: Sequence[Asked], hits: Sequence[Hit], provenance: Provenance) -> Fate:
    landed = [hit for hit in hits if hit.released.release]
    of = message.total if message.number == 0 and message.total > 0 else len(asked)
    if not landed:
        told = _only_stable(hits) or f"no release up to {provenance.source.rpartition(' ')[2]} has it"
        return Fate(State.UNKNOWN, provenance, of=of, remark=told)
    release = max((hit.released.release for hit in landed), key=sort_key)
    commits = tuple(hit.found.commit for hit in landed)
    if _was_posted_again(message, landed):
        return Fate(State.SUPERSEDED, provenance, release, commits)
    state = State.LANDED if len(landed) >= of else State.PARTLY
    return Fate(state, provenance, release, commits, min(len(landed), of), of, _remark(asked, landed, hits))


def _was_posted_again(message: Message, landed: Sequence[Hit]) -> bool:
    """Tell whether a later posting was there when this was committed, and nothing links to this one."""
    if any(hit.sign is Sign.LINK for hit in landed):
        return False
    when = min(instant(hit.found.committed) for hit in landed)
    return any(instant(message.date) < instant(r.date) <= when for r in message.revisions if r.date)


def _only_stable(hits: Sequence[Hit]) -> str:
    tags = sorted({tag for hit in hits for tag in hit.stable}, key=sort_key)
    return f"in stable {', '.join(tags)}, and in no release of the mainline here" if tags else ""


def _remark(asked: Sequence[Asked], landed: Sequence[Hit], hits: Sequence[Hit]) -> str:
    """Say which patches are in which release, which were not found, by what, and in which stable branches."""
    parts: list[str] = []
    releases: dict[str, list[int]] = defaultdict(list)
    for hit in landed:
        releases[hit.released.release].append(hit.asked.number)
    if len(releases) > 1:
        parts += [f"{tag}: patches {spans(releases[tag])}" for tag in sorted(releases, key=sort_key)]
    there = {hit.asked.number for hit in landed}
    if missing := [one.number for one in asked if one.number not in there]:
        parts.append(f"not found: patches {spans(missing)}")
    candidates = sorted({hit.released.candidate for hit in landed if hit.released.candidate}, key=sort_key)
    if candidates:
        parts.append(f"first in {', '.join(candidates)}")
    signs = [sign for sign in Sign if any(hit.sign is sign for hit in landed)]
    parts.append("known by " + ", ".join(signs))
    if stable := sorted({tag for hit in hits for tag in hit.stable}, key=sort_key):
        parts.append(f"taken into stable {', '.join(stable)}")
    return "; ".join(parts)


def spans(numbers: Iterable[int]) -> str:
    """Write numbers as people do: ``1–3, 5``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def kept(lock: LoreLock) -> Landings:
    """Give what an earlier run read in a history, for a run that has none at hand."""
    told = Landings()
    for key, message in lock.messages.items():
        if message.fate and message.fate.provenance.standing is Standing.HISTORY:
            told.fates[key] = message.fate
        if numbers := {p.number: p.commit for p in message.patches if p.commit}:
            told.patches[key] = numbers
    told.commits = {k: c for k, c in lock.commits.items() if c.provenance.standing is Standing.HISTORY}
    return told


def used(told: Landings, keys: Iterable[str], cited: Sequence[str]) -> Iterator[tuple[str, Commit]]:
    """Give the commits that the messages of a lock or the pages speak of; the others are left out."""
    wanted = {commit for key in keys for commit in told.patches.get(key, {}).values()}
    wanted |= {commit for key in keys if key in told.fates for commit in told.fates[key].commits}
    for commit, record in told.commits.items():
        if commit in wanted or (cited and commit.startswith(tuple(cited))):
            yield commit, record
