"""The call graph: trees below and above a function, and the ways from one to another."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernelref.core.calltree import Node
from kernelref.core.graph import Branch, Mark, Tree, among, forest, tree
from kernelref.core.paths import Path, Paths, paths
from kernelref.core.source import Call, How
from kernelref.core.steps import Step, StepGraph, Symbol


def at(name: str) -> Symbol:
    """Give a function by its name."""
    return Symbol("mm/x.c", name)


def steps(text: str) -> list[Step]:
    """Read ``a>b a*c``: calls in the order of their lines; ``*`` is a pointer, ``#`` a macro."""
    ways = {">": How.DIRECT, "#": How.MACRO, "*": How.POINTER}
    found = []
    for line, word in enumerate(text.split(), 1):
        sign = next(sign for sign in ways if sign in word)
        caller, callee = word.split(sign)
        found.append(Step.of(at(caller), at(callee), ways[sign], [line]))
    return found


class Counting(StepGraph):
    """A graph that notes what it is asked."""

    def __init__(self, found: list[Step]) -> None:
        super().__init__(found)
        self.asked: list[tuple[str, str]] = []

    def callees(self, symbol: Symbol) -> Sequence[Step]:
        """Note the question."""
        self.asked.append(("below", symbol.name))
        return super().callees(symbol)

    def callers(self, symbol: Symbol) -> Sequence[Step]:
        """Note the question."""
        self.asked.append(("above", symbol.name))
        return super().callers(symbol)


def graph(text: str) -> Counting:
    """Make a graph of the calls of `steps`."""
    return Counting(steps(text))


def drawn(branch: Branch) -> str:
    """Write a tree as ``a(b c!seen)``."""
    inside = " ".join(drawn(child) for child in branch.children)
    mark = "" if branch.mark is Mark.OPEN else f"!{branch.mark}"
    return branch.symbol.name + mark + (f"({inside})" if inside else "")


def written(nodes: tuple[Node, ...]) -> str:
    """Write what the pages draw in the same way."""
    return " ".join(n.name + (f"({written(n.children)})" if n.children else "") for n in nodes)


def routes(found: Paths) -> list[str]:
    """Write paths as ``abc``."""
    return ["".join([path[0].caller.name, *(step.callee.name for step in path)]) for path in found.found]


def noisy(name: str) -> bool:
    """Noise, for these tests: names in capitals."""
    return name.isupper()


# --- trees --------------------------------------------------------------------


def test_diamond_is_opened_once() -> None:
    """A function that two callers reach stands open under the first, and is a leaf under the second."""
    grown = tree(graph("a>b a>c b>d c>d d>e"), at("a"), depth=9)
    assert drawn(grown.roots[0]) == "a(b(d(e)) c(d!seen))"
    assert grown.shown == 6
    assert grown.complete


def test_the_lowest_level_opens() -> None:
    """What is near the root is open there, though it comes later in reading order."""
    assert drawn(tree(graph("a>b b>c a>c c>d"), at("a"), depth=9).roots[0]) == "a(b(c!seen) c(d))"


def test_recursion_is_marked() -> None:
    """A function below itself is marked, whether the cycle is short or long."""
    grown = tree(graph("a>b b>b b>c c>a"), at("a"), depth=9)
    assert drawn(grown.roots[0]) == "a(b(b!recursion c(a!recursion)))"
    assert [node.remarks for node in grown.nodes()[0].children[0].children] == [("recursion",), ()]


def test_siblings_stand_in_the_order_of_their_calls() -> None:
    """Siblings are in the order of the first call, whatever the order of the answer."""
    calls = [
        Step.of(at("a"), at("b"), How.DIRECT, [30, 5]),
        Step.of(at("a"), at("c"), How.DIRECT, [7]),
        Step.of(at("a"), at("c"), How.MACRO, [2], "M"),
    ]
    for order in (calls, calls[::-1]):
        grown = tree(StepGraph(order), at("a"))
        assert drawn(grown.roots[0]) == "a(c b)"
        assert [step.how for step in grown.roots[0].children[0].steps] == [How.DIRECT, How.MACRO]


