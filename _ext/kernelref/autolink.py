"""``kernelref_autolink``: plain links, bare URLs and literal calls become the references that roles are.

On the tree that a parser left, so MyST and reStructuredText alike. What a link's text and the day before
it claim of a message is held against the message, as `check` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from markdown_it import MarkdownIt
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from .config import Settings
from .core.checking import messages
from .core.claims import claims
from .core.findings import Weight
from .core.lockfile import kernel_file
from .core.notes import Link
from .core.recognise import Cited, bare_urls, called, recognise
from .core.target import CALLABLE, choose
from .diagnostics import Subtype, warn
from .domain import Citation
from .lookup_source import role_of
from .references import checked_release, growing, kernel_domain, kernel_reference

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_LEFT_ALONE = (
    nodes.FixedTextElement,
    nodes.Invisible,
    nodes.docinfo,
    nodes.math,
    nodes.raw,
    nodes.problematic,
    nodes.system_message,
    addnodes.pending_xref,
    addnodes.desc_signature,
    kernel_reference,
)
_OWN = {"kernelref-card", "kernelref-correction"}
"""The classes of ours that hold what an author wrote; whatever else is ours is made from locks."""


class Autolink(SphinxTransform):
    """Puts a placeholder, as a role does, for whatever is recognised."""

    default_priority = 700
    """After translations (20) and named links (640), before smart quotes (750) and `ResolveReferences`."""

    def apply(self, **kwargs: Any) -> None:
        """Go through the page once."""
        settings = Settings.of(self.config)
        if not settings.autolink:
            return
        self.domain = kernel_domain(self.env)
        self.facts = self.domain.facts
        self.release = checked_release(self.document, self.env, settings)
        self.links: list[Link] = []
        with growing():
            self._find()
        self._hold()
        self._tell_of_depth()

    def _tell_of_depth(self) -> None:
        """Warn where MyST stops reading: chains of calls in lists nest deeper than it reads."""
        path = Path(self.env.doc2path(self.env.docname))
        if path.suffix == ".md" and (line := too_deep(path.read_text(encoding="utf-8", errors="replace"))):
            text = "lists nest deeper from here than MyST reads, and nothing below is on the page"
            remedy = "write the chain as a `calltree`"
            warn(Subtype.CALLTREE, f"{text}; {remedy}", (self.env.docname, line))

    # --- what is found -----------------------------------------------------------

    def _find(self) -> None:
        found: list[_Found] = []
        _collect(self.document, _Place(1), found)
        for node, line, before in found:
            if isinstance(node, nodes.reference):
                self._link(node, line, before)
            elif isinstance(node, nodes.literal):
                self._literal(node, line)
            elif isinstance(node, nodes.Text):
                self._text(node, _Place(line, before))

    def _link(self, node: nodes.reference, line: int, before: str) -> None:
        url = node["refuri"]
        cited = recognise(url)
        if cited is None:
            return
        text = node.astext()
        titled = text != url
        self.links.append(Link(line, url, cited, claims(before, text if titled else "")))
        title = list(node.children) if titled else []
        node.replace_self(self._placeholder(cited, url, line, title))

    def _text(self, node: nodes.Text, place: _Place) -> None:
        text, at = node.astext(), 0
        made: list[nodes.Node] = []
        for start, end in bare_urls(text):
            url = text[start:end]
            if cited := recognise(url):
                place.past(text[at:start])
                self.links.append(Link(place.line, url, cited, claims(place.before, "")))
                made += [nodes.Text(text[at:start]), self._placeholder(cited, url, place.line)]
                place.past(url)
                at = end
        if made:
            # By its place, for `replace` of a node would look for it from the start and again.
            here = node.parent.index(node)
            node.parent[here : here + 1] = [*made, nodes.Text(text[at:])]

    def _literal(self, node: nodes.literal, line: int) -> None:
        """Make a reference of a call that the page's release has; of any other, have ``lock`` look it up."""
        key = called(node.astext()) if not node["classes"] else ""
        tag = self.facts.releases.tag(self.release) if key else None
        lock = self.facts.kernels.get(tag) if tag else None
        if lock is None:
            return
        file, _, name = key.rpartition(":")
        if choose(lock.identifiers.get(name, ()), CALLABLE, file):
            node.replace_self(self._placeholder(Cited("kfunc", key), "", line))
        else:
            self.domain.note_lock(kernel_file(lock.release))
            self.domain.note_mention(Citation("kfunc", key, lock.release, line))

    def _placeholder(
        self, cited: Cited, url: str, line: int, title: Sequence[nodes.Node] = ()
    ) -> kernel_reference:
        """Leave what a role leaves. Only a message's link may lead elsewhere than its author had it lead."""
        made = kernel_reference("", "", *title, role=self._role(cited), target=cited.target, plain=True)
        if url and cited.role != "lore":
            made["url"] = url
        made.source, made.line = self.document["source"], line
        return made

    def _role(self, cited: Cited) -> str:
        """Give the role of an identifier's kind: Elixir's page of a struct is as that of a function."""
        tag = self.facts.releases.tag(cited.release) if cited.role == "kfunc" and cited.release else None
        lock = self.facts.kernels.get(tag) if tag else None
        return role_of(lock.identifiers.get(cited.key, ())) if lock else cited.role

    # --- what is claimed ---------------------------------------------------------

    def _hold(self) -> None:
        """Warn where a link's text or day contradicts its message; what is news is left to `check`."""
        if not self.facts.lore:
            return
        file = self.env.docname
        for found in messages(file, self.links, self.facts.lore):
            if found.code.weight is Weight.WRONG:
                warn(Subtype.SERIES, found.text, (file, found.line))


