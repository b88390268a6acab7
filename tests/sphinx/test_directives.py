"""The directives: cards of series and articles, corrections, call trees; in both markups and every writer."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from helpers import (
    ARCHIVE,
    BARRY,
    COVER,
    KERNELS,
    LOCK_MODE,
    LORE,
    MESSAGES,
    MIRROR,
    MIRRORED,
    ODD,
    OLD,
    OLDER,
    OWN,
    TOLD,
    Built,
    build,
    squeezed,
    write_site,
)

from kernelref.core.lock import Fate, LoreLock, Message, State
from kernelref.core.source import Call, How
from kernelref.fates import SHAPES, state_word

LORE_URL = "https://lore.kernel.org/all/"
HOSTILE = "<script>alert(1)</script> \"q\" 'q' & \\input{x} $%_#^~ `b` *e*"

FATES = {
    "landed": (Fate(State.LANDED, MIRROR, "v6.9"), "✔ landed in v6.9"),
    "landed-untold": (Fate(State.LANDED, MIRROR), "✔ landed"),
    "counted": (Fate(State.LANDED, MIRROR, "v6.9", landed=4, of=4), "✔ landed in v6.9 (4 of 4)"),
    "partly": (Fate(State.PARTLY, MIRROR, "v6.9", landed=2, of=4), "◐ landed in part in v6.9 (2 of 4)"),
    "superseded": (Fate(State.SUPERSEDED, MIRROR), "↻ superseded"),
    "superseded-in": (
        Fate(State.SUPERSEDED, MIRROR, "v6.9"),
        "↻ superseded; a later revision landed in v6.9",
    ),
    "review": (Fate(State.REVIEW, MIRROR), "◌ under review"),
    "dropped": (Fate(State.DROPPED, MIRROR), "✘ dropped"),
    "unknown": (Fate(State.UNKNOWN, MIRROR), "○ fate not known"),
}

CARDS_MD = f"""# Cards

````{{series}} {LOCK_MODE}
The notes, with {{kfunc}}`do_madvise`.

```{{correction}}
An earlier note was wrong.
```
````

```{{series}} https://lore.kernel.org/linux-mm/{OLDER}/T/#u
:wip:
```

```{{series}} <{COVER}>
```

```{{series}} {MIRRORED}
```

```{{series}} {TOLD}
:status: dropped
:release: v2.6.37
```

```{{series}} {ODD}
:status: landed
:release: v5.7
```

```{{article}} 974223
On mapcounts.
```

```{{article}} https://example.org/talk
:wip:
```
"""
CARDS_RST = f"""Cards
=====

.. series:: {LOCK_MODE}
   :no-index:

   The notes, with :kfunc:`do_madvise`.

   .. correction:: An earlier note was wrong.

.. series:: https://lore.kernel.org/linux-mm/{OLDER}/T/#u
   :no-index:
   :wip:

.. series:: <{COVER}>
   :no-index:

.. series:: {MIRRORED}
   :no-index:

.. series:: {TOLD}
   :no-index:
   :status: dropped
   :release: v2.6.37

.. series:: {ODD}
   :no-index:
   :status: landed
   :release: v5.7

.. article:: 974223

   On mapcounts.

.. article:: https://example.org/talk
   :wip:
"""
DECLARED_MD = """# Declared

```{series} 20190102030405.1-1-new@example.org
:title: A mail that no archive has
:author: Some One
```

```{series} other@example.org
:title: Another
:date: 2019-03-04
:status: review
```

```{series} third@example.org
:title: A third, of no known date
```

```{article} https://example.org/paper
:title: A paper
:author: Some One
:date: 2021-05
```
"""
CORRECTIONS_MD = """# Corrections

```{correction}
A paragraph.

- and a list
```

```{correction}
- only a list
```

```{correction}
[a]: https://example.org/
```
"""
TREE = """do_madvise [behavior=MADV_DONTNEED]
  madvise_walk_vmas
    madvise_vma_behavior [through visit] [each VMA]
      zap_pmd_range
        zap_pte_range
          pte_offset_map_lock
          mm/b.c:twice
        unmap_single_vma
          only_old
"""
SPARSE = "do_madvise\n  madvise_walk_vmas\n"
TREES_MD = f"""# Trees

```{{calltree}} The whole way
:kernel: v6.18
:name: the-whole-way

{TREE}```

