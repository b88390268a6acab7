"""Calls through fields: what tables and assignments put there, of the same struct, and who calls it."""

from __future__ import annotations

import pytest
from support import write_files

from kernelref.core.graph import tree
from kernelref.core.paths import paths
from kernelref.core.source import How
from kernelref.core.steps import Step, Symbol
from kernelref.resolvers.index import Index, Store, pointed
from kernelref.resolvers.index.callgraph import SourceGraph
from kernelref.resolvers.tree import open_tree

FILES = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 15\n",
    "Kconfig": "\n",
    "include/linux/oven.h": """\
struct oven;
struct oven_ops {
	int (*light)(struct oven *o);
	struct {
		int (*fire)(struct oven *o);
	} timer;
};
typedef struct oven_ops oven_ops_t;
struct oven {
	const struct oven_ops *ops;
	struct grill {
		int (*light)(struct oven *o);
	} grill;
	union {
		struct grill *other;
		void *data;
	};
#ifdef CONFIG_SPARE
	oven_ops_t *spare;
#endif
};
extern struct oven main_oven;
struct oven *find_oven(int number);
int light_oven(struct oven *o);
""",
    "fs/gas.c": """\
#include <linux/oven.h>
static int gas_light(struct oven *o)
{
	return 1;
}
static int gas_fire(struct oven *o)
{
	return 2;
}
static const struct oven_ops gas = {
	.light = gas_light,
	.timer.fire = gas_fire,
};
void install(struct oven *o)
{
	o->ops = &gas;
}
""",
    "fs/grill.c": """\
#include <linux/oven.h>
static int grill_light(struct oven *o)
{
	return 3;
}
void heat(struct oven *o)
{
	o->grill.light = grill_light;
}
""",
    "fs/lamp.c": """\
struct lamp_ops { int (*light)(void); };
static int lamp_light(void)
{
	return 4;
}
static struct lamp_ops lamp = { .light = lamp_light };
int shine(void)
{
	return lamp.light();
}
""",
    "mm/cook.c": """\
#include <linux/oven.h>
struct oven *find_oven(int number)
{
	return &main_oven;
}
int light_oven(struct oven *o)
{
	return o->ops->light(o);
}
int light_grill(struct oven *o)
{
	return o->other->light(o);
}
int light_main(void)
{
	return main_oven.ops->timer.fire(&main_oven);
}
int light_found(void)
{
	int (*light)(struct oven *o) = find_oven(2)->spare->light;

	return light(0);
}
int light_any(struct cupboard *c)
{
	return c->unknown->light(0);
}
int cook(void)
{
	return light_oven(find_oven(1));
}
""",
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> SourceGraph:
    """The graph of a tree with tables of three structs that have one field in common."""
    folder = tmp_path_factory.mktemp("ovens")
    write_files(folder, FILES)
    return SourceGraph(Index(open_tree(str(folder)), Store(folder / "store")))


def at(graph: SourceGraph, name: str) -> Symbol:
    """The one function of a name."""
    return graph.symbols(name)[0]


def reached(graph: SourceGraph, name: str) -> list[tuple[str, str]]:
    """What a function may reach through fields, and of which struct they are."""
    return sorted((step.callee.name, step.through) for step in graph.below(at(graph, name)) if step.through)


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        ("light_oven", [("gas_light", "oven_ops")]),
        ("light_grill", [("grill_light", "grill")]),
        ("light_main", [("gas_fire", "oven_ops:timer")]),
        ("light_found", [("gas_light", "oven_ops")]),
        ("shine", [("lamp_light", "lamp_ops")]),
        ("light_any", [("gas_light", "oven_ops"), ("grill_light", "grill"), ("lamp_light", "lamp_ops")]),
    ],
)
def test_downwards(graph: SourceGraph, caller: str, expected: list[tuple[str, str]]) -> None:
    """A call reaches what stands in the field of its struct; where that is not known, in any of the name."""
    assert reached(graph, caller) == expected


@pytest.mark.parametrize(
    ("callee", "callers"),
    [
        ("gas_light", ["light_any", "light_found", "light_oven"]),
        ("grill_light", ["light_any", "light_grill"]),
        ("gas_fire", ["light_main"]),
        ("lamp_light", ["shine"]),
    ],
)
def test_upwards(graph: SourceGraph, callee: str, callers: list[str]) -> None:
    """A function in a table is reached by those who call through the field of that struct.

    Files that name neither the struct nor a member of its type are not asked.
    """
    steps = graph.above(at(graph, callee))
    assert sorted(step.caller.name for step in steps) == callers
    assert {step.how for step in steps} == {How.POINTER}
    assert graph.callers(at(graph, callee)) == ()


def test_who_sets_a_field_does_not_call_it(graph: SourceGraph) -> None:
    """An assignment is no call."""
    assert graph.below(at(graph, "heat")) == []


def test_a_known_field_stands_for_itself_no_more(graph: SourceGraph) -> None:
    """What stands in a field takes its place in a tree, marked as reached through it."""
    assert [step.callee for step in graph.callees(at(graph, "light_oven"))] == [Symbol("", "light")]
    (step,) = graph.below(at(graph, "light_oven"))
    assert (step.call.via, step.call.lines, step.how) == ("light", (8,), How.POINTER)
    assert [branch.symbol.name for branch in tree(graph, at(graph, "cook")).walk()] == [
        "cook",
        "find_oven",
        "light_oven",
        "gas_light",
    ]


def test_a_way_through_a_field(graph: SourceGraph) -> None:
    """A way goes through a field where there is none without."""
    found = paths(graph, at(graph, "cook"), at(graph, "gas_light"))
    assert [[step.callee.name for step in path] for path in found.found] == [["light_oven", "gas_light"]]
    assert found.fields == 1
    assert not paths(graph, at(graph, "cook"), at(graph, "gas_light"), pointers=False).found


def test_a_pair(graph: SourceGraph) -> None:
    """One pair is answered without all else that may be reached, and by the struct too."""
    (step,) = graph.between(at(graph, "light_oven"), at(graph, "gas_light"))
    assert step == Step.of(step.caller, step.callee, How.POINTER, [8], "light", "oven_ops")
    assert graph.between(at(graph, "light_oven"), at(graph, "lamp_light")) == []
    assert [call.how for call in graph.index.edge("light_oven", "gas_light")] == [How.POINTER]
    assert [call.how for call in graph.index.edge("light_oven", "lamp_light")] == [How.NONE]


def test_bound(graph: SourceGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many files the nearest are read, and the field stays for what was not."""
    monkeypatch.setattr(pointed, "VAGUE", 1)
    few = SourceGraph(graph.index)
    found = few.below(at(few, "light_any"))
    assert [step.callee for step in found] == [Symbol("", "light")]
