"""Passes over many files of a tree, side by side: segments of its outline, tables of them, facts."""

from __future__ import annotations

import json
from array import array
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .foreseen import Foreseen
from .kinds import is_source
from .manifest import Manifest
from .read import grammar_of, read_facts
from .table import Outline, Part
from .workers import (
    BLOBS,
    FACTS,
    LATE,
    LATE_NAMES,
    MENTIONS,
    MOST,
    NEAR,
    OUTLINE,
    WALK,
    WORDS,
    Job,
    as_is,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from ..tree import Tree
    from .pairs import Pairs
    from .store import Store
    from .workers import Workers

    Progress = Callable[[int, int], None]
    """Called with how many files are done, and of how many."""

_SEGMENT: Final = 2000
"""Files of one segment: each lookup asks every segment."""
_MOST_SEGMENTS: Final = 96
_WORTH_WORKERS: Final = 40
"""Fewer files are read before a worker has started."""
_WORTH_READY: Final = 3
"""The same where workers are there already."""
_TELL: Final = 32


def do(job: Job, tree: Tree, told: Callable[[int], None]) -> None:
    """A worker's share: read each file once, and write what is asked for."""
    from .files import File
    from .makers import makers_of
    from .whole import WHOLE

    for kind in WHOLE.keys() & job.targets.keys():
        Path(job.targets[kind]).write_bytes(WHOLE[kind](job, tree))
        return
    makers = makers_of(job)
    numbers = job.numbers or range(len(job.paths))
    untold = 0
    for number, (path, source) in zip(numbers, tree.read_many(job.paths), strict=True):
        file = File(tree, number, path, source)
        for maker in makers.values():
            maker.add(file)
        untold += 1
        if untold == _TELL:
            told(untold)
            untold = 0
    for kind, maker in makers.items():
        maker.write(Path(job.targets[kind]))
    told(untold)


class Scanner:
    """Makes for one tree what is not in the store yet."""

    def __init__(self, tree: Tree, store: Store, workers: Workers) -> None:
        """Nothing is read yet."""
        self.tree, self.store, self.workers = tree, store, workers
        self._foreseen = {kind: Foreseen(kind) for kind in (MENTIONS, LATE_NAMES)}

    def walk(self) -> None:
        """Have a worker find out what files there are: a thread that does it waits for all others."""
        with self.store.workroom() as room:
            job = Job(self.tree.spec, (), {WALK: f"{room}/walk"})
            self.workers.run([job], self.tree, worth=True)
            self.tree.adopt(Path(job.targets[WALK]).read_bytes())

    # --- the outline ---------------------------------------------------------

    def outline(self) -> Outline:
        """The outline of the tree as it is now: kept, or put together from what is kept and what is new."""
        return self._kept() or self._made((), facts=False, progress=None)

    def everything(self, progress: Progress | None = None) -> Outline:
        """The outline with all that can be known ahead: tables and facts of all files, in one reading."""
        kept = self._kept()
        made = kept or self._made((WORDS, LATE), facts=True, progress=progress)
        for kind in (WORDS, LATE):
            self.tables(made, kind)
        lacking = [
            path for path, blob in made.blobs.items() if not self.store.has_facts(blob + grammar_of(path))
        ]
        self.parse(sorted(set(lacking) - made.late), progress if kept else None, packed=True)
        if progress is not None:
            progress(len(made.paths), len(made.paths))
        return made

    def _kept(self) -> Outline | None:
        manifest = self.store.manifest(self.tree.place)
        found = self._parts(manifest) if manifest else None
        if manifest is None or found is None:
            return None
        made = Outline(found)
        return made if self.tree.stamp(made.paths, manifest.folders) == manifest.stamp else None

    def _parts(self, manifest: Manifest) -> list[Part] | None:
        parts: list[Part] = []
        for name, live in manifest.segments:
            segment = self.store.segment(name)
            if segment is None or len(segment.files) != len(live):
                return None
            parts.append(Part(name, segment, live))
        return parts

    def _made(self, tables: Sequence[str], facts: bool, progress: Progress | None) -> Outline:
        paths = [path for path in self.tree.paths() if is_source(path)]
        names = self.store.segments()
        parts = self._usable(names, self._blobs(paths)) if names else []
        covered = {
            path for part in parts for path, live in zip(part.segment.paths, part.live, strict=True) if live
        }
        missing = [path for path in paths if path not in covered]
        parts += self._segments(missing, tables, facts, progress)
        made = Outline(parts)
        folders = self.tree.stamped_folders()
        stamp = self.tree.stamp(made.paths, folders)
        segments = tuple((part.name, part.live) for part in parts)
        self.store.keep_manifest(self.tree.place, Manifest(segments, stamp, folders))
        return made

    def _usable(self, names: Sequence[str], blobs: dict[str, str]) -> list[Part]:
        """The kept segments of which most is in the tree; no file of it twice."""
        wanted = {f"{path}\t{blob}" for path, blob in blobs.items()}
        found: list[Part] = []
        for name in names:
            if len(found) == _MOST_SEGMENTS:
                break
            segment = self.store.segment(name)
            if segment is None:
                continue
            live = bytes(map(wanted.__contains__, segment.files))
            if 2 * sum(live) > len(live):
                found.append(Part(name, segment, live))
                wanted.difference_update(segment.files)
        return found

    def _blobs(self, paths: Sequence[str]) -> dict[str, str]:
        """The name of each file's content; what did not change since is not read again."""
        told = self.tree.known_blobs()
        if told is not None:
            return {path: told[path] for path in paths}
        known = self._unchanged()
        unknown = [path for path in paths if path not in known]
        return {**known, **self._read_blobs(unknown)}

    def _unchanged(self) -> dict[str, str]:
        manifest = self.store.manifest(self.tree.place)
        parts = self._parts(manifest) if manifest else None
        if manifest is None or parts is None:
            return {}
        before = Outline(parts)
        then = array("q", manifest.stamp)[len(manifest.folders) :]
        now = array("q", self.tree.stamp(before.paths, ()))
        pairs = zip(before.blobs.items(), then[::2], now[::2], then[1::2], now[1::2], strict=True)
        return {path: blob for (path, blob), a, b, c, d in pairs if a == b >= 0 and c == d}

    def _read_blobs(self, paths: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for blobs in self._told(BLOBS, paths):
            found |= blobs
        return found

    def _segments(
        self, paths: Sequence[str], tables: Sequence[str], facts: bool, progress: Progress | None
    ) -> list[Part]:
        kinds = [OUTLINE, *tables, *([FACTS] if facts else [])]
        parts: list[Part] = []
        with self.store.workroom() as room:
            jobs = [
                Job(
                    self.tree.spec,
                    share,
                    {kind: f"{room}/{number}.{kind}" for kind in kinds},
                    store=str(self.store.folder),
                )
                for number, share in enumerate(self._shares(paths, _SEGMENT))
            ]
            self._run(jobs, len(paths), progress, self._with_searches)
            for foreseen in self._foreseen.values():
                foreseen.take()
            for job in jobs:
                name, segment = self.store.take_segment(Path(job.targets[OUTLINE]))
                parts.append(Part(name, segment, b"\1" * len(job.paths)))
                for kind in tables:
                    self.store.take_table(kind, name, Path(job.targets[kind]))
                if facts:
                    self.store.take_pack(Path(job.targets[FACTS]))
        return parts

    # --- tables --------------------------------------------------------------

    def kept_tables(self, made: Outline, kind: str) -> list[Pairs] | None:
        """The words, or the late names, of each segment, where the store has them of all files of a tree."""
        found: list[Pairs] = []
        for part in made.parts:
            kept = self._table(part, kind)
            if kept is None:
                return None
            found.append(kept)
        return found

    def _table(self, part: Part, kind: str) -> Pairs | None:
        kept = self.store.table(kind, part.name)
        return kept if kept is not None and kept.has(_needed(part, kind)) else None

    def tables(self, made: Outline, kind: str) -> list[Pairs]:
        """The words, or the late names, of each segment; those that are not kept are made."""
        found: dict[str, Pairs] = {}
        lacking: dict[str, Part] = {}
        for part in made.parts:
            if kept := self._table(part, kind):
                found[part.name] = kept
            else:
                lacking[part.name] = part
        with self.store.workroom() as room:
            jobs = [self._table_job(part, kind, f"{room}/{name}") for name, part in lacking.items()]
            self._run(jobs, sum(len(job.paths) for job in jobs), None)
            for name, job in zip(lacking, jobs, strict=True):
                found[name] = self.store.take_table(kind, name, Path(job.targets[kind]))
        return [found[part.name] for part in made.parts]

    def _table_job(self, part: Part, kind: str, target: str) -> Job:
        numbers = tuple(number for number, needed in enumerate(_needed(part, kind)) if needed)
        paths = tuple(part.segment.paths[number] for number in numbers)
        return Job(self.tree.spec, paths, {kind: target}, numbers=numbers, count=len(part.live))

    # --- facts ---------------------------------------------------------------

    def parse(self, paths: Sequence[str], progress: Progress | None = None, packed: bool = False) -> None:
        """Put the facts of all these files into the store."""
        if len(paths) <= (_WORTH_READY if self.workers.started else _WORTH_WORKERS):
            for done, (path, source) in enumerate(self.tree.read_many(paths), 1):
                blob = self.tree.blob_named(path, source) + grammar_of(path)
                if not self.store.has_facts(blob):
                    self.store.keep(blob, read_facts(path, source))
                if progress is not None:
                    progress(done, len(paths))
            return
        size = _SEGMENT if packed else self._small(len(paths))
        with self.store.workroom() as room:
            jobs = [
                Job(self.tree.spec, share, {FACTS: f"{room}/{number}"})
                for number, share in enumerate(self._shares(paths, size))
            ]
            self._run(jobs, len(paths), progress)
            for job in jobs:
                self.store.take_pack(Path(job.targets[FACTS]))

    # --- names in texts ------------------------------------------------------

    def foresee(self, kind: str, words: Collection[str]) -> None:
        """Say which words `mentions` or `late_names`, by their kind of work, will be asked for."""
        self._foreseen[kind].expect(words)

    def _with_searches(self, job: Job) -> Job:
        """A job that makes an outline, and on the way looks for what is foreseen by now."""
        for foreseen in self._foreseen.values():
            job = foreseen.added_to(job)
        return job

    def mentions(self, paths: Sequence[str], words: Collection[str]) -> dict[str, list[str]]:
        """For each word the files that have it."""
        return self._search(MENTIONS, paths, words)

    def late_names(self, paths: Sequence[str], names: Collection[str]) -> dict[str, list[str]]:
        """For each name the headers of registers that define it."""
        return self._search(LATE_NAMES, paths, names)

    def _search(self, kind: str, paths: Sequence[str], words: Collection[str]) -> dict[str, list[str]]:
        searched, known = self._foreseen[kind].known(words)
        rest = [path for path in paths if path not in searched]
        told = [known, *self._told(kind, rest, known)] if known else []
        if unforeseen := [word for word in words if word not in known]:
            told += self._told(kind, paths, unforeseen)
        return {word: [path for here in told for path in here.get(word, ())] for word in words}

    def near(self, made: Outline, names: Collection[str], most: int = MOST) -> dict[str, tuple[str, ...]]:
        """The names nearest to each of some, by ``most`` workers; nothing of those that none can tell of."""
        count = min(self.workers.count, most, len(names))
        shares = [sorted(names)[start::count] for start in range(count)]
        segments = {part.name: tuple(part.gone) for part in made.parts}
        folder = str(self.store.folder)
        with self.store.workroom() as room:
            jobs = [
                Job(
                    self.tree.spec,
                    (),
                    {NEAR: f"{room}/{number}"},
                    words={NEAR: tuple(share)},
                    store=folder,
                    segments=segments,
                )
                for number, share in enumerate(shares)
            ]
            self.workers.run(jobs, self.tree, worth=len(names) > 1, most=count)
            told = [json.loads(Path(job.targets[NEAR]).read_text("utf-8")) for job in jobs]
        return {name: tuple(near) for here in told for name, near in here.items()}

    # --- shares --------------------------------------------------------------

    def _told(self, kind: str, paths: Sequence[str], words: Collection[str] = ()) -> list[dict[str, Any]]:
        """What workers tell of their shares of some files, for what is asked once and not kept."""
        with self.store.workroom() as room:
            jobs = [
                Job(self.tree.spec, share, {kind: f"{room}/{number}"}, words={kind: tuple(words)})
                for number, share in enumerate(self._shares(paths, min(_SEGMENT, self._small(len(paths)))))
            ]
            self._run(jobs, len(paths), None)
            return [json.loads(Path(job.targets[kind]).read_text("utf-8")) for job in jobs]

    def _small(self, files: int) -> int:
        # So that whoever is done early has more to do.
        return -(-files // (4 * self.workers.count)) or 1

    def _shares(self, paths: Sequence[str], size: int) -> Iterable[tuple[str, ...]]:
        # Every n-th file, so that all shares have as much of what is large for their size.
        count = -(-len(paths) // size)
        workers = self.workers.count
        if len(paths) <= _WORTH_WORKERS:
            return (tuple(paths[start::count]) for start in range(count))
        count += -count % workers
        # The last are halves and quarters, so that nobody waits long for who is done last.
        ends = [2] * workers + [1] * 2 * workers
        sizes = [4] * (count - workers) + ends
        starts = accumulate(sizes, initial=0)
        return (
            tuple(sorted(chain.from_iterable(paths[start + slot :: 4 * count] for slot in range(slots))))
            for start, slots in zip(starts, sizes, strict=False)
        )

    def _run(
        self,
        jobs: Sequence[Job],
        files: int,
        progress: Progress | None,
        last: Callable[[Job], Job] = as_is,
    ) -> None:
        done = 0

        def told(more: int) -> None:
            nonlocal done
            done += more
            if progress is not None:
                progress(done, files)

        least = _WORTH_READY if self.workers.started else _WORTH_WORKERS
        self.workers.run(jobs, self.tree, worth=files > least, told=told, last=last)


def _needed(part: Part, kind: str) -> bytes:
    """Which files of a segment a table has to have: all that the tree has, or of these the late ones."""
    if kind != LATE:
        return part.live
    late = frozenset(part.segment.late)
    return bytes(live and number in late for number, live in enumerate(part.live))