```{{calltree}} In three
:kernel: v6.18, v6.12 v7.2

zap_pmd_range
  unmap_single_vma
```

```{{calltree}}
- `do_madvise()` [as a list]
  - madvise_walk_vmas()
- zap_pmd_range
```

```{{calltree}}
:kernel: v4.5

{SPARSE}```
"""
TREES_RST = f"""Trees
=====

.. calltree:: The whole way
   :kernel: v6.18

{"".join(f"   {line}" for line in TREE.splitlines(keepends=True))}
.. calltree::
   :kernel: v4.5

{"".join(f"   {line}" for line in SPARSE.splitlines(keepends=True))}
"""
HOSTILE_MD = """# Hostile

```{series} h@x
```

```{article} https://example.org/hostile
```

```{calltree} A <b>title</b> & more
zap_pte_range [a <script>alert(2)</script> remark]
  mm/b.c:twice
```
"""


def _locks() -> tuple[LoreLock, dict[str, object]]:
    """Give the usual locks, with a message for each fate, and with texts that mean something to writers."""
    fates = {
        f"{name}@fates": Message(f"On {name}", BARRY, "2025-01-01T12:00:00+00:00", ARCHIVE, fate=fate)
        for name, (fate, _) in FATES.items()
    }
    source = replace(MIRROR, source=HOSTILE)
    fate = Fate(State.LANDED, source, "v6.9", remark=HOSTILE)
    hostile = Message(
        HOSTILE, replace(BARRY, name=HOSTILE), "2025-01-01", source, fate=fate, note=HOSTILE, remark=HOSTILE
    )
    article = replace(LORE.articles["https://example.org/talk"], title=HOSTILE, author=HOSTILE, venue=HOSTILE)
    lore = LoreLock(
        {**MESSAGES, **fates, "h@x": hostile},
        {**LORE.articles, "https://example.org/hostile": article},
        LORE.commits,
    )
    calls = [call for call in KERNELS[OWN].calls if call.via != "CALL_TWICE"]
    calls += [
        Call("mm/memory.c", "zap_pte_range", "mm/b.c:twice", How.MACRO, (1704,), "<i>VIA</i>"),
        Call("mm/memory.c", "unmap_single_vma", "only_old", How.NONE),
    ]
    return lore, {**KERNELS, OWN: replace(KERNELS[OWN], calls=tuple(calls))}


PAGES = {
    "cards.md": CARDS_MD,
    "cards2.rst": CARDS_RST,
    "declared.md": DECLARED_MD,
    "corrections.md": CORRECTIONS_MD,
    "trees.md": TREES_MD,
    "trees2.rst": TREES_RST,
    "hostile.md": HOSTILE_MD,
    "fates.md": "# Fates\n\n" + "".join(f"```{{series}} {name}@fates\n```\n\n" for name in FATES),
}


@pytest.fixture(scope="module")
def root(folder: Path) -> Path:
    """Write the site of all directives."""
    lore, kernels = _locks()
    return write_site(folder / "directives", PAGES, lore=lore, kernels=kernels)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def html(root: Path) -> Built:
    """Build it as HTML."""
    return build(root)


@pytest.fixture(scope="module")
def text(root: Path) -> Built:
    """Build it as text."""
    return build(root, "text")


@pytest.fixture(scope="module")
def latex(root: Path) -> str:
    """Build it as LaTeX."""
    return build(root, "latex").text("small.tex")


@pytest.fixture(scope="module")
def epub(root: Path) -> zipfile.ZipFile:
    """Build it as EPUB."""
    return zipfile.ZipFile(build(root, "epub").out / "Small.epub")


def card(page: Tag, number: int) -> Tag:
    """Give one card of a page."""
    return page.select(".kernelref-card")[number]


def header(page: Tag, number: int) -> str:
    """Give the title line of a card, without the link to the card itself."""
    return squeezed(card(page, number).select_one(".kernelref-card-title")).removesuffix("#")


def meta(page: Tag, number: int) -> str:
    """Give the line of facts of a card."""
    return squeezed(card(page, number).select_one(".kernelref-card-meta"))


def test_what_the_page_declares_and_its_release_lacks_is_all_that_is_warned_of(html: Built) -> None:
    """The good forms warn of nothing; the tree warns, in both markups, of its absent function and calls."""
    said = {(one.page, one.line, one.kind) for one in html.warnings}
    first = TREES_MD.splitlines().index("do_madvise [behavior=MADV_DONTNEED]") + 1
    second = TREES_RST.splitlines().index("   do_madvise [behavior=MADV_DONTNEED]") + 1
    assert said == {
        ("trees.md", first + 3, "kernel.calltree"),
        ("trees.md", first + 8, "kernel.identifier"),
        ("trees2.rst", second + 3, "kernel.calltree"),
        ("trees2.rst", second + 8, "kernel.identifier"),
    }
    assert len(html.warnings) == 4


# --- series ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["cards", "cards2"])
def test_card_of_a_series(html: Built, page: str) -> None:
    """A card says when, what, who, where, which revision, and what became of it."""
    content = html.page(page)
    assert header(content, 0) == "2025-06-07 [PATCH v4] mm: use per_vma lock for MADV_DONTNEED✓"
    assert meta(content, 0) == "Barry Song · linux-mm, linux-kernel · v4 · ✔ landed in v6.17≈"
    link = card(content, 0).select_one(".kernelref-card-title a")
    assert link["href"] == f"{LORE_URL}{LOCK_MODE}/"
    body = card(content, 0).select_one(".sd-card-body")
    assert "The notes, with do_madvise()." in squeezed(body)
    assert squeezed(body.select_one(".kernelref-correction p")) == "Correction An earlier note was wrong."


@pytest.mark.parametrize("page", ["cards", "cards2"])
def test_fold_of_a_card(html: Built, page: str) -> None:
    """The fold holds archive links, the b4 line, patches, revisions, commits, and where facts are from."""
    content = html.page(page)
    fold = card(content, 0).select_one("details.kernelref-fold")
    assert "open" not in fold.attrs
    base = f"{LORE_URL}{LOCK_MODE}/"
    links = [a["href"] for a in fold.select(".kernelref-links a")]
    assert links == [base, f"{base}T/", f"{base}t.mbox.gz", f"{base}raw"]
    assert fold.select_one("pre").get_text().strip() == f"b4 am {LOCK_MODE}"
    assert fold.select_one(".kernelref-commits a")["href"] == (
        f"https://git.kernel.org/torvalds/c/a6fde7add78d{'0' * 28}"
    )
    assert [squeezed(li) for li in fold.find_all("ul")[-1].find_all("li")] == [
        "the message: verified: the archive (2026-01-02)",
        "its fate: from a mirror: a page that quotes it",
        "as a single patch",
    ]
    cover = card(content, 2).select_one("details.kernelref-fold")
    assert squeezed(cover.select_one("summary")) == "2 patches, links, sources"
    patches = cover.find("ul").find_all("li")
    assert [squeezed(li) for li in patches] == ["[PATCH v6 01/02] mm: clarify", "[PATCH v6 02/02] no copy"]
    assert [a["href"] for li in patches for a in li.find_all("a")] == [f"{LORE_URL}1@arm/"]


def test_newer_revision_and_work_in_progress(html: Built) -> None:
    """A card says which revision is newer, links to it, and shows that the notes are not done."""
    content = html.page("cards")
    assert "🚧" in header(content, 1)
    assert "🚧" not in header(content, 0)
    newer = card(content, 1).select_one(".kernelref-card-meta a")
    assert (squeezed(newer), newer["href"]) == ("newer: v2 (2025-06-06)", f"{LORE_URL}20250606@v2/")
    assert "v2 · 2025-06-06≈" in squeezed(card(content, 1).select_one("details"))


def test_id_that_a_shell_would_misread(html: Built) -> None:
    """In the b4 line an odd message-id is quoted, and its links are percent-encoded."""
    odd = card(html.page("cards"), 5)
    assert odd.select_one("pre").get_text().strip() == f"b4 am '{ODD}'"
    assert odd.select_one(".kernelref-card-title a")["href"].startswith(f"{LORE_URL}a%2Fb%23c%25d+e=f%3Fg@")


@pytest.mark.parametrize(("number", "name"), list(enumerate(FATES)), ids=list(FATES))
def test_fates(html: Built, text: Built, number: int, name: str) -> None:
    """Each fate has its shape, its words, and a class of its own."""
    fate, said = FATES[name]
    place = card(html.page("fates"), number)
    assert squeezed(place.select_one(".kernelref-fate")) == said
    assert said.startswith(SHAPES[fate.state]) and str(state_word(fate.state)) in said.replace(" in v6.9", "")
    assert f"kernelref-state-{fate.state}" in place["class"]
    assert f"Barry Song · {said} (from a mirror)" in " ".join(text.text("fates.txt").split())


def test_fate_that_the_page_tells(html: Built) -> None:
    """Where the lock knows no fate, the page's own is shown, as declared."""
    content = html.page("cards")
    assert meta(content, 4) == "Andrea Arcangeli · ✘ dropped✎"
    assert meta(content, 5) == "Odd One · ✔ landed in v5.7✎"
    assert meta(content, 3) == "Andrea Arcangeli · ○ fate not known"


