"""The ``lock`` command begins: the trees are opened, and read while all is imported that their site takes."""

from __future__ import annotations

import argparse

from rich.console import Console

from ..core.releases import ReleaseError
from ..resolvers.index import Index
from ..resolvers.tree import TreeError
from .lock_kernels import PinError, open_trees
from .options import kernels


def run(given: argparse.Namespace, console: Console) -> int:
    """Lock what was asked for; 0, 1 when a message could not be had, 2 when nothing could be done."""
    try:
        indexes = [Index(tree) for tree in open_trees(kernels(given))]
    except (ReleaseError, TreeError, PinError) as error:
        console.print(f"kernelref: {error}")
        return 2
    for index in indexes:
        index.begin()
    # Sphinx is imported here: it takes as long as the walk over a tree.
    from .lock_site import lock

    return lock(given, console, indexes)
