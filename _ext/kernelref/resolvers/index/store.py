"""What was read once: facts by the content they were read from, outlines by their tree.

Files in the user's cache folder, each written beside its place and renamed into it, so that two
runs may share it; each ends with a digest, so that a damaged one is noticed and made again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
import zlib
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from ..cache import cache_folder
from . import parse, table, words
from .facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_T = TypeVar("_T")

MAX_BYTES: Final = 1536 * 1024**2
"""More than this is cleaned at the end of a run, the longest unused first."""
_MAX_FACTS: Final = 256 * 1024**2


class Store:
    """The cache of one user; every method may be called while another process does the same."""

    def __init__(self, folder: Path | None = None, limit: int = MAX_BYTES) -> None:
        """Use a folder, the user's own unless named."""
        self.folder = folder if folder is not None else cache_folder() / "index"
        self.limit = limit
        self._numbers = count()
        self._facts = self.folder / f"facts-{parse.VERSION}"
        self._outlines = self.folder / f"outline-{table.VERSION}"
        self._words = self.folder / f"words-{words.VERSION}"

    def facts(self, blob: str, make: Callable[[], FileFacts]) -> FileFacts:
        """The facts of a content, read or made."""
        facts = self._read(blob)
        if facts is None:
            facts = make()
            self.keep(blob, facts)
        return facts

    def keep(self, blob: str, facts: FileFacts) -> None:
        """Keep the facts of a content."""
        packed = zlib.compress(facts.packed(), 1)
        raw = hashlib.sha256(packed).digest()[:16] + packed
        self._place(self._entry(blob), lambda work: work.write_bytes(raw))

    def has_facts(self, blob: str) -> bool:
        """Whether facts of this content are kept (they may turn out to be damaged)."""
        return os.path.isfile(self._entry(blob))  # noqa: PTH113 (60,000 times)

    def _entry(self, blob: str) -> str:
        return f"{self._facts}/{blob[:2]}/{blob[2:]}"

    def _read(self, blob: str) -> FileFacts | None:
        try:
            with open(self._entry(blob), "rb", buffering=0) as file:  # noqa: PTH123 (hundreds for one question)
                raw = file.read()
        except OSError:
            return None
        digest, packed = raw[:16], raw[16:]
        # What is damaged is never unpacked.
        if hashlib.sha256(packed).digest()[:16] != digest:
            return None
        try:
            return FileFacts.unpacked(zlib.decompressobj().decompress(packed, _MAX_FACTS))
        except (ValueError, TypeError, EOFError, zlib.error):
            return None

    def _place(self, path: str, fill: Callable[[Path], object]) -> bool:
        # A store that cannot be written (no space, read-only) costs time, never an answer.
        folder = os.path.dirname(path)  # noqa: PTH120
        work = f"{folder}/.new-{os.getpid()}-{threading.get_ident()}-{next(self._numbers)}"
        placed = False
        try:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            fill(Path(work))
            os.replace(work, path)  # noqa: PTH105
            placed = True
        except OSError:
            pass
        finally:
            if not placed:
                with suppress(OSError):
                    os.unlink(work)  # noqa: PTH108
        return placed

    def outline(self, version: str, make: Callable[[Path], None]) -> table.Outline:
        """The outline of a tree, read or made."""
        return self._whole(self._outlines / version, table.Outline, make)

    def words(self, version: str, count: int, make: Callable[[Path], None]) -> words.Words:
        """The words of a tree of so many files, read or made."""
        return self._whole(self._words / version, lambda path: words.Words(path, count), make)

    def has_words(self, version: str) -> bool:
        """Whether the words of a tree are kept (they may turn out to be damaged)."""
        return (self._words / version).is_file()

    def _whole(self, path: Path, read: Callable[[Path], _T], make: Callable[[Path], None]) -> _T:
        # What is made of a tree as a whole; ``read`` raises `ValueError` when it is damaged.
        try:
            found = read(path)
            os.utime(path)
        except (OSError, ValueError):
            pass
        else:
            return found
        if self._place(str(path), make):
            return read(path)
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder) / "whole")
            return read(Path(folder) / "whole")

    def size(self) -> int:
        """Bytes kept."""
        return sum(size for _, size, _ in self._files())

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = Path(folder) / name
                try:
                    stat = path.stat()
                except OSError:
                    continue
                yield max(stat.st_atime, stat.st_mtime), stat.st_size, path

    def clean(self, everything: bool = False) -> int:
        """Remove what older versions left, and the longest unused over the limit; bytes freed."""
        before = self.size()
        if everything:
            shutil.rmtree(self.folder, ignore_errors=True)
            return before
        current = {self._facts.name, self._outlines.name, self._words.name}
        if self.folder.is_dir():
            for old in self.folder.iterdir():
                if old.name not in current:
                    shutil.rmtree(old, ignore_errors=True)
        files = sorted(self._files())
        excess = sum(size for _, size, _ in files) - self.limit
        for _, size, path in files:
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= size
        return before - self.size()
