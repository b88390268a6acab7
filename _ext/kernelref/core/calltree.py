"""A declared call tree: what an author typed, as nodes; and what is wrong with it, by line.

Two ways to write one, told apart by the first line: indented text, or a Markdown nested list; the
recordings and the arrows that `traces` reads are told apart before.
An entry is a function, perhaps with its file, perhaps with remarks in brackets::

    do_madvise()
        madvise_walk_vmas
            mm/madvise.c:madvise_vma_behavior() [each VMA] [may split it]

Part of the pure layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

MAX_NODES = 500
MAX_DEPTH = 64
"""Deeper than any real chain; docutils walks a document by recursion and would not survive 500."""

TAB = 8

_MARKER = re.compile(r"(?P<marker>[-*+]|\d{1,9}[.)])(?P<gap>\s+)(?=\S)")
_ENTRY = re.compile(
    r"(?P<tick>`?)(?:(?P<file>[\w.+-]+(?:/[\w.+-]+)*\.[A-Za-z]\w*):)?"
    r"(?P<name>[A-Za-z_]\w*)(?:\(\))?(?P=tick)(?:\(\))?(?=\s|\[|$)",
    re.ASCII,
)


class CalltreeError(ValueError):
    """A declared tree that cannot be read; ``line`` is the index of the offending source line."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """One function of a declared tree. ``line`` is its index within the source lines."""

    name: str
    file: str = ""
    remarks: tuple[str, ...] = ()
    children: tuple[Node, ...] = ()
    line: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What makes two entries the same function."""
        return (self.file, self.name)

    @property
    def spelled(self) -> str:
        """The entry as an author writes it, without remarks."""
        return f"{self.file}:{self.name}" if self.file else self.name


@dataclass(slots=True)
class Row:
    """A source line that was read: its column, its depth, and the node without children."""

    column: int
    depth: int
    node: Node


def parse(lines: Sequence[str]) -> tuple[Node, ...]:
    """Read a declared tree; one or several roots. Raises `CalltreeError`."""
    from . import traces  # which makes nodes of ours

    if traces.form(lines):
        return traces.parse(lines)
    rows: list[Row] = []
    open_rows: list[Row] = []  # the ancestors that the next line may hang from, outermost first
    reader = _Indents()
    listed: bool | None = None
    for index, raw in enumerate(lines):
        text = raw.expandtabs(TAB).rstrip()
        if not text.strip():
            continue
        column = len(text) - len(text.lstrip())
        marker = _MARKER.match(text, column)
        listed = bool(marker) if listed is None else listed
        if bool(marker) is not listed:
            raise CalltreeError(index, _mixed(listed))
        node = _entry(text[marker.end() :] if marker else text.lstrip(), index)
        depth = reader.depth(column, index, listed)
        del open_rows[depth:]
        refuse(node, [row.node for row in open_rows], len(rows))
        row = Row(column, depth, node)
        rows.append(row)
        open_rows.append(row)
    if not rows:
        raise CalltreeError(
            0, "the call tree is empty: write at least one function, its callees indented below it"
        )
    return assemble(rows)


def walk(roots: Iterable[Node]) -> Iterator[Node]:
    """Every node, parents before children, in the order of the source."""
    stack = list(roots)[::-1]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def edges(roots: Iterable[Node]) -> tuple[tuple[Node, Node], ...]:
    """Each caller and callee once, in the order of the source."""
    found: dict[tuple[tuple[str, str], tuple[str, str]], tuple[Node, Node]] = {}
    for node in walk(roots):
        for child in node.children:
            found.setdefault((node.key, child.key), (node, child))
    return tuple(found.values())


def names(roots: Iterable[Node]) -> tuple[str, ...]:
    """Each name once, in the order of the source."""
    return tuple(dict.fromkeys(node.name for node in walk(roots)))


