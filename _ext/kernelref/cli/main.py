"""The commands, their options and exit codes: 0 done, 1 something was found wrong, 2 it could not be done."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ..version import VERSION
from . import lock


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code."""
    options = _parser().parse_args(arguments)
    console = Console(stderr=True, highlight=False, markup=False)
    try:
        code: int = options.run(options, console)
    except KeyboardInterrupt:
        console.print("interrupted; what was locked stays locked")
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kernelref", description="References to the kernel, resolved and checked."
    )
    parser.add_argument("--version", action="version", version=f"kernelref {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_lock(commands)
    return parser


def _add_lock(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    one = commands.add_parser(
        "lock",
        help="resolve everything that the pages cite, and write lock/",
        description="Resolve everything that the pages cite: messages from an archive, source from "
        "kernel trees. Without a tree, only messages are locked; with --no-mail, only source.",
    )
    one.add_argument("--site", type=Path, default=Path(), help="the folder of conf.py (default: here)")
    one.add_argument(
        "--kernel",
        action="append",
        default=os.environ.get("KERNELS", "").split(),
        metavar="[RELEASE=]TREE",
        help="a source folder, REPOSITORY@TAG or a tarball; again for each release (or KERNELS, by spaces)",
    )
    one.add_argument(
        "--origin",
        action="append",
        default=[],
        metavar="RELEASE=TEXT",
        help="where a tree is from, for the lock to say; again for each release",
    )
    one.add_argument("--repin", action="store_true", help="let a tree of another point release take the pin")
    one.add_argument("--no-mail", action="store_true", help="do not ask the archive")
    source = one.add_mutually_exclusive_group()
    source.add_argument("--lore", metavar="URL", help="the archive to ask (default: kernelref_lore_url)")
    source.add_argument("--mbox", type=Path, metavar="FILE", help="read messages from a file instead")
    one.add_argument(
        "--archive-name",
        default="",
        metavar="TEXT",
        help="what the lock calls the archive (default: its URL)",
    )
    one.add_argument(
        "--delay", type=float, default=1.0, metavar="SECONDS", help="between two requests (default: 1)"
    )
    one.add_argument("--refresh", action="store_true", help="ask again for what is locked")
    one.set_defaults(run=lock.run)
