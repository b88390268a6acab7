"""Plain notes: what is recognised in them, what they claim, and what `check` finds."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernelref.cli import notebook
from kernelref.core import message_id
from kernelref.core.calltree import walk
from kernelref.core.checking import Locks, check
from kernelref.core.claims import Claims, claims
from kernelref.core.findings import Code, Edit, Finding, Weight, apply
from kernelref.core.lock import (
    Fate,
    KernelLock,
    LoreLock,
    Message,
    Person,
    Provenance,
    Revision,
    Standing,
    State,
)  # fmt: skip
from kernelref.core.recognise import Cited, recognise
from kernelref.core.source import Call, Definition, How, Kind

NOTES = Path(__file__).parents[1] / "data" / "notes" / "plain.md"
ELIXIR = "https://elixir.bootlin.com"


def _table() -> list[object]:
    """Read the guide's table: what is written, and what it is read as."""
    with (Path(__file__).parents[2] / "guide" / "autolink.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 30
    return [pytest.param(row["as written"].strip("` "), row["read as"], id=row["what"]) for row in rows]


@pytest.mark.parametrize(("written", "read_as"), _table())
def test_the_table_of_what_is_recognised(written: str, read_as: str) -> None:
    """Each row of the guide's table is so: for autolink, for `check` and for `import` alike."""
    text = f"`{written}`" if written.endswith(")") and read_as != "left alone" else written
    text = "    " + text if written.startswith("https://lore.kernel.org/all/x@y/") else text
    found = notebook.read(f"Before.\n\n{text}\n")
    links = [link.cited for link in found.links] + [Cited("kfunc", one.key) for one in found.calls]
    if read_as == "left alone":
        assert links == []
    else:
        assert [f"`` {{{cited.role}}}`{cited.target}` ``" for cited in links] == [read_as]


@pytest.mark.parametrize(
    ("url", "cited"),
    [
        ("https://git.kernel.org/pub/scm/linux/kernel/git/akpm/mm.git/", None),
        (f"{ELIXIR}/linux/v6.1/source/mm/../../etc", None),
        (f"{ELIXIR}/source/mm/rmap.c?v=4.5#L3", Cited("kfile", "mm/rmap.c#L3", "v4.5")),
        (f"{ELIXIR}/linux/v6.1/source/mm/rmap.c#L20-L10x", Cited("kfile", "mm/rmap.c", "v6.1")),
        (f"{ELIXIR}/linux/v4.5/ident?i=foo", None),
        ("https://git.kernel.org/?p=linux/kernel.git;a=blob;h=71e3aac0724f", None),
        ("https://[broken", None),
        ("ftp://lore.kernel.org/all/a@b/", None),
    ],
)
def test_recognised(url: str, cited: Cited | None) -> None:
    """Each form of URL leads to what it names, and any other to nothing."""
    assert recognise(url) == cited


@given(st.text("aZ09_.+%=$/-", min_size=1, max_size=30), st.text("az09.-", min_size=1, max_size=20))
def test_an_archive_url_is_read_back(left: str, right: str) -> None:
    """What we write as an archive's URL is recognised as the same message."""
    found = f"{left}@{right}"
    cited = recognise(message_id.url("https://lore.kernel.org/all", found))
    assert cited == Cited("lore", found)


@given(st.text(max_size=80))
@settings(deadline=None)  # the first text pays for what is made once
def test_any_text_is_no_error(text: str) -> None:
    """Neither a URL nor a page of any text stops the reading."""
    recognise("https://git.kernel.org/" + text)
    assert notebook.read(text) is not None


@pytest.mark.parametrize(
    ("before", "text", "said"),
    [
        ("- 2010-11-03 ", r"\[PATCH 0 of 6\] T #3 - A B", Claims("2010-11-03", "[PATCH 0 of 6] T #3", "A B")),
        ("2017-05-15 🚧 ", "[PATCH -mm -v11 0/5] THP: Delay - Huang, Ying",
         Claims("2017-05-15", "[PATCH -mm -v11 0/5] THP: Delay", "Huang, Ying")),
        ("2025-8-18", "[RFC] a question - no: author", Claims("2025-08-18", "[RFC] a question - no: author")),
        ("2024年3月1日：", "读到这里", Claims("2024-03-01")),
        ("2024-02-31 ", "x", Claims()),
        ("2024-02-01 something else, then ", "x", Claims()),
        ("", "从 PATCHv2 开始", Claims()),
    ],
)  # fmt: skip
def test_claims(before: str, text: str, said: Claims) -> None:
    """A day stands right before the link, a title opens with brackets, an author follows a dash."""
    found = claims(before, text)
    assert (found.day, found.title, found.author) == (said.day, said.title, said.author)


def test_reading() -> None:
    """Links have their lines, trees those of their functions; code in a language is left alone."""
    notes = notebook.read(NOTES.read_text(encoding="utf-8"))
    assert [link.line for link in notes.links] == [3, 4, 5, 6, 7, 8, 9]
    told = [[(node.name, node.line) for node in walk(roots)] for roots in notes.trees]
    assert sorted(told) == [
        [("do_paint", 13), ("apply_coat", 14), ("dry_wall", 15), ("mix_colour", 16), ("apply_koat", 17)],
        [("do_paint", 24), ("dry_wall", 25), ("apply_coat", 26)],
    ]


def test_a_deep_list_does_not_end_the_file() -> None:
    """What stands under a chain of thirty calls is read, too."""
    chain = "".join(f"{'  ' * n}- call_number_{n}\n" for n in range(30))
    notes = notebook.read(f"{chain}\n# Next\n\nhttps://lwn.net/Articles/1/\n")
    assert len(list(walk(notes.trees[0]))) == 30
    assert [link.cited.role for link in notes.links] == ["lwn"]


def _message(subject: str, date: str, **more: object) -> Message:
    source = Provenance(Standing.MIRROR, "a mirror")
    return Message(subject, Person("Painter, Ada"), date, source, **more)  # type: ignore[arg-type]


def _lore() -> LoreLock:
    source = Provenance(Standing.MIRROR, "a mirror")
    revision = Revision("v3", "paint-v3@example.org", "2024-05-01", source)
    fate = Fate(State.LANDED, source, "v6.10")
    return LoreLock({
        "paint-v2@example.org": _message(
            "[PATCH v2 0/3] mm: paint walls", "2024-03-02T01:00:00+08:00", revisions=(revision,), fate=fate
        ),
        "sand@example.org": _message("[PATCH] mm: sand the floor", "2024-04-02T00:00:00Z"),
    })  # fmt: skip


def _kernels() -> dict[str, KernelLock]:
    names = {name: (Definition("mm/p.c", 1, 2, name, Kind.FUNCTION),) for name in ("do_paint", "apply_coat")}
    here = {**names, "dry_wall": (Definition("mm/p.c", 9, 9, "dry_wall", Kind.FUNCTION),), "apply_koat": ()}
    calls = (
        Call("mm/p.c", "do_paint", "apply_coat", How.DIRECT, (1,)),
        Call("mm/p.c", "do_paint", "dry_wall", How.DIRECT, (2,)),
        Call("mm/p.c", "apply_coat", "dry_wall", How.NONE),
    )
    near = {"apply_koat": ("apply_coat",)}
    new = KernelLock("v7.2.12", "t", ("mm",), {**names, "dry_wall": (), "apply_koat": ()}, near)
    return {"v6.18.15": KernelLock("v6.18.15", "t", ("mm",), here, near, calls=calls), "v7.2.12": new}


def test_findings() -> None:
    """Each defect of the notes is found at its line, once, and nothing else is."""
    notes = notebook.read(NOTES.read_text(encoding="utf-8"))
    found = check("n.md", notes, _lore(), Locks(_kernels()), "v6.18.15")
    assert [(one.line, str(one.code), one.right) for one in found] == [
        (3, "landed", ""),
        (3, "newer-revision", ""),
        (5, "author", "Painter, Ada"),
        (5, "date", "2024-03-01"),
        (6, "title", "[PATCH v2 0/3] mm: paint walls"),
        (6, "two-titles", ""),
        (7, "date", "2024-04-02"),
        (7, "title", "link to <sand@example.org>, which bears that title"),
        (7, "two-titles", ""),
        (8, "id-date", ""),
        (8, "unlocked", ""),
        (15, "edge", "do_paint() calls dry_wall()"),
        (15, "gone", ""),
        (17, "identifier", "perhaps apply_coat()"),
        (25, "gone", ""),
    ]
    news = {one.code for one in found if one.code.weight is Weight.NEWS}
    assert news == {Code.LANDED, Code.NEWER, Code.GONE, Code.UNLOCKED}


def test_an_edit_stays_in_its_paragraph() -> None:
    """An edit is made once, at its line or below in the same paragraph; line ends stay as they are."""
    text = "old\r\n\r\nhere: \r\nold old\r\n\r\nold\r\n"
    assert apply(text, [Edit(3, "old", "new")]) == "old\r\n\r\nhere: \r\nnew old\r\n\r\nold\r\n"
    assert apply(text, [Edit(3, "absent", "new")]) == text


def test_a_finding_in_one_line() -> None:
    """The line says the claim, the fact, and what would be right."""
    found = Finding(Code.DATE, "n.md", 3, "date 2024-01-01", "sent on 2024-01-02", "2024-01-02")
    assert found.text == "date 2024-01-01: sent on 2024-01-02; right would be: 2024-01-02"


def test_literal_calls_and_pages_of_elixir() -> None:
    """A literal call that a later release lacks is news; a page of what its release lacks is wrong."""
    known = (Definition("mm/a.c", 1, 9, "old_fn", Kind.FUNCTION),)
    locks = Locks(
        {
            "v6.18.15": KernelLock("v6.18.15", "t", ("",), {"old_fn": known, "nowhere": ()}),
            "v7.2.12": KernelLock("v7.2.12", "t", ("",), {"old_fn": (), "nowhere": ()}),
        }
    )
    elixir = "https://elixir.bootlin.com/linux"
    text = f"`old_fn()` `old_fn()` `nowhere()`\n{elixir}/v7.2/C/ident/old_fn {elixir}/v4.5/C/ident/x\n"
    found = check("n.md", notebook.read(text), LoreLock(), locks, "v6.18.15")
    assert [(one.line, one.code, one.claim, one.fact) for one in found] == [
        (1, Code.GONE, "old_fn()", "in v6.18.15, and no longer in what was read of v7.2.12"),
        (2, Code.IDENTIFIER, "old_fn", "not in what was read of v7.2.12; it is in v6.18.15"),
    ]
