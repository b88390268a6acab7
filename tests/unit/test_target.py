"""What source roles are pointed at, release names, and which definition is meant."""

from __future__ import annotations

import pytest

from kernelref.core import links
from kernelref.core.dates import days, instant, utc_day
from kernelref.core.releases import ReleaseError, Releases, series_of, sort_key
from kernelref.core.source import Definition, Kind
from kernelref.core.target import (
    CALLABLE,
    Target,
    TargetError,
    choose,
    parse_config,
    parse_file,
    parse_identifier,
)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("zap_pte_range", Target("zap_pte_range")),
        (" zap_pte_range() ", Target("zap_pte_range")),
        ("memory.c:free_pte", Target("free_pte", "memory.c")),
        ("mm/memory.c:free_pte()@v6.1", Target("free_pte", "mm/memory.c", release="v6.1")),
        ("include/linux/mm.h:pte_offset_map", Target("pte_offset_map", "include/linux/mm.h")),
        ("__zap_vma_range@v7.2", Target("__zap_vma_range", release="v7.2")),
    ],
)
def test_identifier(text: str, target: Target) -> None:
    """Names come bare, with parentheses, with their file, with a release."""
    assert parse_identifier(text) == target


@pytest.mark.parametrize("text", ["", "1abc", "a b", "a-b", "memory.c:", ":f", "memory.txt:f", "f(x)", "<f>"])
def test_no_identifier(text: str) -> None:
    """What is no C name is refused with the form that would be right."""
    with pytest.raises(TargetError, match="write"):
        parse_identifier(text)


@pytest.mark.parametrize("text", ["CONFIG_THP", "THP"])
def test_config(text: str) -> None:
    """The prefix may be left out."""
    assert parse_config(text + "@v6.1") == Target("CONFIG_THP", release="v6.1")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("mm/rmap.c", Target(file="mm/rmap.c")),
        ("mm/", Target(file="mm")),
        ("mm/rmap.c#L10", Target(file="mm/rmap.c", line=10)),
        ("mm/rmap.c#L10-L20@v6.1", Target(file="mm/rmap.c", line=10, end=20, release="v6.1")),
        ("mm/rmap.c#L10-20", Target(file="mm/rmap.c", line=10, end=20)),
        (
            "Documentation/admin-guide/mm/transhuge.rst",
            Target(file="Documentation/admin-guide/mm/transhuge.rst"),
        ),
    ],
)
def test_file(text: str, target: Target) -> None:
    """Files come bare, with a line, with a range, with a release."""
    assert parse_file(text) == target


@pytest.mark.parametrize("text", ["", "/etc/passwd", "../x", "mm/../../x", "mm/rmap.c#10", "mm/rmap.c#L0"])
def test_no_file(text: str) -> None:
    """What is no path inside the kernel is refused."""
    with pytest.raises(TargetError):
        parse_file(text)


def test_range_backwards() -> None:
    """A range that ends before it begins says what would be right."""
    with pytest.raises(TargetError, match="#L10-L20"):
        parse_file("mm/rmap.c#L20-L10")


def test_releases() -> None:
    """A series means its pinned tag; a full tag only itself."""
    releases = Releases.of(["v7.2.12", "v6.1.192", "v6.18.15"])
    assert releases.pinned == ("v6.1.192", "v6.18.15", "v7.2.12")
    assert releases.tag("v6.18") == "v6.18.15"
    assert releases.tag("v6.18.15") == "v6.18.15"
    assert releases.tag("v6.18.14") is None
    assert releases.tag("v4.5") is None
    assert releases.tag("v6.18-rc1") is None
    with pytest.raises(ReleaseError, match=r"write v6\.18"):
        releases.tag("6.18")


def test_release_order() -> None:
    """Candidates come before the release, which comes before its point releases."""
    tags = ["v6.18.1", "v6.18-rc10", "v6.2", "v6.18", "v6.18-rc9", "v2.6.38"]
    assert sorted(tags, key=sort_key) == ["v2.6.38", "v6.2", "v6.18-rc9", "v6.18-rc10", "v6.18", "v6.18.1"]
    assert series_of("v6.18.15") == "v6.18"
    assert series_of("v2.6.38") == "v2.6.38"


def _function(file: str, line: int, end: int, kind: Kind = Kind.FUNCTION) -> Definition:
    return Definition(file, line, end, "f", kind)


def test_choose_prefers_the_definition_to_the_stub() -> None:
    """A header's empty inline gives way to the function in ``.c``, tools to the kernel."""
    stub, real = _function("include/linux/f.h", 4, 6), _function("mm/f.c", 10, 40)
    tool = _function("tools/testing/selftests/mm/f.c", 1, 90)
    assert choose([stub, tool, real], CALLABLE, "") == (real,)
    assert choose([stub, real], CALLABLE, "f.h") == (stub,)
    assert choose([tool], CALLABLE, "") == (tool,)


def test_choose_keeps_what_is_ambiguous() -> None:
    """Two functions of one name in two files are both given, the longer of one file first."""
    one, two, short = _function("fs/a.c", 1, 9), _function("mm/b.c", 1, 9), _function("fs/a.c", 20, 21)
    assert choose([two, short, one], CALLABLE, "") == (one, short, two)
    assert choose([two, short, one], CALLABLE, "b.c") == (two,)
    assert choose([two], frozenset({Kind.STRUCT}), "") == ()


def test_links() -> None:
    """Source, identifier pages and articles are spelled as their sites do."""
    base = "https://elixir.example/linux"
    assert links.source(base, "v6.1", "mm/a.c", 3) == f"{base}/v6.1/source/mm/a.c#L3"
    assert links.source(base, "v6.1", "mm/a.c", 3, 9).endswith("#L3-L9")
    assert links.identifier(base, "v4.5", "f") == f"{base}/v4.5/C/ident/f"
    assert links.identifier(base, "v4.5", "CONFIG_F", Kind.CONFIG) == f"{base}/v4.5/K/ident/CONFIG_F"
    assert links.article("619738") == "https://lwn.net/Articles/619738/"
    assert links.article("https://lwn.net/Articles/619738/#Comments") == "https://lwn.net/Articles/619738/"
    assert links.article("https://lwn.net/Kernel/") is None


def test_dates() -> None:
    """A date is right in its sender's zone and in UTC; what is not known sorts first."""
    date = "2025-06-08T10:01:50+12:00"
    assert utc_day(date) == "2025-06-07"
    assert days(date) == {"2025-06-07", "2025-06-08"}
    assert instant("") < instant("2010-11-03") < instant(date)
    assert utc_day("") == ""
