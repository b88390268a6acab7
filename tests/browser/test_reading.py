"""What a reader does on a page: looks at cards, folds, switches, follows, sorts, in each way of reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Way:
    """One way of reading."""

    javascript: bool
    dark: bool
    phone: bool
    english: bool

    def __str__(self) -> str:
        return " ".join(
            (
                "JavaScript" if self.javascript else "no-JavaScript",
                "dark" if self.dark else "light",
                "phone" if self.phone else "desktop",
                "English" if self.english else "Chinese",
            )
        )

    @property
    def viewport(self) -> dict[str, int]:
        """The size of the window."""
        return PHONE if self.phone else DESKTOP

    def options(self) -> dict[str, object]:
        """Give what a browser's context is opened with."""
        return {
            "java_script_enabled": self.javascript,
            "color_scheme": "dark" if self.dark else "light",
            "viewport": self.viewport,
            "has_touch": self.phone,
            "reduced_motion": "reduce",  # what moves is looked at once it stands
        }

    def address(self, page: str) -> str:
        """Give the address of a page in the language of this way."""
        return f"/en/{page}" if self.english else f"/{page}"


# Half of the sixteen, in which any three of the four choices meet in all eight ways.
WAYS = [
    Way(javascript, dark, phone, english=javascript ^ dark ^ phone)
    for javascript in (True, False)
    for dark in (False, True)
    for phone in (False, True)
]
# A quarter of the sixteen: each choice with each other, but that it is the dark ones that are English.
FEW = [
    Way(javascript, dark, javascript ^ dark, dark) for javascript in (True, False) for dark in (False, True)
]

Open = Callable[[Way, str], "Page"]

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
MADVISE, THP, TABLE = "topics/madvise.html", "topics/thp.html", "gathered/series.html"

# Tells whether a page can be scrolled sideways, be it by all of it or by what is around its content.
SIDEWAYS = """\
() => [document.documentElement, ...document.querySelectorAll("body, .page, .main, .content, article")]
  .some((e) => e.scrollWidth > e.clientWidth + 1
    && (e === document.documentElement || getComputedStyle(e).overflowX !== "visible"))
"""

# Gives what a pointer meets five pixels beside the middle of the first arrow that says something.
BESIDE_AN_ARROW = """\
(svg) => {
  const reach = svg.querySelector(".kr-reach");
  const middle = reach.getPointAtLength(reach.getTotalLength() / 4).matrixTransform(reach.getScreenCTM());
  const met = document.elementFromPoint(middle.x + 5, middle.y);
  return met.closest(".kr-reach")?.querySelector("title").textContent;
}
"""


@pytest.fixture(scope="module")
def pages(browser: Browser, serve_site: str) -> Iterator[Open]:
    """Give a function that opens a page in one way; pages of one way share a context."""
    contexts: dict[Way, BrowserContext] = {}

    def open_page(way: Way, name: str) -> Page:
        if way not in contexts:
            contexts[way] = browser.new_context(base_url=serve_site, **way.options())
        page = contexts[way].new_page()
        page.goto(way.address(name))
        return page

    yield open_page
    for context in contexts.values():
        context.close()


def card_of(page: Page, link: Locator) -> Locator:
    """Give the card of a reference."""
    return page.locator(f"#{link.get_attribute('aria-describedby')}").locator("..")


def point_at(link: Locator, way: Way) -> None:
    """Ask for the card of a link, as a reader of this way does."""
    link.scroll_into_view_if_needed()
    if not way.phone:
        link.hover()
    elif way.javascript:
        link.tap()
    else:  # a tap would follow the link
        link.focus()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_card_is_shown(pages: Open, way: Way) -> None:
    """A card says what it should, within the window, legibly, without a request and without a wider page."""
    page = pages(way, MADVISE)
    link = page.locator("[role=main] li a.kernelref-kfunc").first
    card = card_of(page, link)
    assert not card.is_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    point_at(link, way)
    card.wait_for(state="visible")
    said = card.inner_text()
    assert "madvise_do_behavior()" in said
    assert "mm/madvise.c:" in said
    assert "static int madvise_do_behavior(unsigned long start" in said
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= way.viewport["width"]
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= way.viewport["height"]
    assert not page.evaluate(SIDEWAYS)
    assert page.evaluate(CONTRAST, 4.5) == []
    assert asked == []
    assert page.url.endswith(MADVISE)
    page.close()


