"""Time the index beside cscope, universal-ctags and GNU global, in turn and on the same trees."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
QUESTIONS = (
    ("where zap_pte_range", ["where", "zap_pte_range"]),
    ("tree below do_madvise", ["calltree", "do_madvise"]),
    ("callers of zap_pte_range", ["calltree", "zap_pte_range", "--callers"]),
    ("do_madvise to zap_pte_range", ["calltree", "do_madvise", "--to", "zap_pte_range"]),
)
SOURCES = (".c", ".h", ".S")


@dataclass
class Work:
    """A command to measure: where it runs, and what has to be gone before."""

    name: str
    command: list[str]
    folder: Path
    gone: tuple[Path, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    walls: list[float] = field(default_factory=list)
    processors: list[float] = field(default_factory=list)
    peak: int = 0

    def turn(self, number: int) -> None:
        """Take a turn: the first is for the memory, and all others for the time."""
        if number:
            self.run()
        else:
            self._weigh()

    def _weigh(self) -> None:
        # The peak of the memory of all its processes: to look costs them time.
        self._clear()
        process = self._start()
        watch = Watch(process.pid)
        self._check(process.wait())
        self.peak = max(self.peak, watch.stop())

    def run(self) -> None:
        """Run it once, and note wall time and processor time."""
        self._clear()
        before = os.times()
        start = time.monotonic()
        code = self._start().wait()
        self.walls.append(time.monotonic() - start)
        after = os.times()
        self.processors.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
        self._check(code)

    def _clear(self) -> None:
        for path in self.gone:
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _check(self, code: int) -> None:
        if code:
            raise SystemExit(f"{' '.join(self.command)} failed with {code}")

    @property
    def wall(self) -> float:
        """The median."""
        return statistics.median(self.walls)


class Watch:
    """Adds up the memory of a process and all below it, five times a second."""

    def __init__(self, root: int) -> None:
        """Begin."""
        self._root, self._peak, self._over = root, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.2):
            self._peak = max(self._peak, sum(map(memory, family(self._root))))

    def stop(self) -> int:
        """End, and give the peak in bytes."""
        self._over.set()
        self._thread.join()
        return self._peak


def family(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for process in found:
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def memory(process: int) -> int:
    """The memory of a process that is its own: what is shared counts in parts."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return 1024 * next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


def ours(arguments: list[str], tree: Path, cache: Path, name: str = "kernelref") -> Work:
    """One of our commands, with a store of its own."""
    places = os.pathsep.join(filter(None, [str(REPOSITORY / "_ext"), os.environ.get("PYTHONPATH", "")]))
    told = {
        "KERNELREF_CACHE": str(cache),
        "PYTHONPATH": places,
        # Compiled modules, as anybody has from the second run on, but beside the checkout.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": f"{cache.parent}/compiled",
    }
    command = [sys.executable, "-m", "kernelref", *arguments, "--kernel", str(tree)]
    return Work(name, command, tree, environment=told)


def peers(tree: Path, room: Path) -> list[Work]:
    """The peers that are installed, each making its whole index."""
    files = room / "files"
    listed = (path for path in tree.rglob("*") if path.suffix in SOURCES and path.is_file())
    files.write_text("\n".join(sorted(str(path.relative_to(tree)) for path in listed)) + "\n")
    made = room / "made"
    made.mkdir(exist_ok=True)
    every = [
        Work(
            "cscope -bkq",
            ["cscope", "-bkq", "-i", str(files), "-f", f"{made}/cscope"],
            tree,
            (made / "cscope", made / "cscope.in", made / "cscope.po"),
        ),
        Work(
            "ctags",
            ["ctags", "--languages=C,Asm", "--langmap=C:.c.h", "-L", str(files), "-f", f"{made}/tags"],
            tree,
            (made / "tags",),
        ),
        Work(
            "gtags",
            ["gtags", "-f", str(files), str(made)],
            tree,
            tuple(made / f"G{x}" for x in ("TAGS", "RTAGS", "PATH")),
        ),
    ]
    return [work for work in every if shutil.which(work.command[0])]


