"""Comments taken out of a text, with every line and column kept."""

from __future__ import annotations

import re
from typing import Final

_COMMENT: Final = re.compile(
    rb"/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/"
    rb"|//(?:[^\\\n]|\\.)*+"
    rb'|"(?:[^"\\\n]|\\.)*+"'
    rb"|'(?:[^'\\\n]|\\[^\n])++'"
    rb"|/\*.*\Z",
    re.DOTALL,
)
_TO_SPACE: Final = bytes(10 if byte == 10 else 32 for byte in range(256))


def spaces(text: bytes | bytearray) -> bytes:
    """White space of the same length and the same lines."""
    return bytes(text.translate(_TO_SPACE))


def strip_comments(source: bytes) -> bytes:
    """The text without comments, and with empty strings and characters in place of what they held."""
    return _COMMENT.sub(_uncomment, source)


def _uncomment(match: re.Match[bytes]) -> bytes:
    text = match[0]
    if text[0] == 47:
        return b" " * len(text) if b"\n" not in text else spaces(text)
    if b"\n" not in text:
        return text[:1] + b" " * (len(text) - 2) + text[-1:]
    return re.sub(rb"(?<!^)[^\n\\](?!$)|\\(?!\n)", b" ", text)
