"""A derived tree as an author would have typed it, so that one parser and one drawing do for both.

A declared tree has no cycles and says nothing of bounds; signs in remarks do: ``↺ name`` where a
function calls one that it is below of, ``…`` where nobody asked further, ``… +3`` where three had no room.

Part of the pure layer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .graph import Branch, Mark, Tree, forest
from .steps import Symbol

AGAIN = "↺"
MORE = "…"
STEP = "  "

Spell = Callable[[Symbol], str]


@dataclass(frozen=True, slots=True)
class Written:
    """The lines; the symbol of each spelling; and how many calls into what is not defined they leave out."""

    lines: tuple[str, ...]
    symbols: Mapping[str, Symbol]
    unread: int


def write(tree: Tree, spell: Spell) -> Written:
    """Write a tree down, callers above callees; ``spell`` says how a function is named."""
    shown = _turned(tree) if tree.callers else tree
    marks = {branch.symbol: branch for branch in tree.walk() if branch.mark is not Mark.SEEN}
    spelled = _spellings(shown, spell)
    lines = tuple(line for root in shown.roots for line in _lines(root, 0, spelled, marks))
    calls = ((at.symbol, below.symbol) for at in tree.walk() for below in at.children)
    unread = {call for call in calls if not call[1].file}
    return Written(lines, {spelled[symbol]: symbol for symbol in spelled}, len(unread))


def _turned(tree: Tree) -> Tree:
    return forest(tree.steps(), [root.symbol for root in tree.roots if not root.children])


def _spellings(tree: Tree, spell: Spell) -> dict[Symbol, str]:
    """Say how each function is named: of two with one name, each with its file."""
    symbols = [s for s in dict.fromkeys(branch.symbol for branch in tree.walk()) if s.file]
    same: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in symbols:
        same[symbol.name].append(symbol)
    return {s: spell(s) if len(same[s.name]) == 1 else s.spelled for s in symbols}


def _lines(
    branch: Branch, level: int, spelled: Mapping[Symbol, str], marks: Mapping[Symbol, Branch]
) -> Iterator[str]:
    again = [child.symbol.name for child in branch.children if child.mark is Mark.RECURSION]
    bound = marks.get(branch.symbol)
    remarks = [f"{AGAIN} {name}" for name in dict.fromkeys(again)]
    if bound and branch.mark is not Mark.SEEN:
        remarks += [MORE] if bound.mark is Mark.LIMIT else []
        remarks += [f"{MORE} +{bound.left_out}"] if bound.left_out else []
    yield STEP * level + " ".join([spelled[branch.symbol], *(f"[{remark}]" for remark in remarks)])
    for child in branch.children:
        if child.mark is not Mark.RECURSION and child.symbol.file:
            yield from _lines(child, level + 1, spelled, marks)
