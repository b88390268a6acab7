"""The ``lock`` command: pages, then messages, then kernel trees."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ..core.record import LockError
from ..core.releases import ReleaseError, sort_key
from ..resolvers.archive import Archive, MboxArchive, Source
from ..resolvers.tree import TreeError
from .lock_kernels import PinError, lock_kernels, open_trees
from .lock_mail import Report, lock_mail
from .options import kernels
from .pages import Pages, PagesError, read_pages


class OptionError(Exception):
    """An option's value is not of its form."""


def run(given: argparse.Namespace, console: Console) -> int:
    """Lock what was asked for; 0, 1 when a message could not be had, 2 when nothing could be done."""
    try:
        return _lock(given, console)
    except (OptionError, PagesError, ReleaseError, TreeError, PinError, LockError) as error:
        console.print(f"kernelref: {error}")
        return 2


def _lock(given: argparse.Namespace, console: Console) -> int:
    folder: Path = given.site.resolve()
    origins = _origins(given.origin)
    pages = read_pages(folder)
    trees = open_trees(kernels(given), pages.lock_folder, repin=given.repin)
    console.print(f"{len(pages.citations)} references, {len(pages.edges)} edges of call trees")
    code = 0 if given.no_mail else _mail(given, pages, console)
    if trees:
        lock_kernels(trees, pages, console.print, origins)
    return code


def _origins(given: list[str]) -> dict[str, str]:
    """Read ``RELEASE=TEXT`` into release → text."""
    found = {}
    for one in given:
        release, equals, text = one.partition("=")
        if not equals or not text.strip():
            raise OptionError(f"--origin {one!r}: write RELEASE=TEXT, as in 'v6.12=upstream tarball'")
        sort_key(release)
        found[release] = text.strip()
    return found


def _archive(given: argparse.Namespace, pages: Pages) -> Source:
    if given.mbox:
        return MboxArchive(given.mbox, given.archive_name)
    return Archive(given.lore or pages.settings.lore_url, given.archive_name, delay=given.delay)


def _mail(given: argparse.Namespace, pages: Pages, console: Console) -> int:
    total = len(pages.keys("lore", "series"))
    columns = (TextColumn("messages"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=total)
        archive = _archive(given, pages)
        report = lock_mail(
            pages,
            archive,
            lambda done: progress.update(task, advance=1, description=done),
            refresh=given.refresh,
        )
    return _tell(report, console)


def _tell(report: Report, console: Console) -> int:
    """Say what was read and what was not; a message in no archive is no failure when it is declared."""
    console.print(f"{report.fetched} messages read, {report.kept} were locked before")
    for message_id in report.absent:
        declared = "and declared nowhere" if message_id in report.unknown else "taken from declared.json"
        console.print(f"  not in the archive, {declared}: {message_id}")
    for line in (*report.failed, *report.disagreements):
        console.print(f"  {line}")
    return 1 if report.failed or report.unknown or report.disagreements else 0
