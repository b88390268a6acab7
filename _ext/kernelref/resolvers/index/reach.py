"""What is reached in a graph that is told node by node, for many questions about the same part of it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

Node = TypeVar("Node", bound=Hashable)


@dataclass(slots=True)
class _Open:
    """A node whose reach is not known yet: its place among these, and the first that it leads back to."""

    number: int
    place: int
    earliest: int
    following: Iterator[int]
    bits: int = 0
    """What it is known to reach."""


class Reach(Generic[Node]):
    """For each node the nodes that can be reached from it, found once for all nodes on the way.

    Nodes are numbered as they are met; a set of them is an integer's bits. Nodes that reach each other reach
    the same, so a search as R. Tarjan's (Depth-first search and linear graph algorithms, 1972) puts them
    together, and meets each node and each edge once.
    """

    def __init__(self, after: Callable[[Node], Collection[Node]]) -> None:
        """Take what gives the nodes that one leads to."""
        self._after = after
        self._numbers: dict[Node, int] = {}
        self._nodes: list[Node] = []
        # number -> the bits of what is reached, where that is known
        self._reached: dict[int, int] = {}

    def has(self, start: Node, other: Node) -> bool:
        """Whether one node can be reached from another."""
        bits = self._bits(start)
        number = self._numbers.get(other)
        return number is not None and bool(bits >> number & 1)

    def all(self, start: Node) -> frozenset[Node]:
        """All nodes that can be reached from one."""
        bits = self._bits(start)
        return frozenset(node for number, node in enumerate(self._nodes) if bits >> number & 1)

    def _bits(self, start: Node) -> int:
        number = self._number(start)
        if number not in self._reached:
            self._search(number)
        return self._reached[number]

    def _number(self, node: Node) -> int:
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return number

    def _search(self, start: int) -> None:
        # By a list instead of calls within calls: headers include each other hundreds deep.
        opened: dict[int, _Open] = {}
        path = [self._open(start, opened)]
        while path:
            node = path[-1]
            for each in node.following:
                node.bits |= 1 << each
                if each in self._reached:
                    node.bits |= self._reached[each]
                elif each in opened:
                    node.earliest = min(node.earliest, opened[each].place)
                else:
                    path.append(self._open(each, opened))
                    break
            else:
                path.pop()
                if node.earliest == node.place:
                    self._close(node, opened)
                if path:
                    path[-1].earliest = min(path[-1].earliest, node.earliest)
                    path[-1].bits |= self._reached.get(node.number, node.bits)

    def _open(self, number: int, opened: dict[int, _Open]) -> _Open:
        after = [self._number(node) for node in self._after(self._nodes[number])]
        opened[number] = _Open(number, len(opened), len(opened), iter(after))
        return opened[number]

    def _close(self, node: _Open, opened: dict[int, _Open]) -> None:
        # All that were opened since lead back here: what one of them reaches, all reach.
        together, bits = [], 0
        while node.number in opened:
            number, each = opened.popitem()
            together.append(number)
            bits |= each.bits
        self._reached.update(dict.fromkeys(together, bits))
