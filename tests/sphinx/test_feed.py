"""The Atom feed: what it says of each card, that pages lead to it, and that it stays the same."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from helpers import LOCK_MODE, LORE, MESSAGES, ODD, OLDER, Built, build, write_locks, write_site

from kernelref.core.lock import LoreLock, Message

CONF = 'html_baseurl = "https://notes.example.org/en"\nkernelref_feed = "feeds/series.atom"\n'
HOSTILE = "hostile@example.org"
PAGES = {
    "one.md": f"# <One> & more\n\n```{{series}} {LOCK_MODE}\n```\n\n```{{series}} {ODD}\n```\n",
    "two.md": f"# Two\n\n```{{series}} {OLDER}\n```\n\n```{{series}} {HOSTILE}\n```\n",
    "sub.md": "# No series here\n",
}
ATOM = {"": "http://www.w3.org/2005/Atom"}


def _site(root: Path, conf: str = CONF) -> Path:
    messages = dict(MESSAGES)
    odd = messages[ODD]
    messages[HOSTILE] = Message("<script>x</script> ]]> &amp;", odd.author, "2021-01-01", odd.provenance)
    return write_site(root, PAGES, conf=conf, lore=LoreLock(messages, LORE.articles, LORE.commits))


@pytest.fixture(scope="module")
def built(folder: Path) -> Built:
    """Build the small site once."""
    return build(_site(folder / "feed"), "html")


@pytest.fixture(scope="module")
def feed(built: Built) -> ElementTree.Element:
    """Give the feed, parsed."""
    return ElementTree.fromstring((built.out / "feeds/series.atom").read_bytes())


def _of(feed: ElementTree.Element, message_id: str) -> ElementTree.Element:
    (found,) = (
        one for one in feed.iterfind("entry", ATOM) if f"/{message_id}/" in str(ElementTree.tostring(one))
    )
    return found


def test_nothing_is_warned_of(built: Built) -> None:
    """A feed is no reason for a warning."""
    assert built.warnings == []


def test_an_entry_for_each_card_by_its_last_change(feed: ElementTree.Element) -> None:
    """What changed last is first, and the feed's own time is that."""
    times = [one.findtext("updated", "", ATOM) for one in feed.iterfind("entry", ATOM)]
    assert len(times) == 4
    assert times == sorted(times, reverse=True)
    assert feed.findtext("updated", "", ATOM) == times[0]
    assert all(datetime.fromisoformat(time).tzinfo for time in times)


def test_what_an_entry_says(feed: ElementTree.Element) -> None:
    """Title, author, card, archive, page, and what became of it."""
    entry = _of(feed, LOCK_MODE)
    assert entry.findtext("id", "", ATOM) == f"mid:{LOCK_MODE}"
    assert entry.findtext("title", "", ATOM) == "[PATCH v4] mm: use per_vma lock for MADV_DONTNEED"
    assert entry.findtext("author/name", "", ATOM) == "Barry Song"
    card, archive = (link.get("href", "") for link in entry.iterfind("link", ATOM))
    assert card.startswith("https://notes.example.org/en/one.html#series-20250607220150.2980-1-")
    assert archive == f"https://lore.kernel.org/all/{LOCK_MODE}/"
    category = entry.find("category", ATOM)
    assert category is not None
    assert (category.get("term"), category.get("label")) == ("one", "<One> & more")
    assert "landed in v6.17" in entry.findtext("summary", "", ATOM)


def test_a_newer_revision_is_a_change(feed: ElementTree.Element) -> None:
    """The day of a later revision is when the series changed; the posting's day stays."""
    entry = _of(feed, OLDER)
    assert entry.findtext("published", "", ATOM) == "2025-06-05T00:00:00+00:00"
    assert entry.findtext("updated", "", ATOM) == "2025-06-06T00:00:00+00:00"


def test_ids_are_urls(feed: ElementTree.Element) -> None:
    """A message-id with all that a URL gives a meaning to is encoded."""
    ids = [one.findtext("id", "", ATOM) for one in feed.iterfind("entry", ATOM)]
    assert "mid:a%2Fb%23c%25d%2Be%3Df%3Fg@example.org" in ids


def test_hostile_subject_stays_text(feed: ElementTree.Element) -> None:
    """Markup in a subject is text in the feed."""
    assert _of(feed, HOSTILE).findtext("title", "", ATOM) == "<script>x</script> ]]> &amp;"


@pytest.mark.parametrize("page", ["index", "one", "sub"])
def test_each_page_names_it(built: Built, page: str) -> None:
    """The head of every page has the link by which readers find a feed."""
    (link,) = BeautifulSoup(built.text(f"{page}.html"), "html.parser").select(
        'link[type="application/atom+xml"]'
    )
    assert link["href"] == "feeds/series.atom"
    assert link["title"] == "Small: series"


def test_same_bytes(built: Built, tmp_path: Path) -> None:
    """The same pages and locks give the same feed elsewhere."""
    again = build(_site(tmp_path / "again"), "html")
    assert (again.out / "feeds/series.atom").read_bytes() == (built.out / "feeds/series.atom").read_bytes()


def test_no_feed_without_a_series(tmp_path: Path) -> None:
    """Nothing is written where no card has a day."""
    built = build(write_site(tmp_path / "none", {"one.md": "# One\n"}, conf=CONF), "html")
    assert not (built.out / "feeds").exists()


def test_no_feed_without_an_address(tmp_path: Path) -> None:
    """A feed has whole URLs: without `html_baseurl` that is said at its line, and none is written."""
    site = write_site(tmp_path / "bare", {"one.md": "# One\n"}, conf='kernelref_feed = "a.atom"\n')
    write_locks(site / "lock", LORE, {})
    (warned,) = build(site, "html").warnings
    assert (warned.kind, "needs html_baseurl" in warned.text) == ("kernel.config", True)
    assert warned.page.endswith("conf.py")
    assert warned.line == 9
