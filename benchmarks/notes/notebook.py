"""A notebook of a megabyte, as kept for years: read with autolink and without, checked, imported."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from kernelref.core.lock import KernelLock, LoreLock, Message, Person, Provenance, Standing
from kernelref.core.lockfile import dump, write_atomic
from kernelref.core.source import Definition, Kind

LINKS, LINES, BYTES = 3_000, 8_000, 1_000_000
CHINESE = "支持拆分大页，在反向映射时不必逐个处理子页；内存回收因此变快，锁的争用也少了。"
ENGLISH = "The folio is split without holding the lock, so that readers never wait for the writer"
SOURCE = Provenance(Standing.MIRROR, "a benchmark")
CONF = """
extensions = ["myst_parser", "kernelref"]
exclude_patterns = ["lock"]
"""


def message_id(number: int) -> str:
    """Name the message of a link."""
    return f"2024{1 + number % 12:02}{1 + number % 28:02}120000.{number}-1-writer@example.org"


def subject(number: int) -> str:
    """Give the subject of a message."""
    return f"[PATCH v{1 + number % 9} 0/{2 + number % 30}] mm: work {number} on large folios"


def notebook() -> str:
    """Write it: per block eight lines, of which three have a link, and a table every fourth block."""
    lines = ["# Notes", ""]
    for number in range(0, LINKS, 3):
        if number % 60 == 0:
            lines += [f"## Topic {number}", ""]
        one, two, three = (
            f"https://lore.kernel.org/linux-mm/{message_id(at)}/" for at in range(number, number + 3)
        )
        day = f"2024-{1 + number % 12:02}-{1 + number % 28:02}"
        title = subject(number).replace("[", "\\[").replace("]", "\\]")
        if number % 12:
            lines += [
                f"- {day} [{title} - Ada Writer]({one})",
                f"  - {CHINESE} `func_{number % 500}()` {ENGLISH}",
                f"    - `not_here_{number}()`：{CHINESE}见 {two}",
                f"  - {ENGLISH}, {ENGLISH}; **{CHINESE}**",
                f"  - {CHINESE} [上一版]({three})",
                f"  - {ENGLISH} {CHINESE}",
                f"  - {CHINESE}",
                "",
            ]
        else:
            cells = (f"{CHINESE}<br>{ENGLISH}", f"`func_{number % 500}()`", one, f"[v2]({two})", three, day)
            lines += ["", "| 一 | two | 三 | four | 五 | six |", "|---|---|---|---|---|---|"]
            lines += ["| " + " | ".join(cells) + " |", f"| {CHINESE}<br>x | b | c | d | e | f |", ""]
            lines += ["", ""]
    return "\n".join(lines) + "\n"


def site(folder: Path, text: str) -> Path:
    """Write a site whose one page is the notebook, and locks of all that it links to."""
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "index.md").write_text(text, encoding="utf-8")
    author = Person("Ada Writer", "writer@example.org")
    messages = {
        message_id(at): Message(
            subject(at), author, f"2024-{1 + at % 12:02}-{1 + at % 28:02}T12:00:00Z", SOURCE
        )
        for at in range(LINKS)
    }
    names = [f"func_{at}" for at in range(500)]
    found = {
        name: (Definition("mm/a.c", at + 1, at + 2, name, Kind.FUNCTION),) for at, name in enumerate(names)
    }
    write_atomic(folder / "lock" / "lore.json", dump(LoreLock(messages)))
    write_atomic(folder / "lock" / "linux-v6.18.15.json", dump(KernelLock("v6.18.15", "none", ("",), found)))
    return folder


def read(folder: Path, autolink: bool) -> float:
    """Give the seconds of processor time that reading the page takes, in a process of its own."""
    words = [sys.executable, __file__, "--read", str(folder), *(["--autolink"] if autolink else [])]
    return float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def read_here(folder: Path, autolink: bool) -> float:
    """Give the seconds that reading the page takes here."""
    said = StringIO()
    with tempfile.TemporaryDirectory() as out, patch_docutils(), docutils_namespace():
        app = Sphinx(
            folder, folder, out, Path(out) / "d", "dummy",
            confoverrides={"kernelref_autolink": autolink}, status=None, warning=said, freshenv=True,
        )  # fmt: skip
        start = time.process_time()
        app.builder.read()
        took = time.process_time() - start
    if "kernel." in said.getvalue():
        raise SystemExit(said.getvalue()[:2000])
    return took


def command(folder: Path, *words: str) -> float:
    """Give the seconds that a command takes, from the start of its process to its end."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "kernelref", *words, "--site", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode == 2:
        raise SystemExit(done.stderr.decode())
    return time.monotonic() - start


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--read", type=Path, help="time one reading of a site (this is how it calls itself)")
    parser.add_argument("--autolink", action="store_true", help="with --read")
    given = parser.parse_args()
    if given.read:
        print(read_here(given.read, given.autolink))
        return
    text = notebook()
    size, lines, links = len(text.encode()), text.count("\n"), text.count("https://")
    if size < BYTES or lines < LINES or links < LINKS:
        raise SystemExit(f"the notebook is too small: {size} bytes, {lines} lines, {links} links")
    with tempfile.TemporaryDirectory() as folder:
        root = site(Path(folder), text)
        ratios, plain, linked = [], [], []
        for _ in range(given.runs):
            plain.append(read(root, False))
            linked.append(read(root, True))
            ratios.append(linked[-1] / plain[-1])
        print(f"{size:,} bytes, {lines:,} lines, {links:,} links; medians of {given.runs} runs\n")
        print("| what | seconds | ratio |\n|---|---|---|")
        print(f"| read without autolink | {statistics.median(plain):.2f} | 1 |")
        print(f"| read with autolink | {statistics.median(linked):.2f} | {statistics.median(ratios):.2f} |")
        notes = root / "index.md"
        print(f"| `check` of it as plain notes | {command(root, 'check', str(notes)):.2f} | |")
        out = str(root / "pages")
        print(f"| `import` of it | {command(root, 'import', str(notes), '--out', out):.2f} | |")


if __name__ == "__main__":
    main()
