"""What the commands take; the commands themselves are in the modules of their names."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..core.findings import Code
from ..core.target import ARCH

Commands = argparse._SubParsersAction  # argparse has no public name for what add_subparsers() gives

FORMATS = ("text", "myst", "mermaid", "dot", "json")


def _positive(text: str) -> int:
    number = int(text)
    if not 0 < number <= 10_000:
        raise ValueError
    return number


_positive.__name__ = "number from 1 to 10000"  # what argparse says was expected


def _pause(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 3600:
        raise ValueError
    return seconds


_pause.__name__ = "number of seconds"


def _add_kernels(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--kernel",
        action="append",
        default=None,
        metavar="[RELEASE=]TREE",
        help="a source folder, REPOSITORY@TAG or a tarball; again for each release (or KERNELS, by spaces)",
    )


def kernels(given: argparse.Namespace) -> list[str]:
    """Give the trees that were named, else those of KERNELS."""
    return list(given.kernel or os.environ.get("KERNELS", "").split())


def _add_site(one: argparse.ArgumentParser) -> None:
    one.add_argument("--site", type=Path, default=Path(), help="the folder of conf.py (default: here)")


def history(given: argparse.Namespace) -> Path | None:
    """Give the repository that was named, else that of KERNEL_GIT."""
    named = os.environ.get("KERNEL_GIT", "")
    return given.git or (Path(named) if named else None)


def add_lock(commands: Commands[argparse.ArgumentParser]) -> None:
    """Describe ``lock``."""
    one = commands.add_parser(
        "lock",
        help="resolve everything that the pages cite, and write lock/",
        description="Resolve everything that the pages cite: messages from an archive, source from "
        "kernel trees. Without a tree, only messages are locked; with --no-mail, only source.",
    )
    _add_site(one)
    _add_kernels(one)
    one.add_argument(
        "--origin",
        action="append",
        default=[],
        metavar="RELEASE=TEXT",
        help="where a tree is from, for the lock to say; again for each release",
    )
    one.add_argument(
        "--elixir",
        action="append",
        default=[],
        metavar="RELEASE",
        help="ask kernelref_elixir_url for definitions, without a tree; again for each release",
    )
    one.add_argument(
        "--repin",
        action="store_true",
        help="let a tree of another point release take the pin, or Elixir that of a tree",
    )
    one.add_argument("--no-mail", action="store_true", help="do not ask the archive")
    source = one.add_mutually_exclusive_group()
    source.add_argument("--lore", metavar="URL", help="the archive to ask (default: kernelref_lore_url)")
    source.add_argument("--mbox", type=Path, metavar="FILE", help="read messages from a file instead")
    source.add_argument("--maildir", type=Path, metavar="FOLDER", help="read messages from a folder instead")
    one.add_argument(
        "--archive-name",
        default="",
        metavar="TEXT",
        help="what the lock calls the archive (default: its URL)",
    )
    one.add_argument(
        "--delay", type=_pause, metavar="SECONDS", help="between two requests (default: 1, to Elixir 2)"
    )
    one.add_argument("--refresh", action="store_true", help="ask again for what is locked")
    one.add_argument(
        "--git",
        type=Path,
        default=None,
        metavar="REPOSITORY",
        help="a clone of the kernel's history, to see where series landed (default: KERNEL_GIT)",
    )


def add_calltree(commands: Commands[argparse.ArgumentParser]) -> None:
    """Describe ``calltree``."""
    one = commands.add_parser(
        "calltree",
        help="show what a function calls, who calls it, or how it reaches another",
        description="Show the calls below FUNC, above it, or all ways from it to another function, as the "
        "source has them; or what changed of that between two releases.",
    )
    one.add_argument("function", metavar="FUNC", help="a function or macro: NAME or FILE:NAME")
    one.add_argument("--to", metavar="FUNC", help="show the ways to this one")
    one.add_argument("--callers", action="store_true", help="show who calls FUNC")
    one.add_argument("--depth", type=_positive, help="how many calls deep (default: 3; with --to 14)")
    one.add_argument("--count", type=_positive, default=10, help="how many ways, with --to (default: 10)")
    one.add_argument("--limit", type=_positive, default=120, help="how many functions (default: 120)")
    one.add_argument("--diff", metavar="A..B", help="compare two releases; both trees are needed")
    one.add_argument("--arch", default=ARCH, help=f"whose functions a common name means (default: {ARCH})")
    one.add_argument("--no-pointers", action="store_true", help="leave out calls through pointers")
    one.add_argument(
        "--quiet",
        action="append",
        default=[],
        metavar="PATTERN",
        help="also leave out these names; -PATTERN shows them after all (write --quiet=-PATTERN)",
    )
    one.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    _add_kernels(one)


def add_where(commands: Commands[argparse.ArgumentParser]) -> None:
    """Describe ``where``."""
    one = commands.add_parser(
        "where",
        help="show where an identifier is in each release",
        description="Show every definition of an identifier: in the trees that are named, and in the locks.",
    )
    one.add_argument("name", metavar="NAME", help="an identifier, CONFIG_SYMBOL or FILE:NAME")
    one.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    _add_site(one)
    _add_kernels(one)


def add_index(commands: Commands[argparse.ArgumentParser]) -> None:
    """Describe ``index``."""
    one = commands.add_parser(
        "index",
        help="parse whole kernel trees ahead of any question",
        description="Parse whole kernel trees into the store, so that every later question is answered at "
        "once. Nothing needs it: the other commands parse what they need.",
    )
    _add_kernels(one)
    one.add_argument("--clean", action="store_true", help="empty the store instead")


def _code(text: str) -> Code:
    return Code(text)


_code.__name__ = f"finding, one of {', '.join(Code)}"


def add_check(commands: Commands[argparse.ArgumentParser]) -> None:
    """Describe ``check``."""
    one = commands.add_parser(
        "check",
        help="hold the pages, or plain Markdown notes, against the messages and the source",
        description="Without a file, check the pages of the site as a build does. With one, read Markdown "
        "notes as they are: links to messages with the day, title and author beside them, and nested lists "
        "of functions. Say what the locks, and the trees that are named, contradict (wrong), and where the "
        "world went on (news). The exit code is 1 where something is wrong.",
    )
    one.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="plain notes: a file, or a folder of .md files (without: the pages of the site)",
    )
    one.add_argument(
        "--format", choices=("text", "json", "github", "sarif"), default="text", help="default: text"
    )
    for option, which in (("--select", "only"), ("--ignore", "not")):
        text = f"{which} this one; again for more"
        one.add_argument(option, action="append", default=[], type=_code, metavar="FINDING", help=text)
    one.add_argument(
        "--fix", action="store_true", help="put right what has one right answer, and show the difference"
    )
    one.add_argument("--release", default="v6.18", help="whose functions the notes speak of (default: v6.18)")
    _add_site(one)
    _add_kernels(one)


def add_new(commands: Commands[argparse.ArgumentParser]) -> None:
    """Describe ``new``."""
    one = commands.add_parser(
        "new",
        help="print a series block to paste",
        description="Print a series block for a message: of the lock, else of the archive. What is known of "
        "it stands in comments; the card itself shows it once the page is locked.",
    )
    one.add_argument("message", metavar="MSGID", help="a message-id, or a URL that has one")
    source = one.add_mutually_exclusive_group()
    source.add_argument("--lore", metavar="URL", help="the archive (default: lore.kernel.org/all)")
    source.add_argument("--mbox", type=Path, metavar="FILE", help="read the message from a file instead")
    source.add_argument("--maildir", type=Path, metavar="FOLDER", help="read it from a folder instead")
    _add_site(one)


def add_import(commands: Commands[argparse.ArgumentParser]) -> None:
    """Describe ``import``."""
    one = commands.add_parser(
        "import",
        help="make pages of plain Markdown notes",
        description="Make pages of a file of plain Markdown notes: split by heading, links and literal calls "
        "as roles, items about a posting as series blocks, lists of functions as call trees. No word is "
        "lost; what was made of what is told, and what was left as it was.",
    )
    one.add_argument("file", type=Path, metavar="NOTES.md", help="the notes")
    one.add_argument(
        "--out", type=Path, default=Path("topics"), metavar="FOLDER", help="for the pages (default: topics)"
    )
    one.add_argument("--release", default="v6.18", help="whose functions the notes speak of (default: v6.18)")
    _add_site(one)
    _add_kernels(one)
