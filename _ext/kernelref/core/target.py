"""What a source role is pointed at: ``name``, ``file.c:name``, ``mm/rmap.c#L10-L20``, ``…@v6.1``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .source import Definition, Kind

ARCH = "x86"
"""Whose definition a name means, unless somebody says otherwise, that each architecture has."""
CALLABLE = frozenset({Kind.FUNCTION, Kind.MACRO})
"""What may stand in a call tree, or be meant by ``kfunc``."""

_APART = re.compile(r"(?:tools|samples|scripts|usr|Documentation|arch/[^/]+/(?:boot|purgatory))/")
"""Programs that are not the kernel; what starts it brings its own ``panic`` and ``memcpy``."""
_NOT_THE_KERNEL = 5
_NAME = r"[A-Za-z_]\w*"
_IDENTIFIER = re.compile(
    rf"(?:(?P<file>[\w./+-]+\.[chSly]|[\w./-]*Kconfig[\w.]*):)?(?P<name>{_NAME})(?:\(\))?"
)
_FILE = re.compile(r"(?P<file>\.?[\w][\w./+,-]*)/?(?:#L(?P<line>[1-9]\d{0,6})(?:-L?(?P<end>[1-9]\d{0,6}))?)?")


class TargetError(ValueError):
    """The text of a role is not of its form; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Target:
    """An identifier, or a file and lines of it; ``release`` is empty for the page's own."""

    name: str = ""
    file: str = ""
    line: int = 0
    end: int = 0
    release: str = ""


def _split(text: str) -> tuple[str, str]:
    what, _, release = text.strip().partition("@")
    return what, release


def parse_identifier(text: str) -> Target:
    """Read ``name``, ``name()``, ``file.c:name``, each with or without ``@release``."""
    what, release = _split(text)
    match = _IDENTIFIER.fullmatch(what)
    if not match:
        raise TargetError(f"{text!r} is no identifier; write `name`, `file.c:name` or `name@v6.1`")
    return Target(name=match["name"], file=match["file"] or "", release=release)


def parse_config(text: str) -> Target:
    """Read a Kconfig symbol, with or without ``CONFIG_``."""
    what, release = _split(text)
    if not re.fullmatch(r"[A-Za-z0-9_]+", what):
        raise TargetError(f"{text!r} is no configuration symbol; write `CONFIG_NAME` or `CONFIG_NAME@v6.1`")
    return Target(name="CONFIG_" + what.removeprefix("CONFIG_"), release=release)


def parse_file(text: str) -> Target:
    """Read ``path``, ``path#L10`` or ``path#L10-L20``, with or without ``@release``."""
    what, release = _split(text)
    match = _FILE.fullmatch(what)
    if not match or ".." in what.split("#")[0].split("/"):
        raise TargetError(f"{text!r} is no file of the kernel; write `mm/rmap.c` or `mm/rmap.c#L10-L20`")
    line, end = int(match["line"] or 0), int(match["end"] or 0)
    if end and end < line:
        raise TargetError(f"{text!r}: the range ends before it begins; write #L{end}-L{line}")
    return Target(file=match["file"].rstrip("/"), line=line, end=end, release=release)


def names_file(wanted: str, path: str) -> bool:
    """Tell whether ``rmap.c`` or ``mm/rmap.c`` names the file ``mm/rmap.c``; nothing names every file."""
    return not wanted or path == wanted or path.endswith("/" + wanted)


def in_file(definition: Definition, file: str) -> bool:
    """Tell whether a definition is in the file that was named by its path or the end of it."""
    return names_file(file, definition.file)


def world_of(path: str) -> str:
    """Give the folder of programs that are not the kernel in which a path lies, or nothing."""
    match = _APART.match(path)
    return match[0] if match else ""


def standing(definition: Definition) -> int:
    """Order whom a name without a file may mean: functions of ``.c`` files, common headers, other headers.

    Then macros of ``.c`` files, which are for these alone, and last the programs that are not the kernel.
    What every architecture may replace (``asm-generic``) is behind what is for all.
    """
    path = definition.file
    if world_of(path):
        return _NOT_THE_KERNEL
    if path.endswith(".c"):
        return 4 if definition.kind is Kind.MACRO else 0
    if path.startswith("include/"):
        return 2 if path.startswith("include/asm-generic/") else 1
    return 3


def choose(definitions: Iterable[Definition], kinds: frozenset[Kind], file: str) -> tuple[Definition, ...]:
    """Give the definitions that may be meant, best first; several files mean that it is ambiguous.

    A header's stub for the case that an option is off gives way to the definition in ``.c``;
    of two in one file, the longer is first.
    """
    fit = [d for d in definitions if d.kind in kinds and in_file(d, file)]
    if not fit:
        return ()
    best = min(standing(d) for d in fit)
    fit = [d for d in fit if standing(d) == best]
    return tuple(sorted(fit, key=lambda d: (d.file, d.line - d.end, d.line)))
