"""``lock`` without a kernel tree: Elixir is asked where the cited identifiers are, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ..core.lock import ELIXIR, KernelLock
from ..core.lockfile import dump, kernel_file, load_kernel, write_atomic
from ..core.releases import series_of
from ..core.source import Definition
from ..resolvers.elixir import Elixir, ElixirError
from .lock_kernels import PinError, cited_names, drop_others, pinned
from .pages import Pages

Say = Callable[[str], None]
PATIENCE = 5
"""After so many failures in a row nobody is there."""


@dataclass(slots=True)
class ElixirReport:
    """What became of the names asked for in one release."""

    release: str
    asked: int = 0
    found: int = 0
    kept: int = 0
    failed: list[str] = field(default_factory=list)


def check_pins(releases: list[str], folder: Path, *, repin: bool) -> None:
    """Refuse Elixir in the place of a tree, or of another release. Raises `PinError`, `LockError`."""
    tags = pinned(folder).pinned
    for release in releases:
        for tag in tags:
            if series_of(tag) != series_of(release) or repin:
                continue
            if tag != release:
                raise PinError(
                    f"{tag} is pinned and Elixir is to be asked for {release}: write --elixir {tag}, "
                    "or --repin to move the pin"
                )
            lock = load_kernel(folder / kernel_file(tag))
            if not lock.from_elixir:
                raise PinError(
                    f"{kernel_file(tag)} is from a tree ({lock.origin}), and Elixir knows less: "
                    f"give a tree of {tag}, or --repin to let Elixir's answers take its place"
                )


def lock_elixir(
    release: str, pages: Pages, elixir: Elixir, say: Say, *, refresh: bool = False
) -> ElixirReport:
    """Write the lock of a release, after each name: an interruption loses at most one.

    What Elixir was asked before is kept, until it has answered anew. Raises `ElixirError` when it knows
    no name at all.
    """
    return _Asking(release, pages, elixir).ask(say, refresh=refresh)


class _Asking:
    """What is known of one release so far."""

    def __init__(self, release: str, pages: Pages, elixir: Elixir) -> None:
        self.path = pages.lock_folder / kernel_file(release)
        self.elixir, self.report = elixir, ElixirReport(release)
        self.names = sorted(cited_names(pages))
        before = _before(self.path)
        self.origin = before.origin if before else ""
        known = before.identifiers if before else {}
        self.known = {name: known[name] for name in self.names if name in known}
        self.unknown = {name for name in self.names if before and name in before.unknown}

    def ask(self, say: Say, *, refresh: bool) -> ElixirReport:
        report, in_a_row = self.report, 0
        wanted = [name for name in self.names if refresh or name not in {*self.known, *self.unknown}]
        report.kept = len(self.names) - len(wanted)
        for name in wanted:
            try:
                self._take(name, self.elixir.definitions(name, report.release))
                in_a_row = 0
            except ElixirError as error:
                report.failed.append(f"{name}: {error}")
                in_a_row += 1
            say(name)
            if in_a_row == PATIENCE and name != wanted[-1]:
                report.failed.append(f"{PATIENCE} failures in a row: the rest was not asked")
                break
        if report.asked and not report.found and not report.kept:
            raise ElixirError(
                f"Elixir knows none of {report.asked} names in {report.release}, so most likely not this "
                "release; nothing is written"
            )
        if self.known:
            self._write()
            drop_others(self.path.parent, report.release)
        return report

    def _take(self, name: str, found: tuple[Definition, ...]) -> None:
        """Note an answer. A release of which nothing is known is not written yet: it may be none of its."""
        self.report.asked += 1
        self.origin = f"{ELIXIR}{self.elixir.url}, read {datetime.now(UTC):%Y-%m-%d}"
        if found:
            self.report.found += 1
            self.known[name] = found
            self.unknown.discard(name)
        else:
            self.known.pop(name, None)
            self.unknown.add(name)
        if self.report.found:
            self._write()

    def _write(self) -> None:
        unknown = tuple(sorted(self.unknown))
        lock = KernelLock(self.report.release, self.origin, (), self.known, unknown=unknown)
        write_atomic(self.path, dump(lock))


def _before(path: Path) -> KernelLock | None:
    """Read what an earlier run had from Elixir; a tree's lock is replaced whole."""
    if not path.exists():
        return None
    lock = load_kernel(path)
    return lock if lock.from_elixir else None
