"""The generated indices: series by date and by author, identifiers with every page that speaks of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, cast

from sphinx.domains import Index, IndexEntry

from .i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .domain import KernelDomain, SeriesObject

Content = list[tuple[str, list[IndexEntry]]]

_UNKNOWN = "?"


def _entry(name: str, docname: str, anchor: str, extra: str = "", subtype: int = 0) -> IndexEntry:
    return IndexEntry(name, subtype, docname, anchor, extra, "", "")


class _KernelIndex(Index):
    @property
    def kernel(self) -> KernelDomain:
        return cast("KernelDomain", self.domain)

    def cards(self, docnames: Iterable[str] | None) -> list[tuple[str, SeriesObject]]:
        """List the cards of the pages asked for, oldest first."""
        wanted = None if docnames is None else set(docnames)
        found = [(d, s) for d, s in self.kernel.series() if wanted is None or d in wanted]
        return sorted(found, key=lambda item: (item[1].date, item[1].message_id))


class DateIndex(_KernelIndex):
    """Series by the year and day of posting."""

    name = "date"
    localname = _("Series by date")
    shortname = _("dates")

    def generate(self, docnames: Iterable[str] | None = None) -> tuple[Content, bool]:
        """Group the cards by year, the newest year first."""
        years: dict[str, list[IndexEntry]] = defaultdict(list)
        for docname, card in self.cards(docnames):
            entry = _entry(f"{card.date} {card.title}".strip(), docname, card.anchor, card.author)
            years[card.date[:4] or _UNKNOWN].append(entry)
        return sorted(years.items(), key=lambda item: item[0].replace(_UNKNOWN, ""), reverse=True), False


class AuthorIndex(_KernelIndex):
    """Series by who posted them."""

    name = "author"
    localname = _("Series by author")
    shortname = _("authors")

    def generate(self, docnames: Iterable[str] | None = None) -> tuple[Content, bool]:
        """Group the authors by initial; an author is a group of his own cards, oldest first."""
        people: dict[str, list[tuple[str, SeriesObject]]] = defaultdict(list)
        for docname, card in self.cards(docnames):
            people[card.author].append((docname, card))
        initials: dict[str, list[IndexEntry]] = defaultdict(list)
        for name in sorted(people, key=str.casefold):
            below = 2 if name else 0
            cards = [_entry(s.title, d, s.anchor, s.date, below) for d, s in people[name]]
            first, found = people[name][0]
            head = [_entry(name, first, found.anchor, "", 1)] if name else []
            initials[_initial(name)] += head + cards
        return sorted(initials.items()), False


def _initial(name: str) -> str:
    """Give what a name is grouped by; a whole name will not do, for Sphinx makes an id of it."""
    return name[0].upper() if name[:1].isalpha() else _UNKNOWN


class IdentifierIndex(_KernelIndex):
    """Identifiers by name, with every page that speaks of them."""

    name = "identifier"
    localname = _("Identifiers")
    shortname = _("identifiers")

    def generate(self, docnames: Iterable[str] | None = None) -> tuple[Content, bool]:
        """Group by first letter; an identifier of several pages is a group of its own entries."""
        wanted = None if docnames is None else set(docnames)
        places: dict[str, dict[str, str]] = defaultdict(dict)  # identifier -> page -> anchor
        for docname, citation in self.kernel.citations():
            if citation.role in ("kfunc", "kstruct", "kmacro", "kconfig") and (
                wanted is None or docname in wanted
            ):
                name = citation.key.rpartition(":")[2]
                places[name].setdefault(docname, citation.anchor)
        letters: dict[str, list[IndexEntry]] = defaultdict(list)
        for name in sorted(places, key=str.casefold):
            letters[name[0].upper()].extend(self._entries(name, places[name]))
        return sorted(letters.items()), True

    def _entries(self, name: str, pages: dict[str, str]) -> list[IndexEntry]:
        titles = {docname: self.kernel.env.titles[docname].astext() for docname in pages}
        if len(pages) == 1:
            ((docname, anchor),) = pages.items()
            return [_entry(name, docname, anchor, titles[docname])]
        first = next(iter(pages))
        return [
            _entry(name, first, pages[first], "", 1),
            *(_entry(titles[docname], docname, anchor, "", 2) for docname, anchor in pages.items()),
        ]
