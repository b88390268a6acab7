"""``lock``, the source side: what the pages cite of a kernel release, found in its tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.lock import KernelLock
from ..core.lockfile import dump, kernel_file, kernel_paths, kernel_tag, load_kernel, write_atomic
from ..core.record import LockError
from ..core.releases import ReleaseError, Releases, series_of, sort_key
from ..core.source import Call, Definition
from ..core.target import CALLABLE, choose
from ..resolvers.index import Index
from ..resolvers.index.callgraph import SourceGraph
from ..resolvers.tree import Tree, open_tree
from .lock_trees import TreeFacts, TreeQuestions, upward

if TYPE_CHECKING:
    from .pages import Pages

Say = Callable[[str], None]


class PinError(Exception):
    """A tree is of another point release than the one that is pinned."""


def open_trees(specs: Iterable[str]) -> list[Tree]:
    """Open every tree before any work. Raises `TreeError`, `PinError`."""
    trees = [open_tree(spec) for spec in specs]
    check_series(tree.release for tree in trees)
    return trees


def check_trees(trees: Iterable[Tree], folder: Path, *, repin: bool) -> None:
    """Refuse trees of other point releases than the pinned ones. Raises `PinError`."""
    tags = pinned(folder)
    for tree in trees:
        other = tags.tag(series_of(tree.release))
        if other and other != tree.release and not repin:
            raise PinError(
                f"{other} is pinned and the tree is {tree.release}: its lines may differ; "
                f"give a tree of {other}, or --repin to move the pin"
            )


def check_series(releases: Iterable[str]) -> None:
    """Refuse two of one series: a site pins one of them. Raises `PinError`."""
    taken: dict[str, str] = {}
    for release in releases:
        series = series_of(release)
        if series in taken:
            raise PinError(f"{taken[series]} and {release} are both {series}: one of a series is pinned")
        taken[series] = release


def pinned(folder: Path) -> Releases:
    """Give the releases that have a lock."""
    names = (kernel_tag(path) for path in kernel_paths(folder))
    return Releases.of(name for name in names if _is_release(name))


def _is_release(name: str) -> bool:
    try:
        sort_key(name)
    except ReleaseError:
        return False
    return True


def lock_kernels(indexes: Iterable[Index], pages: Pages, say: Say, origins: Mapping[str, str]) -> None:
    """Write the lock of each release; another point release of the same series goes.

    ``origins`` says where a tree is from, by its release, where its own form (a folder) does not.
    """
    graphs = {index.tree.release: SourceGraph(index) for index in indexes}
    cited = cited_names(pages)
    queries = [query for _, query in pages.queries]
    locks = _locks(pages.lock_folder)
    releases = Releases.of({*graphs, *locks})
    asked_before = {name for lock in locks.values() for name in lock.identifiers}
    for release, graph in graphs.items():
        graph.index.foresee(cited | asked_before, upward(queries, releases, release))
    for graph in graphs.values():
        graph.index.prefetch(cited)
        graph.index.begin_nearest(cited)
    asked = TreeQuestions(queries, graphs, locks, releases)
    for release, graph in graphs.items():
        origin = origins.get(release) or origins.get(series_of(release), "")
        _write(_Locking(graph.index, pages, asked.facts[release], origin).lock(), pages, say)


def _locks(folder: Path) -> dict[str, KernelLock]:
    """Read the locks that there are; one that cannot be used knows nothing."""
    found = {}
    for tag in pinned(folder).pinned:
        with suppress(LockError):
            found[tag] = load_kernel(folder / kernel_file(tag))
    return found


def _write(lock: KernelLock, pages: Pages, say: Say) -> None:
    path = pages.lock_folder / kernel_file(lock.release)
    write_atomic(path, dump(lock))
    drop_others(pages.lock_folder, lock.release)
    here = sum(1 for found in lock.identifiers.values() if found)
    say(
        f"{path.name}: {here} of {len(lock.identifiers)} identifiers, "
        f"{len(lock.files)} files, {len(lock.calls)} calls, {len(lock.trees)} derived trees"
    )


def _same_series(tag: str, release: str) -> bool:
    return series_of(tag) == series_of(release)


def drop_others(folder: Path, release: str) -> None:
    """Remove the locks of other point releases of the same series."""
    for tag in pinned(folder).pinned:
        if _same_series(tag, release) and tag != release:
            (folder / kernel_file(tag)).unlink()


class _Locking:
    """Collects the facts of one release."""

    def __init__(self, index: Index, pages: Pages, asked: TreeFacts, origin: str) -> None:
        self.tree, self.pages, self.index, self.asked, self.origin = index.tree, pages, index, asked, origin

    def lock(self) -> KernelLock:
        cited = cited_names(self.pages)
        names = sorted(cited | self.asked.names)
        self.index.prefetch(names, late=False)
        identifiers = {name: self._definitions(name, name in cited) for name in names}
        lacking = [name for name, found in identifiers.items() if not found]
        self.index.expect_nearest(lacking)
        return KernelLock(
            release=self.tree.release,
            origin=self.origin or self.tree.origin,
            folders=tuple(self.tree.folders),
            identifiers=identifiers,
            near={name: self.index.nearest(name) for name in lacking},
            files={path: self._lines(path) for path in sorted(self.pages.keys("kfile"))},
            calls=tuple(sorted({*self._calls(identifiers), *self.asked.calls})),
            trees=self.asked.trees,
            likenesses=tuple(sorted(self.asked.likenesses)),
        )

    def _definitions(self, name: str, cited: bool) -> tuple[Definition, ...]:
        """Find every definition; of what is in a tree alone, in headers of registers where there is no other.

        All of these would be read for it: of a callee that a tree found elsewhere they can say nothing.
        """
        elsewhere = () if cited else self.index.definitions(name, late=False)
        return elsewhere or self.index.definitions(name)

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


def cited_names(pages: Pages) -> set[str]:
    """Collect every identifier that a page speaks of; each is looked up in each release."""
    keys = pages.keys("kfunc", "kstruct", "kmacro", "kconfig")
    return {key.rpartition(":")[2] for key in keys}
