"""The roles: where they lead, what they show and how well it is known, in both markups and every writer."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from helpers import (
    BARRY,
    DECLARED,
    KERNELS,
    LOCK_MODE,
    LORE,
    MESSAGES,
    MIRRORED,
    NEW,
    ODD,
    OLD,
    THP_COMMIT,
    TOLD,
    Built,
    build,
    card,
    squeezed,
    write_site,
)

from kernelref.core.lock import LoreLock, Message
from kernelref.core.source import Definition, Kind
from kernelref.references import ROLES
from kernelref.resolved import HOVER_BREAK, SIGNS, Mark

LORE_URL = "https://lore.kernel.org/all/"
SOURCE = "https://elixir.bootlin.com/linux/v6.18.15/source/"
OLD_SOURCE = "https://elixir.bootlin.com/linux/v6.12.117/source/"
SUBJECT = MESSAGES[LOCK_MODE].subject


@dataclass(frozen=True)
class Case:
    """One use of a role and what becomes of it; a mark of None where a link needs no sign."""

    role: str
    text: str
    shown: str
    href: str
    mark: Mark | None = None

    def __str__(self) -> str:
        return f"{self.role} {self.text}"


def message(text: str, shown: str = SUBJECT, found: str = LOCK_MODE, mark: Mark = Mark.ARCHIVE) -> Case:
    """Make a case of ``lore``."""
    return Case("lore", text, shown, f"{LORE_URL}{found}/", mark)


def ident(release: str, name: str, family: str = "C") -> str:
    """Give Elixir's page of an identifier."""
    return f"https://elixir.bootlin.com/linux/{release}/{family}/ident/{name}"


