"""Derived trees and differences on pages: from locks alone, in every writer, and what is warned of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import Tag
from helpers import Built, build, card, squeezed, write_site

from kernelref.core.changes import SIGNS
from kernelref.core.difference import Change
from kernelref.core.lock import Became, DerivedTree, KernelLock, Likeness, Outcome
from kernelref.core.question import Question
from kernelref.core.source import Call, Definition, How, Kind
from kernelref.directives.tree_figures import MOST_DRAWN
from kernelref.directives.tree_options import MAX_COUNT, MAX_DEPTH

OLDEST, OLD, NEW = "v6.1.192", "v6.18.15", "v7.2.12"
CONF = 'kernelref_kernel = "v6.18"\nlanguage = "{}"\n'

# --- two releases of a few functions ---------------------------------------------------------------------


def defined(
    name: str, line: int, file: str = "mm/m.c", kind: Kind = Kind.FUNCTION, body: str = ""
) -> Definition:
    """Make a definition; without a ``body`` of its own it has that of all releases."""
    return Definition(file, line, line + 5, name, kind, body=body or f"body of {name}")


def call(caller: str, callee: str, how: How = How.DIRECT, file: str = "mm/m.c") -> Call:
    """Make the record of a call, on the line that its names' lengths say."""
    lines = () if how is How.NONE else (len(caller) * 100 + len(callee),)
    return Call(file, caller, callee, how, lines, "visit" if how is How.POINTER else "")


def lock(
    tag: str,
    definitions: Iterable[Definition],
    calls: Iterable[Call],
    trees: dict[Question, DerivedTree],
    likenesses: tuple[Likeness, ...] = (),
    absent: Iterable[str] = (),
) -> KernelLock:
    """Make a lock."""
    names: dict[str, tuple[Definition, ...]] = dict.fromkeys(absent, ())
    for one in definitions:
        names[one.name] = (*names.get(one.name, ()), one)
    answers = {question.key: tree for question, tree in trees.items()}
    near = {"nobody": ("somebody", "no_body")}
    return KernelLock(tag, "a small tree", ("mm",), names, near, {}, tuple(calls), answers, likenesses)


WAYS = Question("top", "goal")
BELOW = Question("top", depth=1)
ABOVE = Question("goal", callers=True)
BIG = Question("big")
TWICE = Question("twice")
NOBODY = Question("nobody")
NOWHERE = Question("goal", "top")
NEWLY = Question("top", "fresh")

