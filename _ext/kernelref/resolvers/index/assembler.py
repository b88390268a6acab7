"""Assembler files: the functions that they define, and their macros."""

from __future__ import annotations

import re
from typing import Final

from ...core.source import Kind
from .comments import strip_comments
from .conditionals import directives_of
from .facts import FileFacts, Found
from .lines import Lines
from .macros import read_macros

_START: Final = re.compile(rb"^(?:SYM_\w*START\w*|ENTRY|WEAK)\((\w+)\)", re.MULTILINE)


def read_assembler(source: bytes) -> FileFacts:
    """What ``SYM_FUNC_START(name)`` and its relatives define."""
    lines = Lines(source)
    clean = strip_comments(source)
    facts = FileFacts(*read_macros(clean, directives_of(clean).macros, lines))
    for match in _START.finditer(source):
        ending = re.compile(rb"^(?:SYM_\w*END\w*|ENDPROC|END)\(%s\)" % match[1], re.MULTILINE)
        end = ending.search(source, match.end())
        stop = end.end() if end else match.end()
        facts.found.append(
            Found(
                match[1].decode(),
                Kind.FUNCTION,
                lines.at(match.start()),
                lines.at(stop - 1),
                match.start(),
                match.end(),
                stop,
            )
        )
    return facts
