"""One C file's bytes to facts: blanking, the grammar, and what its queries find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .comments import strip_comments
from .conditionals import resolve
from .expand import expand, on_margin, templates
from .facts import FileFacts
from .lines import Lines
from .macros import read_macros
from .reading import Reading
from .words import words_of

if TYPE_CHECKING:
    from collections.abc import Set


def parse(source: bytes, clean: bytes | None = None, words: Set[bytes] | None = None) -> FileFacts:
    """The facts of one C file or header.

    ``clean`` is it without comments, ``words`` are all in that, where somebody has them.
    """
    clean = strip_comments(source) if clean is None else clean
    lines = Lines(source)
    conditionals = resolve(clean)
    facts = FileFacts(*read_macros(clean, conditionals.macros, lines))
    if not conditionals.text.strip():
        return facts
    reading = Reading(lines, clean, words_of(clean) if words is None else words)
    reading.read(conditionals.text, 0)
    for variant in conditionals.variants():
        reading.read(variant.text, variant.offset)
    _expansions(reading, clean, facts)
    return reading.settle(facts, conditionals)


class _OneLine:
    """All of an expansion is on the line of the macro's use."""

    def __init__(self, line: int) -> None:
        self.starts: list[int] = []
        self.first = line


def _expansions(reading: Reading, clean: bytes, facts: FileFacts) -> None:
    known = templates(clean, facts.found) if reading.macro_uses else {}
    for start, end, macro, arguments in reading.macro_uses if known else ():
        if macro not in known:
            continue
        text = on_margin(expand(known, macro, arguments))
        if not text.strip():
            continue
        inner = Reading(_OneLine(reading.line(start)), text, words_of(text))
        inner.read(text, 0)
        reading.adopt(inner, macro, start, end)