BOTH = ("top", "mid", "goal", "kept", "big", *(f"leaf_{number}" for number in range(50)))
BODIES = {"mid": "rewritten"}
BIG_CALLS = [call("big", f"leaf_{number}") for number in range(50)]
NONE = How.NONE
OLD_LOCK = lock(
    OLD,
    [
        *(defined(name, 10 + at * 10) for at, name in enumerate(BOTH)),
        *(defined(name, 700 + at * 10) for at, name in enumerate(("single", "low", "lost", "away"))),
        *(defined(name, 800 + at * 10) for at, name in enumerate(("side", "later", "no_body"))),
        defined("km", 900, "mm/m.h", Kind.MACRO),
        defined("twice", 5, "mm/a.c"),
        defined("twice", 6, "mm/b.c"),
    ],
    [
        *(call("top", callee) for callee in ("mid", "lost", "away", "side", "kept")),
        call("top", "km", How.MACRO),
        *(call(caller, "goal") for caller in ("low", "lost", "away", "side", "kept")),
        call("km", "goal", file="mm/m.h"),
        call("mid", "single"),
        call("single", "low", How.POINTER),
        call("top", "later", NONE),
        call("later", "goal", NONE),
        *BIG_CALLS,
    ],
    {
        WAYS: DerivedTree(
            (
                "top", "  mid", "    single", "      low", "        goal", "  lost", "    goal",
                "  away", "    goal", "  side", "    goal", "  km", "    goal", "  kept", "    goal",
            ),
            complete=False, left_out=3,
        ),
        BELOW: DerivedTree(
            ("top [↺ top]", "  mid […]", "  lost"), complete=False, left_out=2, quiet=4, unread=1,
        ),
        ABOVE: DerivedTree(("kept", "  goal", "lost", "  goal")),
        BIG: DerivedTree(("big", *(f"  leaf_{number}" for number in range(50)))),
        TWICE: DerivedTree(("mm/a.c:twice",)),
        NOBODY: DerivedTree(outcome=Outcome.NO_START),
        NOWHERE: DerivedTree(outcome=Outcome.NO_PATH),
        NEWLY: DerivedTree(outcome=Outcome.NO_GOAL),
    },
    absent=("batched", "fresh", "nobody"),
)  # fmt: skip
NEW_LOCK = lock(
    NEW,
    [
        *(defined(name, 15 + at * 10, body=BODIES.get(name, "")) for at, name in enumerate(BOTH)),
        defined("batched", 705),
        defined("fresh", 706),
        defined("away", 707, "mm/n.c"),
        defined("km", 905, "mm/m.h"),
        *(defined(name, 800 + at * 10) for at, name in enumerate(("side", "later"))),
    ],
    [
        *(call("top", callee) for callee in ("mid", "fresh", "km", "away", "later", "kept")),
        *(call(caller, "goal") for caller in ("batched", "fresh", "later", "kept")),
        call("km", "goal", file="mm/m.h"),
        call("away", "goal", file="mm/n.c"),
        call("mid", "batched"),
        call("top", "side", NONE),
        call("side", "goal", NONE),
    ],
    {
        WAYS: DerivedTree(
            (
                "top", "  mid", "    batched", "      goal", "  fresh", "    goal", "  km", "    goal",
                "  away", "    goal", "  later", "    goal", "  kept", "    goal",
            )
        ),
        ABOVE: DerivedTree(("fresh", "  goal", "kept", "  goal")),
        NOBODY: DerivedTree(outcome=Outcome.NO_START),
        NOWHERE: DerivedTree(("goal", "  top")),
        NEWLY: DerivedTree(("top", "  fresh")),
    },
    (
        Likeness(OLD, "mm/m.c:single", "mm/m.c:batched", Became.RENAMED, 0.92),
        Likeness(OLD, "mm/m.c:low", "mm/m.c:batched", Became.INLINED, 0.81),
        Likeness(OLDEST, "mm/m.c:lost", "mm/m.c:fresh", Became.RENAMED, 0.99),
    ),
    absent=("single", "low", "lost", "nobody", "no_body", "twice"),
)  # fmt: skip
KERNELS = {OLD: OLD_LOCK, NEW: NEW_LOCK, OLDEST: lock(OLDEST, [defined("top", 1)], [], {})}


def fence(options: str, content: str = "", title: str = "") -> str:
    """Write a directive in MyST; its first line is that of the page's line 3."""
    lines = [f":{option}" for option in options.split("; ")] if options else []
    return "# Page\n\n```{calltree} " + title + "\n" + "\n".join([*lines, "", content]) + "\n```\n"


DECLARED = "top\n  mid\n    single\n    batched\n  lost\n  fresh\n  nobody\n  kept\n    mid"
PAGES = {
    "ways.md": fence("from: top; to: goal; kernel: v6.18 v7.2"),
    "diff.md": fence("from: top; to: goal; diff: v6.18..v7.2"),
    "three.md": fence("from: top; to: goal; kernel: v6.18, v7.2; diff: v6.18..v7.2", title="All three"),
    "below.md": fence("from: `top()`; depth: 1"),
    "above.md": fence("from: goal; callers:; diff: v6.18..v7.2"),
    "big.md": fence("from: big"),
    "newly.md": fence("from: top; to: fresh; diff: v6.18..v7.2"),
    "rest.rst": "Page\n====\n\n.. calltree:: In reST\n   :from: top\n   :depth: 1\n",
}


@pytest.fixture(scope="module")
def html(folder: Path) -> Built:
    """Build the pages on which nothing is wrong."""
    return build(write_site(folder / "fine", PAGES, conf=CONF.format("en"), lore=None, kernels=KERNELS))


def entries(part: Tag) -> dict[str, str]:
    """Read the nested list: function → what its entry says."""
    found: dict[str, str] = {}
    for item in part.select(".kernelref-diagram-text li"):
        name, _, rest = squeezed(item.find("p")).partition("() ")
        found.setdefault(name.removesuffix("()"), rest)
    return found


