"""An index seen as a graph: who a call means, and who calls a definition.

`SourceGraph` answers what `core.graph` asks, one symbol at a time. Whom a spelled name means is told
as a linker would: the file's own definition, a header that it may include, else the one that is
linked in. A call through a pointer is a *may*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...core.source import Call, Definition, How, Kind
from ...core.steps import Step, Symbol
from ...core.target import ARCH, CALLABLE, standing
from .facts import ARGUMENT, BLOCK, DIRECT, FIELD, HIDDEN, PARAMETER
from .pointed import Pointed, Setting, Steps
from .visible import architecture_of, may_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .facts import Found, Use
    from .query import Index

_FOREIGN: Final = 40
"""More than any rank of what an architecture of its own has."""


class SourceGraph:
    """The calls of one tree, read as they are asked for."""

    def __init__(self, index: Index, arch: str = ARCH, keep_words: bool = False) -> None:
        """Nothing is read yet; ``arch`` is whose definition a name means that each architecture has.

        With ``keep_words``, the first question that needs the words of the tree has a table made of them,
        for all that come later; else few are sought in the texts.
        """
        self.index = index
        self._keep_words = keep_words
        self._arch = f"arch/{arch}/"
        self._meant: dict[tuple[str, str], Symbol] = {}
        self._callees: dict[Symbol, tuple[Step, ...]] = {}
        self._callers: dict[Symbol, tuple[Step, ...]] = {}
        self._pointed = Pointed(index, self.meant, keep_words)
        self._below: dict[Symbol, Steps] = {}
        self._above: dict[Symbol, Steps] = {}

    # --- whom a name means ---------------------------------------------------

    def meant(self, path: str, name: str) -> Symbol:
        """Whom a file means by a name; a symbol without a file when the tree has no definition."""
        key = (path, name)
        if key not in self._meant:
            self._meant[key] = Symbol(self._home(path, name), name)
        return self._meant[key]

    def _home(self, path: str, name: str) -> str:
        fit = [(where, each) for where, each in self.index.found(name, path) if each.kind in CALLABLE]
        own = [each for where, each in fit if where == path]
        linked = path.endswith(".h") and any(self._is_linked_in(path, where, each) for where, each in fit)
        # A header's macro means the function, not the stub that the header has for want of it.
        if own and not (linked and all(self.index.is_stub(path, each) for each in own)):
            return path
        ranked = [(rank, where, each) for where, each in fit if (rank := self._rank(path, where, each))]
        ranked.sort(key=lambda one: one[:2])
        likely = [one for one in ranked if one[0] // _FOREIGN == ranked[0][0] // _FOREIGN]
        if len(likely) > 1:
            doing = (one for one in likely if one[1].endswith(".c") or not self._is_empty(*one[1:]))
            return next(doing, likely[0])[1]
        return likely[0][1] if likely else ""

    def _is_empty(self, where: str, found: Found) -> bool:
        """Whether a definition stands there for want of an option, and does nothing; a check it may have."""
        facts = self.index.facts(where)
        numbers = (number for number, each in facts.numbered(found.name) if each.start == found.start)
        calls_nothing = all(use.name.isupper() for number in numbers for use in facts.used_in(number))
        # Last, for it reads the text.
        return calls_nothing and self.index.is_stub(where, found)

    def _rank(self, path: str, where: str, found: Found) -> int:
        """Order whom a name may mean: linked-in functions, then what headers define; 0 for nobody.

        Of several functions that may be linked in, one of the same folder is likelier, and a
        common one likelier than an architecture's, which stands in for it. Of headers, the architecture's
        stands in for the common one. What another architecture has is meant where there is nothing else.
        """
        foreign = _FOREIGN * self._is_foreign(where, path)
        if not where.endswith(".c"):
            if not self.index.sees(path, where):
                return 0
            generic = where.startswith("include/asm-generic/")
            kind = 0 if where.startswith("arch/") else 1 + generic if where.startswith("include/") else 3
            return 10 + kind + foreign
        if not self._is_linked_in(path, where, found):
            return 0
        near = where.partition("/")[0] == path.partition("/")[0]
        return 1 + 2 * where.startswith("arch/") + (not near) + foreign

    def _is_foreign(self, path: str, seen_by: str = "") -> bool:
        """Whether a file is of another architecture than the one asked for, or than who sees it."""
        own = f"arch/{architecture_of(seen_by)}/" if seen_by.startswith("arch/") else self._arch
        return path.startswith("arch/") and not path.startswith(own)

    @staticmethod
    def _is_linked_in(path: str, where: str, found: Found) -> bool:
        """Whether a function of another file may be the one that a file's prototype declares."""
        shared = found.kind == Kind.FUNCTION and "s" not in found.flags
        return shared and where.endswith(".c") and may_link(path, where)

    # --- downwards -----------------------------------------------------------

    def callees(self, at: Symbol) -> Sequence[Step]:
        """The calls of a definition, in the order of their first lines."""
        if at not in self._callees:
            steps = {*self._spelled(at), *self._through_parameters(at)}
            self._callees[at] = tuple(sorted(steps, key=lambda step: (step.call.lines, step.callee)))
        return self._callees[at]

    def below(self, at: Symbol) -> Sequence[Step]:
        """The same, and what may stand in the fields that it calls through.

        A field of which all that is set into it is known does not stand for itself any more.
        """
        if at not in self._below:
            self._below[at] = self._pointed.below(at, self._uses(at))
        found = self._below[at]
        known = {step.call.via for step in found.steps} - found.fields
        own = [step for step in self.callees(at) if step.callee.file or step.call.via not in known]
        return [*own, *found.steps]

    def _calls_to(self, caller: Symbol, at: Symbol) -> Iterable[Step]:
        """The steps of one pair: of most callers no more is asked, and all their callees would cost more."""
        steps = self._callees.get(caller)
        if steps is None:
            steps = (*self._spelled(caller, at.name), *self._through_parameters(caller, at.name))
        return (step for step in steps if step.callee == at)

    def _spelled(self, at: Symbol, callee: str = "") -> Iterable[Step]:
        """What a definition calls by name (all, or one name), and the fields that it calls through."""
        parameters = {use.name for use in self._uses(at) if use.way == PARAMETER}
        for call in self.index.calls(at.file, at.name, callee) if at.file else ():
            if call.how is not How.POINTER:
                yield Step(call, at, self.meant(at.file, call.callee))
            elif call.callee == call.via:
                if call.callee not in parameters:
                    yield Step(call, at, Symbol("", call.callee))
            elif not self._calls_what_it_is_passed(self.meant(at.file, call.via)):
                yield Step(call, at, self.meant(at.file, call.callee))

    def _uses(self, at: Symbol) -> Iterable[Use]:
        if not at.file:
            return ()
        facts = self.index.facts(at.file)
        numbers = (number for number, each in facts.numbered(at.name) if each.kind in CALLABLE)
        return [use for number in numbers for use in facts.used_in(number)]

    def _calls_what_it_is_passed(self, at: Symbol) -> bool:
        """Whether a call through a parameter is this function's own, not that of who passes it."""
        return any(use.way == PARAMETER for use in self._uses(at))

    def _through_parameters(self, at: Symbol, callee: str = "") -> Iterable[Step]:
        """What a definition may call through its parameters: the functions that anybody passes."""
        called = {use.name: use.lines for use in self._uses(at) if use.way == PARAMETER}
        if not called:
            return
        names = self.index.parameters(at.file, at.name)
        for path in self._mentioning(at):
            if self.meant(path, at.name) != at:
                continue
            for use in self.index.facts(path).passed_to(at.name):
                if callee and use.name != callee:
                    continue
                name = names.get(use.position, "")
                target = self.meant(path, use.name)
                if name in called and target.file:
                    call = Call(at.file, at.name, use.name, How.POINTER, called[name], name)
                    yield Step(call, at, target)

    # --- upwards -------------------------------------------------------------

    def callers(self, at: Symbol) -> Sequence[Step]:
        """The calls that reach a definition, by caller."""
        if at not in self._callers:
            found = {step for path in self._mentioning(at) for step in self._reaching(path, at)}
            self._callers[at] = tuple(sorted(found, key=lambda step: (step.caller, step.call)))
        return self._callers[at]

    def above(self, at: Symbol) -> Sequence[Step]:
        """The same, and what calls through a field that the function stands in."""
        if at not in self._above:
            self._above[at] = self._pointed.above(at, self._mentioning(at))
        return [*self.callers(at), *self._above[at].steps]

    def through_fields(self, callers: Iterable[Symbol], callees: Iterable[Symbol]) -> Sequence[Step]:
        """The calls through fields from one of some functions to one of others."""
        uses = {at: [use for use in self._uses(at) if use.way == FIELD] for at in callers}
        return [
            step
            for at in callees
            for caller, called in uses.items()
            if called and at.file
            for step in dict.fromkeys(self._pointed.between(caller, called, at, self._mentioning(at)))
        ]

    def between(self, caller: Symbol, at: Symbol) -> Sequence[Step]:
        """The calls from one function to another, and no other call of either."""
        return [*self._calls_to(caller, at), *self.through_fields([caller], [at])]

    def _mentioning(self, at: Symbol) -> Iterable[str]:
        """The files whose text has the name and that may mean this definition of it."""
        if self._is_private(at):
            return (at.file,)
        if self._keep_words:
            self.index.keep_words()
        return self.index.mentioning(at.name)

    def _is_private(self, at: Symbol) -> bool:
        """Whether no other file can mean this definition."""
        return at.file.endswith(".c") and all(
            "s" in each.flags or each.kind == Kind.MACRO
            for where, each in self.index.found(at.name, at.file)
            if where == at.file
        )

    # --- ahead -----------------------------------------------------------------

    def expect(self, symbols: Sequence[Symbol], callers: bool) -> None:
        """Read side by side what the questions about some functions will need."""
        files = {at.file for at in symbols if at.file}
        if callers:
            self.index.seek(at.name for at in symbols if not self._is_private(at))
            self.index.parse({path for at in symbols for path in self._mentioning(at)})
        else:
            self.index.parse(files)
            names = {
                use.name for at in symbols for use in self._uses(at) if use.way not in (FIELD, PARAMETER)
            }
            self.index.expect(names, files)

    def _reaching(self, path: str, at: Symbol) -> Iterable[Step]:
        if self.meant(path, at.name) != at:
            return
        facts = self.index.facts(path)
        near: set[Symbol] = set()
        for number, use in facts.uses_of(at.name):
            found = facts.at(number)
            if found.kind in CALLABLE and use.way in (DIRECT, BLOCK, HIDDEN, ARGUMENT):
                near.add(Symbol(path, found.name))
                if use.way == ARGUMENT:
                    near.add(self.meant(path, use.via))
        for caller in near - {at}:
            yield from self._calls_to(caller, at)

    # --- tables ----------------------------------------------------------------

    def settings(self, at: Symbol) -> list[Setting]:
        """The fields that a function stands in."""
        return self._pointed.settings(at, self._mentioning(at))

    def standing_in(self, struct: str, field: str) -> list[Setting]:
        """The functions that stand in a field."""
        return self._pointed.standing_in(struct, field)

    # --- what a symbol is -------------------------------------------------------

    def definition(self, at: Symbol) -> Definition | None:
        """The definition of a symbol; of two under one ``#if``, the longer."""
        fit = [
            one
            for one in self.index.definitions(f"{at.file}:{at.name}", late=at.file in self.index.outline.late)
            if one.kind in CALLABLE and one.file == at.file
        ]
        return max(fit, key=lambda one: one.end - one.line, default=None)

    def body(self, at: Symbol) -> bytes:
        """The text of a definition, to be compared and forgotten; empty when there is none."""
        one = self.definition(at)
        if one is None:
            return b""
        return b"\n".join(self.index.text(at.file).split(b"\n")[one.line - 1 : one.end])

    def symbols(self, name: str) -> tuple[Symbol, ...]:
        """The definitions that ``name`` or ``file.c:name`` may mean in a call tree, likeliest first."""
        every = self.index.definitions(name, late=False) or self.index.definitions(name)
        definitions = [one for one in every if one.kind in CALLABLE]
        stubs = self._stubs(name) if len(definitions) > 1 else frozenset()
        order = sorted(definitions, key=lambda one: ((one.file, one.line) in stubs, *self._likeliest(one)))
        return tuple(dict.fromkeys(Symbol(one.file, one.name) for one in order))

    def _stubs(self, name: str) -> frozenset[tuple[str, int]]:
        # The places of those definitions in headers that do nothing, for want of an option.
        every = self.index.found(name.rpartition(":")[2])
        headers = [(path, found) for path, found in every if path.endswith(".h")]
        return frozenset((path, found.line) for path, found in headers if self._is_empty(path, found))

    def _likeliest(self, one: Definition) -> tuple[int, bool, bool, str]:
        # As a page would take it; the architecture's header stands in for the common one.
        rank = standing(one)
        if rank == 3 and one.file.startswith(self._arch):
            rank = 1
        rank += _FOREIGN * self._is_foreign(one.file)
        return rank, one.static and one.file.endswith(".c"), not one.file.startswith("arch/"), one.file
