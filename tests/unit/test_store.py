"""The store: facts by content, safe with two writers, rebuilt when damaged, bounded."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from kernelref.resolvers.index import packs
from kernelref.resolvers.index.facts import FileFacts, Found
from kernelref.resolvers.index.store import Store, record_of

BLOB = "ab" + "0" * 38 + "c"
FACTS = FileFacts([Found("dry", "function", 1, 4, 0, 14, 30, "s")], damaged=1)


def never() -> FileFacts:
    """Fail a test in which facts should have been there."""
    raise AssertionError("made again")


def test_kept_and_read(tmp_path: Path) -> None:
    """Facts are made once and read afterwards, by another store of the same folder too."""
    made = Store(tmp_path).facts(BLOB, lambda: FACTS)
    assert made == FACTS
    assert Store(tmp_path).has_facts(BLOB)
    assert Store(tmp_path).facts(BLOB, never) == FACTS


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 400, b"\xff" * 16 + b"x\x9c\x03\0\0\0\0\x01"])
def test_damaged_entries_are_made_again(tmp_path: Path, damage: bytes) -> None:
    """An entry cut short or overwritten is noticed."""
    store = Store(tmp_path)
    store.keep(BLOB, FACTS)
    (entry,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    entry.write_bytes(damage)
    assert store.facts(BLOB, lambda: FACTS) == FACTS
    assert store.facts(BLOB, never) == FACTS


def test_one_flipped_bit(tmp_path: Path) -> None:
    """No single flipped bit gives other facts."""
    store = Store(tmp_path)
    store.keep(BLOB, FACTS)
    (entry,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    whole = entry.read_bytes()
    for at in range(0, len(whole), 7):
        entry.write_bytes(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
        assert store.facts(BLOB, lambda: FACTS) == FACTS


def test_one_flipped_bit_in_a_pack(tmp_path: Path) -> None:
    """A damaged record of a pack is made again, once for all runs; its neighbours are as they were."""
    other = "cd" + BLOB[2:]
    packs.write(tmp_path / "made", {BLOB: record_of(FACTS), other: record_of(FACTS)})
    Store(tmp_path / "store").take_pack(tmp_path / "made")
    (pack,) = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    whole = pack.read_bytes()
    at = whole.index(record_of(FACTS)) + 20
    pack.write_bytes(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
    store = Store(tmp_path / "store")
    assert store.facts(other, never) == FACTS
    assert store.facts(BLOB, lambda: FACTS) == FACTS
    assert Store(tmp_path / "store").facts(BLOB, never) == FACTS


def test_two_writers(tmp_path: Path) -> None:
    """Many threads that write and read the same entries never see half of one."""
    wrong: list[object] = []

    def work() -> None:
        store = Store(tmp_path)
        for number in range(40):
            blob = f"{number % 4:040x}c"
            facts = store.facts(blob, lambda: FACTS)
            if facts != FACTS:
                wrong.append(facts)
            store.keep(blob, FACTS)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert not list(tmp_path.rglob(".new-*"))


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A store without a writable folder still answers."""
    (tmp_path / "file").write_text("in the way")
    assert Store(tmp_path / "file").facts(BLOB, lambda: FACTS) == FACTS


def test_the_bound_holds_by_itself(tmp_path: Path) -> None:
    """Whoever writes more than the bound finds the store within it, without asking for that."""
    store = Store(tmp_path, limit=600)
    for number in range(40):
        store.keep(f"{number:040x}c", FACTS)
    assert 0 < store.size() < 1300
    assert store.has_facts(f"{39:040x}c")


def test_clean_bounds(tmp_path: Path) -> None:
    """Cleaning drops the longest unused entries over the limit, and older versions' leavings."""
    (tmp_path / "facts-0").mkdir()
    (tmp_path / "facts-0" / "old").write_bytes(b"x" * 100)
    (tmp_path / ".work-dead").mkdir()
    os.utime(tmp_path / ".work-dead", (0, 0))
    store = Store(tmp_path)
    for number in range(3):
        store.keep(f"{number:040x}c", FACTS)
        os.utime(next(tmp_path.rglob(f"{number:038x}c")), (number, number))
    one = (store.size() - 100) // 3
    assert Store(tmp_path, limit=2 * one).clean() == 100 + one
    assert [store.has_facts(f"{number:040x}c") for number in range(3)] == [False, True, True]
    assert not list(tmp_path.glob("facts-0")) and not list(tmp_path.glob(".work-*"))
    assert Store(tmp_path, limit=1).clean() == 2 * one
    assert store.size() == 0
    roomy = Store(tmp_path)
    roomy.keep(BLOB, FACTS)
    assert roomy.clean() == 0
    assert roomy.clean(everything=True) > 0
    assert not tmp_path.exists()
