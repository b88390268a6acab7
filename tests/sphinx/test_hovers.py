"""Hover cards: what each says, one for each target of a page, and only on web pages."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from helpers import (
    COVER,
    KERNELS,
    LORE,
    MESSAGES,
    OLDER,
    OWN,
    THP_COMMIT,
    Built,
    build,
    card,
    squeezed,
    write_site,
)

from kernelref.core.lock import Message

PATCH_ONE = "1@arm"
ANSWER = "2@arm"
PAGES = {
    "cites.md": f"""# Cites

{{lore}}`{OLDER}` {{commit}}`{THP_COMMIT[:12]}` {{lwn}}`974223` {{kfile}}`mm/rmap.c#L10-L20`
{{kmacro}}`pte_offset_map_lock` {{kconfig}}`CONFIG_TRANSPARENT_HUGEPAGE` {{kfunc}}`zap_pte_range`
{{kfunc}}`mm/memory.c:zap_pte_range` {{kfunc}}`the zapper <zap_pte_range>` {{lore}}`{PATCH_ONE}`
{{lore}}`{ANSWER}` {{kfunc}}`do_madvise@v4.5` {{kfunc}}`zap_pte_range@v7.2`
""",
    "notes.md": f"# Notes on it\n\n```{{series}} {OLDER}\n{{kfunc}}`zap_pte_range`\n```\n",
    "tree.md": "# Tree\n\n```{calltree} T\ndo_madvise\n  madvise_walk_vmas\n```\n\n{kfunc}`do_madvise`\n",
    "plain.md": "# Plain\n\nNothing is cited.\n",
}
SIGNATURE = 'static unsigned long zap_pte_range(struct mmu_gather *tlb, const char *s = "<&")'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a site on which a function has a signature, and a patch belongs to a series."""
    own = KERNELS[OWN]
    (zap,) = own.identifiers["zap_pte_range"]
    signed = {**own.identifiers, "zap_pte_range": (replace(zap, signature=SIGNATURE),)}
    patch = Message(
        "[PATCH v6 01/02] mm: clarify", MESSAGES[COVER].author, "2024-02-15", MESSAGES[COVER].provenance
    )
    answer = replace(patch, subject="Re: [PATCH v6 00/02] Transparent Contiguous PTEs")
    more = {PATCH_ONE: replace(patch, version=6, cover=COVER), ANSWER: answer}
    lore = replace(LORE, messages={**MESSAGES, **more})
    root = tmp_path_factory.mktemp("hovers") / "site"
    return write_site(root, PAGES, lore=lore, kernels={**KERNELS, OWN: replace(own, identifiers=signed)})


@pytest.fixture(scope="module")
def html(root: Path) -> Built:
    """Build it."""
    return build(root)


# what a link shows -> the lines of its card
CARDS = {
    MESSAGES[OLDER].subject: [
        "Barry Song · 2025-06-05 · v1",
        "↻ superseded; a later revision landed in v6.17",
        "newer: v2 (2025-06-06)",
        "verified: the archive (2026-01-02)",
        "Notes: Notes on it",
    ],
    '71e3aac0724f ("thp: transparent hugepage core")': [
        THP_COMMIT,
        "first in v2.6.38",
        "from a mirror: a page that quotes it",
        "Notes: Cites",
    ],
    "Facing down mapcount madness": [
        "Jonathan Corbet · 2024-05-21 · LWN.net",
        "declared: somebody's notes",
        "Notes: Cites",
    ],
    "mm/rmap.c:10-20": ["v6.18.15 · 3000 lines", "Notes: Cites"],
    "pte_offset_map_lock": [
        "macro",
        "v6.12.117 include/linux/mm.h:2995",
        "v6.18.15 include/linux/mm.h:3000",
        "v7.2.12 include/linux/mm.h:3100",
        "Notes: Cites",
    ],
    "the zapper": [
        "function · static",
        SIGNATURE,
        "v6.12.117 mm/memory.c:1695",
        "v6.18.15 mm/memory.c:1700",
        "v7.2.12 mm/memory.c:1800",
        "Notes: Notes on it",
    ],
    "Re: [PATCH v6 00/02] Transparent Contiguous PTEs": [
        "Ryan Roberts · 2024-02-15",
        "verified: the archive (2026-01-02)",
        "Notes: Cites",
    ],
    "[PATCH v6 01/02] mm: clarify": [
        "Ryan Roberts · 2024-02-15 · v6",
        "✔ landed in v6.9 (2 of 2)",
        "verified: the archive (2026-01-02)",
        "Notes: Cites",
    ],
}


