"""Score operation tables against what libclang sees of single files, without a build or a configuration."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_ext"))

from clang.cindex import Config, Cursor, CursorKind, TranslationUnit
from clang.cindex import Index as Clang

from kernelref.core.source import Kind
from kernelref.resolvers.index import Index, Store
from kernelref.resolvers.tree import open_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = tuple[str, int, str, str, str]
"""File, line, struct, field, function."""
Extent = tuple[int, int]

_OPTIONS = TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
_MACROS = ("MODULE", "KBUILD_MODNAME=\"x\"", "KBUILD_BASENAME=\"x\"", "CONFIG_64BIT=1", "CONFIG_X86_64=1",
           "CONFIG_X86=1", "CONFIG_SMP=1", "CONFIG_MMU=1", "CONFIG_BLOCK=1", "CONFIG_NUMA=1",
           "CONFIG_PGTABLE_LEVELS=4", "CONFIG_NR_CPUS=64", "CONFIG_NODES_SHIFT=6", "CONFIG_HZ=250",
           "CONFIG_X86_L1_CACHE_SHIFT=6", "CONFIG_PHYSICAL_ALIGN=0x200000", "CONFIG_PHYSICAL_START=0x1000000",
           "CONFIG_ILLEGAL_POINTER_VALUE=0xdead000000000000", "CONFIG_PAGE_SHIFT=12",
           "CONFIG_HAVE_ARCH_COMPILER_H=1", "CONFIG_PROC_FS=1", "CONFIG_SYSFS=1", "CONFIG_SHMEM=1",
           "CONFIG_TRANSPARENT_HUGEPAGE=1", "CONFIG_HUGETLB_PAGE=1", "CONFIG_SWAP=1")  # fmt: skip


def stand_ins(tree: Path, folder: Path) -> None:
    """Write what a build would generate, as far as a parse needs it: wrappers and empty headers."""
    (folder / "asm").mkdir()
    for header in (tree / "include/asm-generic").glob("*.h"):
        if not (tree / "arch/x86/include/asm" / header.name).exists():
            (folder / "asm" / header.name).write_text(f"#include <asm-generic/{header.name}>\n")
    for header in (tree / "include/uapi/asm-generic").glob("*.h"):
        beside = ("arch/x86/include/uapi/asm", "arch/x86/include/asm")
        if not any((tree / at / header.name).exists() for at in beside):
            (folder / "asm" / header.name).write_text(f"#include <asm-generic/{header.name}>\n")
    for name in ("autoconf.h", "bounds.h", "asm-offsets.h", "utsrelease.h", "timeconst.h", "compile.h"):
        (folder / "generated").mkdir(exist_ok=True)
        text = "#define NR_PAGEFLAGS 25\n#define MAX_NR_ZONES 4\n#define NR_CPUS_BITS 6\n"
        text += "#define SPINLOCK_SIZE 4\n#define LRU_GEN_WIDTH 3\n#define __LRU_REFS_WIDTH 2\n"
        (folder / "generated" / name).write_text(text if name == "bounds.h" else "\n")


def tables(tree: Path, folder: Path, path: str) -> tuple[set[Row], list[Extent]]:
    """The functions in designated fields of a file, and the lines of all initialised variables."""
    places = [folder, tree / "arch/x86/include", tree / "include", tree / "arch/x86/include/uapi"]
    places += [tree / "include/uapi", tree / Path(path).parent]
    given = ["-std=gnu11", "-D__KERNEL__", "-nostdinc", "-w", "-ferror-limit=0", "-fms-extensions"]
    given += [f"-I{place}" for place in places] + [f"-D{macro}" for macro in _MACROS]
    given += [f"-include{tree}/include/linux/compiler-version.h", f"-include{tree}/include/linux/kconfig.h"]
    given += [f"-include{tree}/include/linux/compiler_types.h"]
    unit = Clang.create().parse(str(tree / path), args=given, options=_OPTIONS)
    found: set[Row] = set()
    extents: list[Extent] = []
    for cursor in unit.cursor.get_children():
        if cursor.kind == CursorKind.VAR_DECL and str(cursor.location.file) == str(tree / path):
            rows = set(_fields(cursor, path))
            found |= rows
            if any(each.kind == CursorKind.INIT_LIST_EXPR for each in cursor.get_children()):
                extents.append((cursor.extent.start.line, cursor.extent.end.line))
    return found, extents


def _fields(cursor: Cursor, path: str) -> Iterator[Row]:
    for child in cursor.get_children():
        members = [each for each in child.get_children() if each.kind == CursorKind.MEMBER_REF]
        if members and child.kind == CursorKind.UNEXPOSED_EXPR and cursor.kind == CursorKind.INIT_LIST_EXPR:
            field = members[-1].referenced
            function = _function(child)
            if function and field is not None:
                struct = field.semantic_parent.spelling
                yield path, members[-1].location.line, struct, field.spelling, function
        yield from _fields(child, path)


def _function(cursor: Cursor) -> str:
    """The function that a value is, through casts; nothing where it is built otherwise."""
    inside = [each for each in cursor.get_children() if each.kind != CursorKind.MEMBER_REF]
    if len(inside) != 1 or inside[0].kind == CursorKind.INIT_LIST_EXPR:
        return ""
    one = inside[0]
    if one.kind == CursorKind.DECL_REF_EXPR:
        known = one.referenced
        return one.spelling if known is not None and known.kind == CursorKind.FUNCTION_DECL else ""
    wraps = (CursorKind.UNEXPOSED_EXPR, CursorKind.UNARY_OPERATOR, CursorKind.PAREN_EXPR)
    return _function(one) if one.kind in (*wraps, CursorKind.CSTYLE_CAST_EXPR) else ""


def ours(index: Index, path: str) -> set[Row]:
    """The same, as the index has it."""
    return {
        (path, entry.line, index.types.resolve(path, entry.type or "?"), entry.field, entry.value)
        for entry in index.facts(path).entries
        if entry.owner and any(each.kind == Kind.FUNCTION for _, each in index.found(entry.value, path))
    }


def _is_spelled(tree: Path, row: Row) -> bool:
    """Whether the field's name stands on its line, and is not made by a macro."""
    line = (tree / row[0]).read_text(errors="replace").splitlines()[row[1] - 1]
    return re.search(rf"\.\s*{row[3]}\b", line) is not None


