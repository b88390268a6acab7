"""The words of a file, for the questions that go upwards: who may speak of a name."""

from __future__ import annotations

from typing import Final

from . import registers

_SPACED: Final = bytes(
    byte if byte == 95 or (byte < 128 and chr(byte).isalnum()) else 32 for byte in range(256)
)


def is_searched(path: str) -> bool:
    """Whether the words of this file are kept."""
    return path.endswith((".c", ".h"))


def words_of(path: str, text: bytes) -> set[bytes]:
    """All words of a C file or header, without the names that a header of registers gives to numbers."""
    if not is_searched(path):
        return set()
    rest = registers.split(text)[0] if registers.is_list(path, text) else text
    return set(rest.translate(_SPACED).split())
