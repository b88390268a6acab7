"""Passes over many files of a tree: its outline, words in it, and parsing, side by side."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from . import outline, workers
from .read import grammar_of, read_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..tree import Tree
    from .store import Store

_OUTLINE_BATCH: Final = 1500
_PARSE_BATCH: Final = 24
_WORTH_WORKERS: Final = 120
"""Fewer files are read before a worker has started."""


def outline_of(tree: Tree, store: Store) -> outline.Outline:
    """The outline of a tree, from the store or made now."""
    return store.outline(tree.version(), lambda target: _make_outline(tree, target))


def _make_outline(tree: Tree, target: Path) -> None:
    paths = [path for path in tree.paths() if outline.is_source(path)]
    with tempfile.TemporaryDirectory(prefix="kernelref-") as folder:
        jobs = [
            workers.Job("outline", tree.spec, f"{folder}/{start}", start, tuple(paths[start : start + _OUTLINE_BATCH]))
            for start in range(0, len(paths), _OUTLINE_BATCH)
        ]
        workers.run(jobs, tree, worth=len(paths) > 2 * _OUTLINE_BATCH)
        parts = [Path(job.target) for job in jobs]
        heads = [line for part in parts for line in Path(f"{part}.heads").read_bytes().splitlines()]
        outline.write(target, heads, outline.merged([_lines(part) for part in parts]))


def _lines(part: Path) -> Iterator[bytes]:
    with part.open("rb") as file:
        for line in file:
            yield line[:-1]


def write_part(tree: Tree, job: workers.Job) -> None:
    """A worker's share of an outline: sorted lines, and the files' own in a second file."""
    numbered = ((job.first + number, path, text) for number, (path, text) in enumerate(tree.read_many(job.paths)))
    lines, heads = outline.lines_of(numbered)
    Path(job.target).write_bytes(b"".join(line + b"\n" for line in lines))
    Path(f"{job.target}.heads").write_bytes(b"".join(head + b"\n" for head in heads))


def parse_all(
    tree: Tree, store: Store, paths: Sequence[str], progress: Callable[[int, int], None] | None = None
) -> None:
    """Put the facts of all these files into the store."""
    jobs = [
        workers.Job("facts", tree.spec, str(store.folder), 0, tuple(paths[start : start + _PARSE_BATCH]))
        for start in range(0, len(paths), _PARSE_BATCH)
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
        blob = tree.blob_named(path, source) + grammar_of(path)
        if not store.has_facts(blob):
            facts = read_facts(path, source)
            store.keep(blob, facts)


_WORD: Final = re.compile(rb"[A-Za-z_]\w+")
_FEW: Final = 6


def mentions(tree: Tree, paths: Sequence[str], words: Sequence[str]) -> Iterator[tuple[str, bytes, list[str]]]:
    """The files in which any of these words stands, with their contents and the words."""
    wanted = {word.encode(): word for word in words}
    for path, text in tree.read_many(paths):
        if len(wanted) > _FEW:
            here = sorted(wanted[word] for word in set(_WORD.findall(text)) & wanted.keys())
        else:
            here = [word for plain, word in wanted.items() if plain in text]
        if here:
            yield path, text, here
