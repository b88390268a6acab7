"""The members of a struct, read off its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .blank import cure
from .grammar import innermost, tree_of
from .words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

Members = dict[str, str]
"""Member -> its struct; of one whose struct has no name, ``member.`` -> nothing, and ``member.inner``."""


def members_of(text: bytes) -> Members:
    """The members of a struct's definition."""
    found: Members = {}
    root = tree_of(cure(text + b";", words_of(text)).text)
    for body in _bodies(root):
        _fields(body, "", found)
    return found


def _bodies(node: Node) -> Iterator[Node]:
    # The outermost lists of members.
    if node.type == "field_declaration_list":
        yield node
        return
    for child in node.named_children:
        yield from _bodies(child)


def _fields(body: Node, prefix: str, found: Members) -> None:
    for node in body.named_children:
        if node.type != "field_declaration":
            _fields(node, prefix, found)  # under an ``#if``, or what could not be parsed
            continue
        type_ = node.child_by_field_name("type")
        inner = type_.child_by_field_name("body") if type_ is not None else None
        tag = type_.child_by_field_name("name") if type_ is not None else None
        names = [
            name
            for declarator in node.children_by_field_name("declarator")
            if (name := innermost(declarator, "field_identifier")) is not None
        ]
        if inner is not None:
            for outer in [f"{prefix}{_text(name)}." for name in names] or [prefix]:
                if names and tag is None:
                    found[outer] = ""
                _fields(inner, outer, found)
        for name in names:
            of = tag if tag is not None else type_ if type_ and type_.type == "type_identifier" else None
            if of is not None:
                found[prefix + _text(name)] = _text(of)


def _text(node: Node) -> str:
    return (node.text or b"").decode(errors="replace")
