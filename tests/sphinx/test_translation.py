"""Pages in another language than their own: what our directives hold is in catalogs, and comes from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from bs4 import Tag
from helpers import LOCK_MODE, Built, build, squeezed, write_site

from kernelref.cli.pages import read_pages

PAGE = f"""\
# Notes

```{{series}} {LOCK_MODE}
Held by {{kfunc}}`do_madvise`.

- [ ] Why is that?

:::{{correction}}
It was not so.
:::
```

```{{calltree}} How it goes
:name: way

do_madvise [by one VMA]
  madvise_walk_vmas [MADV_FREE]
    madvise_vma_behavior [by one VMA] [at last]
```

```{{calltree}}
 0)   0.5 us    |  do_madvise();
```

To {{kernel:calltree}}`way`.

```{{open-questions}}
```
"""
TEXTS = {
    "Notes": "Notizen",
    "Held by {kfunc}`do_madvise`.": "Gehalten von {kfunc}`do_madvise`.",
    "Why is that?": "Warum ist das so?",
    "It was not so.": "So war es nicht.",
    "How it goes": "Wie es geht",
    "by one VMA": "je eine VMA",
    "MADV_FREE": "MADV_FREE",
    "at last": "zuletzt",
    "To {kernel:calltree}`way`.": "Zu {kernel:calltree}`way`.",
}


@pytest.fixture(scope="module")
def root(folder: Path) -> Path:
    """Write the site, with a catalog."""
    root = write_site(
        folder / "translated",
        {"notes.md": PAGE},
        conf='myst_enable_extensions = ["tasklist", "colon_fence"]\n',
    )
    return translate(root, TEXTS)


def translate(root: Path, texts: dict[str, str], page: str = "notes") -> Path:
    """Write the catalog of a page."""
    catalog = Catalog(locale="de")
    for text, translation in texts.items():
        catalog.add(text, translation)
    path = root / "locale" / "de" / "LC_MESSAGES" / f"{page}.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as stream:
        write_po(stream, catalog)
    return root


@pytest.fixture(scope="module")
def german(root: Path) -> Built:
    """Build it in the other language."""
    return build(root, fresh=True, language="de", locale_dirs=["locale"], gettext_compact=False)


def test_catalogs_take_the_words_of_directives(root: Path) -> None:
    """What an author typed is in the page's template; what is a name, a duration or our own word is not."""
    built = build(root, "gettext", fresh=True, gettext_compact=False)
    with (built.out / "notes.pot").open("rb") as stream:
        found = {message.id for message in read_po(stream) if message.id}
    assert found == set(TEXTS)


def test_a_lock_is_of_originals(folder: Path) -> None:
    """What is locked is what a page cites as it was written, and not what its translation does."""
    root = write_site(
        folder / "cited",
        {"cited.md": "# Notes\n\nHeld by {kfunc}`do_madvise`.\n"},
        conf='language = "de"\nlocale_dirs = ["locale"]\ngettext_compact = False\n',
    )
    translate(root, {"Held by {kfunc}`do_madvise`.": "Gehalten von {kfunc}`zap_pte_range`."}, "cited")
    assert read_pages(root).keys("kfunc") == {"do_madvise"}
    # Last, and of a page that no other test has: Sphinx keeps each catalog that it read.
    assert read_pages(root, resolve=True).keys("kfunc") == {"zap_pte_range"}


def test_page_is_translated(german: Built) -> None:
    """Card, question, correction and tree are in the other language; links lead where they did."""
    assert german.warnings == []
    page = german.page("notes")
    assert page.h1 is not None
    assert page.h1.get_text().startswith("Notizen")
    card = page.select_one(".kernelref-card")
    assert isinstance(card, Tag)
    assert "Gehalten von do_madvise()." in squeezed(card)
    assert card.select_one("a.kernelref-kfunc")
    aside = card.select_one(".kernelref-correction p")
    assert isinstance(aside, Tag)
    assert squeezed(aside) == "Correction So war es nicht."
    assert squeezed(page).count("Warum ist das so?") == 2  # where it stands, and where it is gathered
    tree = page.select_one(".kernelref-calltree")
    assert isinstance(tree, Tag)
    assert squeezed(tree).startswith("Wie es geht")
    assert "[je eine VMA]" in squeezed(tree)
    assert "[MADV_FREE]" in squeezed(tree)
    assert "[je eine VMA] [zuletzt]" in squeezed(tree)
    assert "by one VMA" not in squeezed(page)
    link = page.select_one("a:has(.kernel-calltree)")
    assert isinstance(link, Tag)
    assert squeezed(link) == "Wie es geht"


def test_a_drawing_has_the_translated_remarks(german: Built) -> None:
    """What stands in the boxes of a drawing is translated, too."""
    boxes = [squeezed(box) for box in german.page("notes").select("svg .kr-node foreignObject")]
    assert any("je eine VMA" in box and "zuletzt" in box for box in boxes)
