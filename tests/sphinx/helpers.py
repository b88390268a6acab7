"""Small sites with small locks: written, built in this process, and read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from sphinx.testing.util import SphinxTestApp
from sphinx.util.console import strip_colors
from sphinx.util.inventory import InventoryFile

from kernelref.core.lock import (
    Article,
    Commit,
    Fate,
    KernelLock,
    LoreLock,
    Message,
    Patch,
    Person,
    Provenance,
    Revision,
    Standing,
    State,
)
from kernelref.core.lockfile import dump, write_atomic
from kernelref.core.source import Call, Definition, How, Kind

# --- the lock that most tests use ----------------------------------------------------------------------
#
# Real names and near-real lines; the shapes matter, not the facts.

ARCHIVE = Provenance(Standing.ARCHIVE, "the archive", "2026-01-02T03:04:05Z", "ab" * 32)
MIRROR = Provenance(Standing.MIRROR, "a page that quotes it")
DECLARED = Provenance(Standing.DECLARED, "somebody's notes")

LOCK_MODE = "20250607220150.2980-1-21cnbao@gmail.com"
OLDER = "20250605083144.43046-1-21cnbao@gmail.com"
COVER = "20240215103205.2607016-1-ryan.roberts@arm.com"
MIRRORED = "patchbomb.1288798055@v2.random"
TOLD = "20101215051540.GP5638@random.random"
ODD = "a/b#c%d+e=f?g@example.org"
"""An id with all that a URL gives a meaning to."""

BARRY = Person("Barry Song", "21cnbao@gmail.com")
MESSAGES = {
    LOCK_MODE: Message(
        "[PATCH v4] mm: use per_vma lock for MADV_DONTNEED",
        BARRY,
        "2025-06-08T10:01:50+12:00",
        ARCHIVE,
        lists=("linux-mm@kvack.org", "linux-kernel@vger.kernel.org"),
        version=4,
        fate=Fate(State.LANDED, MIRROR, "v6.17", ("a6fde7add78d" + "0" * 28,), 1, 1, "as a single patch"),
    ),
    OLDER: Message(
        "[PATCH] mm: madvise: use walk_page_range_vma()",
        BARRY,
        "2025-06-05T20:31:44+12:00",
        ARCHIVE,
        fate=Fate(State.SUPERSEDED, MIRROR, "v6.17"),
        revisions=(Revision("v2", "20250606@v2", "2025-06-06", MIRROR, "[PATCH v2] mm: the same"),),
    ),
    COVER: Message(
        "[PATCH v6 00/02] Transparent Contiguous PTEs for User Mappings",
        Person("Ryan Roberts", "ryan.roberts@arm.com"),
        "2024-02-15T10:31:47+00:00",
        ARCHIVE,
        lists=("linux-mm@kvack.org",),
        version=6,
        number=0,
        total=2,
        patches=(Patch(1, "[PATCH v6 01/02] mm: clarify", "1@arm"), Patch(2, "[PATCH v6 02/02] no copy")),
        fate=Fate(State.LANDED, MIRROR, "v6.9", landed=2, of=2),
    ),
    MIRRORED: Message(
        "[PATCH 00 of 66] Transparent Hugepage Support #32",
        Person("Andrea Arcangeli"),
        "2010-11-03",
        MIRROR,
        number=0,
        total=66,
    ),
    TOLD: Message("Transparent Hugepage Support #33", Person("Andrea Arcangeli"), "2010-12-15", DECLARED),
    ODD: Message("An odd message-id", Person("Odd One"), "2020-02-29", DECLARED),
}
ARTICLES = {
    "https://lwn.net/Articles/974223/": Article(
        "Facing down mapcount madness", "article", DECLARED, "Jonathan Corbet", "2024-05-21", "LWN.net"
    ),
    "https://example.org/talk": Article("Large folios", "talk", MIRROR, "Barry Song", "2024-09", "LPC 2024"),
}
THP_COMMIT = "71e3aac0724ffe8918992d76acfe3aad7d8724a5"
COMMITS = {THP_COMMIT: Commit(MIRROR, "thp: transparent hugepage core", "v2.6.38")}
LORE = LoreLock(MESSAGES, ARTICLES, COMMITS)


def _defined(file: str, name: str, line: int, kind: Kind = Kind.FUNCTION, **more: object) -> Definition:
    return Definition(file, line, line + 9, name, kind, **more)  # type: ignore[arg-type]


def _table(*found: Definition, absent: tuple[str, ...] = ()) -> dict[str, tuple[Definition, ...]]:
    table: dict[str, tuple[Definition, ...]] = dict.fromkeys(absent, ())
    for one in found:
        table[one.name] = (*table.get(one.name, ()), one)
    return table


def _kernel(tag: str, shift: int, *more: Definition, absent: tuple[str, ...]) -> KernelLock:
    """Make a release in which what all have stands ``shift`` lines further down."""
    common = (
        _defined("mm/madvise.c", "do_madvise", 1900 + shift),
        _defined("mm/madvise.c", "madvise_walk_vmas", 1600 + shift),
        _defined("mm/madvise.c", "madvise_vma_behavior", 1300 + shift),
        _defined("mm/memory.c", "zap_pte_range", 1700 + shift, static=True),
        _defined("mm/memory.c", "zap_pmd_range", 1800 + shift, static=True),
        _defined("include/linux/mm.h", "pte_offset_map_lock", 3000 + shift, Kind.MACRO),
        _defined("include/linux/mm_types.h", "folio", 400 + shift, Kind.STRUCT),
        _defined("include/linux/mm_types.h", "vm_fault_t", 900 + shift, Kind.TYPEDEF),
        _defined("include/uapi/asm-generic/mman-common.h", "MADV_DONTNEED", 50 + shift, Kind.MACRO),
        _defined("include/linux/mmzone.h", "ZONE_MOVABLE", 800 + shift, Kind.ENUMERATOR),
        _defined("mm/Kconfig", "CONFIG_TRANSPARENT_HUGEPAGE", 700 + shift, Kind.CONFIG),
        _defined("mm/a.c", "twice", 10 + shift, static=True),
        _defined("mm/b.c", "twice", 20 + shift, static=True),
    )
    calls = (
        Call("mm/madvise.c", "do_madvise", "madvise_walk_vmas", How.DIRECT, (1905 + shift,)),
        Call("mm/madvise.c", "madvise_walk_vmas", "madvise_vma_behavior", How.POINTER, (1607,), "visit"),
        Call("mm/madvise.c", "madvise_vma_behavior", "zap_pmd_range", How.NONE),
        Call("mm/memory.c", "zap_pmd_range", "zap_pte_range", How.DIRECT, (1803 + shift, 1806 + shift)),
        Call("mm/memory.c", "zap_pte_range", "pte_offset_map_lock", How.MACRO, (1702 + shift,)),
        Call("mm/memory.c", "zap_pte_range", "twice", How.NONE),
        Call("mm/memory.c", "zap_pte_range", "mm/b.c:twice", How.MACRO, (1704 + shift,), "CALL_TWICE"),
        Call("mm/memory.c", "zap_pmd_range", "unmap_single_vma", How.DIRECT, (1809 + shift,)),
    )
    return KernelLock(
        tag,
        "a small tree",
        ("",),
        _table(*common, *more, absent=absent),
        {"zap_pte_rang": ("zap_pte_range", "zap_pmd_range")},
        {"mm": 0, "mm/rmap.c": 3000 + shift, "mm/gone.c": -1},
        calls,
    )


OLD, OWN, NEW = "v6.12.117", "v6.18.15", "v7.2.12"
_BATCHED = _defined("mm/memory.c", "zap_page_range_single_batched", 2100)
KERNELS = {
    OLD: _kernel(
        OLD,
        -5,
        _defined("mm/memory.c", "unmap_single_vma", 1900),
        _defined("mm/old.c", "only_old", 5),
        absent=("zap_pte_rang", "zap_page_range_single_batched", "__zap_vma_range"),
    ),
    OWN: _kernel(
        OWN,
        0,
        _defined("mm/memory.c", "unmap_single_vma", 2000),
        _BATCHED,
        absent=("zap_pte_rang", "only_old", "__zap_vma_range"),
    ),
    NEW: _kernel(
        NEW,
        100,
        _defined("mm/memory.c", "__zap_vma_range", 2050),
        absent=("zap_pte_rang", "only_old", "unmap_single_vma", "zap_page_range_single_batched"),
    ),
}


# --- sites ---------------------------------------------------------------------------------------------

CONF = """\
extensions = ["myst_parser", "kernelref"]
project = "Small"
version = release = "1"
copyright = author = "nobody"
exclude_patterns = ["_build", "lock"]
html_theme = "basic"
html_copy_source = False
epub_show_urls = "no"
"""
INDEX = "# Small\n\n```{toctree}\n:glob:\n\n*\n```\n"


def write_site(
    root: Path,
    pages: Mapping[str, str],
    *,
    conf: str = "",
    lore: LoreLock | None = LORE,
    kernels: Mapping[str, KernelLock] = KERNELS,
) -> Path:
    """Write a site: ``conf.py``, pages (``name.md``, ``name.rst``), an index that lists them, the locks."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "conf.py").write_text(CONF + conf, encoding="utf-8")
    for name, text in {"index.md": INDEX, **pages}.items():
        (root / name).write_text(text, encoding="utf-8")
    write_locks(root / "lock", lore, kernels)
    return root