def labels(part: Tag) -> list[str]:
    """Read the boxes of a drawing."""
    return [squeezed(box) for box in part.select("svg.kernelref-svg .kr-node foreignObject")]


def test_nothing_is_warned_of(html: Built) -> None:
    """A derived tree whose answers are locked is no cause of warnings."""
    assert html.warnings == []


def test_ways_in_two_releases(html: Built) -> None:
    """Each release is a tab of its own, drawn and told from what its lock says."""
    page = html.page("ways")
    assert [squeezed(label) for label in page.select(".sd-tab-label")] == [OLD, NEW]
    old, new = page.select(".sd-tab-content")
    assert entries(old)["single"] == "mm/m.c:700 — L306"
    assert entries(old)["low"] == "mm/m.c:710 — may be reached through a pointer visit L603"
    assert "fresh" in entries(new)
    assert "single" not in entries(new)


def test_title_says_what_was_asked(html: Built) -> None:
    """A tree without a title says what it is; one with a title keeps it."""
    said = {name: squeezed(html.page(name).select_one(".kernelref-tree-title")) for name in ("ways", "below")}
    assert said == {"ways": "From top() to goal()", "below": "What top() calls, 1 levels down"}
    assert squeezed(html.page("three").select_one(".kernelref-tree-title")) == "All three"


def test_difference_in_the_text(html: Built) -> None:
    """The text says of each function what became of it, in words, with the old line and the new."""
    told = entries(html.page("diff"))
    assert told["kept"].startswith("mm/m.c:40 → 45 — L304")
    assert told["mid"].startswith(f"mm/m.c:20 → 25 — {SIGNS[Change.CHANGED]} changed")
    assert told["batched"].startswith("mm/m.c:700 → 705 — ≈ renamed from single · 0.92")
    assert told["low"].startswith("mm/m.c:710 — ⊂ inlined into batched · 0.81")
    assert told["lost"].startswith("mm/m.c:720 — ✗ gone")
    assert told["fresh"].startswith("mm/m.c:706 — ＋ new")
    assert told["away"].startswith("mm/n.c:707 — ↦ moved from mm/m.c:730")
    assert told["km"].startswith("mm/m.h:900 → 905 — ◇ macro → function")
    assert told["side"].startswith("mm/m.c:800 — ⇤ still there, no longer reached")
    assert told["later"].startswith("mm/m.c:810 — ⇥ there before, reached now")
    assert told["lost"].endswith("✗ no longer called")
    assert told["fresh"].endswith("＋ new call")
    assert told["side"].endswith("✗ no longer called")
    assert told["later"].endswith("＋ new call")


def test_difference_in_the_drawing(html: Built) -> None:
    """Each change has a class for its look, a sign for the eye, and an entry in the legend."""
    page = html.page("diff")
    for change, name in {
        Change.RENAMED: "batched", Change.INLINED: "low", Change.GONE: "lost", Change.NEW: "fresh",
        Change.MOVED: "away", Change.KIND: "km", Change.LEFT: "side", Change.JOINED: "later",
    }.items():  # fmt: skip
        box = page.select_one(f"svg.kernelref-svg .kr-node.kr-diff-{change.name.lower()}")
        assert squeezed(box.select_one("code")) == f"{name}()"
        assert SIGNS[change] in squeezed(box)
        assert SIGNS[change] in squeezed(page.select_one("ul.kernelref-legend"))
    plain = page.select_one("svg.kernelref-svg .kr-node.kr-diff-kept")
    assert not set(SIGNS.values()) & set(squeezed(plain))
    assert page.select("svg.kernelref-svg path.kr-edge.kr-diff-gone")
    assert page.select("svg.kernelref-svg path.kr-edge.kr-diff-new")


