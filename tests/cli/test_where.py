"""``where``: an identifier in trees and in locks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_helpers import NEW, OLD, Command

from kernelref.core.lock import KernelLock
from kernelref.core.lockfile import dump, write_atomic
from kernelref.core.source import Definition, Kind

SORT = Definition("lib/sort.c", 7, 9, "sort", Kind.FUNCTION, "int sort(int one)")
LOCKED = KernelLock(
    "v6.1.192", "a small tree", ("lib", "mm"), {"sort": (SORT,), "sork": ()}, {"sork": ("sort",)}
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Give a folder with the lock of a release that no tree is of."""
    write_atomic(tmp_path / "site" / "lock" / f"linux-{LOCKED.release}.json", dump(LOCKED))
    return tmp_path / "site"


def rows(out: str) -> list[list[str]]:
    """Split a table into words."""
    return [line.split() for line in out.splitlines()[1:]]


def test_in_trees(run: Command, old: str, new: str, tmp_path: Path) -> None:
    """Each definition in each release, oldest first, and where there is none."""
    done = run("where", "helper", "--kernel", new, "--kernel", old, "--site", tmp_path)
    assert done.code == 0
    assert [row[:3] for row in rows(done.out)] == [
        [OLD, "function", "lib/sort.c:1"],
        [OLD, "function", "mm/walk.c:3"],
        [NEW, "function", "lib/sort.c:1"],
        [NEW, "function", "mm/walk.c:3"],
    ]
    done = run("where", "sand_floor", "--kernel", old, "--kernel", new, "--site", tmp_path)
    assert done.code == 0
    assert rows(done.out)[0] == [OLD, "not", "found"]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("mm/walk.c:helper", ["function", "mm/walk.c:3"]),
        ("walk.c:helper", ["function", "mm/walk.c:3"]),
        ("CONFIG_PAINT", ["config", "mm/Kconfig:1"]),
        ("wall", ["struct", "include/linux/paint.h:4"]),
        ("cover", ["macro", "include/linux/paint.h:3"]),
    ],
)
def test_kinds(run: Command, old: str, tmp_path: Path, name: str, row: list[str]) -> None:
    """A file, a configuration symbol, a type and a macro are found as what they are."""
    assert [one[1:3] for one in rows(run("where", name, "--kernel", old, "--site", tmp_path).out)] == [row]


def test_in_locks(run: Command, site: Path, new: str) -> None:
    """Locks answer for the releases that no tree is of, and alone where there is no tree."""
    done = run("where", "sort", "--site", site, "--kernel", new)
    assert [row[:3] for row in rows(done.out)] == [
        ["v6.1.192", "function", "lib/sort.c:7"],
        [NEW, "function", "lib/sort.c:6"],
    ]
    assert rows(run("where", "sort", "--site", site).out)[0][:3] == ["v6.1.192", "function", "lib/sort.c:7"]
    done = run("where", "sork", "--site", site)
    assert done.code == 1 and "the nearest names are sort" in done.told


def test_json(run: Command, site: Path) -> None:
    """JSON has each definition whole, by release."""
    got = json.loads(run("where", "sort", "--site", site, "--format", "json").out)
    assert got["v6.1.192"] == [
        {
            "file": "lib/sort.c",
            "line": 7,
            "end": 9,
            "name": "sort",
            "kind": "function",
            "signature": "int sort(int one)",
        }
    ]


def test_nowhere(run: Command, old: str, tmp_path: Path) -> None:
    """A name that is nowhere is exit code 1, with the nearest names."""
    done = run("where", "paint_wals", "--kernel", old, "--site", tmp_path)
    assert done.code == 1
    assert f"paint_wals is in none of what was read of {OLD}; the nearest names are paint_walls" in done.told


def test_nothing_to_ask(run: Command, tmp_path: Path, site: Path) -> None:
    """Neither a tree nor a lock, a wrong tree, and a broken lock are exit code 2."""
    assert "no tree is named and there is no lock" in run("where", "sort", "--site", tmp_path).told
    assert run("where", "sort", "--site", tmp_path).code == 2
    assert run("where", "sort", "--kernel", tmp_path / "nowhere").code == 2
    (site / "lock" / "linux-v6.1.192.json").write_text("{")
    done = run("where", "sort", "--site", site)
    assert done.code == 2 and "truncated or not JSON" in done.told


def test_locks_in_another_folder(run: Command, site: Path) -> None:
    """The locks are where ``conf.py`` says."""
    (site / "lock").rename(site / "pins")
    assert run("where", "sort", "--site", site).code == 2
    (site / "conf.py").write_text('kernelref_lock_dir = "pins"\n', encoding="utf-8")
    assert run("where", "sort", "--site", site).code == 0


def test_the_right_name_in_the_wrong_place(run: Command, old: str, tmp_path: Path) -> None:
    """A name of another file, or an option without its prefix, is the nearest."""
    done = run("where", "mm/walk.c:do_paint", "--kernel", old, "--site", tmp_path)
    assert done.code == 1 and "the nearest names are mm/paint.c:do_paint" in done.told
    done = run("where", "PAINT", "--kernel", old, "--site", tmp_path)
    assert done.code == 1 and "the nearest names are CONFIG_PAINT" in done.told


def test_a_path_is_never_cut(run: Command, old: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a file or a pipe each row is one line, whatever a terminal's width, and ends without blanks."""
    monkeypatch.setenv("COLUMNS", "40")
    lines = run("where", "wall_is_dry", "--kernel", old, "--site", tmp_path).out.splitlines()
    assert lines[1].split()[2] == "include/linux/paint.h:7"
    assert len(lines) == 2 and all(line == line.rstrip() for line in lines)