def test_depth_asks_nothing_below() -> None:
    """Where the tree ends nobody asks, and the leaves say so."""
    asked = graph("a>b b>c c>d")
    assert drawn(tree(asked, at("a"), depth=2).roots[0]) == "a(b(c!depth))"
    assert asked.asked == [("below", "a"), ("below", "b")]


def test_noise_is_left_out_and_counted() -> None:
    """Noise is counted where it would stand, and only the root is spared."""
    grown = tree(graph("A>B A>c A#D c>B"), at("A"), quiet=noisy)
    assert drawn(grown.roots[0]) == "A(c)"
    assert (grown.roots[0].quiet, grown.quiet) == (2, 3)


def test_limit_counts_what_it_leaves_out() -> None:
    """A wide function says how many had no room; what was never asked is counted apart."""
    wide = " ".join(f"a>c{number}" for number in range(50)) + " c0>x"
    grown = tree(graph(wide), at("a"), limit=11)
    assert grown.shown == 11
    assert (grown.roots[0].left_out, grown.left_out, grown.unasked) == (40, 40, 10)
    assert not grown.complete
    assert {child.mark for child in grown.roots[0].children} == {Mark.LIMIT}
    assert grown.nodes()[0].remarks == ("… +40",)


def test_pointers_may_be_left_out() -> None:
    """A call through a pointer is followed unless it is not wanted; no call at all never is."""
    none = Step(Call("mm/x.c", "a", "z", How.NONE), at("a"), at("z"))
    asked = StepGraph([*steps("a*b b>c"), none])
    assert drawn(tree(asked, at("a")).roots[0]) == "a(b(c))"
    assert drawn(tree(asked, at("a"), pointers=False).roots[0]) == "a"


def test_callers_are_turned_round_for_drawing() -> None:
    """A tree of callers grows upwards, and is drawn with the callers above."""
    grown = tree(graph("a>c b>c c>d e>d"), at("d"), callers=True)
    assert drawn(grown.roots[0]) == "d(c(a b) e)"
    assert written(grown.nodes()) == "a(c(d)) b(c) e(d)"


def test_callers_in_a_cycle() -> None:
    """Callers that call each other have no top, and are drawn all the same."""
    nodes = tree(graph("a>b b>a a>c"), at("c"), callers=True).nodes()
    assert {name for name in written(nodes) if name.isalpha()} == {"a", "b", "c"}


def test_callers_nobody_calls() -> None:
    """A function that nothing calls is a tree of its own."""
    assert written(tree(graph("b>c"), at("b"), callers=True).nodes()) == "b"


def test_forest_has_every_step_once() -> None:
    """Any steps become trees, with roots where nobody calls."""
    grown = forest(steps("a>b c>b b>d x>y y>x"))
    assert [drawn(root) for root in grown.roots] == ["a(b(d))", "c(b!seen)", "x(y(x!recursion))"]
    assert set(grown.steps()) == set(steps("a>b c>b b>d x>y y>x"))


def test_calls_among_some() -> None:
    """All calls between some functions are found, on a path or not, and none to others."""
    asked = graph("a>b b>c a>c c>d c*a")
    assert [(s.caller.name, s.callee.name) for s in among(asked, map(at, "abc"))] == [
        ("a", "b"), ("a", "c"), ("b", "c"), ("c", "a"),
    ]  # fmt: skip
    assert len(among(asked, map(at, "abc"), pointers=False)) == 3


def test_a_long_chain_is_no_trouble() -> None:
    """Neither cutting nor walking recurses into the length of a chain."""
    names = [f"f{number}" for number in range(400)]
    calls = " ".join(f"{a}>{b}" for a, b in pairwise(names))
    assert len(list(tree(graph(calls), at("f0"), depth=1000, limit=1000).walk())) == 400


# --- paths --------------------------------------------------------------------


