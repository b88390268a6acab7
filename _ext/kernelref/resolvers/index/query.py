"""The questions: where is a name defined, what does a definition call, does A call B.

An `Index` knows a tree and a store. It parses a file when a question first needs it, found by
the tree's outline; nothing waits for a whole tree.
"""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from ...core.source import Call, Definition, How, Kind
from ...core.target import names_file
from . import kinds
from .ahead import Ahead
from .definers import canonical, spelled
from .edges import Edges
from .late import Late
from .nearest import Nearest
from .read import grammar_of, read_facts
from .scan import Scanner
from .store import Store
from .types import Types
from .words import is_searched
from .workers import LATE, LATE_NAMES, MENTIONS, WORDS, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from ..tree import Tree
    from .conditionals import Conditionals
    from .facts import FileFacts, Found
    from .pairs import Pairs
    from .segment import Candidate
    from .table import Outline

_WITHOUT: Final = re.compile(r"#(?:ifndef CONFIG_|if !.*\bCONFIG_|else of .*\bCONFIG_)")
_SPACE: Final = re.compile(rb"\s+")
_MACROS: Final = kinds.MACRO + kinds.OBJECT
_FUNCTIONS: Final = (kinds.FUNCTION, kinds.STATIC, kinds.PROTOTYPE)
_KEPT_TEXTS: Final = 64
MOST_NEAR: Final = 5
"""Names that are given in place of one that is not there."""
_FEW: Final = 16
"""So many words are sought in all texts before a table of all words is made."""


