"""Byte offsets to line numbers."""

from __future__ import annotations

import re
from bisect import bisect_left


class Lines:
    """The lines of one text, counted from 1."""

    def __init__(self, text: bytes) -> None:
        """Find all ends of lines."""
        self._ends = [match.start() for match in re.finditer(rb"\n", text)]

    def at(self, offset: int) -> int:
        """The line that an offset is on."""
        return bisect_left(self._ends, offset) + 1
