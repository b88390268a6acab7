"""What a worker makes of files while it reads them: several things of one reading.

A maker is asked for by its name in a job's targets; it takes file after file and writes one file.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from . import making, packs, pairs, registers, words
from .read import C, grammar_of, read_facts
from .store import Store, record_of
from .workers import BLOBS, FACTS, LATE, LATE_NAMES, MENTIONS, OUTLINE, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .files import File
    from .workers import Job


_FEW: Final = 12
"""So many names are looked for one by one; more, by all words of a file."""


_LETTERS: Final = b"A"
"""No word that begins with a letter or an underscore sorts before this, and each number does."""


class Maker(Protocol):
    """Takes files, then writes what it made of them."""

    def add(self, file: File) -> None:
        """Take a file."""

    def write(self, target: Path) -> None:
        """Write it all down."""


class Outlines:
    """A segment of the outline."""

    def __init__(self, job: Job) -> None:
        """Begin."""
        self._made = making.Making()

    def add(self, file: File) -> None:
        """Take a file's names and what it includes."""
        self._made.add(file)

    def write(self, target: Path) -> None:
        """Write the segment."""
        self._made.write(target)


class Words:
    """The words of each file of a segment."""

    def __init__(self, job: Job) -> None:
        """Begin; whoever reads facts beside has no use for the words of comments, and need not have them."""
        self._made = pairs.Making(job.count)
        self._words_of = _words_of_code if FACTS in job.targets else _words_of

    def add(self, file: File) -> None:
        """Take a file's words; numbers, a seventh of them, nobody asks for."""
        self._made.add(file.number, filter(_LETTERS.__le__, self._words_of(file)))

    def write(self, target: Path) -> None:
        """Write the table."""
        self._made.write(target)


class LateNames:
    """The names that each header of registers of a segment defines."""

    def __init__(self, job: Job) -> None:
        """Begin."""
        self._made = pairs.Making(job.count)

    def add(self, file: File) -> None:
        """Take a file's names."""
        self._made.add(file.number, _late_names(file))

    def write(self, target: Path) -> None:
        """Write the table."""
        self._made.write(target)


class Facts:
    """A pack of facts: of contents that the store has none of, and of nothing that only lists registers."""

    def __init__(self, job: Job) -> None:
        """Begin; where the job names a store, what is there is not read again."""
        self._store = Store(Path(job.store)) if job.store else None
        self._records: dict[str, bytes] = {}

    def add(self, file: File) -> None:
        """Read a file."""
        name = file.blob + grammar_of(file.path)
        if name in self._records or (self._store is not None and self._store.has_facts(name)):
            return
        # The tables have all names of such a header; what else it says is read when it is asked for.
        if not (file.is_list and file.listed.is_all):
            known = (file.clean, file.words) if grammar_of(file.path) == C else ()
            self._records[name] = record_of(read_facts(file.path, file.source, *known))

    def write(self, target: Path) -> None:
        """Write the pack."""
        packs.write(target, self._records)


class Blobs:
    """The names of contents."""

    def __init__(self, job: Job) -> None:
        """Begin."""
        self._blobs: dict[str, str] = {}

    def add(self, file: File) -> None:
        """Take a name."""
        self._blobs[file.path] = file.blob

    def write(self, target: Path) -> None:
        """Write them as JSON."""
        target.write_text(json.dumps(self._blobs), "utf-8")


class Mentions:
    """For some words the files that have them."""

    def __init__(self, job: Job) -> None:
        """Begin; the job has the words."""
        self._words = frozenset(word.encode() for word in job.words[MENTIONS])
        self._found: dict[str, list[str]] = {word: [] for word in job.words[MENTIONS]}

    def add(self, file: File) -> None:
        """Look into a file."""
        if not words.is_searched(file.path):
            return
        for word in self._words if len(self._words) <= _FEW else self._words & _words_of(file):
            if word in file.source and _word(word).search(file.source):
                self._found[word.decode()].append(file.path)

    def write(self, target: Path) -> None:
        """Write them as JSON."""
        target.write_text(json.dumps(self._found), "utf-8")


class Registers:
    """For some names the headers of registers that define them."""

    def __init__(self, job: Job) -> None:
        """Begin; the job has the names."""
        self._sought = registers.Sought([name.encode() for name in job.words[LATE_NAMES]])
        self._found: dict[str, list[str]] = {name: [] for name in job.words[LATE_NAMES]}

    def add(self, file: File) -> None:
        """Look into a header of registers."""
        if not file.is_list:
            return
        for name in self._sought.within(file.path, file.source, file.others):
            self._found[name.decode()].append(file.path)

    def write(self, target: Path) -> None:
        """Write them as JSON."""
        target.write_text(json.dumps(self._found), "utf-8")


@lru_cache(maxsize=1024)
def _word(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"%s(?<!\w%s)(?!\w)" % (re.escape(name), re.escape(name)))


def _words_of(file: File) -> set[bytes]:
    if not words.is_searched(file.path):
        return set()
    return words.words_of(file.listed.rest if file.is_list else file.source)


def _words_of_code(file: File) -> set[bytes]:
    if not words.is_searched(file.path):
        return set()
    return words.words_of(file.listed.rest) if file.is_list else file.words


def _late_names(file: File) -> set[bytes]:
    return registers.names_of(file.path, file.listed) if file.is_list else set()


_MAKERS: Final[dict[str, Callable[[Job], Maker]]] = {
    OUTLINE: Outlines,
    WORDS: Words,
    LATE: LateNames,
    FACTS: Facts,
    BLOBS: Blobs,
    MENTIONS: Mentions,
    LATE_NAMES: Registers,
}


def makers_of(job: Job) -> dict[str, Maker]:
    """The makers that a job asks for, by the names of its targets."""
    return {kind: _MAKERS[kind](job) for kind in job.targets}