def test_difference_in_a_sentence(html: Built) -> None:
    """The counts stand above the drawing, and the names of what went and came."""
    page = html.page("diff")
    assert squeezed(page.select_one(".kernelref-tree-summary")) == (
        f"Functions of this tree from {OLD} to {NEW}: 3 unchanged, 1 changed, 1 moved, 1 of another kind, "
        "1 renamed, 1 inlined, 1 gone, 1 new, 1 no longer in it, 1 in it only now."
    )
    told = [squeezed(line) for line in page.select(".kernelref-tree-summary + ul li")]
    assert told == [
        "Renamed, as far as likeness tells; the old names are gone: single() → batched() (0.92)",
        "Inlined, as far as likeness tells: low() → batched() (0.81)",
        "Gone: lost()",
        "New: fresh()",
    ]
    assert squeezed(page.select(".kernelref-tree-notice")[-1]).startswith(f"{OLD}: At least 3 more ways")


def test_links_of_a_difference(html: Built) -> None:
    """What is there leads to the newer release, what is gone to the older; the hover names both places."""
    page = html.page("diff")
    links = {squeezed(a): a for a in page.select(".kernelref-diagram-text a")}
    assert f"/{NEW}/source/mm/m.c#L45" in links["kept()"]["href"]
    assert f"/{OLD}/source/mm/m.c#L720" in links["lost()"]["href"]
    assert card(page, links["kept()"])[0] == "kept()"
    assert links["batched()"]["title"] == (
        f"function · single · mm/m.c:700 · {OLD} — function · batched · mm/m.c:705 · {NEW}"
    )


def test_releases_and_difference(html: Built) -> None:
    """With releases and a difference, the difference is the last tab."""
    page = html.page("three")
    assert [squeezed(label) for label in page.select(".sd-tab-label")] == [OLD, NEW, f"{OLD} → {NEW}"]
    assert len(page.select("ul.kernelref-legend")) == 1


def test_bounds_are_told(html: Built) -> None:
    """What a bound, noise and pointers left out is said, and what the signs mean."""
    for name in ("below", "rest"):
        said = squeezed(html.page(name).select_one(".kernelref-tree-notice"))
        assert "At least 2 more functions are left out: a tree has at most 120." in said
        assert "4 calls of assertions" in said
        assert "1 calls lead through pointers" in said
        assert "“↺ f” stands" in said
        assert "“…” stands" in said
        assert entries(html.page(name))["top"] == "mm/m.c:10 [↺ top]"


def test_difference_of_callers(html: Built) -> None:
    """Callers of one function are compared too; a call that nobody was asked for is not known."""
    told = entries(html.page("above"))
    assert "✗ gone" in told["lost"]
    assert "＋ new" in told["fresh"]
    assert told["kept"].startswith("mm/m.c:40 → 45")


def test_large_tree(html: Built) -> None:
    """A drawing has a bound, and says how many it left out and where they are; the text has all, folded."""
    page = html.page("big")
    assert len(labels(page)) == MOST_DRAWN
    said = [squeezed(one) for one in page.select(".kernelref-tree-notice")]
    assert said[0].startswith(f"{51 - MOST_DRAWN} more are not drawn: a drawing has at most {MOST_DRAWN}")
    assert len(entries(page)) == 51
    assert page.select_one("details.kernelref-diagram-text")


def test_difference_of_what_one_release_has(html: Built) -> None:
    """Where only one release has an answer, the other's absence is a sentence, and the rest is drawn."""
    page = html.page("newly")
    assert f"What was read of {OLD} has no fresh()." in squeezed(page.select_one(".kernelref-tree-notice"))
    assert "＋ new" in entries(page)["fresh"]


def test_chinese(folder: Path) -> None:
    """The words are in the language of the site, those in the drawing too."""
    pages = {"diff.md": PAGES["diff.md"]}
    root = write_site(folder / "zh", pages, conf=CONF.format("zh_CN"), lore=None, kernels=KERNELS)
    page = build(root).page("diff")
    assert any("≈ 改名自 single · 0.92" in label for label in labels(page))
    assert "3 个没变、1 个有改动" in squeezed(page.select_one(".kernelref-tree-summary"))
    assert "新版本中没有" in squeezed(page.select_one("ul.kernelref-legend"))