class _Indents:
    """The columns that are open, and how far one level goes: the first child says."""

    def __init__(self) -> None:
        self.columns: list[int] = []
        self.step = 0

    def depth(self, column: int, index: int, listed: bool) -> int:
        """Return the depth of a line that begins at ``column``, and open that column."""
        columns = self.columns
        if columns and column > columns[-1]:
            self._deeper(column - columns[-1], index, listed)
            columns.append(column)
        elif columns:
            if column not in columns:
                raise CalltreeError(index, self._nowhere(column))
            del columns[columns.index(column) + 1 :]
        else:
            columns.append(column)
        if len(columns) > MAX_DEPTH:
            raise CalltreeError(index, f"more than {MAX_DEPTH} levels: split the call tree")
        return len(columns) - 1

    def _deeper(self, gained: int, index: int, listed: bool) -> None:
        if listed:
            if gained < 2:
                raise CalltreeError(
                    index,
                    "broken indentation: one space more is neither a child nor a sibling: "
                    "indent a child item by two spaces or more",
                )
            return
        self.step = self.step or gained
        if gained != self.step:
            raise CalltreeError(
                index,
                f"broken indentation: {_spaces(gained)} deeper than the line above, "
                f"where one level of this tree is {_spaces(self.step)}",
            )

    def _nowhere(self, column: int) -> str:
        known = " or ".join(_spaces(item) for item in self.columns)
        return (
            f"broken indentation: {_spaces(column)} is a level that no line above opened: "
            f"indent by {known}, as an ancestor or a sibling is"
        )


def _spaces(number: int) -> str:
    return f"{number} space{'' if number == 1 else 's'}"


def _mixed(listed: bool) -> str:
    first, here = ("a Markdown list", "no list item") if listed else ("indented text", "a list item")
    return f"the tree began as {first}, and this line is {here}: write every entry the same way"


def _entry(text: str, index: int) -> Node:
    match = _ENTRY.match(text)
    if match is None:
        word = text.split("[")[0].strip() or text
        raise CalltreeError(
            index,
            f"{_short(word)} is not a function: expected `name`, `name()` or `file.c:name`, then [remarks]",
        )
    file = match["file"] or ""
    if {".", ".."} & set(file.split("/")):
        raise CalltreeError(index, f"{_short(file)} is not a path from the top of the kernel tree")
    return Node(match["name"], file, _remarks(text[match.end() :], index), line=index)


def _remarks(text: str, index: int) -> tuple[str, ...]:
    """Read the bracketed remarks after a name; brackets inside a remark must balance."""
    found: list[str] = []
    depth = start = 0
    for place, char in enumerate(text):
        if char == "[":
            if depth == 0:
                start = place + 1
            depth += 1
        elif char == "]" and depth:
            depth -= 1
            if depth == 0:
                found.append(" ".join(text[start:place].split()))
        elif depth == 0 and not char.isspace():
            raise CalltreeError(
                index, f"{_short(text[place:])} after the name: write a remark in brackets, [like this]"
            )
    if depth:
        raise CalltreeError(index, f"the remark {_short(text[start - 1 :])} has no closing bracket")
    return tuple(remark for remark in found if remark)


def _short(text: str, most: int = 60) -> str:
    text = text.strip()
    return f"“{text if len(text) <= most else text[: most - 1] + '…'}”"


def refuse(node: Node, ancestors: Sequence[Node], already: int) -> None:
    """Raise for a cycle, and for a tree that is too large."""
    if already >= MAX_NODES:
        raise CalltreeError(node.line, f"more than {MAX_NODES} functions: split the call tree")
    for place, ancestor in enumerate(ancestors):
        apart = ancestor.file and node.file and ancestor.file != node.file
        if ancestor.name == node.name and not apart:
            way = " → ".join(item.spelled for item in (*ancestors[place:], node))
            raise CalltreeError(
                node.line,
                f"a cycle: {way}: leave the last one out and say so in a remark, "
                "or name the file of each where they are two functions",
            )


def assemble(rows: Sequence[Row]) -> tuple[Node, ...]:
    """Hang every row from the one it belongs to; from the last to the first, without recursion."""
    waiting: list[list[Node]] = [[]]  # depth -> children seen so far, the last one first
    for row in reversed(rows):
        while len(waiting) < row.depth + 2:
            waiting.append([])
        children = tuple(reversed(waiting[row.depth + 1]))
        waiting[row.depth + 1].clear()
        waiting[row.depth].append(replace(row.node, children=children))
    return tuple(reversed(waiting[0]))
