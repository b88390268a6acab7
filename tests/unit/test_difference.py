"""The difference of a call tree between two releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernelref.core.difference import Change, Difference, beside, difference
from kernelref.core.graph import Branch, Mark, tree
from kernelref.core.pairing import IN_PLACE, INLINED, RENAMED, Side, takers
from kernelref.core.source import Definition, How, Kind
from kernelref.core.steps import Step, StepGraph, Symbol


def at(name: str, file: str = "mm/x.c") -> Symbol:
    """Give a function by its name."""
    return Symbol(file, name)


def steps(text: str) -> list[Step]:
    """Read ``a>b a>c``: calls in the order of their lines."""
    pairs = (word.split(">") for word in text.split())
    return [Step.of(at(a), at(b), How.DIRECT, [line]) for line, (a, b) in enumerate(pairs, 1)]


def define(symbol: Symbol, body: str = "same", kind: Kind = Kind.FUNCTION) -> dict[Symbol, Definition]:
    """Define a function."""
    return {symbol: Definition(symbol.file, 1, 2, symbol.name, kind, body=body)}


def side(release: str, text: str, more: str = "", **other: object) -> Side:
    """Make a side of the calls in a text; its functions and ``more`` are what the release defines."""
    calls = steps(text)
    names = dict.fromkeys([*(s.name for step in calls for s in (step.caller, step.callee)), *more.split()])
    known: dict[Symbol, Definition] = {}
    for name in names:
        known |= define(at(name))
    made = Side(release, calls, known, [calls[0].caller])
    return replace(made, **other)  # type: ignore[arg-type]


def words(found: Difference) -> dict[str, str]:
    """Give what became of each function."""
    return {symbol.name: str(node.change) for symbol, node in found.nodes.items()}


def calls(found: Difference) -> dict[str, str]:
    """Give what became of each call."""
    return {f"{a.name}>{b.name}": str(edge.change) for (a, b), edge in found.edges.items()}


def drawn(branch: Branch) -> str:
    """Write a tree as ``a(b c)``; what is open elsewhere bears a dot."""
    inside = " ".join(drawn(child) for child in branch.children)
    return branch.symbol.name + ("" if branch.mark is Mark.OPEN else ".") + (f"({inside})" if inside else "")


def scores(**pairs: float) -> Mapping[tuple[Symbol, Symbol], float]:
    """Give scores by ``old__new``."""
    ends = ((name.split("__"), score) for name, score in pairs.items())
    return {(at(a), at(b)): score for (a, b), score in ends}


def test_kept_gone_new() -> None:
    """What both have is kept, what one has is gone or new, and the old order stays."""
    found = difference(side("v1", "a>b a>c c>d"), side("v2", "a>n a>b a>e b>f"))
    assert words(found) == {
        "a": "kept", "b": "kept", "c": "gone", "d": "gone", "n": "new", "e": "new", "f": "new",
    }  # fmt: skip
    assert calls(found) == {
        "a>b": "kept", "a>c": "gone", "c>d": "gone", "a>n": "new", "a>e": "new", "b>f": "new",
    }  # fmt: skip
    assert drawn(found.tree.roots[0]) == "a(n b(f) e c(d))"
    assert found.summary() == {
        "functions": {"kept": 2, "gone": 2, "new": 3},
        "calls": {"kept": 1, "gone": 2, "new": 3},
    }
    assert (found.old, found.new) == ("v1", "v2")


def test_nothing_changed() -> None:
    """Two equal trees differ in nothing, and have nothing to remark."""
    found = difference(side("v1", "a>b b>a"), side("v2", "a>b b>a"))
    assert found.summary() == {"functions": {"kept": 2}, "calls": {"kept": 2}}
    assert [found.remarks(branch) for branch in found.tree.walk()] == [(), (), ()]


def test_left_is_not_gone() -> None:
    """A function that is still defined only left the tree, and one that was defined before joined it."""
    found = difference(side("v1", "a>b", "c"), side("v2", "a>c", "b"))
    assert words(found) == {"a": "kept", "b": "left", "c": "joined"}
    assert calls(found) == {"a>b": "gone", "a>c": "new"}


def test_what_nobody_looked_at_is_not_known() -> None:
    """Below a function that one tree did not look into, no call is gone and none is new."""
    old, new = side("v1", "a>b b>c"), side("v2", "a>b b>d", "c")
    found = difference(old, replace(new, looked_at=[at("a")]))
    assert calls(found) == {"a>b": "kept", "b>c": "not known", "b>d": "new"}
    found = difference(replace(old, looked_at=[at("a")]), new)
    assert calls(found) == {"a>b": "kept", "b>c": "gone", "b>d": "not known"}


def test_a_tree_knows_where_it_looked() -> None:
    """A side made of a tree counts as looked into only what the tree asked and shows in full."""
    grown = tree(StepGraph(steps("a>b b>c c>d")), at("a"), depth=2)
    made = Side.of("v1", grown, {})
    assert [symbol.name for symbol in made.symbols if made.looked_into(symbol)] == ["a", "b"]
    assert made.roots == [at("a")]
    wide = tree(StepGraph(steps("a>b a>c a>d")), at("a"), limit=3)
    assert not Side.of("v1", wide, {}).looked_into(at("a"))


def test_what_was_not_read_is_not_gone() -> None:
    """A name that may lie outside of what was read is not known, nor is what nobody ever defined."""
    old = side("v1", "a>b a>c")
    new = side("v2", "a>x", unknown=["b"])
    definitions = {symbol: one for symbol, one in old.definitions.items() if symbol.name != "c"}
    found = difference(replace(old, definitions=definitions), new)
    assert words(found) == {"a": "kept", "b": "not known", "c": "not known", "x": "new"}
    assert words(difference(new, old))["b"] == "not known"


def test_moved_changed_and_kind() -> None:
    """A function may move, change, or become a macro; the graver word stands, the others can be asked."""
    old, new = side("v1", "a>b a>c a>d"), side("v2", "a>b a>c a>d")
    there = at("b", "mm/y.c")
    moved = [replace(step, callee=there) if step.callee == at("b") else step for step in new.edges]
    known = {s: d for s, d in new.definitions.items() if s != at("b")}
    known |= define(there, "other") | define(at("c"), "other") | define(at("d"), "other", Kind.MACRO)
    found = difference(old, replace(new, edges=moved, definitions=known))
    assert words(found) == {"a": "kept", "b": "moved", "c": "changed", "d": "kind changed"}
    assert set(calls(found).values()) == {"kept"}
    node = found.nodes[there]
    assert (node.moved, node.rewritten, node.kind_changed) == (True, True, False)
    assert [found.remarks(branch) for branch in found.tree.roots[0].children] == [
        ("moved from mm/x.c",), ("changed",), ("kind changed",),
    ]  # fmt: skip


def test_two_of_one_name_have_not_moved() -> None:
    """Statics of one name that exist side by side in both releases are two functions, not one that moved."""
    there = at("b", "mm/y.c")
    old, new = side("v1", "a>b"), side("v2", "a>b")
    both = dict(old.definitions) | define(there)
    edges = [replace(step, callee=there) for step in new.edges]
    found = difference(replace(old, definitions=both), replace(new, edges=edges, definitions=both))
    assert {s.spelled: str(node.change) for s, node in found.nodes.items()} == {
        "mm/x.c:a": "kept", "mm/x.c:b": "left", "mm/y.c:b": "joined",
    }  # fmt: skip


def test_twins_move_by_their_bodies() -> None:
    """Two of one name that both moved are paired by what they say."""

    def made(release: str, folder: str) -> Side:
        ends = {name: at("s", f"{folder}/{name}.c") for name in "pq"}
        edges = [Step.of(at("a"), end, How.DIRECT, [1]) for end in ends.values()]
        known = define(at("a")) | define(ends["p"], "one") | define(ends["q"], "two")
        return Side(release, edges, known, [at("a")])

    found = difference(made("v1", "old"), made("v2", "new"))
    assert {node.old.file: node.new.file for node in found.nodes.values() if node.old and node.new} == {
        "mm/x.c": "mm/x.c", "old/p.c": "new/p.c", "old/q.c": "new/q.c",
    }  # fmt: skip


# --- renames and inlining -----------------------------------------------------


@pytest.mark.parametrize(
    ("score", "place", "renamed"),
    [
        (RENAMED, False, True),
        (RENAMED - 0.01, False, False),
        (IN_PLACE, True, True),
        (IN_PLACE - 0.01, True, False),
    ],
)
def test_thresholds(score: float, place: bool, renamed: bool) -> None:
    """A rename needs its score: less where the same caller calls the one before and the other after."""
    old = side("v1", "a>b a>c")
    new = side("v2", "a>n a>c" if place else "a>c c>n")
    found = difference(old, new, scores(b__n=score))
    assert (words(found).get("n") == "renamed") is renamed
    assert ("b" in words(found)) is not renamed
    if renamed:
        node = found.nodes[at("n")]
        assert (node.old, node.score) == (at("b"), score)


def test_no_rename_without_a_score() -> None:
    """Without a score, what took the place of a function is new."""
    assert words(difference(side("v1", "a>b"), side("v2", "a>n"))) == {"a": "kept", "b": "gone", "n": "new"}


def test_best_match_first_one_to_one() -> None:
    """Of several claims the best holds, and nobody becomes two."""
    similar = scores(b__n=0.8, c__n=0.9, b__m=0.7, c__m=0.85)
    found = difference(side("v1", "a>b a>c"), side("v2", "a>n a>m"), similar)
    assert {node.old: node.new for node in found.nodes.values()} == {
        at("a"): at("a"), at("c"): at("n"), at("b"): at("m"),
    }  # fmt: skip


def test_scores_of_what_stayed_are_ignored() -> None:
    """A function that is still there was not renamed, nor one that was there before a new name."""
    similar = scores(b__n=1.0, c__d=1.0)
    found = difference(side("v1", "a>b a>c", "d"), side("v2", "a>n a>d", "b"), similar)
    assert words(found) == {"a": "kept", "b": "left", "c": "gone", "n": "new", "d": "joined"}


def test_renames_are_evidence_for_those_below() -> None:
    """A rename that is settled makes its callee's rename one in place."""
    similar = scores(b__n=0.5, c__m=0.5)
    found = difference(side("v1", "a>b b>c"), side("v2", "a>n n>m"), similar)
    assert words(found) == {"a": "kept", "n": "renamed", "m": "renamed"}
    assert found.remarks(found.tree.roots[0].children[0]) == ("renamed from b, 0.50",)


