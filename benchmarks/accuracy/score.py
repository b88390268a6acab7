"""Score the index, cscope and cflow against the calls that a compiler sees, and against ctags' functions."""

from __future__ import annotations

import argparse
import csv
import lzma
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_ext"))

from kernelref.core.source import How, Kind
from kernelref.resolvers.index import Index, Store
from kernelref.resolvers.tree import open_tree

if TYPE_CHECKING:
    from collections.abc import Callable

Edge = tuple[str, str, str]
"""A caller's file, the caller, the callee."""

FOLDERS = ("mm", "fs", "kernel", "arch/x86")
TWINS = re.compile(r"__(?:x64|ia32|se)_sys_\w+")
"""Entries that a definer makes beside the function that has the body."""


@dataclass
class Truth:
    """What the compiler saw."""

    edges: dict[str, set[Edge]] = field(default_factory=lambda: defaultdict(set))
    functions: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    skipped: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def is_skipped(self, file: str, line: int) -> bool:
        """Whether the compiler's configuration left this line out."""
        return any(start <= line <= end for start, end in self.skipped[file])


def rows(path: Path) -> list[dict[str, str]]:
    """Read a packed table."""
    with lzma.open(path, "rt") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def read_truth(folder: Path) -> Truth:
    """Read the three tables of the truth."""
    truth = Truth()
    for row in rows(folder / "mm-6.12.edges.tsv.xz"):
        truth.edges[row["kind"]].add((row["caller_file"], row["caller"], row["callee"]))
    for row in rows(folder / "mm-6.12.functions.tsv.xz"):
        truth.functions[row["file"], row["name"]] = (int(row["name_line"]), int(row["end"]))
    for row in rows(folder / "mm-6.12.skipped.tsv.xz"):
        truth.skipped[row["file"]].append((int(row["start"]), int(row["end"])))
    return truth


def ask_index(index: Index, truth: Truth) -> dict[Edge, list[int]]:
    """All spelled calls of every caller in the truth, as the index has them."""
    found: dict[Edge, list[int]] = {}
    for file, caller in truth.functions:
        if TWINS.fullmatch(caller):
            continue
        for call in index.calls(file, caller):
            if call.how in (How.DIRECT, How.MACRO) and not call.via:
                found.setdefault((file, caller, call.callee), []).extend(call.lines)
    return found


