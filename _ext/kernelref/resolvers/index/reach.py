"""What is reached in a graph that is told node by node, for many questions about the same part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator

    Node = TypeVar("Node", bound=Hashable)
else:
    Node = TypeVar("Node")


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

    def _next(self, number: int) -> Iterator[int]:
        return iter([self._number(node) for node in self._after(self._nodes[number])])

    def _search(self, start: int) -> None:
        # By a list instead of calls within calls: headers include each other hundreds deep.
        reached, order = self._reached, {start: 0}
        # of nodes that are open: the bits so far, the earliest open node that they lead to
        bits, earliest = {start: 0}, {start: 0}
        open_nodes, path = [start], [(start, self._next(start))]
        while path:
            node, following = path[-1]
            for each in following:
                bits[node] |= 1 << each
                if each in reached:
                    bits[node] |= reached[each]
                elif each in order:
                    earliest[node] = min(earliest[node], order[each])
                else:
                    order[each] = earliest[each] = len(order)
                    bits[each] = 0
                    open_nodes.append(each)
                    path.append((each, self._next(each)))
                    break
            else:
                path.pop()
                self._leave(node, path, order, bits, earliest, open_nodes)

    def _leave(
        self,
        node: int,
        path: list[tuple[int, Iterator[int]]],
        order: dict[int, int],
        bits: dict[int, int],
        earliest: dict[int, int],
        open_nodes: list[int],
    ) -> None:
        if earliest[node] == order[node]:
            # All that were opened since lead back here: what one of them reaches, all reach.
            together, every = [open_nodes.pop()], 0
            while together[-1] != node:
                together.append(open_nodes.pop())
            for each in together:
                every |= bits[each]
            self._reached.update(dict.fromkeys(together, every))
        if path:
            before = path[-1][0]
            earliest[before] = min(earliest[before], earliest[node])
            bits[before] |= self._reached.get(node, bits[node])
