"""Names in headers of registers: which of these define one, found out when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .workers import LATE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .query import Index


class Late:
    """The headers of registers of one tree, as far as they were asked for."""

    def __init__(self, index: Index) -> None:
        """Nothing is read yet."""
        self._index = index
        self._expected: set[str] = set()
        # name -> all that may define it
        self._known: dict[str, list[str]] = {}
        # path -> the headers of registers that it sees; such a header -> its names
        self._seen: dict[str, list[str]] = {}
        self._names: dict[str, set[bytes]] = {}

    def expect(self, names: Iterable[str]) -> None:
        """Say which names will be asked for: where all texts have to be searched, it is for these at once."""
        self._expected |= {*names}

    def headers(self, name: str, path: str = "") -> list[str]:
        """Those that may define a name: of those that a file sees, or of all."""
        outline = self._index.outline
        if not outline.late:
            return []
        if not path:
            return self._all(name)
        if self._index.has_table(LATE):
            # What a file includes is dearer to tell than what such headers define.
            return [header for header in self._all(name) if self._index.sees(path, header)]
        if path not in self._seen:
            self._seen[path] = sorted(outline.late & {path, *outline.includes.closure(path)})
        return [header for header in self._seen[path] if name.encode() in self._names_of(header)]

    def _all(self, name: str) -> list[str]:
        if name not in self._known:
            index = self._index
            if index.has_table(LATE):
                self._known[name] = index.outline.having(name, index.table(LATE))
            else:
                names = {*self._expected, name} - self._known.keys()
                self._known |= index.scanner.late_names(sorted(index.outline.late), sorted(names))
        return self._known[name]

    def _names_of(self, header: str) -> set[bytes]:
        from . import registers

        if header not in self._names:
            self._names[header] = registers.names_of(header, registers.split(self._index.text(header)))
        return self._names[header]
