"""``lock`` and derived trees: two releases of a small kernel answer the pages' questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import write_files

from kernelref.cli import lock_trees
from kernelref.cli.lock_kernels import lock_kernels
from kernelref.cli.lock_trees import TreeFacts, TreeQuestions
from kernelref.cli.pages import Pages
from kernelref.config import Settings
from kernelref.core.calltree import parse
from kernelref.core.lock import Became, DerivedTree, KernelLock, Outcome
from kernelref.core.lockfile import load_kernel
from kernelref.core.question import Question
from kernelref.core.releases import Releases
from kernelref.core.source import Call, How
from kernelref.domain import Citation, TreeQuery
from kernelref.resolvers.index import Index, Store
from kernelref.resolvers.index.callgraph import SourceGraph
from kernelref.resolvers.tree import open_tree

OLD, NEW = "v6.18.15", "v7.2.12"

# Bodies long enough that their likeness says something.
WORK = "\n".join(
    f"\tbrush = mix(paint, {number}, brush, wall->coat[{number}], shade);" for number in range(8)
)
EDGE = "\n".join(f"\ttape(wall, {number}, corner(wall, {number} + 2), wall->frame);" for number in range(6))

HEAD = """\
#include <linux/paint.h>

static int tape(int wall, int at, int corner, int frame)
{
	BUG_ON(!wall);
	return at;
}

static int helper(int wall)
{
	pr_info("helped");
	return tape(wall, 1, 2, 3);
}
"""
MM = {
    OLD: f"""{HEAD}
static int paint_one(int wall, int shade)
{{
{WORK}
	return helper(wall);
}}

static int mask_edges(int wall)
{{
{EDGE}
	return 0;
}}

int paint_all(int wall)
{{
	mask_edges(wall);
	if (wall > 3)
		return paint_all(wall - 1);
	return paint_one(wall, 1);
}}
""",
    NEW: f"""{HEAD}
static int paint_single_wall(int wall, int shade)
{{
{WORK}
	return helper(wall);
}}

static int sweep(int wall)
{{
	return wall;
}}

int paint_all(int wall)
{{
{EDGE}
	sweep(wall);
	if (wall > 3)
		return paint_all(wall - 1);
	return paint_single_wall(wall, 1);
}}
""",
}
FS = """\
#include <linux/paint.h>

static int helper(int wall)
{
	return wall;
}

