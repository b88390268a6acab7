"""The ``where`` command: an identifier in each release, from trees and from locks."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..core.lockfile import load_kernels
from ..core.record import LockError, to_plain
from ..core.releases import ReleaseError, sort_key
from ..core.source import Definition
from ..core.target import in_file
from ..resolvers.index import Index
from ..resolvers.tree import TreeError, open_tree
from .options import kernels
from .site import lock_folder
from .terminal import to_json, visible


def run(given: argparse.Namespace, console: Console) -> int:
    """Show the definitions; 1 and the nearest names where there is none."""
    file, _, name = given.name.rpartition(":")
    try:
        found, near = _search(given, file, name)
    except (TreeError, LockError, ReleaseError) as error:
        console.print(f"kernelref: {error}")
        return 2
    if not found:
        console.print("kernelref: no tree is named and there is no lock; write --kernel v6.18=FOLDER")
        return 2
    if given.format == "json":
        print(to_json({release: to_plain(found[release]) for release in found}), end="")
    else:
        _show(found)
    if any(found.values()):
        return 0
    nearest = f"; the nearest names are {', '.join(near)}" if near else ""
    console.print(f"kernelref: {given.name} is in none of {', '.join(found)}{nearest}")
    return 1


def _search(
    given: argparse.Namespace, file: str, name: str
) -> tuple[dict[str, tuple[Definition, ...]], tuple[str, ...]]:
    """Look in the trees, then in the locks of releases that no tree is of."""
    found: dict[str, tuple[Definition, ...]] = {}
    near: tuple[str, ...] = ()
    for spec in kernels(given):
        index = Index(open_tree(spec))
        release = index.tree.release
        found[release] = tuple(one for one in index.definitions(name) if in_file(one, file))
        if not found[release] and not near:
            near = index.nearest(name)
    for lock in load_kernels(lock_folder(given.site)).values():
        if lock.release not in found and (name in lock.identifiers or not kernels(given)):
            every = lock.identifiers.get(name, ())
            found[lock.release] = tuple(one for one in every if in_file(one, file))
            near = near or lock.near.get(name, ())
    return {release: found[release] for release in sorted(found, key=sort_key)}, near


def _show(found: dict[str, tuple[Definition, ...]]) -> None:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("release", "kind", "place", "signature"):
        table.add_column(heading, overflow="fold")
    for release, definitions in found.items():
        if not definitions:
            table.add_row(visible(release), Text("not found", style="dim"), "", "")
        for one in definitions:
            under = f"  {one.condition}" if one.condition else ""
            place = Text(visible(one.place), style="cyan")
            table.add_row(visible(release), str(one.kind), place, Text(visible(one.signature + under)))
    Console(highlight=False, markup=False).print(table)
