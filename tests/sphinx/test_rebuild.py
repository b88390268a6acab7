"""Builds after builds: what a change has read again, what it has not; and parallel ones, which are equal."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import (
    KERNELS,
    LOCK_MODE,
    LORE,
    MESSAGES,
    NEW,
    OLD,
    OLDER,
    OWN,
    build,
    card,
    write_locks,
    write_site,
)

from kernelref.core.lock import KernelLock, LoreLock

PAGES = {
    "mail.md": f"# Mail\n\n{{lore}}`{LOCK_MODE}`\n",
    "card.md": f"# Card\n\n```{{series}} {LOCK_MODE}\n```\n",
    "article.md": "# Article\n\n```{article} 974223\n```\n",
    "own.md": "# Own\n\n{kfunc}`do_madvise`\n",
    "file.md": "# File\n\n{kfile}`mm/rmap.c`\n",
    "tree.md": "# Tree\n\n```{calltree}\n:kernel: v6.18 v6.12\n\ndo_madvise\n```\n",
    "unpinned.md": "# Unpinned\n\n{kfunc}`do_madvise@v5.10`\n",
    "plain.md": "# Plain\n\nNothing of ours.\n",
}
ALL = {name.partition(".")[0] for name in PAGES} | {"index"}
MAIL = {"mail", "card", "article"}
SOURCE = {"own", "file", "tree", "unpinned"}


class Site:
    """A site that is built again and again."""

    def __init__(self, root: Path) -> None:
        self.root = write_site(root, PAGES)
        self.lock = root / "lock"

    def build(self, **conf: object) -> set[str]:
        """Build; give the pages that were read."""
        return build(self.root, "dummy", **conf).read_again

    def write(self, lore: LoreLock | None, kernels: dict[str, KernelLock]) -> None:
        """Write locks, of this very moment: the clock that files get may be some milliseconds behind."""
        write_locks(self.lock, lore, kernels)
        for name in (["lore.json"] if lore else []) + [f"linux-{tag}.json" for tag in kernels]:
            os.utime(self.lock / name, ns=(time.time_ns(), time.time_ns()))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a site that was built once."""
    site = Site(tmp_path / "site")
    assert site.build() == ALL
    yield site


def test_nothing_changed(site: Site) -> None:
    """Without a change nothing is read again."""
    assert site.build() == set()


def test_changed_lore(site: Site) -> None:
    """When lore.json changes, the pages that cite messages or articles are read again, and no others."""
    site.write(replace(LORE, messages={**MESSAGES, LOCK_MODE: MESSAGES[OLDER]}), {})
    assert site.build() == MAIL


def test_changed_kernel(site: Site) -> None:
    """When a release's lock changes, the pages that use it are read again, and no others."""
    site.write(None, {OWN: KERNELS[OWN]})
    assert site.build() == {"own", "file", "tree"}


def test_changed_kernel_of_another_release(site: Site) -> None:
    """A page that names a release only in a hover or a tab uses its lock; one that does not, does not."""
    site.write(None, {OLD: KERNELS[OLD]})
    assert site.build() == {"own", "tree"}
    site.write(None, {NEW: KERNELS[NEW]})
    assert site.build() == {"own"}


def test_hover_follows_the_lock_of_another_release(site: Site) -> None:
    """After such a change the hover says what that lock says now."""
    moved = {
        name: tuple(replace(one, line=one.line + 7, end=one.end + 7) for one in found)
        for name, found in KERNELS[NEW].identifiers.items()
    }
    page = build(site.root, html_theme="basic").page("own")
    before = card(page, page.select_one("a.kernelref"))
    site.write(None, {NEW: replace(KERNELS[NEW], identifiers=moved)})
    after = (build(site.root).out / "own.html").read_text(encoding="utf-8")
    assert "v7.2.12 mm/madvise.c:2000" in before
    assert "mm/madvise.c:2007</a>" in after


def test_pinned_release(site: Site) -> None:
    """When another release is pinned, all pages that cite anything are read again."""
    site.write(None, {"v5.10.99": replace(KERNELS[OLD], release="v5.10.99")})
    assert site.build() >= SOURCE
    assert site.build() == set()


def test_unpinned_release(site: Site) -> None:
    """When a release is pinned no more, likewise."""
    (site.lock / f"linux-{NEW}.json").unlink()
    read = site.build()
    assert read >= SOURCE
    assert "plain" not in read
    assert site.build() == set()


def test_lore_comes_and_goes(site: Site) -> None:
    """A lore.json that goes is missed at once, and one that comes is read at once."""
    (site.lock / "lore.json").unlink()
    assert site.build() >= MAIL
    site.write(LORE, {})
    assert site.build() >= MAIL
    assert site.build() == set()


def test_changed_value(site: Site) -> None:
    """When a value of conf.py changes, all pages are read again."""
    assert site.build(kernelref_kernel="v6.12") == ALL


def test_domain_forgets(site: Site) -> None:
    """The objects and citations of a page that goes, or loses them, go with it."""
    (site.root / "card.md").unlink()
    (site.root / "own.md").write_text("# Own\n\nNothing.\n", encoding="utf-8")
    built = build(site.root)
    assert "kernel:series" not in built.inventory()
    assert "own.html" not in built.text("kernel-identifier.html")


# --- parallel ----------------------------------------------------------------------------------------------

MANY = {
    **{f"mail{n}.md": f"# Mail {n}\n\n{{lore}}`{LOCK_MODE}` {{kfunc}}`do_madvise`\n" for n in range(4)},
    "card.md": f"# Card\n\n```{{series}} {LOCK_MODE}\nBody {{kstruct}}`folio`.\n```\n",
    "card2.rst": f"Card\n====\n\n.. series:: {OLDER}\n\n.. series:: {LOCK_MODE}\n",
    "tree.md": "# Tree\n\n```{calltree}\n:name: tree\n\nzap_pmd_range\n  zap_pte_range\n```\n",
    "links.md": f"# Links\n\n{{kernel:series}}`{OLDER}` {{kernel:calltree}}`tree` {{ref}}`{LOCK_MODE}`\n",
    "bad.md": "# Bad\n\n{kfunc}`only_old`\n",
}


def files(out: Path) -> dict[str, bytes]:
    """Read all that a build wrote, but for what only says when."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != ".buildinfo"
    }


def test_parallel_build_is_equal(tmp_path: Path) -> None:
    """Two processes write what one does, byte for byte, and warn of the same."""
    serial, parallel = (write_site(tmp_path / name / "site", MANY) for name in ("serial", "parallel"))
    one, two = build(serial, jobs=1), build(parallel, jobs=2)
    assert {w.page for w in one.warnings} == {"bad.md", "card2.rst"}
    assert {(w.page, w.line, w.kind) for w in one.warnings} == {
        (w.page, w.line, w.kind) for w in two.warnings
    }
    first, second = files(one.out), files(two.out)
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] != second[name]]
    assert "objects.inv" in first
