"""The committed ``lock/lore.json`` comes of the archive and ``declared.json``, and of nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "subscribers' copies of the lists, served by public-inbox"


def _timeless(path: Path) -> str:
    """Read a lock without the times of reading."""
    return re.sub(r'"read": "[\dT:-]+Z"', '"read": "then"', path.read_text(encoding="utf-8"))


def _copy(target: Path) -> Path:
    """Copy what `lock` reads of the site, without what it wrote."""
    for name in ("topics", "guide", "gathered", "_ext", "_static", "_templates", "locale"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (ROOT / "conf.py", *ROOT.glob("*.md")):
        shutil.copy(path, target)
    (target / "lock").mkdir()
    shutil.copy(ROOT / "lock" / "declared.json", target / "lock")
    return target


def test_the_lock_is_reproduced(real_archive: str, tmp_path: Path) -> None:
    """From an empty lock the same file comes out, times aside; some messages are declared alone."""
    site = _copy(tmp_path)
    command = [sys.executable, "-m", "kernelref", "lock", "--site", str(site), "--lore", real_archive]
    done = subprocess.run(
        [*command, "--archive-name", NAME, "--delay", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert _timeless(site / "lock" / "lore.json") == _timeless(ROOT / "lock" / "lore.json")
    messages = json.loads((site / "lock" / "lore.json").read_text(encoding="utf-8"))["messages"]
    standings = [message["provenance"]["standing"] for message in messages.values()]
    told = re.findall(r"not in the archive, taken from declared\.json", " ".join(done.stderr.split()))
    assert standings.count("archive") == len(standings) - len(told) > len(told) > 0
