"""What a plain note claims of a message beside its link: a day, a title, an author.

Of the pure layer. Notes are written ``- 2010-11-03 [[PATCH 00 of 66] Transparent Hugepage Support #32 -
Andrea Arcangeli](URL)``: a day before the link, the subject as its text, the author after a dash. A link
text that does not open with a subject's brackets is a remark, and claims nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from .subject import parse, unescape

_DAY = re.compile(r"(?<![\d-])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d-])|(\d{4})年(\d{1,2})月(\d{1,2})日")
_BETWEEN = re.compile(r"[\s🚧*_:,，：（(]*")


@dataclass(frozen=True, slots=True)
class Claims:
    """What is said of one message; what is not said is empty. ``day`` is ``YYYY-MM-DD``."""

    day: str = ""
    title: str = ""
    author: str = ""
    written_day: str = ""


def claims(before: str, text: str) -> Claims:
    """Read what stands before a link on its line, and the link's own text."""
    day, written = _last_day(before)
    subject = unescape(text).strip()
    marks = parse(subject)
    if not subject.startswith("[") or not (marks.is_patch or marks.tags) or not marks.title:
        return Claims(day, written_day=written)
    head, dash, tail = subject.rpartition(" - ")
    if dash and parse(head).title and ":" not in tail and 0 < len(tail.split()) <= 6:
        return Claims(day, head, tail, written)
    return Claims(day, subject, "", written)


def _last_day(before: str) -> tuple[str, str]:
    """Give the day that stands last before the link, with nothing but signs between."""
    found = [match for match in _DAY.finditer(before) if _BETWEEN.fullmatch(before[match.end() :])]
    if not found:
        return "", ""
    parts = [int(part) for part in found[-1].groups() if part]
    try:
        return date(*parts).isoformat(), found[-1][0]
    except ValueError:
        return "", ""


def same_name(written: str, sent: str) -> bool:
    """Tell whether two spellings are one person's name: order, case, commas and brackets do not count."""
    return _words(written) == _words(sent)


def _words(name: str) -> list[str]:
    return sorted(re.findall(r"\w+", name.casefold()))
