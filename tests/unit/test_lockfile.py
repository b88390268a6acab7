"""Lock files: what is written is read back, and what makes no sense is refused by its path."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kernelref.core.lock import (
    Article,
    Commit,
    Fate,
    KernelLock,
    LoreLock,
    Message,
    Patch,
    Person,
    Provenance,
    Revision,
    Standing,
    State,
)
from kernelref.core.lockfile import dump, load_kernel, load_lore, write_atomic
from kernelref.core.record import LockError
from kernelref.core.source import Call, Definition, How, Kind

READ = Provenance(Standing.ARCHIVE, "an archive", "2026-01-01T00:00:00Z", "ab" * 32)
TOLD = Provenance(Standing.MIRROR, "a page")

MESSAGE = Message(
    subject="[PATCH v2 0/1] mm: “quotes” and 中文",
    author=Person("A. Hacker", "a@example.org"),
    date="2025-06-08T10:01:50+12:00",
    provenance=READ,
    lists=("linux-mm@kvack.org",),
    version=2,
    number=0,
    total=1,
    patches=(Patch(1, "[PATCH v2 1/1] mm: x", "1@x"), Patch(2, "no copy")),
    revisions=(Revision("v3", "3@x", "2025-07-01", TOLD),),
    fate=Fate(State.LANDED, TOLD, "v6.17", ("c" * 40,), 1, 1, "a remark"),
)
LORE = LoreLock(
    {"a@x": MESSAGE, "b@x": Message("plain", Person(""), "", TOLD)},
    {"https://lwn.net/Articles/1/": Article("t", "article", TOLD, date="2025-06")},
    {"d" * 40: Commit(TOLD, "mm: x", "v6.17")},
)
KERNEL = KernelLock(
    "v6.18.15",
    "source folder",
    ("fs", "mm"),
    {"f": (Definition("mm/a.c", 3, 9, "f", Kind.FUNCTION, "int f(void)", True),), "gone": ()},
    {"gone": ("f",)},
    {"mm": 0, "mm/a.c": 10, "mm/b.c": -1},
    (Call("mm/a.c", "f", "g", How.DIRECT, (4, 5)), Call("mm/a.c", "f", "h", How.NONE)),
)


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lore.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_lore_round_trip(tmp_path: Path) -> None:
    """Everything that a lore lock holds survives the file."""
    assert load_lore(_write(tmp_path, dump(LORE))) == LORE


def test_kernel_round_trip(tmp_path: Path) -> None:
    """Everything that a kernel lock holds survives the file."""
    assert load_kernel(_write(tmp_path, dump(KERNEL))) == KERNEL


def test_one_record_a_line_in_order() -> None:
    """Records are sorted and each has a line of its own, so that a diff is readable."""
    lines = dump(LORE).splitlines()
    keys = [line.split(":")[0] for line in lines if line.startswith(('"a@x"', '"b@x"'))]
    assert keys == ['"a@x"', '"b@x"']
    calls = [line for line in dump(KERNEL).splitlines() if '"callee"' in line]
    assert len(calls) == len(KERNEL.calls)


def test_order_of_insertion_does_not_matter() -> None:
    """The same facts give the same bytes."""
    turned = LoreLock(dict(reversed(LORE.messages.items())), LORE.articles, LORE.commits)
    assert dump(turned) == dump(LORE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 99}, "update kernelref"),
        ({"schema": 0}, "run `make lock`"),
        ({"schema": True}, "schema"),
        ({"messages": []}, "messages: an object was expected"),
        ({"surprise": 1}, "surprise: not a key"),
    ],
)
def test_nonsense_at_the_top(tmp_path: Path, change: dict[str, object], said: str) -> None:
    """A file of another schema or shape is refused with what to do."""
    top = {**json.loads(dump(LORE)), **change}
    with pytest.raises(LockError) as caught:
        load_lore(_write(tmp_path, json.dumps(top)))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("subject", 7, "messages['a@x'].subject: str was expected"),
        ("date", "yesterday", "'yesterday' is not a date"),
        ("date", "2024-99-99", "'2024-99-99' is not a date"),
        ("patches", "none", "patches: a list was expected"),
        ("patches", [{"number": "1", "subject": "x"}], "patches[0].number: int was expected"),
        ("author", None, "author: an object was expected"),
        (
            "provenance",
            {"standing": "trust me", "source": "x"},
            "is none of: archive, history, mirror, declared",
        ),
        ("provenance", {"standing": "archive", "source": "x"}, "without the time of reading"),
        ("colour", "red", "colour: not a key"),
    ],
)
def test_nonsense_in_a_record(tmp_path: Path, key: str, value: object, said: str) -> None:
    """A record that was edited by hand into nonsense is named by its path."""
    top = json.loads(dump(LORE))
    top["messages"]["a@x"][key] = value
    with pytest.raises(LockError) as caught:
        load_lore(_write(tmp_path, json.dumps(top)))
    assert said in str(caught.value)


def test_missing_field(tmp_path: Path) -> None:
    """A field without a default must be there."""
    top = json.loads(dump(LORE))
    del top["messages"]["a@x"]["subject"]
    with pytest.raises(LockError, match=r"\['a@x'\]\.subject: missing"):
        load_lore(_write(tmp_path, json.dumps(top)))


@pytest.mark.parametrize("text", ["", "{", "[1", '{"schema": 1', "\x00", "[" * 100_000])
def test_truncated(tmp_path: Path, text: str) -> None:
    """What is not whole JSON is refused, however it is broken."""
    with pytest.raises(LockError):
        load_lore(_write(tmp_path, text))


def test_truncated_anywhere(tmp_path: Path) -> None:
    """No prefix of a lock file passes for one."""
    text = dump(LORE).rstrip()
    for length in range(0, len(text), 37):
        with pytest.raises(LockError):
            load_lore(_write(tmp_path, text[:length]))


def test_missing_file(tmp_path: Path) -> None:
    """A lock that is not there says so."""
    with pytest.raises(LockError, match="no such lock file"):
        load_lore(tmp_path / "lore.json")


def test_write_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails, the old file is whole and nothing lies beside it."""
    path = tmp_path / "lore.json"
    write_atomic(path, "old")

    def fail(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["lore.json"]


@pytest.mark.parametrize("lines", [(0, 3), (5, 4), (-1, -1)])
def test_extent_must_make_sense(lines: tuple[int, int]) -> None:
    """A definition begins at line 1 or later and does not end before it begins."""
    with pytest.raises(ValueError, match="no extent"):
        Definition("mm/a.c", *lines, "f", Kind.FUNCTION)


def test_a_call_has_lines_exactly_when_there_is_one() -> None:
    """A pair without a call has no lines, and a call has some."""
    with pytest.raises(ValueError, match="do not fit"):
        Call("mm/a.c", "f", "g", How.NONE, (1,))
    with pytest.raises(ValueError, match="do not fit"):
        Call("mm/a.c", "f", "g", How.DIRECT)


def test_commit_by_prefix() -> None:
    """A prefix finds its commit only when it is the only one."""
    lock = LoreLock(commits={"ab" + "0" * 38: Commit(TOLD), "ac" + "0" * 38: Commit(TOLD)})
    assert lock.commit("AB0") is not None
    assert lock.commit("a") is None
    assert lock.commit("ad") is None
