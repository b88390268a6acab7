"""A file of notes, split by heading and rewritten: pages, and what became of what was in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from . import blocks, inline
from .words import reader, words

_ATX = re.compile(r" {0,3}(#{1,6})(?=\s|$)")
_FOOTNOTE = re.compile(r"^\[\^[^\]]+\]:", re.MULTILINE)
_DEFINITION = re.compile(r" {0,3}\[(?!\^)[^\]]+\]:\s*\S")


@dataclass(slots=True)
class Page:
    """A page: its name without suffix, its text, and how often what was made."""

    name: str
    text: str
    made: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Left:
    """What was recognised and left as it was; ``line`` counts from 1 in the file of notes."""

    line: int
    reason: str


@dataclass(slots=True)
class Imported:
    """The pages, the first of which lists the others, and what was left."""

    pages: list[Page] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines of one page, and its heading; the first may have none."""

    start: int
    lines: tuple[str, ...]
    heading: str
    level: int


def bring(text: str, stem: str, has: inline.Has) -> Imported:
    """Rewrite a file of notes whose name is ``stem``. No word is lost: a page that would lose one is left."""
    done = Imported()
    lines = text.splitlines()
    definitions = [line for line in lines if _DEFINITION.match(line)]
    carded: set[str] = set()
    taken: set[str] = set()
    for part in _split(text, lines, done.left):
        page = _page(part, has, carded, done.left)
        page.name = _name(part.heading or stem, stem, taken)
        own = set(page.text.splitlines())
        if missing := [line for line in definitions if line not in own and part.start]:
            page.text += "".join(["\n", *(f"{line}\n" for line in missing)])
        done.pages.append(page)
    _list_the_others(done.pages, stem)
    return done


# --- pages ---------------------------------------------------------------------


def _split(text: str, lines: Sequence[str], left: list[Left]) -> list[_Part]:
    """Split where the headings of the highest level are that there are several of; else not at all."""
    tokens = reader().parse(text)
    headings = [(token, tokens[at + 1]) for at, token in enumerate(tokens) if _is_heading(token)]
    named = [(opened, inside.content.strip()) for opened, inside in headings if inside.content.strip()]
    left += [
        Left((opened.map or [0])[0] + 1, "a heading without text")
        for opened, inside in headings
        if not inside.content.strip()
    ]
    levels = Counter(int(opened.tag[1]) for opened, _ in named)
    level = next((one for one in sorted(levels) if levels[one] > 1), 0)
    if _FOOTNOTE.search(text):
        left.append(Left(1, "footnotes may be of any part, so the notes were not split"))
        level = 0
    starts = [((opened.map or [0])[0], said) for opened, said in named if int(opened.tag[1]) == level]
    first = next((said for opened, said in named if not starts or (opened.map or [0])[0] < starts[0][0]), "")
    bounds = [(0, first), *starts] if not starts or starts[0][0] > 0 else starts
    ends = [start for start, _ in bounds[1:]] + [len(lines)]
    parts = [
        _Part(start, tuple(lines[start:end]), said, level if (start, said) in starts else 1)
        for (start, said), end in zip(bounds, ends, strict=True)
    ]
    return [part for part in parts if part.start or len(parts) == 1 or any(map(str.strip, part.lines))]


def _is_heading(token: Token) -> bool:
    return token.type == "heading_open" and token.level == 0


def _name(heading: str, stem: str, taken: set[str]) -> str:
    """Name a page after the letters and digits of its heading that a URL can have as they are."""
    base = "-".join(re.findall(r"[a-z0-9]+", heading.lower())) or f"{stem.lower()}-{len(taken) + 1}"
    name, number = base[:60], 1
    while name in taken:
        number += 1
        name = f"{base[:60]}-{number}"
    taken.add(name)
    return name


def _list_the_others(pages: Sequence[Page], stem: str) -> None:
    """Have the first page list the others; one without a title gets the name of the file."""
    first = pages[0]
    if not re.match(r"\s*(# |[^\n]+\n=+\s*$)", first.text, re.MULTILINE):
        first.text = f"# {stem}\n\n{first.text}"
    if len(pages) > 1:
        names = "\n".join(page.name for page in pages[1:])
        first.text = f"{first.text.rstrip()}\n\n```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n"


