"""A site's own pages: what a build of them warns of, as findings, and what is news of what they cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..core.checking import Locks, gone, newer, presence
from ..core.findings import Code, Finding
from ..core.lock import LoreLock
from ..domain import Citation
from ..lookup_source import FAMILIES
from .pages import Pages

_WARNING = re.compile(
    r"^(?P<file>[^\n]+?)(?::(?P<line>\d+))?: WARNING: (?P<text>.+) \[kernel\.(?P<subtype>\w+)\]$",
    re.MULTILINE,
)


def check_site(pages: Pages, lore: LoreLock, source: Locks) -> list[Finding]:
    """Give the findings of all pages, by place. Paths are as from the current folder."""
    found = [*_wrong(pages), *_news(pages, lore, source)]
    return sorted(dict.fromkeys(found), key=lambda finding: finding.order)


def _wrong(pages: Pages) -> Iterator[Finding]:
    """What a build warns of, with the warning's own words: claim, fact and remedy."""
    for match in _WARNING.finditer(pages.warnings):
        claim, _, fact = match["text"].partition("; ")
        place = _shown(Path(match["file"]))
        yield Finding(Code(match["subtype"]), place, int(match["line"] or 1), claim, fact or "see the guide")


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