def test_renamed_roots() -> None:
    """Two trees with one root each were asked for as one."""
    assert words(difference(side("v1", "a>b"), side("v2", "n>b"), scores(a__n=0.5))) == {
        "n": "renamed", "b": "kept",
    }  # fmt: skip


def test_the_story_of_a_merge() -> None:
    """A function renamed in place and the one that it took in, which is more like it by its text alone."""
    old = side("v1", "unmap>single single>probe single>walk walk>p4d")
    new = side("v2", "unmap>area area>probe area>p4d")
    similar = scores(single__area=0.47, walk__area=0.64)
    inlined = scores(walk__area=0.79, single__unmap=0.11)
    found = difference(old, new, similar, inlined)
    assert words(found) == {
        "unmap": "kept", "area": "renamed", "probe": "kept", "walk": "inlined", "p4d": "kept",
    }  # fmt: skip
    walk = found.nodes[at("walk")]
    assert (walk.into, walk.score) == ((at("area"),), 0.79)
    assert found.edges[at("area"), at("p4d")].through == at("walk")
    assert drawn(found.tree.roots[0]) == "unmap(area(probe p4d walk(p4d.)))"
    said = {b.symbol.name: found.remarks(b) for b in found.tree.walk()}
    assert said["walk"] == ("inlined into area, 0.79",)
    assert said["area"] == ("renamed from single, 0.47",)


