"""The steps of a call graph: who calls whom and how, and who can be asked.

Part of the pure layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .source import Call, How

STRENGTH: Mapping[How, int] = {How.DIRECT: 0, How.MACRO: 1, How.POINTER: 2}
"""Where a pair has calls of several ways, the first of these stands for it."""


@dataclass(frozen=True, slots=True, order=True)
class Symbol:
    """A function or a macro where it is defined; ``file`` is empty where that is not known."""

    file: str
    name: str

    @property
    def spelled(self) -> str:
        """As an author writes it in a tree."""
        return f"{self.file}:{self.name}" if self.file else self.name


@dataclass(frozen=True, slots=True)
class Step:
    """A call with its two ends; ``call.file`` is the caller's.

    Of a call through a field, ``through`` is the struct that has it, ``?`` where that cannot be told.
    """

    call: Call
    caller: Symbol
    callee: Symbol
    through: str = ""

    @classmethod
    def of(
        cls, caller: Symbol, callee: Symbol, how: How, lines: Iterable[int], via: str = "", through: str = ""
    ) -> Step:
        """Make a step from its parts."""
        call = Call(caller.file, caller.name, callee.name, how, tuple(sorted(set(lines))), via)
        return cls(call, caller, callee, through)

    @property
    def how(self) -> How:
        """The way of the call."""
        return self.call.how

    @property
    def order(self) -> tuple[int, tuple[int, ...], str]:
        """What sorts the steps of one pair: the surest way first."""
        return (STRENGTH[self.how], self.call.lines, self.call.via)


class Graph(Protocol):
    """The calls of one release, as far as anybody asks."""

    def callees(self, at: Symbol) -> Sequence[Step]:
        """All that a function calls."""

    def callers(self, at: Symbol) -> Sequence[Step]:
        """All that call it."""

    def below(self, at: Symbol) -> Sequence[Step]:
        """The same as `callees`, and what may stand in the fields that a function calls through."""

    def above(self, at: Symbol) -> Sequence[Step]:
        """The same as `callers`, and what calls through a field that the function stands in."""

    def through_fields(self, callers: Iterable[Symbol], callees: Iterable[Symbol]) -> Sequence[Step]:
        """The calls through fields from one of some functions to one of others."""

    def expect(self, symbols: Sequence[Symbol], callers: bool) -> None:
        """Get ready to be asked about some functions, what they call or what calls them."""


class StepGraph:
    """A graph whose steps are all known."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._below: dict[Symbol, list[Step]] = {}
        self._above: dict[Symbol, list[Step]] = {}
        for step in steps:
            self._below.setdefault(step.caller, []).append(step)
            self._above.setdefault(step.callee, []).append(step)

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every end of a step, callers first, each in the order given."""
        return tuple(dict.fromkeys([*self._below, *self._above]))

    def callees(self, at: Symbol) -> Sequence[Step]:
        """The steps from a function."""
        return self._below.get(at, ())

    def callers(self, at: Symbol) -> Sequence[Step]:
        """The steps to a function."""
        return self._above.get(at, ())

    def below(self, at: Symbol) -> Sequence[Step]:
        """The same as `callees`."""
        return self.callees(at)

    def above(self, at: Symbol) -> Sequence[Step]:
        """The same as `callers`."""
        return self.callers(at)

    def expect(self, symbols: Sequence[Symbol], callers: bool) -> None:
        """All is known already."""

    def through_fields(self, callers: Iterable[Symbol], callees: Iterable[Symbol]) -> Sequence[Step]:
        """None that `callees` does not give."""
        return ()
