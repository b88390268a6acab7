"""The ``import`` command: a file of plain notes becomes pages with roles, cards and call trees.

`pages` splits the file and makes sure that no word is lost, which `words` reads; `inline` rewrites links and
literal calls, `blocks` items of lists and call trees.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ...core.lockfile import load_kernels, write_atomic
from ...core.record import LockError
from ...core.releases import ReleaseError, Releases
from ...resolvers.tree import TreeError
from ..check_source import Trees
from ..options import kernels
from ..site import lock_folder
from ..terminal import visible
from . import inline
from .pages import Imported, bring

WORDS = {
    "series": ("series block", "series blocks"),
    "calltree": ("call tree", "call trees"),
    "lore": ("message", "messages"),
    "kfunc": ("function", "functions"),
    "kfile": ("file", "files"),
    "commit": ("commit", "commits"),
    "lwn": ("article", "articles"),
}


class NotImported(Exception):
    """Nothing was imported; the text is for the terminal."""


def run(given: argparse.Namespace, console: Console) -> int:
    """Write the pages and tell what became of what; 2 where nothing can be done, and nothing is written."""
    try:
        text = _text(given.file)
        done = bring(text, given.file.stem, _has(given))
        _write(done, given.out)
    except (NotImported, LockError, ReleaseError, TreeError) as error:
        console.print(f"kernelref: {error}")
        return 2
    _report(done, given)
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotImported(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise NotImported(f"{path}: not UTF-8; save it as UTF-8") from None


def _has(given: argparse.Namespace) -> inline.Has:
    """Make the question whether the release has a function: of its tree, else of its lock, else of nobody."""
    source = Trees(kernels(given), load_kernels(lock_folder(given.site)))
    tag = Releases.of(source.releases()).tag(given.release)

    def has(key: str) -> bool:
        file, _, name = key.rpartition(":")
        found = source.where(tag, name) if tag else None
        return any(not file or one.file == file or one.file.endswith("/" + file) for one in found or ())

    return has


def _write(done: Imported, folder: Path) -> None:
    targets = [folder / f"{page.name}.md" for page in done.pages]
    if there := [path for path in targets if path.exists()]:
        raise NotImported(f"{there[0]} is there already; name another folder with --out")
    try:
        for path, page in zip(targets, done.pages, strict=True):
            write_atomic(path, page.text)
    except OSError as error:
        raise NotImported(f"{folder}: cannot be written: {error.strerror}") from None


def _report(done: Imported, given: argparse.Namespace) -> None:
    """Tell page by page what was made, and line by line what was left as it was."""
    for page in done.pages:
        print(visible(f"{given.out / page.name}.md: {_counted(page.made) or 'text'}"))
    print(f"all: {_counted(sum((page.made for page in done.pages), Counter())) or 'text'}")
    for one in sorted(done.left, key=lambda left: left.line):
        print(visible(f"{given.file}:{one.line}: left as it was: {one.reason}"))
    others = [page.name for page in done.pages[:1]]
    print(f"next: list {', '.join(others)} in a toctree, then `python -m kernelref lock`")


def _counted(made: Counter[str]) -> str:
    def spelled(key: str, words: Sequence[str]) -> str:
        return f"{made[key]} {words[made[key] != 1]}"

    return ", ".join(spelled(key, words) for key, words in WORDS.items() if made[key])