def table(title: str, works: list[Work]) -> None:
    """Print medians, and how each stands to the first."""
    print(f"\n{title}\n\n| command | wall | processor | peak memory | ours takes |\n|---|--:|--:|--:|--:|")
    first = works[0]
    for work in works:
        ratios = [a / b for a, b in zip(first.walls, work.walls, strict=False)]
        print(
            f"| {work.name} | {work.wall:.2f} s | {statistics.median(work.processors):.2f} s "
            f"| {work.peak / 1e6:.0f} MB | {statistics.median(ratios):.2f} × |",
            flush=True,
        )


def whole(title: str, tree: Path, room: Path, runs: int) -> None:
    """Measure whole indexes from nothing, in turn."""
    cache = room / "cache"
    mine = ours(["index"], tree, cache)
    mine.gone = (cache,)
    works = [mine, *peers(tree, room)]
    for number in range(runs + 1):
        for work in works:
            work.turn(number)
    table(title, works)


def following(tree: Path, room: Path, runs: int) -> None:
    """Measure a tree of which a tenth is new, in a store that has the other."""
    store, changed, cache = room / "first", room / "next", room / "cache"
    ours(["index"], tree, store).run()
    shutil.copytree(tree, changed, symlinks=True)
    sources = sorted(path for path in changed.rglob("*") if path.suffix in SOURCES and path.is_file())
    for path in sources[::10]:
        with path.open("ab") as file:
            file.write(b"\n/* changed */\n")
    again, fresh = (
        ours(["index"], changed, store, "next release"),
        ours(["index"], changed, cache, "from nothing"),
    )
    fresh.gone = (cache,)
    for number in range(runs + 1):
        shutil.rmtree(store)
        ours(["index"], tree, store).run()
        for work in (again, fresh):
            work.turn(number)
    table("The next point release, a tenth of its files changed", [again, fresh])


def locking(tree: Path, site: Path, room: Path, runs: int) -> None:
    """Measure the lock of what a site cites, from an empty store, beside a whole index of cscope."""
    cache, copy = room / "cache", room / "site"
    work = ours(["lock", "--no-mail", "--repin", "--site", str(copy)], tree, cache, "kernelref lock")
    work.gone = (cache,)
    works = [work, *peers(tree, room)[:1]]
    for number in range(runs + 1):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(site, copy, ignore=shutil.ignore_patterns(".git", "_build", ".venv"))
        for each in works:
            each.turn(number)
    table(f"The lock of what {site.name or 'the site'} cites, empty store", works)


def questions(tree: Path, room: Path, runs: int) -> None:
    """Measure single questions, from the start of a process to its end, in a warm store."""
    cache = room / "cache"
    works = [ours(words, tree, cache, name) for name, words in QUESTIONS]
    cscope = [work for work in peers(tree, room) if work.name.startswith("cscope")]
    for work in [*works, *cscope]:
        work.run()
        work.walls.clear()
        work.processors.clear()
    for work in cscope:
        work.name, work.gone = "cscope: callers of zap_pte_range", ()
        work.command = ["cscope", "-dqL", "-3", "zap_pte_range", "-f", work.command[-1]]
    for number in range(runs + 1):
        for work in [*works, *cscope]:
            work.turn(number)
    table("One question, warm", [*works, *cscope])


def main() -> None:
    """Measure what was named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", type=Path, help="a tree with mm, include, fs, kernel and two of arch")
    parser.add_argument("--whole", type=Path, help="a whole tree")
    parser.add_argument("--site", type=Path, help="a site whose source side is locked from the whole tree")
    parser.add_argument("--runs", type=int, default=5, help="how often each is measured (default: 5)")
    parser.add_argument(
        "--room", type=Path, help="a folder with room for the indexes (default: a temporary one)"
    )
    parser.add_argument("--only", choices=("index", "next", "lock", "questions"), help="one row of the table")
    told = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start; medians of {told.runs}")
    rows = {
        "index": lambda tree, room: whole(f"{tree.name}: everything, from nothing", tree, room, told.runs),
        "next": lambda tree, room: following(tree, room, told.runs),
        "lock": lambda tree, room: locking(tree, told.site, room, told.runs) if told.site else None,
        "questions": lambda tree, room: questions(tree, room, told.runs),
    }
    for tree in filter(None, (told.part, told.whole)):
        for name, measure in rows.items():
            if told.only in (None, name):
                with tempfile.TemporaryDirectory(dir=told.room) as room:
                    measure(tree.resolve(), Path(room))
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
