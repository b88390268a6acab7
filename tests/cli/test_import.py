"""The ``import`` command: pages on disk, the report, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_helpers import Command

from kernelref.core.lock import KernelLock
from kernelref.core.lockfile import dump, write_atomic
from kernelref.core.source import Definition, Kind

LINK = "https://lore.kernel.org/all/paint@example.org/"
NOTES = f"""\
# Painting

## Walls

- 2024-03-01 [\\[PATCH\\] mm: paint the wall]({LINK})
  - `do_paint()`, `mm/wood.c:do_paint()` and `no_paint()`

## Floors

[*see*]({LINK})
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Give notes beside a lock that knows one function."""
    found = (Definition("mm/paint.c", 1, 9, "do_paint", Kind.FUNCTION),)
    lock = KernelLock("v6.18.15", "a tree", ("mm",), {"do_paint": found})
    write_atomic(tmp_path / "lock" / "linux-v6.18.15.json", dump(lock))
    path = tmp_path / "NOTES.md"
    path.write_text("\ufeff" + NOTES, encoding="utf-8")
    return path


def test_pages_and_report(run: Command, notes: Path) -> None:
    """Each heading is a page; what was made is counted by page, what was left is told with its line."""
    out = notes.parent / "topics"
    done = run("import", notes, "--out", out, "--site", notes.parent)
    assert done.code == 0
    assert sorted(path.name for path in out.iterdir()) == ["floors.md", "painting.md", "walls.md"]
    walls = (out / "walls.md").read_text(encoding="utf-8")
    assert walls.startswith("# Walls\n\n````{series} paint@example.org\n")
    assert "{kfunc}`do_paint`, `mm/wood.c:do_paint()` and `no_paint()`" in walls
    assert "walls.md: 1 series block, 1 function\n" in done.out
    assert "all: 1 series block, 1 function\n" in done.out
    assert f"{notes}:10: left as it was: its text has markup" in done.out
    assert "list painting in a toctree" in done.out


def test_nothing_is_overwritten(run: Command, notes: Path) -> None:
    """A page that is there already, a file that is not, or another encoding: a clear error, and no page."""
    out = notes.parent / "topics"
    out.mkdir()
    (out / "walls.md").write_text("mine", encoding="utf-8")
    done = run("import", notes, "--out", out, "--site", notes.parent)
    assert done.code == 2
    assert "walls.md is there already" in done.told
    assert [path.read_text(encoding="utf-8") for path in out.iterdir()] == ["mine"]
    assert run("import", notes.parent / "none.md").code == 2
    notes.write_bytes(b"caf\xe9")
    assert "not UTF-8" in run("import", notes, "--site", notes.parent).told