def _share(rows: set[Row], mine: set[Row]) -> float:
    return len(rows & mine) / max(len(rows), 1)


def main() -> None:
    """Score so many files of each folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, required=True, help="a kernel's folder, with its headers")
    parser.add_argument("--folder", action="append", default=[], help="again for each (default: mm and fs)")
    parser.add_argument("--files", type=int, default=40, help="so many files of each folder (default: 40)")
    parser.add_argument("--library", help="the libclang to load, where Python does not find it")
    parser.add_argument("--misses", type=int, default=0, help="print so many of what is missing or false")
    told = parser.parse_args()
    if told.library:
        Config.set_library_file(told.library)
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / "headers").mkdir()
        stand_ins(told.tree, Path(work) / "headers")
        index = Index(open_tree(str(told.tree)), Store(Path(work) / "store"))
        print(f"{'tables':<12} {'spelled':>8} {'found':>8} {'false':>8} {'by macros':>10} {'found':>8}")
        for folder in told.folder or ["mm", "fs"]:
            paths = [
                path
                for path in index.outline.paths
                if path.startswith(f"{folder}/")
                and path.endswith(".c")
                and any(entry.owner for entry in index.facts(path).entries)
            ]
            truth, mine, false = set[Row](), set[Row](), set[Row]()
            for path in paths[:: max(1, len(paths) // told.files)]:
                rows, extents = tables(told.tree, Path(work) / "headers", path)
                here = ours(index, path)
                truth |= rows
                mine |= here
                false |= {row for row in here - rows if any(start <= row[1] <= end for start, end in extents)}
            # A struct without a name has a place for a name in clang, and its holder's in the index.
            named = {row for row in truth if row[2] and "(" not in row[2]}
            spelled = {row for row in named if _is_spelled(told.tree, row)}
            made = named - spelled
            print(
                f"{folder:<12} {len(spelled):>8} {_share(spelled, mine):>8.4f}"
                f" {len(false) / max(len(mine), 1):>8.2%} {len(made):>10} {_share(made, mine):>8.4f}"
            )
            for kind, rows in (("missing", spelled - mine), ("false", false)):
                for row in sorted(rows)[: told.misses]:
                    print(f"    {kind:<8} {row[0]}:{row[1]} {row[2]}.{row[3]} = {row[4]}")


if __name__ == "__main__":
    main()