@pytest.mark.parametrize(("builder", "file"), [("text", "diff.txt"), ("latex", "small.tex")])
def test_other_writers(folder: Path, builder: str, file: str) -> None:
    """Writers without drawings tell the same in words."""
    root = write_site(folder / builder, PAGES, conf=CONF.format("en"), lore=None, kernels=KERNELS)
    built = build(root, builder)
    text = " ".join(built.text(file).split())
    for words in ("1 renamed, 1 inlined, 1 gone, 1 new", "renamed from single · 0.92", "no longer called"):
        assert words in text.replace("\\textbackslash{}", "")
    assert built.warnings == []


# --- what is warned of -------------------------------------------------------


def site_of(folder: Path, text: str, kernels: dict[str, KernelLock] | None = None) -> Path:
    """Write a site of one page."""
    root = folder / f"one-{len(list(folder.iterdir()))}"
    return write_site(root, {"a.md": text}, conf=CONF.format("en"), lore=None, kernels=kernels or KERNELS)


WRONG = {
    "not locked": ("from: mid", "", "lock", 3, "`start=mid` is not in linux-v6.18.15.json; run `make lock`"),
    "not locked elsewhere": ("from: top; depth: 1; kernel: v6.18 v6.1", "", "lock", 3, "linux-v6.1.192.json"),
    "not pinned": ("from: top; kernel: v4.5", "", "lock", 3, "no lock of v4.5 is at hand"),
    "unknown root": ("from: nobody", "", "identifier", 3, "the nearest names are `somebody`, `no_body`"),
    "unknown in both": ("from: nobody; diff: v6.18..v7.2", "", "identifier", 3, "of v7.2.12; the nearest"),
    "ambiguous root": ("from: twice", "", "identifier", 3, "`mm/a.c:twice`, `mm/b.c:twice`"),
    "no way": ("from: goal; to: top", "", "calltree", 3, "no way from goal() to top() within 14 calls"),
    "content": ("from: top", "mid", "calltree", 6, "a tree with `:from:` has no content"),
    "no function": ("from: a-b", "", "calltree", 3, "is no function"),
    "nothing": ("from:", "", "calltree", 3, "is no function"),
    "with a release": ("from: top@v6.1", "", "calltree", 3, "names a release"),
    "to alone": ("to: top", "mid", "calltree", 3, "`:to:` says more of `:from:`"),
    "up and down": ("from: top; to: goal; callers:", "", "calltree", 3, "leave one of them out"),
    "count alone": ("from: top; count: 3", "", "calltree", 3, "`:count:` is how many ways"),
    "depth": ("from: top; depth: deep", "", "calltree", 3, f"no number from 1 to {MAX_DEPTH}"),
    "no depth": ("from: top; depth: 0", "", "calltree", 3, f"no number from 1 to {MAX_DEPTH}"),
    "count": ("from: top; to: goal; count: 99999", "", "calltree", 3, f"no number from 1 to {MAX_COUNT}"),
    "quiet": ("from: top; quiet: a=b", "", "calltree", 3, "is no pattern"),
    "diff of one": ("from: top; diff: v6.18", "", "calltree", 3, "is no two releases"),
    "diff backwards": ("from: top; diff: v7.2..v6.18", "", "calltree", 3, "the older release comes first"),
    "diff not pinned": ("diff: v4.5..v7.2", "top", "lock", 3, "v4.5 and v7.2.12 are not both pinned"),
    "declared, not asked": ("diff: v6.18..v7.2", "top\n  goal", "lock", 7, "goal() is not in linux-v6.18.15"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_warning(folder: Path, case: str) -> None:
    """What is wrong is said once, where it stands, under its own type; and can be suppressed."""
    options, content, kind, line, words = WRONG[case]
    root = site_of(folder, fence(options, content))
    found = [one for one in build(root, "text").warnings if words in one.text]
    assert [(one.page, one.line, one.kind) for one in found] == [("a.md", line, f"kernel.{kind}")]
    again = build(root, "text", fresh=True, suppress_warnings=[f"kernel.{kind}"])
    assert [one for one in again.warnings if words in one.text] == []


def test_no_way_in_another_release(folder: Path) -> None:
    """That another release has no answer is news for the reader, not a fault of the page."""
    built = build(site_of(folder, fence("from: goal; to: top; kernel: v7.2 v6.18")))
    assert not [one for one in built.warnings if "no way" in one.text]
    told = squeezed(built.page("a").select_one(".kernelref-tree-notice"))
    assert told == f"In {OLD} there is no way from goal() to top() within 14 calls."


def test_declared_difference(folder: Path) -> None:
    """A declared tree is compared as it stands; what neither release has is wrong."""
    calls = (call("top", "nobody", NONE), call("kept", "mid", NONE), call("mid", "batched", NONE))
    old = replace(OLD_LOCK, calls=(*OLD_LOCK.calls, *calls[1:2]))
    new = replace(NEW_LOCK, calls=(*NEW_LOCK.calls, *calls[1:2]))
    built = build(site_of(folder, fence("diff: v6.18..v7.2", DECLARED), {OLD: old, NEW: new}))
    told = entries(built.page("a"))
    assert "renamed from single · 0.92" in told["batched"]
    assert "✗ gone" in told["lost"]
    assert "＋ new" in told["fresh"]
    assert {(one.line, one.kind, one.text) for one in built.warnings} == {
        (12, "kernel.identifier", f"nobody() is in neither of {OLD} and {NEW}"),
        (14, "kernel.calltree", f"kept() calls mid() in neither of {OLD} and {NEW}"),
    }


def test_not_known(folder: Path) -> None:
    """A call that the newer release was not asked for is not known, rather than gone."""
    calls = tuple(one for one in NEW_LOCK.calls if (one.caller, one.callee) != ("side", "goal"))
    calls = (*(one for one in calls if (one.caller, one.callee) != ("top", "side")), call("side", "kept"))
    new = replace(NEW_LOCK, calls=calls)
    built = build(site_of(folder, fence("from: top; to: goal; diff: v6.18..v7.2"), {OLD: OLD_LOCK, NEW: new}))
    assert {one.kind for one in built.warnings} == {"kernel.lock"}
    assert "top() → side() is not in linux-v7.2.12.json" in built.warnings[0].text
    assert not built.page("a").select(".kr-node.kr-diff-side")


def test_elsewhere_is_not_gone(folder: Path) -> None:
    """What may lie where the newer release was not read is not known."""
    moved = tuple(
        replace(one, file="fs/m.c") if one.name == "lost" else one for one in OLD_LOCK.identifiers["lost"]
    )
    calls = tuple(replace(one, file="fs/m.c") if one.caller == "lost" else one for one in OLD_LOCK.calls)
    old = replace(
        OLD_LOCK, folders=("mm", "fs"), identifiers={**OLD_LOCK.identifiers, "lost": moved}, calls=calls
    )
    built = build(site_of(folder, fence("from: top; to: goal; diff: v6.18..v7.2"), {OLD: old, NEW: NEW_LOCK}))
    assert "? not known" in entries(built.page("a"))["lost"]


def test_page_follows_its_locks(folder: Path) -> None:
    """When the lock of either release changes, the page is read again."""
    root = site_of(folder, fence("from: top; to: goal; diff: v6.18..v7.2"))
    build(root)
    assert build(root).read_again == set()
    lines = tuple(replace(one, score=0.77) for one in NEW_LOCK.likenesses)
    write_site(
        root, {}, conf=CONF.format("en"), lore=None, kernels={NEW: replace(NEW_LOCK, likenesses=lines)}
    )
    built = build(root)
    assert "a" in built.read_again
    assert "0.77" in entries(built.page("a"))["batched"]


@pytest.mark.parametrize("lines", [("top", "      mid", "  lost"), ("<script>",), ("top", "  top")])
def test_damaged_lock(folder: Path, lines: tuple[str, ...]) -> None:
    """A tree in a lock that nobody can read is told of, and does not end the build."""
    bad = replace(OLD_LOCK, trees={WAYS.key: DerivedTree(lines)})
    for options in ("from: top; to: goal", "from: top; to: goal; diff: v6.18..v7.2"):
        built = build(site_of(folder, fence(options), {OLD: bad, NEW: NEW_LOCK}), "text")
        assert [(one.line, one.kind) for one in built.warnings] == [(3, "kernel.lock")]
        assert f"`{WAYS.key}` in linux-{OLD}.json cannot be read" in built.warnings[0].text
        assert "not locked for" in built.text("a.txt")
