"""What a worker makes of files while it reads them: several things of one reading.

A maker is asked for by its name in a job's targets; it takes file after file and writes one file.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from . import packs, pairs, registers, segment, words
from .read import grammar_of, read_facts
from .store import Store, record_of
from .workers import BLOBS, FACTS, LATE, LATE_NAMES, MENTIONS, OUTLINE, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .workers import Job

    NamesOf = Callable[[str, bytes], set[bytes]]

_FEW: Final = 12
"""So many names are looked for one by one; more, by all words of a file."""


class Maker(Protocol):
    """Takes files, then writes what it made of them."""

    def add(self, number: int, path: str, blob: str, source: bytes) -> None:
        """Take the file of a number; ``blob`` is the name of its content."""

    def write(self, target: Path) -> None:
        """Write it all down."""


class Outlines:
    """A segment of the outline."""

    def __init__(self, job: Job) -> None:
        """Begin."""
        self._made = segment.Making()

    def add(self, number: int, path: str, blob: str, source: bytes) -> None:
        """Take a file's names and what it includes."""
        self._made.add(path, blob, source)

    def write(self, target: Path) -> None:
        """Write the segment."""
        self._made.write(target)


class Tables:
    """Words of each file of a segment."""

    def __init__(self, words_of: Callable[[str, bytes], set[bytes]], job: Job) -> None:
        """Begin; ``words_of`` says which of a file."""
        self._words_of = words_of
        self._made = pairs.Making(job.count)

    def add(self, number: int, path: str, blob: str, source: bytes) -> None:
        """Take a file's words."""
        self._made.add(number, self._words_of(path, source))

    def write(self, target: Path) -> None:
        """Write the table."""
        self._made.write(target)


class Facts:
    """A pack of facts: of contents that the store has none of, and of nothing that only lists registers."""

    def __init__(self, job: Job) -> None:
        """Begin; where the job names a store, what is there is not read again."""
        self._store = Store(Path(job.store)) if job.store else None
        self._records: dict[str, bytes] = {}

    def add(self, number: int, path: str, blob: str, source: bytes) -> None:
        """Read a file."""
        name = blob + grammar_of(path)
        if name in self._records or (self._store is not None and self._store.has_facts(name)):
            return
        # The tables have all names of such a header; what else it says is read when it is asked for.
        if not (registers.is_list(path, source) and registers.is_all(source)):
            self._records[name] = record_of(read_facts(path, source))

    def write(self, target: Path) -> None:
        """Write the pack."""
        packs.write(target, self._records)


class Blobs:
    """The names of contents."""

    def __init__(self, job: Job) -> None:
        """Begin."""
        self._blobs: dict[str, str] = {}

    def add(self, number: int, path: str, blob: str, source: bytes) -> None:
        """Take a name."""
        self._blobs[path] = blob

    def write(self, target: Path) -> None:
        """Write them as JSON."""
        target.write_text(json.dumps(self._blobs), "utf-8")


class Seeking:
    """For some names the files in which each is what is looked for."""

    def __init__(self, is_there: Callable[[bytes, bytes], bool], names_of: NamesOf | None, job: Job) -> None:
        """Begin; the job has the names.

        ``is_there`` says of a name and a text that has it whether it counts; where the names are many,
        ``names_of`` gives what of a file they have to be among.
        """
        self._is_there = is_there
        self._names_of = names_of if len(job.words) > _FEW else None
        self._names = frozenset(word.encode() for word in job.words)
        self._found: dict[str, list[str]] = {word: [] for word in job.words}

    def add(self, number: int, path: str, blob: str, source: bytes) -> None:
        """Look into a file."""
        for name in self._names if self._names_of is None else self._names & self._names_of(path, source):
            if name in source and self._is_there(name, source):
                self._found[name.decode()].append(path)

    def write(self, target: Path) -> None:
        """Write them as JSON."""
        target.write_text(json.dumps(self._found), "utf-8")


def _is_word(name: bytes, text: bytes) -> bool:
    """Whether a name stands in a text as a word."""
    return _word(name).search(text) is not None


@lru_cache(maxsize=1024)
def _word(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"%s(?<!\w%s)(?!\w)" % (re.escape(name), re.escape(name)))


def _is_defined(name: bytes, text: bytes) -> bool:
    """Whether a header of registers defines a name."""
    return name in registers.names_of("", text)


def _late_names(path: str, text: bytes) -> set[bytes]:
    return registers.names_of(path, text) if registers.is_list(path, text) else set()


_MAKERS: Final[dict[str, Callable[[Job], Maker]]] = {
    OUTLINE: Outlines,
    WORDS: partial(Tables, words.words_of),
    LATE: partial(Tables, _late_names),
    FACTS: Facts,
    BLOBS: Blobs,
    MENTIONS: partial(Seeking, _is_word, words.words_of),
    LATE_NAMES: partial(Seeking, _is_defined, registers.names_of),
}


def makers_of(job: Job) -> dict[str, Maker]:
    """The makers that a job asks for, by the names of its targets."""
    return {kind: _MAKERS[kind](job) for kind in job.targets}
