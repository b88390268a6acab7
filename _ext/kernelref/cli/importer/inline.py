"""Links, bare URLs and literal calls of running text, rewritten in place as roles.

The text is scanned as it was typed, and what is found is held against what the parser found: where the two
differ, the block is left as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from ...core.recognise import Cited, bare_urls, called, recognise

Has = Callable[[str], bool]
"""Whether the release has a function or macro of a name, or of ``file.c:name``."""

_ESCAPE = re.compile(r"\\.", re.DOTALL)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_ANGLE = re.compile(r"<(https?://[^\s<>]*)>", re.IGNORECASE)
_HTML = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
_TARGET = re.compile(
    r"\(\s*(?:<(?P<angle>[^<>\n]*)>|(?P<bare>(?:[^\s()\\]|\\.|\([^\s()]*\))*))\s*(?P<more>\)|[\"'(])"
)
_LWN = re.compile(r"https://lwn\.net/Articles/(\d+)/")


@dataclass(frozen=True, slots=True)
class Part:
    """A link, a URL or a code span, where it stands in the text."""

    start: int
    end: int
    kind: str  # link, url, code
    said: str
    """The link's text as it was typed, the code; nothing for a URL."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one part; ``role`` is empty where it was left, and ``reason`` says why."""

    offset: int
    role: str
    reason: str = ""


def scan(text: str) -> Iterator[Part]:
    """Find the parts of a block of text, in their order; not in what is escaped, a comment or a tag."""
    at = 0
    while at < len(text):
        char = text[at]
        found = _at(text, at) if char in "\\`<[!h" or char == "H" else None
        if found is None:
            at += 1
        elif isinstance(found, Part):
            yield found
            at = found.end
        else:
            at = found


def _at(text: str, at: int) -> Part | int | None:
    """Read what begins at a place: a part, the end of what is passed over, or nothing."""
    if match := _ESCAPE.match(text, at):
        return match.end()
    if match := _CODE.match(text, at):
        return Part(at, match.end(), "code", match[2])
    if text[at] == "`":
        return re.compile(r"`+").match(text, at).end()  # type: ignore[union-attr]  # there is one
    if match := _ANGLE.match(text, at):
        return Part(at, match.end(), "url", "", match[1])
    if match := _HTML.match(text, at):
        return match.end()
    if text.startswith("![", at):
        return _bracketed(text, at + 1)[1]
    if text[at] == "[":
        return _link(text, at)
    if text[at] in "hH" and (at == 0 or not text[at - 1].isalnum() or not text[at - 1].isascii()):
        for start, end in bare_urls(text[at : at + 2048]):
            return Part(at, at + end, "url", "", text[at : at + end]) if start == 0 else None
    return None


def _bracketed(text: str, at: int) -> tuple[int, int]:
    """Give where the bracket that opens at a place closes, and where what is after it may be read on."""
    depth = 0
    place = at
    while place < len(text):
        if text[place] in "\\`":
            skip = _ESCAPE.match(text, place) or _CODE.match(text, place)
            place = skip.end() if skip else place + 1
            continue
        depth += {"[": 1, "]": -1}.get(text[place], 0)
        place += 1
        if not depth:
            return place, place
    return -1, at + 1


def _link(text: str, at: int) -> Part | int:
    closed, after = _bracketed(text, at)
    if closed < 0:
        return after
    match = _TARGET.match(text, closed)
    if match is None:
        return at + 1  # a bracket like any other; what is in it is read
    end = match.end()
    if match["more"] != ")":
        quote = {"(": ")"}.get(match["more"], match["more"])
        title = re.compile(rf"[^{re.escape(quote)}]*{re.escape(quote)}\s*\)").match(text, end)
        if title is None:
            return at + 1
        end = title.end()
    url = match["angle"] if match["angle"] is not None else match["bare"] or ""
    return Part(at, end, "link", text[at + 1 : closed - 1], url)


# --- held against the parser ---------------------------------------------------


def parsed(children: Sequence[Token]) -> list[tuple[str, str, str | None]]:
    """List what the parser found, as kind, URL or code, and the link's text where it is text alone."""
    found: list[tuple[str, str, str | None]] = []
    url, text, plain = "", "", True
    for child in children:
        if child.type == "link_open":
            url, text, plain = str(child.attrGet("href") or ""), "", True
        elif child.type == "link_close":
            kind = "url" if child.markup == "autolink" else "link"
            found.append((kind, url, text if plain else None))
            url = ""
        elif url:
            plain = plain and child.type == "text"
            text += child.content
        elif child.type == "code_inline":
            found.append(("code", child.content, None))
        elif child.type == "text":
            urls = (child.content[start:end] for start, end in bare_urls(child.content))
            found += [("url", one, None) for one in urls]
    return found


def rewrite(text: str, children: Sequence[Token], has: Has) -> tuple[str, list[Outcome]]:
    """Rewrite a block's text; also tell, part by part, what became of what was recognised."""
    parts, known = list(scan(text)), parsed(children)
    if [_brief(part) for part in parts] != [(kind, _bare(said)) for kind, said, _ in known]:
        left = "its markup is not read without doubt"
        urls = any(recognise(part.url) for part in parts) or any(recognise(said) for _, said, _ in known)
        return text, [Outcome(0, "", left)] if urls else []
    out, at, outcomes = "", 0, list[Outcome]()
    for part, (_, _, plain) in zip(parts, known, strict=True):
        role, outcome = _role(part, plain, text, has)
        if outcome:
            outcomes.append(outcome)
        if role:
            out += text[at : part.start] + role
            at = part.end
    return out + text[at:], outcomes


def _brief(part: Part) -> tuple[str, str]:
    return part.kind, _bare(part.said if part.kind == "code" else part.url)


def _bare(text: str) -> str:
    """Give what both sides agree on: the parser encodes URLs, and joins the lines of code."""
    return re.sub(r"[^A-Za-z0-9]|%[0-9A-Fa-f]{2}", "", text)


def _role(part: Part, plain: str | None, text: str, has: Has) -> tuple[str, Outcome | None]:
    if part.kind == "code":
        key = called(part.said)
        known = bool(key) and text[part.start - 1 : part.start] != "}" and has(key)
        return (f"{{kfunc}}`{key}`", Outcome(part.start, "kfunc")) if known else ("", None)
    cited = recognise(part.url)
    if cited is None:
        return "", None
    target = _target(cited)
    if part.kind == "url" or plain == part.url:
        said, problem = target, ""
    else:
        said, problem = f"{plain} <{target}>", _problem(part, plain)
    if "`" in target:
        problem = "a backtick is in its address"
    if problem:
        return "", Outcome(part.start, "", problem)
    return f"{{{cited.role}}}`{said}`", Outcome(part.start, cited.role)


def _problem(part: Part, plain: str | None) -> str:
    """Say why a link's text cannot be a role's; a role's text is one line of plain text."""
    if plain is None or "`" in plain:
        return "its text has markup"
    if "\n" in part.said:
        return "its text goes over two lines"
    if not plain.strip() or plain.lstrip().startswith("!"):
        return "its text would mean something else in a role"
    return "a bar is in its text" if "|" in plain else ""


def _target(cited: Cited) -> str:
    article = _LWN.fullmatch(cited.key) if cited.role == "lwn" else None
    return article[1] if article else cited.target
