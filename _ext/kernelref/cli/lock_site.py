"""The ``lock`` command for a site whose trees are open: pages, then messages, then what the trees say."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress

from ..core.record import LockError
from ..core.releases import ReleaseError, series_of, sort_key
from ..resolvers.archive import Archive, MaildirArchive, MboxArchive, Source
from ..resolvers.elixir import PAUSE, Elixir, ElixirError
from ..resolvers.git import GitError
from ..resolvers.history import GitHistory, HistoryError
from ..resolvers.index import Index
from ..resolvers.tree import TreeError
from .lock_elixir import ElixirReport, check_pins, lock_elixir
from .lock_kernels import PinError, check_series, check_trees, cited_names, lock_kernels
from .lock_mail import Report, lock_mail
from .options import history
from .pages import Pages, PagesError, read_pages
from .terminal import text_column, visible


class OptionError(Exception):
    """An option's value is not of its form."""


def lock(given: argparse.Namespace, console: Console, indexes: Sequence[Index]) -> int:
    """Lock what was asked for; 0, 1 when a message could not be had, 2 when nothing could be done."""
    try:
        return _lock(given, console, indexes)
    except (
        OptionError, PagesError, ReleaseError, TreeError, PinError, LockError, ElixirError,
        HistoryError, GitError,
    ) as error:  # fmt: skip
        console.print(f"kernelref: {error}")
        return 2


def _lock(given: argparse.Namespace, console: Console, indexes: Sequence[Index]) -> int:
    folder: Path = given.site.resolve()
    trees = [index.tree for index in indexes]
    origins = _origins(given.origin)
    pages = read_pages(folder)
    check_trees(trees, pages.lock_folder, repin=given.repin)
    check_series([*(tree.release for tree in trees), *given.elixir])
    _check_origins(origins, [tree.release for tree in trees])
    check_pins(given.elixir, pages.lock_folder, repin=given.repin)
    archive = None if given.no_mail else _archive(given, pages)
    repository = history(given)
    landed = GitHistory(repository) if repository else None
    console.print(f"{len(pages.citations)} references, {len(pages.edges)} edges of call trees")
    code = _mail(given, pages, archive, landed, console) if archive or landed else 0
    if indexes:
        lock_kernels(indexes, pages, console.print, origins)
    for release in given.elixir:
        code = max(code, _elixir(given, pages, release, console))
    return code


def _check_origins(origins: Iterable[str], releases: Sequence[str]) -> None:
    """Refuse what would be said of no tree."""
    for release in origins:
        if release not in releases and release not in map(series_of, releases):
            have = f"there are {', '.join(releases)}" if releases else "there is none"
            raise OptionError(
                f"--origin {release}: no tree is of that release; {have}; name it with --kernel"
            )


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
    if given.maildir:
        return MaildirArchive(given.maildir, given.archive_name)
    delay = PAUSE / 2 if given.delay is None else given.delay
    try:
        return Archive(given.lore or pages.settings.lore_url, given.archive_name, delay=delay)
    except ValueError as error:
        raise OptionError(str(error)) from None


def _progress(what: str, console: Console) -> Progress:
    columns = (text_column(what), BarColumn(), MofNCompleteColumn(), text_column("{task.description}"))
    return Progress(*columns, console=console)


def _elixir(given: argparse.Namespace, pages: Pages, release: str, console: Console) -> int:
    elixir = Elixir(pages.settings.elixir_url, delay=PAUSE if given.delay is None else given.delay)
    with _progress(release, console) as progress:
        task = progress.add_task("", total=len(cited_names(pages)))
        report = lock_elixir(
            release,
            pages,
            elixir,
            lambda done: progress.update(task, advance=1, description=done),
            refresh=given.refresh,
        )
    return _tell_elixir(report, console)


def _tell_elixir(report: ElixirReport, console: Console) -> int:
    console.print(
        f"{report.release}: Elixir knows {report.found} of {report.asked} names, "
        f"{report.kept} were asked before; what it does not know is not known, and calls are not checked"
    )
    for line in report.failed:
        console.print(f"  {line}")
    return 1 if report.failed else 0


def _mail(
    given: argparse.Namespace,
    pages: Pages,
    archive: Source | None,
    landed: GitHistory | None,
    console: Console,
) -> int:
    with _progress("messages", console) as progress:
        task = progress.add_task("", total=len(pages.keys("lore", "series")))
        report = lock_mail(
            pages,
            archive,
            lambda done: progress.update(task, advance=1, description=visible(done)),
            refresh=given.refresh,
            history=landed,
        )
    if landed:
        console.print(f"{report.landed} of them landed, by a history up to {landed.newest}")
    return _tell(report, console)


def _tell(report: Report, console: Console) -> int:
    """Say what was read and what was not; a message in no archive is no failure when it is declared."""
    console.print(f"{report.fetched} messages read, {report.kept} were locked before")
    for message_id in report.absent:
        declared = "and declared nowhere" if message_id in report.unknown else "taken from declared.json"
        console.print(f"  not in the archive, {declared}: {message_id}")
    for line in (*report.failed, *report.disagreements):
        console.print(f"  {line}")
    if report.untouched:
        console.print("the archive could not be asked: lore.json is as it was")
    return 1 if report.failed or report.unknown or report.disagreements else 0
