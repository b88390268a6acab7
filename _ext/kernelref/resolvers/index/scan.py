"""Passes over many files of a tree: its outline, words in it, and parsing, side by side."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from . import outline, registers, table, words, workers
from .read import grammar_of, read_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..tree import Tree
    from .store import Store

_OUTLINE_BATCH: Final = 1500
_WORDS_BATCH: Final = 1000
_PARSE_BATCH: Final = 16
_LARGE: Final = 16_384
_WORTH_WORKERS: Final = 40
"""Fewer files are read before a worker has started."""

_WORD: Final = re.compile(rb"[A-Za-z_]\w+")
_HELD: Final = rb"(?:=\s*&?|[(,]\s*&?)%s\s*[,;)}\n]"
_FEW: Final = 6
"""So many names are looked for one by one; more, by all words of a file."""


def outline_of(tree: Tree, store: Store) -> table.Outline:
    """The outline of a tree, from the store or made now."""
    return store.outline(tree.version(), lambda target: _make_outline(tree, target))


def _make_outline(tree: Tree, target: Path) -> None:
    paths = [path for path in tree.paths() if outline.is_source(path)]
    with tempfile.TemporaryDirectory(prefix="kernelref-") as folder:
        jobs = [
            workers.Job("outline", tree.spec, f"{folder}/{start}", start, batch)
            for start, batch in _batches(paths, _OUTLINE_BATCH)
        ]
        workers.run(jobs, tree, worth=len(paths) > 2 * _OUTLINE_BATCH)
        parts = [Path(job.target) for job in jobs]
        heads = [line for part in parts for line in Path(f"{part}.heads").read_bytes().splitlines()]
        table.write(target, heads, parts)


def _batches(paths: Sequence[str], size: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    return ((start, tuple(paths[start : start + size])) for start in range(0, len(paths), size))


def write_part(tree: Tree, job: workers.Job) -> None:
    """A worker's share of an outline, and the files' own lines in a second file."""
    part, heads = table.part_of(tree.read_many(job.paths))
    Path(job.target).write_bytes(part)
    Path(f"{job.target}.heads").write_bytes(b"".join(head + b"\n" for head in heads))


def words_of(tree: Tree, store: Store, paths: Sequence[str]) -> words.Words:
    """The index of the words of some files of a tree, from the store or made now."""
    return store.words(tree.version(), len(paths), lambda target: _make_words(tree, paths, target))


def _make_words(tree: Tree, paths: Sequence[str], target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="kernelref-") as folder:
        jobs = [
            workers.Job("words", tree.spec, f"{folder}/{start}", start, batch)
            for start, batch in _batches(paths, _WORDS_BATCH)
        ]
        workers.run(jobs, tree, worth=len(paths) > 2 * _WORDS_BATCH)
        words.write(target, [Path(job.target) for job in jobs])


def write_words(tree: Tree, job: workers.Job) -> None:
    """A worker's share of the words."""
    Path(job.target).write_bytes(words.part_of(text for _, text in tree.read_many(job.paths)))


def parse_all(
    tree: Tree, store: Store, paths: Sequence[str], progress: Callable[[int, int], None] | None = None
) -> None:
    """Put the facts of all these files into the store."""
    jobs = [
        workers.Job("facts", tree.spec, str(store.folder), 0, batch)
        for _, batch in _batches(paths, _PARSE_BATCH)
    ]
    done = 0

    def finished(job: workers.Job) -> None:
        nonlocal done
        done += len(job.paths)
        if progress is not None:
            progress(done, len(paths))

    workers.run(jobs, tree, worth=len(paths) > _WORTH_WORKERS, store=store, finished=finished)


def parse_some(tree: Tree, store: Store, paths: Sequence[str]) -> None:
    """A worker's share of `parse_all`."""
    for path, source in tree.read_many(paths):
        if len(source) > _LARGE and registers.is_all(source):
            continue  # The outline has all its names; what else it says is read when it is asked for.
        blob = tree.blob_named(path, source) + grammar_of(path)
        if not store.has_facts(blob):
            store.keep(blob, read_facts(path, source))


def holders(tree: Tree, paths: Sequence[str], names: Sequence[str]) -> dict[str, list[str]]:
    """For each name the files that set something to it or pass it, told from the text alone."""
    with tempfile.TemporaryDirectory(prefix="kernelref-") as folder:
        jobs = [
            workers.Job("holders", tree.spec, f"{folder}/{start}", start, batch, tuple(names))
            for start, batch in _batches(paths, _OUTLINE_BATCH)
        ]
        workers.run(jobs, tree, worth=len(names) > _FEW and len(paths) > 2 * _OUTLINE_BATCH)
        found: dict[str, list[str]] = {name: [] for name in names}
        for job in jobs:
            for name, here in json.loads(Path(job.target).read_text("utf-8")).items():
                found[name] += here
    return found


def write_holders(tree: Tree, job: workers.Job) -> None:
    """A worker's share of `holders`."""
    shapes = {name.encode(): re.compile(_HELD % re.escape(name.encode())) for name in job.words}
    found: dict[str, list[str]] = {}
    for path, text in tree.read_many(job.paths):
        few = len(shapes) <= _FEW
        here = shapes.keys() if few else set(_WORD.findall(text)) & shapes.keys()
        for name in here:
            if (not few or name in text) and shapes[name].search(text):
                found.setdefault(name.decode(), []).append(path)
    Path(job.target).write_text(json.dumps(found), "utf-8")