@pytest.mark.parametrize("way", [way for way in WAYS if way.javascript], ids=str)
def test_a_card_is_closed(pages: Open, way: Way) -> None:
    """Esc closes a card, and so does a press elsewhere; a second tap follows the link."""
    page = pages(way, MADVISE)
    link = page.locator("[role=main] li a.kernelref-kfunc").first
    card = card_of(page, link)
    for closing in (lambda: page.keyboard.press("Escape"), lambda: page.mouse.click(5, 300)):
        point_at(link, way)
        card.wait_for(state="visible")
        closing()
        card.wait_for(state="hidden")
        page.mouse.move(5, 300)
    if way.phone:
        page.route(re.compile("^https:"), lambda route: route.fulfill(body="another host"))
        link.tap()
        card.wait_for(state="visible")
        link.tap()
        page.wait_for_url(re.compile("elixir"))
    page.close()


def test_a_card_by_keyboard(pages: Open) -> None:
    """The focus shows a card, Tab goes into it, Esc closes it and goes back to the link."""
    page = pages(WAYS[0], MADVISE)
    link = page.locator("[role=main] p a.kernelref-kmacro").first
    card = card_of(page, link)
    link.focus()
    card.wait_for(state="visible")
    page.keyboard.press("Tab")
    assert card.evaluate("(card) => card.contains(document.activeElement)")
    assert card.is_visible()
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert link.evaluate("(link) => link === document.activeElement")
    page.close()


def test_a_box_has_a_card(pages: Open) -> None:
    """A box of a drawing shows the card of its function, and no tooltip beside it."""
    page = pages(WAYS[0], MADVISE)
    box = page.locator("figure.kernelref-diagram:visible svg a[aria-describedby]").first
    box.scroll_into_view_if_needed()
    box.hover()
    card = card_of(page, box)
    card.wait_for(state="visible")
    assert (box.text_content() or "").partition("()")[0] in card.inner_text()
    assert box.locator("title").count() == 0
    page.close()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_card_folds(pages: Open, way: Way) -> None:
    """A folded card keeps its facts; a link to it has its address, and shows the notes again."""
    page = pages(way, MADVISE)
    card = page.locator(".kernelref-card").first
    body = card.locator("> details > .sd-card-body")
    assert body.is_visible()
    card.locator("> details > summary").click()
    assert not body.is_visible()
    assert card.locator(".kernelref-fate").is_visible()
    link = card.locator("a.kernelref-anchor")
    link.click()
    assert page.url.endswith(f"{MADVISE}#{card.get_attribute('id')}")
    body.wait_for(state="visible")
    button = page.locator(".kernelref-fold-all")
    assert button.is_visible() is way.javascript
    if way.javascript:
        button.click()
        assert page.locator(".kernelref-card > details[open]").count() == 0
        button.click()
        assert page.locator(".kernelref-card > details:not([open])").count() == 0
    page.close()


@pytest.mark.parametrize("way", FEW, ids=str)
def test_a_tree_is_switched_and_folded(pages: Open, way: Way) -> None:
    """The switch shows the drawing or the text, a branch of the text folds, and so does the whole tree."""
    page = pages(way, MADVISE)
    tree = page.locator(".kernelref-calltree").first
    figure = tree.locator("figure.kernelref-diagram:visible")
    frame, told = figure.locator(".kernelref-frame"), figure.locator("details.kernelref-diagram-text")
    assert frame.is_visible()
    frame.scroll_into_view_if_needed()
    assert "mm/madvise.c:" in figure.locator("svg").evaluate(BESIDE_AN_ARROW)
    told.locator("> summary").click()
    assert not frame.is_visible()
    leaf = told.locator("li li").first
    assert leaf.is_visible()
    told.locator("li summary").first.click()
    assert not leaf.is_visible()
    told.locator("> summary").click()
    assert frame.is_visible()
    tree.locator("> details > summary").click()
    assert not frame.is_visible()
    page.close()


