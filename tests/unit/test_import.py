"""``import``: what plain notes become, and that no word of them is lost, whatever they are."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernelref.cli.importer.inline import rewrite, scan
from kernelref.cli.importer.pages import Imported, bring
from kernelref.cli.importer.words import reader, words

LORE = "https://lore.kernel.org/all/paint@example.org/"
NOTES = Path(__file__).parents[1] / "data" / "notes"


def brought(text: str) -> Imported:
    """Import a text, where every function but ``nothing()`` is known."""
    return bring(text, "notes", lambda key: key != "nothing")


def one(text: str) -> str:
    """Import a text with a title of its own; give what became of the rest."""
    (page,) = brought(f"# Title\n\n{text}\n").pages
    return page.text.removeprefix("# Title\n\n").rstrip("\n")


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        (f"[a text]({LORE})", "{lore}`a text <paint@example.org>`"),
        (f"[\\[PATCH\\] a < b > c]({LORE} 'title')", "{lore}`[PATCH] a < b > c <paint@example.org>`"),
        (f"见{LORE}。", "见{lore}`paint@example.org`。"),
        (f"<{LORE}>, ({LORE}).", "{lore}`paint@example.org`, ({lore}`paint@example.org`)."),
        ("`do_paint()` and `nothing()`", "{kfunc}`do_paint` and `nothing()`"),
        ("`mm/a.c:do_paint()`", "{kfunc}`mm/a.c:do_paint`"),
        ("[an article](https://lwn.net/Articles/1/)", "{lwn}`an article <1>`"),
        (
            "https://elixir.bootlin.com/linux/v6.1/source/mm/rmap.c#L3",
            "{kfile}`mm/rmap.c#L3@v6.1`",
        ),
        ("https://git.kernel.org/torvalds/c/71e3aac0724f", "{commit}`71e3aac0724f`"),
        (f"[{LORE}]({LORE})", "{lore}`paint@example.org`"),
        (f"|a|\n|-|\n|{LORE}<br>`f()`|", "|a|\n|-|\n|{lore}`paint@example.org`<br>{kfunc}`f`|"),
        (f"> quoted {LORE}", "> quoted {lore}`paint@example.org`"),
        # what is left as it was
        (f"[*emphasis*]({LORE})", f"[*emphasis*]({LORE})"),
        (f"[two\nlines]({LORE})", f"[two\nlines]({LORE})"),
        (f"![an image]({LORE})", f"![an image]({LORE})"),
        (f"`{LORE}` \\`f()\\` <!-- {LORE} -->", f"`{LORE}` \\`f()\\` <!-- {LORE} -->"),
        (f"```c\nf(); // {LORE}\n```", f"```c\nf(); // {LORE}\n```"),
        (f"    f(); // {LORE}", f"    f(); // {LORE}"),
        ("{kfunc}`f()` is a role", "{kfunc}`f()` is a role"),
        ("[other](https://example.org/)", "[other](https://example.org/)"),
    ],
)  # fmt: skip
def test_running_text(typed: str, made: str) -> None:
    """What the table of autolink recognises is a role; all else stays to the letter."""
    assert one(typed) == made


ITEM = f"""\
- 2024-3-9 🚧 [\\[PATCH v2 0/3\\] mm: "paint" \\\\ walls - Ada Painter]({LORE})
  more of it, `do_paint()`

  - [ ] a question
    ```sh
    ls
    ```
- 2024-03-10 [\\[PATCH v2 0/3\\] mm: paint]({LORE})
- [\\[PATCH\\] in a sentence]({LORE}) stays an item
"""
CARD = """\
````{series} paint@example.org
:title: "[PATCH v2 0/3] mm: \\"paint\\" \\\\ walls"
:author: "Ada Painter"
:date: 2024-03-09
:wip:

more of it, {kfunc}`do_paint`

- [ ] a question
  ```sh
  ls
  ```
````

````{series} paint@example.org
:title: "[PATCH v2 0/3] mm: paint"
:date: 2024-03-10
:no-index:
````

- {lore}`[PATCH] in a sentence <paint@example.org>` stays an item"""


def test_items_about_a_posting() -> None:
    """A day, a link with a subject and notes below are a card; a second card of one posting is no object."""
    assert one(ITEM) == CARD
    (page,) = brought(f"# T\n\n{ITEM}").pages
    assert page.made == Counter(series=2, lore=1, kfunc=1)


TREE = """\
- The way:
  - do_paint [on a wall]
    - `apply_coat()`

      - mix_colour

        As shown, `do_paint()` calls it.
  - not a tree
