"""Bad input: one warning each, of its type, at its line, suppressible; the page still has its text."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers import (
    KERNELS,
    LOCK_MODE,
    LORE,
    MIRRORED,
    OWN,
    Built,
    Warned,
    build,
    write_locks,
    write_site,
)

from kernelref.diagnostics import Subtype


@dataclass(frozen=True)
class Bad:
    """A fault: the markup (its line marked by ``«»``), the type, what the warning says, what the page shows.

    ``line`` is 0 where the mark says it.
    """

    md: str
    rst: str
    kind: str
    said: str
    shown: str = ""
    line: int = 0


def role(name: str, text: str, said: str, kind: str = "identifier", shown: str = "") -> Bad:
    """Make the fault of a role, in a paragraph of its own."""
    return Bad(f"«{{{name}}}`{text}`", f"«:{name}:`{text}`", kind, said, shown or text)


def directive(head: str, options: str, body: str, kind: str, said: str, shown: str = "") -> Bad:
    """Make the fault of a directive, marked where its line is."""
    name, _, argument = head.partition(" ")
    mark, name = ("«", name[1:]) if name.startswith("«") else ("", name)
    lines = f"{options}\n\n{body}" if options else f"\n{body}"
    md = f"{mark}```{{{name}}} {argument}\n{lines}\n```"
    rst = f"{mark}.. {name}:: {argument}\n{textwrap.indent(lines, '   ')}"
    return Bad(md, rst, kind, said, shown)


SERIES = "«series"
TREE = "calltree"
FAULTS = {
    # roles: messages, commits, articles
    "id-without-at": role("lore", "no message-id", "white space", "lore"),
    "id-without-right": role("lore", "left@", "nothing on one side", "lore"),
    "id-in-url": role("lore", "https://lore.kernel.org/linux-mm/", "no message-id in", "lore"),
    "id-unknown": role("lore", "nobody@example.org", "is not in lore.json; run `make lock`", "lore"),
    "commit-malformed": role("commit", "HEAD~3", "is no commit", "lore"),
    "commit-unknown": role("commit", "0123456789ab", "commit 0123456789ab is not in lore.json", "lore"),
    "article-malformed": role("lwn", "mapcounts", "is no LWN article", "lore"),
    "article-unknown": role(
        "lwn", "1", "https://lwn.net/Articles/1/ is not in lore.json", "lore", "lwn.net/Articles/1/"
    ),
    # roles: source
    "name-malformed": role("kfunc", "do madvise", "is no identifier"),
    "name-near": role(
        "kfunc",
        "zap_pte_rang",
        "the nearest names are `zap_pte_range`, `zap_pmd_range`",
        shown="zap_pte_rang()",
    ),
    "name-elsewhere": role("kfunc", "only_old", "it is in v6.12 (write `@v6.12`)", shown="only_old()"),
    "name-gone": role(
        "kfunc",
        "unmap_single_vma@v7.2",
        "not in v7.2.12; it is in v6.12 (write `@v6.12`), v6.18",
        shown="unmap_single_vma()",
    ),
    "name-ambiguous": role(
        "kfunc", "twice", "say which is meant: `mm/a.c:twice`, `mm/b.c:twice`", shown="twice()"
    ),
    "name-in-other-file": role(
        "kfunc", "mm/c.c:twice", "it is function in mm/a.c, function in mm/b.c", shown="twice()"
    ),
    "kind": role(
        "kstruct",
        "do_madvise",
        "is no enum or struct or typedef or union of v6.18.15: it is function in mm/madvise.c",
    ),
    "kind-macro": role("kmacro", "folio", "it is struct in include/linux/mm_types.h"),
    "config-malformed": role("kconfig", "A-B", "is no configuration symbol"),
    "file-malformed": role("kfile", "../etc/passwd", "is no file of the kernel"),
    "file-gone": role("kfile", "mm/gone.c", "mm/gone.c is no file of v6.18.15"),
    "file-short": role(
        "kfile", "mm/rmap.c#L9999", "mm/rmap.c has 3000 lines in v6.18.15", shown="mm/rmap.c:9999"
    ),
    "file-range": role("kfile", "mm/rmap.c#L20-L10", "the range ends before it begins; write #L10-L20"),
    "release-malformed": role(
        "kfunc", "do_madvise@6.12", "'6.12' is no kernel release; write v6.18 or v6.18.15"
    ),
    "release-empty": role("kfile", "mm/rmap.c@latest", "'latest' is no kernel release"),
    "name-not-locked": role(
        "kfunc",
        "brand_new",
        "brand_new() is not in linux-v6.18.15.json; run `make lock`",
        "lock",
        "brand_new()",
    ),
    "file-not-locked": role(
        "kfile", "mm/new.c", "mm/new.c is not in linux-v6.18.15.json; run `make lock`", "lock"
    ),
    "front-matter": Bad(
        "«---\nkernel: 6.12\n---\n# P\n\n{kfunc}`do_madvise`\n\n```{calltree}\ndo_madvise\n```",
        "«:kernel: 6.12\n\nP\n=\n\n:kfunc:`do_madvise`\n\n.. calltree::\n\n   do_madvise",
        "identifier",
        "`kernel:` in the front matter: '6.12' is no kernel release",
        "do_madvise()",
    ),
    # cards
    "card-malformed": directive(
        f"{SERIES} no message-id", "", "The notes.", "lore", "white space in 'no message-id'", "The notes."
    ),
    "card-malformed-titled": directive(
        f"{SERIES} nonsense", ":title: Its title", "The notes.", "lore", "no '@' in", "Its title"
    ),
    "card-unknown": directive(
        f"{SERIES} nobody@example.org",
        ":no-index:",
        "The notes.",
        "lore",
        "run `make lock`, or give `:title:`",
        "nobody@example.org",
    ),
    "card-title": directive(
        f"{SERIES} {LOCK_MODE}",
        ":no-index:\n:title: mm: something else",
        "The notes.",
        "series",
        "`:title:` says 'mm: something else', the message '[PATCH v4]",
        "The notes.",
    ),
    "card-author": directive(
        f"{SERIES} {LOCK_MODE}",
        ":no-index:\n:author: Some One",
        "The notes.",
        "series",
        "`:author:` says 'Some One', the message 'Barry Song'",
        "The notes.",
    ),
    "card-date": directive(
        f"{SERIES} {LOCK_MODE}",
        ":no-index:\n:date: 2025-06-09",
        "The notes.",
        "series",
        "`:date:` says 2025-06-09, the message 2025-06-08T10:01:50+12:00",
        "The notes.",
    ),
    "card-no-date": directive(
        f"{SERIES} d@example.org",
        ":no-index:\n:title: T\n:date: 2025-02-30",
        "The notes.",
        "series",
        "`:date: 2025-02-30` is no date; write YYYY-MM-DD",
        "The notes.",
    ),
    "article-no-url": directive(
        "«article the talk", "", "The notes.", "lore", "'the talk' is no URL", "The notes."
    ),
    "article-script": directive(
        "«article javascript:alert(1)", "", "The notes.", "lore", "is no URL", "The notes."
    ),
    "article-not-locked": directive(
        "«article https://example.org/x",
        "",
        "The notes.",
        "lore",
        "is not in lore.json; add it to declared.json",
        "The notes.",
    ),
    "article-no-date": directive(
        "«article https://example.org/x",
        ":title: T\n:date: soon",
        "The notes.",
        "lore",
        "write YYYY, YYYY-MM or YYYY-MM-DD",
        "The notes.",
    ),
    # call trees
    "tree-indentation": directive(
        TREE,
        "",
        "do_madvise\n    zap_pmd_range\n«  zap_pte_range",
        "calltree",
        "broken indentation: 2 spaces is a level that no line above opened",
        "zap_pte_range",
    ),
    "tree-deeper": directive(
        TREE,
        ":name: deeper",
        "do_madvise\n  zap_pmd_range\n«     zap_pte_range",
        "calltree",
        "broken indentation: 3 spaces deeper",
        "zap_pte_range",
    ),
    "tree-cycle": directive(
        TREE,
        "",
        "zap_pmd_range\n  zap_pte_range\n«    zap_pmd_range",
        "calltree",
        "a cycle: zap_pmd_range → zap_pte_range → zap_pmd_range",
        "zap_pte_range",
    ),
    "tree-no-name": directive(
        f"{TREE} A title",
        "",
        "zap_pmd_range\n«  walk_vmas, then?",
        "calltree",
        "is not a function",
        "A title",
    ),
    "tree-mixed": directive(
        TREE,
        "",
        "- zap_pmd_range\n«zap_pte_range",
        "calltree",
        "the tree began as a Markdown list",
        "zap_pte_range",
    ),
    "tree-remark": directive(
        TREE, "", "«zap_pmd_range [never closed", "calltree", "has no closing bracket", "never closed"
    ),
    "tree-empty": directive("«calltree A title", "", "", "calltree", "the call tree is empty", "A title"),
    "tree-call": directive(
        TREE,
        ":kernel: v6.18 v6.12",
        "madvise_vma_behavior\n«  zap_pmd_range",
        "calltree",
        "v6.18.15: madvise_vma_behavior() does not call zap_pmd_range() (mm/madvise.c:1300)",
        "zap_pmd_range()",
    ),
    "tree-name": directive(
        TREE,
        "",
        "do_madvise\n«  zap_pte_rang\n    zap_pte_range",
        "identifier",
        "zap_pte_rang() is not in v6.18.15; the nearest names are",
        "zap_pte_rang()",
    ),
    "tree-other-file": directive(
        TREE, "", "«mm/memory.c:do_madvise", "identifier", "it is function in mm/madvise.c", "do_madvise()"
    ),
    "tree-no-function": directive(
        TREE, "", "«folio", "identifier", "it is struct in include/linux/mm_types.h", "folio()"
    ),
    "tree-ambiguous": directive(TREE, "", "«twice", "identifier", "say which is meant", "twice()"),
    "tree-release": directive(
        "«calltree T",
        ":kernel: newest",
        "do_madvise\n  zap_pte_range",
        "identifier",
        "`:kernel:` 'newest' is no kernel release",
        "zap_pte_range",
    ),
    "tree-not-locked": directive(
        TREE,
        "",
        "do_madvise\n«  brand_new\n    zap_pte_range",
        "lock",
        "brand_new() is not in linux-v6.18.15.json",
        "brand_new()",
    ),
    "tree-call-not-locked": directive(
        TREE,
        "",
        "zap_pte_range\n«  do_madvise",
        "lock",
        "zap_pte_range() → do_madvise() is not in linux-v6.18.15.json",
        "do_madvise()",
    ),
}


def _pages() -> dict[str, str]:
    """Write each fault as a page in each markup: some lines, then the fault."""
    pages = {}
    for name, bad in FAULTS.items():
        front = bad.md.startswith("«---")
        pages[f"{name}.md"] = bad.md + "\n" if front else f"# P\n\nText that stays.\n\n{bad.md}\n"
        pages[f"{name}-2.rst"] = bad.rst + "\n" if front else f"P\n=\n\nText that stays.\n\n{bad.rst}\n"
    return pages


PAGES = _pages()


@pytest.fixture(scope="module")
def root(folder: Path) -> Path:
    """Write the site of all faults."""
    return write_site(folder / "faults", {name: text.replace("«", "") for name, text in PAGES.items()})


@pytest.fixture(scope="module")
def built(root: Path) -> Built:
    """Build it as text."""
    return build(root, "text")


@pytest.mark.parametrize("page", PAGES)
def test_fault(built: Built, page: str) -> None:
    """A fault gives one warning of its type, at its line, which says what is wrong; the page has its text."""
    bad = FAULTS[
        page.partition(".")[0].removesuffix("-2") if page.endswith(".rst") else page.partition(".")[0]
    ]
    told = built.of(page)
    assert len(told) == 1, told
    lines = PAGES[page].splitlines()
    assert (told[0].kind, told[0].line) == (
        f"kernel.{bad.kind}",
        next(n for n, t in enumerate(lines, 1) if "«" in t),
    )
    assert bad.said in told[0].text
    text = built.text(page.partition(".")[0] + ".txt")
    assert bad.shown in text
    assert "Text that stays." in text or "front-matter" in page


def test_nothing_else_is_warned_of(built: Built) -> None:
    """Each warning is at a page of its own."""
    assert {one.page for one in built.warnings} == PAGES.keys()


@pytest.fixture(scope="module")
def half(folder: Path) -> Path:
    """Write the site of the faults in Markdown alone."""
    pages = {name: text.replace("«", "") for name, text in PAGES.items() if name.endswith(".md")}
    return write_site(folder / "half", pages)


@pytest.mark.parametrize("subtype", [*Subtype, None])
def test_suppression(half: Path, subtype: Subtype | None) -> None:
    """Each type can be suppressed alone, and all of them together."""
    left = build(half, "dummy", suppress_warnings=[f"kernel.{subtype}" if subtype else "kernel"]).warnings
    kinds = {one.kind.removeprefix("kernel.") for one in left}
    told = {bad.kind for bad in FAULTS.values()}
    assert kinds == (told - {subtype} if subtype else set())


# --- what only several pages show --------------------------------------------------------------------------


def test_duplicates(folder: Path) -> None:
    """The second card of a series, and the second tree of a name, are told, with the place of the first."""
    card, tree = f"```{{series}} {LOCK_MODE}\n```\n", "```{calltree}\n:name: t\n\ndo_madvise\n```\n"
    pages = {"one.md": f"# One\n\n{card}\n{tree}", "two.md": f"# Two\n\n{card}\n{tree}\n{card}"}
    root = write_site(folder / "duplicates", pages)
    remedy = "; give one of them `:no-index:`"
    said = f"duplicate series {LOCK_MODE}, the other is at one.md:3{remedy}"
    assert build(root, "dummy").warnings == [
        Warned("two.md", 3, said, "kernel.series"),
        Warned("two.md", 12, said, "kernel.series"),
        Warned(
            "two.md",
            6,
            "duplicate call tree t, the other is at one.md:6; rename one of them",
            "kernel.calltree",
        ),
    ]
    assert build(root, "dummy", suppress_warnings=["kernel.series", "kernel.calltree"]).warnings == []


def test_dangling_links(folder: Path) -> None:
    """A link to no card or to no tree is told where it stands, nitpicky or not, with what to do."""
    page = "# A\n\n{kernel:series}`no@card`\n\n{kernel:calltree}`the tree <none>`\n"
    built = build(write_site(folder / "dangling", {"a.md": page}), "text")
    assert built.warnings == [
        Warned("a.md", 3, "no page has a card for series no@card; cite it with {lore}", "ref.series"),
        Warned("a.md", 5, "no call tree is named none; give the directive a `:name:`", "ref.calltree"),
    ]
    assert "the tree" in built.text("a.txt")


# --- conf.py -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ('kernelref_kernel = "6.18"', "a release such as v6.18"),
        ("kernelref_kernel = 6.18", "a release such as v6.18"),
        ('kernelref_kernel = "v6.18-rc1"', "a release such as v6.18"),
        ("kernelref_lock_dir = None", "a folder, relative to conf.py"),
        ('kernelref_lore_url = "lore.kernel.org"', "an http(s) URL"),
        ('kernelref_elixir_url = "javascript:alert(1)"', "an http(s) URL"),
        ('kernelref_commit_url = ["https://git.kernel.org"]', "an http(s) URL"),
    ],
)
def test_bad_value(tmp_path: Path, value: str, form: str) -> None:
    """A value that is not of its form is told at its line of conf.py, and the default used instead."""
    page = f"# A\n\n{{kfunc}}`do_madvise` {{lore}}`{LOCK_MODE}` {{commit}}`71e3aac0724f`\n"
    root = write_site(tmp_path / "site", {"a.md": page}, conf=f"\n{value}\n")
    built = build(root)
    (told,) = built.warnings
    line = (root / "conf.py").read_text(encoding="utf-8").splitlines().index(value) + 1
    assert (told.page, told.line, told.kind) == ("conf.py", line, "kernel.config")
    assert f"is not {form};" in told.text
    hosts = [a["href"].split("/")[2] for a in built.page("a").select("a.kernelref")]
    assert hosts == ["elixir.bootlin.com", "lore.kernel.org", "git.kernel.org"]
    assert build(root, suppress_warnings=["kernel.config"]).warnings == []


# --- locks -------------------------------------------------------------------------------------------------

CITES = f"""# A

