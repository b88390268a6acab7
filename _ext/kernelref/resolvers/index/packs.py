"""Facts by the pack: those of many files in one, found by the name of the content that they are of."""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from . import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

VERSION: Final = 2

_KIND: Final = b"facts %d" % VERSION
_LONG: Final = 41
"""A blob's name in hexadecimal, and the letter of the grammar that reads it."""


def write(target: Path, records: Mapping[str, bytes]) -> None:
    """Write records, each with a digest of its own, under their blobs."""
    ends = array("Q", accumulate(map(len, records.values())))
    parts: list[blocks.Block] = ["".join(records).encode(), ends, b"".join(records.values())]
    blocks.write(target, _KIND, parts, unchecked=1)


class Packs:
    """All packs of a folder, in a table that is made when it is first needed."""

    def __init__(self) -> None:
        # blob -> the records of its pack, where its own begins and ends there
        self._places: dict[str, tuple[memoryview, int, int]] = {}

    def __contains__(self, blob: str) -> bool:
        """Whether there is a record of this blob."""
        return blob in self._places

    def add(self, path: Path) -> None:
        """Take up a pack; `ValueError` when it is damaged."""
        names, ends, data = blocks.read(path, _KIND, unchecked=1)
        text = bytes(names).decode()
        bounds = ends.cast("Q").tolist()
        if len(text) != _LONG * len(bounds) or bounds[-1:] not in ([], [len(data)]):
            raise ValueError("a record is missing")
        blobs: Iterable[str] = (text[at : at + _LONG] for at in range(0, len(text), _LONG))
        starts = [0, *bounds[:-1]]
        self._places.update(
            (blob, (data, start, end)) for blob, start, end in zip(blobs, starts, bounds, strict=True)
        )

    def get(self, blob: str) -> bytes | None:
        """The record of a blob."""
        if blob not in self._places:
            return None
        data, start, end = self._places[blob]
        return bytes(data[start:end])

    def forget(self, blob: str) -> None:
        """Leave out a record that turned out to be damaged."""
        self._places.pop(blob, None)
