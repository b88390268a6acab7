"""The views that are tables: all series, people, activity by year and topic, and what is stale."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

from .config import Settings
from .core import message_id
from .core.checking import Locks, gone_from, presence
from .core.dates import utc_day
from .directives.cards import link, span
from .fates import SHAPES, state_word
from .gathered import Gatherer, paragraph, web_only
from .i18n import _
from .lookup_source import FAMILIES
from .marks import mark_node
from .resolved import Mark

if TYPE_CHECKING:
    from docutils.nodes import Node

    from .domain import Citation

Cell = Sequence["Node"]


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Cell]], classes: Sequence[str], widths: Sequence[int]
) -> nodes.table:
    """Build a table; ``widths`` are the shares of its columns, for the writers that ask."""
    group = nodes.tgroup("", *(nodes.colspec("", colwidth=width) for width in widths), cols=len(heads))
    head = nodes.row("", *(nodes.entry("", paragraph(nodes.Text(text))) for text in heads))
    body = nodes.tbody(
        "", *(nodes.row("", *(nodes.entry("", paragraph(*cell)) for cell in row)) for row in rows)
    )
    group += [nodes.thead("", head), body]
    return nodes.table("", group, classes=["kernelref-table", *classes])


def _text(text: str) -> Cell:
    return [nodes.inline("", text, support_smartquotes=False)] if text else []


def series_table(gatherer: Gatherer) -> list[Node]:
    """List all series, the newest first: a plain table, which a script lets sort and filter."""
    rows = []
    for entry in reversed(gatherer.series()):
        state = entry.state
        assert state is not None, "an entry of a series has a state"
        rows.append(
            (
                [span(entry.date, "kernelref-date")],
                [
                    gatherer.link(entry.docname, entry.anchor, entry.title),
                    mark_node(Mark.of(entry.standing), ""),
                ],
                _text(entry.author),
                _text(f"v{entry.version}"),
                [span(f"{SHAPES[state]} {state_word(state)}", "kernelref-fate", f"kernelref-fate-{state}")],
                _text(entry.release),
                [gatherer.link(entry.docname, "", gatherer.title(entry.docname))],
            )
        )
    heads = [_("Date"), _("Series"), _("Author"), _("Revision"), _("Status"), _("Release"), _("Topic")]
    return [_words(), table(heads, rows, ["kernelref-series-table"], (12, 34, 14, 7, 12, 10, 15))]


def _words() -> nodes.raw:
    """Give the script its words, in the language of the page."""
    words = {
        "filter": _("Filter"),
        "year": _("Year"),
        "all": _("all"),
        "shown": _("%(shown)d of %(of)d series"),
        "clear": _("Show all"),
        "sort": _("Sort by %s"),
    }
    data = " ".join(f'data-{key}="{escape(str(word))}"' for key, word in words.items())
    return web_only(f'<div class="kernelref-table-words" hidden {data}></div>')


def people(gatherer: Gatherer) -> list[Node]:
    """List who posted the series, those with the most first: how many, when, on which topics, which."""
    posted = defaultdict(list)
    for entry in gatherer.series():
        posted[entry.author].append(entry)
    rows = []
    for author, entries in sorted(posted.items(), key=lambda item: (-len(item[1]), item[0].casefold())):
        years = dict.fromkeys((entries[0].date[:4], entries[-1].date[:4]))
        links: list[Node] = []
        for entry in entries:
            links += [nodes.Text(" · ")] if links else []
            links.append(gatherer.link(entry.docname, entry.anchor, entry.title))
        rows.append(
            (
                _text(author or _("author not known")),
                _text(str(len(entries))),
                _text("–".join(year for year in years if year)),
                links,
            )
        )
    heads = [_("Author"), _("Series"), _("Years"), _("Titles")]
    return [table(heads, rows, ["kernelref-people"], (16, 6, 10, 60))]


def activity(gatherer: Gatherer) -> list[Node]:
    """Count the series by topic and year: a table whose cells are the darker the more there are."""
    count = Counter((entry.docname, entry.date[:4]) for entry in gatherer.series() if entry.date)
    if not count:
        return []
    years = [str(year) for year in range(*_range(year for _page, year in count))]
    pages = sorted({page for page, _year in count}, key=lambda page: (_first(count, page), page))
    rows = [
        ([gatherer.link(page, "", gatherer.title(page))], *(_heat(count[page, year]) for year in years))
        for page in pages
    ]
    heads = [_("Topic"), *(year[2:] for year in years)]
    return [table(heads, rows, ["kernelref-activity"], (15, *(4 for _year in years)))]


def _range(years: Iterable[str]) -> tuple[int, int]:
    found = [int(year) for year in years]
    return min(found), max(found) + 1


def _first(count: Counter[tuple[str, str]], page: str) -> str:
    return min(year for one, year in count if one == page)


def _heat(number: int) -> Cell:
    return [span(str(number), "kernelref-heat", f"kernelref-heat-{min(number, 4)}")] if number else []


def stale(gatherer: Gatherer) -> list[Node]:
    """List what is news of all that the pages cite: newer revisions, and names gone from a later release."""
    rows: dict[tuple[str, str], tuple[Cell, Cell, Cell]] = {}
    source = Locks(dict(gatherer.domain.facts.pinned()))
    for docname, citation in gatherer.domain.citations():
        key = (docname, citation.key)
        if gatherer.wanted(docname) and key not in rows and (found := _news(gatherer, citation, source)):
            what, news = found
            page = gatherer.link(docname, "", gatherer.title(docname))
            rows[key] = ([gatherer.link(docname, citation.anchor, what)], news, [page])
    if not rows:
        return [paragraph(nodes.Text(_("Nothing is stale.")))]
    return [table([_("What"), _("News"), _("Topic")], rows.values(), ["kernelref-stale"], (34, 46, 20))]


def _news(gatherer: Gatherer, citation: Citation, source: Locks) -> tuple[str, Cell] | None:
    """Give what a citation is of and what is news of it, or nothing."""
    lore = gatherer.domain.facts.lore
    if citation.role in ("series", "lore"):
        message = lore.messages.get(citation.key) if lore else None
        newest = message.newest if message else None
        if message is None or newest is None:
            return None
        text = _("newer: %s") % f"{newest.label} ({utc_day(newest.date)})"
        url = newest.message_id and message_id.url(
            Settings.of(gatherer.app.config).lore_url, newest.message_id
        )
        return message.subject, [link(text, url)] if url else _text(text)
    if citation.role in FAMILIES and citation.role != "kfile":
        name = citation.key.rpartition(":")[2]
        having, lacking = presence(name, source)
        if later := gone_from(citation.release, having, lacking):
            words = {"here": citation.release, "later": ", ".join(later)}
            text = _("in %(here)s, and no longer in what was read of %(later)s") % words
            return FAMILIES[citation.role].form.format(name), _text(text)
    return None