def test_what_to_measure() -> None:
    """Containments are wanted of what vanished, in its callers and in what these may have become."""
    old = side("v1", "unmap>single single>walk unmap>walk unmap>kept")
    new = side("v2", "unmap>area unmap>kept")
    assert [tuple(s.name for s in three) for three in takers(old, new, scores(single__area=0.47))] == [
        ("single", "unmap", "unmap"), ("walk", "single", "area"), ("walk", "unmap", "unmap"),
    ]  # fmt: skip


def test_inlined_only_where_it_was_called() -> None:
    """Text in a function that did not call the vanished one is no inlining, nor is too little of it."""
    old, new = side("v1", "a>b a>c"), side("v2", "a>c")
    assert words(difference(old, new, {}, scores(b__c=0.9)))["b"] == "gone"
    assert words(difference(old, new, {}, scores(b__a=INLINED - 0.01)))["b"] == "gone"
    assert words(difference(old, new, {}, scores(b__a=INLINED)))["b"] == "inlined"


def test_inlined_into_several() -> None:
    """Every caller that took the text in is named, the surest first."""
    old, new = side("v1", "a>b a>c c>b"), side("v2", "a>c")
    found = difference(old, new, {}, scores(b__a=0.7, b__c=0.9))
    assert found.nodes[at("b")].into == (at("c"), at("a"))
    assert found.nodes[at("b")].score == 0.9


