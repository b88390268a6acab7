"""Subjects: thirty years of brackets read right, and titles compared as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kernelref.core.subject import MAX_LENGTH, agrees, parse, printable, same_title, unescape

SUBJECTS = Path(__file__).resolve().parents[1] / "data" / "mail" / "subjects.yaml"


def _kind(subject: str) -> str:
    marks = parse(subject)
    if marks.is_reply:
        return "reply"
    return "cover" if marks.is_cover else "patch" if marks.is_posting else "other"


@pytest.mark.parametrize("row", yaml.safe_load(SUBJECTS.read_text(encoding="utf-8")), ids=lambda row: row[0])
def test_subject(row: list[object]) -> None:
    """Each subject of the table means what the table says."""
    subject, title, version, counter, tags, label, kind = row
    marks = parse(str(subject))
    number, _, total = str(counter or "-1/-1").partition("/")
    assert (marks.title, marks.version) == (title, version)
    assert (marks.number, marks.total) == (int(number), int(total))
    assert (list(marks.tags), marks.label, _kind(str(subject))) == (tags, label, kind)


_TAGS = st.sampled_from(["RFC", "RESEND", "net-next", "mm-unstable", "-mm", "bpf"])
_TITLES = st.from_regex(r"[a-z]{2,6}(/[a-z]{2,5})?: [a-z_() ,-]{0,30}[a-z]", fullmatch=True).map(
    lambda title: " ".join(title.split())
)


@given(
    _TITLES,
    st.integers(1, 999),
    st.integers(0, 99),
    st.integers(1, 99),
    st.lists(_TAGS, unique=True, max_size=2),
)
def test_written_the_usual_way(title: str, version: int, number: int, total: int, tags: list[str]) -> None:
    """What git format-patch writes is read back, wherever the tags stand, answered or not."""
    counter = f"{number:0{len(str(total))}}/{total}"
    for inner in (
        ["PATCH", *tags, f"v{version}", counter],
        [*tags, f"PATCHv{version}", counter],
        ["Patch", f"v{version}", *tags, counter],
    ):
        for reply in ("", "Re: "):
            marks = parse(f"{reply}[{' '.join(inner)}] {title}")
            assert (marks.title, marks.version, marks.number, marks.total) == (title, version, number, total)
            assert sorted(marks.tags) == sorted(tags)
            assert marks.is_patch
            assert marks.is_reply == bool(reply)


@given(st.text(max_size=200))
def test_any_text_is_a_subject(text: str) -> None:
    """Nothing makes the parser fail, and its parts are within the text."""
    marks = parse(text)
    assert marks.title in marks.text
    assert marks.version >= 1
    assert parse(marks.text) == marks


@given(st.text(max_size=200))
def test_printable(text: str) -> None:
    """What is stored is one line of visible characters, and stays as it is the second time."""
    line = printable(text)
    assert not any(char in line for char in "\0\x1b\n\r\t\u202e\u2066\u200b\u2028\ufeff")
    assert line == line.strip()
    assert printable(line) == line


def test_printable_details() -> None:
    """Escapes become a space, marks that reorder go, surrogates show as U+FFFD, the length is bounded."""
    assert printable("\x1b[31mred\u202e\u200f!\x00\r\n\tb") == "[31mred! b"
    assert printable("a\udcffb") == "a\ufffdb"
    assert printable("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"
    assert len(printable("x" * 100_000)) == MAX_LENGTH


def test_brackets_without_end() -> None:
    """A subject made to be slow is not."""
    assert not parse("[" * 50_000).is_patch
    assert not parse("[a" * 20_000 + "]" * 20_000).is_patch


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (
            r"\[PATCHv12 00/37\] THP refcounting redesign - Kirill A. Shutemov",
            "[PATCHv12 00/37] THP refcounting redesign",
        ),
        ("thp refcounting redesign", "[PATCHv2 RFC 00/19] THP refcounting redesign"),
        (r"thp: simplify freeze\_page\(\)", "[PATCHv2 0/4] thp: simplify freeze_page()"),
        ("[PATCH -mm -v11 0/5] THP swap: Delay - Huang, Ying", "[PATCH -mm -v11 0/5] THP swap: Delay"),
        ("mm: use `per_vma` lock.", "[PATCH v4] mm: use per_vma lock"),
        ("Transparent Hugepage Support", "[PATCH 00 of 66] Transparent Hugepage Support #32"),
        (r"Facing down mapcount madness \[LWN.net\]", "Facing down mapcount madness"),
        ("mm: fix the race", "[PATCH] mm: Fix the race"),
    ],
)
def test_same_title(written: str, sent: str) -> None:
    """Case, brackets, escapes and an added author make no other title."""
    assert same_title(written, sent)
    assert same_title(sent, written)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("", ""),
        ("[PATCH 0/2]", "[PATCH v2 0/2]"),
        ("mm: sheep - one", "mm: sheep - two"),
        (
            "[RFC PATCH 00/11] add shmem mTHP collapse support",
            "[RFC PATCH 09/11] selftests: mm: move gather()",
        ),
        ("mm: use per_vma lock for MADV_FREE", "mm: madvise: use per_vma lock for MADV_FREE"),
        ("sheep - mm: fix", "sheep"),
    ],
)
def test_other_title(written: str, sent: str) -> None:
    """Two titles that differ in a word are two, and no title is none's."""
    assert not same_title(written, sent)