def test_paths_are_shortest_first() -> None:
    """Every simple path is found, the short ones first, and nothing is said to be missing."""
    found = paths(graph("a>b b>e a>e a>c c>d d>e d>a"), at("a"), at("e"))
    assert routes(found) == ["ae", "abe", "acde"]
    assert found.complete
    assert (found.left_out, found.reached, found.spent) == (0, 14, False)
    assert written(found.nodes()) == "a(b(e) e c(d(e)))"


def test_direct_before_pointer() -> None:
    """Of paths of one length those without pointers come first, and pointers may be left out."""
    asked = graph("a*b b>e a>c c>e a#d d>e")
    assert routes(paths(asked, at("a"), at("e"))) == ["ace", "ade", "abe"]
    assert routes(paths(asked, at("a"), at("e"), pointers=False)) == ["ace", "ade"]


def test_the_surest_call_stands_for_a_pair() -> None:
    """A pair with calls of several ways is one step of a path."""
    found = paths(graph("a*b a#b a>b"), at("a"), at("b"))
    assert [[step.how for step in path] for path in found.found] == [[How.DIRECT]]


def test_count_cuts_and_says_so() -> None:
    """More paths than asked for are counted as far as they are known."""
    wide = " ".join(f"a>{mid} {mid}>z" for mid in "bcdefgh")
    found = paths(graph(wide + " b>c"), at("a"), at("z"), count=3)
    assert routes(found) == ["abz", "acz", "adz"]
    assert (found.complete, found.left_out, found.reached) == (False, 4, 2)


def test_depth_bounds_the_length() -> None:
    """A path longer than asked for is not found, and its absence is no gap."""
    asked = graph("a>b b>c c>d")
    assert routes(paths(asked, at("a"), at("d"), depth=3)) == ["abcd"]
    short = paths(asked, at("a"), at("d"), depth=2)
    assert (short.found, short.complete) == ((), True)
    assert short.nodes() == ()


def test_noise_is_passed_through_by_none() -> None:
    """Paths do not run through noise, which may be their end or their beginning."""
    asked = graph("A>b b>M M>Z b>c c>Z")
    assert routes(paths(asked, at("A"), at("Z"), quiet=noisy)) == ["AbcZ"]
    assert ("below", "M") not in asked.asked
    assert ("above", "M") not in asked.asked


def test_recursion_is_a_path_to_itself() -> None:
    """From a function to itself the paths are its cycles."""
    assert routes(paths(graph("a>a a>b b>a b>b"), at("a"), at("a"))) == ["aa", "aba"]


def test_two_searches_meet() -> None:
    """A wide start is not explored where the goal has one caller after another."""
    wide = " ".join(f"s>w{number} w{number}>v{number}" for number in range(99))
    asked = graph(wide + " s>a a>b b>c c>d d>e e>g")
    found = paths(asked, at("s"), at("g"))
    assert routes(found) == ["sabcdeg"]
    assert found.asked < 10
    assert found.complete


@pytest.mark.parametrize("budget", [0, 1, 3, 5])
def test_budget_is_kept_and_told(budget: int) -> None:
    """A spent budget ends the search, which says so; what is found by then is true."""
    asked = graph(" ".join(f"a>{m} {m}>{m}x {m}x>{m}y {m}y>z" for m in "bcdefg"))
    found = paths(asked, at("a"), at("z"), budget=budget)
    assert len(asked.asked) == found.asked
    assert found.asked <= budget
    assert found.spent
    assert not found.complete
    assert found.reached < 4


def test_many_paths_end_in_time() -> None:
    """A ladder with a million paths gives the first, and does not say that these were all."""
    names = [f"n{number:02}" for number in range(21)]
    ladder = " ".join(f"{a}>{a}l {a}l>{b} {a}>{a}r {a}r>{b}" for a, b in pairwise(names))
    found = paths(graph(ladder), at("n00"), at("n20"), depth=40, count=5)
    assert len(found.found) == 5
    assert not found.complete


# --- against brute force ------------------------------------------------------

edges = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=18)


