"""The ``check`` command: a site's pages, or plain Markdown notes, held against the locks and the source."""

from __future__ import annotations

import argparse
import difflib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from ..core.checking import Locks, check
from ..core.findings import Code, Edit, Finding, Weight, apply
from ..core.lockfile import LORE, load_kernels, load_lore, write_atomic
from ..core.record import LockError
from ..core.releases import ReleaseError, Releases
from ..resolvers.tree import TreeError
from . import notebook, report
from .check_source import Trees
from .options import kernels
from .site import lock_folder

ROUNDS = 5
"""What a paragraph has twice is one finding, and put right one after the other."""

MOST = 32 << 20
"""Bytes of one file: more is no page of notes."""


class CheckError(Exception):
    """Nothing can be checked; the text is for the terminal."""


def run(given: argparse.Namespace, console: Console) -> int:
    """Check the files; 1 where one of them is wrong, 2 where one cannot be checked."""
    try:
        found = _asked(given)
        report.show(found, given.format)
        console.print(report.summary(found))
        rounds = ROUNDS if given.fix else 0
        while rounds and _fix(found, console):
            found, rounds = _asked(given), rounds - 1
    except (CheckError, LockError, ReleaseError, TreeError) as error:
        console.print(f"kernelref: {error}")
        return 2
    return int(any(one.code.weight is Weight.WRONG for one in found))


def _asked(given: argparse.Namespace) -> list[Finding]:
    every = _findings(_files(given.files), given) if given.files else _site(given)
    return [one for one in every if _wanted(one.code, given)]


def _wanted(code: Code, given: argparse.Namespace) -> bool:
    return (not given.select or code in given.select) and code not in given.ignore


def _files(named: Iterable[Path]) -> list[Path]:
    """Give the files that are named, and the Markdown files of the folders."""
    found: dict[Path, None] = {}
    for path in named:
        if not path.exists():
            raise CheckError(f"{path}: no such file")
        found |= dict.fromkeys(sorted(path.rglob("*.md")) if path.is_dir() else [path])
    return list(found)


def _findings(files: Iterable[Path], given: argparse.Namespace) -> list[Finding]:
    folder = lock_folder(given.site)
    source = Trees(kernels(given), load_kernels(folder))
    release = Releases.of(source.releases()).tag(given.release)
    if release is None:
        have = ", ".join(source.releases()) or "none"
        raise CheckError(f"--release {given.release}: there is no lock and no tree of it; there are {have}")
    lore = load_lore(folder / LORE)
    found: list[Finding] = []
    for path in files:
        found += check(path.as_posix(), notebook.read(_text(path)), lore, source, release)
    return found


def _site(given: argparse.Namespace) -> list[Finding]:
    """Check the pages of the site itself, as Sphinx reads them: it takes its time to be imported."""
    from .check_site import check_site
    from .pages import PagesError, read_pages

    try:
        pages = read_pages(given.site, resolve=True)
    except PagesError as error:
        raise CheckError(str(error)) from None
    folder = pages.lock_folder
    return check_site(pages, load_lore(folder / LORE), Locks(load_kernels(folder)))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST:
            raise CheckError(f"{path}: larger than {MOST >> 20} MB; split it")
        # Ends of lines stay as they are, for what is written back.
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise CheckError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CheckError(f"{path}:{line}: not UTF-8; save it as UTF-8") from None


# --- putting it right ------------------------------------------------------------


def _fix(found: Iterable[Finding], console: Console) -> bool:
    """Put right what has one right answer, after showing it; tell whether there was any."""
    changed = False
    edits: dict[str, list[Edit]] = defaultdict(list)
    for one in found:
        if one.edit:
            edits[one.file].append(one.edit)
    for name, wanted in edits.items():
        before = _text(Path(name))
        after = apply(before, wanted)
        if after == before:
            continue
        changed = True
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="", n=1)
        console.print("\n".join(lines))
        _write(Path(name), after)
    return changed


def _write(path: Path, text: str) -> None:
    try:
        write_atomic(path, text, path.stat().st_mode)
    except OSError as error:
        raise CheckError(f"{path}: cannot be written: {error.strerror}") from None
