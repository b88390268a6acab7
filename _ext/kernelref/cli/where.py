"""The ``where`` command: an identifier in each release, from trees and from locks.

Of a function the trees also say in which fields it stands, and of ``struct.field`` which functions do.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..core.lockfile import load_kernels
from ..core.record import LockError, to_plain
from ..core.releases import ReleaseError, sort_key
from ..core.source import Definition, Kind
from ..core.steps import Symbol
from ..core.target import in_file
from ..resolvers.index import MOST_NEAR, Index
from ..resolvers.index.callgraph import SourceGraph
from ..resolvers.index.pointed import Setting
from ..resolvers.tree import TreeError, open_tree
from .options import kernels
from .site import lock_folder
from .terminal import MAX_WIDTH, to_json, visible

_WHOLE = ("release", "kind", "place", "field")
"""Columns that are never cut: half a path with half a number is a wrong one."""
_ANYWHERE = "any/where.c"


@dataclass(slots=True)
class _Found:
    """What one release has of a name; ``covers`` says whether a path lies in what was read of it."""

    covers: Callable[[str], bool]
    definitions: tuple[Definition, ...] = ()
    settings: dict[Symbol, Sequence[Setting]] = field(default_factory=dict)

    def of(self, one: Definition) -> Sequence[Setting]:
        """The fields that a definition stands in."""
        return self.settings.get(Symbol(one.file, one.name), ())


def run(given: argparse.Namespace, console: Console) -> int:
    """Show the definitions; 1 and the nearest names where there is none."""
    try:
        if "." in given.name.rpartition(":")[2]:
            return _field(given, console)
        found, near = _search(given, *_parted(given.name))
    except (TreeError, LockError, ReleaseError) as error:
        console.print(f"kernelref: {error}")
        return 2
    if not found:
        console.print("kernelref: no tree is named and there is no lock; write --kernel v6.18=FOLDER")
        return 2
    if given.format == "json":
        print(to_json({release: _plain(found[release]) for release in found}), end="")
    else:
        _show(found)
    if any(one.definitions for one in found.values()):
        return 0
    nearest = f"; the nearest names are {', '.join(near)}" if near else ""
    read = [tag if here.covers(_ANYWHERE) else f"what was read of {tag}" for tag, here in found.items()]
    console.print(f"kernelref: {given.name} is in none of {', '.join(read)}{nearest}")
    return 1


def _parted(name: str) -> tuple[str, str]:
    file, _, plain = name.rpartition(":")
    return file, plain


def _search(given: argparse.Namespace, file: str, name: str) -> tuple[dict[str, _Found], tuple[str, ...]]:
    """Look in the trees, then in the locks of releases that no tree is of."""
    found: dict[str, _Found] = {}
    near: tuple[str, ...] = ()
    for spec in kernels(given):
        index = Index(open_tree(spec))
        every = index.definitions(name)
        definitions = tuple(one for one in every if in_file(one, file))
        found[index.tree.release] = _Found(index.tree.covers, definitions, _settings(index, definitions))
        if not definitions and not near:
            near = tuple(f"{one.file}:{one.name}" for one in every[:MOST_NEAR]) or index.nearest(name)
    for lock in load_kernels(lock_folder(given.site)).values():
        if lock.release not in found and (name in lock.identifiers or not kernels(given)):
            known = lock.identifiers.get(name, ())
            found[lock.release] = _Found(lock.covers, tuple(one for one in known if in_file(one, file)))
            near = near or lock.near.get(name, ())
    return {release: found[release] for release in sorted(found, key=sort_key)}, near


def _settings(index: Index, definitions: Sequence[Definition]) -> dict[Symbol, Sequence[Setting]]:
    graph = SourceGraph(index, keep_words=True)
    functions = (Symbol(one.file, one.name) for one in definitions if one.kind is Kind.FUNCTION)
    return {at: graph.settings(at) for at in functions}


# --- a field of a struct -----------------------------------------------------


def _field(given: argparse.Namespace, console: Console) -> int:
    """Show what stands in ``struct.field``."""
    struct, _, name = given.name.partition(".")
    specs = kernels(given)
    if not specs:
        console.print("kernelref: no tree is named; write --kernel v6.18=FOLDER")
        return 2
    found: dict[str, Sequence[Setting]] = {}
    for spec in specs:
        index = Index(open_tree(spec))
        found[index.tree.release] = SourceGraph(index, keep_words=True).standing_in(struct, name)
    found = {release: found[release] for release in sorted(found, key=sort_key)}
    if given.format == "json":
        print(to_json({release: list(map(_entry, found[release])) for release in found}), end="")
    else:
        _show_settings({release: [(one.function, one) for one in found[release]] for release in found})
    if any(found.values()):
        return 0
    console.print(f"kernelref: no function is set into {given.name} in {', '.join(found)}")
    return 1


# --- printing ----------------------------------------------------------------


def _plain(found: _Found) -> list[dict[str, Any]]:
    """Give the definitions as records; one of a function with the fields that it stands in."""
    records: list[dict[str, Any]] = to_plain(found.definitions)
    for record, one in zip(records, found.definitions, strict=True):
        if settings := found.of(one):
            record["fields"] = [_entry(each) for each in settings]
    return records


def _entry(one: Setting) -> dict[str, Any]:
    told = {"struct": one.struct, "field": one.field, "file": one.file, "line": one.line}
    more = {"function": one.function, "table": one.table, "setter": one.setter}
    return told | {key: value for key, value in more.items() if value}


def _show(found: Mapping[str, _Found]) -> None:
    table = _table("release", "kind", "place", "signature")
    files = {one.file for here in found.values() for one in here.definitions} or {_ANYWHERE}
    for release, here in found.items():
        if not here.definitions:
            said = "not found" if all(map(here.covers, files)) else "not in what was read"
            table.add_row(visible(release), Text(said, style="dim"), "", "")
        for one in here.definitions:
            under = f"  {one.condition}" if one.condition else ""
            place = Text(visible(one.place), style="cyan")
            table.add_row(visible(release), str(one.kind), place, Text(visible(one.signature + under)))
    _print(table)
    settings = {
        release: [
            (each.table or f"set by {each.setter}()", each)
            for one in here.definitions
            for each in here.of(one)
        ]
        for release, here in found.items()
    }
    if any(settings.values()):
        _show_settings(settings)


def _show_settings(found: Mapping[str, Sequence[tuple[str, Setting]]]) -> None:
    table = _table("release", "field", "place", "table or function")
    for release, here in found.items():
        for said, one in here:
            name = f"{one.struct or '?'}.{one.field}"
            place = Text(visible(f"{one.file}:{one.line}"), style="cyan")
            table.add_row(visible(release), visible(name), place, Text(visible(said)))
    _print(table)


def _table(*headings: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in _WHOLE)
    return table


def _print(table: Table) -> None:
    """Print a table whose last column alone may be cut; in a file nothing is, and no line ends in blanks."""
    console = Console(highlight=False, markup=False)
    if console.is_terminal:
        console.print(table)
        return
    console.width = MAX_WIDTH
    with console.capture() as said:
        console.print(table)
    print("\n".join(line.rstrip() for line in said.get().splitlines()))
