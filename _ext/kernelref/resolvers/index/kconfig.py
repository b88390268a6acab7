"""Kconfig files: the symbols that they define."""

from __future__ import annotations

import re
from typing import Final

from ...core.source import Kind
from .facts import FileFacts, Found
from .lines import Lines

_ENTRY: Final = re.compile(rb"^(?P<word>menuconfig|config)[ \t]+(?P<name>\w+)", re.MULTILINE)
_NEXT: Final = re.compile(
    rb"^(?:menuconfig|config|choice|endchoice|comment|menu|endmenu|if|endif|source|mainmenu)\b", re.MULTILINE
)


def read_kconfig(source: bytes) -> FileFacts:
    """The symbols of one file, under the names that C gives them (``CONFIG_X``)."""
    lines = Lines(source)
    facts = FileFacts()
    for match in _ENTRY.finditer(source):
        following = _NEXT.search(source, match.end())
        stop = following.start() if following else len(source)
        stop = match.start() + len(source[match.start() : stop].rstrip())
        facts.found.append(
            Found(
                f"CONFIG_{match['name'].decode()}",
                Kind.CONFIG,
                lines.at(match.start()),
                lines.at(stop - 1),
                match.start(),
                match.end(),
                stop,
            )
        )
    return facts
