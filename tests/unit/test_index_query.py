"""Questions asked of a small tree, and of real ones where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import write_files

from kernelref.core.source import Call, How, Kind
from kernelref.resolvers.index import Index, Store
from kernelref.resolvers.tree import open_tree

FILES = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 15\n",
    "Kconfig": 'source "mm/Kconfig"\n',
    "mm/Kconfig": 'config PAINT\n\tbool "Paint"\n',
    "mm/Makefile": "\n",
    "fs/Makefile": "\n",
    "include/linux/paint.h": """\
#ifndef _PAINT_H
#define _PAINT_H
#define stir(pot)	__stir(pot, 1)
#define shake(pot)	({ stir(pot); rattle(pot); })
#define the_pot		find_pot()
#define brush_it	brush
int dry(int a);
struct paint_ops {
	int (*apply)(int a);
};
int walk_walls(int from, int (*visit)(int wall));
static inline int always(int a) { return dry(a); }
#endif
""",
    "mm/internal.h": "#define cover(x)\tdry(x)\n",
    "mm/dry.c": """\
#include <linux/paint.h>
#include "internal.h"

static int helper(int a)
{
	return a;
}

int dry(int a)
{
	cover(a);
	shake(the_pot);
	return helper(a) +
		helper(a + 1);
}

int walk_walls(int from, int (*visit)(int wall))
{
	return visit(from);
}

static int one_wall(int wall)
{
	return always(wall);
}

int all_walls(void)
{
	return walk_walls(0, one_wall);
}

SYSCALL_DEFINE1(paint, int, a)
{
	return dry(a);
}

#ifdef CONFIG_PAINT
int glaze(int a) { return dry(a); }
#else
int glaze(int a) { return 0; }
#endif
""",
    "fs/gloss.c": """\
#include <linux/paint.h>

static int helper(int a)
{
	return 2 * a;
}

static int gloss_apply(int a)
{
	return helper(a);
}

const struct paint_ops gloss_ops = {
	.apply = gloss_apply,
};

int use_ops(const struct paint_ops *ops)
{
	brush_it(1);
	return ops->apply(1);
}
""",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a small tree."""
    return write_files(tmp_path / "linux", FILES)


@pytest.fixture
def index(tree: Path, tmp_path: Path) -> Index:
    """Give an index of it."""
    return Index(open_tree(str(tree)), Store(tmp_path / "store"))


def test_definitions(index: Index) -> None:
    """Every definition is found with kind, lines and signature; a prototype is none."""
    (dry,) = index.definitions("dry")
    assert (dry.file, dry.line, dry.end, dry.kind, dry.static) == ("mm/dry.c", 9, 15, Kind.FUNCTION, False)
    assert dry.signature == "int dry(int a)"
    assert len(dry.body) == 16
    (always,) = index.definitions("always")
    assert always.static
    assert always.inline
    assert [each.kind for each in index.definitions("stir")] == [Kind.MACRO]
    assert index.definitions("stir")[0].signature == "#define stir(pot)"
    assert index.definitions("CONFIG_PAINT")[0].place == "mm/Kconfig:1"
    assert index.definitions("paint_ops")[0].kind is Kind.STRUCT
    assert index.definitions("walls") == ()


def test_statics_of_one_name_stay_apart(index: Index) -> None:
    """Two statics of one name are two definitions, and ``file.c:name`` means one."""
    assert [each.file for each in index.definitions("helper")] == ["fs/gloss.c", "mm/dry.c"]
    assert [each.file for each in index.definitions("gloss.c:helper")] == ["fs/gloss.c"]
    assert [call.how for call in index.edge("gloss_apply", "gloss.c:helper")] == [How.DIRECT]
    assert [call.how for call in index.edge("gloss_apply", "dry.c:helper")] == [How.NONE]


