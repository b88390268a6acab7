"""What web pages can fold: cards, trees and branches, open at first; and what other writers make of them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from helpers import LOCK_MODE, MESSAGES, Built, build, squeezed, write_site

TREE = "do_madvise\n  madvise_walk_vmas\n    madvise_vma_behavior\nzap_pmd_range\n"
PAGE = f"""# A

```{{timeline}}
```

````{{series}} {LOCK_MODE}
The notes.

```{{calltree}} The way
{TREE}```
````

```{{calltree}}
{TREE}```

```{{article}} 974223
```
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the site."""
    return write_site(tmp_path_factory.mktemp("folds") / "site", {"a.md": PAGE, "b.md": "# B\n\nText.\n"})


@pytest.fixture(scope="module")
def html(root: Path) -> Built:
    """Build it."""
    return build(root)


def test_a_card_folds_to_its_facts(html: Built) -> None:
    """Folded, a card has its day, title, author and fate; the notes are open at first."""
    fold = html.page("a").select_one(".kernelref-card > details")
    assert fold.has_attr("open")
    said = squeezed(html.page("a").select_one(".kernelref-card > .sd-card-header"))
    assert fold.find("summary")["aria-label"] == "Notes on it"
    assert MESSAGES[LOCK_MODE].subject in said
    assert "Barry Song" in said
    assert "landed in v6.17" in said
    assert "The notes." not in said
    assert "The notes." in squeezed(fold.select_one(".sd-card-body"))


def test_a_card_has_a_link_to_itself(html: Built) -> None:
    """The link leads to the card around it, and says so to who cannot see it."""
    card = html.page("a").select_one(".kernelref-card")
    link = card.select_one("a.kernelref-anchor")
    assert link["href"] == f"#{card['id']}"
    assert link["aria-label"] == "Link to this card"


def test_a_card_without_notes_has_nothing_to_fold(html: Built) -> None:
    """It is its facts alone, without an empty part below them."""
    card = html.page("a").select_one(".kernelref-article")
    assert not card.select("details, .sd-card-body")
    assert "Jonathan Corbet" in squeezed(card)


def test_a_tree_folds_to_its_title(html: Built) -> None:
    """A tree with a title can be folded, one without has nothing that would be left of it."""
    first, second = html.page("a").select(".kernelref-calltree")
    assert squeezed(first.select_one(":scope > details[open] > summary")) == "The way"
    assert first.select_one(":scope > details figure")
    assert not second.select(":scope > details")


def test_branches_fold(html: Built) -> None:
    """In the text of a tree, what calls others can be folded; what calls nothing cannot."""
    told = html.page("a").select_one(".kernelref-diagram-text")
    heads = [squeezed(one.parent.parent.find("p")) for one in told.select("li > details[open] > summary")]
    assert not told.select("summary a")
    assert [head.partition("()")[0] for head in heads] == ["do_madvise", "madvise_walk_vmas"]
    assert len(told.find_all("li")) == 4


def test_diagram_or_text(html: Built) -> None:
    """One switch stands for the other, closed at first: the drawing is shown."""
    figure = html.page("a").select_one("figure.kernelref-diagram")
    switch = figure.select_one(":scope > details.kernelref-diagram-text")
    assert not switch.has_attr("open")
    assert [squeezed(one) for one in switch.select(":scope > summary > span")] == [
        "The same as text",
        "Show the diagram",
    ]
    assert switch.find_next_sibling("div")["class"] == ["kernelref-frame"]


def test_an_edge_can_be_met(html: Built) -> None:
    """What says the call site stands on a path wider than the line that is seen, along the same way."""
    reach = html.page("a").select("svg .kr-reach")
    edges = html.page("a").select("svg .kr-reach + .kr-edge")
    assert len(reach) == len(edges) == 4
    assert [one["d"] for one in reach] == [one["d"] for one in edges]
    assert (
        reach[0].find("title").get_text() == "do_madvise → madvise_walk_vmas · mm/madvise.c:1905 · v6.18.15"
    )


def test_pages_without_folds(html: Built) -> None:
    """They load no script for them."""
    assert "kernelref-folds.js" in html.text("a.html")
    assert "kernelref-folds.js" not in html.text("b.html")


def test_other_writers_fold_nothing(root: Path) -> None:
    """A book and a text have all of it, one after the other."""
    page = BeautifulSoup(zipfile.ZipFile(build(root, "epub").out / "Small.epub").read("a.xhtml"), "xml")
    assert not page.select("details.kernelref-foldable, a.kernelref-anchor, .kernelref-fold-all")
    assert "The notes." in squeezed(page)
    text = build(root, "text").text("a.txt")
    assert text.index("Barry Song") < text.index("The notes.") < text.index("The way")
