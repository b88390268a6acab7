"""``lock``: a small site, its messages from an mbox, its source from small kernels."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import FILES, NEW, OLD, Command
from support import write_files

from kernelref.cli import lock_mail
from kernelref.core.lockfile import load_kernel, load_lore
from kernelref.core.source import How
from kernelref.resolvers.archive import ArchiveError, MboxArchive

SMALL = Path(__file__).resolve().parent.parent / "data" / "mail" / "small.mbox"
COVER, PLAIN, ORPHAN = "20240102030405.10-1-shepherd@example.org", "pull@example.org", "orphan@example.org"
CONF = 'extensions = ["myst_parser", "kernelref"]\nproject = "Small"\nexclude_patterns = ["lock"]\n'
INDEX = f"""\
# Small

{{lore}}`{COVER}` and {{lore}}`{PLAIN}` touch {{kfunc}}`do_paint`, {{kfunc}}`sand_floor@v7.2`,
{{kconfig}}`CONFIG_PAINT`, {{kstruct}}`wall`, {{kfile}}`mm/paint.c#L3` and {{kfile}}`mm`.

```{{calltree}} Painting
do_paint
  paint_walls
  walk_walls
    one_wall
    sort
```
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Give a small site that nothing is locked for."""
    return write_files(tmp_path / "site", {"conf.py": CONF, "index.md": INDEX})


def facts(site: Path, tag: str = OLD) -> Any:
    """Read the lock of a release."""
    return load_kernel(site / "lock" / f"linux-{tag}.json")


def texts(site: Path) -> dict[str, str]:
    """Read all locks, without the times of reading."""
    found = {path.name: path.read_text(encoding="utf-8") for path in (site / "lock").glob("*.json")}
    return {name: re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", text) for name, text in found.items()}


@pytest.fixture
def lock(run: Command, site: Path) -> Any:
    """Give ``lock`` on the site, with the mbox."""
    return lambda *words: run("lock", "--site", site, "--mbox", SMALL, *words)


def test_end_to_end(lock: Any, site: Path, old: str, new: str) -> None:
    """Messages and both releases are locked: identifiers, files, and each call that the pages claim."""
    done = lock("--kernel", old, "--kernel", new)
    assert done.code == 0, done.told
    assert sorted(texts(site)) == [f"linux-{OLD}.json", f"linux-{NEW}.json", "lore.json"]
    lore = load_lore(site / "lock" / "lore.json")
    assert set(lore.messages) == {COVER, PLAIN}
    assert lore.messages[COVER].provenance.source == "small.mbox"
    got = facts(site)
    assert got.identifiers["do_paint"][0].place == "mm/paint.c:56"
    assert got.identifiers["sand_floor"] == () and facts(site, NEW).identifiers["sand_floor"]
    assert got.identifiers["CONFIG_PAINT"] and got.identifiers["wall"]
    assert got.files == {"mm": 0, "mm/paint.c": FILES[OLD]["mm/paint.c"].count("\n")}
    ways = {(call.caller, call.callee): call.how for call in got.calls}
    assert ways["do_paint", "walk_walls"] is How.DIRECT
    assert ways["walk_walls", "one_wall"] is How.POINTER
    assert ways["walk_walls", "sort"] is How.NONE
    assert "2 messages read, 0 were locked before" in done.told


def test_second_run_asks_nothing(lock: Any, site: Path, old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is locked is not asked for again, and the files stay the same to the byte."""
    lock("--kernel", old)
    before = {path.name: path.read_bytes() for path in (site / "lock").iterdir()}
    monkeypatch.setattr(MboxArchive, "fetch", lambda self, message_id: pytest.fail(f"asked for {message_id}"))
    done = lock("--kernel", old)
    assert done.code == 0 and "0 messages read, 2 were locked before" in done.told
    assert {path.name: path.read_bytes() for path in (site / "lock").iterdir()} == before


