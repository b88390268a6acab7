"""Subjects of kernel mail: what the brackets, the counters and a trailing revision mean.

The mail room of the core. Read as people write them over thirty years, among them
``[PATCH 00 of 66] … #32``, ``[PATCH -mm -v11 0/5]``, ``[PATCHv9-rebased2 01/37]``,
``[RFC][PATCH]``, ``[Patch v4 0/2]`` and ``[PATCH 00/27] … v9``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MAX_LENGTH: Final = 998
"""A longer header is cut: RFC 5322 allows no longer line."""

# What joins letters of Arabic and Indic scripts; every other format character is dropped.
_JOINERS: Final = "\u200c\u200d"


def printable(text: str) -> str:
    """Header text fit to be stored: one line, nothing invisible, nothing that reorders.

    Runs of white space and control characters become one space; format characters
    (right-to-left marks, zero-width spaces, soft hyphens) go; what is not a character
    becomes U+FFFD. Escaping for HTML is the business of whoever writes HTML.
    """
    kept: list[str] = []
    for char in text[: 8 * MAX_LENGTH]:
        category = unicodedata.category(char)
        if category in {"Cc", "Zs", "Zl", "Zp"}:
            kept.append(" ")
        elif category in {"Cs", "Cn", "Co"}:
            kept.append("\ufffd")
        elif category != "Cf" or char in _JOINERS:
            kept.append(char)
    line = " ".join("".join(kept).split())
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject, taken apart.

    ``title`` is without brackets and revision; ``tags`` are what else the brackets hold
    (``RFC``, ``-mm``, ``net-next``, ``GIT PULL``); ``version`` counts from 1, ``suffix``
    is what follows it (``-rebased2``); ``number`` of ``total`` are -1 where there is no
    counter, and number 0 is a cover letter. A reply bears the brackets of what it answers.
    """

    text: str
    title: str
    tags: tuple[str, ...] = ()
    version: int = 1
    suffix: str = ""
    number: int = -1
    total: int = -1
    is_patch: bool = False
    is_reply: bool = False
    says_version: bool = False

    @property
    def is_cover(self) -> bool:
        """Whether this opens a series."""
        return self.number == 0 and not self.is_reply

    @property
    def is_posting(self) -> bool:
        """Whether this is a patch or a cover letter, not an answer to one."""
        return self.is_patch and not self.is_reply

    @property
    def label(self) -> str:
        """The revision as people name it: ``v12``, ``RFC v2``, ``v9-rebased2``; or nothing."""
        words = [tag.upper() for tag in self.tags if tag.upper() in {"RFC", "RFT"}]
        if self.says_version or (self.is_patch and not words):
            words.append(f"v{self.version}{self.suffix}")
        if not words:
            words += [tag for tag in self.tags if tag.upper() == "GIT PULL"]
        words += [tag.upper() for tag in self.tags if tag.upper() in {"RESEND", "REPOST"}]
        return " ".join(words)


