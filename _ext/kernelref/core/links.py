"""Where names lead: Elixir for source, a web front of git for commits, LWN for articles."""

from __future__ import annotations

import re
from urllib.parse import quote

from .source import Kind

_LWN = re.compile(r"(?:https?://(?:www\.)?lwn\.net/Articles/|lwn\.net/Articles/)?(\d{1,9})/?(?:#.*)?")


def source(base: str, tag: str, path: str, line: int = 0, end: int = 0) -> str:
    """Give Elixir's page of a file, at a line or a range of lines."""
    anchor = f"#L{line}" if line else ""
    if end > line > 0:
        anchor += f"-L{end}"
    return f"{base}/{quote(tag)}/source/{quote(path)}{anchor}"


def identifier(base: str, release: str, name: str, kind: Kind | None = None) -> str:
    """Give Elixir's page of an identifier, for a release that nobody pinned."""
    family = "K" if kind is Kind.CONFIG else "C"
    return f"{base}/{quote(release)}/{family}/ident/{quote(name)}"


def article(text: str) -> str | None:
    """Give the URL of an LWN article, from its number or any form of its URL; else None."""
    match = _LWN.fullmatch(text.strip())
    return f"https://lwn.net/Articles/{match[1]}/" if match else None
