"""Byte offsets to line numbers."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate


class Lines:
    """The lines of one text, counted from 1."""

    def __init__(self, text: bytes) -> None:
        """Find where each line but the first starts."""
        self._starts = list(accumulate([len(line) + 1 for line in text.split(b"\n")]))

    def at(self, offset: int) -> int:
        """The line that an offset is on."""
        return bisect_right(self._starts, offset) + 1
