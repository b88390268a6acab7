"""The options of ``calltree`` that ask the source: what they say, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core import graph, paths
from ..core.noise import NoiseError, read
from ..core.question import Question
from ..core.releases import ReleaseError, sort_key
from ..core.target import TargetError, parse_identifier

ASKING = ("to", "callers", "depth", "count", "quiet")
"""What says more of ``from``."""
MAX_DEPTH = 30
MAX_COUNT = 50


class OptionError(ValueError):
    """An option that cannot be meant so; the message says what could be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a directive asks of the source; ``diff`` are the older and the newer release, as written."""

    question: Question | None = None
    diff: tuple[str, str] | None = None


def read_options(options: Mapping[str, str | None]) -> Asked:
    """Read the options of one directive. Raises `OptionError`."""
    return Asked(_question(options), _diff(options["diff"] or "") if "diff" in options else None)


def _question(options: Mapping[str, str | None]) -> Question | None:
    if "from" not in options:
        if lost := [name for name in ASKING if name in options]:
            raise OptionError(f"`:{lost[0]}:` says more of `:from:`, which is missing: name a function there")
        return None
    if "callers" in options and "to" in options:
        raise OptionError("`:callers:` asks upwards and `:to:` downwards: leave one of them out")
    if "count" in options and "to" not in options:
        raise OptionError("`:count:` is how many ways there may be to `:to:`, which is missing")
    depth = _number("depth", options["depth"], MAX_DEPTH) if "depth" in options else 0
    return Question(
        start=_function("from", options["from"] or ""),
        goal=_function("to", options["to"] or "") if "to" in options else "",
        callers="callers" in options,
        depth=0 if depth == (paths.DEPTH if "to" in options else graph.DEPTH) else depth,
        count=_number("count", options["count"], MAX_COUNT) if "count" in options else paths.COUNT,
        quiet=_patterns(options.get("quiet") or ""),
    )


def _function(option: str, text: str) -> str:
    try:
        target = parse_identifier(text.strip("` "))
    except TargetError:
        raise OptionError(f"`:{option}:` {text!r} is no function: write `name` or `file.c:name`") from None
    if target.release:
        raise OptionError(f"`:{option}:` {text!r} names a release; say that with `:kernel:` or `:diff:`")
    return f"{target.file}:{target.name}" if target.file else target.name


def _number(option: str, text: str | None, most: int) -> int:
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 0 < number <= most:
        raise OptionError(f"`:{option}:` {text or ''!r} is no number from 1 to {most}")
    return number


def _patterns(text: str) -> tuple[str, ...]:
    found = tuple(text.replace(",", " ").split())
    try:
        read(found)
    except NoiseError as error:
        raise OptionError(f"`:quiet:` {str(error).partition(': ')[2]}") from None
    return found


def _diff(text: str) -> tuple[str, str]:
    old, _, new = (part.strip() for part in text.partition(".."))
    try:
        keys = [sort_key(name) for name in (old, new)]
    except ReleaseError:
        raise OptionError(f"`:diff:` {text!r} is no two releases: write `v6.18..v7.2`") from None
    if not keys[0] < keys[1]:
        raise OptionError(f"`:diff:` {text!r}: the older release comes first, and they differ")
    return old, new
