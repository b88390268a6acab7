"""One file of a tree to its facts, by what kind of file it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .outline import is_kconfig

if TYPE_CHECKING:
    from .facts import FileFacts


def read_facts(path: str, source: bytes) -> FileFacts:
    """The facts of one file."""
    # Here, for most questions find all facts in the store and need neither grammar nor patterns.
    from .assembler import read_assembler
    from .kconfig import read_kconfig
    from .parse import parse

    if is_kconfig(path):
        return read_kconfig(source)
    if path.endswith(".S"):
        return read_assembler(source)
    return parse(source)


def grammar_of(path: str) -> str:
    """The letter of the grammar that reads a file: the same content may mean another thing in another."""
    if is_kconfig(path):
        return "k"
    return "s" if path.endswith(".S") else "c"