def test_two_forms_have_conditions(index: Index) -> None:
    """Both branches' definitions are kept, told apart by their condition."""
    conditions = [each.condition for each in index.definitions("glaze")]
    assert conditions == ["#ifdef CONFIG_PAINT", "#ifndef CONFIG_PAINT"]
    assert [call.how for call in index.edge("glaze", "dry")] == [How.DIRECT]


def test_system_calls(index: Index) -> None:
    """A system call answers to the name of its body and of its entries."""
    assert index.definitions("__do_sys_paint")[0].line == 32
    assert index.definitions("sys_paint")[0].line == 32
    assert index.definitions("__x64_sys_paint")[0].line == 32
    for name in ("__do_sys_paint", "sys_paint", "__x64_sys_paint"):
        assert [call.how for call in index.edge(name, "dry")] == [How.DIRECT]


def test_direct_edges(index: Index) -> None:
    """A spelled call has all its lines; what is not there is one record that says so."""
    assert index.edge("dry", "helper") == (Call("mm/dry.c", "dry", "helper", How.DIRECT, (13, 14)),)
    assert index.edge("dry", "always") == (Call("mm/dry.c", "dry", "always", How.NONE),)
    assert index.edge("nobody", "dry") == ()


def test_macro_edges(index: Index) -> None:
    """A macro is a callee; what its body calls is reached by it, through several levels."""
    assert index.edge("dry", "cover") == (Call("mm/dry.c", "dry", "cover", How.MACRO, (11,)),)
    assert index.edge("dry", "rattle") == (Call("mm/dry.c", "dry", "rattle", How.MACRO, (12,), "shake"),)
    assert index.edge("dry", "__stir") == (Call("mm/dry.c", "dry", "__stir", How.MACRO, (12,), "shake"),)
    (pot,) = index.edge("dry", "find_pot")
    assert (pot.how, pot.lines, pot.via) == (How.MACRO, (12,), "the_pot")
    assert index.edge("use_ops", "brush")[0].via == "brush_it"
    assert index.edge("shake", "rattle")[0].how is How.DIRECT


def test_macros_of_another_folder_are_not_seen(index: Index) -> None:
    """What a file does not include expands nothing in it."""
    assert index.is_macro("cover", "mm/dry.c")
    assert not index.is_macro("cover", "fs/gloss.c")


def test_pointer_edges(index: Index) -> None:
    """Passed on, called through a parameter, or through a field that a table sets."""
    assert index.edge("all_walls", "one_wall") == (
        Call("mm/dry.c", "all_walls", "one_wall", How.POINTER, (29,), "walk_walls"),
    )
    assert index.edge("walk_walls", "one_wall") == (
        Call("mm/dry.c", "walk_walls", "one_wall", How.POINTER, (19,), "visit"),
    )
    assert index.edge("use_ops", "gloss_apply") == (
        Call("fs/gloss.c", "use_ops", "gloss_apply", How.POINTER, (20,), "apply"),
    )
    assert index.edge("walk_walls", "gloss_apply")[0].how is How.NONE


def test_calls(index: Index) -> None:
    """All outgoing calls, each with its way."""
    assert [(call.callee, call.how, call.lines) for call in index.calls("mm/dry.c", "dry")] == [
        ("cover", How.MACRO, (11,)),
        ("helper", How.DIRECT, (13, 14)),
        ("shake", How.MACRO, (12,)),
    ]
    assert ("one_wall", How.POINTER, "walk_walls") in [
        (call.callee, call.how, call.via) for call in index.calls("mm/dry.c", "all_walls")
    ]


def test_nearest(index: Index) -> None:
    """An unknown name is answered with those that share its words."""
    assert index.nearest("walk_all_walls")[0] in ("walk_walls", "all_walls")
    assert index.nearest("gloss_aply") == ("gloss_apply",)
    assert index.nearest("CONFIG_PAINTS") == ("CONFIG_PAINT",)
    assert index.nearest("qqqqq") == ()


