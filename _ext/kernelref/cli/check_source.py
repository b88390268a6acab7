"""The source that `check` asks: trees that are named, and the locks of the releases that none is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..core.checking import Locks
from ..core.lock import KernelLock
from ..core.releases import series_of, sort_key
from ..core.source import Definition, How
from ..core.target import CALLABLE, choose
from ..resolvers.index import Index
from ..resolvers.tree import open_tree


class Trees:
    """Kernel trees, and the locks of those releases of which no tree is named, whatever its point release."""

    def __init__(self, specs: Iterable[str], locks: Mapping[str, KernelLock]) -> None:
        self._indexes = {index.tree.release: index for index in (Index(open_tree(spec)) for spec in specs)}
        asked = {series_of(tag) for tag in self._indexes}
        self._locks = Locks({tag: lock for tag, lock in locks.items() if series_of(tag) not in asked})

    def releases(self) -> Sequence[str]:
        """The tags, oldest first."""
        return sorted({*self._indexes, *self._locks.releases()}, key=sort_key)

    def where(self, release: str, name: str) -> Sequence[Definition] | None:
        """The definitions of a name."""
        index = self._indexes.get(release)
        if index is None:
            return self._locks.where(release, name)
        return choose(index.definitions(name, late=False), CALLABLE, "")

    def near(self, release: str, name: str) -> Sequence[str]:
        """The nearest names."""
        index = self._indexes.get(release)
        return index.nearest(name) if index else self._locks.near(release, name)

    def calls(self, release: str, caller: str, callee: str) -> bool | None:
        """Whether there is a call, of any kind."""
        index = self._indexes.get(release)
        if index is None:
            return self._locks.calls(release, caller, callee)
        found = index.edge(caller, callee)
        return any(call.how is not How.NONE for call in found) if found else None
