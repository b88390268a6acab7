"""What pages gather from all pages: a placeholder when a page is read, filled when it is written.

Each kind of gathering is a view: a function from `Gatherer` to nodes, which every writer prints. A page
with one is written again when anything that it could show has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from .core.lock import Message, Standing, State
from .core.lockfile import LORE
from .objects import Gathering
from .references import kernel_domain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docutils.nodes import Element, Node
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from .domain import KernelDomain


HERE = "."
"""What stands for the page itself among patterns of pages."""


WEB_ONLY = "kernelref-web-only"
"""The class of raw HTML that books leave out."""


class gathered(nodes.General, nodes.Element):
    """Stands for what is gathered; ``kind`` names the view, ``options`` are the directive's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A card, of a series or of an article (then ``state`` is None and ``genre`` says of what kind)."""

    docname: str
    anchor: str
    date: str
    title: str
    author: str
    standing: Standing
    state: State | None = None
    release: str = ""
    version: int = 1
    genre: str = ""
    message: Message | None = None


class Gatherer:
    """What a view may ask: the entries, the questions, and links from the page that it is shown on."""

    def __init__(self, app: Sphinx, docname: str, options: Mapping[str, Any]) -> None:
        self.app = app
        self.env: BuildEnvironment = app.env
        self.docname = docname
        self.options = options
        self.domain: KernelDomain = kernel_domain(app.env)

    @property
    def here(self) -> bool:
        """Whether only this page is asked about."""
        return self.options.get("pages") == HERE

    def wanted(self, docname: str) -> bool:
        """Whether a page is asked about."""
        if self.here:
            return docname == self.docname
        patterns = self.options.get("pages", "*").split()
        return any(fnmatchcase(docname, pattern) for pattern in patterns)

    def series(self) -> list[Entry]:
        """List the cards of series, oldest first."""
        lore = self.domain.facts.lore
        found = [
            Entry(
                docname=docname,
                anchor=card.anchor,
                date=card.date,
                title=card.title,
                author=card.author,
                standing=card.standing,
                state=card.state,
                release=card.release,
                version=card.version,
                message=lore.messages.get(card.message_id) if lore else None,
            )
            for docname, card in self.domain.series()
            if self.wanted(docname)
        ]
        return sorted(found, key=by_day)

    def readings(self) -> list[Entry]:
        """List the cards of articles and talks, oldest first."""
        found = [
            Entry(docname, one.anchor, one.date, one.title, one.author, one.standing, genre=one.genre)
            for docname, one in self.domain.readings()
            if self.wanted(docname)
        ]
        return sorted(found, key=by_day)

    def questions(self, *, done: bool) -> list[tuple[str, str, str, str]]:
        """List the questions that are open, or answered: page, anchor, text, card."""
        return [
            (docname, one.anchor, one.text, one.card)
            for docname, one in self.domain.questions()
            if one.done is done and self.wanted(docname)
        ]

    def title(self, docname: str) -> str:
        """Give a page's title."""
        return self.env.titles[docname].astext()

    def uri(self, docname: str, anchor: str = "") -> str:
        """Give where a place is, as seen from this page."""
        place = f"#{anchor}" if anchor else ""
        if docname == self.docname and place:
            return place
        return self.app.builder.get_relative_uri(self.docname, docname) + place

    def link(self, docname: str, anchor: str, text: str) -> nodes.reference:
        """Build a link to a place; the text is what others wrote, its quotes stay."""
        inner = nodes.inline("", text, support_smartquotes=False)
        return nodes.reference("", "", inner, internal=True, refuri=self.uri(docname, anchor))


def by_day(entry: Entry) -> tuple[bool, str, str]:
    """Sort by day; what has none comes last."""
    return not entry.date, entry.date, entry.anchor


class GatheredDirective(SphinxDirective):
    """What all the directives of gatherings share: a note in the domain, and the placeholder."""

    kind = ""
    pages = "*"
    """The patterns of the pages that are asked about, where nothing is said."""
    option_spec: ClassVar[dict[str, Any]] = {"pages": directives.unchanged_required}

    def run(self) -> list[Node]:
        """Leave the placeholder."""
        domain = kernel_domain(self.env)
        domain.note_gathering(Gathering(self.kind))
        domain.note_lock(LORE)
        node = gathered(kind=self.kind, options={"pages": self.pages, **self.options})
        self.set_source_info(node)
        return [node]


def _again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the pages with gatherings, when what they gather is not what it was."""
    domain = kernel_domain(env)
    digest = _digest(domain, env)
    if domain.data["gathered"] == digest:
        return []
    domain.data["gathered"] = digest
    return sorted({docname for docname, _ in domain.gatherings()})


def _digest(domain: KernelDomain, env: BuildEnvironment) -> str:
    sums = hashlib.sha256()
    titles: Iterator[tuple[str, object]] = ((name, title.astext()) for name, title in env.titles.items())
    for table in (domain.series(), domain.readings(), domain.questions(), domain.citations()):
        sums.update(repr(list(table)).encode())
    sums.update(repr(sorted(titles)).encode())
    return sums.hexdigest()


def paragraph(*content: Node, classes: Sequence[str] = ()) -> nodes.paragraph:
    """Build a paragraph with classes."""
    return nodes.paragraph("", "", *content, classes=list(classes))


def web_only(html: str) -> nodes.raw:
    """Build what only web pages have: a picture that a list repeats, a form."""
    return nodes.raw("", html, format="html", classes=[WEB_ONLY])


def listed(items: Sequence[Sequence[Node]], classes: Sequence[str], *, ordered: bool = False) -> Element:
    """Build a list of one-line items."""
    of: type[Element] = nodes.enumerated_list if ordered else nodes.bullet_list
    return of("", *(nodes.list_item("", paragraph(*item)) for item in items), classes=list(classes))


def _script(app: Sphinx, page: str, template: str, context: dict[str, Any], document: object) -> None:
    """Load the script of sorting and filtering on the pages that have a table for it, and on no other."""
    kinds = {entry.kind for docname, entry in kernel_domain(app.env).gatherings() if docname == page}
    if "series-table" in kinds:
        app.add_js_file("kernelref-table.js", loading_method="defer")


def setup_gathered(app: Sphinx) -> None:
    """Connect the events."""
    app.add_node(gathered)
    app.connect("env-updated", _again, priority=900)
    app.connect("html-page-context", _script)
