"""Declared call trees: what is read, and what is said of a tree that cannot be."""

from __future__ import annotations

import random
import textwrap

import pytest

from kernelref.core.calltree import MAX_DEPTH, MAX_NODES, CalltreeError, Node, edges, names, parse, walk


def read(text: str) -> tuple[Node, ...]:
    """Parse a tree written with the test's indentation."""
    return parse(textwrap.dedent(text).strip("\n").split("\n"))


def shape(nodes: tuple[Node, ...]) -> list[object]:
    """Write a tree as nested lists of names."""
    return [[node.spelled, *shape(node.children)] if node.children else node.spelled for node in nodes]


def failure(lines: list[str]) -> CalltreeError:
    """Give the error that a tree raises."""
    with pytest.raises(CalltreeError) as caught:
        parse(lines)
    return caught.value


TREE = [["a", ["b", "c"], "d"], "e"]


@pytest.mark.parametrize(
    "text",
    [
        "a\n  b\n    c\n  d\ne",
        "a()\n    b()\n        c()\n    d()\ne()",
        "a\n\tb\n\t\tc\n\td\ne",
        "a\n\tb\n                c\n        d\ne",
        "\n  a\n   b\n\n    c\n   d\n  e\n\n",
        "- a\n  - b\n    - c\n  - d\n- e",
        "* `a()`\n    * `b`\n        * `c()`\n    * d\n* e",
        "1. a\n   1. b\n      - c\n   2. d\n2. e",
        "+ a\n  - b\n      1) c\n  - d\n+ e",
    ],
    ids=["two", "four", "tabs", "tab=8", "blank lines", "dashes", "stars", "numbers", "mixed markers"],
)
def test_shape(text: str) -> None:
    """The same tree is read from every way of writing it."""
    assert shape(parse(text.split("\n"))) == TREE


@pytest.mark.parametrize(
    ("entry", "spelled"),
    [
        ("zap_pte_range", "zap_pte_range"),
        ("zap_pte_range()", "zap_pte_range"),
        ("`zap_pte_range`", "zap_pte_range"),
        ("`zap_pte_range()`", "zap_pte_range"),
        ("`zap_pte_range`()", "zap_pte_range"),
        ("memory.c:zap_pte_range", "memory.c:zap_pte_range"),
        ("mm/memory.c:zap_pte_range()", "mm/memory.c:zap_pte_range"),
        ("`arch/x86/mm/pat/set-memory.c:_x9()`", "arch/x86/mm/pat/set-memory.c:_x9"),
        ("include/linux/mm.h:f", "include/linux/mm.h:f"),
    ],
)
def test_entry(entry: str, spelled: str) -> None:
    """A function may be written bare, as a call, as code, and with its file."""
    (node,) = parse([entry])
    assert node.spelled == spelled
    assert node.remarks == ()


def test_remarks() -> None:
    """Remarks are kept as written, runs of space made one; brackets may nest, empty ones go."""
    (node,) = parse(["`f()` [每个 VMA]  [see   [1] and a[i]][]"])
    assert node.remarks == ("每个 VMA", "see [1] and a[i]")
    assert parse(["f[x]"])[0].remarks == ("x",)


def test_lines() -> None:
    """Each node knows the index of its line, blank lines counted."""
    assert [node.line for node in walk(parse(["", "a", "", "  b", "c"]))] == [1, 3, 4]


