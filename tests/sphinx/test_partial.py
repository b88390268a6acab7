"""Trees read in part: what lies outside of that is not known, and never said to be gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from helpers import KERNELS, OLD, build, card, write_site

from kernelref.core.source import Definition, Kind

MAIN = "v6.18.15"
OUTSIDE = Definition("drivers/paint.c", 7, 9, "dry_paint", Kind.FUNCTION)


def site(root: Path, text: str, folders: tuple[str, ...] = ("mm",)) -> Path:
    """Write a page of v6.18, of which some folders were read, and of releases that were read whole."""
    part = KERNELS[MAIN]
    part = replace(part, folders=folders, identifiers={**part.identifiers, "dry_paint": ()})
    part = replace(part, files={**part.files, "drivers/paint.c": -1, "mm/paint.c": -1})
    whole = replace(KERNELS[OLD], identifiers={**KERNELS[OLD].identifiers, "dry_paint": (OUTSIDE,)})
    return write_site(root, {"a.md": f"# A\n\n{text}\n"}, kernels={**KERNELS, OLD: whole, MAIN: part})


def test_identifier(folder: Path) -> None:
    """A name that was not found is not in what was read, and that is said with what was read."""
    (warned,) = build(site(folder / "name", "{kfunc}`dry_paint`")).of("a.md")
    assert "dry_paint() is not in what was read of v6.18.15; it is in v6.12" in warned.text
    assert "read were mm" in warned.text
    (warned,) = build(site(folder / "all", "{kfunc}`dry_paint`", ("",))).of("a.md")
    assert "dry_paint() is not in v6.18.15; " in warned.text


def test_hover(folder: Path) -> None:
    """A hover does not say of another release that a name is gone from where nobody read."""
    page = build(site(folder / "hover", "{kfunc}`dry_paint@v6.12`")).page("a")
    told = card(page, page.select_one("a.kernelref"))
    assert "v6.18.15 not in what was read" in told
    assert not any("until" in line for line in told)


def test_file(folder: Path) -> None:
    """A file outside is not checked, without a warning; one inside that is not there is wrong."""
    built = build(site(folder / "file", "{kfile}`drivers/paint.c`"))
    assert built.of("a.md") == []
    assert "not in what was read" in card(built.page("a"), built.page("a").select_one("a.kernelref"))
    (warned,) = build(site(folder / "gone", "{kfile}`mm/paint.c`")).of("a.md")
    assert "mm/paint.c is no file of v6.18.15" in warned.text


def test_tree(folder: Path) -> None:
    """A function outside has a box that is not checked, and no call to it is said to be absent."""
    text = "```{calltree}\n:kernel: v6.12, v6.18\n\ndry_paint\n```"
    built = build(site(folder / "tree", text))
    shown = built.page("a").decode()
    assert "not in this release" not in shown
    assert "not in v6.18.15" not in shown
    assert not [one for one in built.of("a.md") if "gone" in one.text]
