"""What was read once: facts by the content they were read from, segments of outlines, what trees consist of.

Files in the user's cache folder, each written beside its place and renamed into it, so that two
runs may share it; each has a checksum, so that a damaged one is noticed and made again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..cache import cache_folder
from . import pairs
from .facts import VERSION as FACTS_VERSION
from .facts import FileFacts
from .manifest import VERSION as MANIFEST_VERSION
from .manifest import Manifest
from .packs import VERSION as PACKS_VERSION
from .packs import Packs
from .segment import VERSION as SEGMENT_VERSION
from .segment import Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_BYTES: Final = 3 * 1024**3
"""More than this is cleaned away, the longest unused first."""
_MUCH: Final = 64 * 1024**2
"""After so many bytes have been written, the bound is looked at again."""
_ABANDONED: Final = 24 * 3600
"""Seconds after which unfinished work is taken for that of a run that died."""


class Store:
    """The cache of one user; every method may be called while another process does the same."""

    def __init__(self, folder: Path | None = None, limit: int = MAX_BYTES) -> None:
        """Use a folder, the user's own unless named."""
        self.folder = folder if folder is not None else cache_folder() / "index"
        self.limit = limit
        self._numbers = count()
        self._written = 0
        self._facts = self.folder / f"facts-{FACTS_VERSION}"
        self._packs = self.folder / f"packs-{FACTS_VERSION}.{PACKS_VERSION}"
        self._segments = self.folder / f"outline-{SEGMENT_VERSION}"
        self._tables = self.folder / f"pairs-{SEGMENT_VERSION}.{pairs.VERSION}"
        self._trees = self.folder / f"trees-{SEGMENT_VERSION}.{MANIFEST_VERSION}"

    # --- facts -----------------------------------------------------------------

    def facts(self, blob: str, make: Callable[[], FileFacts]) -> FileFacts:
        """The facts of a content, read or made."""
        facts = self.kept(blob)
        if facts is None:
            facts = make()
            self.keep(blob, facts)
        return facts

    def kept(self, blob: str) -> FileFacts | None:
        """The facts of a content; nothing when they are not there, or damaged."""
        raw = self._packed.get(blob)
        found = facts_of(raw) if raw is not None else None
        if found is None:  # or damaged in its pack, and made again since
            try:
                with open(self._entry(blob), "rb", buffering=0) as file:  # noqa: PTH123 (hundreds of them)
                    found = facts_of(file.read())
            except OSError:
                return None
        return found

    def keep(self, blob: str, facts: FileFacts) -> None:
        """Keep the facts of a content."""
        raw = record_of(facts)
        self._packed.forget(blob)
        self._place(self._entry(blob), lambda work: work.write_bytes(raw))

    def has_facts(self, blob: str) -> bool:
        """Whether facts of this content are kept (they may turn out to be damaged)."""
        return blob in self._packed or os.path.isfile(self._entry(blob))  # noqa: PTH113 (60,000 times)

    def take_pack(self, made: Path) -> None:
        """Take a pack of facts that a worker made."""
        with suppress(OSError, ValueError):
            self._packed.add(self._take(made, self._packs))

    @cached_property
    def _packed(self) -> Packs:
        packs = Packs()
        for path in sorted(self._packs.glob("*")) if self._packs.is_dir() else ():
            try:
                packs.add(path)
                os.utime(path)
            except (OSError, ValueError):
                path.unlink(missing_ok=True)
        return packs

    def _entry(self, blob: str) -> str:
        return f"{self._facts}/{blob[:2]}/{blob[2:]}"

    # --- segments ----------------------------------------------------------------

    def segments(self) -> list[str]:
        """The names of all segments, the last used first."""
        used: list[tuple[float, str]] = []
        with suppress(OSError), os.scandir(self._segments) as entries:
            used = [(entry.stat().st_mtime, entry.name) for entry in entries if entry.name[0] != "."]
        return [name for _, name in sorted(used, reverse=True)]

    def segment(self, name: str) -> Segment | None:
        """A segment; nothing when it is not there, or damaged."""
        path = self._segments / name
        try:
            found = Segment(path)
            os.utime(path)
        except OSError:
            return None
        except ValueError:
            path.unlink(missing_ok=True)
            return None
        return found

    def take_segment(self, made: Path) -> tuple[str, Segment]:
        """Take a segment that a worker made; its name is the digest of what it was read from."""
        found = Segment(made)
        name = hashlib.sha256("\n".join(found.files).encode(errors="surrogateescape")).hexdigest()[:32]
        with suppress(OSError):
            self._take(made, self._segments, name)
        return name, found

    def table(self, kind: str, name: str) -> pairs.Pairs | None:
        """The words (or what ``kind`` names) of a segment; nothing when they are not there, or damaged."""
        path = self._tables / f"{name}.{kind}"
        try:
            found = pairs.Pairs(path)
            os.utime(path)
        except (OSError, ValueError):
            return None
        return found

    def take_table(self, kind: str, name: str, made: Path) -> pairs.Pairs:
        """Take a table of a segment that a worker made."""
        found = pairs.Pairs(made)
        with suppress(OSError):
            self._take(made, self._tables, f"{name}.{kind}")
        return found

    # --- trees ---------------------------------------------------------------------

    def manifest(self, place: str) -> Manifest | None:
        """What a tree was made of when it was last looked at."""
        path = self._trees / place
        try:
            found = Manifest.read(path)
            os.utime(path)
        except (OSError, ValueError):
            return None
        return found

    def keep_manifest(self, place: str, manifest: Manifest) -> None:
        """Keep what a tree is made of."""
        self._place(str(self._trees / place), manifest.write)

    # --- files ---------------------------------------------------------------------

    @contextmanager
    def workroom(self) -> Iterator[Path]:
        """A folder for what workers make, in the store where that can be written."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
        try:
            room = tempfile.TemporaryDirectory(prefix=".work-", dir=self.folder, ignore_cleanup_errors=True)
        except OSError:
            room = tempfile.TemporaryDirectory(prefix="kernelref-")
        with room as folder:
            yield Path(folder)

    def _take(self, made: Path, folder: Path, name: str = "") -> Path:
        """Move a finished file into its place."""
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / (name or f"{os.getpid():x}-{next(self._numbers):x}-{os.urandom(8).hex()}")
        made.replace(place)
        self._wrote(place.stat().st_size)
        return place

    def _place(self, path: str, fill: Callable[[Path], object]) -> None:
        # A store that cannot be written (no space, read-only) costs time, never an answer.
        folder = os.path.dirname(path)  # noqa: PTH120
        work = f"{folder}/.new-{os.getpid()}-{threading.get_ident()}-{next(self._numbers)}"
        try:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            fill(Path(work))
            self._wrote(os.path.getsize(work))  # noqa: PTH202
            os.replace(work, path)  # noqa: PTH105
        except OSError:
            with suppress(OSError):
                os.unlink(work)  # noqa: PTH108

    def _wrote(self, size: int) -> None:
        self._written += size
        if self._written > min(_MUCH, self.limit):
            self._written = 0
            self.clean()

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
        """Remove what old versions and dead runs left, and the longest unused over the limit; bytes freed."""
        before = self.size()
        if everything:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.__dict__.pop("_packed", None)
            return before
        self._sweep()
        files = sorted(self._files())
        excess = sum(size for _, size, _ in files) - self.limit
        for _, size, path in files:
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= size
        return before - self.size()

    def _sweep(self) -> None:
        folders = (self._facts, self._packs, self._segments, self._tables, self._trees)
        current = {folder.name for folder in folders}
        with suppress(OSError):
            for old in self.folder.iterdir():
                working = old.name.startswith(".work-") and time.time() - old.stat().st_mtime < _ABANDONED
                if old.name not in current and not working:
                    shutil.rmtree(old, ignore_errors=True)


def record_of(facts: FileFacts) -> bytes:
    """Facts as they are kept: a digest, and what it is of."""
    packed = facts.packed()
    return hashlib.sha256(packed).digest()[:16] + packed


def facts_of(record: bytes) -> FileFacts | None:
    """What `record_of` was given; nothing when the record is damaged."""
    digest, packed = record[:16], record[16:]
    # What is damaged is never unpacked.
    if hashlib.sha256(packed).digest()[:16] != digest:
        return None
    try:
        return FileFacts.unpacked(packed)
    except (ValueError, TypeError, EOFError):
        return None