CASES = [
    # every form in which people paste a message
    message(LOCK_MODE),
    message(f"<{LOCK_MODE}>"),
    message(f"https://lore.kernel.org/all/{LOCK_MODE}/"),
    message(f"https://lore.kernel.org/linux-mm/{LOCK_MODE}/"),
    message(f"https://lore.kernel.org/linux-mm/{LOCK_MODE}/T/#u"),
    message(f"https://lore.kernel.org/all/{LOCK_MODE}/T/#m5e6f0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b"),
    message(f"https://lore.kernel.org/all/{LOCK_MODE}/raw"),
    message(f"https://lore.kernel.org/r/{LOCK_MODE}"),
    message(f"https://lkml.kernel.org/r/{LOCK_MODE}"),
    message(f"http://lkml.kernel.org/r/{LOCK_MODE}"),
    message(f"https://patch.msgid.link/{LOCK_MODE}"),
    message(f"https://lore.kernel.org/all/{LOCK_MODE.replace('@', '%40')}/"),
    message(f"lore.kernel.org/all/{LOCK_MODE}/"),
    message(f"the lock mode <{LOCK_MODE}>", "the lock mode"),
    message(f"from a URL <https://lore.kernel.org/linux-mm/{LOCK_MODE}/>", "from a URL"),
    message(MIRRORED, MESSAGES[MIRRORED].subject, MIRRORED, Mark.MIRROR),
    message(TOLD, MESSAGES[TOLD].subject, TOLD, Mark.DECLARED),
    message(ODD, "An odd message-id", "a%2Fb%23c%25d+e=f%3Fg@example.org", Mark.DECLARED),
    # source: of the page's release, of another, of one that is not pinned
    Case("kfunc", "do_madvise", "do_madvise()", f"{SOURCE}mm/madvise.c#L1900"),
    Case("kfunc", "do_madvise()", "do_madvise()", f"{SOURCE}mm/madvise.c#L1900"),
    Case("kfunc", "the call <do_madvise>", "the call", f"{SOURCE}mm/madvise.c#L1900"),
    Case("kfunc", "do_madvise@v6.12", "do_madvise()", f"{OLD_SOURCE}mm/madvise.c#L1895"),
    Case("kfunc", "do_madvise@v6.12.117", "do_madvise()", f"{OLD_SOURCE}mm/madvise.c#L1895"),
    Case("kfunc", "then <do_madvise@v6.12>", "then", f"{OLD_SOURCE}mm/madvise.c#L1895"),
    Case("kfunc", "do_madvise@v4.5", "do_madvise()", ident("v4.5", "do_madvise"), Mark.UNCHECKED),
    Case("kfunc", "do_madvise@v6.18.3", "do_madvise()", ident("v6.18.3", "do_madvise"), Mark.UNCHECKED),
    Case("kfunc", "mm/b.c:twice", "twice()", f"{SOURCE}mm/b.c#L20"),
    Case("kfunc", "b.c:twice", "twice()", f"{SOURCE}mm/b.c#L20"),
    Case("kfunc", "a.c:twice@v6.12", "twice()", f"{OLD_SOURCE}mm/a.c#L5"),
    Case("kfunc", "pte_offset_map_lock", "pte_offset_map_lock()", f"{SOURCE}include/linux/mm.h#L3000"),
    Case("kstruct", "folio", "folio", f"{SOURCE}include/linux/mm_types.h#L400"),
    Case("kstruct", "vm_fault_t", "vm_fault_t", f"{SOURCE}include/linux/mm_types.h#L900"),
    Case("kmacro", "MADV_DONTNEED", "MADV_DONTNEED", f"{SOURCE}include/uapi/asm-generic/mman-common.h#L50"),
    Case("kmacro", "ZONE_MOVABLE", "ZONE_MOVABLE", f"{SOURCE}include/linux/mmzone.h#L800"),
    Case("kconfig", "TRANSPARENT_HUGEPAGE", "CONFIG_TRANSPARENT_HUGEPAGE", f"{SOURCE}mm/Kconfig#L700"),
    Case("kconfig", "CONFIG_TRANSPARENT_HUGEPAGE", "CONFIG_TRANSPARENT_HUGEPAGE", f"{SOURCE}mm/Kconfig#L700"),
    Case("kconfig", "MMU@v5.10", "CONFIG_MMU", ident("v5.10", "CONFIG_MMU", "K"), Mark.UNCHECKED),
    Case("kfile", "mm/rmap.c", "mm/rmap.c", f"{SOURCE}mm/rmap.c"),
    Case("kfile", "mm/rmap.c#L10", "mm/rmap.c:10", f"{SOURCE}mm/rmap.c#L10"),
    Case("kfile", "mm/rmap.c#L10-L20", "mm/rmap.c:10-20", f"{SOURCE}mm/rmap.c#L10-L20"),
    Case("kfile", "mm/rmap.c#L10@v6.12", "mm/rmap.c:10", f"{OLD_SOURCE}mm/rmap.c#L10"),
    Case("kfile", "mm/", "mm", f"{SOURCE}mm"),
    Case("kfile", "lib/xarray.c@v5.10", "lib/xarray.c",
         "https://elixir.bootlin.com/linux/v5.10/source/lib/xarray.c", Mark.UNCHECKED),
    # commits and articles
    Case("commit", "71e3aac0724f", '71e3aac0724f ("thp: transparent hugepage core")',
         f"https://git.kernel.org/torvalds/c/{THP_COMMIT}", Mark.MIRROR),
    Case("commit", f"the core <{THP_COMMIT}>", "the core",
         f"https://git.kernel.org/torvalds/c/{THP_COMMIT}", Mark.MIRROR),
    Case("lwn", "974223", "Facing down mapcount madness", "https://lwn.net/Articles/974223/", Mark.DECLARED),
    Case("lwn", "https://lwn.net/Articles/974223/#Comments", "Facing down mapcount madness",
         "https://lwn.net/Articles/974223/", Mark.DECLARED),
    Case("lwn", "an article <974223>", "an article", "https://lwn.net/Articles/974223/", Mark.DECLARED),
    # the long names
    *(Case(f"kernel:{role}", text, shown, href, mark) for role, text, shown, href, mark in [
        ("kfunc", "do_madvise", "do_madvise()", f"{SOURCE}mm/madvise.c#L1900", None),
        ("lore", LOCK_MODE, SUBJECT, f"{LORE_URL}{LOCK_MODE}/", Mark.ARCHIVE),
    ]),
]  # fmt: skip

HOSTILE = "<script>alert(\"x\")</script> 'q' & \\input{x} $%_#^~ `b` *e* |s|"


