"""Processes of our own: shared by threads, replaced when they die."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from support import write_files

from kernelref.resolvers.index.workers import BLOBS, Job, Workers
from kernelref.resolvers.tree import blob_of, open_tree

TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 15\n",
    "Kconfig": "config PAINT\n",
    "mm/Makefile": "\n",
    **{f"mm/{number}.c": f"int paint_{number};\n" for number in range(12)},
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a small tree."""
    return write_files(tmp_path / "tree", TREE)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Workers:
    """Give two workers, however many processors there are."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return Workers()


def jobs(tree: Path, room: Path) -> list[Job]:
    """Give a job for each file."""
    room.mkdir()
    paths = sorted(path for path in TREE if path.endswith(".c"))
    return [Job(str(tree), (path,), {BLOBS: f"{room}/{number}"}) for number, path in enumerate(paths)]


def made(some: list[Job]) -> dict[str, str]:
    """Read what came of jobs."""
    found: dict[str, str] = {}
    for job in some:
        found |= json.loads(Path(job.targets[BLOBS]).read_text())
    return found


def wanted() -> dict[str, str]:
    """Give what has to come of all jobs."""
    return {path: blob_of(text.encode()) for path, text in TREE.items() if path.endswith(".c")}


@pytest.mark.parametrize("most", [1, 2])
def test_two_threads(tree: Path, tmp_path: Path, workers: Workers, most: int) -> None:
    """Two threads run jobs at once: each is told of its own files, and no worker is given to both."""
    shares = [jobs(tree, tmp_path / name) for name in ("a", "b")]
    told: list[list[int]] = [[], []]
    threads = [
        threading.Thread(
            target=workers.run,
            args=(share, open_tree(str(tree))),
            kwargs={"worth": True, "told": heard.append, "most": most},
        )
        for share, heard in zip(shares, told, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [sum(heard) for heard in told] == [12, 12]
    assert [made(share) for share in shares] == [wanted()] * 2
    assert len(workers._processes) == len(workers._idle) <= 2


def test_a_dead_worker(tree: Path, tmp_path: Path, workers: Workers) -> None:
    """A worker that died while it was idle is replaced; what one leaves undone is done here."""
    workers.run(jobs(tree, tmp_path / "a"), open_tree(str(tree)), worth=True)
    first = list(workers._processes)
    for process in first:
        process.kill()
        process.wait()
    again = jobs(tree, tmp_path / "b")
    workers.run(again, open_tree(str(tree)), worth=True)
    assert made(again) == wanted()
    assert not {*first} & {*workers._processes}

    def killed(job: Job) -> Job:
        for process in workers._processes:
            process.kill()
        return job

    last = jobs(tree, tmp_path / "c")
    workers.run(last, open_tree(str(tree)), worth=True, last=killed)
    assert made(last) == wanted()
    assert workers._processes == workers._idle == []
