"""The ``index`` command: parse whole trees into the store, or empty it."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from ..resolvers.index import Index
from ..resolvers.index.store import Store
from ..resolvers.tree import TreeError, open_tree
from .options import kernels
from .terminal import text_column, visible


def run(given: argparse.Namespace, console: Console) -> int:
    """Parse each tree that was named."""
    store = Store()
    if given.clean:
        size = store.size()
        store.clean(everything=True)
        console.print(f"the store is empty; it held {size / 1e6:.0f} MB")
        return 0
    specs = kernels(given)
    if not specs:
        console.print("kernelref: no tree is named; write --kernel v6.18=FOLDER, or set KERNELS")
        return 2
    try:
        trees = [open_tree(spec) for spec in specs]
    except TreeError as error:
        console.print(f"kernelref: {error}")
        return 2
    for tree in trees:
        _build(Index(tree, store), console)
    console.print(f"the store holds {store.size() / 1e6:.0f} MB")
    return 0


def _build(index: Index, console: Console) -> None:
    release = text_column(visible(index.tree.release).replace("{", "{{").replace("}", "}}"))
    columns = (release, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=None)

        def tell(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        index.build(tell)
