"""``lock`` killed at any moment: the lock file is whole each time, and the next run goes on from there."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from kernelref.core.lockfile import load_lore
from kernelref.resolvers.archive import mailbox

SMALL = Path(__file__).resolve().parent.parent / "data" / "mail" / "small.mbox"
CONF = 'extensions = ["myst_parser", "kernelref"]\nexclude_patterns = ["lock"]\n'
KILLS = 3


def _site(folder: Path) -> Path:
    """Write a site that cites every message of the mbox."""
    folder.mkdir()
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    ids = sorted({mail.message_id for mail in mailbox.read_all(SMALL.read_bytes(), "small")})
    assert len(ids) > 15
    page = "\n".join(f"{{lore}}`{one}`" for one in ids)
    (folder / "index.md").write_text(f"# All\n\n{page}\n", encoding="utf-8")
    return folder


def _start(site: Path, base: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kernelref", "lock", "--site", str(site), "--lore", base]
    return subprocess.Popen(
        [*command, "--archive-name", "it", "--delay", "0.005"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _written(site: Path) -> int:
    """Tell which file the lock is at the moment: each write is another."""
    path = site / "lock" / "lore.json"
    return path.stat().st_ino if path.exists() else 0


def _kill_after(running: subprocess.Popen[str], site: Path, writes: int, more: float) -> None:
    """Kill without warning, shortly after so many writes; unless it ends before."""
    seen, last = 0, _written(site)
    while running.poll() is None and seen < writes:
        time.sleep(0.001)
        now = _written(site)
        seen, last = seen + (now != last), now
    time.sleep(more)
    running.send_signal(signal.SIGKILL)
    running.communicate()


def _timeless(site: Path) -> str:
    text = (site / "lock" / "lore.json").read_text(encoding="utf-8")
    return re.sub(r'"read": "[\dT:-]+Z"', '"read": "then"', text)


def test_killed_at_random(public_inbox: str, tmp_path: Path) -> None:
    """Wherever it is killed, what is there is whole, and no less than before; at last all of it is there."""
    chance = random.Random(4)  # the points are the same each time, as far as machines are
    site, messages = _site(tmp_path / "killed"), 0
    for _ in range(KILLS):
        _kill_after(_start(site, public_inbox), site, chance.randint(1, 4), chance.uniform(0, 0.02))
        found = len(load_lore(site / "lock" / "lore.json").messages)
        assert found >= messages
        messages = found
    assert messages >= KILLS
    last = _start(site, public_inbox)
    _, told = last.communicate()
    assert last.returncode == 0, told
    assert f"{messages} were locked before" in " ".join(told.split())
    whole = _site(tmp_path / "whole")
    once = _start(whole, public_inbox)
    assert once.communicate() and once.returncode == 0
    assert _timeless(site) == _timeless(whole)
