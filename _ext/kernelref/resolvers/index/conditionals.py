"""``#if`` groups: which branches of a text can be parsed together, and which only in turn.

Most groups hold whole declarations or statements in each branch; without their directive
lines such branches stand one after the other, and one parse sees them all. The others (an
``else`` before ``#endif``, a function's head in two forms) need one parse for each branch: the
text keeps the first, and `variants` gives the rest, cut down to the function around.
All of it is same-length, so that lines and columns survive.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .comments import spaces

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIRECTIVE: Final = re.compile(rb"\n[ \t]*+#[ \t]*+(\w*+)(?:[^\\\n]|\\.)*+", re.DOTALL)
_WORD: Final = re.compile(rb"[ \t]*#[ \t]*(\w+)[ \t]*")
_NOT_BRACKET: Final = bytes(byte for byte in range(256) if byte not in b"(){}")
_STARTS: Final = re.compile(rb"\s*(?:[A-Za-z_}]|\Z)")
"""What follows a use of a macro that stands alone, and not a head or a condition."""
_OPENERS: Final = frozenset({b"if", b"ifdef", b"ifndef"})
_TURNS: Final = frozenset({b"elif", b"elifdef", b"elifndef", b"else"})
_CONDITIONALS: Final = _OPENERS | _TURNS | {b"endif"}
_BLANK: Final = b" " * 4096
_NEVER: Final = re.compile(rb"0|(?:defined\s*\(?\s*)?__(?:cplusplus|ASSEMBL(?:Y|ER)__)\s*\)?")


@dataclass(slots=True)
class Directives:
    """The extents of directive lines, with the lines that they go on: of macros, and of groups."""

    text: bytes
    """What is left without any of them."""
    macros: list[tuple[int, int]] = field(default_factory=list)
    groups: list[tuple[int, int]] = field(default_factory=list)


def directives_of(clean: bytes) -> Directives:
    """Take the directive lines out of a text without comments."""
    found = Directives(b"")
    known = {b"define": found.macros} | dict.fromkeys(_CONDITIONALS, found.groups)

    def blank(match: re.Match[bytes]) -> bytes:
        start, end = match.span()
        if (extents := known.get(match[1])) is not None:
            # A line was put before the text, so that each of its own has one before it.
            extents.append((start, end - 1))
        line = match[0]
        if end - start < len(_BLANK) and b"\n" not in line[1:]:
            return b"\n" + _BLANK[: end - start - 1]
        return spaces(line)

    found.text = _DIRECTIVE.sub(blank, b"\n" + clean)[1:]
    return found


@dataclass(slots=True)
class Branch:
    """The text between two directives of one group; ``condition`` is what it takes to be compiled."""

    start: int
    end: int
    condition: str
    never: bool = False


@dataclass(slots=True)
class Group:
    """One ``#if`` to its ``#endif``; ``kept`` is the branch that stays when one has to be chosen."""

    start: int
    branches: list[Branch]
    end: int = 0
    kept: int = -1
    """-1: all branches stay."""


@dataclass(slots=True)
class Variant:
    """A stretch of the text with other branches in it; ``offset`` is where it belongs."""

    offset: int
    text: bytes


@dataclass(slots=True)
class Conditionals:
    """A text without directives, its groups, and the rest of what it can be."""

    text: bytes
    macros: list[tuple[int, int]]
    """The extents of all lines that define macros."""
    choices: list[Group] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    full: bytes = b""
    """The text with all branches of all groups."""

    def condition_at(self, offset: int) -> str:
        """The innermost ``#if`` line, of a group with alternatives or alone, around an offset."""
        inner = ""
        width = len(self.text) + 1
        for branch in self.branches:
            if branch.start <= offset < branch.end and branch.end - branch.start < width:
                inner, width = branch.condition, branch.end - branch.start
        return inner

    def variants(self) -> Iterator[Variant]:
        """For each stretch where a branch was chosen, the text with each other branch instead."""
        if not self.choices:
            return
        chunks: dict[tuple[int, int], list[Group]] = {}
        starts = [match.start() for match in re.finditer(rb"^\}", self.text, re.MULTILINE)]
        for group in self.choices:
            at = bisect_right(starts, group.start) - 1
            begin = _line_after(self.text, starts[at]) if at >= 0 else 0
            after = bisect_right(starts, group.end)
            end = _line_after(self.text, starts[after]) if after < len(starts) else len(self.text)
            chunks.setdefault((begin, end), []).append(group)
        for (begin, end), groups in chunks.items():
            for turn in range(1, min(max(len(group.branches) for group in groups), 6)):
                yield Variant(begin, self._with(groups, turn)[begin:end])

    def _with(self, groups: list[Group], turn: int) -> bytes:
        text = bytearray(self.text)
        dropped: list[tuple[int, int]] = []
        for group in sorted(groups, key=lambda group: group.start):
            if any(start <= group.start < end for start, end in dropped):
                continue
            order = [group.kept, *(i for i in range(len(group.branches)) if i != group.kept)]
            chosen = order[min(turn, len(order) - 1)]
            for number, branch in enumerate(group.branches):
                if number == chosen:
                    text[branch.start : branch.end] = self.full[branch.start : branch.end]
                else:
                    text[branch.start : branch.end] = spaces(self.full[branch.start : branch.end])
                    dropped.append((branch.start, branch.end))
        return bytes(text)