def _pages() -> dict[str, str]:
    """Write every case once in each markup, and what needs a page of its own."""
    md, rst = ["# In Markdown", ""], ["In reST", "=======", ""]
    for number, case in enumerate(CASES):
        md += [f"Case {number}: {{{case.role}}}`{case.text}`", ""]
        rst += [f"Case {number}: :{case.role}:`{case.text}`", ""]
    return {
        "md.md": "\n".join(md),
        "rst.rst": "\n".join(rst),
        "older.md": "---\nkernel: v6.12\n---\n# Older\n\n{kfunc}`do_madvise` {kfunc}`do_madvise@v6.18`\n",
        "older2.rst": ":kernel: v6.12\n\nOlder\n=====\n\n:kfunc:`do_madvise` :kfunc:`do_madvise@v6.18`\n",
        "ancient.md": "---\nkernel: v4.5\n---\n# Ancient\n\n{kfunc}`do_madvise`\n",
        "heading.md": f"# On {{kfunc}}`do_madvise`\n\n## And {{lore}}`{TOLD}`\n",
        "other.rst": "Other\n=====\n\n.. role:: fn(kfunc)\n\n:fn:`do_madvise` and :kfunc:`!not_a_link`\n",
        "off.md": "# Off\n\n{kfunc}`!not_a_link` {lore}`!not@all`\n",
        "hostile.md": "# Hostile\n\n{lore}`h@x` {lwn}`1` {commit}`eeeeeeeeeeee`\n",
    }


def _hostile() -> LoreLock:
    """Give the usual lock with texts that mean something to every writer."""
    source = replace(DECLARED, source=HOSTILE)
    mail = Message(HOSTILE, replace(BARRY, name=HOSTILE), "2025-01-01", source)
    article = replace(LORE.articles["https://example.org/talk"], title=HOSTILE, provenance=source)
    commit = replace(LORE.commits[THP_COMMIT], subject=HOSTILE, provenance=source)
    return LoreLock(
        {**MESSAGES, "h@x": mail},
        {**LORE.articles, "https://lwn.net/Articles/1/": article},
        {**LORE.commits, "e" * 40: commit},
    )


@pytest.fixture(scope="module")
def root(folder: Path) -> Path:
    """Write the site of all cases."""
    return write_site(folder / "roles", _pages(), lore=_hostile())


@pytest.fixture(scope="module")
def html(root: Path) -> Built:
    """Build it as HTML."""
    return build(root)


@pytest.fixture(scope="module")
def text(root: Path) -> Built:
    """Build it as text."""
    return build(root, "text")


@pytest.fixture(scope="module")
def latex(root: Path) -> str:
    """Build it as LaTeX."""
    return build(root, "latex").text("small.tex")


@pytest.fixture(scope="module")
def epub(root: Path) -> zipfile.ZipFile:
    """Build it as EPUB."""
    return zipfile.ZipFile(build(root, "epub").out / "Small.epub")


def paragraph(page: Tag, number: int) -> Tag:
    """Find the paragraph of a case."""
    found = [p for p in page.find_all("p") if p.get_text().startswith(f"Case {number}:")]
    assert len(found) == 1
    return found[0]


def test_nothing_is_warned_of(html: Built) -> None:
    """None of the good forms warns, in either markup."""
    assert html.warnings == []


def test_every_role_has_a_case() -> None:
    """No role is left out."""
    assert {case.role for case in CASES} >= set(ROLES)


@pytest.mark.parametrize("page", ["md", "rst"])
@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=[str(case) for case in CASES])
def test_html(html: Built, page: str, number: int, case: Case) -> None:
    """The link leads where it should, shows what it should, and has the mark that it should."""
    place = paragraph(html.page(page), number)
    link = place.find("a")
    assert link["href"] == case.href
    assert squeezed(link) == case.shown
    signs = [squeezed(sign) for sign in place.select(".kernelref-mark")]
    assert signs == ([SIGNS[case.mark]] if case.mark else [])


@pytest.mark.parametrize("page", ["md", "rst"])
def test_text(text: Built, page: str) -> None:
    """As text a role shows the same words, and says in words what is not verified."""
    said = " ".join(text.text(f"{page}.txt").split())
    words = {Mark.MIRROR: " (from a mirror)", Mark.DECLARED: " (declared)", Mark.UNCHECKED: " (not checked)"}
    for number, case in enumerate(CASES):
        quoted = f'"{case.shown}"' if f'Case {number}: "' in said else case.shown
        ending = words.get(case.mark, "") if case.mark else ""
        following = f" Case {number + 1}:" if number + 1 < len(CASES) else ""
        assert f"Case {number}: {quoted}{ending}{following}" in said


def test_latex(latex: str) -> None:
    """In LaTeX each case is a link, its special characters escaped."""
    for case in CASES:
        url = case.href.replace("%", r"\%").replace("#", r"\#").replace("_", r"\_")
        assert latex.count(rf"\sphinxhref{{{url}}}") >= 2
    assert "{Facing down mapcount madness} (declared)" in latex