# Answers, as mail programs of several languages mark them: those that liblore knows.
_REPLY = re.compile(r"\s*(re|aw|fwd?|sv|vs|antw|wg|tr|odp|ref)\s*(\[\d+\])?\s*:\s*", re.IGNORECASE)
# After a bracket, as in "[linux-mm] Re: …", only this: "ref:" and "tr:" may be subsystems.
_REPLY_INSIDE = re.compile(r"\s*re\s*:\s*", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)\s*(?=\[)")
_GROUP = re.compile(r"\s*\[(?P<inner>(?:[^\[\]]|\[[^\[\]]*\])*)\]\s*")
_OF = re.compile(r"\b(\d{1,4})\s+of\s+(\d{1,4})\b", re.IGNORECASE)
_COUNTER = re.compile(r"(\d{1,4})/(\d{1,4})")
_REVISION = r"v(?P<version>\d{1,3})(?P<suffix>[-.]\w[\w.-]*)?"
_VERSION = re.compile(rf"-?{_REVISION}", re.IGNORECASE)
_MARKER = re.compile(rf"(?P<word>patch(?:es|set)?|rfc|rft)[-_]?(?:{_REVISION})?", re.IGNORECASE)
_SLASHED = re.compile(r"(patch|rfc|rft)(/(patch|rfc|rft))+", re.IGNORECASE)
_TRAILING = re.compile(r"[\s,]+[(\[]?-?(?:v|version |#)(?P<version>\d{1,3})[)\]]?$", re.IGNORECASE)
# "#12" after one of these counts something else than revisions.
_COUNTED = re.compile(
    r"\b(bugs?|issue|pr|bz|errat(um|a)|ticket|comment|part|case|option|workaround|no\.?|number)$",
    re.IGNORECASE,
)


class _Reading:
    """What the brackets said so far; the first to say a thing is believed."""

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.version = 0
        self.suffix = ""
        self.counter: tuple[int, int] | None = None
        self.patch = False
        self.request = False

    def revise(self, found: re.Match[str]) -> None:
        if found["version"] and not self.version:
            self.version, self.suffix = int(found["version"]), found["suffix"] or ""

    def group(self, inner: str) -> None:
        """One ``[…]``: tokens in any order, separated by blanks or commas."""
        inner = _OF.sub(r"\1/\2", inner.replace("[", " ").replace("]", " "))
        inner = re.sub(r"\s*/\s*", "/", inner)
        left: list[str] = []
        marked = False
        for token in re.split(r"[\s,;]+", inner):
            words = token.split("/") if _SLASHED.fullmatch(token) else [token]
            for word in words:
                marked |= self._token(word, left)
        self.tags += left if marked else [" ".join(left)] if left else []

    def _token(self, word: str, left: list[str]) -> bool:
        """Take one token in; whether it says that this group is about patches."""
        if found := _COUNTER.fullmatch(word):
            self.counter = self.counter or (int(found[1]), int(found[2]))
        elif found := _MARKER.fullmatch(word):
            self.revise(found)
            if found["word"].lower().startswith("patch"):
                self.patch = True
            else:
                self.request = True
                left.append(found["word"])
            return True
        elif found := _VERSION.fullmatch(word):
            self.revise(found)
        elif word:
            left.append(word)
        return False


@lru_cache(maxsize=4096)
def parse(subject: str) -> Subject:
    """Take a subject apart. Any text is a subject; one without brackets is all title."""
    text = printable(subject)
    rest, is_reply = _strip_reply(text)
    reading = _Reading()
    while found := _GROUP.match(rest):
        reading.group(found["inner"])
        rest = rest[found.end() :]
        while again := _REPLY_INSIDE.match(rest):
            rest, is_reply = rest[again.end() :], True
    number, total = reading.counter or (-1, -1)
    title = rest.strip()
    if not reading.version and number <= 0:
        title, reading.version = _trailing_version(title)
    return Subject(
        text=text,
        title=title,
        tags=tuple(reading.tags),
        version=reading.version or 1,
        suffix=reading.suffix,
        number=number,
        total=total,
        # [RFC 0/7] is a series, [RFC] alone may be a question.
        is_patch=reading.patch or (reading.request and reading.counter is not None),
        is_reply=is_reply,
        says_version=bool(reading.version),
    )


def _strip_reply(text: str) -> tuple[str, bool]:
    is_reply = False
    while found := _REPLY.match(text):
        text, is_reply = text[found.end() :], True
    if is_reply and (aside := _ASIDE.match(text)):
        text = text[aside.end() :]
    return text, is_reply


def _trailing_version(title: str) -> tuple[str, int]:
    """``… v9`` or ``… #32`` at the end of a cover letter's title; of others it may be hardware."""
    found = _TRAILING.search(title)
    if found is None or not found.start() or _COUNTED.search(title[: found.start()]):
        return title, 0
    return title[: found.start()], int(found["version"])


# --- titles as people write them -----------------------------------------------

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SITE = re.compile(r"\s*\[[^\[\]]*\]$")
_QUOTES = str.maketrans("“”\u2018\u2019", "\"\"''", "`")


def unescape(text: str) -> str:
    r"""Give the text without Markdown's backslashes: ``\[PATCH\]`` is ``[PATCH]``."""
    return _ESCAPED.sub(r"\1", text)


def _comparable(text: str) -> str:
    title = parse(unescape(text).translate(_QUOTES)).title
    return " ".join(title.casefold().split()).rstrip(".")


def _without_tail(title: str) -> str:
    """Without a trailing `` - Author`` or `` [site]``, which people add and messages have not."""
    head, dash, tail = _SITE.sub("", title).rpartition(" - ")
    return head if dash and ":" not in tail and len(tail.split()) <= 6 else _SITE.sub("", title)


def same_title(a: str, b: str) -> bool:
    """Whether two titles are one, as people write titles.

    Case, brackets, revision, Markdown escapes and quotation marks do not count, and one of
    the two (not both) may end in `` - Author`` or `` [LWN.net]``.
    """
    one, two = _comparable(a), _comparable(b)
    return bool(one) and (one == two or _without_tail(one) == two or one == _without_tail(two))


def agrees(written: str, sent: str) -> bool:
    """Whether a title that somebody wrote down is that of the message sent as ``sent``.

    The titles are the same, and what ``written`` says of revision and counter is not
    other than what the message says. Silence contradicts nothing.
    """
    said, is_ = parse(unescape(written)), parse(sent)
    if not same_title(written, sent):
        return False
    if said.number >= 0 and (said.number, said.total) != (is_.number, is_.total):
        return False
    return not said.says_version or (said.version, said.suffix) == (is_.version, is_.suffix)
