"""A quick look at a text: which types it may define, and by which names.

From each brace back to a type's name, for of all that a type is written with a brace is the rarest letter: a
search for ``struct`` alone takes longer. What is found is a candidate, as all that `outline` finds.
"""

from __future__ import annotations

import re
from typing import Final

from .comments import strip_comments

_NOT_OPENING: Final = (
    rb"\) ",
    rb"\)\n",
    rb"= ",
    *(rb"[ \t\n}]%s " % word for word in b"else do struct union".split()),
)
"""What is before most of the braces that begin no type."""
_OPENING: Final = (
    rb"\w", rb"\w[ \t\n]", rb"\w[ \t][ \t\n]", rb"\w\t\t\t", rb"\w\t\t\t\t", rb"\w\n[ \t]", rb"\w\n\t\t",
    rb"[ \t]\n", rb"\n\n", rb"[ \t]{3}(?<!\t\t\t)", rb"\*/", rb"\*/[ \t\n]", rb"\*/\n\t",
)  # fmt: skip
"""What is before a brace that may: a word, and a few of the ways to go on from there."""
_BRACE: Final = re.compile(
    rb"\{%s(?:%s)"
    % (
        b"".join(rb"(?<!%s\{)" % before for before in _NOT_OPENING),
        b"|".join(rb"(?<=%s\{)" % before for before in _OPENING),
    )
)
_TAG: Final = re.compile(
    rb"(?:(?:struct|union)[ \t]++%s(\w++)[ \t]*+(?:__\w++[ \t]*+)?(?:\n#[^\n]*)*\s*+"
    rb"(?:/(?:\*[^\n]*\*/|/[^\n]*)\s*)?"
    rb"|(enum)\b[ \t]*+(?:%s(\w++))?[^;{}()]*)\Z" % ((rb"(?:__\w++(?:\([^()\n]*\))?[ \t]++)*",) * 2)
)
"""What is before the brace of a type."""
_BRANCHED: Final = re.compile(rb"(?:struct|union)[ \t]++(\w++)[ \t]*+(?=\n#)")
"""One of the tags between which the preprocessor chooses."""
_FAR: Final = 300
_ENUM: Final = re.compile(rb"\{[^}/]*+(?:/(?:\*.*?\*/|/[^\n]*)?[^}/]*+)*+\}", re.DOTALL)
_ENUMERATOR: Final = re.compile(rb"[{,\n(][ \t]*([A-Za-z_]\w*)(?=[ \t]*[},=\n()])")
_TYPEDEF: Final = re.compile(
    rb"typedef(?:(?<=[\n;}]typedef)|(?<=[\n;}][ \t]typedef)|(?<=[ \t][ \t]typedef))\b"
    rb"([^;{}]*)(?:\{[^{}]*\}([^;{}]*))?;"
)
_ATTRIBUTE: Final = re.compile(rb"__attribute__\s*+\(\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\)\)")
_FIRST_BRACKET: Final = re.compile(rb"[(\[]")
_POINTED: Final = re.compile(rb"\([ \t]*(?:\w+[ \t]+)*\*?[ \t]*(\w+)[ \t]*\)")
_CLOSING: Final = re.compile(rb"\}(?<=\n\})[ \t]*+([A-Za-z_*][^;{}=]*+);")
_WORD: Final = re.compile(rb"[A-Za-z_]\w*")


def type_names(text: bytes) -> tuple[set[bytes], set[bytes], set[bytes]]:
    """The tags, the enumerators and the typedefs of a text that begins with a line's end."""
    tags, enumerators = set[bytes](), set[bytes]()
    for brace in _BRACE.finditer(text):
        at = brace.start()
        line, far = text.rfind(b"\n", 0, at - 1), max(0, at - _FAR)
        opening = _TAG.search(text, line, at) or _TAG.search(text, far, at)
        if opening is None:
            continue
        tag, enum, name = opening.groups()
        if name or tag:
            tags.add(name or tag)
        if enum:
            enumerators |= _enumerators(text, at)
        elif b"\n#" in opening[0]:
            tags.update(_BRANCHED.findall(text, far, at))
    return tags, enumerators, _typedefs(text)


def _enumerators(text: bytes, at: int) -> set[bytes]:
    body = _ENUM.match(text, at)
    return set(_ENUMERATOR.findall(strip_comments(body[0]))) if body else set()


def _typedefs(text: bytes) -> set[bytes]:
    first = text.find(b"typedef")
    if first < 0:
        return set()
    found = set().union(*(_WORD.findall(behind) for behind in _CLOSING.findall(text, first)))
    for before, behind in _TYPEDEF.findall(text, text.rfind(b"\n", 0, first)):
        found |= set(_WORD.findall(behind)) if behind else _declared(before)
    return found


def _declared(text: bytes) -> set[bytes]:
    # Of all words those that may be the name: the last one, the one before a bracket, the one after a star.
    plain = _ATTRIBUTE.sub(b"", text) if b"__attribute__" in text else text
    words, before = _WORD.findall(plain), _WORD.findall(_FIRST_BRACKET.split(plain, 1)[0])
    marked = before[-2:-1] if before and before[-1].startswith(b"__") else []
    return {*_POINTED.findall(plain)[:1], *words[-1:], *before[-1:], *marked}
