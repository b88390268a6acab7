"""The legend of a drawing in HTML: a small sample of each box and each arrow that it has, and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from .core.changes import css_name, edge_legend, node_legend
from .core.chart import EdgeState, legend_text
from .core.difference import Change
from .i18n import _

# state -> what stands at the end of the sample's line
_SAMPLE_END = {
    EdgeState.ABSENT: '<path class="kr-head" d="M25 3l6 6m0-6l-6 6"/>',
    EdgeState.UNCHECKED: '<circle class="kr-head" cx="29" cy="6" r="3.5"/>',
}
_SAMPLE_ARROW = '<path class="kr-head" d="M25 2l8 4l-8 4z"/>'


def legend_html(
    states: Iterable[EdgeState], lang: str, turns: Iterable[Change] = (), changes: Iterable[Change] = ()
) -> str:
    """Write the list: ``states`` and ``changes`` are of arrows, ``turns`` of boxes."""
    items = [
        *((_box(turn), node_legend(turn, lang)) for turn in turns),
        *((_arrow(state), legend_text(state, lang)) for state in states),
        *_changed(changes, lang),
    ]
    listed = "".join(f"<li>{sample}{escape(text)}</li>" for sample, text in items)
    label = escape(_("Legend"))
    return f'<ul class="kernelref-legend" aria-label="{label}">{listed}</ul>\n'


def _changed(changes: Iterable[Change], lang: str) -> Iterator[tuple[str, str]]:
    for change in changes:
        if text := edge_legend(change, lang):
            state = EdgeState.ABSENT if change is Change.GONE else EdgeState.DIRECT
            yield _arrow(state, f" kr-{css_name(change)}"), text


def _sample(inside: str) -> str:
    return (
        '<svg class="kernelref-svg-chart" width="36" height="12" viewBox="0 0 36 12" aria-hidden="true">'
        f"{inside}</svg>"
    )


def _arrow(state: EdgeState, more: str = "") -> str:
    end = _SAMPLE_END.get(state, _SAMPLE_ARROW)
    line = f'<path class="kr-edge kr-{state}{more}" d="M1 6H25"/>'
    return _sample(f'{line}<g class="kr-end-{state}">{end}</g>')


def _box(turn: Change) -> str:
    box = '<rect class="kr-box" x="2" y="1.5" width="32" height="9"/>'
    struck = '<path class="kr-edge kr-strike" d="M8 6H28"/>' if turn in (Change.GONE, Change.INLINED) else ""
    return _sample(f'<g class="kr-node kr-{css_name(turn)}">{box}{struck}</g>')
