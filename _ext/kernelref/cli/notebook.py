"""Plain Markdown, read for what can be checked: links with their claims, and lists that are call trees.

Code blocks are left alone, but for an indented or fenced one that reads as a call
tree: one function to a line, no other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..core import calltree
from ..core.calltree import Node
from ..core.claims import claims
from ..core.notes import Call, Link, Notebook
from ..core.recognise import bare_urls, called, recognise

LEAST = 3
"""A list of fewer functions is a list."""

ENTRY = re.compile(r"(`?)[A-Za-z_]\w{2,}(?:\(\))?\1(?:\(\))?(?:\s*\[[^\[\]]*\])*", re.ASCII)


def read(text: str) -> Notebook:
    """Read a Markdown file."""
    found = Notebook()
    # By default 20 levels are read, and what is deeper ends the file: a chain of ten calls is that deep.
    reader = MarkdownIt("commonmark", {"maxNesting": 4 * calltree.MAX_DEPTH}).enable("table")
    tokens = reader.parse(text)
    for token in tokens:
        if token.type == "inline" and token.map:
            for one in _inline(token.children or [], token.map[0] + 1):
                if isinstance(one, Link):
                    found.links.append(one)
                else:
                    found.calls.append(one)
        elif token.type in ("code_block", "fence") and token.map:
            found.trees += _of_block(token)
    found.trees += [(_node(item),) for item in _trees(_items(tokens))]
    return found


# --- links and calls -----------------------------------------------------------


def _inline(children: list[Token], line: int) -> Iterator[Link | Call]:
    """Give the links and the literal calls of one paragraph; ``before`` is what stands on the line so far."""
    before, url, text = "", "", ""
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            line, before = line + 1, ""
        elif child.type == "link_open":
            url, text = str(child.attrGet("href") or ""), ""
        elif child.type == "link_close":
            if cited := recognise(url):
                yield Link(line, url, cited, claims(before, text if text != url else ""))
            before, url = before + text, ""
        elif url:
            text += child.content
        elif child.type == "text":
            for start, end in bare_urls(child.content):
                address = child.content[start:end]
                if cited := recognise(address):
                    yield Link(line, address, cited, claims(before + child.content[:start], ""))
            before += child.content
        elif child.type == "code_inline":
            if key := called(child.content):
                yield Call(line, key)
            before += child.content


# --- call trees ----------------------------------------------------------------


@dataclass(slots=True)
class _Item:
    """An item of a nested list: its first paragraph, and the items under it."""

    line: int
    text: str = ""
    children: list[_Item] = field(default_factory=list)

    @property
    def is_function(self) -> bool:
        return bool(ENTRY.fullmatch(self.text))

    def walk(self) -> Iterator[_Item]:
        yield self
        for child in self.children:
            yield from child.walk()


def _items(tokens: list[Token]) -> list[_Item]:
    """Read all lists; give the items that are in no other."""
    tops: list[_Item] = []
    open_: list[_Item] = []
    for token in tokens:
        if token.type == "list_item_open":
            item = _Item((token.map or [0])[0] + 1)
            (open_[-1].children if open_ else tops).append(item)
            open_.append(item)
        elif token.type == "list_item_close":
            open_.pop()
        elif token.type == "inline" and open_ and not open_[-1].text:
            open_[-1].text = token.content.strip()
            open_[-1].line = (token.map or [open_[-1].line - 1])[0] + 1
    return tops


def _trees(items: list[_Item]) -> Iterator[_Item]:
    """Give the largest items that are call trees: functions throughout, one under the other."""
    for item in items:
        below = list(item.walk())
        named = [one for one in below if "_" in one.text]
        fits = all(one.is_function for one in below) and 2 * len(named) > len(below)
        if fits and len(below) >= LEAST and item.children:
            yield item
        else:
            yield from _trees(item.children)


def _node(item: _Item) -> Node:
    (entry,) = calltree.parse([item.text])
    children = tuple(_node(child) for child in item.children)
    return replace(entry, children=children, line=item.line)


def _of_block(token: Token) -> list[tuple[Node, ...]]:
    """Read a block of code as a call tree, if it is one."""
    lines = token.content.splitlines()
    if token.info.strip() or not all(ENTRY.fullmatch(line.strip()) for line in lines if line.strip()):
        return []
    try:
        roots = calltree.parse(lines)
    except calltree.CalltreeError:
        return []
    first = (token.map or [0])[0] + (2 if token.type == "fence" else 1)
    nodes = list(calltree.walk(roots))
    if len(nodes) < LEAST or not any(node.children for node in roots):
        return []
    return [tuple(_moved(root, first) for root in roots)]


def _moved(node: Node, by: int) -> Node:
    children = tuple(_moved(child, by) for child in node.children)
    return replace(node, children=children, line=node.line + by)
