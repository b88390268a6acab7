"""The picture of a timeline: an axis of years, a shape for each posting, stacked where days are close.

Of the pure layer. Sizes are in pixels; the same dots give the same bytes. Colours are classes, which a
style sheet fills for light and dark; a shape says by itself what became of a series.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

_YEAR = (24, 56)
"""How much room a year has, at least and at most."""
_MARGIN = 28
_WIDTH = 720
"""How wide the picture is, where the years have their room: a column of text on a desktop."""
_STEP = 16
"""How far apart two dots are, side by side and one above the other."""
_LABEL = 44
"""How much room a release below the axis wants."""

SHAPES = {
    "landed": '<circle r="6"/>',
    "partly": '<circle class="open" r="5.5"/><path d="M0-6A6 6 0 0 1 0 6Z"/>',
    "superseded": '<path class="open" d="M0-6.5L6.5 0L0 6.5L-6.5 0Z"/>',
    "review": '<circle class="open dashed" r="5.5"/>',
    "dropped": '<path class="open" d="M-5-5L5 5M-5 5L5-5"/>',
    "unknown": '<circle class="open" r="5.5"/>',
    "reading": '<path d="M-5.5-5H5.5V5H-5.5Z"/>',
}
"""What a state looks like, drawn around its place; ``reading`` is an article or a talk."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One entry: its day (``YYYY[-MM[-DD]]``), its state as in `SHAPES`, where it leads, what it says."""

    day: str
    state: str
    href: str
    label: str
    release: str = ""


def _years(day: str) -> float:
    """Give a day as a number of years; what is not told of it is the middle of what is."""
    year, month, dom = (*day.split("-"), "", "")[:3]
    if not month:
        return int(year) + 0.5
    at = date(int(year), int(month), int(dom or 15))
    first = date(at.year, 1, 1)
    return at.year + (at - first).days / 366


def _levels(places: Sequence[float]) -> list[int]:
    """Stack what would overlap: each goes on the lowest level that has room."""
    ends: list[float] = []
    levels = []
    for place in places:
        level = next((at for at, end in enumerate(ends) if place - end >= _STEP), len(ends))
        ends[level : level + 1] = [place]
        levels.append(level)
    return levels


def sample(state: str) -> str:
    """Draw one shape alone, for a legend or a list."""
    return (
        '<svg class="kernelref-dot" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">'
        f'<g class="kr-{state}">{SHAPES[state]}</g></svg>'
    )


def picture(dots: Iterable[Dot]) -> str:
    """Draw the dots, oldest first, as one ``<svg>``; nothing where there is none.

    It is hidden from screen readers, which have the list that stands beside it.
    """
    ordered = sorted((dot for dot in dots if dot.day), key=lambda dot: (dot.day, dot.label))
    if not ordered:
        return ""
    times = [_years(dot.day) for dot in ordered]
    first, last = int(times[0]), int(times[-1]) + 1
    scale = max(_YEAR[0], min(_YEAR[1], (_WIDTH - 2 * _MARGIN) / (last - first)))
    places = [round(_MARGIN + (at - first) * scale, 1) for at in times]
    levels = _levels(places)
    axis = 14 + max(levels) * _STEP + 12
    width = round(max((last - first) * scale, places[-1] - _MARGIN) + 2 * _MARGIN)
    placed = zip(ordered, places, levels, strict=True)
    parts = [
        *_axis(first, last, scale, axis),
        *_labels(ordered, places, axis),
        *(_dot(dot, x, axis - 12 - level * _STEP) for dot, x, level in placed),
    ]
    height = axis + 36
    return (
        f'<svg class="kernelref-timeline-picture" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" aria-hidden="true">{"".join(parts)}</svg>'
    )


def _axis(first: int, last: int, scale: float, axis: int) -> Iterable[str]:
    end = round(_MARGIN + (last - first) * scale, 1)
    yield f'<path class="kr-axis" d="M{_MARGIN} {axis}H{end}"/>'
    every = 1 if scale >= 36 else 2 if scale >= 18 else 5
    for year in range(first, last + 1):
        x = round(_MARGIN + (year - first) * scale, 1)
        yield f'<path class="kr-axis" d="M{x} {axis}v4"/>'
        if (year - first) % every == 0:
            yield f'<text class="kr-year" x="{x}" y="{axis + 16}">{year}</text>'


def _labels(dots: Sequence[Dot], places: Sequence[float], axis: int) -> Iterable[str]:
    """Name the releases below the axis, each where it has room; the list has them all."""
    free, told = float("-inf"), ""
    for dot, x in zip(dots, places, strict=True):
        if dot.release and dot.release != told and x >= free:
            yield f'<text class="kr-release" x="{x}" y="{axis + 31}">{escape(dot.release)}</text>'
            free, told = x + _LABEL, dot.release


def _dot(dot: Dot, x: float, y: float) -> str:
    return (
        f'<a class="kr-{dot.state}" href="{escape(dot.href)}" tabindex="-1" transform="translate({x} {y})">'
        f"<title>{escape(dot.label)}</title>{SHAPES[dot.state]}</a>"
    )