@pytest.mark.parametrize(
    ("old", "new", "merged"),
    [
        ("abc", "abc", "abc"),
        ("abc", "xaybzc", "xaybzc"),
        ("abc", "cxa", "abcx"),
        ("", "xy", "xy"),
        ("ab", "", "ab"),
    ],
)
def test_new_ones_stand_beside(old: str, new: str, merged: str) -> None:
    """The old order stays, and what is new stands behind what it follows."""
    assert [s.name for s in beside([*map(at, old)], [*map(at, new)])] == list(merged)


names = st.sampled_from("abcdef")
graphs = st.lists(st.tuples(names, names), min_size=1, max_size=12)
likely = st.dictionaries(st.tuples(names, names), st.floats(0, 1), max_size=8)


@settings(max_examples=200, deadline=None)
@given(old=graphs, new=graphs, similar=likely, inlined=likely)
def test_every_end_is_accounted_for(
    old: Sequence[tuple[str, str]],
    new: Sequence[tuple[str, str]],
    similar: dict[tuple[str, str], float],
    inlined: dict[tuple[str, str], float],
) -> None:
    """Whatever the trees and the scores: each function and call is told once, and no two became one."""
    before = side("v1", " ".join(f"{a}>{b}" for a, b in old))
    after = side("v2", " ".join(f"{a}>{b}" for a, b in new))
    named = [{(at(a), at(b)): n for (a, b), n in given.items()} for given in (similar, inlined)]
    found = difference(before, after, *named)
    olds = [node.old for node in found.nodes.values() if node.old]
    news = [node.new for node in found.nodes.values() if node.new]
    assert sorted(olds) == sorted(before.symbols)
    assert sorted(news) == sorted(after.symbols)
    assert {step for edge in found.edges.values() for step in edge.old} == set(before.edges)
    assert {step for edge in found.edges.values() for step in edge.new} == set(after.edges)
    assert {branch.symbol for branch in found.tree.walk()} <= set(found.nodes)
    assert found == difference(before, after, *named)
    swapped = difference(after, before)
    plain = difference(before, after)
    twins = {Change.GONE: Change.NEW, Change.NEW: Change.GONE}
    assert {s: twins.get(n.change, n.change) for s, n in swapped.nodes.items()} == {
        s: n.change for s, n in plain.nodes.items()
    }