def test_agrees() -> None:
    """A title that is written down may say less than the message, not other than it."""
    sent = "[PATCHv9 00/32] THP-enabled tmpfs"
    assert agrees("THP-enabled tmpfs", sent)
    assert agrees(r"\[PATCHv9 00/32\] THP-enabled tmpfs - Kirill", sent)
    assert not agrees("[PATCHv8 00/32] THP-enabled tmpfs", sent)
    assert not agrees("[PATCHv9-rebased2 00/32] THP-enabled tmpfs", sent)
    assert not agrees("[PATCHv9 05/32] THP-enabled tmpfs", sent)
    assert not agrees("[PATCHv9 00/32] THP-enabled shmem", sent)


def test_unescape() -> None:
    """Only what Markdown escapes is unescaped."""
    assert unescape(r"\[a\] \_b\_ c\d \\") == r"[a] _b_ c\d " + "\\"


TITLE_WORDS = ["mm:", "paint", "墙", "v-shaped", "a/b", "#", "and", "x86/mm:"]
COUNTERS = st.integers(1, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
FORMS = ["[PATCH{v} {t} {c}]", "[{t} PATCH {v} {c}]", "[PATCH {t} -{v} {c}]", "[{t}][PATCH {v}] [{c}]"]


@given(
    title=st.lists(st.sampled_from(TITLE_WORDS), min_size=1).map(" ".join),
    version=st.integers(1, 99),
    counter=st.none() | COUNTERS,
    tag=st.sampled_from(["", "RFC", "net-next", "-mm", "RESEND"]),
    form=st.sampled_from(FORMS),
    reply=st.sampled_from(["", "Re: ", "RE: Re: ", "[linux-mm] Re: "]),
)
def test_what_is_put_together_is_taken_apart(
    title: str, version: int, counter: tuple[int, int] | None, tag: str, form: str, reply: str
) -> None:
    """Whatever the order of revision, counter and tags, answered or not, they are read back."""
    said = "{}/{}".format(*counter) if counter else ""
    brackets = form.format(v=f"v{version}", t=tag, c=said).replace("[]", "").replace("[ ]", "")
    got = parse(f"{reply}{brackets} {title}")
    assert (got.title, got.version, got.is_patch) == (title, version, True)
    assert (got.number, got.total) == (counter or (-1, -1))
    assert got.is_reply is bool(reply)
    assert not tag or tag in got.tags