def write_locks(folder: Path, lore: LoreLock | None, kernels: Mapping[str, KernelLock]) -> None:
    """Write the lock files of a site; ``None`` for no ``lore.json``."""
    folder.mkdir(exist_ok=True)
    if lore is not None:
        write_atomic(folder / "lore.json", dump(lore))
    for tag, lock in kernels.items():
        write_atomic(folder / f"linux-{tag}.json", dump(lock))


@dataclass(frozen=True, slots=True)
class Warned:
    """One line of what a build warned of; ``line`` is 0 where none was said."""

    page: str
    line: int
    text: str
    kind: str


_WARNING = re.compile(
    r"(?:(?P<page>[^\n]*?)(?::(?P<line>\d+))?: )?(?:WARNING|ERROR): (?P<text>.*?)", re.DOTALL
)
_KIND = re.compile(r"(?P<text>.*) \[(?P<kind>[\w.-]+)\]", re.DOTALL)


def _warnings(stream: str, root: Path) -> list[Warned]:
    found = []
    for one in re.split(r"\n(?=[^\n]*(?:WARNING|ERROR): )", strip_colors(stream).rstrip("\n")):
        if not one:
            continue
        match = _WARNING.fullmatch(one)
        assert match, f"no warning: {one!r}"
        said = _KIND.fullmatch(match["text"])
        text, kind = (said["text"], said["kind"]) if said else (match["text"], "")
        page = (match["page"] or "").removeprefix(f"{root}/")
        found.append(Warned(page, int(match["line"] or 0), text, kind))
    return found