# --- one page ------------------------------------------------------------------


def _page(part: _Part, has: inline.Has, carded: set[str], left: list[Left]) -> Page:
    lines = [*part.lines]
    tokens = reader().parse("\n".join(lines))
    _raise(lines, tokens, part.level - 1)
    plain = "\n".join(lines) + "\n"
    cards = set(carded)
    made: Counter[str] = Counter()
    said = _inline(lines, tokens, has)
    out = [[line] for line in lines]
    gone: set[int] = set()
    tops = blocks.items(tokens)
    for edit in (*blocks.trees(tops, lines), *blocks.blocks(tokens, lines)):
        gone |= set(range(edit.start, edit.end))
        _replace(out, edit, made)
    for edit in list(blocks.series(tops, out, cards)):
        gone.add(edit.start)
        _replace(out, edit, made)
    text = "\n".join(line for group in out for line in group).rstrip() + "\n"
    wanted = words("\n".join(part.lines))
    if words(text) != wanted:
        left.append(
            Left(part.start + 1, f"all of {part.heading or 'the first part'!r}: a word would be lost")
        )
        return Page("", plain if words(plain) == wanted else "\n".join(part.lines) + "\n")
    for line, outcome in said:
        if outcome.reason and line not in gone:
            left.append(Left(part.start + line + 1, outcome.reason))
        elif outcome.role and line not in gone:
            made[outcome.role] += 1
    carded |= cards
    return Page("", text, made)


def _replace(out: list[list[str]], edit: blocks.Edit, made: Counter[str]) -> None:
    above = next((line for group in reversed(out[: edit.start]) for line in reversed(group)), "")
    gap = [""] if above.strip() else []
    out[edit.start : edit.end] = [[*gap, *edit.lines], *([] for _ in range(edit.end - edit.start - 1))]
    made[edit.kind] += 1


def _raise(lines: list[str], tokens: Sequence[Token], by: int) -> None:
    """Raise the headings of a page, so that its own is of the first level; one without text goes."""
    for at, token in enumerate(tokens):
        if not _is_heading(token) or token.map is None:
            continue
        start, end = token.map
        if not tokens[at + 1].content.strip():
            # A comment ends a list as the heading did.
            lines[start:end] = ["<!-- -->", *[""] * (end - start - 1)]
        elif token.markup in ("=", "-"):
            level = max(1, int(token.tag[1]) - by)
            lines[end - 1] = ("=" if level == 1 else "-") * max(3, len(lines[end - 1].strip()))
        elif by and (found := _ATX.match(lines[start])):
            lines[start] = "#" * max(1, len(found[1]) - by) + lines[start][found.end() :]


def _inline(lines: list[str], tokens: Sequence[Token], has: inline.Has) -> list[tuple[int, inline.Outcome]]:
    """Rewrite running text in place; tell by line what became of what was recognised."""
    said: list[tuple[int, inline.Outcome]] = []
    for start, end, children in _texts(tokens):
        before = "\n".join(lines[start:end])
        after, outcomes = inline.rewrite(before, children, has)
        lines[start:end] = after.split("\n")
        said += [(start + before.count("\n", 0, one.offset), one) for one in outcomes]
    return said


def _texts(tokens: Sequence[Token]) -> Iterator[tuple[int, int, list[Token]]]:
    """Give blocks of running text with their lines; the cells of a row are one."""
    row: tuple[int, list[Token]] | None = None
    for token in tokens:
        if token.type == "tr_open" and token.map:
            row = (token.map[0], [])
        elif token.type == "tr_close" and row:
            yield row[0], row[0] + 1, row[1]
            row = None
        elif token.type == "inline" and row:
            row[1].extend(token.children or [])
        elif token.type == "inline" and token.map:
            yield token.map[0], token.map[1], token.children or []
