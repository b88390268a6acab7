"""What the types of fields are: from ``vm_fault.vma.vm_ops`` to ``vm_operations_struct``.

Structs are read where a question needs them: the definitions that a file may mean, each of its members
with the struct that it is or points to. What macros make of members is not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ...core.source import Kind
from . import chains
from .comments import strip_comments

if TYPE_CHECKING:
    from .facts import Found
    from .members import Members
    from .query import Index

_TAGS: Final = (Kind.STRUCT, Kind.UNION, Kind.TYPEDEF)
_ALIAS: Final = re.compile(rb"\btypedef\s+(?:const\s+)?(?:struct|union)\s+(\w+)\s+[\w*\s]+;")
_RETURNS: Final = re.compile(rb"\b(?:struct|union)\s+(\w+)\b[\s*\w]*?\*[\s*\w]*\Z")
_MEMBER: Final = rb"\b(?:struct|union)\s+%s\b[\s*]*(?:const\b[\s*]*)?(?:__\w+[\s*]+)*%s\s*[;\[]"
_ALIAS_DEPTH: Final = 4
MANY_HEADERS: Final = 300
"""In more than these nobody looks for members of a type."""


class Types:
    """The types of one tree, as far as they were asked for."""

    def __init__(self, index: Index) -> None:
        """Nothing is read yet."""
        self._index = index
        # (path, offset) of a definition -> members
        self._read: dict[tuple[str, int], Members] = {}
        self._members: dict[tuple[str, str], Members] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._holders: dict[str, frozenset[str]] = {}

    def resolve(self, path: str, spelled: str) -> str:
        """The struct that a file means by what `chains` spelled; nothing when that cannot be told."""
        key = (path, spelled)
        if key not in self._known:
            self._known[key] = self._resolve(path, spelled)
        return self._known[key]

    def _resolve(self, path: str, spelled: str) -> str:
        first, *members = spelled.split(".")
        if first.endswith("()"):
            first = self._returned(path, first[:-2])
        elif first.startswith(chains.UNKNOWN):
            first = self._variable(path, first[1:])
        type_ = self._alias(path, first)
        prefix = ""
        for member in members:
            if not type_:
                return self._only(path, members[-1])
            known = self._of(path, type_)
            named = f"{prefix}{member}"
            if known.get(named):
                type_, prefix = self._alias(path, known[named]), ""
            elif f"{named}." in known:
                prefix = f"{named}."
            else:
                return self._only(path, members[-1])
        return f"{type_}:{prefix[:-1]}" if prefix else type_

    def _of(self, path: str, type_: str) -> Members:
        # All members that a file may mean: those of every definition that it sees.
        key = (path, type_)
        if key not in self._members:
            found = [(where, each) for where, each in self._index.found(type_) if each.kind in _TAGS]
            seen = [(where, each) for where, each in found if self._index.sees(path, where)] or found
            merged: Members = {}
            for where, each in seen:
                merged.update(self._one(where, each))
            self._members[key] = merged
        return self._members[key]

    def _one(self, path: str, found: Found) -> Members:
        from .members import members_of

        key = (path, found.start)
        if key not in self._read:
            text = strip_comments(self._index.text(path)[found.start : found.stop])
            self._read[key] = members_of(text)
        return self._read[key]

    def _alias(self, path: str, type_: str, depth: int = _ALIAS_DEPTH) -> str:
        # ``typedef struct x x_t`` is another name of x.
        for where, each in self._index.found(type_) if type_.endswith("_t") and depth else ():
            if each.kind == Kind.TYPEDEF and self._index.sees(path, where):
                text = self._index.text(where)[each.start : each.stop]
                if (other := _ALIAS.match(text)) is not None:
                    return self._alias(path, other[1].decode(), depth - 1)
        return type_

    def _returned(self, path: str, function: str) -> str:
        # The struct to which a function returns a pointer.
        for where, each in self._index.found(function):
            if each.kind == Kind.FUNCTION and (
                where == path or "s" not in each.flags or where.endswith(".h")
            ):
                head = self._index.text(where)[each.start : each.body]
                before = head.partition(function.encode())[0]
                if (match := _RETURNS.search(before)) is not None:
                    return match[1].decode()
        return ""

    def _variable(self, path: str, name: str) -> str:
        # The struct of a variable that some header declares, or a macro that calls a function.
        if not name:
            return ""
        for candidate in self._index.outline.candidates(name):
            if candidate.kind == "o" and self._index.sees(path, candidate.path):
                for function in self._index.called_by_macro(candidate.path, name):
                    if type_ := self._returned(path, function):
                        return type_
        for where in self._index.mentioning(name):
            if where.endswith(".h") and self._index.sees(path, where):
                known = chains.global_types(strip_comments(self._index.text(where)))
                if name.encode() in known:
                    return known[name.encode()]
        return ""

    def _only(self, path: str, member: str) -> str:
        # The one struct that members of this name are, where all headers agree.
        found: set[str] = set()
        pattern = re.compile(_MEMBER % (rb"(\w+)", member.encode()))
        headers = [where for where in self._index.mentioning(member) if where.endswith(".h")]
        if len(headers) > MANY_HEADERS:
            return ""
        for where in headers:
            if self._index.sees(path, where):
                found.update(name.decode() for name in pattern.findall(self._index.text(where)))
        return found.pop() if len(found) == 1 else ""

    def holders(self, type_: str) -> frozenset[str]:
        """The names of members, in headers, that are of a struct or point to one."""
        if type_ not in self._holders:
            pattern = re.compile(
                rb"\b(?:struct|union)\s+%s\b[\s*]*(?:const\b[\s*]*)?(?:__\w+[\s*]+)*(\w+)\s*[;\[]"
                % type_.encode()
            )
            found: set[str] = set()
            headers = [where for where in self._index.mentioning(type_) if where.endswith(".h")]
            for where in headers[:MANY_HEADERS]:
                found.update(name.decode() for name in pattern.findall(self._index.text(where)))
            self._holders[type_] = frozenset(found)
        return self._holders[type_]


def may_be(struct: str, other: str) -> bool:
    """Whether two fields may be of one struct: the same, or one of which nobody knows."""
    return struct == other or not struct or not other
