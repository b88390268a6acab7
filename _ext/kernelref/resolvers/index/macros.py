"""``#define`` lines: macros, and the calls in their bodies.

Preprocessor lines are a language of lines, not C: one regular expression is their whole grammar.
A file that holds nothing else (the generated register headers, a third of a kernel) is done here.
"""

from __future__ import annotations

import re
from typing import Final

from ...core.source import Kind
from .facts import ALIAS, ARGUMENT, DIRECT, FIELD, PARAMETER, Found, Use
from .lines import Lines

_DEFINE: Final = re.compile(rb"[ \t]*#[ \t]*define[ \t]+(?:\\\n[ \t]*)*([A-Za-z_]\w*)(\([^)]*\))?")
_CALL: Final = re.compile(rb"(->|\.)?[ \t\\\n]*\b([A-Za-z_]\w*)[ \t]*\(")
_PASSED: Final = re.compile(rb"[(,][ \t\\\n]*([A-Za-z_]\w*)(?=[ \t\\\n]*[,)])")
_NAME: Final = re.compile(rb"[A-Za-z_]\w*")
_NOT_CALLS: Final = frozenset(
    rb"""
if while for switch return sizeof typeof __typeof__ typeof_unqual defined _Alignof __alignof__ __alignof
asm __asm__ volatile __volatile__ __attribute__ __aligned __section do else case goto int void char long
unsigned alignof
struct union enum const static inline __builtin_offsetof __extension__ _Static_assert _Generic signed short
""".split()
)


def read_macros(
    clean: bytes, directives: list[tuple[int, int]], lines: Lines
) -> tuple[list[Found], dict[int, list[Use]]]:
    """The macros of a file in order, and the calls in the body of each."""
    found: list[Found] = []
    uses: dict[int, list[Use]] = {}
    for start, end in directives:
        match = _DEFINE.match(clean, start, end)
        if match is None:
            continue
        body = clean[match.end() : end]
        # Most are numbers; those of register headers all are.
        plain = b"(" not in body and (match[2] is not None or body.strip()[:1].isdigit())
        calls = [] if plain else _calls(body, match.end(), match[2], lines)
        if calls:
            uses[len(found)] = calls
        found.append(
            Found(
                match[1].decode(),
                Kind.MACRO,
                lines.at(match.start(1)),
                lines.at(end - 1),
                start,
                match.end(),
                end,
                "" if match[2] is not None else "o",
            )
        )
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
        if match[1] not in names and not match[1].isupper():
            called.setdefault((match[1].decode(), ARGUMENT), set()).add(lines.at(offset + match.start(1)))
    for match in _CALL.finditer(body):
        name = match[2]
        if name in _NOT_CALLS:
            continue
        way = FIELD if match[1] else PARAMETER if name in names else DIRECT
        called.setdefault((name.decode(), way), set()).add(lines.at(offset + match.start(2)))
    return [Use(name, way, tuple(sorted(at))) for (name, way), at in called.items()]
