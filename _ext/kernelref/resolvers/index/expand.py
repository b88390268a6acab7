"""Functions that a file's own macros define: ``BDI_SHOW(min_ratio, …)`` defines ``min_ratio_show``.

A use of such a macro at the left margin is replaced by the macro's body, and that is parsed as
any other text; what it defines is at the line of the use, as a compiler says too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from .blank import arguments_of, close_of
from .comments import strip_comments
from .conditionals import directives_of
from .lines import Lines
from .macros import read_macros

if TYPE_CHECKING:
    from .facts import Found

_DEFINES: Final = re.compile(rb"\)\s*(?:\\\n\s*)*\{")
_TOKEN: Final = re.compile(rb"[A-Za-z_]\w*|##|\"[^\"]*\"")
_PASTED: Final = re.compile(rb"[ \t]*##[ \t]*")
_FUNCTION: Final = re.compile(rb"(?<!\w)([A-Za-z_]\w*+)\s*+\([^(){};]*+(?:\([^()]*+\)[^(){};]*+)*+\)\s*+\{")
_WORDS_OF_C: Final = frozenset({b"if", b"while", b"for", b"switch", b"return"})
_DEPTH: Final = 3
_LONGEST: Final = 60_000


class Template(NamedTuple):
    """A macro that defines functions: its parameters and its body, on one line and pastes without blanks."""

    parameters: tuple[bytes, ...]
    body: bytes


def templates(clean: bytes, macros: list[Found]) -> dict[str, Template]:
    """The macros of a file whose body defines a function."""
    found: dict[str, Template] = {}
    direct = {macro.name for macro in macros if _DEFINES.search(clean, macro.body, macro.stop)}
    if not direct:
        return found
    for macro in macros:
        if "o" in macro.flags:
            continue
        body = clean[macro.body : macro.stop].replace(b"\\\n", b"  ")
        # A macro that only uses one that defines is one that defines.
        if macro.name in direct or any(re.match(rb"\s*%s\s*\(" % name.encode(), body) for name in direct):
            head = clean[macro.start : macro.body]
            inside = head[head.rfind(b"(") + 1 : head.rfind(b")")]
            parameters = tuple(piece.strip() for piece in inside.replace(b"\\\n", b"").split(b","))
            found[macro.name] = Template(parameters, _PASTED.sub(b"##", body))
    return found


def expand(known: dict[str, Template], macro: str, arguments: tuple[str, ...], depth: int = _DEPTH) -> bytes:
    """What a use of a known macro stands for; macros in it that define functions are expanded too."""
    template = known[macro]
    given = dict(zip(template.parameters, (argument.encode() for argument in arguments), strict=False))
    if template.parameters and template.parameters[-1] == b"...":
        given[b"__VA_ARGS__"] = ", ".join(arguments[len(template.parameters) - 1 :]).encode()
    text = _TOKEN.sub(lambda match: given.get(match[0], match[0]), template.body).replace(b"##", b"")
    text = re.sub(rb"(?<!\w)#\s*", b" ", text)
    if depth == 0 or len(text) > _LONGEST:
        return b""
    for name in known:
        if name != macro and name.encode() in text:
            text = _inner(known, name, text, depth)
    return text


def _inner(known: dict[str, Template], name: str, text: bytes, depth: int) -> bytes:
    match = re.search(rb"\b%s\s*\(" % name.encode(), text)
    if match is None:
        return text
    close = close_of(text, match.end() - 1)
    if close < 0:
        return text
    inner = expand(known, name, arguments_of(text[match.end() : close - 1]), depth - 1)
    return text[: match.start()] + b"\n" + inner + b"\n" + text[close:]


def on_margin(text: bytes) -> bytes:
    """The text with each function's head at the left margin, as `blank` expects it."""
    depth, out = 0, bytearray()
    for piece in re.split(rb"([{};])", text.strip()):
        if piece in (b"{", b"}"):
            depth += 1 if piece == b"{" else -1
            out += piece if piece == b"{" or depth else b"\n}\n"
        elif piece == b";":
            out += b";" if depth else b";\n"
        else:
            out += piece if depth else piece.strip().replace(b"\n", b" ")
    return bytes(out)


def generated(source: bytes) -> frozenset[bytes]:
    """The names of functions that a file's own macros define, found without a parse."""
    clean = strip_comments(source)
    macros, _ = read_macros(clean, directives_of(clean).macros, Lines(b""), with_calls=False)
    known = templates(clean, macros)
    names: set[bytes] = set()
    if known:
        uses = re.compile(rb"\n(%s)[ \t]*\(" % b"|".join(re.escape(name.encode()) for name in known))
        for match in uses.finditer(clean):
            close = close_of(clean, match.end() - 1)
            if close > 0:
                text = expand(known, match[1].decode(), arguments_of(clean[match.end() : close - 1]))
                names.update(name for name in _FUNCTION.findall(text) if name not in _WORDS_OF_C)
    return frozenset(names)
