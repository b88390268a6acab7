"""Lock all pinned releases again whose trees are at hand, and show what differs: ``relock.py TREES``.

``TREES`` is a folder with ``linux-6.18`` and others. A tree that is not the release that a lock pins has
other lines: that is said, and the lock left alone. v6.18, whose tree never moves, has to be there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from kernelref.resolvers.tree import TreeError, open_tree

ROOT = Path(__file__).resolve().parent.parent
ALWAYS = "v6.18.15"


def arguments_for(lock: Path, trees: Path) -> list[str]:
    """Give the arguments that make a lock again, or none where its tree is of another release."""
    told = json.loads(lock.read_text("utf-8"))
    release, origin = told["release"], told["origin"]
    place = trees / f"linux-{release.removeprefix('v').rpartition('.')[0]}"
    try:
        found = open_tree(str(place)).release
    except TreeError as error:
        found = str(error)
    if found != release:
        print(f"{lock.name} is not compared: {found}")
        return []
    return ["--kernel", f"{release}={place}", "--origin", f"{release}={origin}"]


def main(trees: Path) -> int:
    """Lock again; 0 when nothing differs from what is committed."""
    given = {lock.stem: arguments_for(lock, trees) for lock in sorted(ROOT.glob("lock/linux-*.json"))}
    if not given[f"linux-{ALWAYS}"]:
        print(f"{trees} has no tree of {ALWAYS}")
        return 1
    arguments = [word for words in given.values() for word in words]
    command = [sys.executable, "-m", "kernelref", "lock", "--no-mail", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)
    return subprocess.run(["git", "diff", "--exit-code", "--", "lock"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
