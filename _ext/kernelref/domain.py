"""The ``kernel`` domain: series and call trees as objects, and what each page cites.

Small on purpose: no object per function (Sphinx's C domain slows to minutes). What pages say of
identifiers is kept as citations, for the index, the lock and the checker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode

from .core.lock import Standing, State
from .core.lockfile import LORE
from .diagnostics import Subtype, warn
from .i18n import _
from .indices import AuthorIndex, DateIndex, IdentifierIndex
from .objects import Gathering, QuestionObject, ReadingObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from .core.calltree import Node
    from .core.question import Question
    from .facts import Facts

Record = TypeVar("Record")

_MAIL_ROLES = frozenset({"lore", "commit", "lwn", "series", "article"})
"""The citations that ``lore.json`` answers."""

_NOTED = "kernelref:locks-noted"

_TABLES = (
    "series", "trees", "citations", "mentions", "edges", "queries", "readings", "questions", "gatherings"
)  # fmt: skip
"""What is kept by page."""


@dataclass(frozen=True, slots=True)
class SeriesObject:
    """A card that other pages can point at."""

    message_id: str
    anchor: str
    title: str
    author: str
    date: str
    line: int
    topic: str
    state: State
    release: str
    standing: Standing
    version: int
    review: bool = False
    """Whether the page itself says that it is under review."""


@dataclass(frozen=True, slots=True)
class TreeObject:
    """A named call tree."""

    name: str
    anchor: str
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Citation:
    """One reference on a page. ``key`` is canonical, ``release`` the tag or what was written."""

    role: str
    key: str
    release: str
    line: int
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class EdgeCitation:
    """One edge of a declared tree: ``file.c:name`` or ``name``, in one release."""

    caller: str
    callee: str
    release: str
    line: int


@dataclass(frozen=True, slots=True)
class TreeQuery:
    """A tree that the source is to give, in one release; or, with ``roots``, a declared one that is compared.

    ``since`` is the older release that it is compared with.
    """

    question: Question | None
    release: str
    line: int
    since: str = ""
    roots: tuple[Node, ...] = ()

    @property
    def key(self) -> str:
        """What the lock keeps the answer under."""
        return self.question.key if self.question else ""


class KernelDomain(Domain):
    """Series, call trees, and citations."""

    name = "kernel"
    label = "Linux kernel"
    object_types: ClassVar[dict[str, ObjType]] = {
        "series": ObjType(_("series"), "series"),
        "calltree": ObjType(_("call tree"), "calltree"),
    }
    roles: ClassVar[dict[str, Any]] = {
        "series": XRefRole(innernodeclass=nodes.inline, warn_dangling=True),
        "calltree": XRefRole(innernodeclass=nodes.inline, warn_dangling=True),
    }
    indices: ClassVar[list[Any]] = [DateIndex, AuthorIndex, IdentifierIndex]
    initial_data: ClassVar[dict[str, Any]] = {
        "series": {},  # docname -> [SeriesObject]
        "trees": {},  # docname -> [TreeObject]
        "citations": {},  # docname -> [Citation]
        "mentions": {},  # docname -> [Citation]
        "edges": {},  # docname -> [EdgeCitation]
        "queries": {},  # docname -> [TreeQuery]
        "readings": {},  # docname -> [ReadingObject]
        "questions": {},  # docname -> [QuestionObject]
        "gatherings": {},  # docname -> [Gathering]
        "spoken": {},  # docname -> a digest of which pages speak of what it cites, when it was last written
        "gathered": "",  # a digest of all that pages gather, when they were last written
        "releases": (),  # the tags that were pinned when the pages were read
    }
    data_version = 5
    dangling_warnings: ClassVar[dict[str, str]] = {
        "series": "no page has a card for series %(target)s; cite it with {lore}",
        "calltree": "no call tree is named %(target)s; give the directive a `:name:`",
    }

    facts: Facts
    """The locks of this build; set when the builder starts, never pickled."""

    # --- what pages hold -----------------------------------------------------

    def _table(self, name: str) -> dict[str, list[Any]]:
        return cast("dict[str, list[Any]]", self.data.setdefault(name, {}))

    def _note(self, table: str, record: object) -> None:
        self._table(table).setdefault(self.env.current_document.docname, []).append(record)

    def _all(self, table: str, kind: type[Record]) -> Iterator[tuple[str, Record]]:
        for docname, records in sorted(self._table(table).items()):
            for record in records:
                yield docname, record

    def series(self) -> Iterator[tuple[str, SeriesObject]]:
        """Walk the cards with their pages."""
        return self._all("series", SeriesObject)

    def trees(self) -> Iterator[tuple[str, TreeObject]]:
        """Walk the named trees with their pages."""
        return self._all("trees", TreeObject)

    def citations(self) -> Iterator[tuple[str, Citation]]:
        """Walk the references with their pages."""
        return self._all("citations", Citation)

    def mentions(self) -> Iterator[tuple[str, Citation]]:
        """Walk what may be references with autolink, once ``lock`` has looked them up."""
        return self._all("mentions", Citation)

    def edges(self) -> Iterator[tuple[str, EdgeCitation]]:
        """Walk the edges of declared trees with their pages."""
        return self._all("edges", EdgeCitation)

    def queries(self) -> Iterator[tuple[str, TreeQuery]]:
        """Walk the questions of derived and of compared trees with their pages."""
        return self._all("queries", TreeQuery)

    def readings(self) -> Iterator[tuple[str, ReadingObject]]:
        """Walk the cards of articles with their pages."""
        return self._all("readings", ReadingObject)

    def questions(self) -> Iterator[tuple[str, QuestionObject]]:
        """Walk the questions with their pages."""
        return self._all("questions", QuestionObject)

    def gatherings(self) -> Iterator[tuple[str, Gathering]]:
        """Walk the pages that show something gathered."""
        return self._all("gatherings", Gathering)

    def note_series(self, entry: SeriesObject) -> None:
        """Add a card of the page being read."""
        self._note("series", entry)

    def note_tree(self, entry: TreeObject) -> None:
        """Add a named tree of the page being read."""
        self._note("trees", entry)

    def note_citation(self, entry: Citation) -> None:
        """Add a reference of the page being read."""
        self._note("citations", entry)

    def note_mention(self, entry: Citation) -> None:
        """Add what may be a reference of the page being read."""
        self._note("mentions", entry)

    def note_edge(self, entry: EdgeCitation) -> None:
        """Add an edge of a tree of the page being read."""
        self._note("edges", entry)

    def note_query(self, entry: TreeQuery) -> None:
        """Add a question that a tree of the page being read asks."""
        self._note("queries", entry)

    def note_reading(self, entry: ReadingObject) -> None:
        """Add the card of an article of the page being read."""
        self._note("readings", entry)

    def note_question(self, entry: QuestionObject) -> None:
        """Add a question of the page being read."""
        self._note("questions", entry)

    def note_gathering(self, entry: Gathering) -> None:
        """Say that the page being read shows something gathered."""
        self._note("gatherings", entry)

    def note_lock(self, name: str) -> None:
        """Have the page being read read again when a lock file changes.

        A page cites thousands of times, and Sphinx makes the path relative each time: once will do.
        """
        noted: set[str] = self.env.current_document.setdefault(_NOTED, {""}) or set()
        if name not in noted:
            noted.add(name)
            self.env.note_dependency(self.facts.path(name))

    def label_objects(self) -> None:
        """Give each card and each tree a standard label, for ``ref`` here and elsewhere.

        Once all pages are read, for Sphinx tells of a second label of one name without saying where. Of two
        objects of one name, the first has the label; a label that a page itself has of that name stays.
        """
        standard = self.env.domains.standard_domain
        objects = [(one.message_id.lower(), (d, one.anchor), one.title) for d, one in self.series()]
        objects += [
            (nodes.fully_normalize_name(one.name), (d, one.anchor), one.title) for d, one in self.trees()
        ]
        places = {place for _, place, _ in objects}
        for label, place, title in reversed(objects):
            if standard.anonlabels.get(label, place) in places:
                standard.anonlabels[label] = place
                standard.labels[label] = (*place, title)

    # --- Sphinx's part -------------------------------------------------------

    def clear_doc(self, docname: str) -> None:
        """Forget a page."""
        for table in _TABLES:
            self._table(table).pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over the pages that another process read."""
        for table in _TABLES:
            self._table(table).update((k, v) for k, v in otherdata[table].items() if k in docnames)

    def check_consistency(self) -> None:
        """Report what only all pages together show: duplicates, and a lock that nobody has."""
        self._report_duplicates(
            ((d, s.message_id, s.line) for d, s in self.series()), Subtype.SERIES, "series"
        )
        self._report_duplicates(((d, t.name, t.line) for d, t in self.trees()), Subtype.CALLTREE, "call tree")
        self._report_missing_locks()

    def _report_duplicates(
        self, entries: Iterable[tuple[str, str, int]], subtype: Subtype, what: str
    ) -> None:
        first: dict[str, tuple[str, int]] = {}
        for docname, name, line in entries:
            if name in first:
                other, at = first[name]
                remedy = (
                    "give one of them `:no-index:`" if subtype is Subtype.SERIES else "rename one of them"
                )
                place = f"{self.env.doc2path(other, base=False)}:{at}"
                warn(subtype, f"duplicate {what} {name}, the other is at {place}; {remedy}", (docname, line))
            first.setdefault(name, (docname, line))

    def _report_missing_locks(self) -> None:
        facts = self.facts
        mail = min(((d, c.line) for d, c in self.citations() if c.role in _MAIL_ROLES), default=None)
        if mail and not facts.path(LORE).exists():
            text = f"{facts.path('lore.json')} is missing, nothing about messages is checked; run `make lock`"
            warn(Subtype.LOCK, text, mail)
        source = min(((d, c.line) for d, c in self.citations() if c.role.startswith("k")), default=None)
        if source and not facts.kernels:
            text = f"{facts.folder} has no linux-<tag>.json, nothing about source is checked; run `make lock`"
            warn(Subtype.LOCK, text, source)

    def _find(self, typ: str, target: str) -> tuple[str, str, str] | None:
        if typ == "series":
            wanted = target.strip().strip("<>").lower()
            for docname, card in self.series():
                if card.message_id.lower() == wanted:
                    return docname, card.anchor, card.title
            return None
        for docname, tree in self.trees():
            if tree.name == target:
                return docname, tree.anchor, tree.title
        return None

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        """Link to a card or a tree, with its title where the reference has none of its own."""
        found = self._find(typ, target)
        if not found:
            return None
        docname, anchor, title = found
        text = contnode.astext() if node["refexplicit"] else title
        inner = nodes.inline("", text, classes=["kernel", f"kernel-{typ}"])
        return make_refnode(builder, fromdocname, docname, anchor, inner, title)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Offer nothing to ``{any}``: each card and tree has a standard label, and one answer is enough."""
        return []

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """List the objects for search and ``objects.inv``."""
        for docname, card in self.series():
            yield card.message_id, card.title, "series", docname, card.anchor, 1
        for docname, tree in self.trees():
            yield tree.name, tree.title, "calltree", docname, tree.anchor, 2
