"""Operation tables in the terminal: trees, ways and callers through a field, and who stands in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_helpers import FILES, NEW, OLD, Command
from support import write_files

_TABLES = {
    "include/linux/brush.h": "struct brush_ops { int (*dip)(int pot); };\n"
    "struct brush { const struct brush_ops *ops; };\n",
    "lib/flat.c": """\
#include <linux/brush.h>
static int flat_dip(int pot)
{
	return pot;
}
const struct brush_ops flat_ops = {
	.dip = flat_dip,
};
""",
    "lib/round.c": """\
#include <linux/brush.h>
int round_dip(int pot)
{
	return 2 * pot;
}
void make_round(struct brush_ops *ops)
{
	ops->dip = round_dip;
}
""",
    "mm/dip.c": """\
#include <linux/brush.h>
int dip_brush(struct brush *brush)
{
	return brush->ops->dip(1);
}
int dip_twice(struct brush *brush)
{
	return dip_brush(brush) + dip_brush(brush);
}
""",
}


@pytest.fixture(scope="module")
def brushes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a tree with a table, and a field that is set by a function."""
    return str(write_files(tmp_path_factory.mktemp("brushes") / OLD, {**FILES[OLD], **_TABLES}))


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the next release, where the table is gone."""
    files = {**FILES[NEW], **_TABLES, "lib/flat.c": "\n"}
    return str(write_files(tmp_path_factory.mktemp("brushes") / NEW, files))


def words(out: str) -> list[str]:
    """The functions of a tree."""
    return [word for word in out.split() if word.endswith("()")]


def test_tree(run: Command, brushes: str) -> None:
    """What stands in the field is below the call, marked as a may."""
    done = run("calltree", "dip_twice", "--kernel", brushes)
    assert words(done.out) == ["dip_twice()", "dip_brush()", "flat_dip()", "round_dip()"]
    assert "flat_dip()  lib/flat.c:2  L4 (may dip)" in done.out
    assert words(run("calltree", "dip_twice", "--no-pointers", "--kernel", brushes).out) == [
        "dip_twice()",
        "dip_brush()",
    ]


def test_way(run: Command, brushes: str) -> None:
    """A way through the field, where there is none without; JSON has the field and its struct."""
    done = run("calltree", "dip_twice", "--to", "flat_dip", "--kernel", brushes)
    assert (done.code, words(done.out)) == (0, ["dip_twice()", "dip_brush()", "flat_dip()"])
    done = run("calltree", "dip_twice", "--to", "flat_dip", "--kernel", brushes, "--format", "json")
    assert json.loads(done.out)["calls"][-1] == {
        "caller": "mm/dip.c:dip_brush",
        "callee": "lib/flat.c:flat_dip",
        "how": "pointer",
        "lines": [4],
        "via": "dip",
        "struct": "brush_ops",
    }
    done = run("calltree", "dip_twice", "--to", "flat_dip", "--no-pointers", "--kernel", brushes)
    assert done.code == 1


def test_callers(run: Command, brushes: str) -> None:
    """Who calls through the field is above the functions in it; who sets it is not."""
    for function in ("flat_dip", "round_dip"):
        done = run("calltree", function, "--callers", "--kernel", brushes)
        assert words(done.out) == [f"{function}()", "dip_brush()", "dip_twice()"]


def test_difference(run: Command, brushes: str, later: str) -> None:
    """A function that left the table is gone from the tree; what stayed is kept."""
    done = run("calltree", "dip_twice", "--diff", f"{OLD}..{NEW}", "--kernel", brushes, "--kernel", later)
    assert done.code == 0
    assert "- flat_dip()" in done.out
    assert "+ round_dip()" not in done.out and "round_dip()" in done.out


def test_where(run: Command, brushes: str, tmp_path: Path) -> None:
    """A function says in which field of which table it stands, or who sets it."""
    done = run("where", "flat_dip", "--kernel", brushes, "--site", tmp_path)
    assert done.out.splitlines()[-1].split() == [OLD, "brush_ops.dip", "lib/flat.c:7", "flat_ops"]
    done = run("where", "round_dip", "--kernel", brushes, "--site", tmp_path)
    assert done.out.splitlines()[-1].split() == [
        *(OLD, "brush_ops.dip", "lib/round.c:8"),
        *("set", "by", "make_round()"),
    ]
    done = run("where", "flat_dip", "--kernel", brushes, "--site", tmp_path, "--format", "json")
    assert json.loads(done.out)[OLD][0]["fields"] == [
        {
            "struct": "brush_ops",
            "field": "dip",
            "file": "lib/flat.c",
            "line": 7,
            "function": "flat_dip",
            "table": "flat_ops",
        }
    ]


def test_where_a_field(run: Command, brushes: str, later: str, tmp_path: Path) -> None:
    """A field has the functions that stand in it, in each release."""
    both = ("--kernel", brushes, "--kernel", later, "--site", tmp_path)
    done = run("where", "brush_ops.dip", *both)
    assert [line.split()[0::3] for line in done.out.splitlines()[1:]] == [
        [OLD, "flat_dip"],
        [OLD, "round_dip"],
        [NEW, "round_dip"],
    ]
    told = json.loads(run("where", "brush_ops.dip", *both, "--format", "json").out)
    assert [one["function"] for one in told[OLD]] == ["flat_dip", "round_dip"]
    assert told[NEW][0]["setter"] == "make_round"
    done = run("where", "brush_ops.rinse", *both)
    assert done.code == 1 and "no function is set into brush_ops.rinse" in done.told
    done = run("where", "brush_ops.dip", "--site", tmp_path)
    assert done.code == 2 and "no tree is named" in done.told