def test_edges() -> None:
    """Each pair is given once, callers before callees, in the order of the source."""
    roots = read("a\n  b\n    c\n  d\n    b\n      c\nx.c:a\n  b")
    pairs = [(caller.spelled, callee.spelled) for caller, callee in edges(roots)]
    assert pairs == [("a", "b"), ("a", "d"), ("b", "c"), ("d", "b"), ("x.c:a", "b")]
    assert names(roots) == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a\n    b\n  c", 2, "2 spaces is a level that no line above opened: indent by 0 spaces or 4 spaces"),
        (
            "a\n  b\n      c",
            2,
            "4 spaces deeper than the line above, where one level of this tree is 2 spaces",
        ),
        ("- a\n - b", 1, "neither a child nor a sibling"),
        ("- a\n    - b\n  - c", 2, "2 spaces is a level"),
        ("", 0, "the call tree is empty"),
        ("\n  \n", 0, "the call tree is empty"),
        ("a\n- b", 1, "began as indented text, and this line is a list item"),
        ("- a\n  b", 1, "began as a Markdown list, and this line is no list item"),
        ("a b", 0, "“b” after the name: write a remark in brackets"),
        ("a — remark", 0, "write a remark in brackets"),
        ("a [x", 0, "“[x” has no closing bracket"),
        ("a [x]]", 0, "write a remark in brackets"),
        ("9a", 0, "“9a” is not a function"),
        ("a->b", 0, "is not a function"),
        ("<script>alert(1)</script>", 0, "is not a function"),
        ("函数", 0, "is not a function"),
        ("../x.c:f", 0, "is not a path"),
        ("`a", 0, "is not a function"),
        ("a\n  a", 1, "a cycle: a → a"),
        ("a\n  b\n    c\n      b", 3, "a cycle: b → c → b"),
        ("x.c:a\n  a", 1, "a cycle: x.c:a → a"),
    ],
)
def test_errors(text: str, line: int, said: str) -> None:
    """What is wrong is said at its line, with what would be right."""
    error = failure(text.split("\n"))
    assert (error.line, said in str(error)) == (line, True), str(error)


def test_first_line_indented_most() -> None:
    """A tree whose first line stands deeper than a later one is broken at the later one."""
    error = failure(["  a", "b"])
    assert error.line == 1
    assert "broken indentation" in str(error)


def test_same_name_in_two_files() -> None:
    """Two functions of one name, each with its file, are no cycle; nor is one name in two branches."""
    assert shape(read("x.c:a\n  y.c:a")) == [["x.c:a", "y.c:a"]]
    assert shape(read("a\n  b\nc\n  a")) == [["a", "b"], ["c", "a"]]


def test_bounds() -> None:
    """A tree of the largest size and depth is read; one more is refused where it stands."""
    most = [f"f{number}" for number in range(MAX_NODES)]
    assert len(list(walk(parse(most)))) == MAX_NODES
    assert failure([*most, "g"]).line == MAX_NODES
    deep = [" " * depth + f"f{depth}" for depth in range(MAX_DEPTH)]
    assert len(list(walk(parse(deep)))) == MAX_DEPTH
    too_deep = failure([*deep, " " * MAX_DEPTH + "g"])
    assert (too_deep.line, "levels" in str(too_deep)) == (MAX_DEPTH, True)


def test_round_trip() -> None:
    """Any tree, written out, is read back the same, as text and as a list."""
    chance = random.Random(7)
    for _ in range(50):
        depths = [0]
        for _ in range(chance.randrange(30)):
            depths.append(chance.randrange(depths[-1] + 2))
        for step, marker in ((1, ""), (3, ""), (8, ""), (2, "- "), (4, "* ")):
            lines = [" " * (depth * step) + f"{marker}f{at}" for at, depth in enumerate(depths)]
            roots = parse(lines)
            found = [(node.name, node.line) for node in walk(roots)]
            assert found == [(f"f{at}", at) for at in range(len(depths))]
            assert _depths(roots) == depths


def _depths(roots: tuple[Node, ...], depth: int = 0) -> list[int]:
    return [item for node in roots for item in (depth, *_depths(node.children, depth + 1))]


def test_any_input_is_read_or_refused() -> None:
    """No text, however odd, raises anything but the error that names its line."""
    chance = random.Random(11)
    pieces = [
        "a",
        "b()",
        "`",
        " ",
        "  ",
        "\t",
        "- ",
        "1. ",
        "[",
        "]",
        "x.c:",
        "\u202e",
        "…",
        "/",
        "\x00",
        "é",
    ]
    for _ in range(3000):
        lines = ["".join(chance.choices(pieces, k=chance.randrange(7))) for _ in range(chance.randrange(6))]
        try:
            roots = parse(lines)
        except CalltreeError as error:
            assert 0 <= error.line < max(1, len(lines))
        else:
            assert all(node.name.isidentifier() for node in walk(roots))
