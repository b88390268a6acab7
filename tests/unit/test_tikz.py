"""Drawings in books: Mermaid's SVG as TikZ, with text and links that cannot be anything else."""

from __future__ import annotations

import pytest

from kernelref.core.changes import css_name
from kernelref.core.difference import Change
from kernelref.core.svg import SvgError
from kernelref.core.tikz import tikz

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 200">
<g class="root"><g class="edgePaths">
<path class="flowchart-link" data-id="{id}" d="{path}"/></g>
<g class="edgeLabels"><g class="edgeLabel" transform="translate(50.5, 60)"><g class="label">
<foreignObject><div xmlns="http://www.w3.org/1999/xhtml"><span class="edgeLabel"><p><small>L1 100%</small></p>
</span></div></foreignObject></g></g></g>
<g class="nodes" transform="translate(5, 5)"><a xlink:href="{href}" transform="translate(10, 20)">
<g class="node {kind}"><rect class="label-container" x="-40" y="-10" width="80" height="20"/>
<g class="label"><foreignObject><div xmlns="http://www.w3.org/1999/xhtml"><p><code>do_madvise()</code><br/>
<small>mm/madvise.c:1</small><br/><em>{remark}</em></p></div></foreignObject></g></g></a></g></g></svg>
"""


def drawn(**values: str) -> list[str]:
    """Give the lines of the picture of one function and one call."""
    given = {"id": "e0_direct", "path": "M1,2C3,4,5,6,7,8L9,10.126", "kind": "here", "remark": "r"}
    given |= {"href": "https://elixir.example/mm/madvise.c#L1%20", **values}
    lines = tikz(SVG.format(**given), lambda text: f"<{text}>").splitlines()
    start, end = (
        next(at for at, line in enumerate(lines) if word in line) for word in ("{tikzp", "\\end{tikzp")
    )
    return lines[start + 1 : end]


def test_places_text_and_links() -> None:
    """A call is a curve, a function a box with its lines; its name leads to the source."""
    edge, label, box, text = drawn()
    assert (
        edge == r"\draw[-{Latex[length=4.5pt]}] (1, 2) .. controls (3, 4) and (5, 6) .. (7, 8) -- (9, 10.13);"
    )
    assert label.startswith(r"\node[fill=white, inner sep=1pt, align=center] at (50.5, 60) {")
    assert "<L1 100%>" in label
    assert box == r"\draw[rounded corners=2pt, fill=white] (-25, 15) rectangle (55, 35);"
    assert text.startswith(r"\node[inner sep=0pt, align=center] at (15, 25) {")
    assert r"\href{https://elixir.example/mm/madvise.c\#L1\%20}{<do_madvise()>}" in text
    assert r"<mm/madvise.c:1>}\\{" in text
    assert text.endswith("<r>}};")


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "file:///etc/passwd", r"https://e.example/}\input{x}"]
)
def test_hostile_links(href: str) -> None:
    """What is no http(s) link leads nowhere, and none ends where it should not."""
    text = drawn(href=href)[-1]
    assert r"\input{x}" not in text
    assert href.startswith("https") or r"\href" not in text


@pytest.mark.parametrize(
    ("state", "style"),
    [
        ("macro", "line width"),
        ("pointer", "dashed"),
        ("absent", "Rays"),
        ("unchecked", "Circle"),
        ("odd", "Latex"),
    ],
)
def test_calls_are_told_apart(state: str, style: str) -> None:
    """Each kind of call has a style of its own, that does not depend on colour."""
    assert style in drawn(id=f"e0_{state}")[0]


@pytest.mark.parametrize("change", [one for one in Change if one not in (Change.KEPT, Change.UNKNOWN)])
def test_changes_are_told_apart(change: Change) -> None:
    """What became of a function is seen at its box."""
    assert "draw=" in drawn(kind=css_name(change))[2]
    assert "draw=" in drawn(id=f"e0_direct_{css_name(change)}")[0]


@pytest.mark.parametrize("path", ["M1,2A3,4,5,6", "M1", "M1,2Cx"])
def test_what_is_not_understood(path: str) -> None:
    """A path of another form is an error, and never passed on."""
    with pytest.raises(SvgError):
        drawn(path=path)
