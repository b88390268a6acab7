"""The questions: where is a name defined, what does a definition call, does A call B.

An `Index` knows a tree and a store. It parses a file when a question first needs it, found by
the tree's outline; nothing waits for a whole tree.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from ...core.source import Call, Definition, How, Kind
from ...core.target import names_file
from . import nearest, outline, scan, words
from .definers import canonical, spelled
from .edges import Edges
from .read import grammar_of, read_facts
from .store import Store
from .types import Types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..tree import Tree
    from .facts import FileFacts, Found
    from .table import Candidate, Outline

_SPACE: Final = re.compile(rb"\s+")
_LISTED_KINDS: Final = outline.FUNCTION + outline.MACRO + outline.TAG + outline.TYPEDEF
_MACROS: Final = outline.MACRO + outline.OBJECT
_KEPT_TEXTS: Final = 64


class Index:
    """What one kernel tree says, as far as anybody asked."""

    def __init__(self, tree: Tree, store: Store | None = None) -> None:
        """Ready to be asked; nothing is read yet."""
        self.tree = tree
        self.store = store if store is not None else Store()
        self._outline: Outline | None = None
        self._words: words.Words | None = None
        self._searched: list[str] = []
        self._facts: dict[str, FileFacts] = {}
        self._texts: dict[str, bytes] = {}
        self._names: dict[str, tuple[tuple[str, Found], ...]] = {}
        self.types = Types(self)
        self._edges = Edges(self)

    @property
    def outline(self) -> Outline:
        """The tree's outline, made when it is first needed."""
        if self._outline is None:
            self._outline = scan.outline_of(self.tree, self.store)
        return self._outline

    def mentioning(self, word: str) -> list[str]:
        """The C files and headers that have a word, and perhaps a few that have not."""
        if self._words is None:
            self._searched = [path for path in self.outline.paths if words.is_searched(path)]
            self._words = scan.words_of(self.tree, self.store, self._searched)
        return [self._searched[number] for number in self._words.files(word)]

    def has_words(self) -> bool:
        """Whether `mentioning` answers at once, and need not read the whole tree first."""
        return self._words is not None or self.store.has_words(self.tree.version())

    def reads(self, path: str) -> bool:
        """Whether this is the path of a file that the index reads."""
        return outline.is_source(path) and self.tree.exists(path)

    def text(self, path: str) -> bytes:
        """A file's content; the last few are kept."""
        if path not in self._texts:
            if len(self._texts) >= _KEPT_TEXTS:
                self._texts.pop(next(iter(self._texts)))
            self._texts[path] = self.tree.read(path)
        return self._texts[path]

    def facts(self, path: str) -> FileFacts:
        """What one file says."""
        if path not in self._facts:
            self._facts[path] = self.store.facts(self.blob(path), lambda: read_facts(path, self.text(path)))
        return self._facts[path]

    def blob(self, path: str) -> str:
        """The name under which the store keeps what one file says."""
        return self.tree.blob(path) + grammar_of(path)

    def prefetch(self, names: Iterable[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Get ready for questions about many names: their candidate files are parsed side by side."""
        plain = {_split(name)[1] for name in names}
        self._edges.expect(plain)
        paths = {candidate.path for name in plain for candidate in self.candidates(name)} - set(self._facts)
        scan.parse_all(self.tree, self.store, sorted(paths), progress)

    def build(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Parse the whole tree into the store, so that no question waits for a file."""
        self.mentioning("")
        scan.parse_all(self.tree, self.store, self.outline.paths, progress)

    def candidates(self, name: str) -> tuple[Candidate, ...]:
        """The files that may define a name."""
        found: list[Candidate] = []
        for word in sorted(spelled(name)):
            kinds = "" if word == name else outline.DEFINER
            found.extend(c for c in self.outline.candidates(word) if not kinds or c.kind in kinds)
        return tuple(found)

    def found(self, name: str) -> tuple[tuple[str, Found], ...]:
        """All that a name is in the tree, with the files: `definitions` without reading their text."""
        name = canonical(name)
        if name not in self._names:
            paths = sorted({candidate.path for candidate in self.candidates(name)})
            self._names[name] = tuple((path, each) for path in paths for each in self.facts(path).named(name))
        return self._names[name]

    def definitions(self, name: str) -> tuple[Definition, ...]:
        """Every definition of a name in what the tree covers, by file and line; no prototypes.

        ``file.c:name`` asks for those of one file.
        """
        file, plain = _split(name)
        found = [self.definition(path, each) for path, each in self.found(plain) if names_file(file, path)]
        return tuple(sorted(found, key=lambda definition: (definition.file, definition.line)))

    def definition(self, path: str, found: Found) -> Definition:
        """A definition with its signature and the digest of its body."""
        text = self.text(path)
        whole = text[found.start : found.stop]
        head = text[found.start : max(found.body, found.start)]
        if found.kind in (Kind.FUNCTION, Kind.STRUCT, Kind.UNION, Kind.ENUM):
            head = head.rstrip().removesuffix(b"{")
        return Definition(
            file=path,
            line=found.line,
            end=found.end,
            name=found.name,
            kind=Kind(found.kind),
            signature=_squeezed(head)[:400].decode(errors="replace"),
            static="s" in found.flags,
            inline="i" in found.flags,
            condition=found.condition,
            body=hashlib.sha256(_squeezed(whole)).hexdigest()[:16],
        )

    def nearest(self, name: str, limit: int = 5) -> tuple[str, ...]:
        """The names most like an unknown one, best first."""
        plain = _split(name)[1]
        config = plain.startswith("CONFIG_")
        kinds = outline.CONFIG if config else _LISTED_KINDS
        pieces = nearest.searched(plain.removeprefix("CONFIG_"))
        names = self.outline.names(pieces, kinds) if pieces else ()
        near = nearest.nearest(plain, set(names), limit * 4)
        return tuple(each for each in near if self.found(each))[:limit]

    def calls(self, file: str, caller: str, callee: str = "") -> tuple[Call, ...]:
        """All that a definition calls or passes on, one record for each callee and way; or of one callee."""
        return self._edges.calls(file, canonical(caller), callee)

    def edge(self, caller: str, callee: str, file: str = "") -> tuple[Call, ...]:
        """Whether and how each definition of ``caller`` (or the one in ``file``) calls ``callee``."""
        named, plain = _split(caller)
        return self._edges.between(canonical(plain), callee, file or named)

    def parameters(self, file: str, name: str) -> dict[int, str]:
        """The parameters of a function, by position from 0."""
        return self._edges.parameters(file, name)

    def called_by_macro(self, file: str, name: str) -> frozenset[str]:
        """The names that a macro's body calls."""
        return self._edges.used(file, name)[0]

    def is_macro(self, name: str, path: str) -> bool:
        """Whether a file that says ``name(…)`` means a macro: it sees one, and no function."""
        macro = perhaps_function = False
        for candidate in self.outline.candidates(name):
            if candidate.kind in _MACROS:
                macro = macro or self.sees(path, candidate.path)
            elif candidate.kind == outline.FUNCTION:
                perhaps_function = perhaps_function or self.sees(path, candidate.path)
        if not (macro and perhaps_function):
            return macro
        return not any(
            found.kind == Kind.FUNCTION and (self.sees(path, where) or "s" not in found.flags)
            for where, found in self.found(name)
        )

    def is_function(self, name: str, path: str) -> bool:
        """Whether a file that says ``name`` may mean a function."""
        return any(
            candidate.kind in (outline.FUNCTION, outline.BARE, outline.ASSEMBLER)
            and self.sees(path, candidate.path)
            for candidate in self.outline.candidates(name)
        )

    def sees(self, path: str, other: str) -> bool:
        """Whether a file may mean what another defines in it or declares."""
        return self.outline.includes.sees(path, other)


def _split(name: str) -> tuple[str, str]:
    file, _, plain = name.rpartition(":")
    return file, plain


def _squeezed(text: bytes) -> bytes:
    return _SPACE.sub(b" ", text).strip()


__all__ = ["Call", "Definition", "How", "Index"]
