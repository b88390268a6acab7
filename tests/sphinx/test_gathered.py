"""What pages gather: each view, and that a build after a change is the same as one from nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import Tag
from helpers import COVER, LOCK_MODE, MIRRORED, OLDER, Built, build, write_site

CONF = 'myst_enable_extensions = ["tasklist"]\n'
HOSTILE = '<script>alert(1)</script> & "q"'
PAGES = {
    "one.md": f"""# One

```{{timeline}}
```

````{{series}} {LOCK_MODE}
- [ ] Why {{kfunc}}`do_madvise`?
- [x] Who? Barry.
- no question
````

```{{article}} 974223
```

```{{article}} https://example.org/no-day
:title: {HOSTILE}
```

{{kfunc}}`unmap_single_vma`
""",
    "two.md": f"""# Two <b>

```{{series}} {OLDER}
```

```{{series}} {COVER}
```

```{{series}} {MIRRORED}
```
""",
    "all.md": """# All

```{timeline}
:pages: *
:open:
```

```{series-table}
```

```{newest-series}
:count: 2
```

```{open-questions}
```

```{people}
```

```{activity}
```

```{stale}
:pages: one
```

```{search-box}
```

```{topic-cards}
- {doc}`one`: the first
- [the other](two.md)
- no page
```
""",
    "empty.md": """# Empty

```{timeline}
```

```{open-questions}
:pages: .
```

