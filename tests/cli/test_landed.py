"""``lock --git``: where series landed, by a real repository with releases, candidates and a stable branch."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cli_helpers import Command
from support import write_files

from kernelref.core.landing import Released, spans
from kernelref.core.lock import LoreLock, Message, Standing, State
from kernelref.core.lockfile import load_lore

ANN, BOB = "Ann Example <ann@example.org>", "Bob Example <bob@example.org>"
CONF = 'extensions = ["myst_parser", "kernelref"]\nproject = "Small"\nexclude_patterns = ["lock"]\n'


@dataclass
class Repository:
    """A repository in which a commit appends a line to a file."""

    root: Path
    count: int = 0
    hashes: dict[str, str] = field(default_factory=dict)

    def git(self, *words: str, **variables: str) -> str:
        """Run git with a committer and dates of its own."""
        self.count += 1
        date = f"2024-03-{1 + self.count // 24:02}T{self.count % 24:02}:00:00+0000"
        env = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Nobody",
            "GIT_AUTHOR_EMAIL": "nobody@example.org",
            "GIT_COMMITTER_NAME": "A Maintainer",
            "GIT_COMMITTER_EMAIL": "maintainer@example.org",
            "GIT_COMMITTER_DATE": date,
            "GIT_AUTHOR_DATE": date,
            **variables,
        }
        done = subprocess.run(
            ["git", "-C", str(self.root), *words], env=env, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, name: str, subject: str, author: str = ANN, body: str = "") -> str:
        """Append the line of a patch to its file, and commit that."""
        (self.root / f"{name}.c").write_text(f"int {name};\nint more_{name};\n", encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", f"--author={author}", "-m", f"{subject}\n\n{body}")
        self.hashes[name] = self.git("rev-parse", "HEAD")
        return self.hashes[name]

    def tag(self, *names: str) -> None:
        """Tag what is there as releases."""
        for name in names:
            self.git("tag", "-a", name, "-m", name)


NAMES = ("one", "two", "three", "again", "lost", "backport", "mentioned")


@pytest.fixture(scope="module")
def linux(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Give a history: v6.18, its stable branch, v6.19 with a candidate, and a candidate of v6.20."""
    made = Repository(tmp_path_factory.mktemp("history"))
    made.git("init", "-q", "-b", "master")
    write_files(made.root, {f"{name}.c": f"int {name};\n" for name in NAMES})
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "Linux 6.18")
    made.tag("v6.18")
    made.git("branch", "stable")
    link = "Link: https://lore.kernel.org/r/1@example.org\nSigned-off-by: A <a@example.org>"
    made.commit("one", "mm: one", body=link)
    made.commit("two", "mm: two, as its maintainer calls it")
    made.tag("v6.19-rc1", "v6.19")
    made.commit("three", "mm: three", author=BOB)
    made.commit("again", "mm: again", body="Link: https://patch.msgid.link/again-v2@example.org")
    made.commit(
        "mentioned", "mm: other work", body="Link: https://lore.kernel.org/r/mentioned@example.org [1]"
    )
    made.tag("v6.20-rc1")
    made.git("checkout", "-q", "stable")
    made.git("cherry-pick", made.hashes["one"])
    made.commit("backport", "mm: backport", body="Link: http://lkml.kernel.org/r/backport@example.org")
    made.tag("v6.18.1", "v6.18.2")
    made.git("checkout", "-q", "master")
    return made


def _mail(name: str, subject: str, day: int = 1, parent: str = "", file: str = "", by: str = "") -> str:
    """Write a mail; with ``file`` it has the diff that `Repository.commit` makes."""
    diff = (
        f"---\n {file}.c | 1 +\n\ndiff --git a/{file}.c b/{file}.c\nindex 1..2 100644\n"
        f"--- a/{file}.c\n+++ b/{file}.c\n@@ -1 +1,2 @@\n int {file};\n+int more_{file};\n-- \n2.39\n"
    )
    reply = f"In-Reply-To: <{parent}@example.org>\n" if parent else ""
    writer = f"From: {by}\n\n" if by else ""
    return (
        f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: {ANN}\nTo: linux-mm@kvack.org\nSubject: {subject}\n"
        f"Date: {day} Feb 2024 00:00:00 +0000\nMessage-ID: <{name}@example.org>\n{reply}\n{writer}Text.\n"
        f"{diff if file else ''}\n"
    )


MBOX = "".join(
    (
        _mail("cover", "[PATCH 0/3] mm: work"),
        _mail("1", "[PATCH 1/3] mm: one", parent="cover"),
        _mail("2", "[PATCH 2/3] mm: two", parent="cover", file="two"),
        _mail("3", "[PATCH 3/3] mm: three", parent="cover", by=BOB),
        _mail("again", "[PATCH] mm: again", file="again"),
        _mail("again-v2", "[PATCH v2] mm: again", day=9, file="again"),
        _mail("lost", "[PATCH] mm: lost"),
        _mail("backport", "[PATCH] mm: backport"),
        _mail("mentioned", "[PATCH] mm: mentioned"),
    )
)
CITED = ("cover", "2", "again", "again-v2", "lost", "backport", "mentioned")


@pytest.fixture
def site(tmp_path: Path, linux: Repository) -> Path:
    """Give a site that cites them, and a commit by the start of its hash."""
    (tmp_path / "mail.mbox").write_text(MBOX, encoding="utf-8")
    page = "\n".join(f"{{lore}}`{name}@example.org`" for name in CITED)
    page += f"\n{{commit}}`{linux.hashes['three'][:12]}`"
    return write_files(tmp_path / "site", {"conf.py": CONF, "index.md": f"# Small\n\n{page}\n"})


