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
import weakref
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..tree import Tree

OUTLINE: Final = "outline"
WORDS: Final = "words"
LATE: Final = "late"
FACTS: Final = "facts"
BLOBS: Final = "blobs"
MENTIONS: Final = "mentions"
LATE_NAMES: Final = "late names"
"""What can be made of files: keys of `Job.targets` (see `makers`)."""
WALK: Final = "walk"
NEAR: Final = "near"
"""What can be found out about a tree as a whole: keys as well."""

MOST: Final = 8
_DONE: Final = b"done\n"


@dataclass(frozen=True, slots=True)
class Job:
    """Some files of a tree, and where to put what is made of them, by the kind of that.

    ``targets`` are files to write; ``words`` are what to look for, by kind; ``store`` is the folder of a
    store whose facts need not be made again, or which has ``segments``, each with the numbers of the files
    that the tree has not. ``numbers`` are those that the files have in their segment, of ``count`` files,
    where these are not all of it.
    """

    tree: str
    paths: tuple[str, ...]
    targets: dict[str, str]
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    store: str = ""
    segments: dict[str, tuple[int, ...]] = field(default_factory=dict)
    numbers: tuple[int, ...] = ()
    count: int = 0

    def __post_init__(self) -> None:
        if not self.count:
            object.__setattr__(self, "count", len(self.paths))

    def as_line(self) -> bytes:
        """The job as a worker is told it."""
        # Not `asdict`, which would copy thousands of paths one by one.
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return json.dumps(told).encode() + b"\n"


def _untold(_files: int) -> None:
    """Say nothing."""


def as_is(job: Job) -> Job:
    """Leave a job as it was put together."""
    return job


class Workers:
    """Processes that are started when there is work for them, and end with whoever started them."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._processes: list[subprocess.Popen[bytes]] = []
        self._idle: list[subprocess.Popen[bytes]] = []
        self._turn = threading.Condition()
        weakref.finalize(self, _end, self._processes)

    @property
    def count(self) -> int:
        """How many there are, or will be."""
        return min(os.cpu_count() or 1, MOST) if sys.executable else 1

    @property
    def started(self) -> bool:
        """Whether they are there already."""
        return bool(self._processes)

    def run(
        self,
        jobs: Sequence[Job],
        tree: Tree,
        *,
        worth: bool,
        told: Callable[[int], None] = _untold,
        last: Callable[[Job], Job] = as_is,
        most: int = MOST,
    ) -> None:
        """Do all jobs: by ``most`` workers where it is worth it, what they leave undone here.

        ``last`` may add to a job what was not known when this began. Two threads may run jobs at once: each
        has the workers that are idle when it begins.
        """
        pending, lock = deque(range(len(jobs))), threading.Lock()
        done: set[int] = set()

        def tell(files: int) -> None:
            with lock:
                told(files)

        if worth and self.count > 1:
            taken = self._take(min(len(jobs), most))
            threads = [
                threading.Thread(target=_lead, args=(process, jobs, pending, done, tell, last), daemon=True)
                for process in taken
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self._give_back(taken)
        for number, job in enumerate(jobs):
            if number not in done:
                _do(last(job), tree, told)

    def _take(self, wanted: int) -> list[subprocess.Popen[bytes]]:
        """Take idle workers, new ones among them; where all are at work, the first that is done."""
        with self._turn:
            self._drop_dead(self._idle)
            self._idle += self._started(wanted - len(self._idle))
            self._turn.wait_for(lambda: self._idle or not self._processes)
            taken, self._idle = self._idle[:wanted], self._idle[wanted:]
            return taken

    def _started(self, wanted: int) -> list[subprocess.Popen[bytes]]:
        new: list[subprocess.Popen[bytes]] = []
        while len(new) < wanted and len(self._processes) < self.count:
            try:
                new.append(_start())
            except OSError:
                break
            self._processes.append(new[-1])
        return new

    def _give_back(self, taken: Sequence[subprocess.Popen[bytes]]) -> None:
        with self._turn:
            self._idle += taken
            self._drop_dead(taken)
            self._turn.notify_all()

    def _drop_dead(self, among: Sequence[subprocess.Popen[bytes]]) -> None:
        for process in [process for process in among if process.poll() is not None]:
            self._idle.remove(process)
            self._processes.remove(process)


def _start() -> subprocess.Popen[bytes]:
    places = [str(Path(__file__).resolve().parents[3]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
    return subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    # What they were at is not waited for: it goes into a folder of its own.
    for process in processes:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _lead(
    process: subprocess.Popen[bytes],
    jobs: Sequence[Job],
    pending: deque[int],
    done: set[int],
    tell: Callable[[int], None],
    last: Callable[[Job], Job],
) -> None:
    # One thread for each worker: a line out; back come numbers of files, and a word at the end.
    if process.stdin is None or process.stdout is None:  # pragma: no cover (both are asked for)
        return
    try:
        while pending:
            number = pending.popleft()
            process.stdin.write(last(jobs[number]).as_line())
            process.stdin.flush()
            while (line := process.stdout.readline()) != _DONE:
                tell(int(line))
            done.add(number)
    except (OSError, ValueError, IndexError):
        process.kill()
        process.wait()


def _do(job: Job, tree: Tree, told: Callable[[int], None]) -> None:
    from .scan import do

    do(job, tree, told)


def main() -> None:
    """Do the jobs of standard input until it ends."""
    from ..tree import open_tree

    # Nothing here refers to itself: looking for what does is time lost.
    gc.disable()
    trees: dict[str, Tree] = {}
    out = sys.stdout.buffer

    def tell(files: int) -> None:
        out.write(b"%d\n" % files)
        out.flush()

    for line in sys.stdin.buffer:
        told = json.loads(line)
        job = Job(**told)
        if job.tree not in trees:
            trees[job.tree] = open_tree(job.tree)
        _do(job, trees[job.tree], tell)
        out.write(_DONE)
        out.flush()


if __name__ == "__main__":
    main()
