"""The words of a page without its markup: what has to be the same before and after an import."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ...core import calltree
from ...core.recognise import bare_urls, called, recognise

_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_COMMENT = re.compile(r"<!-- -->")
_WORD = re.compile(r"\w+|\S")
_ROLE = re.compile(r"\{(lore|kfunc|kfile|commit|lwn)\}$")
_TITLED = re.compile(r"(?P<title>.+?)\s*<(?P<target>[^<]*)>", re.DOTALL)
_OPTION = re.compile(r":([\w-]+):\s*(.*)")
_ARTICLE = re.compile(r"https://lwn\.net/Articles/(\d+)/")


def reader() -> MarkdownIt:
    """Give the parser of notes; by default 20 levels are read, and a chain of ten calls is that deep."""
    return MarkdownIt("commonmark", {"maxNesting": 4 * calltree.MAX_DEPTH}).enable("table")


def words(text: str) -> list[str]:
    """List the words and signs of a text, and what its links lead to; all but dashes, which separate."""
    return list(_words(reader().parse(text)))


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _inline(token.children or [])
        elif token.type in ("code_block", "fence"):
            yield from _block(token)
        elif token.type == "html_block":
            yield from _split(_COMMENT.sub(" ", token.content))


def _split(text: str) -> Iterator[str]:
    for chunk in text.split():
        if chunk.startswith("→"):
            yield chunk
        else:
            day = _DAY.sub(lambda found: f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}", chunk)
            yield from (word for word in _WORD.findall(day) if word != "-")


def _key(role: str, target: str) -> str:
    article = _ARTICLE.fullmatch(target)
    return f"→{role}:{article[1] if article else target}"


def _inline(children: Sequence[Token]) -> Iterator[str]:
    """Words of running text are joined first, for an emphasised syllable is no word."""
    text, url, role = "", "", ""
    for child in children:
        if child.type == "link_open":
            url = str(child.attrGet("href") or "")
        elif child.type == "link_close":
            cited = recognise(url)
            text += f" {_key(cited.role, cited.target) if cited else url} "
            url = ""
        elif child.type in ("softbreak", "hardbreak"):
            text += "\n"
        elif child.type == "code_inline" and role:
            text = text[: -len(role) - 2] + _of_role(role, child.content)
        elif child.type == "code_inline":
            text += child.content
        elif child.type == "text" and url:
            text += child.content if child.content != url else ""
        elif child.type == "text":
            text += _with_urls(child.content)
        else:
            text += child.content
        found = _ROLE.search(child.content) if child.type == "text" else None
        role = found[1] if found else ""
    yield from _split(text)


def _with_urls(text: str) -> str:
    out, at = "", 0
    for start, end in bare_urls(text):
        if cited := recognise(text[start:end]):
            out += f"{text[at:start]} {_key(cited.role, cited.target)} "
            at = end
    return out + text[at:]


def _of_role(role: str, content: str) -> str:
    titled = _TITLED.fullmatch(content)
    if titled:
        return f"{titled['title']} {_key(role, titled['target'])} "
    if role == "kfunc" and "@" not in content and called(f"{content}()"):
        return f"{content}()"
    return f" {_key(role, content)} "


def _block(token: Token) -> Iterator[str]:
    """Words of a block of code; our directives are read as what they stand for."""
    name, _, argument = token.info.strip().partition(" ")
    if name == "{series}":
        lines = token.content.splitlines()
        count = next((at for at, line in enumerate(lines) if not line.startswith(":")), len(lines))
        given = {m[1]: m[2] for line in lines[:count] if (m := _OPTION.fullmatch(line))}
        yield from _split(given.get("date", ""))
        yield from ("🚧",) if "wip" in given else ()
        for key in ("title", "author"):
            yield from _split(re.sub(r"\\(.)", r"\1", given.get(key, '""')[1:-1]))
        yield _key("lore", argument)
        yield from words("\n".join(lines[count:]))
    elif name != "{toctree}":
        yield from _split(token.info if not name.startswith("{calltree") else "")
        yield from _split(token.content.replace("`", ""))
