"""Call trees on a page: checked against, or taken from, the locks of the releases they name, and drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx_design.shared import create_component

from ..comparison import Compared, compare
from ..config import Settings
from ..core.calltree import CalltreeError, Node, edges, parse, walk
from ..core.chart import EdgeState
from ..core.difference import Change
from ..core.lock import DerivedTree, KernelLock, Outcome
from ..core.lockfile import kernel_file
from ..core.question import Question
from ..core.releases import ReleaseError
from ..core.target import CALLABLE, Target, choose
from ..diagnostics import Subtype, warn
from ..diagrams import diagram_node, legend
from ..domain import Citation, EdgeCitation, TreeObject, TreeQuery
from ..i18n import _
from ..lookup_source import FAMILIES, SourceLookup
from ..references import checked_release, kernel_domain
from ..trees import DrawnTree, draw
from .tree_text import as_text, bounds, not_drawn, notice, sentence, story, summary
from .tree_words import reworded, shown

if TYPE_CHECKING:
    from docutils.nodes import Node as DocNode

MOST_DRAWN = 40
"""Of a derived tree, which nobody can split, as many functions are drawn; the text has the rest."""


class kernel_calltree(nodes.General, nodes.Element):
    """A tree or a question that waits for its page's release, and for the translation of its words.

    Holds ``roots``, ``question``, ``diff``, ``releases``, ``title``, the line of its ``first`` line, and
    itself as ``typed``; ``name`` and ``anchor`` where it has a name. Its children are `tree_words`.
    """


@dataclass(slots=True)
class Panel:
    """What stands under one tab: a tree and what is said of it, or words alone."""

    label: str
    tree: DrawnTree | None = None
    above: list[DocNode] = field(default_factory=list)
    below: list[DocNode] = field(default_factory=list)


def _heading(title: str) -> nodes.paragraph:
    return nodes.paragraph("", "", nodes.strong("", title), classes=["kernelref-tree-title"])


def as_typed(title: str, text: str) -> list[DocNode]:
    """Show a tree that cannot be read or drawn."""
    block = nodes.literal_block(text, text, language="none")
    return [*([_heading(title)] if title else []), *([block] if text else [])]


class ResolveTrees(SphinxTransform):
    """Checks and draws the trees of a page, once its release is known."""

    default_priority = 831

    def apply(self, **kwargs: Any) -> None:
        """Draw all trees of the page."""
        waiting = list(self.document.findall(kernel_calltree))
        if not waiting:
            return
        self.settings = Settings.of(self.config)
        self.domain = kernel_domain(self.env)
        self.states: set[EdgeState] = set()  # what legends of the page explain so far
        self.turns: set[Change] = set()
        self.changes: set[Change] = set()
        own = checked_release(self.document, self.env, self.settings)
        for node in waiting:
            texts = shown(node)
            node["title"] = texts.get(node["title"], node["title"])
            node["roots"] = tuple(reworded(one, texts) for one in node["roots"])
            if node["name"]:
                name = node["name"]
                self.domain.note_tree(TreeObject(name, node["anchor"], node["title"] or name, node.line or 0))
            if self.app.builder.name != "gettext":  # which wants what was typed, not what is shown
                node.replace_self(self._tree(node, own))

    def _tree(self, node: kernel_calltree, own: str) -> list[DocNode]:
        place = nodes.container("", is_div=True, classes=["kernelref-calltree"])
        place.source, place.line = node.source, node.line
        if node["title"]:
            place += _heading(node["title"])
        panels = self._panels(node, own)
        if len(panels) == 1:
            place += self._content(node, panels[0])
        elif panels:
            place += self._tabs(node, panels)
        else:
            place += as_typed("", node["typed"])
        place += self._legend(panels)
        return [place]

    def _panels(self, node: kernel_calltree, own: str) -> list[Panel]:
        """Give what each release says, the first being the tree's own, then the difference."""
        panels = []
        for at, name in enumerate(node["releases"] or ([] if node["diff"] else [own])):
            if tag := self._tag(node, "kernel", name):
                panels.append(self._panel(node, tag, own=at == 0))
        if node["diff"]:
            tags = [self._tag(node, "diff", name) for name in node["diff"]]
            panels += [self._difference(node, *tags)] if all(tags) else []
        return panels

    def _tag(self, node: kernel_calltree, option: str, name: str) -> str:
        try:
            return self.domain.facts.releases.tag(name) or name
        except ReleaseError as error:
            self._warn(node, Subtype.IDENTIFIER, f"`:{option}:` {error}")
            return ""

    def _warn(self, node: kernel_calltree, subtype: Subtype, text: str) -> None:
        warn(subtype, text, (self.env.docname, node.line or 0))

    def _depend(self, tag: str) -> KernelLock | None:
        """Give the lock of a release, on which the page depends from now on."""
        if tag in self.domain.facts.kernels:
            self.domain.note_lock(kernel_file(tag))
        return self.domain.facts.kernels.get(tag)

    # --- one release ---------------------------------------------------------

    def _panel(self, node: kernel_calltree, tag: str, own: bool) -> Panel:
        if node["question"]:
            return self._derived(node, node["question"], tag, own)
        self._note(node["roots"], tag, node["first"])
        return Panel(tag, self._drawn(node, node["roots"], tag, own))

    def _drawn(self, node: kernel_calltree, roots: tuple[Node, ...], tag: str, own: bool) -> DrawnTree:
        tree = draw(roots, tag, node["title"], self.config.language, self.domain.facts, self.settings)
        for finding in tree.findings:
            # What another release lacks is news for the reader, not a fault of the page.
            if own or finding.problem.subtype is Subtype.LOCK:
                line = (node.line or 0) if node["question"] else node["first"] + finding.line
                warn(finding.problem.subtype, finding.problem.text, (self.env.docname, line))
        return tree

    def _note(self, roots: tuple[Node, ...], tag: str, first: int) -> None:
        self._depend(tag)
        for one in walk(roots):
            self.domain.note_citation(Citation("kfunc", one.spelled, tag, first + one.line))
        for caller, callee in edges(roots):
            edge = EdgeCitation(caller.spelled, callee.spelled, tag, first + callee.line)
            self.domain.note_edge(edge)

    def _derived(self, node: kernel_calltree, question: Question, tag: str, own: bool) -> Panel:
        found, lock = self._answer(node, question, tag)
        if found is None or lock is None:
            return self._unlocked(tag)
        if found.outcome is not Outcome.FOUND:
            if own:
                self._complain(node, question, found, lock)
            return Panel(tag, below=[sentence(_absence(question, found, lock), "notice")])
        if own:
            self._tell_ambiguous(node, question, lock)
        tree = self._drawn(node, parse(found.lines), tag, own)
        return Panel(tag, tree, below=notice(bounds(question, found)))

    def _answer(
        self, node: kernel_calltree, question: Question, tag: str, since: str = ""
    ) -> tuple[DerivedTree | None, KernelLock | None]:
        """Give what the lock of a release answers; a question that it does not know is warned of."""
        lock = self._depend(tag)
        line = node.line or 0
        self.domain.note_query(TreeQuery(question, tag, line, since))
        for name in filter(None, (question.start, question.goal)):
            self.domain.note_citation(Citation("kfunc", name, tag, line))
        if lock is None:
            text = f"no lock of {tag} is at hand, and a tree is derived from pinned releases alone"
            self._warn(node, Subtype.LOCK, f"{text}; run `make lock`")
            return None, None
        if question.key not in lock.trees:
            source = " with a tree of the kernel: what is there is from Elixir" if lock.from_elixir else ""
            text = f"the tree `{question.key}` is not in {kernel_file(tag)}; run `make lock`{source}"
            self._warn(node, Subtype.LOCK, text)
            return None, lock
        found = lock.trees[question.key]
        try:
            parse(found.lines or ("none",))
        except CalltreeError as error:
            text = f"the tree `{question.key}` in {kernel_file(tag)} cannot be read: {error}; run `make lock`"
            self._warn(node, Subtype.LOCK, text)
            return None, lock
        return found, lock

    def _complain(
        self, node: kernel_calltree, question: Question, found: DerivedTree, lock: KernelLock
    ) -> None:
        """Warn of a question that the tree's own release has no answer to."""
        if found.outcome is Outcome.NO_PATH:
            ends = f"{question.start}() to {question.goal}()"
            text = f"{lock.release}: there is no way from {ends} within {question.levels} calls"
            self._warn(node, Subtype.CALLTREE, text + ("" if found.complete else " that was found in time"))
            return
        name = question.start if found.outcome is Outcome.NO_START else question.goal
        file, _colon, plain = name.rpartition(":")
        known = lock.identifiers.get(plain, ())
        source = SourceLookup(self.domain.facts, self.settings)
        self._warn(
            node, Subtype.IDENTIFIER, source.misfit(Target(plain, file), FAMILIES["kfunc"], lock, known)
        )

    def _tell_ambiguous(self, node: kernel_calltree, question: Question, lock: KernelLock) -> None:
        for name in filter(None, (question.start, question.goal)):
            file, _colon, plain = name.rpartition(":")
            fit = choose(lock.identifiers.get(plain, ()), CALLABLE, file)
            if len(places := sorted({one.file for one in fit})) > 1:
                spelled = ", ".join(f"`{place}:{plain}`" for place in places[:5])
                text = f"{plain}() has several definitions in {lock.release}; say which is meant: {spelled}"
                self._warn(node, Subtype.IDENTIFIER, text)

    # --- two releases --------------------------------------------------------

    def _difference(self, node: kernel_calltree, old: str, new: str) -> Panel:
        if node["question"]:
            return self._derived_difference(node, node["question"], old, new)
        self.domain.note_query(TreeQuery(None, new, node.line or 0, old, node["roots"]))
        for tag in (old, new):
            self._note(node["roots"], tag, node["first"])
        before, after = self._depend(old), self._depend(new)
        if before is None or after is None:
            text = f"`:diff:` {old} and {new} are not both pinned; run `make lock`"
            self._warn(node, Subtype.LOCK, text)
            return self._unlocked(f"{old} → {new}")
        return self._compared(node, Compared(node["roots"], node["roots"]), (before, after), [])

    def _derived_difference(self, node: kernel_calltree, question: Question, old: str, new: str) -> Panel:
        before, old_lock = self._answer(node, question, old)
        after, new_lock = self._answer(node, question, new, since=old)
        if not (before and after and old_lock and new_lock):
            return self._unlocked(f"{old} → {new}")
        pairs = ((before, old_lock), (after, new_lock))
        said = [_absence(question, *one) for one in pairs if one[0].outcome is not Outcome.FOUND]
        for found, lock in pairs:
            if found.lines and (parts := list(bounds(question, found))):
                said.append(f"{lock.release}: {' '.join(parts)}")
        if not before.lines and not after.lines:
            self._complain(node, question, after, new_lock)
            return Panel(f"{old} → {new}", below=notice(said))
        trees = Compared(*(parse(found.lines) if found.lines else () for found, _lock in pairs))
        return self._compared(node, trees, (old_lock, new_lock), said)

    def _unlocked(self, label: str) -> Panel:
        return Panel(label, below=[sentence(_("This tree is not locked for %s yet.") % label, "notice")])

    def _compared(
        self,
        node: kernel_calltree,
        trees: Compared,
        locks: tuple[KernelLock, KernelLock],
        said: Iterable[str],
    ) -> Panel:
        tree, found = compare(trees, locks, node["title"], self.config.language, self.settings)
        for finding in tree.findings:
            line = (node.line or 0) if node["question"] else node["first"] + finding.line
            warn(finding.problem.subtype, finding.problem.text, (self.env.docname, line))
        return Panel(tree.release, tree, [sentence(summary(found), "summary"), *story(found)], notice(said))

    # --- on the page ---------------------------------------------------------

    def _content(self, node: kernel_calltree, panel: Panel) -> list[DocNode]:
        if panel.tree is None:
            return [*panel.above, *panel.below]
        return [*panel.above, *self._figure(node, panel.tree), *panel.below]

    def _figure(self, node: kernel_calltree, tree: DrawnTree) -> list[DocNode]:
        derived = node["question"] or node["diff"]
        chart, left = tree.bounded(MOST_DRAWN) if derived else (tree.chart, 0)
        said = _("Call tree in %s") % tree.release
        alt = f"{node['title']} · {said}" if node["title"] else said
        figure = diagram_node(chart, as_text(tree, self.config.language), alt=alt)
        figure.source, figure.line = node.source, node.line
        return [figure, *(notice([not_drawn(left, MOST_DRAWN)]) if left else [])]

    def _tabs(self, node: kernel_calltree, panels: list[Panel]) -> DocNode:
        tabs = create_component("tab-set", ["sd-tab-set", "kernelref-releases"])
        for panel in panels:
            label = nodes.rubric(panel.label, panel.label, classes=["sd-tab-label"])
            inside = self._content(node, panel)
            content = create_component("tab-content", ["sd-tab-content"], children=inside)
            tabs += create_component("tab-item", ["sd-tab-item"], children=[label, content])
        return tabs

    def _legend(self, panels: list[Panel]) -> list[DocNode]:
        """Explain what the drawings have, below them, where it first appears on the page."""
        charts = [panel.tree.chart for panel in panels if panel.tree]
        states = {edge.state for chart in charts for edge in chart.edges}
        turns = {one.turn.change for chart in charts for one in chart.nodes if one.turn}
        changes = {edge.change for chart in charts for edge in chart.edges if edge.change}
        if not (states - self.states or turns - self.turns or changes - self.changes):
            return []
        states, turns, changes = states - self.states, turns - self.turns, changes - self.changes
        self.states |= states
        self.turns |= turns
        self.changes |= changes
        return [
            legend(
                [state for state in EdgeState if state in states],
                self.config.language,
                [change for change in Change if change in turns],
                [change for change in Change if change in changes],
            )
        ]


def _absence(question: Question, found: DerivedTree, lock: KernelLock) -> str:
    """Say why a release has no answer."""
    tag = lock.release
    if found.outcome is Outcome.NO_PATH:
        words = {
            "start": f"{question.start}()",
            "goal": f"{question.goal}()",
            "release": tag,
            "depth": question.levels,
        }
        return _("In %(release)s there is no way from %(start)s to %(goal)s within %(depth)d calls.") % words
    name = question.start if found.outcome is Outcome.NO_START else question.goal
    words = {"release": tag, "name": f"{name}()"}
    if lock.whole:
        return _("%(release)s has no %(name)s.") % words
    return _("What was read of %(release)s has no %(name)s.") % words
