"""What a lock holds: messages, articles, commits, a kernel release, and where each fact is from.

Facts only: never the text of a mail, a patch or kernel source. `lockfile` reads and writes
these shapes; each refuses, on construction, what makes no sense.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from enum import StrEnum

from .dates import instant
from .source import Call, Definition

_DATE = re.compile(r"(\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?)?")
_PARTIAL_DATE = re.compile(r"(\d{4}(-\d\d(-\d\d)?)?)?")


def check_date(value: str, pattern: re.Pattern[str] = _DATE) -> None:
    """Refuse what is no date of a message. Raises `ValueError`."""
    try:
        if not pattern.fullmatch(value):
            raise ValueError
        if len(value) >= len("YYYY-MM-DD"):
            instant(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"date: {value!r} is not a date") from None


class Standing(StrEnum):
    """How well a fact is known."""

    ARCHIVE = "archive"
    """Read from the message itself, by ``lock``."""
    HISTORY = "history"
    """Read in the history of a kernel repository, by ``lock``."""
    MIRROR = "mirror"
    """Read from a public copy or a page that quotes it, by a person."""
    DECLARED = "declared"
    """Somebody says so; nobody checked."""


class State(StrEnum):
    """What became of a series."""

    LANDED = "landed"
    PARTLY = "partly"
    SUPERSEDED = "superseded"
    REVIEW = "review"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact is from.

    ``source`` is an archive, a URL or a sentence; ``read`` a UTC time (RFC 3339), for
    ``ARCHIVE`` always; ``sha256`` of the raw message as that archive gave it.
    """

    standing: Standing
    source: str
    read: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        if self.standing is Standing.ARCHIVE and not (self.read and self.sha256):
            raise ValueError("standing: archive without the time of reading and the hash")


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an address, as the message spells them; either may be empty."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch of a series; ``message_id`` is empty where no copy of it is at hand.

    ``author`` is there where the series is somebody else's; ``patch_id`` is git's, of its diff;
    ``commit`` the one that it became.
    """

    number: int
    subject: str
    message_id: str = ""
    author: Person | None = None
    patch_id: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How often a trailer was given: ``Reviewed-by``, by how many people, to each patch anew."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Revision:
    """Another posting of the same series. ``label`` is ``v4``, ``RFC``, ``v9-rebased2``."""

    label: str
    message_id: str
    date: str
    provenance: Provenance
    subject: str = ""

    def __post_init__(self) -> None:
        check_date(self.date)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a series: the release, the commits, and who says so.

    ``release`` is a mainline tag without patch level (``v6.9``); ``landed`` of ``of``
    patches, where counted; ``remark`` says in English what the state alone does not.
    """

    state: State
    provenance: Provenance
    release: str = ""
    commits: tuple[str, ...] = ()
    landed: int = 0
    of: int = 0
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message and its place in a series.

    ``date`` is the ``Date:`` header in RFC 3339 with the sender's zone, a bare
    ``YYYY-MM-DD`` where no more is known, or empty. ``number`` of ``total`` are the counter of the
    subject (0 is a cover letter; both -1 where there is none); ``version`` counts from 1.
    ``cover`` is the message-id of the series' cover letter, where this is a patch of one.
    ``patches`` are those of the whole series, for its cover letter, as are ``trailers``, what
    reviewers gave. ``remark`` is what the archive's reader has to say, ``note`` what people add.
    """

    subject: str
    author: Person
    date: str
    provenance: Provenance
    sender: Person | None = None
    lists: tuple[str, ...] = ()
    in_reply_to: str = ""
    version: int = 1
    number: int = -1
    total: int = -1
    cover: str = ""
    patches: tuple[Patch, ...] = ()
    revisions: tuple[Revision, ...] = ()
    fate: Fate | None = None
    base: str = ""
    change_id: str = ""
    patch_id: str = ""
    trailers: tuple[Count, ...] = ()
    remark: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        check_date(self.date)

    @property
    def newest(self) -> Revision | None:
        """The newest other posting of the series, if it is newer than this one."""
        newest = max(self.revisions, key=lambda revision: instant(revision.date), default=None)
        return newest if newest and instant(newest.date) > instant(self.date) else None


@dataclass(frozen=True, slots=True)
class Article:
    """An article, a talk, a paper or a wiki page. ``date`` is ``YYYY[-MM[-DD]]`` or empty."""

    title: str
    genre: str
    provenance: Provenance
    author: str = ""
    date: str = ""
    venue: str = ""
    remark: str = ""

    def __post_init__(self) -> None:
        check_date(self.date, _PARTIAL_DATE)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the mainline kernel.

    ``release`` is the first that contains it, ``candidate`` the first ``-rc`` that does, where known.
    While the release itself is still to come, ``release`` is that candidate.
    """

    provenance: Provenance
    subject: str = ""
    release: str = ""
    candidate: str = ""


