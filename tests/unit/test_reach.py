"""What is reached in a graph: the same as a plain search finds, however the graph is asked."""

from __future__ import annotations

import random

import pytest

from kernelref.resolvers.index.reach import Reach

Graph = dict[int, list[int]]


def plainly(graph: Graph, start: int) -> set[int]:
    """Search from one node."""
    seen: set[int] = set()
    pending = list(graph[start])
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            pending += graph[node]
    return seen


@pytest.mark.parametrize("seed", range(60))
def test_as_a_plain_search(seed: int) -> None:
    """Random graphs, with few and many circles, asked in a random order."""
    chance = random.Random(seed)
    size = chance.randrange(1, 40)
    edges = chance.randrange(0, 3 * size)
    graph: Graph = {node: [] for node in range(size)}
    for _ in range(edges):
        graph[chance.randrange(size)].append(chance.randrange(size))
    reach = Reach(graph.__getitem__)
    for start in chance.sample(range(size), size):
        wanted = plainly(graph, start)
        assert reach.all(start) == wanted
        assert {other for other in range(size) if reach.has(start, other)} == wanted


def test_each_node_is_asked_once() -> None:
    """Whatever is asked, a node is asked once where it leads; what is nowhere is not reached."""
    asked: list[str] = []
    graph = {"a.c": ["mm.h"], "b.c": ["fs.h", "mm.h"], "mm.h": ["fs.h"], "fs.h": ["mm.h"]}

    def after(node: str) -> list[str]:
        asked.append(node)
        return graph[node]

    reach = Reach(after)
    assert reach.all("a.c") == reach.all("b.c") == reach.all("mm.h") == {"mm.h", "fs.h"}
    assert not reach.has("a.c", "b.c") and not reach.has("a.c", "nowhere.h")
    assert sorted(asked) == sorted(graph)


def test_a_deep_graph() -> None:
    """A chain longer than Python's own stack, closed to a circle."""
    reach = Reach(lambda node: [(node + 1) % 5000])
    assert reach.has(0, 4999) and reach.has(7, 7)
