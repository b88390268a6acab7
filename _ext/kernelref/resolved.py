"""What a reference turned out to be: text, link, hover, how well it is known, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .core.lock import Provenance, Standing
from .diagnostics import Subtype
from .i18n import _


class Mark(StrEnum):
    """How well a reference is known; the words are CSS classes too."""

    CHECKED = "checked"
    """Found in the source of a pinned release; needs no sign."""
    ARCHIVE = "archive"
    MIRROR = "mirror"
    DECLARED = "declared"
    UNCHECKED = "unchecked"

    @classmethod
    def of(cls, standing: Standing) -> Mark:
        """Translate the lock's word: what ``lock`` itself read is verified, in a mail or in a repository."""
        return cls.ARCHIVE if standing is Standing.HISTORY else cls(standing.value)


SIGNS = {Mark.CHECKED: "", Mark.ARCHIVE: "✓", Mark.MIRROR: "≈", Mark.DECLARED: "✎", Mark.UNCHECKED: "?"}
"""The quiet sign of each mark, told apart without colour."""


def mark_word(mark: Mark) -> str:
    """Say the mark in one word or two."""
    match mark:
        case Mark.CHECKED:
            return _("checked in the source")
        case Mark.ARCHIVE:
            return _("verified")
        case Mark.MIRROR:
            return _("from a mirror")
        case Mark.DECLARED:
            return _("declared")
        case Mark.UNCHECKED:
            return _("not checked")


HOVER_BREAK = " — "
"""Between the parts of a hover; docutils makes any line break in an attribute a space."""


def provenance_text(provenance: Provenance) -> str:
    """Say where a fact is from, and when it was read."""
    word = mark_word(Mark.of(provenance.standing))
    when = f" ({provenance.read[:10]})" if provenance.read else ""
    return f"{word}: {provenance.source}{when}"


@dataclass(frozen=True, slots=True)
class Problem:
    """What to warn of."""

    subtype: Subtype
    text: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A reference, resolved as far as it could be. Without a ``url`` only the text is shown."""

    text: str
    url: str = ""
    hover: str = ""
    mark: Mark = Mark.UNCHECKED
    problem: Problem | None = None
    code: bool = False
    key: str = ""
    """The canonical name: message-id, identifier, path, hash or URL."""
    release: str = ""
    """The tag that a source reference is to, or the release as written when it is not pinned."""
