"""Calls through fields: which functions stand in a field, and who calls through it.

A table says ``.fault = shmem_fault`` and of which struct it is; a call says ``vma->vm_ops->fault(vmf)``,
and the members' declarations say that ``vm_ops`` is of the same struct. Where either type cannot be
told, the field's name alone decides. All of it is a *may*.

Both sides are asked of few files: those that have the field's name, and the struct's or that of a member
of its type. Of more than `MANY` the nearest are read, and the answer says that it is not whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ...core.graph import distance
from ...core.source import Call, How, Kind
from ...core.steps import Step, Symbol
from .facts import FIELD
from .types import may_be
from .visible import may_link

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from .facts import Entry, Use
    from .query import Index

MANY: Final = 240
"""So many files are read for one field of one struct."""
VAGUE: Final = 60
"""So many, where the struct cannot be told."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Calls through fields; ``fields`` are those of which not all files were read."""

    steps: tuple[Step, ...]
    fields: frozenset[str] = frozenset()


def nearest_files(path: str, files: Collection[str], most: int) -> tuple[list[str], bool]:
    """The files to be read, the nearest first, and whether that is all of them."""
    order = sorted(files, key=lambda other: (distance(path, other), other))
    return order[:most], len(order) <= most


@dataclass(frozen=True, slots=True, order=True)
class Setting:
    """A field set to a function: of which struct, where, in which table, or by which function."""

    file: str
    line: int
    struct: str
    field: str
    function: str
    table: str = ""
    setter: str = ""


class Pointed:
    """The tables of one tree, read as they are asked for."""

    def __init__(self, index: Index, meant: Callable[[str, str], Symbol], keep_words: bool = False) -> None:
        """Nothing is read yet; ``meant`` says whom a file means by a name."""
        self._index, self._meant, self._keep_words = index, meant, keep_words
        self.types = index.types
        # (field, struct) -> files that may set the field, or call through it
        self._files: dict[tuple[str, str], frozenset[str]] = {}

    # --- downwards ---------------------------------------------------------------

    def below(self, at: Symbol, uses: Iterable[Use]) -> Steps:
        """What a function may reach by its calls through fields."""
        steps: set[Step] = set()
        cut: set[str] = set()
        for use in uses:
            if use.way == FIELD:
                struct = self.types.resolve(at.file, use.via or "?")
                files, whole = self._near(at.file, use.name, struct)
                if not whole:
                    cut.add(use.name)
                self._index.parse(files)
                for path in files:
                    steps.update(self._set_in(path, at, use, struct))
        return Steps(tuple(steps), frozenset(cut))

    def _set_in(self, path: str, at: Symbol, use: Use, struct: str) -> Iterable[Step]:
        for entry in self._index.facts(path).entries:
            if entry.field == use.name and (target := self._function(path, entry)):
                of = self.types.resolve(path, entry.type or "?")
                if may_be(of, struct):
                    call = Call(at.file, at.name, target.name, How.POINTER, use.lines, use.name)
                    yield Step(call, at, target, through=struct or of or "?")

    def _function(self, path: str, entry: Entry) -> Symbol | None:
        """The function that a field is set to; nothing where it is set to something else."""
        target = self._meant(path, entry.value)
        found = self._index.found(entry.value) if target.file else ()
        function = any(where == target.file and each.kind == Kind.FUNCTION for where, each in found)
        return target if function else None

    def _near(self, path: str, field: str, struct: str) -> tuple[list[str], bool]:
        """The files that a field's other side may be in; near ones alone where there are many."""
        files = [other for other in self._having(field, struct) if may_link(path, other)]
        return nearest_files(path, files, MANY if struct else VAGUE)

    def _having(self, field: str, struct: str) -> frozenset[str]:
        key = (field, struct)
        if key not in self._files:
            if self._keep_words:
                self._index.keep_words()
            else:
                self._index.seek([field, *([struct.partition(":")[0]] if struct else [])])
            files = set(self._index.mentioning(field))
            if struct:
                # A struct inside of another, ``outer:inner``, is spelled as that.
                outer = struct.partition(":")[0]
                words = {outer, *self.types.holders(outer)}
                self._index.seek(words)
                files &= set().union(*map(self._index.mentioning, sorted(words)))
            self._files[key] = frozenset(files)
        return self._files[key]

    # --- upwards -----------------------------------------------------------------

    def above(self, at: Symbol, files: Iterable[str]) -> Steps:
        """Who may reach a function through a field; ``files`` are those that have its name."""
        steps: set[Step] = set()
        cut: set[str] = set()
        for field, struct in sorted({(entry.field, of) for entry, _, of in self.entries(at, files)}):
            near, whole = self._near(at.file, field, struct)
            if not whole:
                cut.add(field)
            self._index.parse(near)
            for path in near:
                steps.update(self._called_in(path, at, field, struct))
        return Steps(tuple(steps), frozenset(cut))

    def entries(self, at: Symbol, files: Iterable[str]) -> list[tuple[Entry, str, str]]:
        """The fields that a function is set into, each with the file and the struct."""
        return [
            (entry, path, self.types.resolve(path, entry.type or "?"))
            for path in files
            for entry in self._index.facts(path).entries
            if entry.value == at.name and self._meant(path, entry.value) == at and self._function(path, entry)
        ]

    def between(
        self, caller: Symbol, uses: Iterable[Use], at: Symbol, files: Iterable[str]
    ) -> Iterable[Step]:
        """The calls of one function through fields that another stands in."""
        called = [use for use in uses if use.way == FIELD]
        for entry, _, struct in self.entries(at, files) if called else ():
            for use in called:
                if use.name == entry.field and may_link(caller.file, at.file):
                    of = self.types.resolve(caller.file, use.via or "?")
                    if may_be(of, struct):
                        call = Call(caller.file, caller.name, at.name, How.POINTER, use.lines, use.name)
                        yield Step(call, caller, at, through=struct or of or "?")

    def settings(self, at: Symbol, files: Iterable[str]) -> list[Setting]:
        """The fields that a function stands in, as a reader wants to see them."""
        return sorted(
            self._setting(path, entry, struct, at.name) for entry, path, struct in self.entries(at, files)
        )

    def standing_in(self, struct: str, field: str) -> list[Setting]:
        """All functions that stand in a field of a struct."""
        return sorted(
            self._setting(path, entry, of, target.name)
            for path in self._having(field, struct)
            for entry in self._index.facts(path).entries
            if entry.field == field
            and (of := self.types.resolve(path, entry.type or "?")) == struct
            and (target := self._function(path, entry))
        )

    def _setting(self, path: str, entry: Entry, struct: str, function: str) -> Setting:
        inside = (
            found.name
            for found in self._index.facts(path).found
            if found.kind == Kind.FUNCTION and found.line <= entry.line <= found.end
        )
        setter = next(inside, "")
        return Setting(path, entry.line, struct, entry.field, function, entry.owner, setter)

    def _called_in(self, path: str, at: Symbol, field: str, struct: str) -> Iterable[Step]:
        facts = self._index.facts(path)
        for number, use in facts.uses_of(field):
            if use.way == FIELD:
                of = self.types.resolve(path, use.via or "?")
                if may_be(of, struct):
                    caller = Symbol(path, facts.at(number).name)
                    call = Call(path, caller.name, at.name, How.POINTER, use.lines, field)
                    yield Step(call, caller, at, through=struct or of or "?")
