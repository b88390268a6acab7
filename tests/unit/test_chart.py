"""Charts: the Mermaid source they become, and the text on them."""

from __future__ import annotations

import re

import pytest

from kernelref.core.chart import (
    Chart,
    ChartEdge,
    ChartNode,
    EdgeState,
    NodeState,
    direction,
    escape,
    hovers,
    legend_text,
    safe_url,
    to_mermaid,
)
from kernelref.core.label import clean, columns, extent, shorten, wrap

HOSTILE = (
    'x"`</code><script>alert(1)</script>;%%{init: {"theme":"dark"}}%%\n---\n\u202eevil\u200b\x07\x1b[0m '
    "ﬂ°°60¶ß #quot; #lt; 1. a - b [z] {y} |p| \\n & é end click n0 href"
)


def chart(*edges: ChartEdge, nodes: str = "ab", **more: str) -> Chart:
    """Make a chart of functions with one-letter names."""
    return Chart("t", tuple(ChartNode(key, key) for key in nodes), edges, **more)


def fan(width: int, depth: int = 1) -> Chart:
    """Make a chart where one function calls ``width`` chains of ``depth``."""
    nodes, edges = [ChartNode("root", "root")], []
    for number in range(width):
        caller = "root"
        for level in range(depth):
            key = f"callee_{number}_{level}"
            nodes.append(ChartNode(key, key, "mm/memory.c:1234"))
            edges.append(ChartEdge(caller, key, EdgeState.DIRECT, (1,)))
            caller = key
    return Chart("t", tuple(nodes), tuple(edges))


def test_source() -> None:
    """A small chart becomes this source, to the byte."""
    drawn = Chart(
        "t",
        (
            ChartNode("a", "do_madvise", "mm/madvise.c:1900", ("锁",), "https://e.org/x#L1900", "here"),
            ChartNode("b", "gone", state=NodeState.ABSENT),
        ),
        (ChartEdge("a", "b", EdgeState.ABSENT),),
        "en",
    )
    assert to_mermaid(drawn).split("---\n", 2)[2] == (
        "flowchart TD\n"
        '  n0["<code>do_madvise()</code><br/><small>mm/madvise.c:1900</small><br/><em>锁</em>"]:::here\n'
        '  n1["<code>gone()</code><br/><small>✗ not in this release</small>"]:::absent\n'
        '  n0 e0_absent@--x|"<small>no such call</small>"| n1\n'
        '  click n0 href "https://e.org/x#L1900" "here"\n'
    )


@pytest.mark.parametrize(
    ("state", "link", "zh", "en"),
    [
        (EdgeState.DIRECT, "-->", "L7", "L7"),
        (EdgeState.MACRO, "==>", "L7 宏", "L7 macro"),
        (EdgeState.POINTER, "-.->", "L7 指针", "L7 pointer"),
        (EdgeState.ABSENT, "--x", "L7 无此调用", "L7 no such call"),
        (EdgeState.UNCHECKED, "-.-o", "L7 #63;", "L7 #63;"),
    ],
)
def test_edge_states(state: EdgeState, link: str, zh: str, en: str) -> None:
    """Each state has a link of its own, and all but the plain call a word of its own."""
    for lang, word in (("zh_CN", zh), ("zh", zh), ("en", en), ("de", en)):
        source = to_mermaid(chart(ChartEdge("a", "b", state, (7,)), lang=lang))
        assert f'  n0 e0_{state}@{link}|"<small>{word}</small>"| n1\n' in source
        assert legend_text(state, lang)


def test_call_sites() -> None:
    """Three call sites stand on an edge, more become an ellipsis; a call without any has no label."""
    lines = (869, 902, 950, 1001)
    drawn = chart(ChartEdge("a", "b", EdgeState.DIRECT, lines))
    assert "L869 L902 L950 …" in to_mermaid(drawn)
    assert "L869 …" in to_mermaid(drawn, max_lines=1)
    assert "@--> n1" in to_mermaid(chart(ChartEdge("a", "b", EdgeState.DIRECT)))


def test_via() -> None:
    """The macro or the field stands below the call sites."""
    drawn = chart(ChartEdge("a", "b", EdgeState.POINTER, (5,), "->fault"), lang="en")
    assert "<small>L5 pointer</small><br/><small>-#62;fault</small>" in to_mermaid(drawn)


@pytest.mark.parametrize("place", ["name", "place", "remarks", "hover", "via", "edge hover", "key"])
def test_hostile_text(place: str) -> None:
    """Whatever a name, a remark or a hover contains, it stays within its quotes and its line."""
    node = ChartNode(
        HOSTILE if place == "key" else "a",
        HOSTILE if place == "name" else "f",
        HOSTILE if place == "place" else "",
        (HOSTILE,) if place == "remarks" else (),
        "https://e.org/",
        HOSTILE if place == "hover" else "",
    )
    edge = ChartEdge(
        node.key,
        "b",
        EdgeState.MACRO,
        via=HOSTILE if place == "via" else "",
        hover=HOSTILE if place == "edge hover" else "",
    )
    source = to_mermaid(Chart(HOSTILE, (node, ChartNode("b", "b")), (edge,)))
    body = source.split("---\n", 2)[2]
    label = r'"(?:<(?:code|small|em)>(?:[^"<>`%{};]|#\d+;)*</(?:code|small|em)>(?:<br/>)?)+"'
    for line in body.splitlines()[1:]:
        assert re.fullmatch(
            rf"  n\d\[{label}\]:::here|  n0 e0_macro@==>\|{label}\| n1"
            r'|  click n0 href "https://e\.org/"( "([^"<>`%{};]|#\d+;)+")?',
            line,
        ), line
    assert not re.search("[\u202e\u200b\x07\x1b\\\\]", body)


