"""``new``: a series block to paste, from the lock and from an mbox."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cli_helpers import Command

from kernelref.cli.new import block
from kernelref.core.lock import LoreLock, Message, Patch, Person, Provenance, Revision, Standing
from kernelref.core.lockfile import dump, write_atomic

MBOX = Path(__file__).parents[1] / "data" / "mail" / "small.mbox"
SOURCE = Provenance(Standing.MIRROR, "a mirror")
PAINT = Message(
    "[PATCH v2 0/2] mm: paint",
    Person("Ada"),
    "2024-03-02T23:00:00-05:00",
    SOURCE,
    total=2,
    patches=(Patch(1, "[PATCH v2 1/2] mm: sand", "a@b"), Patch(2, "[PATCH v2 2/2] mm: coat [a] wall", "c@d")),
    revisions=(Revision("v3", "v3@example.org", "2024-04-01", SOURCE),),
)


def test_from_the_lock(run: Command, tmp_path: Path) -> None:
    """The block names the message by its id, and says in comments what is known of it."""
    write_atomic(tmp_path / "lock" / "lore.json", dump(LoreLock({"paint@example.org": PAINT})))
    done = run("new", "https://lore.kernel.org/linux-mm/paint@example.org/T/#u", "--site", tmp_path)
    assert done.code == 0
    assert done.out == (
        "````{series} paint@example.org\n% [PATCH v2 0/2] mm: paint\n% 2024-03-03, Ada\n"
        "% newer: v3 of 2024-04-01 <v3@example.org>\n%   1/2 mm: sand\n"
        "%   2/2 mm: coat [a] wall\n\n- \n````\n"
    )


def test_hostile_subject() -> None:
    """A subject ends neither the comment nor the block, and reaches a terminal made visible."""
    lines = block("a@b", replace(PAINT, subject="x\n````\n\x1b[2J")).splitlines()
    assert lines[1] == "% x\\n````\\n\\x1b[2J"
    assert [line for line in lines if not line.startswith("%")] == ["````{series} a@b", "", "- ", "````"]


def test_from_an_mbox(run: Command, tmp_path: Path) -> None:
    """What is not locked is read from the archive that is named; who has no such message says so."""
    done = run("new", "20240102030405.10-2-shepherd@example.org", "--site", tmp_path, "--mbox", MBOX)
    assert done.code == 0
    assert "% of the series <20240102030405.10-1-shepherd@example.org>\n" in done.out
    assert run("new", "nobody@example.org", "--site", tmp_path, "--mbox", MBOX).code == 1


@pytest.mark.parametrize("text", ["no message-id", "https://lkml.org/lkml/2024/1/1/1"])
def test_no_message_id(run: Command, tmp_path: Path, text: str) -> None:
    """What has no message-id is told, and nothing is asked."""
    done = run("new", text, "--site", tmp_path)
    assert done.code == 2
    assert "message-id" in done.told
