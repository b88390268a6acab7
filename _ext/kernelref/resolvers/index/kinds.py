"""Which files the index reads, and as what a quick look takes the names in them (see `outline`)."""

from __future__ import annotations

from typing import Final

FUNCTION: Final = "f"
"""A name before a bracket at the left margin, after other words: a definition, if anything."""
STATIC: Final = "l"
"""The same with ``static`` before it: in a ``.c`` file, nothing that another file can mean."""
PROTOTYPE: Final = "p"
"""The same where a semicolon comes before any brace: no definition."""
BARE: Final = "x"
"""The same without words before it: a macro's use, or a head whose type is on the line above."""
MACRO: Final = "m"
OBJECT: Final = "o"
TAG: Final = "t"
TYPEDEF: Final = "y"
ENUMERATOR: Final = "e"
DEFINER: Final = "d"
"""An argument of a definer macro: ``madvise`` in ``SYSCALL_DEFINE3(madvise, …)``."""
CONFIG: Final = "c"
ASSEMBLER: Final = "s"
KINDS: Final = "".join(
    (FUNCTION, STATIC, PROTOTYPE, BARE, MACRO, OBJECT, TAG, TYPEDEF, ENUMERATOR, DEFINER, CONFIG, ASSEMBLER)
)
LISTED: Final = "".join((FUNCTION, STATIC, MACRO, TAG, TYPEDEF))
"""The kinds that people spell, and misspell."""


def is_source(path: str) -> bool:
    """Whether the index reads this file; none whose path would break the lines that it is kept in."""
    return (path.endswith((".c", ".h", ".S")) or is_kconfig(path)) and "\n" not in path and "\t" not in path


def is_kconfig(path: str) -> bool:
    """Whether this is a Kconfig file."""
    return path.rpartition("/")[2].startswith("Kconfig")
