"""A segment of the outline while its files are read (see `segment`)."""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import TYPE_CHECKING
from zlib import crc32

from . import blocks, registers
from .kinds import KINDS
from .outline import outline
from .segment import FORMAT, TEXT, UNIT, WIDTH

if TYPE_CHECKING:
    from pathlib import Path

    from .files import File


class Making:
    """A segment while its files are read."""

    def __init__(self) -> None:
        """Begin without a file."""
        self._files: list[str] = []
        self._heads: list[bytes] = []
        self._late: list[int] = []
        self._pairs: list[float] = []
        # for each file its names of each of the three sorts, each after a line's end
        self._texts: tuple[list[bytes], ...] = ([], [], [])

    def add(self, file: File) -> None:
        """Take a file: its names, unless it lists registers, and what it includes."""
        number = len(self._files)
        self._files.append(f"{file.path}\t{file.blob}")
        names: dict[str, set[bytes]] = {}
        if file.is_list:
            self._late.append(number)
            includes = registers.includes_of(file.others)
        else:
            names, includes = outline(file.path, file.source)
        self._heads.append(b"\t".join([file.path.encode(errors="surrogateescape"), *includes]))
        texts: tuple[list[bytes], ...] = ([b""], [b""], [b""])
        for kind, words in names.items():
            if not words:
                continue
            behind = (number * WIDTH + KINDS.index(kind)) * UNIT
            self._pairs += [checksum + behind for checksum in map(crc32, words)]
            texts[TEXT[kind]].extend(words)
        for every, own in zip(self._texts, texts, strict=True):
            every.append(b"\n".join(own))

    def write(self, target: Path) -> None:
        """Write the segment down."""
        self._pairs.sort()
        parts: list[blocks.Block] = [
            "\n".join(self._files).encode(errors="surrogateescape"),
            b"\n".join(self._heads),
            array("I", self._late),
            array("d", self._pairs),
        ]
        for texts in self._texts:
            parts += [array("Q", accumulate(map(len, texts))), b"".join(texts) + b"\n"]
        blocks.write(target, FORMAT, parts)