{{lore}}`the message <{LOCK_MODE}>`

{{kfunc}}`do_madvise`

```{{series}} {MIRRORED}
Notes.
```
"""


def change(name: str, edit: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    """Make an edit by hand of a lock file's JSON."""

    def apply(lock: Path) -> None:
        data = json.loads((lock / name).read_text(encoding="utf-8"))
        edit(data)
        (lock / name).write_text(json.dumps(data), encoding="utf-8")

    return apply


def text_edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Make an edit by hand of a lock file's text."""

    def apply(lock: Path) -> None:
        text = (lock / name).read_text(encoding="utf-8")
        assert old in text
        (lock / name).write_text(text.replace(old, new), encoding="utf-8")

    return apply


def truncate(name: str) -> Callable[[Path], None]:
    """Cut a lock file in the middle."""

    def apply(lock: Path) -> None:
        data = (lock / name).read_bytes()
        (lock / name).write_bytes(data[: len(data) // 2])

    return apply


def replaced(name: str, data: bytes) -> Callable[[Path], None]:
    """Put something else in the place of a lock file."""
    return lambda lock: (lock / name).write_bytes(data) and None


def folder_instead(name: str) -> Callable[[Path], None]:
    """Put a folder in the place of a lock file."""

    def apply(lock: Path) -> None:
        (lock / name).unlink()
        (lock / name).mkdir()

    return apply


LORE_FILE, KERNEL_FILE = "lore.json", f"linux-{OWN}.json"
DAMAGES = {
    "truncated": (LORE_FILE, truncate(LORE_FILE), "truncated or not JSON"),
    "kernel-truncated": (KERNEL_FILE, truncate(KERNEL_FILE), "truncated or not JSON"),
    "empty": (LORE_FILE, replaced(LORE_FILE, b""), "truncated or not JSON"),
    "not-utf-8": (LORE_FILE, replaced(LORE_FILE, b'{"schema": "\xff"}'), "truncated or not JSON"),
    "not-an-object": (LORE_FILE, replaced(LORE_FILE, b"[]"), "an object was expected"),
    "too-deep": (LORE_FILE, replaced(LORE_FILE, b"[" * 100_000), "truncated or not JSON"),
    "long-number": (
        LORE_FILE,
        replaced(LORE_FILE, b'{"schema": ' + b"9" * 5000 + b"}"),
        "truncated or not JSON",
    ),
    "no-schema": (LORE_FILE, change(LORE_FILE, lambda d: d.pop("schema")), "this is no lock file"),
    "newer": (LORE_FILE, change(LORE_FILE, lambda d: d.update(schema=99)), "update kernelref"),
    "kernel-newer": (KERNEL_FILE, change(KERNEL_FILE, lambda d: d.update(schema=99)), "update kernelref"),
    "older": (LORE_FILE, change(LORE_FILE, lambda d: d.update(schema=0)), "run `make lock`"),
    "strange-key": (
        LORE_FILE,
        change(LORE_FILE, lambda d: d.update(extra=1)),
        "extra: not a key of this schema",
    ),
    "no-record": (LORE_FILE, change(LORE_FILE, lambda d: d.update(messages=[])), "an object was expected"),
    "no-date": (LORE_FILE, text_edit(LORE_FILE, "2010-11-03", "last week"), "'last week' is not a date"),
    "no-such-date": (
        LORE_FILE,
        text_edit(LORE_FILE, "2010-11-03", "2010-02-31"),
        "'2010-02-31' is not a date",
    ),
    "first-date": (
        LORE_FILE,
        text_edit(LORE_FILE, "2010-11-03", "0001-01-01T00:00:00+12:00"),
        "is not a date",
    ),
    "no-standing": (LORE_FILE, text_edit(LORE_FILE, '"mirror"', '"certain"'), "'certain' is none of"),
    "no-extent": (KERNEL_FILE, text_edit(KERNEL_FILE, '"line": 1900', '"line": -1'), "is no extent"),
    "line-as-text": (
        KERNEL_FILE,
        text_edit(KERNEL_FILE, '"line": 1900', '"line": "1900"'),
        "int was expected",
    ),
    "other-release": (
        KERNEL_FILE,
        text_edit(KERNEL_FILE, f'"{OWN}"', '"v6.18.16"'),
        "it holds v6.18.16, and its name says v6.18.15",
    ),
    "control-character": (LORE_FILE, text_edit(LORE_FILE, "per_vma", r"per\u001b[31mvma"), "U+001B"),
    "direction": (LORE_FILE, text_edit(LORE_FILE, "per_vma", r"per\u202evma"), "U+202E"),
    "line-break": (
        LORE_FILE,
        text_edit(LORE_FILE, "per_vma", r"per\nvma kernel:series 1 evil.html -"),
        "U+000A",
    ),
    "half-character": (LORE_FILE, text_edit(LORE_FILE, "per_vma", r"per\ud800vma"), "U+D800"),
    "a-folder": (LORE_FILE, folder_instead(LORE_FILE), "cannot be read"),
}


@pytest.mark.parametrize(("file", "damage", "said"), DAMAGES.values(), ids=DAMAGES)
def test_damaged_lock(tmp_path: Path, file: str, damage: Callable[[Path], None], said: str) -> None:
    """A lock that cannot be used is told once, at the lock; all that it would answer is not checked."""
    root = write_site(tmp_path / "site", {"a.md": CITES})
    damage(root / "lock")
    built = build(root, "text")
    (told,) = built.warnings
    assert (told.page, told.line, told.kind) == (f"lock/{file}", 1, "kernel.lock")
    assert said in told.text
    assert "; run `make lock`" in told.text or "update kernelref" in told.text or "permissions" in told.text
    text = " ".join(built.text("a.txt").split())
    assert "the message" in text
    assert '"do_madvise()"' in text
    assert "Notes." in text
    assert ("the message (not checked)" in text) is (file == LORE_FILE)
    assert ('"do_madvise()" (not checked)' in text) is (file == KERNEL_FILE)
    assert build(root, "dummy", suppress_warnings=["kernel.lock"]).warnings == []


def test_file_that_is_named_for_no_release(tmp_path: Path) -> None:
    """A file of another name among the locks is told of, and left alone."""
    root = write_site(tmp_path / "site", {"a.md": CITES})
    (root / "lock" / "linux-vnext.json").write_text("{}", encoding="utf-8")
    (told,) = build(root, "dummy").warnings
    assert (told.page, told.line, told.kind) == ("lock/linux-vnext.json", 1, "kernel.lock")
    assert "'vnext' is no kernel release" in told.text


@pytest.mark.parametrize(
    ("lore", "kernels", "lines"),
    [(None, KERNELS, [3]), (LORE, {}, [5]), (None, {}, [3, 5])],
    ids=["lore", "kernels", "both"],
)
def test_missing_locks(tmp_path: Path, lore: object, kernels: dict[str, object], lines: list[int]) -> None:
    """A missing lock is told once, at the first reference that it would answer; the text is there."""
    root = write_site(tmp_path / "site", {"a.md": CITES}, lore=lore, kernels=kernels)  # type: ignore[arg-type]
    built = build(root, "text")
    assert [(one.page, one.line, one.kind) for one in built.warnings] == [
        ("a.md", line, "kernel.lock") for line in lines
    ]
    assert all("run `make lock`" in one.text for one in built.warnings)
    text = built.text("a.txt")
    assert "the message" in text and "do_madvise()" in text and "Notes." in text
    assert build(root, "dummy", suppress_warnings=["kernel.lock"]).warnings == []


@pytest.mark.parametrize(
    "page",
    [
        "{commit}`71e3aac0724f`",
        "{lwn}`974223`",
        "```{article} https://example.org/talk\n```",
        "{kfile}`mm/rmap.c`",
    ],
)
def test_missing_locks_are_missed_by_every_kind_of_reference(tmp_path: Path, page: str) -> None:
    """Whatever a page cites, without any lock it is told that nothing is checked."""
    root = write_site(tmp_path / "site", {"a.md": f"# A\n\n{page}\n"}, lore=None, kernels={})
    assert [(one.line, one.kind) for one in build(root, "dummy").warnings] == [(3, "kernel.lock")]


def test_lock_folder_of_another_name(tmp_path: Path) -> None:
    """The locks may be elsewhere; a folder that is not there is a lock that is missing."""
    root = write_site(tmp_path / "site", {"a.md": CITES}, conf='exclude_patterns += ["facts"]\n')
    write_locks(root / "facts", LORE, KERNELS)
    assert build(root, "dummy", kernelref_lock_dir="facts").warnings == []
    assert build(root, "dummy", kernelref_lock_dir=str(root / "facts")).warnings == []
    assert {one.kind for one in build(root, "dummy", kernelref_lock_dir="nowhere").warnings} == {
        "kernel.lock"
    }


def test_page_without_references_needs_no_lock(tmp_path: Path) -> None:
    """A project that loads the extension and cites nothing is left in peace."""
    root = write_site(tmp_path / "site", {"a.md": "---\nkernel: python3\n---\n# A\n"}, lore=None, kernels={})
    assert build(root).warnings == []


@pytest.mark.parametrize(
    ("page", "kind"),
    [("a.md", "myst.directive_option"), ("b.rst", "docutils")],
)
def test_option_that_there_is_not(tmp_path: Path, page: str, kind: str) -> None:
    """An option's bad value is told by the markup's own parser, once."""
    text = {
        "a.md": f"# A\n\n```{{series}} {LOCK_MODE}\n:status: merged\n```\n",
        "b.rst": f"B\n=\n\n.. series:: {LOCK_MODE}\n   :status: merged\n",
    }[page]
    (told,) = build(write_site(tmp_path / "site", {page: text}), "dummy").warnings
    assert (told.page, told.kind) == (page, kind)
    assert 'choose from "landed", "partly"' in told.text
