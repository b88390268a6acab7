"""A site's own pages: what a build of them warns of, as findings, and what is news of what they cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..core.checking import Locks, ended, gone, messages, newer, presence
from ..core.findings import Code, Finding
from ..core.lock import LoreLock
from ..domain import Citation
from ..lookup_source import FAMILIES
from . import notebook
from .check_fixes import mended, spelled
from .pages import Pages

_WARNING = re.compile(
    r"^(?P<file>[^\n]+?)(?::(?P<line>\d+))?: WARNING: (?P<text>.+) \[kernel\.(?P<subtype>\w+)\]$",
    re.MULTILINE,
)


def check_site(pages: Pages, lore: LoreLock, source: Locks) -> list[Finding]:
    """Give the findings of all pages, by place. Paths are as from the current folder."""
    found = [*_wrong(pages, lore), *_news(pages, lore, source), *_ended(pages, lore), *_spelled(pages)]
    return sorted(dict.fromkeys(found), key=lambda finding: finding.order)


def _wrong(pages: Pages, lore: LoreLock) -> Iterator[Finding]:
    """What a build warns of, with the warning's own words: claim, fact and remedy."""
    texts = {_shown(path): path for path in pages.files.values()}
    plain = _plain(pages, lore) if pages.settings.autolink else {}
    for match in _WARNING.finditer(pages.warnings):
        claim, _, fact = match["text"].partition("; ")
        place, line = _shown(Path(match["file"])), int(match["line"] or 1)
        found = Finding(Code(match["subtype"]), place, line, claim, fact or "see the guide")
        found = plain.get((place, match["text"]), found)
        yield mended(found, _text(texts.get(place)), lore) if found.edit is None else found


def _plain(pages: Pages, lore: LoreLock) -> dict[tuple[str, str], Finding]:
    """Give what is claimed beside plain links, as in plain notes: with its code and its edit."""
    found: dict[tuple[str, str], Finding] = {}
    for path in pages.files.values():
        if path.suffix == ".md":
            place = _shown(path)
            links = notebook.read(_text(path)).links
            found |= {(place, one.text): one for one in messages(place, links, lore)}
    return found


def _text(path: Path | None) -> str:
    try:
        return path.read_text(encoding="utf-8") if path else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _ended(pages: Pages, lore: LoreLock) -> Iterator[Finding]:
    """Tell of cards that say they are under review, of what was merged or dropped."""
    for docname, card in pages.series:
        message = lore.messages.get(card.message_id)
        if card.review and message and (became := ended(message)):
            file = _shown(pages.files[docname])
            yield Finding(Code.LANDED, file, card.line, f"<{card.message_id}> under review", became)


def _spelled(pages: Pages) -> Iterator[Finding]:
    cited: dict[str, set[str]] = {}
    for docname, citation in pages.citations:
        if citation.role in ("lore", "series"):
            cited.setdefault(docname, set()).add(citation.key)
    for docname, keys in cited.items():
        path = pages.files[docname]
        yield from spelled(_shown(path), _text(path), keys)


def _news(pages: Pages, lore: LoreLock, source: Locks) -> Iterator[Finding]:
    told: set[tuple[str, str, str]] = set()
    for docname, citation in pages.citations:
        key = (docname, citation.key, citation.release)
        if key in told:
            continue
        told.add(key)
        if found := _one(_shown(pages.files[docname]), citation, lore, source):
            yield found


def _one(file: str, citation: Citation, lore: LoreLock, source: Locks) -> Finding | None:
    if citation.role in ("series", "lore"):
        message = lore.messages.get(citation.key)
        return newer(file, citation.line, citation.key, message) if message else None
    if citation.role in FAMILIES and citation.role != "kfile":
        name = citation.key.rpartition(":")[2]
        claim = FAMILIES[citation.role].form.format(name)
        return gone(file, citation.line, claim, citation.release, *presence(name, source))
    return None


def _shown(path: Path) -> str:
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