def resolve(clean: bytes) -> Conditionals:
    """Blank all directive lines of a text without comments, and choose where it must be."""
    directives = directives_of(clean)
    found = Conditionals(directives.text, directives.macros, full=directives.text)
    if not directives.groups:
        return found
    text = bytearray(directives.text)
    for group in _groups(clean, directives.groups):
        _settle(text, group, found)
    found.text = bytes(text)
    if found.choices:
        found.full = _full(directives.text, found)
    return found


def _full(bare: bytes, found: Conditionals) -> bytes:
    text = bytearray(bare)
    for branch in found.branches:
        if branch.never:
            text[branch.start : branch.end] = spaces(text[branch.start : branch.end])
    return bytes(text)


def _line_after(text: bytes, offset: int) -> int:
    at = text.find(b"\n", offset)
    return len(text) if at < 0 else at + 1


def _groups(clean: bytes, directives: list[tuple[int, int]]) -> Iterator[Group]:
    # Inner groups come before the outer ones, since they end first.
    stack: list[Group] = []
    for start, end in directives:
        match = _WORD.match(clean, start)
        if match is None:
            continue
        word = match[1]
        if word in _OPENERS:
            said = clean[match.end() : end].strip()
            stack.append(Group(start, [Branch(end, end, _said(word, said), _is_never(word, said))]))
        elif word in _TURNS and stack:
            stack[-1].branches[-1].end = start
            stack[-1].branches.append(_turn(stack[-1], word, clean[match.end() : end].strip(), end))
        elif word == b"endif" and stack:
            group = stack.pop()
            group.branches[-1].end = start
            group.end = end
            yield group


def _turn(group: Group, word: bytes, said: bytes, end: int) -> Branch:
    first = group.branches[0]
    if word != b"else":
        return Branch(end, end, _said(word, said))
    never = len(group.branches) == 1 and first.condition in _ALWAYS_SAID
    if len(group.branches) > 1:
        return Branch(end, end, f"#else of {first.condition}")
    kind, _, rest = first.condition.partition(" ")
    opposite = {"#ifdef": f"#ifndef {rest}", "#ifndef": f"#ifdef {rest}"}.get(kind, f"#if !({rest})")
    return Branch(end, end, opposite, never)


_ALWAYS_SAID: Final = frozenset(
    {
        "#if 1",
        "#ifndef __cplusplus",
        "#ifndef __ASSEMBLY__",
        "#ifndef __ASSEMBLER__",
        "#if !defined(__ASSEMBLY__)",
        "#if !defined(__ASSEMBLER__)",
    }
)


def _said(word: bytes, said: bytes) -> str:
    return f"#{word.decode()} " + " ".join(said.replace(b"\\\n", b" ").decode(errors="replace").split())


def _is_never(word: bytes, said: bytes) -> bool:
    if word == b"ifndef":
        return False
    return _NEVER.fullmatch(said) is not None


def _settle(text: bytearray, group: Group, found: Conditionals) -> None:
    found.branches.extend(group.branches)
    alive = []
    for branch in group.branches:
        if branch.never:
            text[branch.start : branch.end] = spaces(text[branch.start : branch.end])
        else:
            alive.append(branch)
    if len(alive) < 2 or _together(text, group, alive):
        return
    group.branches = alive
    group.kept = 0
    for branch in alive[1:]:
        text[branch.start : branch.end] = spaces(text[branch.start : branch.end])
    found.choices.append(group)


def _together(text: bytearray, group: Group, alive: list[Branch]) -> bool:
    # Whether the branches may stand one after the other: each is balanced, and begins and
    # ends where a statement, declaration or element of a list does.
    before = bytes(text[max(0, group.start - 400) : group.start]).rstrip()[-1:]
    if before not in (b"", b";", b"}", b"{", b":", b",", b")"):
        return False
    for branch in alive:
        inside = bytes(text[branch.start : branch.end]).strip()
        if not inside:
            continue
        last = inside[-1:]
        if last not in (b";", b"}", b":", b")") and not (last == b"," and before in (b",", b"{")):
            return False
        if last == b")" and (before == b")" or not _STARTS.match(text, group.end)):
            return False
        if inside.startswith((b"else", b")", b"&&", b"||", b"?")) or not _balanced(inside):
            return False
        if last == b")" and re.search(rb"(?:^|\n)[^\n]*\b(?:if|while|for|else)\b[^\n;{}]*\Z", inside):
            return False
    return True


def _balanced(text: bytes) -> bool:
    brackets = text.translate(None, _NOT_BRACKET)
    while brackets:
        fewer = brackets.replace(b"()", b"").replace(b"{}", b"")
        if len(fewer) == len(brackets):
            return False
        brackets = fewer
    return True
