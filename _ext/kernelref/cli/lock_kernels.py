"""``lock``, the source side: what the pages cite of a kernel release, found in its tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from ..core.lock import KernelLock
from ..core.lockfile import dump, write_atomic
from ..core.releases import ReleaseError, Releases, series_of, sort_key
from ..core.source import Call, Definition
from ..core.target import CALLABLE, choose
from ..facts import kernel_file
from ..resolvers.index import Index
from ..resolvers.tree import Tree, open_tree
from .pages import Pages

Say = Callable[[str], None]


class PinError(Exception):
    """A tree is of another point release than the one that is pinned."""


def open_trees(specs: Iterable[str], folder: Path, *, repin: bool) -> list[Tree]:
    """Open every tree before any work. Raises `TreeError`, `PinError`."""
    trees = [open_tree(spec) for spec in specs]
    pinned = _pinned(folder)
    for tree in trees:
        other = pinned.tag(series_of(tree.release))
        if other and other != tree.release and not repin:
            raise PinError(
                f"{other} is pinned and the tree is {tree.release}: its lines may differ; "
                f"give a tree of {other}, or --repin to move the pin"
            )
    return trees


def _pinned(folder: Path) -> Releases:
    names = (path.name.removeprefix("linux-").removesuffix(".json") for path in folder.glob("linux-v*.json"))
    return Releases.of(name for name in names if _is_release(name))


def _is_release(name: str) -> bool:
    try:
        sort_key(name)
    except ReleaseError:
        return False
    return True


def lock_kernel(tree: Tree, pages: Pages, say: Say, origin: str = "") -> Path:
    """Write the lock of one release; another point release of the same series goes.

    ``origin`` says where the tree is from, where its own form (a folder) does not.
    """
    lock = _Locking(tree, pages, origin).lock()
    path = pages.lock_folder / kernel_file(tree.release)
    write_atomic(path, dump(lock))
    for tag in _pinned(pages.lock_folder).pinned:
        if series_of(tag) == series_of(tree.release) and tag != tree.release:
            (pages.lock_folder / kernel_file(tag)).unlink()
    here = sum(1 for found in lock.identifiers.values() if found)
    say(
        f"{path.name}: {here} of {len(lock.identifiers)} identifiers, "
        f"{len(lock.files)} files, {len(lock.calls)} calls"
    )
    return path


class _Locking:
    """Collects the facts of one release."""

    def __init__(self, tree: Tree, pages: Pages, origin: str) -> None:
        self.tree, self.pages, self.origin = tree, pages, origin
        self.index = Index(tree)

    def lock(self) -> KernelLock:
        names = sorted(_names(self.pages))
        self.index.prefetch(names)
        identifiers = {name: tuple(sorted(self.index.definitions(name))) for name in names}
        return KernelLock(
            release=self.tree.release,
            origin=self.origin or self.tree.origin,
            folders=tuple(self.tree.folders),
            identifiers=identifiers,
            near={name: self.index.nearest(name) for name, found in identifiers.items() if not found},
            files={path: self._lines(path) for path in sorted(self.pages.keys("kfile"))},
            calls=tuple(sorted(set(self._calls(identifiers)))),
        )

    def _lines(self, path: str) -> int:
        """Count a file's lines: 0 for a folder, -1 for what is not there."""
        if not self.tree.exists(path):
            return 0 if any(one.startswith(path + "/") for one in self.tree.paths()) else -1
        text = self.tree.read(path)
        return text.count(b"\n") + (not text.endswith(b"\n"))

    def _calls(self, identifiers: dict[str, tuple[Definition, ...]]) -> Iterable[Call]:
        for _, edge in self.pages.edges:
            if edge.release not in (self.tree.release, series_of(self.tree.release)):
                continue
            file, _, caller = edge.caller.rpartition(":")
            callee = edge.callee.rpartition(":")[2]
            for definition in choose(identifiers[caller], CALLABLE, file):
                if identifiers[callee]:
                    found = self.index.edge(caller, edge.callee, definition.file)
                    yield from (replace(call, callee=edge.callee) for call in found)


def _names(pages: Pages) -> set[str]:
    """Collect every identifier that a page speaks of; each is looked up in each release."""
    keys = pages.keys("kfunc", "kstruct", "kmacro", "kconfig")
    return {key.rpartition(":")[2] for key in keys}