def test_declared_title_author_and_date(html: Built) -> None:
    """Where the archive is silent the page speaks; a date that the message-id bears need not be given."""
    content = html.page("declared")
    assert header(content, 0) == "2019-01-02 A mail that no archive has✎"
    assert meta(content, 0) == "Some One · ○ fate not known"
    assert header(content, 1) == "2019-03-04 Another✎"
    assert meta(content, 1) == "author not known · ◌ under review✎"
    assert header(content, 2) == "A third, of no known date✎"
    sign = card(content, 0).select_one(".kernelref-mark")
    assert sign["title"] == "declared: this page"


@pytest.mark.parametrize("page", ["cards", "cards2"])
def test_no_index(html: Built, page: str) -> None:
    """A card with ``no-index`` is a card, and no object."""
    uris = {uri.partition("#")[0] for uri, _ in html.inventory()["kernel:series"].values()}
    assert (f"{page}.html" in uris) is (page == "cards")
    assert len(html.page(page).select(".kernelref-card:not(.kernelref-article)[id]")) == 6


# --- articles and corrections ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["cards", "cards2"])
def test_card_of_an_article(html: Built, page: str) -> None:
    """An article's card says when, what, who, where, and what kind of reading it is."""
    content = html.page(page)
    assert header(content, 6) == "2024-05-21 Facing down mapcount madness✎"
    assert meta(content, 6) == "Jonathan Corbet · LWN.net · ▤ article"
    assert card(content, 6).find("a")["href"] == "https://lwn.net/Articles/974223/"
    assert "On mapcounts." in squeezed(card(content, 6))
    assert header(content, 7) == "2024-09 🚧 Large folios≈"
    assert meta(content, 7) == "Barry Song · LPC 2024 · ▤ talk"


