"""Functions by the left margin: what the kernel's layout says where the grammar lost its way.

A function's braces stand at the left margin (its opening one perhaps at the end of its head). In
a text with errors, each stretch from a head to its closing brace is a text of its own; parsed
alone, it neither swallows its neighbours nor is swallowed.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_OPENING: Final = re.compile(rb"^\{|\)[ \t]*(\{)[ \t]*$", re.MULTILINE)
_CLOSING: Final = re.compile(rb"^\}", re.MULTILINE)
_FIRST: Final = re.compile(rb"^[ \t]*[A-Za-z_]", re.MULTILINE)
_NAME: Final = re.compile(rb"([A-Za-z_]\w*)[ \t\n]*\(")


class Stretch(NamedTuple):
    """A function as the layout shows it: offsets of its head, name, opening brace, and end."""

    start: int
    name: int
    name_end: int
    body: int
    stop: int


def stretches(text: bytes) -> list[Stretch]:
    """All functions that the layout shows, in order."""
    found: list[Stretch] = []
    position = 0
    while match := _OPENING.search(text, position):
        body = match.end() - 1 if match[0][:1] == b"{" else match.start(1)
        position = match.end()
        line = text.rfind(b"\n", 0, match.start()) + 1
        if match[1] is not None and text[line : line + 1] in (b" ", b"\t") and not _continues(text, line):
            continue
        head = _head_before(text, body)
        stop = _end_of(text, body)
        name = _NAME.search(text, head, body) if head is not None else None
        if head is None or name is None or stop < 0:
            continue
        found.append(Stretch(head, name.start(1), name.end(1), body, stop))
        position = stop
    return found


def _end_of(text: bytes, body: int) -> int:
    line = text[body : (text.find(b"\n", body) + 1 or len(text) + 1) - 1]
    if line.count(b"{") == line.count(b"}"):
        return body + line.rfind(b"}") + 1
    closing = _CLOSING.search(text, body)
    return closing.end() if closing else -1


def _continues(text: bytes, line: int) -> bool:
    # Whether an indented line goes on with a head: the line above is at the margin and ends in a comma.
    before = text[:line].rstrip()
    above = before.rfind(b"\n") + 1
    return before[-1:] == b"," and text[above : above + 1].isalpha()


def _head_before(text: bytes, body: int) -> int | None:
    # The head is what stands between the last end of anything and the brace, from its first word.
    begin = max(text.rfind(mark, 0, body) for mark in (b";", b"}", b"{")) + 1
    words = _FIRST.search(text, begin, body)
    return words.end() - 1 if words and b"(" in text[words.start() : body] else None