"""


def test_call_trees() -> None:
    """A list of functions is a call tree; what follows the last function stays behind it."""
    assert one(TREE) == (
        "- The way:\n\n"
        "  ```{calltree}\n  do_paint [on a wall]\n    `apply_coat()`\n      mix_colour\n  ```\n\n"
        "  As shown, {kfunc}`do_paint` calls it.\n\n  - not a tree"
    )
    block = "do_paint\n  apply_coat\n    dry_wall"
    assert one(f"```\n{block}\n```") == f"```{{calltree}}\n{block}\n```"
    indented = "\n".join(f"    {line}" for line in block.splitlines())
    assert one(indented) == f"```{{calltree}}\n{block}\n```"
    between = TREE.replace("`apply_coat()`\n", "`apply_coat()`\n\n      between them\n")
    assert "{calltree}" not in one(between)


def test_pages() -> None:
    """Each heading of the highest level that there are several of is a page; the first lists the others."""
    text = "intro\n\n## The One\n\na\n\n### Deeper\n\nb\n\n## 二\n\nTwo\n---\n\n##\n\n## The one\n\n[r]: https://a.example/\n"
    done = brought(text)
    assert {page.name: page.text for page in done.pages} == {
        "notes": "# notes\n\nintro\n\n```{toctree}\n:maxdepth: 1\n\nthe-one\nnotes-3\ntwo\nthe-one-2\n```\n",
        "the-one": "# The One\n\na\n\n## Deeper\n\nb\n\n[r]: https://a.example/\n",
        "notes-3": "# 二\n\n[r]: https://a.example/\n",
        "two": "Two\n===\n\n<!-- -->\n\n[r]: https://a.example/\n",
        "the-one-2": "# The one\n\n[r]: https://a.example/\n",
    }
    assert [(left.line, left.reason) for left in done.left] == [(16, "a heading without text")]
    footnotes = brought("## A\n\nx[^1]\n\n## B\n\n[^1]: y\n")
    assert len(footnotes.pages) == 1
    assert "footnotes" in footnotes.left[0].reason


def test_what_was_left_is_told() -> None:
    """The report names the line of what was recognised and could not be rewritten, and why."""
    done = brought(f"# T\n\nfine {LORE}\n[*a*]({LORE})\n\n[by reference][r]\n\n[r]: {LORE}\n")
    assert [(left.line, left.reason) for left in done.left] == [
        (4, "its text has markup"),
        (6, "its markup is not read without doubt"),
    ]


def test_the_original_notes(archive_folder: Path) -> None:
    """In the original notes each posting with its subject is a card, and the chain is a call tree."""
    text = (archive_folder.parent / "notes" / "README.md").read_text(encoding="utf-8")
    done = brought(text)
    made = sum((page.made for page in done.pages), Counter[str]())
    assert (made["series"], made["calltree"], made["lwn"]) == (30, 1, 5)
    assert [left.reason for left in done.left] == ["a heading without text"]


# --- whatever it is --------------------------------------------------------------

WORDS = (
    "`do_paint()` `x` ``a`b`` 词 ， word * **b** _ ` [ ] ( ) < > \\ | <br> {lore}`a@b` 🚧 ![i](u) [r] &amp;"
)
PIECES = st.sampled_from(
    [
        *WORDS.split(),
        *(LORE, f"[x y]({LORE})", f"[\\[PATCH 1/2\\] mm: a - Ann]({LORE})", f"<{LORE}>"),
        *("https://lwn.net/Articles/1/", "<!-- c -->", "2024-01-02 ", "do_paint", "a_b [r]"),
    ]
)
STARTS = [
    "",
    "- ",
    "  - ",
    "    - ",
    "1. ",
    "# ",
    "## ",
    "> ",
    "    ",
    "```",
    "| ",
    "|---|---|",
    "  ",
    "\t",
    "---",
]
LINES = st.tuples(st.sampled_from(STARTS), st.lists(PIECES, max_size=5)).map(
    lambda two: two[0] + "".join(two[1])
)
NOTEBOOKS = st.lists(LINES, max_size=14).map(lambda lines: "\n".join(lines) + "\n")


def _letters(text: str) -> Counter[str]:
    """Count the words of a text as it is typed, but for those of addresses."""
    text = re.sub(r"https?://[^\s)>|`\\\[\]，]*", " ", text)
    return Counter(re.findall(r"[^\W_]+", text))


@given(NOTEBOOKS)
@settings(max_examples=150, deadline=None)
def test_no_word_is_lost(text: str) -> None:
    """Every word of the notes is on the pages, counted as typed; so is every word as a reader sees it."""
    done = brought(text)
    pages = [page.text for page in done.pages]
    lost = _letters(text) - _letters("\n".join(pages))
    # A day is written with two digits, and an escape before a letter or digit is none.
    assert {word for word in lost if not word.isdigit()} <= {"amp"}
    typed = [word for page in pages for word in words(page) if word != "notes"]
    assert Counter(words(text)) - Counter(typed) == Counter()


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_is_imported(text: str) -> None:
    """No text makes it fail."""
    assert brought(text).pages


@given(st.lists(PIECES, max_size=8).map("".join))
@settings(max_examples=100, deadline=None)
def test_parts_are_where_they_are_said_to_be(text: str) -> None:
    """What is found is in order, does not overlap, and what is rewritten is nothing else."""
    parts = list(scan(text))
    ends = [0, *(part.end for part in parts)]
    assert all(start <= part.start < part.end <= len(text) for start, part in zip(ends, parts, strict=False))
    (token,) = [token for token in reader().parse(f"x {text}") if token.type == "inline"][:1]
    after, _ = rewrite(f"x {text}", token.children or [], lambda key: False)
    assert after.startswith("x")
