"""What a worker finds out about a tree as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .nearest import Nearest
from .store import Store
from .workers import NEAR, WALK

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..tree import Tree
    from .workers import Job


def _walk(job: Job, tree: Tree) -> bytes:
    """All files, as the tree itself tells them to another process."""
    return tree.walked()


def _near(job: Job, tree: Tree) -> bytes:
    """The names nearest to some, as JSON; none when the store has not all segments any more."""
    store = Store(Path(job.store))
    segments = [
        (segment, frozenset(gone))
        for name, gone in job.segments.items()
        if (segment := store.segment(name)) is not None
    ]
    if len(segments) < len(job.segments):
        return b"{}"
    names = Nearest(lambda config: [segment.listed(config, gone) for segment, gone in segments])
    return json.dumps({name: names.to(name) for name in job.words[NEAR]}).encode()


WHOLE: Final[dict[str, Callable[[Job, Tree], bytes]]] = {WALK: _walk, NEAR: _near}
