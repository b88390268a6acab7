"""A drawn tree in words: the nested list that tells the same, and the sentences above and below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from docutils import nodes

from ..core.calltree import Node
from ..core.changes import edge_words, node_words
from ..core.chart import ChartEdge, ChartNode, EdgeState, NodeState, legend_text
from ..core.derived import AGAIN, MORE
from ..core.difference import Change, Difference
from ..core.lock import DerivedTree
from ..core.question import Question
from ..diagrams import card_of
from ..i18n import _
from ..trees import DrawnTree

if TYPE_CHECKING:
    from docutils.nodes import Node as DocNode

MOST_NAMES = 8
"""Of one kind of change, as many are named above the drawing."""


def as_text(tree: DrawnTree, lang: str) -> nodes.bullet_list:
    """Tell a tree as a nested list."""
    return _Text(tree, lang).items(tree.roots, None)


class _Text:
    def __init__(self, tree: DrawnTree, lang: str) -> None:
        self.tree, self.lang = tree, lang

    def items(self, level: tuple[Node, ...], caller: Node | None) -> nodes.bullet_list:
        found = nodes.bullet_list("", bullet="-")
        for node in level:
            item = nodes.list_item("", nodes.paragraph("", "", *self._entry(node, caller)))
            if node.children:
                item += self.items(node.children, node)
            found += item
        return found

    def _entry(self, node: Node, caller: Node | None) -> list[DocNode]:
        place = self.tree.places[node.key]
        parts: list[DocNode] = [_name(place)]
        if place.place:
            parts.append(nodes.Text(f" {place.place}"))
        parts += [nodes.Text(f" [{remark}]") for remark in node.remarks]
        if place.turn and (words := node_words(place.turn, self.lang)):
            parts.append(nodes.Text(f" — {words}"))
        if place.state is NodeState.ABSENT:
            parts.append(nodes.Text(f" — {place.hover}"))
        elif caller and (words := self._call(self.tree.arrows.get((caller.key, node.key)))):
            parts.append(nodes.Text(f" — {words}"))
        return parts

    def _call(self, arrow: ChartEdge | None) -> str:
        if arrow is None:
            return ""
        said = "" if arrow.state is EdgeState.DIRECT else legend_text(arrow.state, self.lang)
        turned = edge_words(arrow.change, self.lang) if arrow.change else ""
        return " ".join(part for part in (said, arrow.via, _sites(arrow), turned) if part)


def _sites(arrow: ChartEdge) -> str:
    before, now = (" ".join(f"L{line}" for line in lines) for lines in (arrow.was, arrow.lines))
    return f"{before} → {now}" if before and before != now else now


def _name(place: ChartNode) -> DocNode:
    name = nodes.literal("", f"{place.name}()")
    if not place.href:
        return name
    link = nodes.reference("", "", name, internal=False, refuri=place.href, reftitle=place.hover)
    if card := card_of(place):
        link["card"] = card
    return link


# --- what a derived tree is --------------------------------------------------


def question_title(question: Question) -> str:
    """Say what was asked, for a tree without a title of its own."""
    start, goal = f"{question.start}()", f"{question.goal}()"
    if question.goal:
        return _("From %(start)s to %(goal)s") % {"start": start, "goal": goal}
    words = {"start": start, "depth": question.levels}
    if question.callers:
        return _("What calls %(start)s, %(depth)d levels up") % words
    return _("What %(start)s calls, %(depth)d levels down") % words


def bounds(question: Question, found: DerivedTree) -> Iterator[str]:
    """Say what a derived tree leaves out, and why."""
    if found.left_out and question.goal:
        words = {"left": found.left_out, "most": question.count}
        yield _("At least %(left)d more ways are not shown: at most %(most)d are.") % words
    elif not found.complete and question.goal:
        yield _("There may be more ways: the search ends at %d, the shortest, or at its own bound.") % (
            question.count
        )
    elif not found.complete:
        words = {"left": found.left_out, "most": question.limit}
        yield _("At least %(left)d more functions are left out: a tree has at most %(most)d.") % words
    if found.quiet:
        yield _("%d calls of assertions, logging, tracing and the like are left out.") % found.quiet
    if found.unread:
        yield _("%d calls lead through pointers or out of the source that was read; they are left out.") % (
            found.unread
        )
    if any(f"[{AGAIN} " in line for line in found.lines):
        yield _("“↺ f” stands where f, which is above, is called again.")
    if any(f"[{MORE}" in line for line in found.lines):
        yield _("“…” stands where nobody looked further.")
    if len(found.lines) == 1:
        yield (_("Nothing calls it by name.") if question.callers else _("It calls nothing else."))


def not_drawn(left: int, most: int) -> str:
    """Say that a drawing has not all, and that the text has."""
    words = {"left": left, "most": most}
    return (
        _("%(left)d more are not drawn: a drawing has at most %(most)d functions; the text has all.") % words
    )


# --- what a difference is ----------------------------------------------------


def summary(found: Difference) -> str:
    """Count what became of the functions, in one sentence."""
    counts = found.summary()["functions"]
    parts = [_count(change) % counts[change] for change in Change if change in counts]
    words = {"old": found.old, "new": found.new, "parts": _(", ").join(parts)}
    return _("Functions of this tree from %(old)s to %(new)s: %(parts)s.") % words


def _count(change: Change) -> str:
    return {
        Change.KEPT: _("%d unchanged"),
        Change.CHANGED: _("%d changed"),
        Change.MOVED: _("%d moved"),
        Change.KIND: _("%d of another kind"),
        Change.RENAMED: _("%d renamed"),
        Change.INLINED: _("%d inlined"),
        Change.GONE: _("%d gone"),
        Change.NEW: _("%d new"),
        Change.LEFT: _("%d no longer in it"),
        Change.JOINED: _("%d in it only now"),
        Change.UNKNOWN: _("%d not known"),
    }[change]


def story(found: Difference) -> list[DocNode]:
    """Name what was renamed, inlined, is gone or new; nothing where all stayed."""
    listed = nodes.bullet_list("", bullet="-")
    for change, heading in (
        (Change.RENAMED, _("Renamed, as far as likeness tells; the old names are gone: ")),
        (Change.INLINED, _("Inlined, as far as likeness tells: ")),
        (Change.GONE, _("Gone: ")),
        (Change.NEW, _("New: ")),
    ):
        told = [node for node in found.nodes.values() if node.change is change]
        if not told:
            continue
        line = nodes.paragraph("", heading)
        for at, node in enumerate(told[:MOST_NAMES]):
            line += nodes.Text(_(", ")) if at else nodes.Text("")
            if change is Change.RENAMED and node.old:
                line += [nodes.literal("", f"{node.old.name}()"), nodes.Text(" → ")]
            line += nodes.literal("", f"{node.symbol.name}()")
            if change is Change.INLINED:
                into = nodes.literal("", f"{node.into[0].name}()")
                line += [nodes.Text(" → "), into]
            if node.score:
                line += nodes.Text(f" ({node.score:.2f})")
        if len(told) > MOST_NAMES:
            line += nodes.Text(_(" and %d more") % (len(told) - MOST_NAMES))
        listed += nodes.list_item("", line)
    return [listed] if listed.children else []


def sentence(text: str, kind: str) -> nodes.paragraph:
    """Make a paragraph beside a drawing; ``kind`` says of which sort, for the stylesheet."""
    return nodes.paragraph("", text, classes=[f"kernelref-tree-{kind}"])


def notice(parts: Iterable[str]) -> list[DocNode]:
    """Make the paragraph of what is left out."""
    text = " ".join(parts)
    return [sentence(text, "notice")] if text else []
