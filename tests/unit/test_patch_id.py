"""Patch-ids: those that git itself gives, for any diff, and none where there is no diff."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernelref.resolvers.archive import mailbox
from kernelref.resolvers.archive.mail import read_mail
from kernelref.resolvers.archive.patch_id import patch_id

SMALL = Path(__file__).resolve().parent.parent / "data" / "mail" / "small.mbox"
LINE = st.text("ab {}\t+-@\u00a0\u4e2d\\", max_size=8)
FILES = st.lists(st.tuples(st.lists(LINE, max_size=9), st.lists(LINE, max_size=9)), min_size=1, max_size=3)


def _git(folder: Path, *words: str, given: bytes = b"") -> bytes:
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", *words], cwd=folder, input=given, capture_output=True, env=env, check=False)
    return done.stdout


def _by_git(folder: Path, text: str) -> str:
    found = _git(folder, "patch-id", "--stable", given=text.encode()).decode().split()
    return found[0] if found else ""


@given(FILES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_as_git_has_it(tmp_path: Path, files: list[tuple[list[str], list[str]]]) -> None:
    """Whatever git's diff of two files is, the mail of it has the id that git gives; order does not count."""
    diffs = []
    for number, sides in enumerate(files):
        for side, lines in zip("xy", sides, strict=True):
            (tmp_path / f"{side}{number}").write_text("\n".join(lines), encoding="utf-8")
        diff = _git(tmp_path, "diff", "--no-index", f"x{number}", f"y{number}").decode()
        diffs.append(diff)
    mail = "A message.\n---\n x | 1 +\n\n" + "".join(diffs) + "-- \n2.39\n"
    assert patch_id(mail) == _by_git(tmp_path, mail)
    assert patch_id(mail) == patch_id("".join(reversed(diffs)))


def test_of_mails() -> None:
    """A patch has one; the same change has the same, whatever its lines; an answer that quotes has none."""
    mails = {mail.message_id: mail for mail in map(read_mail, mailbox.split(SMALL.read_bytes(), "small"))}
    two = mails["20240102030405.10-3-shepherd@example.org"]
    assert len(two.patch_id) == 40
    assert mails["answer-1@example.org"].patch_id == mails["pull@example.org"].patch_id == ""
    diff = "diff --git a/m b/m\n--- a/m\n+++ b/m\n@@ -{0},2 +{0},2 @@\n a\n-b\n+c\n"
    assert patch_id(diff.format(1)) == patch_id(diff.format(700)) != patch_id(diff.replace("+c", "+d"))


@pytest.mark.parametrize("text", ["", "no diff", "diff --git a/x b/x\nBinary files a/x and b/x differ\n"])
def test_none(text: str) -> None:
    """What has no diff, or one of files that are no text, has no patch-id."""
    assert patch_id(text) == ""