def test_declared_article(html: Built) -> None:
    """An article that the lock does not have may be told by the page."""
    assert header(html.page("declared"), 3) == "2021-05 A paper✎"
    assert meta(html.page("declared"), 3) == "Some One · ▤ article"


def test_correction(html: Built, text: Built, latex: str) -> None:
    """A correction is labelled, whatever its body begins with, in every writer."""
    first, second, third = html.page("corrections").select(".kernelref-correction")
    assert squeezed(first.find("p")) == "Correction A paragraph."
    assert [squeezed(li) for li in first.find_all("li")] == ["and a list"]
    assert squeezed(second) == "Correction only a list"
    assert squeezed(third) == "Correction"
    assert "**Correction** A paragraph." in text.text("corrections.txt")
    assert r"\sphinxstylestrong{Correction} A paragraph." in latex


# --- call trees --------------------------------------------------------------------------------------------

LINES = [
    "do_madvise() mm/madvise.c:1900 [behavior=MADV_DONTNEED]",
    "madvise_walk_vmas() mm/madvise.c:1600 — L1905",
    "madvise_vma_behavior() mm/madvise.c:1300 [through visit] [each VMA]"
    " — may be reached through a pointer visit L1607",
    "zap_pmd_range() mm/memory.c:1800 — not called in this release",
    "zap_pte_range() mm/memory.c:1700 — L1803 L1806",
    "pte_offset_map_lock() include/linux/mm.h:3000 — by way of a macro L1702",
    "twice() mm/b.c:20 — by way of a macro <i>VIA</i> L1704",
    "unmap_single_vma() mm/memory.c:2000 — L1809",
    "only_old() — not in v6.18.15",
]


def trees(content: Tag) -> list[Tag]:
    """Give the trees of a page."""
    return content.select(".kernelref-calltree")


def own_line(item: Tag) -> str:
    """Give the text of a list's item without that of the lists in it."""
    return squeezed(item.find("p"))