@pytest.mark.parametrize("way", FEW, ids=str)
def test_a_wide_tree_scrolls_in_its_frame(pages: Open, way: Way) -> None:
    """Whatever is shown of it, a tree makes its frame scroll, never the page."""
    page = pages(way, THP)
    frames = page.locator(".kernelref-frame:visible")
    if way.phone:
        assert frames.evaluate_all("(all) => all.some((e) => e.scrollWidth > e.clientWidth)")
    for switch in page.locator("details.kernelref-diagram-text:visible > summary").all():
        switch.click()
    assert not page.evaluate(SIDEWAYS)
    page.close()


@pytest.mark.parametrize("way", FEW, ids=str)
def test_a_timeline_leads_to_its_cards(pages: Open, way: Way) -> None:
    """Each dot leads to a card of the page, as the list's entries do; on a phone the newest is in sight."""
    page = pages(way, THP)
    dots = page.locator(".kernelref-timeline-picture a")
    listed = page.locator(".kernelref-timeline-list a[href^='#']")
    hrefs = dots.evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
    assert sorted(hrefs) == sorted(listed.evaluate_all("(all) => all.map((a) => a.getAttribute('href'))"))
    newest = dots.last
    box = newest.bounding_box()
    assert box is not None
    assert box["x"] < way.viewport["width"]
    newest.click()
    href = newest.get_attribute("href")
    assert href is not None
    assert page.url.endswith(f"{THP}{href}")
    card = page.locator(f'[id="{href[1:]}"]').bounding_box()
    assert card is not None
    assert -5 <= card["y"] < way.viewport["height"]
    page.close()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_table_is_sorted_and_filtered(pages: Open, way: Way) -> None:
    """With JavaScript the table can be sorted and filtered; without, it is a plain one with all rows."""
    page = pages(way, TABLE)
    rows = page.locator(".kernelref-series-table tbody tr")
    days = [text[:10] for text in rows.all_inner_texts()]
    assert len(days) > 30
    assert days == sorted(days, reverse=True)
    assert not page.evaluate(SIDEWAYS)
    assert page.locator(".kernelref-filters").count() == int(way.javascript)
    if way.javascript:
        page.locator(".kernelref-series-table th button").first.click()
        assert [text[:10] for text in rows.all_inner_texts()] == sorted(days)
        selects = page.locator(".kernelref-filters select")
        assert selects.count() == 5
        for select in selects.all():
            value = select.locator("option").nth(1).get_attribute("value")
            assert value
            select.select_option(value)
            shown = rows.locator("visible=true").all_inner_texts()
            assert 0 < len(shown) < len(days)
            assert all(value in text for text in shown)
            page.locator(".kernelref-filters button[type=reset]").click()
            rows.nth(len(days) - 1).wait_for(state="visible")
    page.close()


def test_reduced_motion(browser: Browser, serve_site: str) -> None:
    """For readers who want less motion, nothing moves for longer than an instant."""
    context = browser.new_context(base_url=serve_site, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"/{MADVISE}")
    slow = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((e) => {
          const style = getComputedStyle(e);
          const times = [...style.animationDuration.split(","), ...style.transitionDuration.split(",")];
          return times.some((one) => parseFloat(one) > 0.001);
        }).length"""
    )
    assert slow == 0
    context.close()


def test_paper(browser: Browser, serve_site: str) -> None:
    """On paper links are written out, what is folded is there, and what can only be pressed is not."""
    context = browser.new_context(base_url=serve_site)
    page = context.new_page()
    page.goto(f"/{MADVISE}")
    page.locator(".kernelref-card > details > summary").first.click()
    page.emulate_media(media="print")
    assert page.locator(".kernelref-card > details > .sd-card-body").first.is_visible()
    written = page.locator("article li a.kernelref-kfunc").first.evaluate(
        "(a) => getComputedStyle(a, '::after').content"
    )
    assert "https://elixir.bootlin.com/linux/v6.18.15/source/mm/madvise.c#L" in written
    assert not page.locator(".kernelref-fold-all, .site-footer").locator("visible=true").count()
    context.close()
