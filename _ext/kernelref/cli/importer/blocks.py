"""Items of lists that are about a series, and lists and blocks that are call trees, as directives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from ...core import calltree
from ...core.claims import Claims, claims
from ...core.recognise import recognise
from ...core.subject import parse
from ..notebook import ENTRY, LEAST

_MARKER = re.compile(r" *[-*+](?: {1,4}(?=\S)| |$)")
_ALONE = re.compile(r"[\s🚧*_]*")


@dataclass(slots=True)
class Item:
    """An item of a list: its lines, its first paragraph, and the blocks and items in it."""

    start: int
    end: int
    level: int
    bullet: bool
    first: Token | None = None
    children: list[Item] = field(default_factory=list)
    more: list[tuple[int, int]] = field(default_factory=list)
    """The lines of what is neither the first paragraph nor a list."""

    def walk(self) -> Iterator[Item]:
        """Walk it and all in it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines to be replaced; ``kind`` is the directive that replaces them."""

    start: int
    end: int
    lines: tuple[str, ...]
    kind: str


def items(tokens: Sequence[Token]) -> list[Item]:
    """Read the lists of a page; give the items that are in no other. Lists in quotations are passed over."""
    tops: list[Item] = []
    open_: list[Item] = []
    opening = False  # whether the next running text is an item's first paragraph
    for token in tokens:
        inside = open_[-1] if open_ else None
        if token.type == "list_item_open":
            start, end = token.map or [0, 0]
            item = Item(start, end, token.level, token.markup in ("-", "*", "+"))
            if inside is None and token.level == 1:
                tops.append(item)
            elif inside and token.level == inside.level + 2:
                inside.children.append(item)
            open_.append(item)
        elif token.type == "list_item_close":
            open_.pop()
        elif inside and token.type == "inline" and opening and token.level == inside.level + 2:
            inside.first, opening = token, False
        elif inside and token.map and token.level == inside.level + 1 and token.nesting >= 0:
            opening = token.type == "paragraph_open" and inside.first is None and not inside.more
            if not opening and not token.type.endswith("list_open"):
                inside.more.append((token.map[0], token.map[1]))
    return tops


# --- call trees ----------------------------------------------------------------


def trees(tops: Sequence[Item], lines: Sequence[str]) -> Iterator[Edit]:
    """Rewrite the largest items that are call trees; what follows the last function stays behind it."""
    for item in tops:
        below = list(item.walk())
        texts = [one.first.content.strip() if one.first else "" for one in below]
        named = [text for text in texts if "_" in text]
        fits = all(ENTRY.fullmatch(text) for text in texts) and 2 * len(named) > len(below)
        if fits and len(below) >= LEAST and item.children and (edit := _tree(item, below, lines)):
            yield edit
        else:
            yield from trees(item.children, lines)


def _tree(item: Item, below: Sequence[Item], lines: Sequence[str]) -> Edit | None:
    """Write the directive; None where a paragraph stands between functions, for it would lose its place."""
    last = max((one.first.map or [0])[0] for one in below if one.first)
    more = sorted(span for one in below for span in one.more)
    if any(start <= last for start, _ in more):
        return None
    typed = list(_typed(item, 0))
    try:
        calltree.parse(typed)
    except calltree.CalltreeError:
        return None
    indent = " " * _indent(lines[item.start])
    after: list[str] = []
    for start, end in more:
        own = min((_indent(line) for line in lines[start:end] if line.strip()), default=0)
        after += ["", *(indent + line[own:] if line.strip() else "" for line in lines[start:end])]
    fence = [f"{indent}```{{calltree}}", *(indent + line for line in typed), f"{indent}```"]
    return Edit(item.start, item.end, (*fence, *after, ""), "calltree")


def _typed(item: Item, depth: int) -> Iterator[str]:
    assert item.first is not None, "each entry has its text"
    yield "  " * depth + item.first.content.strip()
    for child in item.children:
        yield from _typed(child, depth + 1)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def blocks(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Edit]:
    """Rewrite blocks of code that read as a call tree: one function to a line, no language, no other text."""
    for token in tokens:
        if token.type not in ("code_block", "fence") or token.info.strip() or not token.map:
            continue
        typed = token.content.splitlines()
        entries = [line for line in typed if line.strip()]
        if len(entries) < LEAST or not all(ENTRY.fullmatch(line.strip()) for line in entries):
            continue
        try:
            roots = calltree.parse(typed)
        except calltree.CalltreeError:
            continue
        if any(root.children for root in roots):
            start, end = token.map
            own = _indent(lines[start]) - (_indent(typed[0]) + 4 if token.type == "code_block" else 0)
            indent = " " * max(0, own)
            fence = [f"{indent}```{{calltree}}", *(indent + line for line in typed), f"{indent}```"]
            yield Edit(start, end, tuple(fence), "calltree")


# --- series --------------------------------------------------------------------


def series(tops: Sequence[Item], out: Sequence[Sequence[str]], carded: set[str]) -> Iterator[Edit]:
    """Rewrite the items of top lists that are a day, a link to a posting with its subject, and notes on it.

    ``out`` has, for each line, what it was rewritten to; ``carded`` are the postings that have a card.
    """
    for item in tops:
        if not (item.first and item.bullet and (found := _posting(item.first))):
            continue
        key, claim, wip = found
        head = [f":title: {_quoted(claim.title)}"]
        head += [f":author: {_quoted(claim.author)}"] if claim.author else []
        head += [f":date: {claim.day}"] if claim.day else []
        head += [":wip:"] if wip else []
        head += [":no-index:"] if key in carded else []
        carded.add(key)
        body = _body(out[item.start][0], [line for group in out[item.start + 1 : item.end] for line in group])
        longest = max((len(run) for line in body for run in re.findall("`{3,}", line)), default=3)
        fence = "`" * max(4, longest + 1)
        parts = [f"{fence}{{series}} {key}", *head, *(["", *body] if body else []), fence, ""]
        yield Edit(item.start, item.end, tuple(parts), "series")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _posting(first: Token) -> tuple[str, Claims, bool] | None:
    """Read a paragraph whose first line is a day and a link to a posting, with its subject."""
    before, children = "", first.children or []
    at = 0
    while at < len(children) and children[at].type == "text":
        before, at = before + children[at].content, at + 1
    if at == len(children) or children[at].type != "link_open":
        return None
    end = next(n for n in range(at, len(children)) if children[n].type == "link_close")
    inside = children[at + 1 : end]
    cited = recognise(str(children[at].attrGet("href") or ""))
    after = children[end + 1] if end + 1 < len(children) else None
    alone = after is None or after.type == "softbreak"
    if not cited or cited.role != "lore" or not alone or any(one.type != "text" for one in inside):
        return None
    claim = claims(before, "".join(one.content for one in inside))
    rest = before.replace(claim.written_day, "", 1) if claim.written_day else before
    if not claim.title or not parse(claim.title).is_posting or not _ALONE.fullmatch(rest):
        return None
    return cited.key, claim, "🚧" in rest


def _body(first: str, rest: Sequence[str]) -> list[str]:
    """Give what an item holds below its first line, without the item's indentation."""
    found = _MARKER.match(first)
    width = len(found[0]) if found else 0
    body = [line[min(width, _indent(line)) :] for line in rest]
    while body and not body[-1].strip():
        body.pop()
    while body and not body[0].strip():
        body.pop(0)
    return body