@dataclass(slots=True)
class Built:
    """What a build left behind."""

    out: Path
    warnings: list[Warned]
    read_again: set[str] = field(default_factory=set)
    """The pages that this build read."""

    def of(self, page: str) -> list[Warned]:
        """List the warnings at a page, by its file's name."""
        return [one for one in self.warnings if one.page == page]

    def text(self, name: str) -> str:
        """Read a file that the build wrote."""
        return (self.out / name).read_text(encoding="utf-8")

    def page(self, name: str) -> Tag:
        """Parse the content of an HTML page."""
        return _body(self.out / f"{name}.html")

    def inventory(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Read ``objects.inv``: type -> name -> (URI, title)."""
        with (self.out / "objects.inv").open("rb") as file:
            data = InventoryFile.load(file, "", lambda base, uri: uri)
        return {
            kind: {name: (item.uri, item.display_name) for name, item in entries.items()}
            for kind, entries in data.items()
        }


@cache
def _body(path: Path) -> Tag:
    body = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").find(attrs={"role": "main"})
    assert isinstance(body, Tag), f"{path}: no content"
    return body


def build(root: Path, builder: str = "html", *, jobs: int = 1, fresh: bool = False, **conf: object) -> Built:
    """Build a site in this process; ``conf`` overrides its ``conf.py``. Doctrees stay for the next build."""
    read: set[str] = set()
    app = SphinxTestApp(
        builder, root, confoverrides=conf, warning=StringIO(), freshenv=fresh, parallel=jobs, verbosity=0
    )
    try:
        app.connect("env-before-read-docs", lambda app, env, docnames: read.update(docnames))
        app.build()
        return Built(Path(app.outdir), _warnings(app.warning.getvalue(), root), read)
    finally:
        app.cleanup()


def card(page: Tag, link: Tag) -> list[str]:
    """Give the lines of the hover card that a link of a page is described by."""
    facts = page.find(id=link["aria-describedby"])
    assert isinstance(facts, Tag), f"{link}: no card"
    assert facts.parent is not None
    return [squeezed(line) for line in facts.parent.find_all(["p", "li"])]


def squeezed(tag: Tag) -> str:
    """Give the text of a part of a page with white space made one."""
    return " ".join(tag.get_text().split())