def simple(below: dict[int, list[int]], start: int, goal: int, depth: int) -> Iterator[tuple[int, ...]]:
    """Give every simple path by trying all."""

    def onward(way: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        for callee in below.get(way[-1], []) if len(way) <= depth else []:
            if callee == goal:
                yield (*way, callee)
            elif callee not in way:
                yield from onward((*way, callee))

    yield from onward((start,))


def small(pairs: set[tuple[int, int]], seed: int = 0) -> StepGraph:
    """Make a graph of numbered functions; the seed shuffles the order of its answers."""
    ordered = sorted(pairs)
    random.Random(seed).shuffle(ordered)
    return StepGraph(Step.of(at(str(a)), at(str(b)), How.DIRECT, [7 * b % 5 + 1]) for a, b in ordered)


def numbers(path: Path) -> tuple[int, ...]:
    """Give a path's functions."""
    return tuple(int(symbol.name) for symbol in (path[0].caller, *(step.callee for step in path)))


@settings(max_examples=300, deadline=None)
@given(pairs=edges, start=st.integers(0, 6), goal=st.integers(0, 6), depth=st.integers(1, 7))
def test_paths_are_all_paths(pairs: set[tuple[int, int]], start: int, goal: int, depth: int) -> None:
    """Whatever the graph, the paths found are those that brute force finds, the short ones first."""
    below: dict[int, list[int]] = {}
    for caller, callee in sorted(pairs):
        below.setdefault(caller, []).append(callee)
    found = paths(small(pairs), at(str(start)), at(str(goal)), depth=depth, count=10_000)
    ways = [numbers(path) for path in found.found]
    assert sorted(ways) == sorted(simple(below, start, goal, depth))
    assert [len(way) for way in ways] == sorted(len(way) for way in ways)
    assert found.complete


@settings(max_examples=100, deadline=None)
@given(pairs=edges, seed=st.integers(0, 99), budget=st.integers(0, 12), count=st.integers(1, 4))
def test_answers_do_not_hang_on_their_order(
    pairs: set[tuple[int, int]], seed: int, budget: int, count: int
) -> None:
    """The same graph gives the same paths and trees, in whatever order its answers come."""
    one, other = small(pairs), small(pairs, seed)
    assert tree(one, at("0"), depth=4, limit=9) == tree(other, at("0"), depth=4, limit=9)
    full = paths(one, at("0"), at("6"), count=count)
    assert full == paths(other, at("0"), at("6"), count=count)
    cut = paths(one, at("0"), at("6"), budget=budget)
    assert cut.asked <= budget
    if cut.complete and full.complete:
        assert cut.found == full.found


def levels(below: dict[int, set[int]], root: int, depth: int) -> set[int]:
    """Give all that is within some calls of a function."""
    found, front = {root}, {root}
    for _ in range(depth):
        front = {callee for symbol in front for callee in below.get(symbol, ())} - found
        found |= front
    return found


@settings(max_examples=200, deadline=None)
@given(pairs=edges, depth=st.integers(0, 5), callers=st.booleans())
def test_trees_hold_all_that_is_near(pairs: set[tuple[int, int]], depth: int, callers: bool) -> None:
    """A tree has every function within its depth, opens each once, and shows no call that is not there."""
    below: dict[int, set[int]] = {}
    for caller, callee in pairs:
        a, b = (callee, caller) if callers else (caller, callee)
        below.setdefault(a, set()).add(b)
    grown = tree(small(pairs), at("0"), depth=depth, limit=10_000, callers=callers)
    branches = list(grown.walk())
    assert {int(branch.symbol.name) for branch in branches} == levels(below, 0, depth)
    opened = [branch.symbol for branch in branches if branch.mark is Mark.OPEN]
    assert len(opened) == len(set(opened))
    for branch in branches:
        children = {int(child.symbol.name) for child in branch.children}
        assert children == (below.get(int(branch.symbol.name), set()) if branch.mark is Mark.OPEN else set())
    assert _names(grown) == {branch.symbol.name for branch in branches}


def _names(grown: Tree) -> set[str]:
    """Give the names that would be drawn."""
    stack, found = list(grown.nodes()), set()
    while stack:
        node = stack.pop()
        found.add(node.name)
        stack.extend(node.children)
    return found
