"""From one definition to what it calls: directly, by a macro, through a pointer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ...core.source import Call, How, Kind
from ...core.target import CALLABLE, names_file
from . import kinds
from .facts import ALIAS, ARGUMENT, BLOCK, DIRECT, FIELD, HIDDEN, PARAMETER
from .types import may_be
from .visible import may_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .facts import Entry, Found, Use
    from .query import Index

_WORD: Final = re.compile(rb"[A-Za-z_]\w*")
_DEPTH: Final = 8
"""How many macros deep a hidden call is looked for."""


class Edges:
    """The calls of one index."""

    def __init__(self, index: Index) -> None:
        """Nothing is read yet."""
        self._index = index
        # (path, macro) -> names that its body uses
        self._bodies: dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]] = {}

    def callers(self, name: str, file: str) -> list[tuple[str, int, Found]]:
        """The definitions of a name that can call, with the number that each has in its file."""
        index = self._index
        paths = [file] if index.reads(file) else sorted({path for path, _ in index.found(name)})
        return [
            (path, self._body_of(path, number, found), found)
            for path in paths
            if names_file(file, path)
            for number, found in self._index.facts(path).numbered(name)
            if found.kind in CALLABLE
        ]

    def _body_of(self, path: str, number: int, found: Found) -> int:
        # ``sys_madvise`` has no body of its own: the one is ``__do_sys_madvise`` of the same definer.
        facts = self._index.facts(path)
        if "g" not in found.flags or facts.used_in(number):
            return number
        return next(
            (
                other
                for other, each in enumerate(facts.found)
                if each.start == found.start and facts.used_in(other)
            ),
            number,
        )

    def calls(self, file: str, caller: str, callee: str = "") -> tuple[Call, ...]:
        """All outgoing calls of the definitions of a name in one file, or those to one name."""
        merged: dict[tuple[str, How, str], set[int]] = {}
        for path, number, _ in self.callers(caller, file):
            for use in self._index.facts(path).used_in(number):
                if (callee and use.name != callee) or (use.position == ALIAS and use.name == caller):
                    continue  # ``#define f f`` only tells others that there is an f
                how, via = self._way(path, use)
                if how != How.NONE:
                    merged.setdefault((use.name, how, via), set()).update(use.lines)
        return tuple(
            sorted(
                Call(file, caller, name, how, tuple(sorted(lines)), via)
                for (name, how, via), lines in merged.items()
            )
        )

    def _way(self, path: str, use: Use) -> tuple[How, str]:
        index = self._index
        if use.way in (DIRECT, BLOCK):
            return (How.MACRO if index.is_macro(use.name, path) else How.DIRECT), ""
        if use.way == HIDDEN:
            return How.MACRO, use.via
        if use.way in (FIELD, PARAMETER):
            return How.POINTER, use.name
        if use.position == ALIAS and index.is_macro_with_parameters(use.name, path):
            return How.MACRO, ""
        if index.is_function(use.name, path):
            return How.POINTER, use.via
        return How.NONE, ""

    def between(self, caller: str, callee: str, file: str) -> tuple[Call, ...]:
        """The records of one pair, ``NONE`` for each definition of the caller that has no such call."""
        target, _, plain = callee.rpartition(":")
        found: list[Call] = []
        for path in sorted({path for path, _, _ in self.callers(caller, file)}):
            calls = self._from(path, caller, plain, target)
            found.extend(calls or [Call(path, caller, plain, How.NONE)])
        return tuple(sorted(found))

    def _from(self, path: str, caller: str, callee: str, target: str) -> list[Call]:
        definitions = [(number, each) for where, number, each in self.callers(caller, path) if where == path]
        uses = [use for number, _ in definitions for use in self._index.facts(path).used_in(number)]
        own = [use for use in uses if use.name == callee]
        spelled = {line for use in own if use.way in (DIRECT, BLOCK) for line in use.lines}
        if spelled and self._reaches(path, callee, target):
            how = How.MACRO if self._index.is_macro(callee, path) else How.DIRECT
            return [Call(path, caller, callee, how, tuple(sorted(spelled)))]
        if target and not self._reaches(path, callee, target, pointers=True):
            return []
        hidden = self._hidden(path, caller, callee, definitions)
        return hidden or self._pointed(path, caller, callee, uses, definitions)

    def _reaches(self, path: str, callee: str, target: str, pointers: bool = False) -> bool:
        # Whether the callee that a file means is the one in ``target``.
        if not target:
            return True
        homes = [(where, found) for where, found in self._index.found(callee) if names_file(target, where)]
        own = any(where == path for where, _ in self._index.found(callee))
        if own and not pointers:
            return any(where == path for where, _ in homes)
        return any(
            self._index.sees(path, where) or pointers or ("s" not in found.flags and may_link(path, where))
            for where, found in homes
        )

    # Calls in the bodies of macros ------------------------------------------

    def _hidden(
        self, path: str, caller: str, callee: str, definitions: list[tuple[int, Found]]
    ) -> list[Call]:
        text = self._index.text(path)
        places: dict[str, set[int]] = {}
        for _, found in definitions:
            line = found.line + text[self._line_start(text, found) : found.body].count(b"\n")
            for match in _WORD.finditer(text, found.body, found.stop):
                word = match[0].decode()
                if word != caller and self._expands(word, path, callee, frozenset(), _DEPTH):
                    places.setdefault(word, set()).add(line + text.count(b"\n", found.body, match.start()))
        return [
            Call(path, caller, callee, How.MACRO, tuple(sorted(lines)), via) for via, lines in places.items()
        ]

    @staticmethod
    def _line_start(text: bytes, found: Found) -> int:
        # ``found.line`` is the name's line; the head may begin before it.
        at = found.start
        name = found.name.encode()
        position = text.find(name, at, found.body)
        return position if position >= 0 else at

    def _expands(self, word: str, path: str, callee: str, seen: frozenset[str], depth: int) -> bool:
        # Whether a macro's body, or that of a macro in it, calls the callee.
        if depth == 0 or word in seen:
            return False
        for where in self._macro_files(word, path):
            called, passed = self.used(where, word)
            if callee in called or callee in passed:
                return True
            deeper = seen | {word}
            if any(self._expands(name, path, callee, deeper, depth - 1) for name in called):
                return True
        return False

    def _macro_files(self, word: str, path: str) -> list[str]:
        return [
            candidate.path
            for candidate in self._index.outline.candidates(word)
            if candidate.kind in (kinds.MACRO, kinds.OBJECT) and self._index.sees(path, candidate.path)
        ]

    def used(self, path: str, macro: str) -> tuple[frozenset[str], frozenset[str]]:
        """Names that a macro's body calls (or is another word for), and those that it passes."""
        key = (path, macro)
        if key not in self._bodies:
            facts = self._index.facts(path)
            uses = [
                use
                for number, found in facts.numbered(macro)
                if found.kind == Kind.MACRO
                for use in facts.used_in(number)
            ]
            self._bodies[key] = (
                frozenset(use.name for use in uses if use.way == DIRECT or use.position == ALIAS),
                frozenset(use.name for use in uses if use.way == ARGUMENT),
            )
        return self._bodies[key]

    # Calls through pointers -------------------------------------------------

    def _pointed(
        self, path: str, caller: str, callee: str, uses: list[Use], definitions: list[tuple[int, Found]]
    ) -> list[Call]:
        merged: dict[str, set[int]] = {}
        for use in uses:
            if use.way == ARGUMENT and use.name == callee:
                merged.setdefault(use.via, set()).update(use.lines)
        if not merged:
            through = [use for use in uses if use.way in (FIELD, PARAMETER)]
            for use in self._holders(path, caller, callee, through, definitions):
                merged.setdefault(use.name, set()).update(use.lines)
        return [
            Call(path, caller, callee, How.POINTER, tuple(sorted(lines)), via)
            for via, lines in merged.items()
        ]

    def _holders(
        self, path: str, caller: str, callee: str, through: list[Use], definitions: list[tuple[int, Found]]
    ) -> Iterator[Use]:
        if not through:
            return
        names = {use.name for use in through if use.way == PARAMETER}
        positions = {
            name: position
            for _, found in definitions
            for position, name in enumerate(self._parameters(path, found))
            if name in names
        }
        for where in self._mentioning(callee):
            if not may_link(path, where):
                continue
            facts = self._index.facts(where)
            set_to = [entry for entry in facts.entries if entry.value == callee]
            for use in through if set_to else ():
                if use.way == FIELD and any(self._same_field(path, use, where, entry) for entry in set_to):
                    yield use
            if positions:
                passed = {use.position for use in facts.passed_to(caller) if use.name == callee}
                held = {name for name, position in positions.items() if position in passed}
                yield from (use for use in through if use.way == PARAMETER and use.name in held)

    def _same_field(self, path: str, use: Use, where: str, entry: Entry) -> bool:
        # Whether a call is through the field that is set, as far as that can be told.
        types = self._index.types
        return entry.field == use.name and may_be(
            types.resolve(path, use.via or "?"), types.resolve(where, entry.type or "?")
        )

    def parameters(self, path: str, name: str) -> dict[int, str]:
        """The parameters of the first definition of a name in a file, by position."""
        found = next((each for each in self._index.facts(path).found if each.name == name), None)
        return dict(enumerate(self._parameters(path, found))) if found else {}

    def _parameters(self, path: str, found: Found) -> list[str]:
        head = self._index.text(path)[found.start : found.body]
        opening = head.find(b"(", head.find(found.name.encode()))
        depth, start, names = 0, opening + 1, []
        for match in re.finditer(rb"[(),]", head[opening:]):
            at = opening + match.start()
            depth += {b"(": 1, b")": -1}.get(match[0], 0)
            if (match[0] == b"," and depth == 1) or depth == 0:
                names.append(_parameter_name(head[start:at]))
                start = at + 1
            if depth == 0:
                break
        return names

    def _mentioning(self, callee: str) -> Iterable[str]:
        # Files that may set a field to the callee or pass it; the parse decides.
        return self._private(callee) or self._index.mentioning(callee)

    def _private(self, name: str) -> tuple[str, ...]:
        # The files of a name that no other file can mean; nothing when some can.
        found = self._index.found(name)
        hidden = all(path.endswith(".c") and "s" in each.flags for path, each in found)
        return tuple(sorted({path for path, _ in found})) if hidden else ()


def _parameter_name(text: bytes) -> str:
    pointed = re.search(rb"\(\s*\*\s*(\w+)", text)
    words = _WORD.findall(text.partition(b"[")[0])
    return (pointed[1] if pointed else words[-1] if words else b"").decode()