int house(int walls)
{
	helper(walls);
	return paint_all(walls);
}
"""


def write_tree(root: Path, release: str) -> Path:
    """Write one release of the kernel."""
    numbers = release.removeprefix("v").split(".")
    makefile = "VERSION = {}\nPATCHLEVEL = {}\nSUBLEVEL = {}\n".format(*numbers)
    files = {
        "Makefile": makefile,
        "Kconfig": 'source "mm/Kconfig"\n',
        "mm/Kconfig": 'config PAINT\n\tbool "Paint"\n',
        "mm/Makefile": "\n",
        "fs/Makefile": "\n",
        "include/linux/paint.h": "int paint_all(int wall);\n#define coat(w) paint_all(w)\n",
        "mm/paint.c": MM[release],
        "fs/house.c": FS,
    }
    return write_files(root, files)


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SourceGraph]:
    """Give the call graphs of both releases."""
    folder = tmp_path_factory.mktemp("kernels")
    store = Store(folder / "store")
    trees = {tag: open_tree(str(write_tree(folder / tag, tag))) for tag in (OLD, NEW)}
    return {tag: SourceGraph(Index(tree, store)) for tag, tree in trees.items()}


def asked(graphs: dict[str, SourceGraph], *queries: TreeQuery, **locks: KernelLock) -> dict[str, TreeFacts]:
    """Ask all queries of the graphs."""
    known = {lock.release: lock for lock in locks.values()}
    return TreeQuestions(queries, graphs, known, Releases.of({*graphs, *known})).facts


def one(graphs: dict[str, SourceGraph], question: Question, release: str = OLD) -> DerivedTree:
    """Give the answer of one release."""
    return asked(graphs, TreeQuery(question, release, 1))[release].trees[question.key]


def test_ways(graphs: dict[str, SourceGraph]) -> None:
    """Ways become the lines that an author would type, a file where the name alone is ambiguous."""
    found = one(graphs, Question("house", "tape"))
    assert found.lines == (
        "house",
        "  paint_all",
        "    mask_edges",
        "      tape",
        "    paint_one",
        "      mm/paint.c:helper",
        "        tape",
    )
    assert found.complete
    assert parse(found.lines)[0].children[0].name == "paint_all"


def test_ways_beyond_the_count(graphs: dict[str, SourceGraph]) -> None:
    """The shortest ways are kept, and it is said that these may not be all."""
    found = one(graphs, Question("house", "tape", count=1))
    assert [line.strip() for line in found.lines] == ["house", "paint_all", "mask_edges", "tape"]
    assert not found.complete, "longer ways were not looked for"


def test_tree_of_depth(graphs: dict[str, SourceGraph]) -> None:
    """A tree says what calls itself, and counts noise and what the tree at hand does not define."""
    found = one(graphs, Question("paint_all", depth=2))
    assert found.lines[0] == "paint_all [↺ paint_all]"
    assert "    mm/paint.c:helper" in found.lines
    assert found.unread > 0, "mix() and corner() are defined nowhere"
    noisy = one(graphs, Question("mm/paint.c:helper"))
    assert noisy.lines == ("mm/paint.c:helper", "  tape")
    assert noisy.quiet == 2, "BUG_ON() and pr_info()"


def test_quiet_and_loud(graphs: dict[str, SourceGraph]) -> None:
    """A question's own patterns are quiet too, and not counted; what it excepts is not quiet."""
    found = one(graphs, Question("mm/paint.c:helper", quiet=("ta*",)))
    assert found.lines == ("mm/paint.c:helper",)
    assert found.quiet == 1
    loud = one(graphs, Question("mm/paint.c:helper", quiet=("-pr_info",)))
    assert (loud.quiet, loud.unread) == (1, 1)


def test_bound_of_a_tree(graphs: dict[str, SourceGraph]) -> None:
    """What has no room is counted, and the entry that it is missing from bears a sign."""
    found = one(graphs, Question("house", limit=2))
    assert found.lines == ("house [… +1]", "  fs/house.c:helper […]")
    assert (found.complete, found.left_out) == (False, 2)


