"""A quick look at a file names at least the types that a parse finds in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernelref.core.source import Kind
from kernelref.resolvers.index import registers
from kernelref.resolvers.index.kinds import (
    BARE,
    ENUMERATOR,
    FUNCTION,
    PROTOTYPE,
    STATIC,
    TAG,
    TYPEDEF,
)
from kernelref.resolvers.index.outline import outline
from kernelref.resolvers.index.parse import parse
from kernelref.resolvers.tree import open_tree

TYPES = (Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.ENUMERATOR, Kind.TYPEDEF)
SAMPLES = sorted((Path(__file__).parent.parent / "data" / "c").glob("*.[ch]"))


def missed(path: str, source: bytes) -> set[str]:
    """Give the types that a parse finds and a look does not."""
    looked = outline(path, source).names
    seen = set().union(*(looked.get(kind, ()) for kind in (TAG, ENUMERATOR, TYPEDEF)))
    return {one.name for one in parse(source).found if one.kind in TYPES and one.name.encode() not in seen}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_samples(path: Path) -> None:
    """Of the samples no type is missed."""
    assert missed(path.name, path.read_bytes()) == set()


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("dry", "struct dry {\n\tint damp;\n};\n"),
        ("dry", "struct dry\n{\n\tint damp;\n};\n"),
        ("dry", "struct dry{ int damp; };\n"),
        ("dry", "struct dry\t\t\t{ int damp; };\n"),
        ("dry", "union dry    {\n\tint damp;\n};\n"),
        ("dry", "union dry\n\n{\n\tint damp;\n};\n"),
        ("dry", "union dry \n{\n\tint damp;\n};\n"),
        ("dry", "union dry\n {\n\tint damp;\n};\n"),
        (
            "dry",
            "struct wet {\n\tunion\n\t{\n\t\tstruct dry\n\t\t{\n\t\t\tint damp;\n\t\t} soak;\n\t};\n};\n",
        ),
        ("dry", "struct dry { /* while it lasts */\n\tint damp;\n};\n"),
        ("dry", "struct dry /* while it lasts */ {\n\tint damp;\n};\n"),
        ("dry", "struct dry\t/* while it lasts */\n{\n\tint damp;\n};\n"),
        ("dry", "struct dry // while it lasts\n{\n\tint damp;\n};\n"),
        ("dry", "#ifdef WET\nstruct soak\n#else\nstruct dry\n#endif\n{\n\tint damp;\n};\n"),
        ("dry", "struct __packed dry {\n\tint damp;\n};\n"),
        ("dry", "struct __aligned(L1_CACHE_BYTES) dry {\n\tint damp;\n};\n"),
        ("dry", "struct dry __aligned {\n\tint damp;\n};\n"),
        ("dry", "typedef struct dry {\n\tint damp;\n} dry_t;\n"),
        ("a_struct", "struct a_struct {\n\tint damp;\n};\n"),
        ("undo", "struct undo {\n\tint damp;\n};\n"),
        ("dry", "enum dry { DAMP, WET };\n"),
        ("dry", "enum dry {DAMP,WET};\n"),
        ("dry", "enum dry\n{\n\tDAMP = 1, /* a bit */\n\tWET\n};\n"),
        ("__dry", "enum __dry {\n\tDAMP, /* less than {wet} */\n\tWET,\n\tSOAKED /* } */\n};\n"),
        ("dry", "enum dry {\n\tBIT(DAMP),\n#ifdef MUD\n\tWET,\n#endif\n\tSOAKED\n};\n"),
        ("dry", "/* An enum of struct and union. */\nenum dry {\n\tDAMP,\n\tWET,\n};\n"),
        ("dry", "struct wet {\n\tenum dry\t\t/* how */\n\t{\n\t\tDAMP,\n\t} how;\n};\n"),
    ],
)
def test_ways_to_write(tag: str, text: str) -> None:
    """However a type is written it is seen, with its enumerators."""
    assert tag.encode() in outline("mm/a.h", text.encode()).names[TAG]
    assert missed("mm/a.h", text.encode()) == set()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dry_t", "typedef struct { int damp; } dry_t;\n"),
        ("dry_t", "typedef struct dry {\n\tint damp;\n} dry_t,\n  *pdry_t;\n"),
        ("pdry_t", "typedef struct dry {\n\tint damp;\n} dry_t,\n  *pdry_t;\n"),
        (
            "dry_t",
            "typedef struct {\n\tunion {\n\t\tint damp;\n\t};\n} __attribute__((aligned(4))) dry_t;\n",
        ),
        ("dry_t", "typedef unsigned long dry_t;\n"),
        ("dry_t", "typedef int dry_t __attribute__ ((mode (__word__)));\n"),
        ("dry_t", "typedef int dry_t\t__mode(SI);\n"),
        ("dry_t", "typedef struct dry __attribute__((aligned(DAMP))) dry_t;\n"),
        ("dry_t", "typedef unsigned short dry_t[DAMP];\n"),
        ("dry_t", "/**\n * typedef dry_t - how (if at all) it dries\n */\ntypedef int (*dry_t)(int damp);\n"),
        ("dry_t", "typedef int dry_t(int damp);\n"),
        ("dry_t", "struct wet {\n\tint damp;\n};\n\n\ttypedef typeof(int [A])\n\tdry_t;\n"),
    ],
)
def test_typedefs(name: str, text: str) -> None:
    """However a type is given a name, the name is seen."""
    assert name.encode() in outline("mm/a.h", text.encode()).names[TYPEDEF]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FUNCTION, "int dry(void)\n{\n}\n"),
        (STATIC, "static struct wet *dry(void)\n{\n}\n"),
        (FUNCTION, "const char\n*dry(void)\n{\n}\n"),
        (STATIC, "static struct wet *\n\t\tdry(void)\n{\n}\n"),
        (STATIC, "static struct wet *dry\n\t(int damp)\n{\n}\n"),
        (STATIC, "static int dry\n(int damp)\n{\n}\n"),
        (PROTOTYPE, "extern int dry(int damp,\n\t int wet);\n"),
        (BARE, "struct wet *\ndry(int damp)\n{\n}\n"),
    ],
)
def test_heads(kind: str, text: str) -> None:
    """Wherever the lines of a head end, its name is seen."""
    assert b"dry" in outline("mm/a.c", text.encode()).names[kind]


def test_no_types() -> None:
    """What has a brace and is no type is none."""
    text = (
        b"int f(struct dry *a)\n{\n\tdo {\n\t\tg();\n\t} while (0);\n\telse {\n\t}\n}\nint b[] = { DAMP };\n"
    )
    names = outline("mm/a.c", text).names
    assert (names[TAG], names[ENUMERATOR]) == (set(), set())


@pytest.mark.parametrize("folder", ["mm/", "include/linux/"])
def test_a_real_tree(kernel_trees: Path, folder: str) -> None:
    """Of two folders of v6.18 no type is missed."""
    tree = open_tree(str(kernel_trees / "linux-6.18"))
    paths = [path for path in tree.paths() if path.startswith(folder) and path.endswith((".c", ".h"))][::3]
    lost = {
        path: names
        for path, source in tree.read_many(paths)
        if not registers.is_list(path, source) and (names := missed(path, source))
    }
    assert paths
    assert lost == {}