def test_prefetch_and_build(index: Index) -> None:
    """Facts fetched beforehand answer the same, and progress counts every file."""
    seen: list[tuple[int, int]] = []
    index.prefetch(["dry", "gloss.c:helper", "nobody"])
    index.build(lambda done, of: seen.append((done, of)))
    assert seen[-1][0] == seen[-1][1] == len(index.outline.paths)
    assert index.edge("dry", "helper")[0].lines == (13, 14)


def test_only_candidates_are_parsed(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question parses the files that may define the name, no other."""
    read: list[str] = []
    whole = index.facts
    monkeypatch.setattr(index, "facts", lambda path: read.append(path) or whole(path))  # type: ignore[func-returns-value]
    index.definitions("gloss_apply")
    assert set(read) == {"fs/gloss.c"}


def test_outline_is_shared_and_follows_edits(index: Index, tree: Path, tmp_path: Path) -> None:
    """Another index of the same tree reads the outline; after an edit it is made anew."""
    index.definitions("dry")
    (tree / "mm" / "wet.c").write_text("int wet(void)\n{\n\treturn 1;\n}\n")
    again = Index(open_tree(str(tree)), Store(tmp_path / "store"))
    assert again.definitions("wet")[0].file == "mm/wet.c"


def test_workers_give_the_same(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts made by processes of our own are those made here."""
    from kernelref.resolvers.index import scan

    monkeypatch.setattr(scan, "_WORTH_WORKERS", 0)
    monkeypatch.setattr(scan, "_SEGMENT", 2)
    store = Store(tmp_path / "parallel")
    index = Index(open_tree(str(tree)), store)
    index.build()
    for path in index.outline.paths:
        assert store.has_facts(index.blob(path))
    assert index.edge("dry", "helper")[0].lines == (13, 14)


def test_workers_that_cannot_start(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be started the work is done here."""
    from kernelref.resolvers.index import scan, workers

    monkeypatch.setattr(scan, "_WORTH_WORKERS", 0)
    monkeypatch.setattr(scan, "_SEGMENT", 2)
    monkeypatch.setattr(workers.sys, "executable", str(tmp_path / "no-python"))
    index = Index(open_tree(str(tree)), Store(tmp_path / "serial"))
    index.build()
    assert index.store.has_facts(index.blob("mm/dry.c"))


@pytest.fixture(scope="session")
def real(kernel_trees: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Give an index of a real tree, in a store of its own."""
    return Index(open_tree(str(kernel_trees / "linux-6.18")), Store(tmp_path_factory.mktemp("store")))


@pytest.mark.parametrize(
    ("caller", "callee", "how"),
    [
        ("do_madvise", "madvise_do_behavior", How.DIRECT),
        ("zap_pte_range", "pte_unmap_unlock", How.MACRO),
        ("zap_pte_range", "do_madvise", How.NONE),
        ("__do_fault", "shmem_fault", How.POINTER),
        ("rmap_walk_anon", "folio_referenced_one", How.POINTER),
        ("sys_madvise", "do_madvise", How.DIRECT),
    ],
)
def test_real_edges(real: Index, caller: str, callee: str, how: How) -> None:
    """Edges that anybody can look up in v6.18 have the way that the source shows."""
    calls = [call for call in real.edge(caller, callee) if not call.file.startswith("tools/")]
    assert {call.how for call in calls} == {how}
    assert all(call.lines for call in calls if how is not How.NONE)


def test_real_definitions(real: Index) -> None:
    """Names of every kind are where they are in v6.18."""
    assert [each.file for each in real.definitions("zap_page_range_single_batched")] == ["mm/memory.c"]
    assert real.definitions("vm_area_struct")[0].kind is Kind.STRUCT
    assert real.definitions("VM_FAULT_OOM")[0].kind is Kind.ENUMERATOR
    assert real.definitions("folio_test_locked")[0].file == "include/linux/page-flags.h"
    assert real.nearest("map_page_range_single_batched")[0] == "zap_page_range_single_batched"