def test_epub(epub: zipfile.ZipFile) -> None:
    """In EPUB each case is a link in well-formed XHTML."""
    page = BeautifulSoup(epub.read("md.xhtml"), "xml")
    links = [a["href"] for a in page.select("p > a.kernelref")]
    assert links == [case.href for case in CASES]


def test_release_of_the_page(html: Built) -> None:
    """The front matter names the release of a page, in either markup; a role can still name another."""
    for page in ("older", "older2"):
        links = [a["href"] for a in html.page(page).select("a.kernelref")]
        assert links == [f"{OLD_SOURCE}mm/madvise.c#L1895", f"{SOURCE}mm/madvise.c#L1900"]


def test_a_page_of_a_release_that_is_not_pinned(html: Built) -> None:
    """All that such a page cites is marked as not checked, and that is no warning."""
    assert html.page("ancient").select_one("a.kernelref")["href"] == ident("v4.5", "do_madvise")
    sign = html.page("ancient").select_one(".kernelref-mark-unchecked")
    assert sign["aria-label"] == "not checked"
    assert sign["title"] == "v4.5 is not pinned: not checked"


def test_hover_of_source(html: Built) -> None:
    """A hover says what it is, and where it is in each pinned release."""
    page = html.page("older")
    assert card(page, page.select_one("a.kernelref")) == [
        "do_madvise()",
        "function",
        "v6.12.117 mm/madvise.c:1895",
        "v6.18.15 mm/madvise.c:1900",
        "v7.2.12 mm/madvise.c:2000",
        "Notes: Ancient · On do_madvise() · In Markdown · Older · Older · Other · …",
    ]


def test_hover_of_a_function_that_went(folder: Path) -> None:
    """Where a release does not have an identifier, the hover says so."""
    root = write_site(folder / "went", {"a.md": "# A\n\n{kfunc}`unmap_single_vma`\n"})
    page = build(root).page("a")
    assert card(page, page.select_one("a.kernelref"))[2:6] == [
        "v6.12.117 mm/memory.c:1900",
        "v6.18.15 mm/memory.c:2000",
        "v7.2.12 not there",
        "until v6.18.15",
    ]


def test_hover_of_what_moved(folder: Path) -> None:
    """Where a release has an identifier in another file, or as another kind, the hover says so."""
    came = replace(KERNELS[OLD], identifiers={**KERNELS[OLD].identifiers, "zap_pte_range": ()})
    there = Definition("mm/huge.h", 7, 9, "zap_pte_range", Kind.MACRO)
    moved = replace(KERNELS[NEW], identifiers={**KERNELS[NEW].identifiers, "zap_pte_range": (there,)})
    root = write_site(
        folder / "moved",
        {"a.md": "# A\n\n{kfunc}`zap_pte_range`\n"},
        kernels={**KERNELS, OLD: came, NEW: moved},
    )
    page = build(root).page("a")
    assert card(page, page.select_one("a.kernelref"))[1:6] == [
        "function · static",
        "v6.12.117 not there",
        "v6.18.15 mm/memory.c:1700",
        "v7.2.12 mm/huge.h:7 (macro)",
        "since v6.18.15",
    ]


def test_hover_of_a_message(html: Built) -> None:
    """A hover says who, when, what became of it, and where that is known from and since when."""
    page = html.page("md")
    assert card(page, paragraph(page, 0).find("a"))[:4] == [
        SUBJECT,
        "Barry Song · 2025-06-07 · v4 · linux-mm, linux-kernel",
        "✔ landed in v6.17",
        "verified: the archive (2026-01-02)",
    ]
    sign = paragraph(page, 0).select_one(".kernelref-mark")
    assert (sign["role"], sign["aria-label"]) == ("img", "verified")
    assert sign["title"].split(HOVER_BREAK) == [
        SUBJECT,
        "Barry Song · 2025-06-07",
        "✔ landed in v6.17",
        "verified: the archive (2026-01-02)",
    ]


def test_role_in_a_heading(html: Built) -> None:
    """A role in a heading works there, in the page's title and in the tables of contents."""
    assert html.page("heading").select_one("h1 a.kernelref")["href"] == f"{SOURCE}mm/madvise.c#L1900"
    entries = [squeezed(a) for a in html.page("index").select(".toctree-wrapper a")]
    assert "On do_madvise()" in entries
    assert not html.page("index").select(".toctree-wrapper a[id]")


def test_role_under_another_name(html: Built) -> None:
    """A role that a page derives from ours (``.. role::``) is ours."""
    assert html.page("other").select_one("a.kernelref")["href"] == f"{SOURCE}mm/madvise.c#L1900"


