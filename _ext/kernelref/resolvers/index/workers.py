"""Work shared out to processes of our own.

Each is ``python -m kernelref.resolvers.index.workers``, told what to do in lines of JSON on its
standard input. That needs nothing of the program that started it (no ``__main__`` guard, no
fork of its threads), and a worker that dies costs time: its work is then done here.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..tree import Tree
    from .store import Store

MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Job:
    """Some files of a tree and what to make of them.

    ``facts`` go into a store; a part of an ``outline`` or of the ``words``, or the ``holders`` of some
    names, into a file.
    """

    work: str
    tree: str
    target: str
    first: int
    paths: tuple[str, ...]
    words: tuple[str, ...] = ()


def run(
    jobs: Sequence[Job],
    tree: Tree,
    *,
    worth: bool,
    store: Store | None = None,
    finished: Callable[[Job], None] | None = None,
) -> None:
    """Do all jobs: by workers where it is worth starting them, what they leave undone here."""
    pending = deque(jobs)
    done: set[Job] = set()
    lock = threading.Lock()

    def note(job: Job) -> None:
        with lock:
            done.add(job)
            if finished is not None:
                finished(job)

    count = min(os.cpu_count() or 1, MOST, len(jobs)) if worth and sys.executable else 1
    if count > 1:
        threads = [threading.Thread(target=_lead, args=(pending, note), daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for job in jobs:
        if job not in done:
            _do(job, tree, store)
            note(job)


def _lead(pending: deque[Job], note: Callable[[Job], None]) -> None:
    # One thread for each worker: a line out, a line back.
    places = [str(Path(__file__).resolve().parents[3]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    except OSError:
        return
    with process:
        if process.stdin is None or process.stdout is None:  # pragma: no cover (both are asked for)
            return
        try:
            while True:
                try:
                    job = pending.popleft()
                except IndexError:
                    break
                process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
                process.stdin.flush()
                if process.stdout.readline() != b"done\n":
                    break
                note(job)
            process.stdin.close()
        except OSError:
            process.kill()


def _do(job: Job, tree: Tree, store: Store | None) -> None:
    from . import scan
    from .store import Store

    if job.work == "outline":
        scan.write_part(tree, job)
    elif job.work == "words":
        scan.write_words(tree, job)
    elif job.work == "holders":
        scan.write_holders(tree, job)
    else:
        scan.parse_some(tree, store if store is not None else Store(Path(job.target)), job.paths)


def main() -> None:
    """Do the jobs of standard input until it ends."""
    from ..tree import open_tree

    # Facts are lists of tuples without cycles: looking for those is time lost.
    gc.set_threshold(200_000, 20, 20)
    trees: dict[str, Tree] = {}
    for line in sys.stdin.buffer:
        told = json.loads(line)
        job = Job(**{**told, "paths": tuple(told["paths"]), "words": tuple(told["words"])})
        if job.tree not in trees:
            trees[job.tree] = open_tree(job.tree)
        _do(job, trees[job.tree], None)
        sys.stdout.buffer.write(b"done\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
