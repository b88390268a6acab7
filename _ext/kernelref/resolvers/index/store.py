"""What was read once: facts by the content they were read from, outlines by their tree.

Files in the user's cache folder, each written beside its place and renamed into it, so that two
runs may share it; each ends with a digest, so that a damaged one is noticed and made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..cache import cache_folder
from . import outline as outlines
from . import parse
from .facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_BYTES: Final = 1536 * 1024**2
"""More than this is cleaned at the end of a run, the longest unused first."""
_MAX_FACTS: Final = 256 * 1024**2


class Store:
    """The cache of one user; every method may be called while another process does the same."""

    def __init__(self, folder: Path | None = None, limit: int = MAX_BYTES) -> None:
        """Use a folder, the user's own unless named."""
        self.folder = folder if folder is not None else cache_folder() / "index"
        self.limit = limit
        self._facts = self.folder / f"facts-{parse.VERSION}"
        self._outlines = self.folder / f"outline-{outlines.VERSION}"

    def facts(self, blob: str, make: Callable[[], FileFacts]) -> FileFacts:
        """The facts of a content, read or made."""
        path = self._facts / blob[:2] / blob[2:]
        facts = self._read(path)
        if facts is None:
            facts = make()
            self._write(path, facts)
        return facts

    def keep(self, blob: str, facts: FileFacts) -> None:
        """Keep the facts of a content."""
        self._write(self._facts / blob[:2] / blob[2:], facts)

    def has_facts(self, blob: str) -> bool:
        """Whether facts of this content are kept (they may turn out to be damaged)."""
        return (self._facts / blob[:2] / blob[2:]).is_file()

    def _read(self, path: Path) -> FileFacts | None:
        try:
            raw = path.read_bytes()
        except OSError:
            return None
        digest, packed = raw[:16], raw[16:]
        if hashlib.sha256(packed).digest()[:16] != digest:
            return None
        try:
            unpacker = zlib.decompressobj()
            data = unpacker.decompress(packed, _MAX_FACTS)
            return FileFacts.from_json(json.loads(data))
        except (ValueError, TypeError, KeyError, zlib.error):
            return None

    def _write(self, path: Path, facts: FileFacts) -> None:
        packed = zlib.compress(json.dumps(facts.to_json(), separators=(",", ":")).encode(), 1)
        raw = hashlib.sha256(packed).digest()[:16] + packed
        self._place(path, lambda work: work.write_bytes(raw))

    def _place(self, path: Path, fill: Callable[[Path], object]) -> bool:
        # A store that cannot be written (no space, read-only) costs time, never an answer.
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
            os.close(handle)
        except OSError:
            return False
        work = Path(name)
        try:
            fill(work)
            work.replace(path)
        except OSError:
            return False
        finally:
            work.unlink(missing_ok=True)
        return True

    def outline(self, version: str, make: Callable[[Path], None]) -> outlines.Outline:
        """The outline of a tree, read or made."""
        path = self._outlines / version
        try:
            found = outlines.Outline(path)
            os.utime(path)
        except (OSError, ValueError):
            pass
        else:
            return found
        if self._place(path, make):
            return outlines.Outline(path)
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder) / "outline")
            return outlines.Outline(Path(folder) / "outline")

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
        current = {self._facts.name, self._outlines.name}
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
