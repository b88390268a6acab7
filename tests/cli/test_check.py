"""``check``: the findings in plain notes, in each format, and what is put right."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from cli_helpers import Command
from support import require

from kernelref.core.lock import (
    Fate,
    KernelLock,
    LoreLock,
    Message,
    Person,
    Provenance,
    Standing,
    State,
)  # fmt: skip
from kernelref.core.lockfile import dump, write_atomic

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "data" / "notes" / "findings.tsv"
LINK = "[\\[PATCH\\] mm: paint: the wall](https://lore.kernel.org/all/paint@example.org/)"
SENT = Message(
    "[PATCH] mm: paint: the wall", Person("Ada"), "2024-03-02T01:00:00Z", Provenance(Standing.MIRROR, "m")
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Give a folder with a lock of one message, and of one release."""
    write_atomic(tmp_path / "lock" / "lore.json", dump(LoreLock({"paint@example.org": SENT})))
    shutil.copy(ROOT / "lock" / "linux-v6.18.15.json", tmp_path / "lock")
    return tmp_path


def test_formats(run: Command, site: Path) -> None:
    """Each format has the same finding; what is not ours in a file's name is escaped."""
    page = site / "a,b%.md"
    page.write_text(f"# Notes\n\n- 2024-03-05 {LINK}\n", encoding="utf-8")
    done = run("check", page, "--site", site)
    assert done.code == 1
    assert f"{page}:3: wrong: date 2024-03-05" in done.out
    (found,) = json.loads(run("check", page, "--site", site, "--format", "json").out)["findings"]
    assert (found["code"], found["weight"], found["line"], found["right"]) == (
        "date",
        "wrong",
        3,
        "2024-03-02",
    )
    told = run("check", page, "--site", site, "--format", "github").out
    assert told.startswith("::error file=")
    assert "a%2Cb%25.md,line=3,title=date::date 2024-03-05" in told
    sarif = json.loads(run("check", page, "--site", site, "--format", "sarif").out)
    (result,) = sarif["runs"][0]["results"]
    rules = {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert sarif["version"] == "2.1.0"
    assert result["ruleId"] in rules
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("/a%2Cb%25.md")
    assert place["region"] == {"startLine": 3}


def test_fix(run: Command, site: Path) -> None:
    """What has one right answer is put right, the difference is shown, and then nothing is found."""
    page = site / "n.md"
    page.write_bytes(f"- 2024-3-5 {LINK}\r\n".encode())
    done = run("check", page, "--site", site, "--fix")
    assert done.code == 0
    assert "+- 2024-03-02" in done.told
    assert page.read_bytes() == f"- 2024-03-02 {LINK}\r\n".encode()
    assert run("check", page, "--site", site).code == 0
    assert not list(site.glob(".n.md*"))


def test_fix_of_a_title(run: Command, site: Path) -> None:
    """A title keeps the backslashes that its page writes before brackets."""
    page = site / "n.md"
    wrong = LINK.replace("the wall", "a wall")
    page.write_text(f"- {wrong}\n- 2024-03-05 {wrong}\n", encoding="utf-8")
    done = run("check", page, "--site", site, "--fix")
    assert done.code == 0
    assert page.read_text(encoding="utf-8") == f"- {LINK}\n- 2024-03-02 {LINK}\n"


def test_select_and_ignore(run: Command, site: Path) -> None:
    """One finding can be asked for, or passed over."""
    page = site / "n.md"
    page.write_text(f"- 2024-03-05 {LINK}\n", encoding="utf-8")
    assert run("check", page, "--site", site, "--ignore", "date").code == 0
    assert run("check", page, "--site", site, "--select", "title").code == 0
    assert run("check", page, "--site", site, "--select", "date").code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.md"], "none.md: no such file"),
        (
            ["n.md", "--release", "v4.5"],
            "--release v4.5: there is no lock and no tree of it; there are v6.18.15",
        ),
        (["latin.md"], "latin.md:2: not UTF-8"),
    ],
)
def test_what_cannot_be_checked(
    run: Command, site: Path, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is not there, a release that is not pinned, a file in another encoding: a clear error."""
    monkeypatch.chdir(site)
    (site / "n.md").write_text("# Nothing\n", encoding="utf-8")
    (site / "latin.md").write_bytes(b"one\ncaf\xe9\n")
    done = run("check", *arguments)
    assert done.code == 2
    assert said in " ".join(done.told.split())


def test_the_pages_of_a_site(run: Command, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a site's pages, what a build warns of is wrong, at its line; what went on is news."""
    monkeypatch.chdir(site)
    (site / "conf.py").write_text('extensions = ["myst_parser", "kernelref"]\n', encoding="utf-8")
    page = "# Page\n\n{kfunc}`do_madvise` {lore}`paint@example.org`\n\n{kfunc}`freeze_page_vma`\n"
    (site / "index.md").write_text(page, encoding="utf-8")
    later = KernelLock("v7.2.12", "t", ("mm",), {"do_madvise": ()})
    write_atomic(site / "lock" / "linux-v7.2.12.json", dump(later))
    done = run("check", "--format", "json")
    found = [(one["line"], one["code"], one["claim"]) for one in json.loads(done.out)["findings"]]
    assert done.code == 1
    assert (3, "gone", "do_madvise()") in found
    (wrong,) = [one for one in found if one[1] != "gone"]
    assert wrong[:2] == (5, "identifier")
    assert wrong[2].startswith("freeze_page_vma() is not in what was read of v6.18.15")


PAGE = """\
# Page

```{series} https://lore.kernel.org/all/paint@example.org/
:title: "[PATCH] mm: paint: a wall"
:author: Bob
:date: 2024-03-05
:wip:
```

{lore}`the same <https://lore.kernel.org/r/paint@example.org>`, {kfunc}`do_madvise@v7.2`,
{kfunc}`do_madvise()@v7.2`.

```{code-block} markdown
{lore}`https://lore.kernel.org/all/paint@example.org/`
```
"""
MENDED = """\
# Page

```{series} paint@example.org
:title: "[PATCH] mm: paint: the wall"
:author: Ada
:date: 2024-03-02
:wip:
```

{lore}`the same <paint@example.org>`, {kfunc}`do_madvise@v6.18`,
{kfunc}`do_madvise()@v6.18`.

```{code-block} markdown
{lore}`https://lore.kernel.org/all/paint@example.org/`
```
"""


def _site(folder: Path, page: str, conf: str = "") -> None:
    """Make a site of one page, with a later release that lacks a function."""
    loaded = 'extensions = ["myst_parser", "kernelref"]\n'
    (folder / "conf.py").write_text(loaded + conf, encoding="utf-8")
    (folder / "index.md").write_text(page, encoding="utf-8")
    later = KernelLock("v7.2.12", "t", ("mm",), {"do_madvise": ()})
    write_atomic(folder / "lock" / "linux-v7.2.12.json", dump(later))


def test_fix_of_a_site(run: Command, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a site's pages what has one right answer is put right: options, releases, URLs for message-ids."""
    monkeypatch.chdir(site)
    _site(site, PAGE)
    done = run("check", "--fix", "--format", "json")
    found = [(one["line"], one["code"], one.get("right", "")) for one in json.loads(done.out)["findings"]]
    assert sorted(found) == [
        (3, "series", "2024-03-02"),
        (3, "series", "Ada"),
        (3, "series", "[PATCH] mm: paint: the wall"),
        (3, "spelling", "paint@example.org"),
        (10, "identifier", "do_madvise@v6.18"),
        (10, "spelling", "paint@example.org"),
    ]
    assert done.code == 0
    assert (site / "index.md").read_text(encoding="utf-8") == MENDED


def test_a_card_under_review(run: Command, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that says it is under review is news when its series was merged."""
    monkeypatch.chdir(site)
    fate = Fate(State.PARTLY, SENT.provenance, "v6.9", landed=1, of=2)
    write_atomic(site / "lock" / "lore.json", dump(LoreLock({"paint@example.org": replace(SENT, fate=fate)})))
    _site(site, "# Page\n\n```{series} paint@example.org\n:status: review\n```\n")
    done = run("check", "--format", "json")
    (found,) = json.loads(done.out)["findings"]
    assert (found["code"], found["weight"], found["fact"]) == ("landed", "news", "landed in v6.9 (1 of 2)")
    assert done.code == 0


def test_fix_of_plain_pages(run: Command, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With autolink, what stands beside a plain link of a site is found by its own name, and put right."""
    monkeypatch.chdir(site)
    _site(site, f"# Page\n\n- 2024-03-05 {LINK}\n", "kernelref_autolink = True\n")
    done = run("check", "--fix", "--format", "json")
    assert [one["code"] for one in json.loads(done.out)["findings"]] == ["date"]
    assert (site / "index.md").read_text(encoding="utf-8") == f"# Page\n\n- 2024-03-02 {LINK}\n"
    assert done.code == 0


def test_what_no_lock_has(run: Command, site: Path) -> None:
    """A message that no lock has is told once, and is no fault."""
    page = site / "n.md"
    page.write_text(
        "<https://lore.kernel.org/r/new@example.org> https://lore.kernel.org/all/new@example.org/\n"
    )
    done = run("check", page, "--site", site, "--format", "json")
    (found,) = json.loads(done.out)["findings"]
    assert (done.code, found["code"], found["weight"]) == (0, "unlocked", "news")


def test_the_original_notes(run: Command, archive_folder: Path, kernel_trees: Path) -> None:
    """In the original notes `check` finds what is wrong with them, where it is, and nothing else."""
    notes = archive_folder.parent / "notes" / "README.md"
    require("archive", notes.is_file(), "put the original notes beside the archive's folder")
    trees = [f"--kernel=v{one}={kernel_trees}/linux-{one}" for one in ("6.1", "6.12", "6.18", "7.2")]
    done = run("check", notes, "--site", ROOT, *trees, "--format", "json")
    assert done.code == 1
    keys = ("line", "weight", "code", "claim", "right")
    found = ["\t".join(str(one.get(key, "")) for key in keys) for one in json.loads(done.out)["findings"]]
    assert found == GOLDEN.read_text(encoding="utf-8").splitlines()