@dataclass(slots=True)
class _Place:
    """Where one is in a block of text: the line, and what stands before on it, as far as a day goes."""

    line: int
    before: str = ""

    def past(self, text: str) -> None:
        lines = text.count("\n")
        self.line += lines
        self.before = (text.rpartition("\n")[2] if lines else self.before + text)[-_NEAR:]


_NEAR = 80


_Found = tuple[nodes.Node, int, str]


def _collect(node: nodes.Element, place: _Place, found: list[_Found]) -> None:
    """Collect external links, literals and texts, but not in code, nor in what our directives made."""
    for child in node.children:
        if isinstance(child, nodes.Text):
            if "://" in child:
                found.append((child, place.line, place.before))
            place.past(child)
        elif isinstance(child, (nodes.reference, nodes.literal)):
            if isinstance(child, nodes.literal) or "refuri" in child:
                found.append((child, place.line, place.before))
            place.past(child.astext())
        elif isinstance(child, nodes.Element) and not isinstance(child, _LEFT_ALONE) and not _made(child):
            inline = isinstance(child, nodes.Inline)
            _collect(child, place if inline else _Place(child.line or place.line), found)


def _made(node: nodes.Element) -> bool:
    """Tell whether a part of the page is made from locks, not written by its author."""
    classes = {*node.attributes["classes"], *node.attributes.get("container_classes", ())}
    return bool(classes) and not classes & _OWN and any(name.startswith("kernelref-") for name in classes)


_DEEP = re.compile(r"^[ \t]{9,}(?:[-*+]|\d{1,9}[.)])\s", re.MULTILINE)


def too_deep(text: str) -> int:
    """Give the line, from 1, at which a Markdown parser gives up for depth; 0 where it does not."""
    if not _DEEP.search(text):  # as on nearly every page, which need not be read twice
        return 0
    deepest = MarkdownIt("commonmark").options.maxNesting
    tokens = MarkdownIt("commonmark", {"maxNesting": 10 * deepest}).parse(text)
    return next((token.map[0] + 1 for token in tokens if token.level >= deepest and token.map), 0)


def setup_autolink(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(Autolink)
