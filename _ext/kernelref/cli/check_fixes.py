"""What has one right answer on a site's own pages, by the warning and the page's text."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from ..core.dates import utc_day
from ..core.findings import Code, Edit, Finding
from ..core.lock import LoreLock
from ..core.message_id import MessageIdError, canonical
from ..core.releases import ReleaseError, series_of, sort_key
from ..core.subject import agrees

_DATE = re.compile(r"`:date:` says (?P<old>\S+), the message (?P<new>\S+)")
_TEXT = re.compile(r"`:(?:title|author):` says (?P<old>(['\"]).*\2), the message (?P<new>(['\"]).*\4)")
_ABSENT = re.compile(r"(?:[\w./+-]+:)?(?P<name>\w+)(?:\(\))? is not in (?:what was read of )?(?P<tag>v\d\S*)")
_INSTEAD = re.compile(r"write `@(v[\d.]+)`")
_FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_CODE = re.compile(r"\{(code|code-block|sourcecode|literalinclude)\}|[^{\s]")
_MARKUP = re.compile(
    r"(?:\{lore\}|:lore:)`(?:[^`]*<)?(?P<role>https?://[^`<>\s]+)>?`|series(?:\}|::)\s+(?P<card>https?://\S+)"
)


def mended(found: Finding, text: str, lore: LoreLock) -> Finding:
    """Give the finding with what would be right, where that is one thing and stands in the page's text."""
    if found.code is Code.SERIES:
        return _declared(found, lore)
    if found.code is Code.IDENTIFIER:
        return _release(found, text)
    return found


def _declared(found: Finding, lore: LoreLock) -> Finding:
    if match := _DATE.match(found.claim):
        right = utc_day(match["new"])
        edit = Edit(found.line, f":date: {match['old']}", f":date: {right}")
        return replace(found, right=right, edit=edit)
    whole = f"{found.claim}; {found.fact}"  # a title may have a semicolon of its own
    if match := _TEXT.match(whole):
        old, new = ast.literal_eval(match["old"]), ast.literal_eval(match["new"])
        bearers = [key for key, other in lore.messages.items() if agrees(old, other.subject)]
        if bearers and "`:title:`" in found.claim:
            return replace(found, right=f"link to <{bearers[0]}>, which bears that title")
        # Inside quotation marks these would have to be written otherwise.
        safe = not set(new) & {'"', "\\"}
        return replace(found, right=new, edit=Edit(found.line, old, new) if safe else None)
    return found


def _release(found: Finding, text: str) -> Finding:
    """For ``name@release`` that this release lacks: the nearest one that has it, older ones first."""
    match, having = _ABSENT.match(found.claim), _INSTEAD.findall(found.fact)
    if not match or not having:
        return found
    try:
        wanted, own = sort_key(match["tag"]), re.escape(series_of(match["tag"]))
    except ReleaseError:
        return found
    ordered = sorted(having, key=sort_key)
    older = [tag for tag in ordered if sort_key(tag) < wanted]
    right = older[-1] if older else ordered[0]
    written = re.compile(
        rf"(?P<name>\b{match['name']}(?:\(\))?)@(?:{re.escape(match['tag'])}|{own})(?![\d.])"
    )
    for line in text.splitlines()[found.line - 1 :]:
        if here := written.search(line):
            said = f"{here['name']}@{right}"
            return replace(found, right=said, edit=Edit(found.line, here[0], said))
        if not line.strip():
            break
    return found


def spelled(file: str, text: str, cited: Collection[str]) -> Iterator[Finding]:
    """Tell where a role or a card has a URL, and the message-id would do. Code is left alone.

    ``cited`` are the messages that the page cites: what is none of them only looks so.
    """
    fences: list[tuple[str, bool]] = []  # open ones, and whether they are of code
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if not any(code for _, code in fences):
            yield from _in_line(file, number, line, cited)
        if fence and fences and fence["fence"].startswith(fences[-1][0]) and not fence["info"].strip():
            fences.pop()
        elif fence and not any(code for _, code in fences):
            fences.append((fence["fence"], bool(_CODE.match(fence["info"].strip() or "text"))))


def _in_line(file: str, number: int, line: str, cited: Collection[str]) -> Iterator[Finding]:
    for match in _MARKUP.finditer(line):
        url = match["role"] or match["card"]
        try:
            right = canonical(url)
        except MessageIdError:
            continue
        if right in cited:
            fact = "a URL where the message-id would do"
            yield Finding(Code.SPELLING, file, number, url, fact, right, Edit(number, url, right))
