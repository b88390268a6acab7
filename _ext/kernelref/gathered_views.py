"""The views of time and of place: timelines, summaries, the cards of topics, the newest series, questions."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

from .core.lock import Standing, State
from .core.timeline import Dot, picture, sample
from .diagrams import draws
from .directives.article import genre_word
from .directives.cards import fold, joined, span
from .fates import fate_text, state_word
from .gathered import HERE, Entry, Gatherer, by_day, listed, paragraph, web_only
from .i18n import _
from .marks import mark_node
from .resolved import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docutils.nodes import Node

_READING = "reading"


def fate_of(entry: Entry) -> str:
    """Say what became of an entry, or what kind of reading it is: a shape and words."""
    if entry.state is None:
        return f"▤ {genre_word(entry.genre)}"
    if entry.message and entry.message.fate:
        return fate_text(entry.message.fate)
    return state_word(entry.state)


def row(gatherer: Gatherer, entry: Entry, *, page: bool = False) -> list[Node]:
    """Build one line on an entry: its day, its title as a link to the card, what became of it."""
    parts: list[Node] = [
        span(entry.date or "?", "kernelref-date"),
        nodes.Text(" "),
        gatherer.link(entry.docname, entry.anchor, entry.title),
        mark_node(Mark.of(entry.standing), ""),
        nodes.Text(" · "),
        span(fate_of(entry), "kernelref-fate", f"kernelref-fate-{entry.state or _READING}"),
    ]
    if page:
        parts += [nodes.Text(" · "), gatherer.link(entry.docname, "", gatherer.title(entry.docname))]
    return parts


def summary(gatherer: Gatherer) -> str:
    """Count what there is: ``22 series · 2010–2025 · 19 verified · open questions: 4``."""
    series, readings = gatherer.series(), gatherer.readings()
    years = sorted(entry.date[:4] for entry in (*series, *readings) if entry.date)
    verified = sum(entry.standing is Standing.ARCHIVE for entry in series)
    questions = len(gatherer.questions(done=False))
    span_of_years = "–".join(dict.fromkeys((years[0], years[-1]))) if years else ""
    parts = [
        _("%d series") % len(series) if series else "",
        _("articles and talks: %d") % len(readings) if readings else "",
        span_of_years,
        _("%d verified") % verified if series else "",
        _("open questions: %d") % questions if questions else "",
    ]
    return " · ".join(part for part in parts if part)


def timeline(gatherer: Gatherer) -> list[Node]:
    """Show the summary, the picture of all entries by day, and the same as a list."""
    entries = sorted((*gatherer.series(), *gatherer.readings()), key=by_day)
    if not entries:
        return []
    everywhere = not gatherer.here
    rows = [row(gatherer, entry, page=everywhere) for entry in entries]
    entries_listed = listed(rows, ["kernelref-timeline-list"], ordered=True)
    shown: list[Node] = [
        paragraph(nodes.Text(summary(gatherer)), classes=["kernelref-summary"]),
        web_only(_frame(gatherer, entries) + ("" if everywhere else _fold_all())),
    ]
    if "open" in gatherer.options:
        return [*shown, entries_listed]
    return [*shown, fold(_("By date, as a list"), [entries_listed])]


def _frame(gatherer: Gatherer, entries: list[Entry]) -> str:
    dots = [
        Dot(
            entry.date,
            str(entry.state or _READING),
            gatherer.uri(entry.docname, entry.anchor),
            " · ".join(part for part in (entry.date, entry.title, fate_of(entry)) if part),
            entry.release if entry.state in (State.LANDED, State.PARTLY) else "",
        )
        for entry in entries
    ]
    there = {dot.state for dot in dots}
    words = [(str(state), state_word(state)) for state in State] + [(_READING, _("article or talk"))]
    legend = "".join(f"<li>{sample(state)}{escape(word)}</li>" for state, word in words if state in there)
    return (
        f'<div class="kernelref-timeline"><div class="kernelref-timeline-frame">{picture(dots)}</div>'
        f'<ul class="kernelref-timeline-legend" aria-hidden="true">{legend}</ul></div>'
    )


def _fold_all() -> str:
    """Give the button that folds or opens all cards of the page; a script shows it."""
    fold, more = escape(_("Fold all cards")), escape(_("Open all cards"))
    words = f'data-fold="{fold}" data-open="{more}"'
    return f'<button type="button" class="kernelref-fold-all" hidden {words}></button>'


def newest(gatherer: Gatherer) -> list[Node]:
    """List the newest series, the newest first, each with its page."""
    entries = gatherer.series()[::-1][: gatherer.options.get("count", 10)]
    return [listed([row(gatherer, entry, page=True) for entry in entries], ["kernelref-newest"])]


def topic_line(gatherer: Gatherer) -> list[Node]:
    """Say of another page, in one line, how much it holds: part of the card of a topic."""
    docname = gatherer.options["page"]
    other = Gatherer(gatherer.app, docname, {"pages": HERE})
    series = other.series()
    verified = sum(entry.standing is Standing.ARCHIVE for entry in series)
    open_questions = len(other.questions(done=False))
    readings = other.readings()
    latest = max((entry.date for entry in (*series, *readings)), default="")
    parts = [
        _("%d series") % len(series) if series else "",
        _("articles and talks: %d") % len(readings) if readings and not series else "",
        _("newest %s") % latest if latest else "",
        _("%d%% verified") % round(100 * verified / len(series)) if series else "",
        _("open questions: %d") % open_questions if open_questions else "",
    ]
    text = " · ".join(part for part in parts if part)
    return [paragraph(nodes.Text(text), classes=["kernelref-topic-line"])] if text else []


def questions(gatherer: Gatherer) -> list[Node]:
    """List the open questions by page, then the answered ones, folded."""
    shown: list[Node] = []
    if found := _asked(gatherer, done=False):
        shown.append(found)
    else:
        shown.append(paragraph(nodes.Text(_("No open question."))))
    if answered := _asked(gatherer, done=True):
        shown.append(fold(_("Answered"), [answered]))
    return shown


def _asked(gatherer: Gatherer, *, done: bool) -> nodes.Element | None:
    rows = []
    for docname, anchor, text, card in gatherer.questions(done=done):
        page = "" if gatherer.here else gatherer.title(docname)
        where: list[Sequence[Node]] = [[gatherer.link(docname, anchor, text)]]
        where += [[nodes.Text(part)] for part in (card, page) if part]
        rows.append(joined(where))
    return listed(rows, ["kernelref-questions"]) if rows else None


def search_box(gatherer: Gatherer) -> list[Node]:
    """Show a search box on web pages; other writers have nothing to search with."""
    if not draws(gatherer.app.builder):
        return []
    label, word = escape(_("Search the notes")), escape(_("Search"))
    action = escape(gatherer.uri("search"))
    form = (
        f'<form class="kernelref-search" role="search" action="{action}" method="get">'
        f'<input type="search" name="q" placeholder="{label}" aria-label="{label}">'
        f'<button type="submit">{word}</button></form>'
    )
    return [web_only(form)]