@dataclass(frozen=True, slots=True)
class LoreLock:
    """``lore.json``: message-id → message, URL → article, full hash → commit."""

    messages: Mapping[str, Message] = field(default_factory=dict)
    articles: Mapping[str, Article] = field(default_factory=dict)
    commits: Mapping[str, Commit] = field(default_factory=dict)

    def commit(self, prefix: str) -> tuple[str, Commit] | None:
        """The one commit whose hash begins so; None when there is none or several."""
        found = [item for item in self.commits.items() if item[0].startswith(prefix.lower())]
        return found[0] if len(found) == 1 else None

    def mention(self, message_id: str) -> tuple[str, Provenance] | None:
        """Give the subject of a message that is known only as a revision or a patch of another."""
        for message in self.messages.values():
            for revision in message.revisions:
                if revision.message_id == message_id:
                    return revision.subject or revision.label, revision.provenance
            for patch in message.patches:
                if patch.message_id == message_id:
                    return patch.subject, message.provenance
        return None


class Outcome(StrEnum):
    """What came of a question to the call graph."""

    FOUND = "found"
    NO_START = "no start"
    """The release has no function of the first name."""
    NO_GOAL = "no goal"
    NO_PATH = "no path"


@dataclass(frozen=True, slots=True)
class DerivedTree:
    """What one release answers to a `question.Question`.

    ``lines`` are the tree as an author would type it, with ``file:name`` where the name alone would
    mean another function. ``left_out`` counts what the bounds of the question kept out, where that is
    known; without ``complete`` there is more. ``quiet`` counts the noise that is not shown, ``unread`` the
    calls into what the tree at hand does not define, such as a field that holds a function.
    """

    lines: tuple[str, ...] = ()
    outcome: Outcome = Outcome.FOUND
    complete: bool = True
    left_out: int = 0
    quiet: int = 0
    unread: int = 0

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.FOUND) is not bool(self.lines):
            raise ValueError(f"lines: {len(self.lines)} do not fit outcome={self.outcome}")


class Became(StrEnum):
    """What a likeness may be the evidence of."""

    RENAMED = "renamed"
    INLINED = "inlined"


@dataclass(frozen=True, slots=True, order=True)
class Likeness:
    """How much of a function of the release ``since`` is in another of this release, from 0 to 1.

    ``old`` and ``new`` are ``file:name``; for `Became.INLINED`, ``new`` is what may have taken its text in.
    """

    since: str
    old: str
    new: str
    became: Became
    score: float

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ValueError(f"score: {self.score} is not between 0 and 1")


ELIXIR = "Elixir's index at "
"""How the origin of a lock begins for which Elixir was asked, not a tree."""


@dataclass(frozen=True, slots=True)
class KernelLock:
    """``linux-<tag>.json``: what the pages use of one release.

    ``origin`` says where the tree came from; ``folders`` which parts of it were there
    (empty string: all of it). An identifier with no definition was looked for in those
    folders and not found; ``near`` then has the nearest names. ``files`` maps a path to its
    number of lines, 0 for a folder, -1 for a path that is not there. ``calls`` holds a record
    for every pair asked about. ``trees`` are the answers to derived trees, by the question's key;
    ``likenesses`` what a comparison with an older release may rest on. ``unknown`` are names that
    Elixir was asked for, where no tree was at hand, and did not know: they may be there or not.
    """

    release: str
    origin: str
    folders: tuple[str, ...]
    identifiers: Mapping[str, tuple[Definition, ...]] = field(default_factory=dict)
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    trees: Mapping[str, DerivedTree] = field(default_factory=dict)
    likenesses: tuple[Likeness, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Tell whether all of the tree was read: then what was not found is not there."""
        return "" in self.folders

    @property
    def from_elixir(self) -> bool:
        """Tell whether no tree was read, and Elixir asked instead: it knows of no calls and no files."""
        return self.origin.startswith(ELIXIR)

    def covers(self, path: str) -> bool:
        """Tell whether a path lies in what was read of the tree."""
        return any(not folder or path.startswith(folder.rstrip("/") + "/") for folder in self.folders)