def test_hovers() -> None:
    """Hovers are named by what stands in the source, without control characters; empty ones are left out."""
    nodes = (ChartNode("a", "a", hover="x\u202e\ny"), ChartNode("b", "b"))
    drawn = Chart("t", nodes, (ChartEdge("a", "b", EdgeState.POINTER, hover="<e>"),))
    assert hovers(drawn) == {"n0": "x y", "e0_pointer": "<e>"}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//e.org/",
        "/x",
        "mailto:a@b",
        "",
        "https://",
        "https://[x/",
        " ",
    ],
)
def test_no_link(url: str) -> None:
    """Only http and https are linked to."""
    assert safe_url(url) == ""
    assert "click" not in to_mermaid(Chart("t", (ChartNode("a", "a", href=url),), ()))


def test_link_is_quoted() -> None:
    """What could end the quotes, or be taken for an entity, is percent-encoded, once."""
    url = 'https://e.org/a b"`<é;?x=1&y=%20#L8;"'
    quoted = "https://e.org/a%20b%22%60%3C%C3%A9%3B?x=1&y=%20#L8%3B%22"
    assert safe_url(url) == safe_url(quoted) == quoted


def test_escape() -> None:
    """Letters, digits and what paths are made of stay; other ASCII is coded; ideographs stay."""
    assert escape("mm/a-b.c:1, (x) 锁") == "mm/a-b.c:1, (x) 锁"
    assert escape('"#;<') == "#34;#35;#59;#60;"


def test_long_names_and_paths() -> None:
    """A long name is cut at its end, a long path at its beginning, a long remark after three lines."""
    place = "drivers/" + "very_long_folder/" * 5 + "file.c:123"
    drawn = Chart("t", (ChartNode("a", "x" * 200, place, ("锁" * 200, "one two " * 40)),), ())
    lines = re.findall(r"<(code|small|em)>(.*?)</\1>", to_mermaid(drawn))
    assert lines[0][1].endswith("x…()")
    assert lines[1][1].startswith("…/very_long_folder/")
    assert lines[1][1].endswith("file.c:123")
    assert [kind for kind, _ in lines] == ["code", "small", *["em"] * 6]
    assert lines[4][1].endswith("锁…")
    assert all(columns(text) <= 64 for _, text in lines)


def test_bad_charts() -> None:
    """Two nodes of one key, and an edge to nowhere, are refused."""
    with pytest.raises(ValueError, match="same key"):
        chart(nodes="aa")
    with pytest.raises(ValueError, match="names no node"):
        chart(ChartEdge("a", "z", EdgeState.DIRECT))


@pytest.mark.parametrize(
    ("drawn", "way"),
    [(fan(1, 14), "TD"), (fan(2, 3), "TD"), (fan(30), "LR"), (fan(6, 2), "LR"), (fan(1), "TD")],
    ids=["chain", "small", "fan", "wide", "pair"],
)
def test_direction(drawn: Chart, way: str) -> None:
    """What fits on a page runs down it; what is too wide for that runs across."""
    assert direction(drawn) == way
    assert f"flowchart {way}\n" in to_mermaid(drawn)


def test_direction_of_a_cycle_ends() -> None:
    """A chart that has a cycle is laid out like any other."""
    loop = (ChartEdge("a", "b", EdgeState.DIRECT), ChartEdge("b", "a", EdgeState.DIRECT))
    assert direction(chart(*loop)) in {"TD", "LR"}


def test_clean() -> None:
    """White space becomes one space; control, direction and private characters go; letters stay."""
    assert clean("  a\n\tb\u00a0c\u2028d ") == "a b c d"
    assert clean("\u202ea\u2066b\u200bc\x00d\x1be\ue000f\ufeffg\ud800h") == "abcdefgh"
    assert clean("é 锁 🚧") == "é 锁 🚧"


def test_columns_and_shorten() -> None:
    """An ideograph takes two columns, a combining mark none."""
    assert (columns("ab锁"), columns("e\u0301")) == (4, 1)
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("锁锁锁", 5) == "锁锁…"
    assert shorten("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("对每个区域都走一遍，然后", 8, ["对每个区", "域都走一", "遍，然后"]),
        ("走到 mmap_lock 为止", 10, ["走到", "mmap_lock", "为止"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a b c d e f g h", 3, ["a b", "c d", "e…"]),
        ("", 5, []),
    ],
)
def test_wrap(text: str, width: int, lines: list[str]) -> None:
    """Lines break at spaces and between ideographs, never before closing punctuation."""
    assert wrap(text, width, 3) == lines


def test_extent() -> None:
    """A label is as wide as its widest line and as high as its lines together."""
    assert extent("") == (0, 0)
    width, height = extent(
        '<p><code class="x">abcd()</code><br/><small>mm&amp;x</small><br /><em>锁锁锁锁锁</em></p>'
    )
    assert height == 19 + 16 + 19
    assert width == 13 * 5
    assert extent("<code>iiii</code>")[0] == extent("<code>WWWW</code>")[0]
    assert extent("<em>WWWW</em>")[0] > extent("<em>iiii</em>")[0]
