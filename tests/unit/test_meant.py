"""Whom a name means: the function and not its stub, the usual architecture, no call of itself."""

from __future__ import annotations

import pytest
from support import write_files

from kernelref.core.source import How
from kernelref.core.steps import Symbol
from kernelref.resolvers.index import Index, Store
from kernelref.resolvers.index.callgraph import SourceGraph
from kernelref.resolvers.tree import open_tree

FILES = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 15\n",
    "Kconfig": "\n",
    "include/linux/cut.h": """\
#define cut(log)	cut_into(log, 2)
#define saw(log)	saw_up(log)
#define chop(log)	chop_up(log)
#ifdef CONFIG_CUT
int cut_into(struct log *log, int parts);
#else
static inline int cut_into(struct log *log, int parts)
{
	return 0;
}
#endif
#ifndef CONFIG_SAW
static inline int saw_up(struct log *log)
{
	return 0;
}
#endif
static inline int chop_up(struct log *log)
{
	return 1;
}
#define stack stack
static inline int stack(struct log *log)
{
	return chop(log);
}
""",
    "mm/cut.c": """\
#include <linux/cut.h>
int cut_into(struct log *log, int parts)
{
	return parts;
}
int saw_up(struct log *log)
{
	return 3;
}
""",
    "include/linux/wood.h": """\
#ifndef CONFIG_WOOD
static inline int wood_is_dry(int a)
{
	return 0;
}
#endif
#ifndef bark
static inline int bark(int a)
{
	return a;
}
#endif
#ifndef CONFIG_LEAF
static inline int leaf(int a)
{
	WARN_ON(a);
	return a;
}
#endif
#ifndef CONFIG_RT
static inline int grow(int a)
{
	return grow_up(a);
}
#endif
""",
    "include/linux/wood_rt.h": "static inline int grow(int a)\n{\n\treturn grow_rt(a);\n}\n",
    "include/asm-generic/wood.h": "#ifndef leaf\nstatic inline int leaf(int a)\n{\n\treturn 2;\n}\n#endif\n",
    "arch/x86/include/asm/wood.h": "static inline int wood_is_dry(int a)\n{\n\treturn 1;\n}\n"
    "static inline int bark(int a)\n{\n\treturn 1;\n}\n",
    "arch/arm64/mm/wood.c": "int leaf(int a)\n{\n\treturn 3;\n}\n",
    "arch/x86/boot/wood.c": "int fell(int a)\n{\n\treturn 1;\n}\n",
    "kernel/wood.c": "int fell(int a)\n{\n\treturn plank(a);\n}\n",
    "lib/wood.c": "#define plank(a) a\n",
    "include/linux/plank.h": "#define plank(a) __plank(a)\n#define plank_too plank\n",
    "mm/wood.c": """\
#include <linux/wood.h>
#include <asm/wood.h>
#include <asm-generic/wood.h>
#include <linux/plank.h>
#include <linux/wood_rt.h>
int work(int a)
{
	return wood_is_dry(a) + bark(a) + leaf(a) + fell(a) + plank_too(a) + grow(a);
}
""",
    "lib/other.c": "int chop_up(int a)\n{\n\treturn a;\n}\n",
    "arch/arm64/include/asm/axe.h": "static inline int axe(int a)\n{\n\treturn 1;\n}\n",
    "arch/x86/include/asm/axe.h": "static inline int axe(int a)\n{\n\treturn 2;\n}\n",
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> SourceGraph:
    """The graph of a tree whose headers have stubs."""
    folder = tmp_path_factory.mktemp("stubs")
    write_files(folder, FILES)
    return SourceGraph(Index(open_tree(str(folder)), Store(folder / "store")))


@pytest.mark.parametrize(
    ("macro", "meant"),
    [
        ("cut", Symbol("mm/cut.c", "cut_into")),
        ("saw", Symbol("mm/cut.c", "saw_up")),
        ("chop", Symbol("include/linux/cut.h", "chop_up")),
    ],
)
def test_a_stub_gives_way(graph: SourceGraph, macro: str, meant: Symbol) -> None:
    """A header's call means the function, where the header has a stub for want of it; else its own."""
    assert [step.callee for step in graph.callees(graph.symbols(macro)[0])] == [meant]


def test_stub_and_function_stay_apart(graph: SourceGraph) -> None:
    """Both are definitions, and the function is the first."""
    assert [symbol.file for symbol in graph.symbols("cut_into")] == ["mm/cut.c", "include/linux/cut.h"]
    assert [step.caller.name for step in graph.callers(Symbol("mm/cut.c", "cut_into"))] == ["cut"]
    assert graph.callers(Symbol("include/linux/cut.h", "cut_into")) == ()


def test_a_macro_of_its_own_name(graph: SourceGraph) -> None:
    """``#define f f`` says that there is an f, and is no call of itself."""
    assert [step.callee.name for step in graph.callees(graph.symbols("stack")[0])] == ["chop"]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        # the architecture's, not the common stub, nor what stands in where no architecture has any
        ("wood_is_dry", "arch/x86/include/asm/wood.h"),
        ("bark", "arch/x86/include/asm/wood.h"),
        # the generic one, neither a stub nor another architecture's
        ("leaf", "include/asm-generic/wood.h"),
        # what does something where an option is not set is no stub
        ("grow", "include/linux/wood.h"),
        # the kernel's, not that of a program that starts it
        ("fell", "kernel/wood.c"),
    ],
)
def test_one_of_several(graph: SourceGraph, name: str, file: str) -> None:
    """A caller means the same definition as who asks for the name alone."""
    met = {step.callee.name: step.callee.file for step in graph.callees(Symbol("mm/wood.c", "work"))}
    assert met[name] == graph.symbols(name)[0].file == file


def test_a_macro_for_one_file(graph: SourceGraph) -> None:
    """What a ``.c`` file defines for itself is not what others mean."""
    assert graph.symbols("plank")[0].file == "include/linux/plank.h"


def test_another_word_for_a_macro(graph: SourceGraph) -> None:
    """A macro that is another word for one with parameters is a call of that."""
    (step,) = graph.callees(Symbol("include/linux/plank.h", "plank_too"))
    assert (step.callee, step.call.how) == (Symbol("include/linux/plank.h", "plank"), How.MACRO)


def test_the_architecture_that_is_asked_for(graph: SourceGraph) -> None:
    """Of what each architecture has, the one that was named comes first."""
    assert graph.symbols("axe")[0].file == "arch/x86/include/asm/axe.h"
    assert SourceGraph(graph.index, "arm64").symbols("axe")[0].file == "arch/arm64/include/asm/axe.h"
