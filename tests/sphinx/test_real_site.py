"""The real site: it builds without a warning, to the same bytes, and has all that the original notes had."""

from __future__ import annotations

import csv
import functools
import gzip
import hashlib
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from support import SphinxBuild

ROOT = Path(__file__).resolve().parents[2]
LORE = "https://lore.kernel.org/all/{}/"
with (ROOT / "tests" / "data" / "notes.tsv").open(encoding="utf-8", newline="") as table:
    NOTES = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))

# Refuses what a build has no business with; each Python that has it on its path runs it first.
GUARD = """\
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        raise RuntimeError(f"a build used the network: {event} {arguments[1:]}")
    if event == "import" and arguments[0].partition(".")[0] in ("liblore", "tree_sitter", "tree_sitter_c"):
        raise RuntimeError(f"a build imported {arguments[0]}")

sys.addaudithook(refuse)
"""


def rows(kind: str) -> list[object]:
    """Give the rows of one kind as parameters, each named by its line in the original notes."""
    return [pytest.param(row, id=f"line {row['line']}") for row in NOTES if row["kind"] == kind]


@functools.cache
def _parse(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def article(site: Path, page: str) -> Tag:
    """Give a page's content, parsed, without what surrounds it."""
    found = _parse(site / f"{page}.html").find(attrs={"role": "main"})
    assert isinstance(found, Tag), f"{page}: no content"
    return found


def archive_url(message_id: str) -> str:
    """Give a message's URL by lore's own rule of what to encode."""
    return LORE.format(quote(message_id, safe="-._~!$&'()*+,;=:@"))


def digests(folder: Path) -> dict[str, str]:
    """Give file -> hash of all that a build wrote."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("row", rows("link"))
def test_every_link_of_the_notes(site: Path, row: dict[str, str]) -> None:
    """A link of the original notes leads, on its page, where it led or was meant to lead."""
    meant = row["meant"]
    url = meant if "://" in meant else archive_url(meant)
    assert url in {link.get("href") for link in article(site, row["page"]).find_all("a")}


@pytest.mark.parametrize("row", rows("question"))
def test_every_open_question_of_the_notes(site: Path, row: dict[str, str]) -> None:
    """An open question of the original notes is an unticked item of a task list."""
    items = article(site, row["page"]).select("li.task-list-item")
    asked = [item for item in items if row["word"] in item.get_text()]
    assert asked, f"no open question says {row['word']!r}"
    box = asked[0].select_one("input[type=checkbox]")
    assert box is not None
    assert not box.has_attr("checked")


@pytest.mark.parametrize("row", rows("wip"))
def test_every_unfinished_mark_of_the_notes(site: Path, row: dict[str, str]) -> None:
    """What the original notes mark as unfinished bears the mark, in one line with its title."""
    titles = article(site, row["page"]).select(".kernelref-card-title, h1, h2, h3, h4, li > p")
    assert any("🚧" in title.get_text() and row["word"] in title.get_text() for title in titles)


def test_the_notes_are_all_there() -> None:
    """The list of what the original notes hold is whole: the tests above test something."""
    kinds = [row["kind"] for row in NOTES]
    assert (kinds.count("link"), kinds.count("question"), kinds.count("wip")) == (47, 3, 2)


def test_every_topic_has_a_page_with_a_lead(site: Path) -> None:
    """Each topic is a page that opens with what it is about, before its first section."""
    topics = sorted(path.stem for path in (ROOT / "topics").glob("*.md"))
    assert len(topics) >= 13
    for topic in topics:
        section = article(site, f"topics/{topic}").find("section")
        assert isinstance(section, Tag)
        lead = section.find(["p", "section"])
        assert isinstance(lead, Tag), topic
        assert lead.name == "p", f"{topic}: a section comes before the first sentence"
        assert len(lead.get_text(strip=True)) > 20


def test_the_inventory_has_a_label_for_each_series(site: Path) -> None:
    """Other projects reach each card by a label, its message-id in lower case."""
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as file:
        labels = InventoryFile.load(file, "", lambda base, path: path)["std:label"]
    topics = [_parse(page) for page in sorted(site.glob("topics/*.html"))]
    cards = {card["id"] for topic in topics for card in topic.select("[id^=series-]")}
    labelled = {item.uri.partition("#")[2] for name, item in labels.items() if "@" in name}
    assert len(cards) > 20
    assert cards == labelled


def test_no_link_within_the_site_is_dead(site: Path) -> None:
    """Each link from a page of the site to another leads to a file, and to a place in it."""
    pages = {path: _parse(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts}
    places = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in pages.items()}
    dead = []
    for path, page in pages.items():
        for link in page.find_all("a", href=True):
            file, _, anchor = str(link["href"]).partition("#")
            if re.match(r"[a-z][a-z+.-]*:|//", file):
                continue
            start = site if file.startswith("/") else path.parent
            target = (start / file.partition("?")[0].lstrip("/")).resolve() if file else path
            if not target.is_file() or (anchor and target in places and anchor not in places[target]):
                dead.append(f"{path.relative_to(site)}: {link['href']}")
    assert not dead


def test_same_bytes_elsewhere_offline_and_serially(
    site: Path, tmp_path: Path, sphinx_build: SphinxBuild
) -> None:
    """A second build equals the first, byte for byte, from another folder, in one process, without network.

    The first is by two processes, with another hash seed; and where this one would touch the
    network or import what parses source, it stops. Drawings, the slow part, are those of the first:
    that they are the same each time is tested in `test_diagrams`, and by CI on all of them.
    """
    source, out, guard = tmp_path / "elsewhere", tmp_path / "html", tmp_path / "guard"
    unwanted = shutil.ignore_patterns(".*", "_build", "__pycache__", "tests", "benchmarks")
    shutil.copytree(ROOT, source, ignore=unwanted)
    drawings = Path("_build", "drawings")
    shutil.copytree(ROOT / drawings, source / drawings)
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    for folder, *more in ((out,), (out / "en", "-t", "en", "-d", str(tmp_path / "english"))):
        guarded = {"PYTHONPATH": str(guard), "PYTHONHASHSEED": "0"}
        sphinx_build(source, folder, "-b", "html", "-j", "1", *more, env=guarded)
    first, second = digests(site), digests(out)
    assert first.keys() == second.keys()
    assert not {name for name in first if first[name] != second[name]}


def test_every_function_of_a_diagram_leads_to_its_source(site: Path) -> None:
    """What a diagram's release has is a link to a line of it, or to Elixir's page of the name."""
    source = re.compile(
        r"https://elixir\.bootlin\.com/linux/v\d+\.\d+(\.\d+)?/(source/[\w./-]+#L\d+|[CK]/ident/\w+)"
    )
    links = []
    for path in sorted(site.rglob("*.html")):
        if '<figure class="kernelref-diagram' in path.read_text(encoding="utf-8"):
            page = _parse(path)
            links += page.select("svg.kernelref-svg .kr-here a, svg.kernelref-svg a:has(.kr-here)")
    hrefs = [str(link.get("href") or link.get("xlink:href")) for link in links]
    assert len(hrefs) > 100
    assert not [href for href in hrefs if not source.fullmatch(href)]


def test_machines_find_every_page(site: Path) -> None:
    """The sitemap and llms.txt list every page once, by its whole URL; robots.txt leads to the sitemap."""
    base = "https://linux-patch-learn.readthedocs.io/"
    pages = {
        str(path.relative_to(ROOT).with_suffix(".html"))
        for folder in ("topics", "guide", "gathered")
        for path in (ROOT / folder).iterdir()
        if path.suffix in (".md", ".rst")
    } | {"colophon.html"}
    alternate = '<xhtml:link rel="alternate" hreflang="{}" href="{}" />'
    for folder in ("", "en/"):
        sitemap = (site / folder / "sitemap.xml").read_text(encoding="utf-8")
        listed = re.findall("<loc>(.*)</loc>", sitemap)
        assert sorted(listed) == sorted([base + folder, *(base + folder + page for page in pages)])
        assert alternate.format("zh-CN", f"{base}topics/thp.html") in sitemap
        assert alternate.format("en", f"{base}en/topics/thp.html") in sitemap
        told = re.findall(r"\]\((.*?)\): .", (site / folder / "llms.txt").read_text(encoding="utf-8"))
        assert sorted(told) == sorted(base + folder + page for page in pages)
    robots = (site / "robots.txt").read_text(encoding="utf-8")
    assert robots.endswith(f"Sitemap: {base}sitemap.xml\nSitemap: {base}en/sitemap.xml\n")


@pytest.mark.parametrize("folder", ["", "en/"])
def test_the_page_for_what_is_not_there_works_anywhere(site: Path, folder: str) -> None:
    """It is served for any path, so that nothing in it may be relative to where it lies."""
    page = _parse(site / folder / "404.html")
    links = [tag.get("href") or tag.get("src") for tag in page.find_all(["a", "link", "script", "img"])]
    relative = [link for link in links if link and not link.startswith(("/", "#", "https://", "data:"))]
    assert len(links) > 30
    assert relative == []
    assert [form.get("action") for form in page.find_all("form")] == [f"/{folder}search.html"]


@pytest.mark.parametrize("page", ["index", "topics/thp", "guide/roles", "genindex"])
def test_each_page_leads_to_the_feed_and_the_colophon(site: Path, page: str) -> None:
    """What stands below every page is there, and leads somewhere."""
    footer = _parse(site / f"{page}.html").find(class_="site-footer")
    assert isinstance(footer, Tag)
    links = [(site / page).parent / str(link.get("href")) for link in footer.find_all("a")]
    assert [link.resolve().name for link in links] == ["colophon.html", "series.atom"]
    assert all(link.exists() for link in links)


@pytest.mark.parametrize("page", ["index", "topics/thp", "guide/roles", "genindex", "search", "kernel-date"])
@pytest.mark.parametrize(("folder", "language"), [("", "zh-CN"), ("en/", "en")])
def test_each_page_knows_the_other_language(site: Path, page: str, folder: str, language: str) -> None:
    """A page says its language and its address, and leads to itself in the other language."""
    base = "https://linux-patch-learn.readthedocs.io/"
    path = site / folder / f"{page}.html"
    shown = "" if page == "index" else f"{page}.html"
    found = _parse(path)
    assert found.html
    assert found.html["lang"] == language
    assert [link["href"] for link in found.select("link[rel=canonical]")] == [base + folder + shown]
    assert {link["hreflang"]: link["href"] for link in found.select("link[rel=alternate][hreflang]")} == {
        "zh-CN": base + shown,
        "en": f"{base}en/{shown}",
        "x-default": base + shown,
    }
    switches = found.select("a.language-switch")
    assert len(switches) == 2
    other = site / ("" if folder else "en") / f"{page}.html"
    assert {(path.parent / str(one["href"])).resolve() for one in switches} == {other.resolve()}


PAGES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for folder in ("topics", "guide", "gathered")
    for path in (ROOT / folder).iterdir()
    if path.suffix in (".md", ".rst")
)


@pytest.mark.parametrize("page", ["index", "colophon", "404", *PAGES])
def test_page_is_the_same_in_both_languages(site: Path, page: str) -> None:
    """What a link can point to in one language is in the other; and so is each link, box, code and item."""
    counts, places = [], []
    for folder in (site, site / "en"):
        found = article(folder, page)
        tags = ("a", "article", "code", "details", "figure", "input", "li", "p", "svg", "td")
        counts.append({name: len(found.find_all(name)) for name in tags})
        places.append({tag["id"] for tag in found.find_all(id=True)})
    assert counts[0] == counts[1]
    assert places[0] == places[1]


@pytest.mark.parametrize("language", ["", "en/"])
def test_the_largest_page_is_light(site: Path, language: str) -> None:
    """The page of THP, with all that it asks for, is under 300 kB as it goes over the line."""
    path = site / language / "topics" / "thp.html"
    page = _parse(path)
    asked = [
        str(tag.get("href") or tag.get("src")) for tag in page.select("link[href], script[src], img[src]")
    ]
    files = {path, *((path.parent / one.partition("?")[0]).resolve() for one in asked if "://" not in one)}
    there = [one for one in files if one.is_file() and one.suffix not in (".html", ".atom")] + [path]
    assert len(there) > 10
    assert sum(len(gzip.compress(one.read_bytes())) for one in there) < 300_000


@pytest.mark.parametrize("page", ["index", "en/topics/thp"])
def test_a_page_that_is_passed_on_has_a_picture(site: Path, page: str) -> None:
    """What is shown where somebody links to a page: its title, its first words, a picture that is there."""
    told = {
        str(tag["property"]): str(tag["content"])
        for tag in _parse(site / f"{page}.html").select("meta[property]")
    }
    base = "https://linux-patch-learn.readthedocs.io/"
    assert {"og:title", "og:description", "og:image", "og:site_name"} <= told.keys()
    assert told["og:url"] == f"{base}{page}.html"
    assert (site / told["og:image"].removeprefix(base)).read_bytes().startswith(b"\x89PNG")


FOREIGN = {
    "": re.compile(r"Toggle|Search\b|On this page|Skip to|Back to top|Next\b|Previous\b|Correction|Home\b"),
    "en/": re.compile(r"[\u4e00-\u9fff]"),
}
"""Folder -> what no word of that language's interface has."""


@pytest.mark.parametrize("folder", FOREIGN)
@pytest.mark.parametrize("page", ["index", "search", "404", "topics/thp", "gathered/series", "kernel-date"])
def test_interface_words_are_of_the_language(site: Path, folder: str, page: str) -> None:
    """What the theme, Sphinx and the extension say is in the page's language; the switch is in the other."""
    parsed = BeautifulSoup((site / folder / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    titles = ".kernelref-card-title, td a, li a.kernelref-lore, li > a"  # of patches: English everywhere
    for other in parsed.select(f"a.language-switch, code, pre, script, style, {titles}"):
        other.decompose()
    words = list(parsed.stripped_strings)
    for name in ("aria-label", "title", "placeholder", "content"):
        words += [str(tag[name]) for tag in parsed.find_all(attrs={name: True})]
    assert len(words) > 20
    assert [word for word in words if FOREIGN[folder].search(word)] == []
