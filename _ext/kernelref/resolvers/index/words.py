"""The words of a file, for the questions that go upwards: who may speak of a name."""

from __future__ import annotations

from typing import Final

_SPACED: Final = bytes(
    byte if byte == 95 or (byte < 128 and chr(byte).isalnum()) else 32 for byte in range(256)
)


def is_searched(path: str) -> bool:
    """Whether the words of this file are kept."""
    return path.endswith((".c", ".h"))


def words_of(text: bytes) -> set[bytes]:
    """All words of a text."""
    return set(text.translate(_SPACED).split())
