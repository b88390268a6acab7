"""What is known of C source: identifiers, their definitions, and the calls between them.

The shapes that the index produces, the lock stores and the pages draw. Nothing here
reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an identifier is; the words are Elixir's where it has one."""

    FUNCTION = "function"
    MACRO = "macro"
    STRUCT = "struct"
    UNION = "union"
    ENUM = "enum"
    TYPEDEF = "typedef"
    ENUMERATOR = "enumerator"
    CONFIG = "config"


class How(StrEnum):
    """The way a call is made, as the source shows it."""

    DIRECT = "direct"
    """The callee is spelled at the call."""
    MACRO = "macro"
    """The callee is a macro, or is called in the body of one (then ``via`` names it)."""
    POINTER = "pointer"
    """Through a field or a parameter that may hold the callee."""
    NONE = "none"
    """Looked for in every body of the caller, and not there."""


@dataclass(frozen=True, slots=True, order=True)
class Definition:
    """One definition of an identifier in one release.

    ``line`` and ``end`` count from 1 and include the first and the last line of the
    definition; ``line`` is the one that bears the name. ``body`` is the first 16 hex
    digits of the SHA-256 of the definition's text with runs of white space made one.
    ``condition`` is the innermost ``#if`` line that this definition stands under, where
    another of the same name in the same file stands under its other branch.
    """

    file: str
    line: int
    end: int
    name: str
    kind: Kind
    signature: str = ""
    static: bool = False
    inline: bool = False
    condition: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.line <= self.end:
            raise ValueError(f"line: {self.line}–{self.end} is no extent")

    @property
    def place(self) -> str:
        """``file:line``, as compilers print it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """Whether and how ``caller`` calls ``callee`` in one release.

    ``file`` is where the caller is defined: two statics of one name are two callers.
    ``lines`` are the call sites in that file, sorted, counted from 1; empty for ``NONE``.
    ``via`` is the macro that stands at the call site, for a call hidden in its body, or the field
    or parameter for a call through a pointer.
    """

    file: str
    caller: str
    callee: str
    how: How
    lines: tuple[int, ...] = ()
    via: str = ""

    def __post_init__(self) -> None:
        if (self.how is How.NONE) is bool(self.lines):
            raise ValueError(f"lines: {list(self.lines)} do not fit how={self.how}")