@pytest.mark.parametrize("page", ["trees", "trees2"])
def test_tree_as_text_in_html(html: Built, page: str) -> None:
    """Beside the drawing the tree is a nested list that tells what is known of each call."""
    told = trees(html.page(page))[0].select_one("details.kernelref-diagram-text")
    assert [own_line(li) for li in told.find_all("li")] == LINES
    depths = [len(li.find_parents("ul")) for li in told.find_all("li")]
    assert depths == [1, 2, 3, 4, 5, 6, 6, 5, 6]
    links = [li.find("p").find("a") for li in told.find_all("li")]
    assert links[0]["href"] == "https://elixir.bootlin.com/linux/v6.18.15/source/mm/madvise.c#L1900"
    assert links[-1] is None


@pytest.mark.parametrize("page", ["trees", "trees2"])
def test_drawing(html: Built, page: str) -> None:
    """The drawing is inline SVG, its nodes link to their lines, its edges are styled by what is known."""
    frame = trees(html.page(page))[0].select_one(".kernelref-frame")
    assert frame["aria-label"] == "The whole way · Call tree in v6.18.15"
    links = {a.get("href") or a.get("xlink:href") for a in frame.select("svg a")}
    base = "https://elixir.bootlin.com/linux/v6.18.15/source/"
    assert {f"{base}mm/madvise.c#L1900", f"{base}mm/b.c#L20"} <= links
    states = {word for tag in frame.select("[class]") for word in tag["class"] if word.startswith("kr-")}
    assert {"kr-direct", "kr-macro", "kr-pointer", "kr-absent"} <= states
    assert not frame.find_all(["script", "foreignobject"], string=lambda text: "script" in (text or ""))


def test_legend(html: Built) -> None:
    """A legend explains what the tree has and no tree before it had, and nothing else."""
    first, second, third, other = trees(html.page("trees"))[:4]
    assert [squeezed(li) for li in first.select(".kernelref-legend li")] == [
        "called directly",
        "by way of a macro",
        "may be reached through a pointer",
        "not called in this release",
    ]
    assert second.select(".kernelref-legend") == third.select(".kernelref-legend") == []
    assert [squeezed(li) for li in other.select(".kernelref-legend li")] == ["not checked"]


def test_several_releases(html: Built, text: Built) -> None:
    """Several releases are tabs in HTML, and follow each other as text; the first one's faults alone warn."""
    tree = trees(html.page("trees"))[1]
    assert [squeezed(label) for label in tree.select(".sd-tab-label")] == ["v6.18.15", "v6.12.117", "v7.2.12"]
    told = [squeezed(part.find_all("li")[-1]) for part in tree.select(".kernelref-diagram-text")]
    assert told == [
        "unmap_single_vma() mm/memory.c:2000 — L1809",
        "unmap_single_vma() mm/memory.c:1900 — L1804",
        "unmap_single_vma() — not in v7.2.12",
    ]
    said = text.text("trees.txt")
    places = [said.index(f"-[ {tag} ]-") for tag in ("v6.18.15", "v6.12.117", "v7.2.12")]
    assert places == sorted(places)


def test_markdown_list(html: Built) -> None:
    """A tree may be typed as a Markdown list, with several roots."""
    told = trees(html.page("trees"))[2].select_one(".kernelref-diagram-text")
    assert [own_line(li) for li in told.find_all("li")] == [
        "do_madvise() mm/madvise.c:1900 [as a list]",
        "madvise_walk_vmas() mm/madvise.c:1600 — L1905",
        "zap_pmd_range() mm/memory.c:1800",
    ]


@pytest.mark.parametrize(("page", "number"), [("trees", 3), ("trees2", 1)])
def test_release_that_is_not_pinned(html: Built, page: str, number: int) -> None:
    """In a release that is not pinned nothing is checked, which is said, and is no warning."""
    tree = trees(html.page(page))[number]
    told = tree.select_one(".kernelref-diagram-text")
    assert own_line(told.find_all("li")[1]) == "madvise_walk_vmas() — not checked"
    assert told.find("a")["href"] == "https://elixir.bootlin.com/linux/v4.5/C/ident/do_madvise"
    assert [squeezed(li) for li in tree.select(".kernelref-legend li")] == ["not checked"]


@pytest.mark.parametrize("page", ["trees", "trees2"])
def test_tree_as_text(text: Built, page: str) -> None:
    """As text a tree is a nested list."""
    said = " ".join(text.text(f"{page}.txt").split())
    for line in LINES:
        name, _, rest = line.partition(" ")
        assert f'* "{name}" {rest}' in said


