"""Call trees with arrows, as kernel notes have them: ``-=> f()`` under indentation, and their kin.

An entry is a function, behind an arrow or the lines of a drawn tree, and a remark::

    do_madvise
    -=> madvise_lock()          // mmap_lock 或 VMA lock
    -=> madvise_do_behavior()
      -=> madvise_walk_vmas()   每个 VMA
    │   └── zap_page_range_single -> tlb_gather_mmu

An arrow at a column is below a function without one at that column. Functions on one line with
arrows between them call each other in turn, and what is below that line hangs from the last.

Part of the pure layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .calltree import MAX_DEPTH, TAB, CalltreeError, Node, Row, assemble, refuse

_RULES = r"\s│|┃┆┊"
_ARROW = r"[|+`\\├└╰┣┗┝┕╞╚╠│─━═\-–—=~>→⇒↳➜]*(?:[→⇒↳➜>├└╰┣┗╚╠─━═]|--)[─━═\-=~>→⇒➜]*"
_LEAD = re.compile(rf"(?P<rules>[{_RULES}]*?)(?P<arrow>{_ARROW})\s*")
_LINK = re.compile(r"\s*(?:-+=*>|=+>|→|⇒|➜)\s*")
_NAME = re.compile(
    r"(?P<tick>`?)(?:(?P<file>[\w.+-]+(?:/[\w.+-]+)*\.[A-Za-z]\w*):)?(?P<name>[A-Za-z_]\w*)(?![\w.])",
    re.ASCII,
)
_COMMENT = re.compile(r"//\s*(?P<line>.*)|/\*\s*(?P<block>.*?)\s*(?:\*/|$)")
_FENCED = re.compile(rf"{_COMMENT.pattern}|\[(?P<bracket>[^\]]*)\]")
_LOOSE = " \t:：,，;；、—–-#{}"
"""What may stand between a function and its remark."""
_ELISION = re.compile(r"[.…⋮\s│|]*")


Place = tuple[int, bool]
"""The column where a line begins, and whether it begins with an arrow."""


def is_arrow(line: str) -> bool:
    """Whether a line begins with an arrow, or with the lines of a drawn tree, before a function."""
    lead = _LEAD.match(line)
    return bool(lead and _NAME.match(line, lead.end()))


def parse(lines: Sequence[str]) -> tuple[Node, ...]:
    """Read a tree with arrows; one or several roots. Raises `CalltreeError`."""
    reader = _Reader()
    for index, raw in enumerate(lines):
        text = raw.expandtabs(TAB).rstrip()
        if not _ELISION.fullmatch(text):
            reader.read(text, index)
    if not reader.rows:
        raise CalltreeError(0, "the call tree is empty: write at least one function, its callees below it")
    return assemble(reader.rows)


class _Reader:
    """What was read so far, and what is still open."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.above: list[Row] = []  # the ancestors that the next line may hang from, outermost first
        self.places: list[tuple[Place, int]] = []  # of the lines that they stand in, with the depth of each
        self.early: tuple[str, ...] = ()  # remarks before the first function

    def read(self, text: str, index: int) -> None:
        """Read one line."""
        place, at = _lead(text)
        rest = text[at:]
        if not rest:  # a bare stroke of the drawing
            return
        if rest.startswith(("//", "/*")) or not rest[0].isascii():
            self._annotate(place, tuple(_remarks(rest, index, loose=True)))
            return
        chain = list(_chain(text, at, index))
        self._close(place, index)
        self.places.append((place, len(self.above)))
        for node in chain:
            self._add(node, place)

    def _add(self, node: Node, place: Place) -> None:
        if len(self.above) >= MAX_DEPTH:
            raise CalltreeError(node.line, f"more than {MAX_DEPTH} levels: split the call tree")
        refuse(node, [row.node for row in self.above], len(self.rows))
        row = Row(place[0], len(self.above), replace(node, remarks=self.early + node.remarks))
        self.early = ()
        self.rows.append(row)
        self.above.append(row)

    def _annotate(self, place: Place, remarks: tuple[str, ...]) -> None:
        """Give a line without a function to the one that it is indented under."""
        if not self.rows:
            self.early += remarks
            return
        beside = [depth for where, depth in self.places if where >= place]
        owner = self.above[max(0, min(beside) - 1) if beside else -1]
        owner.node = replace(owner.node, remarks=owner.node.remarks + remarks)

    def _close(self, place: Place, index: int) -> None:
        """Close what a line that begins at ``place`` does not hang from."""
        closed: tuple[Place, int] | None = None
        while self.places and self.places[-1][0] >= place:
            closed = self.places.pop()
        if closed is None:
            return
        if closed[0] != place:
            columns = [str(column) for (column, _), _ in [*self.places, closed]]
            raise CalltreeError(
                index,
                f"broken indentation: column {place[0]} is one that no line above opened: "
                f"begin at column {' or '.join(dict.fromkeys(columns))}, as an ancestor or a sibling does",
            )
        del self.above[closed[1] :]


def _lead(text: str) -> tuple[Place, int]:
    """Give a line's place, and where its words begin."""
    if lead := _LEAD.match(text):
        return (lead.end("rules"), True), lead.end()
    end = len(text) - len(text.lstrip("│|┃┆┊ "))
    return (end, False), end


def _chain(text: str, at: int, index: int) -> Iterator[Node]:
    """Read the functions of a line, each called by the one before; the last has the remarks."""
    while True:
        match = _NAME.match(text, at)
        if match is None:
            raise CalltreeError(
                index, f"{_short(text[at:])} is not a function: expected an arrow, then `name` or `name()`"
            )
        remarks, end, called = _arguments(text, match.end())
        end += text[end : end + 1] == match["tick"] == "`"
        link = _LINK.match(text, end)
        onward = link and _NAME.match(text, link.end())
        if link and onward and not called and text[end] == "-" and not text[link.end() - 1].isspace():
            raise CalltreeError(
                index, f"{_short(text[at:])} is a pointer: name the function that it reaches here"
            )
        if link is None or not onward:
            remarks += tuple(_remarks(text[end:], index, loose=called))
        yield Node(match["name"], match["file"] or "", remarks, line=index)
        if link is None or not onward:
            return
        at = link.end()


def _arguments(text: str, at: int) -> tuple[tuple[str, ...], int, bool]:
    """Read ``(…)`` after a name: as a remark, where it ends, and whether it is there."""
    if text[at : at + 1] != "(":
        return (), at, False
    depth = 0
    for place in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            inner = " ".join(text[at + 1 : place].split())
            return ((f"({inner})",) if inner else ()), place + 1, True
    return (" ".join(text[at:].split()),), len(text), True


def _remarks(text: str, index: int, loose: bool) -> Iterator[str]:
    """Read what is behind a function: comments, brackets, and prose where it cannot be mistaken."""
    at = 0
    for match in [*_FENCED.finditer(text), None]:
        prose = text[at : match.start() if match else len(text)]
        said = prose.strip(_LOOSE)
        if said and not loose and said[0].isascii() and not prose.lstrip().startswith(tuple(_LOOSE[2:])):
            raise CalltreeError(index, f"{_short(said)} after the name: write a remark behind //")
        inside = next((word for word in match.groups() if word is not None), "") if match else ""
        yield from (" ".join(word.split()) for word in (said, inside) if word.strip())
        at = match.end() if match else at


def _short(text: str, most: int = 60) -> str:
    text = text.strip()
    return f"“{text if len(text) <= most else text[: most - 1] + '…'}”"