def ask_cscope(tree: Path, truth: Truth, files: list[str] | None = None) -> dict[Edge, list[int]] | None:
    """The same from cscope's line mode; of all of mm/ unless files are named."""
    if shutil.which("cscope") is None:
        return None
    found: dict[Edge, list[int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        files = files or sorted(str(p.relative_to(tree)) for p in (tree / "mm").rglob("*.[ch]"))
        (Path(folder) / "files").write_text("\n".join(files) + "\n")
        base = ["cscope", "-k", "-f", f"{folder}/out"]
        subprocess.run([*base, "-b", "-i", f"{folder}/files"], cwd=tree, check=True)
        for caller in sorted({name for _, name in truth.functions}):
            done = subprocess.run(
                [*base, "-d", "-L", "-2", caller], cwd=tree, check=True, capture_output=True
            )
            for line in done.stdout.decode(errors="replace").splitlines():
                file, callee, number = line.split(" ", 3)[:3]
                if (file, caller) in truth.functions:
                    found.setdefault((file, caller, callee), []).append(int(number))
    return found


def ask_cflow(tree: Path, truth: Truth) -> dict[Edge, list[int]] | None:
    """The same from cflow, a file at a time; it gives no lines of calls."""
    if shutil.which("cflow") is None:
        return None
    found: dict[Edge, list[int]] = {}
    for file in sorted({file for file, _ in truth.functions}):
        done = subprocess.run(
            ["cflow", "-A", "-A", "-d", "2", file], cwd=tree, check=False, capture_output=True
        )
        caller = ""
        for line in done.stdout.decode(errors="replace").splitlines():
            name = line.strip().partition("(")[0]
            if not line.startswith(" "):
                caller = name
            elif (file, caller) in truth.functions:
                found.setdefault((file, caller, name), [])
    return found


def score(name: str, found: dict[Edge, list[int]], truth: Truth, seconds: float, misses: int) -> None:
    """Print a row, and some of what is missing or wrong."""
    direct = truth.edges["direct"]
    macro = truth.edges["macro"]
    everything = set().union(*truth.edges.values())
    counted = [
        edge
        for edge, lines in found.items()
        if not lines or not all(truth.is_skipped(edge[0], line) for line in lines)
    ]
    false = [edge for edge in counted if edge not in everything]
    print(
        f"{name:<8} {1 - len(direct - found.keys()) / len(direct):>8.4f}"
        f" {1 - len(macro - found.keys()) / len(macro):>8.4f}"
        f" {len(false) / max(len(counted), 1):>8.2%} {len(counted):>8} {seconds:>8.1f}"
    )
    for kind, edges in (("missing", sorted((direct | macro) - found.keys())), ("false", sorted(false))):
        for edge in edges[:misses]:
            print(f"    {kind:<8} {': '.join(edge)}")


def score_functions(index: Index, tree: Path, misses: int) -> None:
    """Print a row for each folder: what of ctags' functions the index has."""
    print(f"\n{'functions':<12} {'ctags':>8} {'found':>8}")
    for folder in FOLDERS:
        done = subprocess.run(
            [
                "ctags",
                "-R",
                "-x",
                "--languages=C",
                "--langmap=C:.c.h",
                "--kinds-C=f",
                "--_xformat=%N\t%n\t%F",
                folder,
            ],
            cwd=tree,
            check=True,
            capture_output=True,
        )
        listed = [line.split("\t") for line in done.stdout.decode(errors="replace").splitlines()]
        missing = []
        for name, line, file in listed:
            found = [each for each in index.facts(file).found if each.kind == Kind.FUNCTION]
            if not any(each.name == name or each.line == int(line) for each in found):
                missing.append(f"{file}:{line} {name}")
        print(f"{folder:<12} {len(listed):>8} {1 - len(missing) / max(len(listed), 1):>8.4f}")
        for each in missing[:misses]:
            print(f"    missing  {each}")


def score_beside(index: Index, tree: Path, count: int, misses: int) -> None:
    """Print a row for each folder: on how many calls of some files the index and cscope agree."""
    print(f"\n{'calls':<12} {'cscope':>8} {'of these':>9} {'index':>8} {'of these':>9}")
    for folder in FOLDERS:
        paths = [
            path for path in index.outline.paths if path.startswith(f"{folder}/") and path.endswith(".c")
        ]
        sample = Truth()
        for path in paths[:: max(1, len(paths) // count)]:
            for each in index.facts(path).found:
                if each.kind == Kind.FUNCTION and "g" not in each.flags:
                    sample.functions[path, each.name] = (each.line, each.end)
        mine = ask_index(index, sample)
        theirs = ask_cscope(tree, sample, sorted({file for file, _ in sample.functions})) or {}
        both = len(mine.keys() & theirs.keys())
        shares = both / max(len(theirs), 1), both / max(len(mine), 1)
        print(f"{folder:<12} {len(theirs):>8} {shares[0]:>9.4f} {len(mine):>8} {shares[1]:>9.4f}")
        for kind, edges in (("cscope", theirs.keys() - mine.keys()), ("index", mine.keys() - theirs.keys())):
            for edge in sorted(edges)[:misses]:
                print(f"    {kind:<8} {': '.join(edge)}")


def score_kinds(index: Index, truth: Truth) -> None:
    """Print how many functions of the truth are found, and with the right end."""
    own = {key: lines for key, lines in truth.functions.items() if not TWINS.fullmatch(key[1])}
    state: Counter[str] = Counter()
    for (file, name), (line, end) in own.items():
        found = [each for each in index.facts(file).found if each.name == name and each.kind == Kind.FUNCTION]
        right = any(each.line == line and each.end == end for each in found)
        state["right" if right else "other lines" if found else "missing"] += 1
    print(f"\nfunctions of the truth: {len(own)}, " + ", ".join(f"{v} {k}" for k, v in sorted(state.items())))


def main() -> None:
    """Score everything that is installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, required=True, help="the tree of v6.12.117")
    parser.add_argument("--truth", type=Path, required=True, help="the folder with mm-6.12.*.tsv.xz")
    parser.add_argument("--misses", type=int, default=0, help="print so many of what is missing or false")
    parser.add_argument(
        "--also", type=Path, action="append", default=[], help="a tree of another release, beside its peers"
    )
    parser.add_argument("--files", type=int, default=20, help="of these, so many files of each folder")
    told = parser.parse_args()
    truth = read_truth(told.truth)
    with tempfile.TemporaryDirectory() as folder:
        index = Index(open_tree(f"v6.12.117={told.tree}"), Store(Path(folder)))
        print(f"{'calls':<8} {'direct':>8} {'macro':>8} {'false':>8} {'edges':>8} {'seconds':>8}")
        peers: dict[str, Callable[[], dict[Edge, list[int]] | None]] = {
            "index": lambda: ask_index(index, truth),
            "cscope": lambda: ask_cscope(told.tree, truth),
            "cflow": lambda: ask_cflow(told.tree, truth),
        }
        for name, ask in peers.items():
            start = time.monotonic()
            found = ask()
            if found is not None:
                score(name, found, truth, time.monotonic() - start, told.misses)
        score_kinds(index, truth)
        if shutil.which("ctags"):
            score_functions(index, told.tree, told.misses)
        for other in told.also:
            beside = Index(open_tree(str(other)), Store(Path(folder)))
            print(f"\n{beside.tree.release}")
            score_functions(beside, other, told.misses)
            score_beside(beside, other, told.files, told.misses)


if __name__ == "__main__":
    main()