def test_tree_in_latex(latex: str) -> None:
    """In LaTeX a tree is a nested list with links."""
    assert latex.count(r"\sphinxcode{\sphinxupquote{madvise\_walk\_vmas()}} mm/madvise.c:1600 — L1905") == 0
    link = r"\sphinxhref{https://elixir.bootlin.com/linux/v6.18.15/source/mm/madvise.c\#L1600}"
    assert link + r"{\sphinxcode{\sphinxupquote{madvise\_walk\_vmas()}}} mm/madvise.c:1600 — L1905" in latex
    assert r"\sphinxstylestrong{The whole way}" in latex
    assert "only\\_old()}} — not in v6.18.15" in latex


def test_tree_in_epub(epub: zipfile.ZipFile) -> None:
    """In EPUB a tree is a nested list, and nothing is folded away or drawn."""
    page = BeautifulSoup(epub.read("trees.xhtml"), "xml")
    tree = page.select(".kernelref-calltree")[0]
    assert [squeezed(li.find("p")) for li in tree.find_all("li")] == LINES
    assert not tree.find("svg")
    assert not tree.find("details")


def test_card_in_the_other_writers(text: Built, latex: str, epub: zipfile.ZipFile) -> None:
    """As text, in LaTeX and in EPUB a card has the same words, its fold opened."""
    said = " ".join(text.text("cards.txt").split())
    assert "2025-06-07 [PATCH v4] mm: use per_vma lock for MADV_DONTNEED Barry Song" in said
    assert f"b4 am {LOCK_MODE}" in said
    assert "b4 am " + LOCK_MODE.replace("-", r"\PYGZhy{}") in latex
    assert r"Barry Song · linux\sphinxhyphen{}mm, linux\sphinxhyphen{}kernel · v4" in latex
    page = BeautifulSoup(epub.read("cards.xhtml"), "xml")
    assert "✔ landed in v6.17" in squeezed(page)
    assert "1@arm" in str(page)


# --- hostile text from a lock ------------------------------------------------------------------------------


def test_hostile_text_in_html(html: Built) -> None:
    """What means something to HTML or SVG is shown as it is: in cards, folds, trees and drawings."""
    content = html.page("hostile")
    assert not content.find("script")
    assert not [tag for tag in content.find_all(["b", "i"]) if tag.get_text() in ("title", "VIA")]
    assert "<script>alert" not in html.text("hostile.html")
    assert HOSTILE in header(content, 0)
    assert squeezed(card(content, 0).select_one("details.kernelref-fold")).count(HOSTILE) == 5
    assert meta(content, 1) == f"{HOSTILE} · {HOSTILE} · ▤ talk"
    told = trees(content)[0].select_one(".kernelref-diagram-text")
    assert "[a <script>alert(2)</script> remark]" in squeezed(told)


def test_hostile_text_in_the_other_writers(text: Built, latex: str, epub: zipfile.ZipFile) -> None:
    """No markup of a text works in LaTeX or in EPUB; as text it is what it is."""
    assert r"\input{x}" not in latex
    assert HOSTILE in " ".join(text.text("hostile.txt").split())
    page = BeautifulSoup(epub.read("hostile.xhtml"), "xml")
    assert not page.find("script")
    assert HOSTILE in squeezed(page)


def test_hostile_text_in_the_indices(html: Built) -> None:
    """Nor does any in the pages that are made of all cards."""
    for page in ("kernel-author", "kernel-date"):
        assert not html.page(page).find("script"), page
        assert "<script>alert" not in html.text(f"{page}.html"), page
    assert HOSTILE in squeezed(html.page("kernel-date"))


def test_first_release_alone_is_the_trees_own(folder: Path) -> None:
    """What the first release lacks is a warning; what the others lack is not."""
    tree = "```{{calltree}}\n:kernel: {}\n\nunmap_single_vma\n```\n"
    pages = {"old.md": "# O\n\n" + tree.format("v6.12 v7.2"), "new.md": "# N\n\n" + tree.format("v7.2 v6.12")}
    built = build(write_site(folder / "own", pages), "dummy")
    assert [(one.page, one.line, one.kind) for one in built.warnings] == [("new.md", 6, "kernel.identifier")]
    assert OLD in KERNELS
