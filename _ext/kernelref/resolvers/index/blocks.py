"""A file of blocks: written once, checked as a whole, mapped and read in part."""

from __future__ import annotations

import mmap
import sys
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING, Final
from zlib import adler32

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    Block = bytes | array[int] | array[float]

_END: Final = b"\x00the end"
_MOST: Final = 256
"""Blocks of one file."""


def write(path: Path, kind: bytes, blocks: Sequence[Block], *, unchecked: int = 0) -> None:
    """Write a file: a head, the blocks' lengths, the blocks at multiples of eight, a checksum.

    The last blocks, as many as are ``unchecked``, are not in the checksum: what is in them has its own.
    """
    views = [memoryview(block).cast("B") for block in blocks]
    head = _head(kind) + array("Q", [len(views), *map(len, views)]).tobytes()
    checksum = adler32(head)
    with path.open("wb") as file:
        file.write(head)
        for number, view in enumerate(views):
            file.write(view)
            padding = bytes(-len(view) % 8)
            file.write(padding)
            if number < len(views) - unchecked:
                checksum = adler32(padding, adler32(view, checksum))
        file.write(array("Q", [checksum]).tobytes() + _END)


def read(path: Path, kind: bytes, *, unchecked: int = 0) -> list[memoryview]:
    """Map a file and give its blocks; `ValueError` when it is damaged or of another kind."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    data = memoryview(mapped)
    if len(data) < 40 or len(data) % 8 or bytes(data[:16]) != _head(kind) or bytes(data[-8:]) != _END:
        raise ValueError("not a whole file of this kind")
    count = data[16:24].cast("Q")[0]
    if not unchecked <= count <= _MOST or 40 + 8 * count > len(data):
        raise ValueError("too many blocks, or too few")
    lengths = list(data[24 : 24 + 8 * count].cast("Q"))
    starts = list(accumulate((length + -length % 8 for length in lengths), initial=24 + 8 * count))
    if starts[-1] != len(data) - 16:
        raise ValueError("a block is cut short")
    if adler32(data[: starts[count - unchecked]]) != data[-16:-8].cast("Q")[0]:
        raise ValueError("the checksum is another")
    return [data[start : start + length] for start, length in zip(starts, lengths, strict=False)]


def _head(kind: bytes) -> bytes:
    return kind.ljust(10)[:10] + sys.byteorder.encode()
