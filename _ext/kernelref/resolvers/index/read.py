"""One file of a tree to its facts, by what kind of file it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .kinds import is_kconfig

if TYPE_CHECKING:
    from collections.abc import Set

    from .facts import FileFacts

C: Final = "c"
KCONFIG: Final = "k"
ASSEMBLER: Final = "s"


def read_facts(
    path: str, source: bytes, clean: bytes | None = None, words: Set[bytes] | None = None
) -> FileFacts:
    """The facts of one file; of C, ``clean`` is it without comments, ``words`` are all in that."""
    # Here, for most questions find all facts in the store and need neither grammar nor patterns.
    from .assembler import read_assembler
    from .kconfig import read_kconfig
    from .parse import parse

    if is_kconfig(path):
        return read_kconfig(source)
    if path.endswith(".S"):
        return read_assembler(source)
    return parse(source, clean, words)


def grammar_of(path: str) -> str:
    """The letter of the grammar that reads a file: the same content may mean another thing in another."""
    if is_kconfig(path):
        return KCONFIG
    return ASSEMBLER if path.endswith(".S") else C