@pytest.mark.parametrize("shown", CARDS)
def test_what_a_card_says(html: Built, shown: str) -> None:
    """Each says what the locks know of mail, commits, articles, source; a patch shares its series' fate."""
    page = html.page("cites")
    link = next(a for a in page.select("a.kernelref") if squeezed(a) == shown)
    assert card(page, link)[1:] == CARDS[shown]
    assert not link.has_attr("title")


def test_what_is_not_pinned(html: Built) -> None:
    """Of a release that nobody pinned, a card says that."""
    page = html.page("cites")
    link = next(a for a in page.select("a.kernelref") if "/v4.5/" in a["href"])
    assert card(page, link)[0] == "v4.5 is not pinned: not checked"


def test_one_card_for_each_target(html: Built) -> None:
    """What is cited in three ways has one card; in another release it has another."""
    page = html.page("cites")
    zaps = [a["aria-describedby"] for a in page.select("a.kernelref-kfunc") if "memory.c" in a["href"]]
    assert len(zaps) == 4
    assert len(set(zaps)) == 2
    assert len(page.select(".kernelref-hover")) == len(
        {a["aria-describedby"] for a in page.select("a.kernelref")}
    )


def test_a_signature_is_highlighted(html: Built) -> None:
    """It is code in colours, and what means something to HTML stands in it as it is."""
    signature = html.page("cites").select_one(".kernelref-hover-signature code.highlight")
    assert squeezed(signature) == SIGNATURE
    assert signature.select_one("span.k").get_text() == "static"


def test_links_of_a_card(html: Built) -> None:
    """Each release leads to its line, a newer revision to the archive, a page of notes to the place in it."""
    cards = html.page("cites").select_one(".kernelref-hovers")
    hrefs = {squeezed(a): a["href"] for a in cards.select("a")}
    assert hrefs["mm/memory.c:1800"] == "https://elixir.bootlin.com/linux/v7.2.12/source/mm/memory.c#L1800"
    assert hrefs["newer: v2 (2025-06-06)"] == "https://lore.kernel.org/all/20250606@v2/"
    places = [a["href"] for a in cards.select(".kernelref-hover-notes a") if squeezed(a) == "Notes on it"]
    assert "notes.html#kfunc-0" in places
    assert f"notes.html#{html.page('notes').select_one('[id^=series-]')['id']}" in places


def test_cards_of_a_tree(html: Built) -> None:
    """A box of a drawing, the same in the text, and a reference share a card."""
    page = html.page("tree")
    boxes = [a["aria-describedby"] for a in page.select("svg a")]
    told = [a["aria-describedby"] for a in page.select(".kernelref-diagram-text a")]
    assert boxes == told
    assert page.select_one("a.kernelref")["aria-describedby"] == boxes[0]
    assert len(page.select(".kernelref-hover")) == 2


def test_a_page_that_cites_nothing(html: Built) -> None:
    """It has no cards and no script for them; another has both, and a rule for readers without scripts."""
    assert "kernelref-hover.js" not in html.text("plain.html")
    assert "scripting:none" not in html.text("plain.html")
    assert "kernelref-hover.js" in html.text("tree.html")
    assert "a.reference[aria-describedby=kernelref-hover-2]:is(" in html.text("tree.html")


def test_other_writers_have_none(root: Path) -> None:
    """A book has the tooltip where it can, and text has neither."""
    page = zipfile.ZipFile(build(root, "epub").out / "Small.epub").read("cites.xhtml").decode()
    links = BeautifulSoup(page, "html.parser").select("a.kernelref-kfunc")
    assert links[0]["title"].startswith("function · mm/memory.c:1700 · v6.18.15 — v6.12.117–v7.2.12 — ")
    assert 'class="kernelref-hover' not in page
    assert "since" not in build(root, "text").text("cites.txt")


def test_cards_follow_other_pages(tmp_path: Path) -> None:
    """When another page begins to speak of a function, the cards of pages that cite it say so."""
    pages = {"a.md": "# A\n\n{kfunc}`do_madvise`\n", "b.md": "# B\n"}
    root = write_site(tmp_path / "site", pages)
    page = build(root).page("a")
    assert card(page, page.select_one("a.kernelref"))[-1] == "Notes: A"
    (root / "b.md").write_text("# B\n\n{kfunc}`do_madvise`\n", encoding="utf-8")
    again = build(root)
    assert again.read_again == {"b"}
    assert '<a href="b.html#kfunc-0">B</a>' in again.text("a.html")
    (root / "b.md").write_text("# Bee\n\n{kfunc}`do_madvise`\n", encoding="utf-8")
    assert '<a href="b.html#kfunc-0">Bee</a>' in build(root).text("a.html")
