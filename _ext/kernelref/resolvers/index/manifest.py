"""What a tree is made of: which segments, which of their files, and how to tell that it is still so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from . import blocks

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = 1

_KIND: Final = b"tree %d" % VERSION


class Manifest(NamedTuple):
    """Segments by name, a 1 for each of their files that the tree has, and the tree's stamp.

    The stamp says what the files looked like, in the order of the segments (see `Tree.stamp`).
    """

    segments: tuple[tuple[str, bytes], ...]
    stamp: bytes
    folders: tuple[str, ...]

    def write(self, path: Path) -> None:
        """Write it down."""
        names = "\n".join(name for name, _ in self.segments).encode()
        folders = "\n".join(self.folders).encode(errors="surrogateescape")
        blocks.write(path, _KIND, [names, folders, self.stamp, *(live for _, live in self.segments)])

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read it; `ValueError` when it is damaged."""
        names, folders, stamp, *lives = blocks.read(path, _KIND)
        listed = bytes(names).decode().split("\n") if len(names) else []
        if len(listed) != len(lives):
            raise ValueError("a segment is missing")
        every = bytes(folders).decode(errors="surrogateescape").split("\n")
        return cls(tuple(zip(listed, map(bytes, lives), strict=True)), bytes(stamp), tuple(every))
