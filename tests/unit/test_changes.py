"""A difference in a drawing: each change has its sign, its words and its look, in both languages."""

from __future__ import annotations

import pytest

from kernelref.core.changes import SIGNS, Turn, css_name, edge_legend, edge_words, node_legend, node_words
from kernelref.core.chart import Chart, ChartEdge, ChartNode, EdgeState, to_mermaid
from kernelref.core.difference import Change
from kernelref.core.lock import Became, DerivedTree, Likeness, Outcome
from kernelref.core.svg import inline

ON_EDGES = (Change.GONE, Change.NEW, Change.LEFT, Change.JOINED, Change.UNKNOWN)


def turn(change: Change) -> Turn:
    """Make what became of a function."""
    return Turn(change, "before", 0.834)


def test_each_sign_is_one_change() -> None:
    """No two changes share a sign; what simply stayed has none."""
    assert len(set(SIGNS.values())) == len(SIGNS)
    assert set(SIGNS) == set(Change) - {Change.KEPT}


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_words(lang: str) -> None:
    """Each change is said by its sign and its own words, on boxes, on arrows and in the legend."""
    for says, changes in (
        (lambda change: node_words(turn(change), lang), list(SIGNS)),
        (lambda change: node_legend(change, lang), list(SIGNS)),
        (lambda change: edge_words(change, lang), ON_EDGES),
        (lambda change: edge_legend(change, lang), ON_EDGES),
    ):
        said = {change: says(change) for change in changes}
        assert all(text.startswith(f"{SIGNS[change]} ") for change, text in said.items())
        assert len(set(said.values())) == len(said)
    assert node_words(turn(Change.KEPT), lang) == edge_words(Change.KEPT, lang) == ""
    assert node_legend(Change.KEPT, lang)


def test_guesses_bear_their_score() -> None:
    """A rename and an inlining are never said without the likeness that they rest on."""
    assert node_words(turn(Change.RENAMED), "zh") == "≈ 改名自 before · 0.83"
    assert node_words(turn(Change.INLINED), "en") == "⊂ inlined into before · 0.83"


def test_moved_and_rewritten() -> None:
    """What moved and was rewritten says both."""
    assert node_words(Turn(Change.MOVED, "mm/a.c:7", rewritten=True), "en") == "↦ moved from mm/a.c:7 ≠"


def test_source_of_a_difference() -> None:
    """The Mermaid source bears the changes as classes, ids, arrows and words."""
    nodes = (
        ChartNode("a", "a", "mm/a.c:7 → 9", turn=Turn(Change.CHANGED, rewritten=True)),
        ChartNode("b", "b", "mm/a.c:20", turn=turn(Change.GONE)),
        ChartNode("c", "c", "mm/a.c:30", turn=turn(Change.NEW)),
    )
    edges = (
        ChartEdge("a", "b", EdgeState.DIRECT, (8,), change=Change.GONE),
        ChartEdge("a", "c", EdgeState.MACRO, (9,), change=Change.NEW),
        ChartEdge("c", "a", EdgeState.DIRECT, (31,), change=Change.KEPT),
    )
    assert to_mermaid(Chart("t", nodes, edges, "en")).split("---\n", 2)[2] == (
        "flowchart TD\n"
        '  n0["<code>a()</code><br/><small>mm/a.c:7 → 9 ≠</small>"]:::diff-changed\n'
        '  n1["<code>b()</code><br/><small>mm/a.c:20</small><br/><em>✗ gone</em>"]:::diff-gone\n'
        '  n2["<code>c()</code><br/><small>mm/a.c:30</small><br/><em>＋ new</em>"]:::diff-new\n'
        '  n0 e0_direct_diff-gone@--x|"<small>L8</small><br/><small>✗ no longer called</small>"| n1\n'
        '  n0 e1_macro_diff-new@==>|"<small>L9 macro</small><br/><small>＋ new call</small>"| n2\n'
        '  n2 e2_direct@-->|"<small>L31</small>"| n0\n'
    )


@pytest.mark.parametrize("change", Change)
def test_classes_in_the_drawing(change: Change) -> None:
    """The classes of boxes and arrows come through the cleaning of Mermaid's SVG."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        f'<g class="node default {css_name(change)}" id="flowchart-n0-0"><rect width="3" height="3"/></g>'
        f'<path class="flowchart-link" data-id="e0_macro_{css_name(change)}" d="M0 0L1 1"/></svg>'
    )
    cleaned = inline(svg, "x")
    assert f'class="kr-node kr-{css_name(change)}"' in cleaned
    assert f'class="kr-edge kr-macro kr-{css_name(change)}"' in cleaned


@pytest.mark.parametrize("lines", [(), ("top",)])
def test_answer_and_outcome_fit(lines: tuple[str, ...]) -> None:
    """A lock's tree has lines exactly where something was found."""
    outcome = Outcome.NO_PATH if lines else Outcome.FOUND
    with pytest.raises(ValueError, match="do not fit"):
        DerivedTree(lines, outcome)


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_likeness_is_a_share(score: float) -> None:
    """A likeness lies between 0 and 1."""
    with pytest.raises(ValueError, match="not between 0 and 1"):
        Likeness("v6.18.15", "a.c:a", "a.c:b", Became.RENAMED, score)