@pytest.mark.parametrize("page", ["other", "off"])
def test_exclamation_mark(html: Built, page: str) -> None:
    """A text that begins with an exclamation mark is shown without it, and is no link."""
    shown = [code.get_text() for code in html.page(page).find_all("code") if not code.find_parent("a")]
    assert shown[0] == "not_a_link"


def test_default_role(folder: Path) -> None:
    """Any role of ours may be reST's default role."""
    root = write_site(folder / "default", {"a.rst": "A\n=\n\n`do_madvise`\n"})
    built = build(root, default_role="kfunc")
    assert squeezed(built.page("a").select_one("a.kernelref-kfunc")) == "do_madvise()"


def test_translated_page(folder: Path) -> None:
    """In a translated paragraph a role is resolved once, with the release of the page."""
    page = "---\nkernel: v6.12\n---\n# A\n\nSee {kfunc}`do_madvise`.\n"
    root = write_site(folder / "translated", {"a.md": page}, conf='locale_dirs = ["locale"]\n')
    catalog = root / "locale" / "de" / "LC_MESSAGES"
    catalog.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    entry = 'msgid "See {kfunc}`do_madvise`."\nmsgstr "Siehe {kfunc}`do_madvise`."\n'
    (catalog / "a.po").write_text(head + entry, encoding="utf-8")
    built = build(root, language="de")
    assert built.warnings == []
    assert squeezed(built.page("a").find("p")) == "Siehe do_madvise()."
    assert [a["href"] for a in built.page("a").select("a.kernelref")] == [f"{OLD_SOURCE}mm/madvise.c#L1895"]


def test_urls_are_configurable(folder: Path) -> None:
    """Another archive, another Elixir and another front of git can be linked to."""
    page = f"# A\n\n{{lore}}`{LOCK_MODE}` {{kfunc}}`do_madvise` {{commit}}`71e3aac0724f` {{kfunc}}`f@v4.5`\n"
    root = write_site(folder / "urls", {"a.md": page})
    urls = {name: f"https://{name}.example/x/" for name in ("lore", "elixir", "commit")}
    built = build(root, **{f"kernelref_{name}_url": url for name, url in urls.items()})
    assert [a["href"] for a in built.page("a").select("a.kernelref")] == [
        f"https://lore.example/x/{LOCK_MODE}/",
        "https://elixir.example/x/v6.18.15/source/mm/madvise.c#L1900",
        f"https://commit.example/x/{THP_COMMIT}",
        "https://elixir.example/x/v4.5/C/ident/f",
    ]


# --- hostile text from a lock ------------------------------------------------------------------------------


def test_hostile_text_in_html(html: Built) -> None:
    """What means something to HTML is shown as it is, in texts and in hovers."""
    page = html.page("hostile")
    assert not page.find("script")
    assert [squeezed(a) for a in page.select("a.kernelref")] == [
        HOSTILE,
        HOSTILE,
        f'eeeeeeeeeeee ("{HOSTILE}")',
    ]
    for tag in page.select(".kernelref-mark"):
        assert HOSTILE in tag["title"]
    for tag in page.select("a.kernelref"):
        assert HOSTILE in " ".join(card(page, tag))
    assert "<script>alert" not in html.text("hostile.html")


def test_hostile_text_in_latex(latex: str) -> None:
    """No command and no special character of a text reaches LaTeX."""
    assert r"\input{x}" not in latex
    assert r"\$\%\_\#" in latex


def test_hostile_text_as_text(text: Built) -> None:
    """As text it is what it is."""
    assert " ".join(text.text("hostile.txt").split()).count(HOSTILE) == 3


def test_hostile_text_in_epub(epub: zipfile.ZipFile) -> None:
    """In EPUB it is escaped, and the page well-formed."""
    page = BeautifulSoup(epub.read("hostile.xhtml"), "xml")
    assert not page.find("script")
    assert squeezed(page.select_one("a.kernelref")) == HOSTILE


def test_latex_index(latex: str) -> None:
    """The index of identifiers points at places that the document has."""
    text, _, index = latex.partition(r"\begin{sphinxtheindex}")
    places = re.findall(r"\\sphinxstyleindexpageref\{(\w+):\\detokenize\{([\w-]+)\}\}", index)
    assert len(places) > 5
    for page, anchor in places:
        assert rf"\label{{\detokenize{{{page}:{anchor}}}}}" in text
