"""``#define`` lines: macros, and the calls in their bodies.

Preprocessor lines are a language of lines, not C: one regular expression is their whole grammar.
A file that holds nothing else (the generated register headers, a third of a kernel) is done here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from ...core.source import Kind
from .facts import ALIAS, ARGUMENT, DIRECT, FIELD, PARAMETER, Found, Use
from .lines import Lines

_DEFINE: Final = re.compile(
    rb"[ \t]*+#[ \t]*+define[ \t]++(?:\\\n[ \t]*+)*+([A-Za-z_]\w*+)(\([^)]*+\))?[ \t]*+(\d\w*+(?=[ \t]*+\Z))?"
)
_CALL: Final = re.compile(rb"(->|\.)?[ \t\\\n]*\b([A-Za-z_]\w*)[ \t]*\(")
_PASSED: Final = re.compile(rb"[(,][ \t\\\n]*([A-Za-z_]\w*)(?=[ \t\\\n]*[,)])")
_NAME: Final = re.compile(rb"[A-Za-z_]\w*")
_new: Final = tuple.__new__
_MACRO: Final = Kind.MACRO.value
_NOT_CALLS: Final = frozenset(
    rb"""
if while for switch return sizeof typeof __typeof__ typeof_unqual defined _Alignof __alignof__ __alignof
asm __asm__ volatile __volatile__ __attribute__ __aligned __section do else case goto int void char long
unsigned alignof
struct union enum const static inline __builtin_offsetof __extension__ _Static_assert _Generic signed short
""".split()
)


def read_macros(
    clean: bytes, extents: list[tuple[int, int]], lines: Lines, with_calls: bool = True
) -> tuple[list[Found], dict[int, list[Use]]]:
    """The macros of a file in order, by the extents of their lines, and the calls in the body of each."""
    found: list[Found] = []
    uses: dict[int, list[Use]] = {}
    starts, define = lines.starts, _DEFINE.match
    for start, end in extents:
        match = define(clean, start, end)
        if match is None:
            continue
        at, head = match.start(1), match.end(2)
        if head < 0:
            head = match.end(1)
        line = last = bisect_right(starts, at) + 1
        # Most are a number on the line of the name.
        if match[3] is None:
            body = clean[head:end]
            last = line + clean.count(b"\n", at, end - 1)
            if with_calls and (match[2] is None or b"(" in body):
                calls = _calls(body, head, match[2], lines)
                if calls:
                    uses[len(found)] = calls
        flags = "" if match[2] is not None else "o"
        row = (match[1].decode(), _MACRO, line, last, start, head, end, flags, "")
        found.append(_new(Found, row))
    return found, uses


def _calls(body: bytes, offset: int, parameters: bytes | None, lines: Lines) -> list[Use]:
    names = frozenset(_NAME.findall(parameters)) if parameters else frozenset()
    if parameters is None:
        alias = _NAME.fullmatch(body.strip())
        if alias:
            # ``#define f g``: a use of f is one of g.
            return [Use(alias[0].decode(), ARGUMENT, (lines.at(offset),), "", ALIAS)]
    called: dict[tuple[str, str], set[int]] = {}
    for match in _PASSED.finditer(body):
        if match[1] not in names and match[1] not in _NOT_CALLS and not match[1].isupper():
            called.setdefault((match[1].decode(), ARGUMENT), set()).add(lines.at(offset + match.start(1)))
    for match in _CALL.finditer(body):
        name = match[2]
        if name in _NOT_CALLS:
            continue
        way = FIELD if match[1] else PARAMETER if name in names else DIRECT
        called.setdefault((name.decode(), way), set()).add(lines.at(offset + match.start(2)))
    return [Use(name, way, tuple(sorted(at))) for (name, way), at in called.items()]