def test_refresh(lock: Any, site: Path) -> None:
    """Asked to, it asks again; the facts stay the same apart from when they were read."""
    lock()
    before = texts(site)
    assert "2 messages read" in lock("--refresh").told
    assert texts(site) == before


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ArchiveError])
@pytest.mark.parametrize("good", [0, 1])
def test_a_refresh_loses_nothing(
    lock: Any, site: Path, monkeypatch: pytest.MonkeyPatch, good: int, failure: type[BaseException]
) -> None:
    """Wherever a refresh stops or fails, what was locked is still there."""
    lock()
    before, fetch, asked = texts(site), MboxArchive.fetch, []

    def fail(self: MboxArchive, message_id: str) -> Any:
        asked.append(message_id)
        if len(asked) > good:
            raise failure("the archive is away")
        return fetch(self, message_id)

    monkeypatch.setattr(MboxArchive, "fetch", fail)
    done = lock("--refresh")
    assert done.code == (130 if failure is KeyboardInterrupt else 1)
    assert texts(site) == before
    assert ("lore.json is as it was" in done.told) is (failure is ArchiveError and not good)


def test_an_archive_that_is_away_changes_nothing(
    lock: Any, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a lock and without an archive, no lock is written, and that is said."""

    def fail(self: MboxArchive, message_id: str) -> Any:
        raise ArchiveError("the archive is away")

    monkeypatch.setattr(MboxArchive, "fetch", fail)
    done = lock()
    assert done.code == 1
    assert "lore.json is as it was" in done.told
    assert not (site / "lock" / "lore.json").exists()


def test_a_new_reference(lock: Any, site: Path) -> None:
    """Only what is new is asked for; what no page cites any more goes."""
    lock()
    (site / "index.md").write_text(f"# Small\n\n{{lore}}`{COVER}` {{lore}}`{ORPHAN}`\n")
    assert "1 messages read, 1 were locked before" in lock().told
    assert set(load_lore(site / "lock" / "lore.json").messages) == {COVER, ORPHAN}


def test_unknown_message(lock: Any, site: Path) -> None:
    """A message that is nowhere is exit code 1; the others are locked."""
    (site / "index.md").write_text(f"# Small\n\n{{lore}}`{COVER}` {{lore}}`[/red]no@example.org`\n")
    done = lock()
    assert done.code == 1
    assert "not in the archive, and declared nowhere: [/red]no@example.org" in done.told
    assert COVER in load_lore(site / "lock" / "lore.json").messages


def test_declared(lock: Any, site: Path) -> None:
    """What people declare is merged in, and stands in for a message that the archive has not."""
    (site / "index.md").write_text("# Small\n\n{lore}`told@example.org`\n")
    claim = {
        "subject": "[PATCH] mm: told",
        "author": {"name": "Ann"},
        "date": "2010-11-03",
        "standing": "declared",
        "source": "her notes",
    }
    (site / "lock").mkdir()
    (site / "lock" / "declared.json").write_text(
        json.dumps({"schema": 1, "messages": {"told@example.org": claim}})
    )
    done = lock()
    assert done.code == 0, done.told
    assert "taken from declared.json: told@example.org" in done.told
    assert load_lore(site / "lock" / "lore.json").messages["told@example.org"].subject == "[PATCH] mm: told"
    (site / "lock" / "declared.json").write_text("{")
    assert lock().code == 2


def test_origin(lock: Any, site: Path, old: str) -> None:
    """The lock says where a tree is from, in the words given for its release or series."""
    lock("--no-mail", "--kernel", old)
    assert facts(site).origin == "source folder"
    lock("--no-mail", "--kernel", old, "--origin", "v6.18=the upstream tarball")
    assert facts(site).origin == "the upstream tarball"
    for wrong in ("v6.18", "v6.18= ", "six=x", "v7.2=a tree that nobody named"):
        assert lock("--no-mail", "--kernel", old, "--origin", wrong).code == 2


def test_pin(lock: Any, site: Path, old: str, tmp_path: Path) -> None:
    """A tree of another point release does not take the pin unless asked to; then the old lock goes."""
    lock("--no-mail", "--kernel", old)
    makefile = FILES[OLD]["Makefile"].replace("15", "16")
    other = write_files(tmp_path / "other", {**FILES[OLD], "Makefile": makefile})
    done = lock("--no-mail", "--kernel", other)
    assert done.code == 2 and f"{OLD} is pinned and the tree is v6.18.16" in done.told
    assert list(texts(site)) == [f"linux-{OLD}.json"]
    assert lock("--no-mail", "--kernel", other, "--repin").code == 0
    assert list(texts(site)) == ["linux-v6.18.16.json"]
    done = lock("--no-mail", "--kernel", old, "--kernel", other, "--repin")
    assert done.code == 2 and f"{OLD} and v6.18.16 are both v6.18" in done.told


def test_interrupted(lock: Any, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in the middle it leaves a whole file with what was read, and goes on from there."""
    fetch, asked = MboxArchive.fetch, []

    def stop(self: MboxArchive, message_id: str) -> Any:
        asked.append(message_id)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return fetch(self, message_id)

    monkeypatch.setattr(MboxArchive, "fetch", stop)
    done = lock()
    assert done.code == 130 and "what was written stays written" in done.told
    assert len(load_lore(site / "lock" / "lore.json").messages) == 1
    assert "1 messages read, 1 were locked before" in lock().told
    assert len(asked) == 3


def test_interrupted_while_writing(lock: Any, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that does not come to its end leaves the file as it was, and nothing beside it."""
    lock()
    before = texts(site)

    def stop(lock: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(lock_mail, "dump", stop)
    assert lock("--refresh").code == 130
    assert texts(site) == before
    assert [path.name for path in (site / "lock").iterdir()] == ["lore.json"]


def test_wrong_sites(run: Command, tmp_path: Path, site: Path) -> None:
    """A folder without conf.py, one that Sphinx cannot read, and a broken lock are told."""
    done = run("lock", "--site", tmp_path, "--mbox", SMALL)
    assert done.code == 2 and "has no conf.py" in done.told
    write_files(site, {"lock/lore.json": "{"})
    done = run("lock", "--site", site, "--mbox", SMALL)
    assert done.code == 2 and "truncated or not JSON" in done.told
    (site / "conf.py").write_text("1 / 0\n")
    done = run("lock", "--site", site, "--mbox", SMALL)
    assert done.code == 2 and "Sphinx cannot read" in done.told


def test_wrong_archives(run: Command, site: Path, tmp_path: Path) -> None:
    """An archive that cannot be asked, or asked so, is told before or instead of any message."""
    done = run("lock", "--site", site, "--mbox", tmp_path / "none.mbox")
    assert done.code == 1 and "cannot be read" in done.told
    for words in (("--lore", "nowhere"), ("--lore", "https://lore.example.org/all", "--delay", "0")):
        done = run("lock", "--site", site, *words)
        assert done.code == 2 and done.told.startswith("kernelref: "), words
    assert not (site / "lock").exists() or "lore.json" in texts(site)


def test_headers_of_registers(run: Command, tmp_path: Path) -> None:
    """They are read for what a page cites, and of what is in a tree alone for what is nowhere else."""
    registers = "".join(f"#define PAINT_REG_{number} {number}\n" for number in range(1200))
    names = "#define one_wall 1\n#define arch_dry 2\n#define cover_all(wall) cover(wall)\n"
    linux = write_files(
        tmp_path / "linux",
        {
            **FILES[OLD],
            "include/linux/regs.h": registers + names,
            "mm/dip.c": "#include <linux/regs.h>\nint dip(int wall)\n{\n\treturn cover_all(wall);\n}\n",
        },
    )
    tree_of = "\n```{{calltree}}\n:from: {}\n```\n"
    page = "# Small\n\n{kfunc}`one_wall`\n" + tree_of.format("do_paint") + tree_of.format("dip")
    site = write_files(tmp_path / "site", {"conf.py": CONF, "index.md": page})
    assert run("lock", "--site", site, "--no-mail", "--kernel", f"{OLD}={linux}").code == 0
    got = {name: {one.file for one in found} for name, found in facts(site).identifiers.items()}
    assert got["one_wall"] == {"mm/paint.c", "include/linux/regs.h"}
    assert got["arch_dry"] == {"arch/x86/mm/dryer.c", "arch/arm64/mm/dryer.c"}
    assert got["cover_all"] == {"include/linux/regs.h"}