def test_too_many_lines(graphs: dict[str, SourceGraph], monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree of more lines than a page takes is cut, and not called complete."""
    monkeypatch.setattr(lock_trees, "MAX_NODES", 3)
    found = one(graphs, Question("house", "tape"))
    assert found.lines == ("house", "  paint_all", "    mask_edges")
    assert not found.complete


def test_callers(graphs: dict[str, SourceGraph]) -> None:
    """Callers stand above what they call, a macro among them."""
    found = one(graphs, Question("paint_one", callers=True))
    assert found.lines == ("house", "  paint_all", "    paint_one", "coat", "  paint_all")


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        (Question("paint_nobody"), Outcome.NO_START),
        (Question("paint_all", "nobody"), Outcome.NO_GOAL),
        (Question("tape", "paint_all"), Outcome.NO_PATH),
        (Question("paint_single_wall"), Outcome.NO_START),
    ],
)
def test_no_answer(graphs: dict[str, SourceGraph], question: Question, outcome: Outcome) -> None:
    """A question without an answer is kept with the reason."""
    found = one(graphs, question)
    assert (found.lines, found.outcome) == ((), outcome)


def test_facts_of_a_tree(graphs: dict[str, SourceGraph]) -> None:
    """The functions of a tree and its calls go to where those of declared trees are."""
    facts = asked(graphs, TreeQuery(Question("house", "tape"), "v6.18", 1))[OLD]
    assert facts.names == {"house", "paint_all", "mask_edges", "paint_one", "helper", "tape"}
    assert Call("fs/house.c", "house", "paint_all", How.DIRECT, (11,)) in facts.calls
    assert {call.callee for call in facts.calls if call.caller == "paint_one"} == {"mm/paint.c:helper"}


def test_a_release_that_is_not_at_hand(graphs: dict[str, SourceGraph]) -> None:
    """What no tree is of is not answered, and nothing else suffers."""
    facts = asked(graphs, TreeQuery(Question("house"), "v5.10", 1), TreeQuery(Question("house"), OLD, 2))
    assert [len(facts[tag].trees) for tag in (OLD, NEW)] == [1, 0]


# --- two releases ------------------------------------------------------------

QUESTION = Question("paint_all", "tape")
COMPARED = (TreeQuery(QUESTION, OLD, 1), TreeQuery(QUESTION, NEW, 1, OLD))


def test_likenesses(graphs: dict[str, SourceGraph]) -> None:
    """The newer release keeps how alike vanished and fresh functions are: numbers, no text."""
    facts = asked(graphs, *COMPARED)
    assert not facts[OLD].likenesses
    found = {(at.old, at.new, at.became): at for at in facts[NEW].likenesses}
    renamed = found["mm/paint.c:paint_one", "mm/paint.c:paint_single_wall", Became.RENAMED]
    inlined = found["mm/paint.c:mask_edges", "mm/paint.c:paint_all", Became.INLINED]
    assert renamed.since == OLD
    assert renamed.score > 0.9
    assert inlined.score > 0.9


def test_each_release_is_asked_of_the_other(graphs: dict[str, SourceGraph]) -> None:
    """Functions and calls of either tree are looked up in both releases, renamed ones under both names."""
    facts = asked(graphs, *COMPARED)
    assert facts[OLD].names == facts[NEW].names
    calls = {(call.caller, call.callee): call.how for call in facts[NEW].calls}
    assert calls["paint_all", "paint_single_wall"] is How.DIRECT
    assert calls["paint_all", "tape"] is How.DIRECT
    before = {(call.caller, call.callee): call.how for call in facts[OLD].calls}
    assert before["paint_all", "tape"] is How.NONE
    assert before["paint_one", "mm/paint.c:helper"] is How.DIRECT


def test_declared_tree_is_compared(graphs: dict[str, SourceGraph]) -> None:
    """A tree that an author typed is compared in the same way."""
    roots = parse(["paint_all", "  mask_edges", "  paint_one", "  paint_single_wall"])
    facts = asked(graphs, TreeQuery(None, NEW, 1, OLD, roots))
    became = {(at.old.rpartition(":")[2], at.became) for at in facts[NEW].likenesses}
    assert became == {("paint_one", Became.RENAMED), ("mask_edges", Became.INLINED)}


def test_with_the_other_release_locked_alone(graphs: dict[str, SourceGraph]) -> None:
    """When only one tree is at hand, the other's answer is taken from its lock, and likenesses stay."""
    both = asked(graphs, *COMPARED)
    locks = {
        tag.replace(".", ""): KernelLock(
            tag, "t", ("",), trees=both[tag].trees, likenesses=tuple(sorted(both[tag].likenesses))
        )
        for tag in (OLD, NEW)
    }
    facts = asked({NEW: graphs[NEW]}, *COMPARED, **locks)
    assert facts[NEW].names == both[NEW].names
    assert facts[NEW].likenesses == both[NEW].likenesses


def test_lock_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock files hold it all, read back whole; and not a line of source."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    trees = [open_tree(str(write_tree(tmp_path / tag, tag))) for tag in (OLD, NEW)]
    queries = [("a", query) for query in COMPARED]
    pages = Pages(tmp_path, Settings(), [("a", Citation("kfunc", "paint_all", OLD, 1))], [], queries)
    said: list[str] = []
    lock_kernels(map(Index, trees), pages, said.append, {})
    assert [line.partition(":")[0] for line in said] == [f"linux-{OLD}.json", f"linux-{NEW}.json"]
    lock = load_kernel(tmp_path / "lock" / f"linux-{NEW}.json")
    assert lock.trees[QUESTION.key].lines[0] == "paint_all"
    assert lock.identifiers["mask_edges"] == ()
    assert [at.became for at in lock.likenesses] == [Became.INLINED, Became.RENAMED]
    text = (tmp_path / "lock" / f"linux-{NEW}.json").read_text(encoding="utf-8")
    assert "brush" not in text
