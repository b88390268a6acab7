"""The domain: objects, labels, links to them from here and elsewhere, and the indices."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import (
    COVER,
    LOCK_MODE,
    LORE,
    MESSAGES,
    MIRRORED,
    OLDER,
    TOLD,
    Built,
    build,
    squeezed,
    write_site,
)

from kernelref.core.lock import LoreLock

UPPER = "CAADnVQ+Some_Thing=X@mail.gmail.com"
"""An id with capitals, as Gmail makes them."""
SUBJECT = MESSAGES[LOCK_MODE].subject
NOTES = {
    "one.md": f"""# One

```{{series}} {LOCK_MODE}
Speaks of {{kfunc}}`do_madvise` and {{kstruct}}`folio`.
```

```{{series}} {UPPER}
```

```{{series}} {COVER}
:no-index:
```

```{{calltree}} The walk
:name: The-Walk

madvise_walk_vmas
```
""",
    "two.rst": f"""Two
===

.. series:: {OLDER}

   Speaks of :kfunc:`do_madvise` twice: :kfunc:`mm/madvise.c:do_madvise@v6.12`.

.. series:: {MIRRORED}

.. series:: {TOLD}

.. series:: unknown@example.org
   :title: Of no known date

.. calltree::
   :name: untitled

   zap_pte_range
""",
    "links.md": f"""# Links

