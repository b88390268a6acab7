"""The text on a drawing: made harmless, wrapped, and measured without a browser.

A chart's label is lines of three kinds, each an element that the stylesheet knows: ``<code>`` the
name, ``<small>`` a place or a call site, ``<em>`` a remark. The sizes here and those in
``static/kernelref-diagram.css`` are the same numbers; the widths are those of the widest font that
either font stack may end up with, so that no browser's text is wider than its box.

Part of the pure layer.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

NAME_SIZE, NAME_HEIGHT = 13.0, 19.0
PLACE_SIZE, PLACE_HEIGHT = 12.0, 16.0
REMARK_SIZE, REMARK_HEIGHT = 13.0, 19.0

_SIZES = {
    "code": (NAME_SIZE, NAME_HEIGHT),
    "small": (PLACE_SIZE, PLACE_HEIGHT),
    "em": (REMARK_SIZE, REMARK_HEIGHT),
}

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_BREAK = re.compile(r"<br\s*/?>", re.I)
_TAG = re.compile(r"<(/?)([A-Za-z]\w*)[^>]*>")

_MONO = 0.612  # em; Menlo, DejaVu Sans Mono 0.602, Courier 0.600, the others less
# em; DejaVu Sans and Verdana, the widest of the usual ones
_NARROW, _LETTER, _CAPITAL, _BROAD, _OTHER, _IDEOGRAPH, _EMOJI = 0.42, 0.65, 0.80, 1.0, 0.85, 1.0, 1.4
_NARROW_CHARS = frozenset(" !'(),-./:;I[\\]`fijlrt|")
_BROAD_CHARS = frozenset("%@MWmw")
_SYMBOL_CHARS = frozenset("#&+<=>~^")


def language(lang: str) -> str:
    """Choose the language that drawings have words in: ``zh…``, else English."""
    return "zh" if lang.lower().replace("_", "-").split("-")[0] == "zh" else "en"


def clean(text: str) -> str:
    """One line without control, direction and other invisible characters."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    shown = "".join(char for char in spaced if unicodedata.category(char) not in _HIDDEN)
    return " ".join(shown.split())


def shorten(text: str, most: int) -> str:
    """Return the text, or its beginning and ``…`` where it takes more than ``most`` columns."""
    if columns(text) <= most:
        return text
    while text and columns(text) > most - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def columns(text: str) -> int:
    """How many columns of a terminal the text takes: two for each wide character."""
    return sum(_columns(char) for char in text)


def is_wide(char: str) -> bool:
    """Tell an ideograph, or another character as wide as one."""
    return unicodedata.east_asian_width(char) in "WF"


def _columns(char: str) -> int:
    return 0 if unicodedata.combining(char) else 1 + is_wide(char)


def wrap(text: str, width: int, most: int) -> list[str]:
    """Break into at most ``most`` lines, at spaces and between ideographs; ``…`` ends a cut text."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
        while columns(line.rstrip()) > width:
            head = shorten(line, width + 1).removesuffix("…") or line[0]
            lines.append(head)
            line = line[len(head) :].lstrip()
    if line.strip():
        lines.append(line.rstrip())
    if len(lines) > most:
        lines[most - 1 :] = [shorten(lines[most - 1], width - 1).removesuffix("…").rstrip() + "…"]
    return lines


def _pieces(text: str) -> list[str]:
    """Split where a line may be broken: after a word and its space, around an ideograph."""
    pieces: list[str] = []
    closing = frozenset("，。、；：！？）】》」』”’,.;:!?)]}…")
    for char in text:
        fresh = not pieces or pieces[-1].endswith(" ") or _columns(char) == 2 or _columns(pieces[-1][-1]) == 2
        if fresh and not (pieces and char in closing) and char != " ":
            pieces.append(char)
        elif pieces:
            pieces[-1] += char
    return pieces


def extent(html: str) -> tuple[float, float]:
    """Width and height of a chart's label, in pixels."""
    width = height = 0.0
    for part in _BREAK.split(html):
        kind = next(
            (m[2].lower() for m in _TAG.finditer(part) if not m[1] and m[2].lower() in _SIZES), "small"
        )
        text = unescape(_TAG.sub("", part)).strip()
        if not text:
            continue
        size, line = _SIZES[kind]
        width = max(width, size * sum(_advance(char, mono=kind != "em") for char in text))
        height += line
    return width, height


def _advance(char: str, *, mono: bool) -> float:
    """Return the room a character takes, in em."""
    if unicodedata.combining(char):
        return 0.0
    if char.isascii():
        return _MONO if mono else _proportional(char)
    if ord(char) >= 0x1F000 or 0x2600 <= ord(char) < 0x27C0:
        return _EMOJI
    return _IDEOGRAPH if unicodedata.east_asian_width(char) in "WFA" else _OTHER


def _proportional(char: str) -> float:
    if char in _BROAD_CHARS:
        return _BROAD
    if char in _NARROW_CHARS:
        return _NARROW
    return _CAPITAL + 0.05 if char in _SYMBOL_CHARS else _CAPITAL if char.isupper() else _LETTER
