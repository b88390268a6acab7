"""``index``: whole trees ahead of any question, and the store emptied."""

from __future__ import annotations

from pathlib import Path

from cli_helpers import NEW, OLD, Command


def files(folder: Path) -> list[Path]:
    """List the files of a store."""
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]


def test_builds(run: Command, old: str, new: str, own_cache: Path) -> None:
    """Each tree is parsed into the store, and the size of that is told."""
    done = run("index", "--kernel", old, "--kernel", new)
    assert (done.code, done.out) == (0, "")
    assert OLD in done.told and NEW in done.told and "the store holds" in done.told
    assert files(own_cache)
    assert run("calltree", "do_paint", "--kernel", old).code == 0


def test_clean(run: Command, old: str, own_cache: Path) -> None:
    """An emptied store is empty, and made anew by the next question."""
    expected = run("calltree", "do_paint", "--kernel", old).out
    done = run("index", "--clean")
    assert done.code == 0 and "the store is empty; it held" in done.told
    assert not files(own_cache)
    assert run("calltree", "do_paint", "--kernel", old).out == expected


def test_no_tree(run: Command, tmp_path: Path) -> None:
    """Without a tree, or with one that is none, there is nothing to do."""
    done = run("index")
    assert done.code == 2 and "no tree is named" in done.told
    assert run("index", "--kernel", tmp_path).code == 2
