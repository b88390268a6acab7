"""The commands and their exit codes: 0 done, 1 found wrong or nothing found, 2 could not be done."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from rich.console import Console

from ..version import VERSION
from . import options
from .terminal import Terminal

_OBJECTS = (100_000, 50, 100)
"""So many new objects before the garbage collector looks at the youngest: see `gc.set_threshold`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code."""
    # What a command makes it mostly keeps until it ends: to look through it often takes a fifth of the time.
    gc.set_threshold(*_OBJECTS)
    given = _parser().parse_args(arguments)
    console = Terminal()
    try:
        return _run(given, console)
    except BrokenPipeError:  # of `| head`: whoever reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        console.print("interrupted; what was written stays written")
        return 130


def _run(given: argparse.Namespace, console: Console) -> int:
    """Import a command when it is given: Sphinx takes half a second, and only `lock` needs it."""
    if given.command == "lock":
        from .lock import run
    elif given.command == "calltree":
        from .calltree import run
    elif given.command == "where":
        from .where import run
    elif given.command == "new":
        from .new import run
    elif given.command == "import":
        from .importer import run
    elif given.command == "check":
        from .check import run
    else:
        from .index import run
    return run(given, console)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kernelref", description="References to the kernel, resolved and checked."
    )
    parser.add_argument("--version", action="version", version=f"kernelref {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    options.add_lock(commands)
    options.add_calltree(commands)
    options.add_where(commands)
    options.add_index(commands)
    options.add_check(commands)
    options.add_new(commands)
    options.add_import(commands)
    return parser
