"""Noise: the names that call trees leave out, and why.

The list is data, ``queries/noise.txt``, which explains itself; a user's own lines may add to it
or take from it. A line is a pattern of `fnmatch`; ``-pattern`` says that what it matches is no
noise after all; the last line that matches a name decides.

Part of the pure layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import groupby

_PATTERN = re.compile(r"-?(?:[\w*?]|\[!?[\w-]+\])+", re.ASCII)


class NoiseError(ValueError):
    """A line that is no pattern; ``line`` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(
            f"line {line}: {text!r} is no pattern of identifiers: expected `name`, `name*` or `-name`"
        )
        self.line = line


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, the section that it stands in, and whether what it matches is kept in trees."""

    pattern: str
    section: str = ""
    kept: bool = False


@dataclass(frozen=True)
class Noise:
    """The rules in force; calling it with a name says whether that is noise."""

    rules: tuple[Rule, ...] = ()
    # the last rules first: (what they match, whether that is noise)
    _tests: tuple[tuple[re.Pattern[str], bool], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tests", tuple(_compiled(self.rules)))

    def __call__(self, name: str) -> bool:
        """Say whether a name is noise."""
        return next((noise for pattern, noise in self._tests if pattern.match(name)), False)

    def why(self, name: str) -> Rule | None:
        """Give the rule that decides about a name."""
        return next((r for r in reversed(self.rules) if re.match(_expression(r.pattern), name)), None)

    def amended(self, lines: Iterable[str], section: str = "") -> Noise:
        """Put a user's own lines behind these. Raises `NoiseError`."""
        return Noise((*self.rules, *read(lines, section)))


def _compiled(rules: Iterable[Rule]) -> Iterator[tuple[re.Pattern[str], bool]]:
    for kept, group in groupby(reversed(tuple(rules)), key=lambda rule: rule.kept):
        yield re.compile("|".join(_expression(rule.pattern) for rule in group)), not kept


def _expression(pattern: str) -> str:
    # As `fnmatch.translate` does, which takes longer than all else for the few signs that a pattern may have.
    return f"(?:{pattern.replace('*', '.*').replace('?', '.').replace('[!', '[^')})\\Z"


def read(lines: Iterable[str], section: str = "") -> tuple[Rule, ...]:
    """Read patterns, one a line; a comment that begins a block names its section."""
    rules: list[Rule] = []
    fresh = True
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if line.startswith("#"):
            section = line.lstrip("# ") if fresh else section
        elif line and not _PATTERN.fullmatch(line):
            raise NoiseError(number, line)
        elif line:
            rules.append(Rule(line.removeprefix("-"), section, kept=line.startswith("-")))
        fresh = not line
    return tuple(rules)


@cache
def default() -> Noise:
    """Give the list that comes with the package."""
    text = resources.files("kernelref.queries").joinpath("noise.txt").read_text("utf-8")
    return Noise(read(text.splitlines()))
