"""What reaches a terminal: names and paths of a tree are other people's text, and may hold anything."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.progress import TextColumn

MAX_WIDTH = 500
"""Columns of a file, which has no edge to cut lines at."""


def visible(text: str) -> str:
    """Escape what is not printable: control sequences, marks that reorder, bytes that are no text."""
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def to_json(value: object) -> str:
    """Give JSON for another tool, which a terminal may be shown too."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    kept = (char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)
    return "".join(kept) + "\n"


def text_column(text: str) -> TextColumn:
    """Make a column of a progress bar that takes brackets for brackets."""
    return TextColumn(text, markup=False)


class Terminal(Console):
    """The error stream, where texts are printed as they are read: no markup, nothing invisible."""

    def __init__(self) -> None:
        super().__init__(stderr=True, highlight=False, markup=False)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print texts made visible, and what rich draws as it is."""
        super().print(*(visible(one) if isinstance(one, str) else one for one in objects), **options)
