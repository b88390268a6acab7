"""The grammar and the queries: from a text to captured nodes, and what a declarator names."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

import tree_sitter
import tree_sitter_c
from tree_sitter import Node

_GAP: Final = re.compile(b" " * 32 + rb"\s*+")
_FILLED: Final = b" /*" + b"x" * 4096


class Parsed(NamedTuple):
    """A parsed text: what the queries captured, by the capture's name, and whether all of it was C."""

    captures: dict[str, list[Node]]
    damaged: bool


@lru_cache(maxsize=1)
def _language() -> tuple[tree_sitter.Parser, tree_sitter.Query]:
    language = tree_sitter.Language(tree_sitter_c.language())
    text = resources.files("kernelref.queries").joinpath("c.scm").read_text("utf-8")
    return tree_sitter.Parser(language), tree_sitter.Query(language, text)


def captured(text: bytes) -> Parsed:
    """Parse a text and run the queries on it."""
    parser, query = _language()
    root = parser.parse(_GAP.sub(_filled, text)).root_node
    return Parsed(tree_sitter.QueryCursor(query).captures(root), root.has_error)


def _filled(gap: re.Match[bytes]) -> bytes:
    # The lexer takes several times as long over a space as over a comment's letter, and what was blanked is
    # a third of a text. The first space stays: what is before it may be a slash.
    length = gap.end() - gap.start()
    return _FILLED[: length - 2].ljust(length - 2, b"x") + b"*/"


def tree_of(text: bytes) -> Node:
    """Parse a text that no query is run on."""
    return _language()[0].parse(text).root_node


def innermost(node: Node, kind: str) -> Node | None:
    """The name in a declarator: through pointers, arrays, functions and brackets."""
    current: Node | None = node
    while current is not None and current.type != kind:
        below = current.child_by_field_name("declarator")
        if below is None and current.type == "parenthesized_declarator":
            below = next(iter(current.named_children), None)
        current = below
    return current
