"""``kernelref_autolink``: plain pages, in both markups, get the references and the checks that roles have."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import (
    KERNELS,
    LOCK_MODE,
    MESSAGES,
    OWN,
    THP_COMMIT,
    Built,
    build,
    squeezed,
    write_locks,
    write_site,
)

from kernelref.cli.pages import read_pages
from kernelref.core.lock import KernelLock

SUBJECT = MESSAGES[LOCK_MODE].subject
LINK = f"https://lore.kernel.org/linux-mm/{LOCK_MODE}/T/#u"
COMMIT = f"https://github.com/torvalds/linux/commit/{THP_COMMIT}"
MARKDOWN = f"""\
# Plain `do_madvise()`

- 2025-06-07 [\\[PATCH v4\\] mm: use per_vma lock for MADV_DONTNEED - Barry Song]({LINK})
  and bare {LINK}, in *emphasis https://lkml.kernel.org/r/{LOCK_MODE}* and <{LINK}>.

| a | b |
|---|---|
| `mm/memory.c:zap_pte_range()`<br>`no_such_function()` | {COMMIT} |

`do_madvise`, `do_madvise(mm)`, {{code}}`do_madvise()` and [the docs](https://docs.kernel.org/) are
left alone, as is `{LINK}`.

    do_madvise() {LINK}

<!-- {LINK} -->

```{{series}} {LOCK_MODE}
Notes with `do_madvise()`.
```
"""
RST = f"""\
Plain
=====

Bare {LINK}, `with a text <{LINK}>`_, named_ and ``do_madvise()``; ``do_madvise`` not.

.. _named: https://lwn.net/Articles/974223/

.. code-block:: c

   do_madvise(); /* {LINK} */
"""
ON = "kernelref_autolink = True\n"


@pytest.fixture(scope="module")
def built(folder: Path) -> Built:
    """Build both pages."""
    return build(write_site(folder / "on", {"plain.md": MARKDOWN, "rest.rst": RST}, conf=ON))


def _shown(built: Built, page: str) -> list[tuple[str, str]]:
    """List the references of a page that are not in what a card says by itself: text and URL."""
    body = built.page(page)
    for made in body.select(".kernelref-card-title, .kernelref-card-meta, .kernelref-fold"):
        made.extract()
    return [(squeezed(one), str(one["href"])) for one in body.select("a.kernelref")]


def test_markdown(built: Built) -> None:
    """Titled and bare links are references; a bare one shows the subject; code is left alone."""
    assert built.of("plain.md") == []
    message = f"https://lore.kernel.org/all/{LOCK_MODE}/"
    source = "https://elixir.bootlin.com/linux/v6.18.15/source/mm/"
    assert _shown(built, "plain") == [
        ("do_madvise()", source + "madvise.c#L1900"),
        ("[PATCH v4] mm: use per_vma lock for MADV_DONTNEED - Barry Song", message),
        (SUBJECT, message),
        (SUBJECT, message),
        (SUBJECT, message),
        ("zap_pte_range()", source + "memory.c#L1700"),
        (
            f'{THP_COMMIT[:12]} ("thp: transparent hugepage core")',
            COMMIT,
        ),
        ("do_madvise()", source + "madvise.c#L1900"),
    ]
    assert f"bare {SUBJECT}✓, in emphasis {SUBJECT}✓ and {SUBJECT}✓." in squeezed(built.page("plain"))


def test_rest(built: Built) -> None:
    """The other markup gets the same; a named link keeps its text."""
    assert built.of("rest.rst") == []
    assert [text for text, _ in _shown(built, "rest")] == [SUBJECT, "with a text", "named", "do_madvise()"]


def test_off(folder: Path) -> None:
    """Unless it is asked for, a link is a link."""
    built = build(write_site(folder / "off", {"rest.rst": RST}))
    assert built.warnings == []
    assert _shown(built, "rest") == []


CLAIMS = f"""\
# Claims

- 2025-06-09 [\\[PATCH v4\\] mm: use per_vma lock for MADV_DONTNEED - Barry Song]({LINK})
- 2025-06-07 and a line more:
  2025-06-08 [\\[PATCH v5\\] mm: use per_vma lock for MADV_DONTNEED]({LINK})
- [\\[PATCH v4\\] mm: use per_vma lock for MADV_DONTNEED - Carl Nobody]({LINK})

https://lore.kernel.org/all/no-lock-has@example.org/ is asked of the archive;
<https://lwn.net/Articles/1/> and https://git.kernel.org/torvalds/c/0123456789ab cannot be.

https://elixir.bootlin.com/linux/v6.18.15/C/ident/zap_pte_rang
"""


def test_claims_are_checked(folder: Path) -> None:
    """What stands beside a link is held against the message, and warned of at its line; nothing else is."""
    built = build(write_site(folder / "claims", {"claims.md": CLAIMS}, conf=ON), "dummy")
    told = [(one.line, one.kind, one.text) for one in built.of("claims.md")]
    assert [(line, kind) for line, kind, _ in told] == [
        (3, "kernel.series"),
        (5, "kernel.series"),
        (6, "kernel.series"),
        (8, "kernel.lore"),
        (11, "kernel.identifier"),
    ]
    said = [text for *_, text in told]
    assert said[0].startswith("date 2025-06-09: ")
    assert said[1].startswith("title '[PATCH v5] ")
    assert said[2].startswith("author 'Carl Nobody'")


def test_lock_looks_up_what_may_be_a_reference(folder: Path) -> None:
    """A literal call that no lock knows is asked for, and a reference once the lock has it."""
    known = KERNELS[OWN].identifiers
    fewer = {name: found for name, found in known.items() if name != "do_madvise"}
    lock = KernelLock(OWN, "a tree", ("",), fewer)
    root = write_site(folder / "later", {"a.md": "# A\n\n`do_madvise()`\n"}, conf=ON, kernels={OWN: lock})
    assert _shown(build(root), "a") == []
    assert read_pages(root).keys("kfunc") == {"do_madvise"}
    write_locks(root / "lock", None, {OWN: KERNELS[OWN]})
    again = build(root)
    assert again.read_again == {"a"}
    assert 'class="kernelref ' in again.text("a.html")
    assert again.warnings == []


def test_kinds_of_identifiers(folder: Path) -> None:
    """Elixir's page of a struct or an option is written as that, and the link stays the author's."""
    page = "# A\n\n" + "\n".join(
        f"https://elixir.bootlin.com/linux/{at}"
        for at in (
            "v6.18/C/ident/folio",
            "v6.18/K/ident/CONFIG_TRANSPARENT_HUGEPAGE",
            "v4.5/ident/freeze_page",
        )
    )
    built = build(write_site(folder / "kinds", {"a.md": page}, conf=ON))
    assert built.warnings == []
    assert _shown(built, "a") == [
        ("folio", "https://elixir.bootlin.com/linux/v6.18/C/ident/folio"),
        (
            "CONFIG_TRANSPARENT_HUGEPAGE",
            "https://elixir.bootlin.com/linux/v6.18/K/ident/CONFIG_TRANSPARENT_HUGEPAGE",
        ),
        ("freeze_page()", "https://elixir.bootlin.com/linux/v4.5/ident/freeze_page"),
    ]


@pytest.mark.parametrize(
    ("depth", "told"), [(9, []), (10, [(12, "kernel.calltree")]), (11, [(12, "kernel.calltree")])]
)
def test_lists_deeper_than_they_are_read(folder: Path, depth: int, told: list[tuple[int, str]]) -> None:
    """Where the parser gives up for depth, and all below is lost, that is told; what is read is not."""
    chain = "\n".join(f"{'  ' * at}- func_{at}" for at in range(depth))
    page = f"# Deep\n\n{chain}\n\nThe end.\n"
    built = build(write_site(folder / f"deep-{depth}", {"a.md": page}, conf=ON), "text")
    assert [(one.line, one.kind) for one in built.of("a.md")] == told
    assert ("The end." in built.text("a.txt")) is (not told)
