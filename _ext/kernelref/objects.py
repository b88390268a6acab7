"""What pages hold that other pages gather: articles, and questions."""

from __future__ import annotations

from dataclasses import dataclass

from .core.lock import Standing


@dataclass(frozen=True, slots=True)
class ReadingObject:
    """The card of an article, a talk, a paper or a wiki page. ``date`` is ``YYYY[-MM[-DD]]`` or empty."""

    url: str
    anchor: str
    title: str
    author: str
    date: str
    genre: str
    standing: Standing
    line: int


@dataclass(frozen=True, slots=True)
class QuestionObject:
    """An item of a task list: a question of the notes. ``card`` is the title of the card around it."""

    text: str
    anchor: str
    done: bool
    card: str


@dataclass(frozen=True, slots=True)
class Gathering:
    """That a page shows something gathered, and so is written again when any page changes."""

    kind: str