- {{kernel:series}}`{LOCK_MODE}`
- {{kernel:series}}`<{LOCK_MODE}>`
- {{kernel:series}}`its notes <{LOCK_MODE}>`
- {{kernel:calltree}}`The-Walk`
- {{kernel:calltree}}`the tree <The-Walk>`
- {{kernel:calltree}}`untitled`
- {{ref}}`{LOCK_MODE}`
- {{ref}}`{UPPER.lower()}`
- {{ref}}`{UPPER}`
- {{ref}}`the-walk`
- {{ref}}`by a label <untitled>`
- {{any}}`{OLDER}`
- {{any}}`the-walk`
- [](#the-walk)
- {{ref}}`kernel-date` {{ref}}`kernel-author` {{ref}}`kernel-identifier`
""",
    "links2.rst": f"""Links
=====

- :kernel:series:`{LOCK_MODE}`
- :kernel:calltree:`the tree <The-Walk>`
- :ref:`{LOCK_MODE}`
""",
}
ONE = "one.html#series-20250607220150.2980-1-21cnbao-gmail.com"


@pytest.fixture(scope="module")
def notes(folder: Path) -> Path:
    """Write a site with cards and trees, and links to them."""
    lore = LoreLock({**MESSAGES, UPPER: replace(MESSAGES[TOLD], subject="Capital")}, LORE.articles)
    return write_site(folder / "notes", NOTES, lore=lore, conf="nitpicky = True\n")


@pytest.fixture(scope="module")
def html(notes: Path) -> Built:
    """Build it as HTML."""
    return build(notes)


def test_nothing_is_warned_of(html: Built) -> None:
    """All links resolve, each to one place."""
    assert html.warnings == []


def test_objects(html: Built) -> None:
    """Cards and named trees are objects, with their titles; a card with ``no-index`` is none."""
    inventory = html.inventory()
    assert inventory["kernel:series"].keys() == {
        LOCK_MODE,
        OLDER,
        MIRRORED,
        TOLD,
        UPPER,
        "unknown@example.org",
    }
    assert inventory["kernel:series"][LOCK_MODE] == (ONE, SUBJECT)
    assert inventory["kernel:calltree"] == {
        "The-Walk": ("one.html#tree-The-Walk", "The walk"),
        "untitled": ("two.html#tree-untitled", "-"),
    }


def test_labels(html: Built) -> None:
    """Each object has a standard label, in lower case; so has each index."""
    labels = html.inventory()["std:label"]
    assert labels[LOCK_MODE] == (ONE, SUBJECT)
    assert labels[UPPER.lower()][1] == "Capital"
    assert UPPER not in labels
    assert COVER not in labels
    assert labels["the-walk"] == ("one.html#tree-The-Walk", "The walk")
    assert {"kernel-date", "kernel-author", "kernel-identifier"} <= labels.keys()


def test_places_exist(html: Built) -> None:
    """The page has the anchor of each object."""
    inventory = html.inventory()
    for uri, _ in (*inventory["kernel:series"].values(), *inventory["kernel:calltree"].values()):
        page, _, anchor = uri.partition("#")
        assert html.page(page.removesuffix(".html")).find(id=anchor), uri


def test_links(html: Built) -> None:
    """Roles of the domain, labels, ``any`` and Markdown links lead to a card or a tree, titled by it."""
    found = [(squeezed(a), a["href"]) for a in html.page("links").select("li a")]
    walk, untitled = "one.html#tree-The-Walk", "two.html#tree-untitled"
    older = "two.html#series-20250605083144.43046-1-21cnbao-gmail.com"
    capital = html.inventory()["std:label"][UPPER.lower()][0]
    assert found == [
        (SUBJECT, ONE),
        (SUBJECT, ONE),
        ("its notes", ONE),
        ("The walk", walk),
        ("the tree", walk),
        ("untitled", untitled),
        (SUBJECT, ONE),
        ("Capital", capital),
        ("Capital", capital),
        ("The walk", walk),
        ("by a label", untitled),
        (MESSAGES[OLDER].subject, older),
        ("The walk", walk),
        ("The walk", walk),
        ("Series by date", "kernel-date.html"),
        ("Series by author", "kernel-author.html"),
        ("Identifiers", "kernel-identifier.html"),
    ]
    assert [a["href"] for a in html.page("links2").select("li a")] == [ONE, walk, ONE]


def test_links_in_the_other_writers(notes: Path) -> None:
    """As text a link is its title; in LaTeX it leads to a place that is there."""
    text = build(notes, "text").text("links.txt")
    assert f"* {SUBJECT}" in text
    assert "* the tree" in text
    latex = build(notes, "latex").text("small.tex")
    anchor = r"{\detokenize{one:series-20250607220150.2980-1-21cnbao-gmail.com}}"
    assert rf"\hyperref[{anchor[1:-1]}]" in latex
    assert rf"\label{anchor}" in latex
    assert r"\label{\detokenize{one:tree-The-Walk}}" in latex


# --- the indices -------------------------------------------------------------------------------------------


def entries(page: Built, name: str) -> list[str]:
    """Give the lines of an index, its groups among them."""
    rows = page.page(f"kernel-{name}").select("table.indextable tr")
    return [text for row in rows if (text := squeezed(row))]


def test_index_by_date(html: Built) -> None:
    """Cards stand by year, the newest first, and by day within; what has no known date comes last."""
    assert entries(html, "date") == [
        "2025",
        f"2025-06-05 {MESSAGES[OLDER].subject} (Barry Song)",
        f"2025-06-07 {SUBJECT} (Barry Song)",
        "2010",
        f"2010-11-03 {MESSAGES[MIRRORED].subject} (Andrea Arcangeli)",
        f"2010-12-15 {MESSAGES[TOLD].subject} (Andrea Arcangeli)",
        "2010-12-15 Capital (Andrea Arcangeli)",
        "?",
        "Of no known date",
    ]


def test_index_by_author(html: Built) -> None:
    """Cards stand by who wrote them, the oldest first, and authors by their initials."""
    assert entries(html, "author") == [
        "?",
        "Of no known date",
        "A",
        "Andrea Arcangeli",
        f"{MESSAGES[MIRRORED].subject} (2010-11-03)",
        f"{MESSAGES[TOLD].subject} (2010-12-15)",
        "Capital (2010-12-15)",
        "B",
        "Barry Song",
        f"{MESSAGES[OLDER].subject} (2025-06-05)",
        f"{SUBJECT} (2025-06-07)",
    ]


def test_index_of_identifiers(html: Built) -> None:
    """Identifiers stand by name, each with every page that speaks of it, those of call trees too."""
    assert entries(html, "identifier") == [
        "D",
        "do_madvise",
        "One",
        "Two",
        "F",
        "folio (One)",
        "M",
        "madvise_walk_vmas (One)",
        "Z",
        "zap_pte_range (Two)",
    ]


def test_indices_lead_somewhere(html: Built) -> None:
    """Each entry leads to a place that its page has."""
    for name in ("date", "author", "identifier"):
        links = [a["href"] for a in html.page(f"kernel-{name}").select("table a")]
        assert len(links) >= 5
        for link in links:
            page, _, anchor = link.partition("#")
            place = html.page(page.removesuffix(".html"))
            assert not anchor or place.find(id=anchor), link


def test_indices_can_be_chosen(folder: Path) -> None:
    """A project that wants one index has one."""
    root = write_site(folder / "chosen", {"a.md": f"# A\n\n```{{series}} {LOCK_MODE}\n```\n"})
    out = build(root, html_domain_indices=["kernel-author"]).out
    assert (out / "kernel-author.html").exists()
    assert not (out / "kernel-date.html").exists()


# --- from other projects -----------------------------------------------------------------------------------

OTHER = """\
extensions = [{extensions}]
intersphinx_mapping = {{"notes": ("https://notes.example/", {inventory!r})}}
nitpicky = True
"""


def other(root: Path, notes: Path, page: str, *extensions: str) -> Built:
    """Build another project that knows the notes by their inventory."""
    root.mkdir()
    listed = ", ".join(repr(name) for name in ("sphinx.ext.intersphinx", *extensions))
    inventory = str(notes / "_build" / "html" / "objects.inv")
    (root / "conf.py").write_text(OTHER.format(extensions=listed, inventory=inventory), encoding="utf-8")
    (root / "index.rst").write_text(f"Other\n=====\n\n{page}", encoding="utf-8")
    return build(root)


def test_project_without_the_extension(html: Built, notes: Path, tmp_path: Path) -> None:
    """It links to a card or a tree by its label, and the title is the card's own."""
    page = f"- :external+notes:ref:`{LOCK_MODE}`\n- :ref:`{LOCK_MODE}`\n"
    page += f"- :external+notes:ref:`{UPPER.lower()}`\n- :external+notes:ref:`that walk <the-walk>`\n"
    built = other(tmp_path / "other", notes, page)
    assert built.warnings == []
    found = [(squeezed(a), a["href"]) for a in built.page("index").select("li a")]
    assert found[:2] == [(SUBJECT, f"https://notes.example/{ONE}")] * 2
    assert found[2][0] == "Capital"
    assert found[3] == ("that walk", "https://notes.example/one.html#tree-The-Walk")


def test_project_with_the_extension(html: Built, notes: Path, tmp_path: Path) -> None:
    """It also links by the roles of the domain, and needs neither MyST nor a lock for that."""
    page = f"- :kernel:series:`{LOCK_MODE}`\n- :kernel:calltree:`The-Walk`\n"
    built = other(tmp_path / "other", notes, page, "kernelref")
    assert built.warnings == []
    found = [a["href"] for a in built.page("index").select("li a")]
    assert found == [f"https://notes.example/{ONE}", "https://notes.example/one.html#tree-The-Walk"]


def test_inventory_is_one_line_an_object(folder: Path) -> None:
    """What a page declares over several lines, as reST allows, does not break the inventory."""
    page = "A\n=\n\n.. series:: x@example.org\n   :title: In two\n      lines std:label 1 evil.html -\n"
    page += "\n.. calltree:: A title in\n   two lines\n   :name: t\n\n   zap_pte_range\n"
    built = build(write_site(folder / "lines", {"a.rst": page}))
    inventory = built.inventory()
    assert inventory["kernel:series"]["x@example.org"][1] == "In two lines std:label 1 evil.html -"
    assert inventory["kernel:calltree"]["t"][1] == "A title in two lines"
    assert not [name for names in inventory.values() for name in names if re.search("lines", name)]
