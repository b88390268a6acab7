"""Words that will be sought: found in the texts of a tree while these are read for its outline.

Whoever locks a site's pages learns what they ask when the outline is half made. What is not read by then is
read once.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .workers import OUTLINE

if TYPE_CHECKING:
    from collections.abc import Collection

    from .workers import Job


class Foreseen:
    """What one kind of search will look for, and what it has found so far."""

    def __init__(self, kind: str) -> None:
        """Expect nothing."""
        self._kind = kind
        self._words: tuple[str, ...] = ()
        # target -> the job that writes it
        self._sent: dict[str, Job] = {}
        self._files: set[str] = set()
        self._found: dict[str, list[str]] = {}

    def expect(self, words: Collection[str]) -> None:
        """Say, once, what will be sought."""
        if not self._words:
            self._words = tuple(sorted(words))

    def added_to(self, job: Job) -> Job:
        """A job that makes an outline, and looks for what is expected by now."""
        words = self._words
        if not words:
            return job
        target = f"{job.targets[OUTLINE]}.{self._kind}"
        targets, sought = {**job.targets, self._kind: target}, {**job.words, self._kind: words}
        self._sent[target] = replace(job, targets=targets, words=sought)
        return self._sent[target]

    def take(self) -> None:
        """Read what the jobs found."""
        for target, job in self._sent.items():
            self._files.update(job.paths)
            for word, files in json.loads(Path(target).read_text("utf-8")).items():
                self._found.setdefault(word, []).extend(files)
        self._sent.clear()

    def known(self, words: Collection[str]) -> tuple[Collection[str], dict[str, list[str]]]:
        """The files that were searched, and those of them that have each of these words that was expected."""
        return self._files, {word: self._found.get(word, []) for word in {*words} & {*self._words}}
