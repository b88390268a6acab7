"""The picture of a timeline: places, stacks, labels, shapes, and that text stays text."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernelref.core.lock import State
from kernelref.core.timeline import SHAPES, Dot, picture, sample


def dot(day: str, state: str = "landed", label: str = "one", release: str = "") -> Dot:
    """Make a dot that leads nowhere in particular."""
    return Dot(day, state, f"#{label}", label, release)


def places(svg: str) -> list[tuple[float, float]]:
    """Give where the dots are, in the order of drawing."""
    return [(float(x), float(y)) for x, y in re.findall(r'transform="translate\(([\d.]+) ([\d.]+)\)"', svg)]


def test_nothing_of_nothing() -> None:
    """Without a day there is no picture."""
    assert picture([]) == ""
    assert picture([dot("")]) == ""


def test_later_is_further_right() -> None:
    """Dots stand by day, whatever the order they come in; years are told below."""
    svg = picture([dot("2020-06-01"), dot("2015"), dot("2017-03")])
    xs = [x for x, _ in places(svg)]
    assert xs == sorted(xs)
    assert len(set(xs)) == 3
    assert re.findall(r'class="kr-year"[^>]*>(\d+)<', svg) == [str(year) for year in range(2015, 2022)]


def test_close_days_are_stacked() -> None:
    """What would lie on another is put above it; what has room stays on the axis."""
    svg = picture([dot("2020-01-01", label="a"), dot("2020-01-02", label="b"), dot("2021-01-01", label="c")])
    first, second, third = (y for _, y in places(svg))
    assert second < first == third


@given(st.lists(st.dates().map(str), min_size=1, max_size=40))
def test_no_two_dots_touch(days: list[str]) -> None:
    """However many days and however far apart, no dot covers another, and all are within the picture."""
    svg = picture(dot(day, label=str(at)) for at, day in enumerate(days))
    found = places(svg)
    size = ElementTree.fromstring(svg)
    width, height = float(size.get("width", 0)), float(size.get("height", 0))
    assert len(found) == len(days)
    assert all(8 <= x <= width - 8 and 8 <= y <= height - 8 for x, y in found)
    for at, (x, y) in enumerate(found):
        assert all(abs(x - a) > 12 or abs(y - b) > 12 for a, b in found[:at])


def test_releases_that_would_collide_are_left_to_the_list() -> None:
    """A label stands where it has room, and the same release twice in a row is told once."""
    svg = picture([dot(f"2020-{month:02}-01", release=f"v5.{month}") for month in range(1, 13)])
    assert re.findall(r'class="kr-release"[^>]*>(v[\d.]+)<', svg) == ["v5.1", "v5.11"]
    twice = picture([dot("2015-01-01", release="v4.0"), dot("2018-01-01", release="v4.0")])
    assert twice.count("kr-release") == 1


@pytest.mark.parametrize("state", [*State, "reading"])
def test_each_fate_has_a_shape_of_its_own(state: str) -> None:
    """No two look alike, so that colour is not needed."""
    assert [other for other, shape in SHAPES.items() if shape == SHAPES[state]] == [state]
    assert SHAPES[state] in sample(state)


def test_hostile_text_stays_text() -> None:
    """A title, a link and a release are escaped."""
    svg = picture([Dot("2020", "landed", '"><script>', "</title><script>", "<b>")])
    root = ElementTree.fromstring(svg)
    assert not [one for one in root.iter() if one.tag in ("script", "b")]
    (link,) = root.iter("a")
    assert link.get("href") == '"><script>'
    assert link.findtext("title") == "</title><script>"
