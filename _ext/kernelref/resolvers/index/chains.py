"""Whose field it is: the type and the members before a field, as the source spells them.

``vmf->vma->vm_ops->fault(vmf)`` in a function that declares ``struct vm_fault *vmf`` is the field
``fault`` of ``vm_fault.vma.vm_ops``; ``.fault = f`` in ``const struct vm_operations_struct ops = {…}``
is that of ``vm_operations_struct``. A variable that the file does not declare stands as ``?name``, what
a function returns as ``name()``, and what nobody can tell as ``?``. `types` finds what these are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

UNKNOWN: Final = "?"

_DECLARED: Final = re.compile(
    rb"\b(?:struct|union)\s+(\w+)\b((?:[\s*]|\bconst\b|\b__\w+\b)*)(?<![\w])(\w+)\s*(?=([=;,)\[:]))"
)
_TYPEDEF: Final = re.compile(rb"(?:^|[(,;{}])\s*(?:const\s+)?(\w+_t)[\s*]+(\w+)\s*(?=[=;,)\[])")
_NEXT: Final = re.compile(rb"(?:=[^;,(){}]*)?,\s*\**\s*(\w+)\s*(?=[=;,])")
_GLOBAL: Final = re.compile(
    rb"\n(?:(?:static|extern|const|volatile|__\w+)\s+)*(?:struct|union)\s+(\w+)\s+"
    rb"(?:[*\s]|const\b|__\w+\b(?!\s*[;=\[]))*(\w+)\b[^;(){}\n]*[;=\[]"
)
_OF_TYPE: Final = re.compile(rb"[,(]\s*(?:struct|union)\s+(\w+)\s*\*?\s*[,)]")
_PLAIN: Final = re.compile(
    rb"\(?\s*&?\s*([A-Za-z_]\w*(?:\([^()]*\))?(?:\s*(?:->|\.)\s*\w+|\s*\[[^\]]*\])*)\s*\)?"
)
_STEP: Final = re.compile(rb"(?:->|\.)\s*(\w+)")
_VALUES: Final = frozenset(("identifier", "pointer_expression", "cast_expression", "conditional_expression"))
_INSIDE: Final = {
    "pointer_expression": ("argument",),
    "cast_expression": ("value",),
    "conditional_expression": ("consequence", "alternative"),
}

Types = dict[bytes, str]
"""Variable -> the struct that it is, or points to."""
Table = tuple[str, list[str]]
"""What stands in braces: the variable; the type and the members down to there."""


def declared(text: bytes) -> Types:
    """The variables and parameters of a function whose type is a struct, told from its text."""
    found: Types = {}
    for match in _TYPEDEF.finditer(text):
        found[match[2]] = match[1].decode(errors="replace")
    for match in _DECLARED.finditer(text):
        name = match[1].decode(errors="replace")
        found[match[3]] = name
        at = match.end()
        while match[4] in (b",", b"=") and (more := _NEXT.match(text, at)):
            found[more[1]] = name
            at = more.end()
    return found


def global_types(text: bytes) -> Types:
    """The same of variables outside of functions."""
    return {match[2]: match[1].decode(errors="replace") for match in _GLOBAL.finditer(b"\n" + text)}


class Speller:
    """Spells what stands before fields; ``types_at`` gives the variables in sight of a place."""

    def __init__(self, source: Callable[[int, int], bytes], types_at: Callable[[int, bytes], str]) -> None:
        self._source = source
        self._type_of = types_at

    def before_field(self, field: Node) -> str:
        """The type and the members of the expression whose field is named."""
        holder = field.parent
        return self._before(holder.child_by_field_name("argument") if holder is not None else None)

    def _before(self, node: Node | None) -> str:
        members: list[str] = []
        while node is not None:
            if node.type == "field_expression":
                field = node.child_by_field_name("field")
                members.append(self._word(field) if field is not None else UNKNOWN)
                node = node.child_by_field_name("argument")
            elif node.type in ("subscript_expression", "pointer_expression"):
                node = node.child_by_field_name("argument")
            elif node.type == "parenthesized_expression":
                node = next(iter(node.named_children), None)
            else:
                break
        return ".".join([self._base(node), *reversed(members)])

    def named(self, at: int, name: bytes) -> str:
        """The first name of an expression: the struct of a variable, or what a function returns."""
        word = name.decode(errors="replace")
        return word if name.endswith(b"()") else self._type_of(at, name) or f"?{word}"

    def _base(self, node: Node | None) -> str:
        if node is None:
            return UNKNOWN
        if node.type == "identifier":
            name = self._source(node.start_byte, node.end_byte)
            return self.named(node.start_byte, name)
        if node.type in ("cast_expression", "compound_literal_expression"):
            return self._named_type(node.child_by_field_name("type"))
        if node.type == "call_expression":
            # ``container_of(p, struct x, m)``: what is given a type gives that type.
            given = _OF_TYPE.search(self._source(node.start_byte, node.end_byte))
            function = node.child_by_field_name("function")
            if given:
                return given[1].decode(errors="replace")
            if function is not None and function.type == "identifier":
                return f"{self._word(function)}()"
        return UNKNOWN

    def _named_type(self, node: Node | None) -> str:
        if node is not None and node.type == "type_descriptor":
            node = node.child_by_field_name("type")
        if node is not None and node.type in ("struct_specifier", "union_specifier"):
            node = node.child_by_field_name("name")
        known = node is not None and node.type == "type_identifier"
        return self._word(node) if node is not None and known else UNKNOWN

    def _word(self, node: Node) -> str:
        return self._source(node.start_byte, node.end_byte).decode(errors="replace")

    # Tables -------------------------------------------------------------------

    def in_table(self, pair: Node, tables: dict[int, Table]) -> tuple[str, str, str]:
        """Of ``.field = …`` in braces: the variable, the type and the members before, the field.

        ``tables`` keeps what the braces are, for a node's parent is found from the root downwards.
        """
        braces = pair.parent
        if braces is None:
            return "", UNKNOWN, ""
        if braces.id not in tables:
            tables[braces.id] = self._table(braces.parent)
        owner, members = tables[braces.id]
        *before, field = self._members(pair) or [""]
        return owner, ".".join([*members, *before]), field

    def _table(self, node: Node | None) -> Table:
        inner: list[str] = []
        while node is not None:
            if node.type == "initializer_pair":
                inner = self._members(node) + inner
            elif node.type == "init_declarator":
                owner, type_ = self._declared_table(node)
                return owner, [type_, *inner]
            elif node.type == "compound_literal_expression":
                return "", [self._named_type(node.child_by_field_name("type")), *inner]
            elif node.type in ("function_definition", "translation_unit", "compound_statement"):
                break
            node = node.parent
        return "", [UNKNOWN, *inner]

    def _members(self, pair: Node) -> list[str]:
        return [
            self._word(designator).lstrip(". \t\n")
            for designator in pair.children_by_field_name("designator")
            if designator.type == "field_designator"
        ]

    def _declared_table(self, node: Node) -> tuple[str, str]:
        declarator, declaration = node.child_by_field_name("declarator"), node.parent
        while declarator is not None and declarator.type != "identifier":
            declarator = declarator.child_by_field_name("declarator")
        type_ = declaration.child_by_field_name("type") if declaration is not None else None
        return self._word(declarator) if declarator is not None else "", self._named_type(type_)

    def set_by(self, assignment: Node) -> tuple[str, str, str]:
        """Of ``x->ops.field = …``: no variable, the type and the members before, the field."""
        left = assignment.child_by_field_name("left")
        if left is None:
            return "", "", ""
        field = left.child_by_field_name("field")
        before = self._before(left.child_by_field_name("argument"))
        return "", before, self._word(field) if field is not None else ""


def set_fields(
    captures: dict[str, list[Node]], spell: Speller, is_function: Callable[[int, int], bool]
) -> Iterator[tuple[tuple[int, int], str, str, str]]:
    """What is put into fields: where the name is, the table, the field, and of which struct it is."""
    tables: dict[int, Table] = {}
    for kind, side in (("table", "value"), ("assign", "right")):
        calls = kind == "table"
        for node in captures.get(kind, ()):
            value = node.child_by_field_name(side)
            # Most are variables of the function around, and done with here.
            names = [
                (name.start_byte, name.end_byte)
                for name in (_values(value, calls) if value is not None else ())
                if is_function(name.start_byte, name.end_byte)
            ]
            if names:
                owner, type_, field = spell.in_table(node, tables) if calls else spell.set_by(node)
                for at in names if field else ():
                    yield at, owner, field, type_


def _values(node: Node, calls: bool) -> Iterator[Node]:
    """The names that a value may be: ``f``, ``&f``, ``(type)f``, ``c ? f : g``, and in tables ``ptr(f)``."""
    if node.type == "identifier":
        yield node
    elif node.type == "parenthesized_expression" or (node.type == "argument_list" and calls):
        for child in node.named_children:
            if child.type in _VALUES:
                yield from _values(child, calls)
    elif node.type == "call_expression" and calls:
        arguments = node.child_by_field_name("arguments")
        if arguments is not None:
            yield from _values(arguments, calls)
    else:
        for name in _INSIDE.get(node.type, ()):
            inner = node.child_by_field_name(name)
            if inner is not None:
                yield from _values(inner, calls)


def copied(text: bytes, name: bytes) -> tuple[bytes, list[str], str] | None:
    """What a variable that is called was set to: the first name, the members, the field."""
    pattern = rb"\b%s\s*\)?\s*(?:\([^;{}=]*\)\s*)?=(?!=)\s*([^;]*);" % re.escape(name)
    for match in re.finditer(pattern, text):
        plain = _PLAIN.fullmatch(match[1].strip())
        steps = [step.decode(errors="replace") for step in _STEP.findall(plain[1])] if plain else []
        if plain and steps:
            first = re.match(rb"\w+(\()?", plain[1])
            base = first[0].replace(b"(", b"()") if first else b""
            return base, steps[:-1], steps[-1]
    return None
