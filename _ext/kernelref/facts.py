"""The locks of a build, read once; a lock that cannot be used is one warning, not one a reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .config import Settings
from .core.lock import KernelLock, LoreLock
from .core.lockfile import LORE, kernel_paths, kernel_tag, load_kernel, load_lore
from .core.record import LockError
from .core.releases import ReleaseError, Releases, sort_key
from .diagnostics import Subtype, warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Facts:
    """What the lock folder holds; ``None`` stands for a lock that is missing or of no use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[LockError] = []
        self.lore: LoreLock | None = None
        self.kernels: dict[str, KernelLock | None] = {}
        self._read_lore()
        for path in kernel_paths(folder):
            self._read_kernel(path)
        self.releases = Releases.of(self.kernels)

    def _read_lore(self) -> None:
        path = self.folder / LORE
        try:
            self.lore = load_lore(path)
        except LockError as error:
            if path.exists():
                self.problems.append(error)

    def _read_kernel(self, path: Path) -> None:
        tag = kernel_tag(path)
        try:
            sort_key(tag)
        except ReleaseError as error:
            self.problems.append(LockError(path, str(error), "name the file linux-<tag>.json"))
            return
        self.kernels[tag] = None
        try:
            lock = load_kernel(path)
        except LockError as error:
            self.problems.append(error)
            return
        if lock.release != tag:
            self.problems.append(LockError(path, f"it holds {lock.release}, and its name says {tag}"))
            return
        self.kernels[tag] = lock

    def path(self, name: str) -> Path:
        """Give the path of a lock file, for `note_dependency`."""
        return self.folder / name

    def pinned(self) -> list[tuple[str, KernelLock]]:
        """List the usable kernel locks, oldest release first."""
        return [(tag, lock) for tag in self.releases.pinned if (lock := self.kernels[tag])]


def read_facts(app: Sphinx) -> Facts:
    """Read the locks of a build and warn of each that cannot be used."""
    facts = Facts(Settings.of(app.config).lock_folder(Path(app.confdir)))
    for error in facts.problems:
        warn(Subtype.LOCK, f"{error.problem}; {error.remedy}", f"{error.path}:1")
    return facts