```{stale}
:pages: .
```
""",
}


@pytest.fixture(scope="module")
def built(folder: Path) -> Built:
    """Build the small site once."""
    return build(write_site(folder / "gathered", PAGES, conf=CONF), "html")


def texts(part: Tag, selector: str) -> list[str]:
    """Give the texts of what a selector finds, each in one line."""
    return [" ".join(one.get_text(" ").split()) for one in part.select(selector)]


def test_warnings(built: Built) -> None:
    """Nothing is warned of but the article that no lock has."""
    assert [one.text for one in built.warnings] == []


def test_summary(built: Built) -> None:
    """What a page holds is counted."""
    assert texts(built.page("one"), ".kernelref-summary") == [
        "1 series · articles and talks: 2 · 2024–2025 · 1 verified · open questions: 1"
    ]


def test_timeline_of_a_page(built: Built) -> None:
    """The picture has a dot for each entry that has a day, the list has all; each leads to its card."""
    page = built.page("one")
    dots = [str(link["href"]) for link in page.select(".kernelref-timeline-picture a")]
    listed = [str(link["href"]) for link in page.select(".kernelref-timeline-list a")]
    assert len(dots) == 2
    assert len(listed) == 3
    assert set(dots) < set(listed)
    assert all(page.find(id=link.removeprefix("#")) for link in listed)
    assert page.find("details") is not None


def test_timeline_of_all(built: Built) -> None:
    """By day, what has none last; each with its page and what became of it; not folded."""
    lines = texts(built.page("all"), ".kernelref-timeline-list > li")
    assert [line[:10] for line in lines[:-1]] == sorted(line[:10] for line in lines[:-1])
    assert lines[-1].startswith("?")
    assert "landed in v6.9 (2 of 2) · Two <b>" in lines[1]
    assert not built.page("all").select("details .kernelref-timeline-list")


def test_table(built: Built) -> None:
    """One row a series, the newest first, with the words of the cards."""
    (table,) = built.page("all").select("table.kernelref-series-table")
    rows = [texts(row, "td") for row in table.select("tbody tr")]
    assert [row[0] for row in rows] == ["2025-06-07", "2025-06-05", "2024-02-15", "2010-11-03"]
    assert rows[2][2:] == ["Ryan Roberts", "v6", "✔ landed", "v6.9", "Two <b>"]


def test_newest(built: Built) -> None:
    """As many as asked for."""
    assert [line[:10] for line in texts(built.page("all"), ".kernelref-newest > li")] == [
        "2025-06-07",
        "2025-06-05",
    ]


def test_questions(built: Built) -> None:
    """The open ones with card and page and a link to the very item; the answered ones folded."""
    page = built.page("all")
    asked = texts(page, ".kernelref-questions > li")
    assert asked == [
        "Why do_madvise()? · [PATCH v4] mm: use per_vma lock for MADV_DONTNEED · One",
        "Who? Barry. · [PATCH v4] mm: use per_vma lock for MADV_DONTNEED · One",
    ]
    assert texts(page, "details .kernelref-questions > li") == asked[1:]
    target = str(page.select(".kernelref-questions a")[0]["href"])
    assert target == "one.html#question-1"
    item = built.page("one").find(id="question-1")
    assert isinstance(item, Tag)
    assert "Why" in item.get_text()


def test_people_and_activity(built: Built) -> None:
    """Those with the most series come first; years without a series are there, too."""
    page = built.page("all")
    assert [row[:3] for row in (texts(one, "td") for one in page.select(".kernelref-people tbody tr"))][
        :1
    ] == [["Barry Song", "2", "2025"]]
    heads = texts(page, ".kernelref-activity th")
    assert heads == ["Topic", *(f"{year:02}" for year in range(10, 26))]
    assert texts(page, ".kernelref-activity tbody tr:first-child td")[1] == "1"


def test_stale(built: Built) -> None:
    """What a later release lacks is told, of the pages asked about alone."""
    rows = [texts(row, "td") for row in built.page("all").select(".kernelref-stale tbody tr")]
    assert rows == [
        ["unmap_single_vma()", "in v6.18.15, and no longer in what was read of v7.2.12", "One"],
    ]


def test_topic_cards(built: Built) -> None:
    """An item that leads to a page has a line on it; another has none."""
    assert texts(built.page("all"), ".kernelref-topics > ul > li") == [
        "One : the first 1 series · newest 2025-06-07 · 100% verified · open questions: 1",
        "the other 3 series · newest 2025-06-05 · 67% verified",
        "no page",
    ]


def test_nothing_to_gather(built: Built) -> None:
    """A page without cards has no picture, and says that nothing is open or stale."""
    page = built.page("empty")
    assert not page.select(".kernelref-timeline")
    assert texts(page, "p") == ["No open question.", "Nothing is stale."]


def test_search_box(built: Built) -> None:
    """The form leads to the search page."""
    (form,) = built.page("all").select("form.kernelref-search")
    assert form["action"] == "search.html"


def test_the_script_comes_with_the_table_alone(built: Built) -> None:
    """Pages without a table load no script for one."""
    assert "kernelref-table.js" in built.text("all.html")
    assert "kernelref-table.js" not in built.text("one.html")


def test_hostile_title(built: Built) -> None:
    """A title stays text wherever it is gathered."""
    for page in ("one", "all"):
        assert HOSTILE in built.page(page).get_text()
        assert not [script for script in built.page(page).find_all("script") if "alert" in script.get_text()]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_after_a_change_equals_a_fresh_one(tmp_path: Path, jobs: int) -> None:
    """A new card, a page that goes, a title that changes: what gathers them is written again."""
    site = write_site(tmp_path / "site", {**PAGES, "gone.md": "# Gone\n\n- [ ] Going?\n"}, conf=CONF)
    build(site, "html", jobs=jobs)
    (site / "gone.md").unlink()
    changed = PAGES["two.md"].replace("# Two <b>", "# Second") + "\n- [ ] New?\n"
    (site / "two.md").write_text(changed, encoding="utf-8")
    again = build(site, "html", jobs=jobs)
    fresh = build(write_site(tmp_path / "fresh", {**PAGES, "two.md": changed}, conf=CONF), "html")
    assert "all" not in again.read_again
    for name in ("all.html", "one.html", "two.html"):
        assert again.text(name) == fresh.text(name)