class Index:
    """What one kernel tree says, as far as anybody asked."""

    def __init__(self, tree: Tree, store: Store | None = None) -> None:
        """Ready to be asked; nothing is read yet."""
        self.tree = tree
        self.store = store if store is not None else Store()
        self.scanner = Scanner(tree, self.store, Workers())
        self._outline: Outline | None = None
        self._outline_ahead, self._nearest_ahead = Ahead(), Ahead()
        # kind -> the table of each segment
        self._tables: dict[str, list[Pairs]] = {}
        # a name that is not there -> those like it
        self._near: dict[str, tuple[str, ...]] = {}
        self._facts: dict[str, FileFacts] = {}
        self._texts: dict[str, bytes] = {}
        # where the words are that were sought in texts, for want of a table
        self._sought: dict[str, list[str]] = {}
        # name -> the files that may define it; name -> all definitions; name -> those that more than one
        # file may mean
        self._candidates: dict[str, tuple[Candidate, ...]] = {}
        self._names: dict[str, tuple[tuple[str, Found], ...]] = {}
        self._shared: dict[str, tuple[tuple[str, Found], ...]] = {}
        self._conditionals: dict[str, Conditionals] = {}
        self.late = Late(self)
        self.types = Types(self)
        self._edges = Edges(self)

    @property
    def outline(self) -> Outline:
        """The tree's outline, made when it is first needed."""
        self._outline_ahead.join()
        if self._outline is None:
            self._outline = self.scanner.outline()
        return self._outline

    def begin(self) -> None:
        """Start to read the tree while whoever will ask is busy with something else."""

        def read() -> None:
            self.scanner.walk()
            self._outline = self.scanner.outline()

        self._outline_ahead.begin(read)

    def table(self, kind: str) -> list[Pairs]:
        """The table of each segment, of a kind; what is not kept is made."""
        if kind not in self._tables:
            self._tables[kind] = self.scanner.tables(self.outline, kind)
        return self._tables[kind]

    def mentioning(self, word: str) -> list[str]:
        """The C files and headers that have a word, and perhaps a few that have not."""
        self.seek([word])
        if word in self._sought:
            return sorted(self._sought[word])
        return sorted(self.outline.having(word, self.table(WORDS)))

    def keep_words(self) -> None:
        """Make the tables of words and of late names: who asks in a terminal asks again."""
        for kind in (WORDS, LATE):
            self.table(kind)

    def foresee(self, names: Iterable[str], words: Iterable[str] = ()) -> None:
        """Say which names will be looked up, and which words be sought in all texts.

        Where the tree is just being read for its outline, what that does not tell is found on the way.
        """
        self.scanner.foresee(LATE_NAMES, {_split(name)[1] for name in names})
        self.scanner.foresee(MENTIONS, {_split(word)[1] for word in words})

    def seek(self, words: Iterable[str]) -> None:
        """Get ready to say which files have some words: a few are sought in texts, for want of a table."""
        if self.has_table(WORDS):
            return
        lacking = sorted({*words} - self._sought.keys())
        if lacking and len(self._sought) + len(lacking) <= _FEW:
            searched = [path for path in self.outline.paths if is_searched(path)]
            self._sought |= self.scanner.mentions(searched, lacking)

    def has_table(self, kind: str) -> bool:
        """Whether a table is there, and need not be made of the whole tree first."""
        if kind not in self._tables and (kept := self.scanner.kept_tables(self.outline, kind)) is not None:
            self._tables[kind] = kept
        return kind in self._tables

    def reads(self, path: str) -> bool:
        """Whether this is the path of a file that the index reads."""
        return kinds.is_source(path) and self.tree.exists(path)

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
            self._facts[path] = self._kept_facts(path) or self.store.facts(
                self.blob(path), lambda: read_facts(path, self.text(path))
            )
        return self._facts[path]

    def _kept_facts(self, path: str) -> FileFacts | None:
        # By the content that the file had when the outline was made, or found to be as it was.
        blob = self._outline.blobs.get(path) if self._outline else None
        return self.store.kept(blob + grammar_of(path)) if blob else None

    def blob(self, path: str) -> str:
        """The name under which the store keeps what one file says: of what is in it now."""
        return self.tree.blob(path) + grammar_of(path)

    def prefetch(
        self,
        names: Iterable[str],
        progress: Callable[[int, int], None] | None = None,
        late: bool = True,
    ) -> None:
        """Get ready for questions about many names: their candidate files are parsed side by side.

        With ``late``, headers of registers will be asked for all of them.
        """
        plain = {_split(name)[1] for name in names}
        if late:
            self.late.expect(plain)
        self.parse({candidate.path for name in plain for candidate in self.candidates(name)}, progress)

    def expect(self, names: Iterable[str], seen_by: Iterable[str]) -> None:
        """Get ready to say whom some files mean by some names."""
        files = set(seen_by)
        paths = {
            each.path
            for name in set(names) - self._shared.keys()
            for each in self.candidates(canonical(name))
            if not _is_private(each) or each.path in files
        }
        self.parse(paths)

    def parse(self, paths: Iterable[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Get ready for questions about many files: what the store does not know is parsed side by side."""
        blobs = self.outline.blobs
        unknown = [path for path in paths if path not in self._facts and path in blobs]
        has = self.store.has_facts
        lacking = [path for path in unknown if not has(blobs[path] + grammar_of(path))]
        self.scanner.parse(sorted(lacking), progress)

    def build(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Parse the whole tree into the store, so that no question waits for a file."""
        self._outline = self.scanner.everything(progress)

    def candidates(self, name: str) -> tuple[Candidate, ...]:
        """The files that may define a name; of headers of registers see `Late`."""
        if name not in self._candidates:
            found: list[Candidate] = []
            for word in sorted(spelled(name)):
                only = "" if word == name else kinds.DEFINER
                every = self.outline.candidates(word)
                found.extend(c for c in every if (c.kind in only if only else c.kind != kinds.PROTOTYPE))
            self._candidates[name] = tuple(found)
        return self._candidates[name]

    def found(self, name: str, seen_by: str = "") -> tuple[tuple[str, Found], ...]:
        """All that a name is in the tree, with the files: `definitions` without reading their text.

        Not in headers of registers. With ``seen_by``, all that this file may mean by it: headers of
        registers that it sees as well, but nothing that is another file's own.
        """
        name = canonical(name)
        if not seen_by:
            if name not in self._names:
                self._names[name] = self._found(name, {each.path for each in self.candidates(name)})
            return self._names[name]
        if name not in self._shared:
            self._shared[name] = self._found(name, self._sharing(name))
        every = self._shared[name]
        if any(each.path == seen_by and _is_private(each) for each in self.candidates(name)):
            every = tuple(one for one in every if one[0] != seen_by) + self._found(name, [seen_by])
        late = self.late.headers(name, seen_by)
        return every + self._found(name, late) if late else every

    def _sharing(self, name: str) -> set[str]:
        """The files that may define a name for others."""
        return {each.path for each in self.candidates(name) if not _is_private(each)}

    def _found(self, name: str, paths: Iterable[str]) -> tuple[tuple[str, Found], ...]:
        return tuple((path, each) for path in sorted(paths) for each in self.facts(path).named(name))

    def definitions(self, name: str, late: bool = True) -> tuple[Definition, ...]:
        """Every definition of a name in what the tree covers, by file and line; no prototypes.

        ``file.c:name`` asks for those of one file. Those in headers of registers, which take a look into all
        of these, can be left out.
        """
        file, plain = _split(name)
        every = self.found(plain) + (self._found(canonical(plain), self.late.headers(plain)) if late else ())
        found = [self.definition(path, each) for path, each in every if names_file(file, path)]
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

    def nearest(self, name: str) -> tuple[str, ...]:
        """The names most like an unknown one, best first."""
        plain = _split(name)[1]
        self._nearest_ahead.join()
        if plain not in self._near:
            self._near[plain] = self._like.to(plain)
        likely = (f"CONFIG_{plain}", *self._near[plain]) if plain.isupper() else self._near[plain]
        # One by one: whether a name is defined may take the reading of files.
        return tuple(islice((each for each in likely if self.found(each)), MOST_NEAR))

    @cached_property
    def _like(self) -> Nearest:
        return Nearest(self.outline.listed)

    def begin_nearest(self, names: Iterable[str]) -> None:
        """Start to look for what is nearest to those names that are nowhere, while other things are asked."""
        nowhere = {plain for name in names if not self.candidates(plain := _split(name)[1])}
        made = self.outline

        def look() -> None:
            self._near |= self.scanner.near(made, nowhere, most=1)

        self._nearest_ahead.begin(look)

    def expect_nearest(self, names: Iterable[str]) -> None:
        """Get ready to say what is nearest to many names."""
        self._nearest_ahead.join()
        self._near |= self.scanner.near(self.outline, {_split(name)[1] for name in names} - self._near.keys())
        likely = {each for near in self._near.values() for each in near[:MOST_NEAR]}
        self.parse({candidate.path for each in likely for candidate in self.candidates(each)})

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

    def is_stub(self, path: str, found: Found) -> bool:
        """Whether a definition stands where a configuration option is *not* set."""
        from .comments import strip_comments
        from .conditionals import resolve

        if path not in self._conditionals:
            self._conditionals[path] = resolve(strip_comments(self.text(path)))
        condition = self._conditionals[path].condition_at(found.start)
        return _WITHOUT.match(condition) is not None

    def is_macro(self, name: str, path: str) -> bool:
        """Whether a file that says ``name(…)`` means a macro: it sees one, and no function."""
        macro = perhaps_function = False
        for candidate in self.outline.candidates(name):
            if candidate.kind in _MACROS:
                macro = macro or self.sees(path, candidate.path)
            elif candidate.kind in _FUNCTIONS:
                perhaps_function = perhaps_function or self.sees(path, candidate.path)
        macro = macro or bool(self.late.headers(name, path))
        if not (macro and perhaps_function):
            return macro
        return not any(
            found.kind == Kind.FUNCTION and (self.sees(path, where) or "s" not in found.flags)
            for where, found in self.found(name, path)
        )

    def is_macro_with_parameters(self, name: str, path: str) -> bool:
        """Whether a file sees a function-like macro of a name."""
        return self._is_one_of((kinds.MACRO,), name, path)

    def is_function(self, name: str, path: str) -> bool:
        """Whether a file that says ``name`` may mean a function."""
        return self._is_one_of((*_FUNCTIONS, kinds.BARE, kinds.ASSEMBLER), name, path)

    def _is_one_of(self, wanted: Collection[str], name: str, path: str) -> bool:
        candidates = self.outline.candidates(name)
        return any(one.kind in wanted and self.sees(path, one.path) for one in candidates)

    def sees(self, path: str, other: str) -> bool:
        """Whether a file may mean what another defines in it or declares."""
        return self.outline.includes.sees(path, other)


def _is_private(candidate: Candidate) -> bool:
    return candidate.kind == kinds.STATIC and candidate.path.endswith(".c")


def _split(name: str) -> tuple[str, str]:
    file, _, plain = name.rpartition(":")
    return file, plain


def _squeezed(text: bytes) -> bytes:
    return _SPACE.sub(b" ", text).strip()


__all__ = ["MOST_NEAR", "Call", "Definition", "How", "Index"]