def _lock(run: Command, site: Path, *words: object) -> tuple[int, str, LoreLock]:
    done = run("lock", "--site", site, "--mbox", site.parent / "mail.mbox", *words)
    return done.code, done.told, load_lore(site / "lock" / "lore.json")


def _message(lock: LoreLock, name: str) -> Message:
    return lock.messages[f"{name}@example.org"]


def test_a_series_lands_in_parts(run: Command, site: Path, linux: Repository) -> None:
    """Each patch is known by the surest sign there is; a candidate is told from a release."""
    code, told, lock = _lock(run, site, "--git", linux.root)
    assert code == 0, told
    assert "4 of them landed, by a history up to v6.20-rc1" in told
    fate = _message(lock, "cover").fate
    assert fate is not None
    assert (fate.state, fate.release, fate.landed, fate.of) == (State.LANDED, "v6.20-rc1", 3, 3)
    assert fate.provenance.standing is Standing.HISTORY
    assert fate.remark == (
        "v6.19: patches 1–2; v6.20-rc1: patches 3; first in v6.19-rc1, v6.20-rc1; "
        "known by Link:, patch-id, subject and author; taken into stable v6.18.1"
    )
    patches = {patch.number: patch.commit for patch in _message(lock, "cover").patches}
    assert patches == {number: linux.hashes[name] for number, name in enumerate(("one", "two", "three"), 1)}
    two = _message(lock, "2").fate
    assert two is not None and (two.state, two.release) == (State.LANDED, "v6.19")
    record = lock.commits[linux.hashes["three"]]
    assert (record.subject, record.release, record.candidate) == ("mm: three", "v6.20-rc1", "v6.20-rc1")
    assert lock.commits[linux.hashes["one"]].candidate == "v6.19-rc1"


def test_what_did_not_land(run: Command, site: Path, linux: Repository) -> None:
    """An earlier revision is superseded; what is nowhere, or in stable alone, is said to be."""
    _, _, lock = _lock(run, site, "--git", linux.root)
    fates = {name: _message(lock, name).fate for name in CITED}
    assert all(fates.values())
    told = {name: (fate.state, fate.release, fate.remark) for name, fate in fates.items() if fate}
    assert told["again"][:2] == (State.SUPERSEDED, "v6.20-rc1")
    assert told["again-v2"][:2] == (State.LANDED, "v6.20-rc1")
    nowhere = (State.UNKNOWN, "", "no release up to v6.20-rc1 has it")
    assert told["lost"] == told["mentioned"] == nowhere
    stable = (State.UNKNOWN, "", "in stable v6.18.1, and in no release of the mainline here")
    assert told["backport"] == stable


def test_a_later_run_keeps_it(
    run: Command, site: Path, linux: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a repository at hand, what one told stays, to the byte; KERNEL_GIT names one, too."""
    _lock(run, site, "--git", linux.root)
    before = (site / "lock" / "lore.json").read_text(encoding="utf-8")
    assert _lock(run, site)[0] == 0
    assert (site / "lock" / "lore.json").read_text(encoding="utf-8") == before
    monkeypatch.setenv("KERNEL_GIT", str(linux.root))
    done = run("lock", "--site", site, "--no-mail")
    assert done.code == 0
    again = load_lore(site / "lock" / "lore.json")
    fate = _message(again, "cover").fate
    assert fate is not None and fate.release == "v6.20-rc1"


def test_who_declares_otherwise_is_told(run: Command, site: Path, linux: Repository) -> None:
    """The history wins over a declared release, and that is told; what it lacks stays declared."""
    (site / "lock").mkdir()
    claims = {
        "cover@example.org": {"fate": {"state": "landed", "release": "v6.18"}},
        "lost@example.org": {"fate": {"state": "dropped"}},
    }
    messages = {key: {**claim, "standing": "declared", "source": "notes"} for key, claim in claims.items()}
    (site / "lock" / "declared.json").write_text(json.dumps({"schema": 1, "messages": messages}))
    code, told, lock = _lock(run, site, "--git", linux.root)
    assert code == 1
    assert (
        "cover@example.org: fate is declared as 'landed in v6.18', and the archive has 'landed in v6.20-rc1'"
        in told
    )
    lost = _message(lock, "lost").fate
    assert lost is not None and (lost.state, lost.provenance.standing) == (State.DROPPED, Standing.DECLARED)


@pytest.mark.parametrize(
    ("made", "said"), [(False, "is no git repository"), (True, "has no tag of a release")]
)
def test_no_history(run: Command, site: Path, tmp_path: Path, made: bool, said: str) -> None:
    """A folder that is no repository, or one without releases, ends the command before any request."""
    empty = tmp_path / "empty"
    empty.mkdir()
    if made:
        Repository(empty).git("init", "-q")
    done = run("lock", "--site", site, "--mbox", site.parent / "mail.mbox", "--git", empty)
    assert done.code == 2
    assert said in done.told


@pytest.mark.parametrize(
    ("tags", "released"),
    [
        ("v6.18 v6.18-rc3 v6.18-rc2 v6.19 v6.18.1", Released("v6.18", "v6.18-rc2", ("v6.18.1",))),
        ("v6.12.9 v6.12.10 v6.6.1 junk v6.1-dontuse", Released("", "", ("v6.6.1", "v6.12.9"))),
        ("v2.6.38-rc1 v2.6.38 v2.6.39", Released("v2.6.38", "v2.6.38-rc1")),
        ("v6.20-rc2", Released("v6.20-rc2", "v6.20-rc2")),
        ("", Released()),
    ],
)
def test_tags(tags: str, released: Released) -> None:
    """The first release, its first candidate, and the first of each stable branch are told apart."""
    assert Released.of(tags.split()) == released


def test_spans() -> None:
    """Numbers are written as people do."""
    assert spans([5, 1, 2, 3, 9, 8]) == "1–3, 5, 8–9"
