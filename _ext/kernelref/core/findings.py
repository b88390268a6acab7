"""What `check` finds: a claim of a page, the fact that it is held against, and the right text.

Of the pure layer. A finding is *wrong* where the page contradicts the message or the source of its
own release, and *news* where the world went on: a newer revision, a merge, a function gone since.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """Whether a page has to be mended, or its reader told."""

    WRONG = "wrong"
    NEWS = "news"


class Code(StrEnum):
    """What a finding is about; its words are what ``--select`` and ``--ignore`` take."""

    TITLE = "title"
    """A title that the message does not bear."""
    AUTHOR = "author"
    """An author that the message does not name."""
    DATE = "date"
    """A day on which the message was not sent, in UTC or in the sender's zone."""
    TWO_TITLES = "two-titles"
    """One message under two titles."""
    ID_DATE = "id-date"
    """A day that is not the one in the message-id, of a message that no lock has."""
    IDENTIFIER = "identifier"
    """A function or macro that no pinned release has, or that the release named does not have."""
    EDGE = "edge"
    """A call that the release named does not have."""
    LORE = "lore"
    """A message, article or commit that cannot be read or is not locked."""
    CALLTREE = "calltree"
    """A call tree that cannot be read, drawn or answered."""
    SERIES = "series"
    """A card that is there twice, or has an option that cannot be read."""
    LOCK = "lock"
    """A lock that is missing, damaged or older than the pages."""
    CONFIG = "config"
    """A value in ``conf.py``."""
    SPELLING = "spelling"
    """A URL where the message-id would do."""
    UNLOCKED = "unlocked"
    """A message of plain notes that no lock has: nothing of it is checked."""
    NEWER = "newer-revision"
    """A newer posting of the same series."""
    LANDED = "landed"
    """A series that was merged or dropped, where the page does not say so."""
    GONE = "gone"
    """An identifier that a newer pinned release no longer has."""

    @property
    def weight(self) -> Weight:
        """Whether this is wrong or news."""
        return Weight.NEWS if self in _NEWS else Weight.WRONG


_NEWS = frozenset({Code.SPELLING, Code.UNLOCKED, Code.NEWER, Code.LANDED, Code.GONE})


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement that has one right answer: the first ``old`` from a line on becomes ``new``."""

    line: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``line`` counts from 1; ``right`` and ``edit`` are there where one answer is right."""

    code: Code
    file: str
    line: int
    claim: str
    fact: str
    right: str = ""
    edit: Edit | None = None

    @property
    def order(self) -> tuple[str, int, str, str]:
        """By place, then by code."""
        return (self.file, self.line, self.code, self.claim)

    @property
    def text(self) -> str:
        """The finding in one line."""
        right = f"; right would be: {self.right}" if self.right else ""
        return f"{self.claim}: {self.fact}{right}"


def apply(text: str, edits: list[Edit]) -> str:
    """Make the edits; one whose ``old`` is not in the paragraph that begins at its line is left out.

    Where the page has it with Markdown's backslashes before brackets, it gets them back.
    """
    lines = text.splitlines(keepends=True)
    for edit in edits:
        for at in range(edit.line - 1, len(lines)):
            old, new = edit.old, edit.new
            if old not in lines[at]:
                old, new = _escaped(old), _escaped(new)
            if old in lines[at]:
                lines[at] = lines[at].replace(old, new, 1)
                break
            if not lines[at].strip():
                break
    return "".join(lines)


def _escaped(text: str) -> str:
    return text.replace("[", "\\[").replace("]", "\\]")
