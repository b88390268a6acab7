"""The real site in a real browser: with and without JavaScript, by day and night, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
DIAGRAM = "figure.kernelref-diagram"
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
LEGIBLE = 4.5  # WCAG 2, level AA, of text in any size

# Gives what sticks out of a page: out of whatever around its content would scroll, or cut it off.
STICKING_OUT = """\
() => {
  const held = (e) => getComputedStyle(e).overflowX !== "visible";
  const around = [];
  for (let at = document.querySelector("[role=main]"); at; at = at.parentElement) around.push(at);
  const boxes = [...around.filter(held), document.documentElement];
  if (!boxes.some((e) => e.scrollWidth > e.clientWidth + 1)) return [];
  const inside = (e) => !around.includes(e) && (held(e) || inside(e.parentElement));
  const out = (e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
  const name = (e) => `${e.tagName}.${e.className.baseVal ?? e.className}: ${e.textContent.slice(0, 40)}`;
  return [...document.querySelectorAll("[role=main] *")]
    .filter((e) => out(e) && !out(e.parentElement) && !inside(e.parentElement)).slice(0, 5).map(name)
    .concat(`${Math.max(...boxes.map((e) => e.scrollWidth))}px wide`);
}
"""

# Gives width and height of the drawing in each figure that is shown; a figure without one has neither.
SHOWN = """\
(figures) => figures.filter((one) => one.checkVisibility({ visibilityProperty: true })).map((figure) => {
  const box = figure.querySelector("svg")?.getBoundingClientRect();
  return [box?.width ?? 0, box?.height ?? 0];
})
"""


@dataclass
class Visit:
    """What was noticed on one page, read on a phone."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    sticking_out: list[str] = field(default_factory=list)


def names(site: Path) -> list[str]:
    """Give the names of all pages of the site."""
    pages = [path.relative_to(site) for path in site.rglob("*.html")]
    return sorted(page.as_posix() for page in pages if page.parts[0] != "_static")


def kinds(site: Path) -> list[str]:
    """Give every page in one language, and in the other one page: it has the same colours and drawings."""
    return [name for name in names(site) if not name.startswith("en/") or name == "en/topics/madvise.html"]


def pages_with_diagrams(site: Path) -> list[str]:
    """Give the names of the pages that have a diagram."""
    figure = '<figure class="kernelref-diagram'
    return [name for name in kinds(site) if figure in (site / name).read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def opened(browser: Browser, serve_site: str) -> Iterator[object]:
    """Give a function that opens a context on the site. The browser finds no other host (see `browser`)."""
    contexts: list[BrowserContext] = []

    def opened(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=serve_site, **{"viewport": DESKTOP, **options})
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()


def watch(page: Page, host: str) -> Visit:
    """Note from now on what a page does."""
    seen = Visit()

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.errors.append(f"{message.text} {message.location.get('url', '')}")

    def note_request(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != host:
            seen.foreign.append(request.url)

    page.on("console", note_console)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", note_request)
    return seen


@pytest.fixture(scope="module")
def visits(opened, site: Path, serve_site: str) -> dict[str, Visit]:
    """Visit the pages of the site once, on a phone; give page -> what was noticed."""
    context = opened(viewport=PHONE)
    # The guide is looked at in Chinese: most of it is code, and in English it is no wider.
    pages = {name: context.new_page() for name in names(site) if not name.startswith("en/guide/")}
    seen = {name: watch(page, urlsplit(serve_site).netloc) for name, page in pages.items()}
    for name, page in pages.items():
        page.goto(f"/{name}")
    for name, page in pages.items():
        page.wait_for_load_state("networkidle")
        seen[name].sticking_out = page.evaluate(STICKING_OUT)
    context.close()
    return seen


def test_no_console_error(visits: dict[str, Visit]) -> None:
    """No page complains in the browser's console."""
    assert len(visits) > 13
    assert not {name: seen.errors for name, seen in visits.items() if seen.errors}


def test_no_request_to_another_host(visits: dict[str, Visit]) -> None:
    """No page asks another host for anything: no font, no script, no picture."""
    assert not {name: seen.foreign for name, seen in visits.items() if seen.foreign}


def test_a_phone_needs_no_sideways_scroll(visits: dict[str, Visit]) -> None:
    """Every page fits a screen 360 pixels wide."""
    assert not {name: seen.sticking_out for name, seen in visits.items() if seen.sticking_out}


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_diagrams_are_visible(opened, site: Path, javascript: bool) -> None:
    """Each page with diagrams shows them, drawn, wide or narrow; other releases are behind their tabs."""
    page = opened(java_script_enabled=javascript).new_page()
    pages = pages_with_diagrams(site)
    assert "topics/madvise.html" in pages
    for name in pages:
        page.goto(f"/{name}")
        for viewport in (DESKTOP, PHONE):
            page.set_viewport_size(viewport)
            boxes = page.locator(DIAGRAM).evaluate_all(SHOWN)
            assert boxes, f"{name}: no diagram is visible"
            assert not [box for box in boxes if min(box) <= 40], f"{name}: {viewport}: {boxes}"


def test_tabs_work_without_javascript(opened) -> None:
    """A tree's other releases can be looked at by a click on their tab, with JavaScript off."""
    page = opened(java_script_enabled=False).new_page()
    page.goto("/topics/madvise.html")
    tabs = page.locator(".kernelref-releases").first
    figures = tabs.locator(DIAGRAM)
    assert figures.count() > 1
    assert [figure.is_visible() for figure in figures.all()].count(True) == 1
    assert figures.first.is_visible()
    tabs.locator("> label").nth(1).click()
    assert not figures.first.is_visible()
    assert figures.nth(1).is_visible()


def test_a_node_leads_to_its_source_line(opened) -> None:
    """A click on a function in a diagram leads to its line in the pinned release."""
    context = opened()
    context.route("https://elixir.bootlin.com/**", lambda route: route.fulfill(body="another host"))
    page = context.new_page()
    page.goto("/topics/madvise.html")
    link = page.locator(f"{DIAGRAM}:visible svg a").filter(has_text="zap_pte_range").first
    link.click()
    page.wait_for_url(re.compile("elixir"))
    assert re.fullmatch(r"https://elixir\.bootlin\.com/linux/v6\.18\.15/source/mm/memory\.c#L\d+", page.url)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible(opened, site: Path, scheme: str) -> None:
    """By day and by night all text, that of diagrams too, stands out from what it is on."""
    page = opened(color_scheme=scheme).new_page()
    faint = {}
    for name in kinds(site):
        page.goto(f"/{name}")
        if found := page.evaluate(CONTRAST, LEGIBLE):
            faint[name] = found
    assert not faint


def test_the_dark_scheme_is_dark(opened) -> None:
    """A reader whose system is set to dark gets light text on a dark page, and dark boxes in diagrams."""
    page = opened(color_scheme="dark").new_page()
    page.goto("/topics/madvise.html")
    sums = page.evaluate(
        """() => [getComputedStyle(document.body).backgroundColor,
                  getComputedStyle(document.querySelector("[role=main] p")).color]
          .map((colour) => colour.match(/\\d+/g).slice(0, 3).reduce((sum, v) => sum + Number(v), 0))"""
    )
    assert sums[0] < 200 < 400 < sums[1]


@pytest.mark.parametrize(
    ("language", "query", "found", "not_found"),
    [
        ("", "zap_pte_range", "topics/madvise", "topics/rmap"),
        ("en/", "zap_pte_range", "topics/madvise", "topics/rmap"),
        ("", "pte_range", "topics/mglru", "topics/rmap"),
        ("", "反向映射", "topics/rmap", "topics/mglru"),
        ("", "反向映射 回收", "topics/rmap", "topics/madvise"),
        ("", "延迟拆分", "topics/thp", "topics/mglru"),
        ("", "锁", "topics/per-vma-locks", "topics/mglru"),
        ("", "zap_pte_range 页表", "topics/madvise", "guide/roles"),
        ("en/", "Reverse Mapping", "topics/rmap", "topics/mglru"),
        ("en/", "contending locks", "topics/per-vma-locks", "topics/mglru"),
    ],
)
def test_search(opened, serve_site: str, language: str, query: str, found: str, not_found: str) -> None:
    """Search finds whole identifiers, parts of them, Chinese of any length, and all of several words."""
    page = opened().new_page()
    seen = watch(page, urlsplit(serve_site).netloc)
    page.goto(f"/{language}search.html?q={query}")
    page.locator("#search-results li a").first.wait_for()
    hrefs = page.locator("#search-results li a").evaluate_all("links => links.map(a => a.pathname)")
    assert f"/{language}{found}.html" in hrefs
    assert f"/{language}{not_found}.html" not in hrefs
    assert not seen.errors


@pytest.mark.parametrize(("language", "query"), [("", "与空的页表页"), ("en/", "madvise_free_single_vma")])
def test_search_results_lead_to_places(opened, language: str, query: str) -> None:
    """What a search result points to is on the page; a card and a call tree have places of their own."""
    page = opened().new_page()
    page.goto(f"/{language}search.html?q={query}")
    results = page.locator("#search-results li > a")
    results.first.wait_for()
    hrefs = results.evaluate_all("links => links.map(a => a.href)")
    for href in (one for one in hrefs if "#" in one):
        page.goto(href)
        place = page.evaluate("document.getElementById(decodeURIComponent(location.hash.slice(1))) !== null")
        assert place, href


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_switch_stays_on_the_page(opened, javascript: bool, viewport: dict[str, int]) -> None:
    """The same page in the other language is one click away; with a script, the place stays too."""
    page = opened(java_script_enabled=javascript, viewport=viewport).new_page()
    page.goto("/topics/thp.html#thp-selftests")
    page.locator("a.language-switch:visible").click()
    place = "#thp-selftests" if javascript else ""
    page.wait_for_url(f"**/en/topics/thp.html{place}")
    assert page.locator("h1").inner_text().startswith("Transparent huge pages")
    page.locator("a.language-switch:visible").click()
    page.wait_for_url(f"**/topics/thp.html{place}")
    assert page.locator("h1").inner_text().startswith("透明大页")
