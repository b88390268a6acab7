"""Merging what the archive says with what people declared, into one ``lore.json``.

The mail room of the core. A fact read from the message wins; where a declared one says
otherwise, that is told, never settled in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .dates import days, instant
from .landing import Landings, used
from .lock import Commit, Fate, LoreLock, Message, Patch, Revision, State
from .series import other_author, same_person
from .subject import agrees, parse, same_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .declared import Claim, Declared


@dataclass(frozen=True, slots=True, order=True)
class Disagreement:
    """A declared fact that cannot go into the lock as it is, and why."""

    message_id: str
    key: str
    declared: str
    archived: str

    def __str__(self) -> str:
        if not self.archived:
            return f"{self.message_id}: {self.key} is declared nowhere, and no archive has the message"
        said = f"{self.key} is declared as {self.declared!r}"
        return f"{self.message_id}: {said}, and the archive has {self.archived!r}"


@dataclass(frozen=True, slots=True)
class Merged:
    """The lock, and what the two sides do not agree on (the archive's word is in the lock)."""

    lock: LoreLock
    disagreements: tuple[Disagreement, ...] = ()


def merge(archived: Mapping[str, Message], declared: Declared) -> Merged:
    """One lock of both. A declared message that is in no archive must be whole."""
    messages = dict(archived)
    told: list[Disagreement] = []
    for message_id, claim in declared.messages.items():
        found = archived.get(message_id)
        if found is not None:
            told += _disagreements(message_id, claim, found)
            messages[message_id] = _with_claim(found, claim)
        elif claim.is_whole:
            messages[message_id] = _from_claim(claim)
        else:
            told.append(Disagreement(message_id, "subject, author, date", "", ""))
    _give_patches_to_covers(messages)
    commits = {**_commits_of(declared), **declared.commits}
    return Merged(LoreLock(messages, dict(declared.articles), commits), tuple(sorted(told)))


def _same_day(a: str, b: str) -> bool:
    """Whether two dates can be one: in the sender's zone, or in UTC."""
    return bool(days(a) & days(b))


def _disagreements(message_id: str, claim: Claim, found: Message) -> Iterator[Disagreement]:
    if claim.subject and not agrees(claim.subject, found.subject):
        yield Disagreement(message_id, "subject", claim.subject, found.subject)
    people = [person for person in (found.author, found.sender) if person]
    if claim.author and not any(same_person(claim.author, person) for person in people):
        yield Disagreement(message_id, "author", claim.author.name, found.author.name)
    if claim.date and found.date and not _same_day(claim.date, found.date):
        yield Disagreement(message_id, "date", claim.date, found.date)
    for key in ("cover", "in_reply_to"):
        ours, theirs = getattr(claim, key), getattr(found, key)
        if ours and theirs and ours != theirs:
            yield Disagreement(message_id, key, ours, theirs)
    subjects = {patch.number: patch.subject for patch in found.patches}
    for patch in claim.patches:
        if patch.number in subjects and not same_title(patch.subject, subjects[patch.number]):
            yield Disagreement(message_id, f"patch {patch.number}", patch.subject, subjects[patch.number])
    known = {revision.message_id: revision for revision in found.revisions}
    for revision in claim.revisions:
        read = known.get(revision.message_id)
        if read and not (revision.label == read.label and _same_day(revision.date, read.date)):
            said = f"{revision.label} of {revision.date}"
            yield Disagreement(message_id, revision.message_id, said, f"{read.label} of {read.date}")


def _with_claim(found: Message, claim: Claim) -> Message:
    """Add to the archive's message what it cannot say."""
    return replace(
        found,
        date=found.date or claim.date,
        cover=found.cover or claim.cover,
        patches=_patches(found.patches, claim.patches),
        revisions=_revisions(found.revisions, claim.revisions),
        fate=claim.fate,
        note=claim.remark,
    )


def _from_claim(claim: Claim) -> Message:
    assert claim.author is not None, "a whole claim has an author"
    marks = parse(claim.subject)
    return Message(
        subject=claim.subject,
        author=claim.author,
        date=claim.date,
        provenance=claim.provenance,
        sender=claim.sender,
        lists=claim.lists,
        in_reply_to=claim.in_reply_to,
        version=marks.version,
        number=marks.number,
        total=marks.total,
        cover=claim.cover,
        patches=_patches((), claim.patches),
        revisions=_revisions((), claim.revisions),
        fate=claim.fate,
        note=claim.remark,
    )


def _patches(first: Iterable[Patch], then: Iterable[Patch]) -> tuple[Patch, ...]:
    found: dict[int, Patch] = {}
    for patch in (*first, *then):
        found.setdefault(patch.number, patch)
    return tuple(found[number] for number in sorted(found))


def _revisions(first: Iterable[Revision], then: Iterable[Revision]) -> tuple[Revision, ...]:
    found: dict[str, Revision] = {}
    for revision in (*first, *then):
        found.setdefault(revision.message_id, revision)
    return tuple(sorted(found.values(), key=lambda r: (instant(r.date), r.message_id)))


def _give_patches_to_covers(messages: dict[str, Message]) -> None:
    """Give a cover letter, even one without a copy, the patches that name it."""
    for message_id, message in list(messages.items()):
        cover = messages.get(message.cover)
        if cover is not None and message.number > 0:
            by = other_author(message.author, cover.author)
            own = Patch(message.number, message.subject, message_id, by, message.patch_id)
            known = {at.number: at.message_id for at in cover.patches}
            if not known.get(message.number):
                others = (at for at in cover.patches if at.number != message.number)
                messages[message.cover] = replace(cover, patches=_patches((own,), others))


def _commits_of(declared: Declared) -> dict[str, Commit]:
    """Collect the commits that fates name; a record of their own adds the subject."""
    return {
        commit: Commit(claim.fate.provenance, release=claim.fate.release)
        for claim in declared.messages.values()
        if claim.fate
        for commit in claim.fate.commits
    }


def land(merged: Merged, told: Landings, cited: Sequence[str]) -> Merged:
    """Put into the lock what a history says. It wins over what is declared, and what differs is told."""
    messages = dict(merged.lock.messages)
    differ = list(merged.disagreements)
    for key in messages.keys() & told.fates.keys():
        message, read = messages[key], told.fates[key]
        commits = told.patches.get(key, {})
        patches = tuple(replace(one, commit=commits.get(one.number, "")) for one in message.patches)
        fate = _fate(message.fate, read)
        if message.fate and fate is not message.fate and _brief(message.fate) != _brief(read):
            differ.append(Disagreement(key, "fate", _brief(message.fate), _brief(read)))
        messages[key] = replace(message, patches=patches, fate=fate)
    commits_read = dict(used(told, messages, cited))
    commits_all = {**merged.lock.commits, **commits_read}
    return Merged(replace(merged.lock, messages=messages, commits=commits_all), tuple(sorted(differ)))


def _fate(declared: Fate | None, read: Fate) -> Fate:
    """Choose: a history that has not found it, or not all of it, does not refute who says that it landed."""
    if declared is None:
        return read
    fewer = declared.state is State.LANDED and read.state is State.PARTLY
    if read.state is State.UNKNOWN or (fewer and declared.release == read.release):
        return declared
    if declared.remark in read.remark:  # as where an earlier run put it there
        return read
    return replace(read, remark="; ".join(filter(None, (declared.remark, read.remark))))


def _brief(fate: Fate) -> str:
    return f"{fate.state} in {fate.release}" if fate.release else str(fate.state)
