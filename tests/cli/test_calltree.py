"""``calltree``: the real command on two small releases, in all its forms."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_helpers import FILES, NEW, OLD, Command, tarball
from support import write_files

from kernelref.core.calltree import edges, parse


def test_tree(run: Command, old: str) -> None:
    """The tree has each function with its place, and each call with its line and its way."""
    done = run("calltree", "do_paint", "--kernel", old)
    assert (done.code, done.told) == (0, "")
    lines = [line.strip("│├└─ ") for line in done.out.splitlines()]
    assert lines[0] == OLD
    assert "do_paint()  mm/paint.c:56" in lines
    assert "paint_single()  mm/paint.c:10  L44" in lines
    assert "cover()  include/linux/paint.h:3  L18 (macro)" in lines
    assert "one_wall()  mm/paint.c:51  L10 (may visit)" in lines
    assert "helper()  mm/walk.c:3  L10" in lines
    assert "WARN_ON" not in done.out


def test_several_releases(run: Command, old: str, new: str) -> None:
    """Each tree that is named answers; the parentheses of a name do not matter."""
    done = run("calltree", "paint_walls()", "--kernel", old, "--kernel", new)
    assert done.code == 0
    before, after = done.out.split(NEW)
    assert "paint_single" in before and "__paint_range" in after


def test_kernels_from_the_environment(
    run: Command, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KERNELS names the trees where no option does; an option takes its place."""
    monkeypatch.setenv("KERNELS", f"{old} {new}")
    assert run("calltree", "do_paint", "--depth", 1).out.count("do_paint()") == 2
    assert run("calltree", "do_paint", "--depth", 1, "--kernel", new).out.count("do_paint()") == 1


def test_git_and_tarball(run: Command, linux_git: Path, tmp_path: Path, old: str) -> None:
    """A tag of a repository and a tarball say what the folder says."""
    packed = tarball(tmp_path / "linux.tar.gz", FILES[OLD])
    expected = run("calltree", "do_paint", "--kernel", old).out
    for spec in (f"v6.18={linux_git}@{OLD}", f"{OLD}={packed}", f"{linux_git}@{OLD}", packed):
        assert run("calltree", "do_paint", "--kernel", spec).out == expected


# --- what is asked ---------------------------------------------------------------------------------------


def test_to(run: Command, old: str) -> None:
    """The ways to a function, and nothing beside them."""
    done = run("calltree", "do_paint", "--to", "apply_coat", "--kernel", old)
    assert done.code == 0
    assert [word for word in done.out.split() if word.endswith("()")] == [
        "do_paint()",
        "paint_walls()",
        "paint_single()",
        "cover()",
        "apply_coat()",
    ]


def test_no_way(run: Command, old: str) -> None:
    """No way within the depth is exit code 1, and says within how many calls."""
    done = run("calltree", "do_paint", "--to", "apply_coat", "--depth", 2, "--kernel", old)
    assert (done.code, done.out) == (1, "")
    assert f"no way from do_paint to apply_coat in what was read of {OLD} within 2 calls" in done.told


def test_callers(run: Command, old: str) -> None:
    """Who calls a function, through the macro that hides it."""
    done = run("calltree", "apply_coat", "--callers", "--kernel", old)
    names = [word for word in done.out.split() if word.endswith("()")]
    assert names == ["apply_coat()", "cover()", "paint_single()", "paint_walls()"]


def test_depth(run: Command, old: str) -> None:
    """A depth of one shows the calls of the function alone."""
    done = run("calltree", "do_paint", "--depth", 1, "--kernel", old)
    names = [word for word in done.out.split() if word.endswith("()")]
    assert names == ["do_paint()", "paint_walls()", "walk_walls()"]


def test_limit(run: Command, old: str) -> None:
    """What had no room is counted and told."""
    done = run("calltree", "do_paint", "--limit", 3, "--kernel", old)
    assert done.code == 0
    assert done.out.count("()") == 3
    assert "not all is shown" in done.told and "--limit" in done.told


def test_count(run: Command, tmp_path: Path) -> None:
    """So many ways and no more, shortest first, with a notice."""
    source = "int z(void) { return 1; }\nint b(void) { return z(); }\nint c(void) { return b() + z(); }\n"
    source += "int a(void) { return b() + c() + z(); }\n"
    tree = write_files(tmp_path / "ways", {**FILES[OLD], "mm/ways.c": source})
    done = run("calltree", "a", "--to", "z", "--count", 1, "--kernel", tree)
    assert [word for word in done.out.split() if word.endswith("()")] == ["a()", "z()"]
    assert "not all is shown" in done.told
    whole = run("calltree", "a", "--to", "z", "--kernel", tree)
    assert "c()" in whole.out and not whole.told


def test_no_pointers(run: Command, old: str) -> None:
    """Without pointers, what a parameter may hold is not followed."""
    assert "one_wall()" in run("calltree", "walk_walls", "--kernel", old).out
    assert "one_wall()" not in run("calltree", "walk_walls", "--no-pointers", "--kernel", old).out


def test_quiet(run: Command, old: str) -> None:
    """Names are left out and shown after all, as asked; a pattern that is none is refused."""
    assert "free_brush" not in run("calltree", "do_paint", "--quiet", "free_*", "--kernel", old).out
    assert "WARN_ON" not in run("calltree", "apply_coat", "--kernel", old).out
    assert "WARN_ON" in run("calltree", "apply_coat", "--quiet=-WARN_ON", "--kernel", old).out
    assert run("calltree", "do_paint", "--quiet", "[", "--kernel", old).code == 2


def test_arch(run: Command, old: str) -> None:
    """A name that each architecture has means the one that was asked for."""
    assert "arch/x86/mm/dryer.c:1" in run("calltree", "one_wall", "--kernel", old).out
    assert "arch/arm64/mm/dryer.c:1" in run("calltree", "one_wall", "--arch", "arm64", "--kernel", old).out
    done = run("calltree", "one_wall", "--arch", "riscv", "--kernel", old)
    assert done.code == 2 and f"--arch riscv: what was read of {OLD} has no arch/riscv" in done.told


def test_ambiguous(run: Command, old: str) -> None:
    """A name with several definitions says which others there are, at either end of a question."""
    done = run("calltree", "helper", "--kernel", old)
    assert done.code == 0 and "helper is also mm/walk.c:helper; write FILE:NAME" in done.told
    assert not run("calltree", "mm/walk.c:helper", "--kernel", old).told
    done = run("calltree", "do_paint", "--to", "helper", "--kernel", old)
    assert done.code == 1 and "helper is also mm/walk.c:helper" in done.told
    assert run("calltree", "do_paint", "--to", "mm/walk.c:helper", "--kernel", old).code == 0


# --- forms -----------------------------------------------------------------------------------------------


def test_myst(run: Command, old: str) -> None:
    """What is to be pasted is a directive whose tree reads back, each name with its file."""
    lines = run("calltree", "do_paint", "--format", "myst", "--kernel", old).out.splitlines()
    assert lines[:3] == ["```{calltree}", ":kernel: v6.18", ""] and lines[-1] == "```"
    found = {(a.spelled, b.spelled) for a, b in edges(parse(lines[3:-1]))}
    assert ("mm/paint.c:do_paint", "mm/walk.c:walk_walls") in found
    assert ("mm/walk.c:walk_walls", "mm/paint.c:one_wall") in found


def test_myst_of_callers(run: Command, old: str) -> None:
    """Callers below what they call would read as calls the wrong way: the question is given instead."""
    done = run("calltree", "apply_coat", "--callers", "--depth", 2, "--format", "myst", "--kernel", old)
    assert done.out == "```{calltree}\n:from: apply_coat\n:callers:\n:depth: 2\n:kernel: v6.18\n```\n"


def test_json(run: Command, old: str) -> None:
    """JSON has each call with its way and lines, and is one object for a release."""
    got = json.loads(run("calltree", "do_paint", "--format", "json", "--kernel", old).out)
    assert (got["release"], got["complete"]) == (OLD, True)
    assert got["functions"]["mm/paint.c:paint_single"] == "mm/paint.c:10"
    (call,) = (one for one in got["calls"] if one["callee"] == "mm/paint.c:one_wall")
    assert call == {
        "caller": "mm/walk.c:walk_walls",
        "callee": "mm/paint.c:one_wall",
        "how": "pointer",
        "lines": [10],
        "via": "visit",
    }


def test_charts(run: Command, old: str) -> None:
    """Mermaid and Graphviz have each function and each call, callers before what they call."""
    mermaid = run("calltree", "do_paint", "--format", "mermaid", "--kernel", old).out
    assert "flowchart" in mermaid and "<code>paint_single()</code>" in mermaid
    dot = run("calltree", "apply_coat", "--callers", "--format", "dot", "--kernel", old).out
    assert dot.startswith(f'digraph "{OLD}" {{') and dot.endswith("}\n")
    assert '"include/linux/paint.h:cover" -> "mm/paint.c:apply_coat"' in dot


def test_hostile_path(run: Command, tmp_path: Path) -> None:
    """What is in a path reaches no terminal raw, in whatever form."""
    path = 'mm/\x1b[31m\u202e"a b.c'
    tree = write_files(tmp_path / "tree", {**FILES[OLD], path: "int odd(void) { return sort(1); }\n"})
    for form in ("text", "myst", "mermaid", "dot", "json"):
        done = run("calltree", "odd", "--format", form, "--kernel", tree)
        assert done.code == 0, form
        assert not {char for char in done.out + done.told if not char.isprintable()} - {"\n"}, form
    for words in (("where", "odd"), ("where", "odd", "--format", "json")):
        done = run(*words, "--kernel", tree, "--site", tmp_path)
        assert done.code == 0
        assert not {char for char in done.out if not char.isprintable()} - {"\n"}
    other = write_files(
        tmp_path / "two",
        {path: "int odd(void) { return 0; }\n", "mm/b.c": "int odd(void) { return 0; }\n", **FILES[OLD]},
    )
    assert "\x1b" not in run("calltree", "odd", "--kernel", other).told
    assert "\x1b" not in run("calltree", "odd", "--kernel", tmp_path / "\x1b[31m").told


def test_path_with_a_line_break(run: Command, tmp_path: Path) -> None:
    """A file whose path is no line is passed over, and breaks nothing."""
    text = "int odd(void) { return 0; }\n"
    tree = write_files(tmp_path / "tree", {**FILES[OLD], "mm/a\nb.c": text, "mm/a\tb.c": text})
    assert run("calltree", "odd", "--kernel", tree).code == 1
    assert run("calltree", "do_paint", "--kernel", tree).code == 0


# --- two releases ----------------------------------------------------------------------------------------


def test_diff(run: Command, old: str, new: str) -> None:
    """The difference tells what was renamed (with the score), inlined, is gone, and is new."""
    done = run("calltree", "do_paint", "--diff", "v6.18..v7.2", "--kernel", old, "--kernel", new)
    assert done.code == 0
    lines = [line.lstrip("│├└─ ") for line in done.out.splitlines()]
    assert lines[0] == f"{OLD} → {NEW}"
    assert "~ __paint_range()  mm/paint.c:10  [renamed from paint_single, 1.00]" in lines
    assert "i flush_drops()  mm/paint.c:25  [inlined into paint_walls, 1.00]" in lines
    assert "- free_brush()  mm/paint.c:37  [gone]" in lines
    assert "+ sand_floor()  mm/paint.c:25  [new]" in lines
    assert "1 renamed, 1 inlined, 1 gone, 1 new" in lines[-1]


def test_diff_of_ways(run: Command, old: str, new: str) -> None:
    """Two sets of ways compare too."""
    words = ("--to", "apply_coat", "--diff", "v6.18..v7.2", "--kernel", old, "--kernel", new)
    done = run("calltree", "do_paint", *words)
    assert done.code == 0
    assert "renamed from paint_single, 1.00" in done.out and "free_brush" not in done.out


def test_diff_forms(run: Command, old: str, new: str) -> None:
    """Each form tells what a rename rests on; the directive asks the same question again."""
    words = ("calltree", "do_paint", "--diff", "v6.18..v7.2", "--kernel", old, "--kernel", new, "--format")
    got = json.loads(run(*words, "json").out)
    assert (got["old"], got["new"]) == (OLD, NEW)
    assert got["functions"]["mm/paint.c:__paint_range"] == {
        "change": "renamed",
        "score": 1.0,
        "old": "mm/paint.c:paint_single",
    }
    assert got["functions"]["mm/paint.c:flush_drops"]["into"] == ["mm/paint.c:paint_walls"]
    for form in ("mermaid", "dot"):
        out = run(*words, form).out
        assert "renamed from paint_single, 1.00" in out
        assert "no longer called" in out and "no such call" not in out
    asked = run(*words, "myst", "--to", "apply_coat", "--quiet", "free_*").out
    assert asked == (
        "```{calltree}\n:from: do_paint\n:to: apply_coat\n:quiet: free_*\n:diff: v6.18..v7.2\n```\n"
    )


def test_diff_where_one_has_not_the_function(run: Command, old: str, new: str) -> None:
    """A function that only one release has is told, and the other's tree is shown."""
    done = run("calltree", "sand_floor", "--diff", "v6.18..v7.2", "--kernel", old, "--kernel", new)
    assert done.code == 0
    assert f"sand_floor is not in what was read of {OLD}" in done.told
    assert "+ sand_floor()" in done.out
    assert (
        run("calltree", "nothing_at_all", "--diff", "v6.18..v7.2", "--kernel", old, "--kernel", new).code == 1
    )


def test_diff_of_a_folder_that_was_not_read(run: Command, old: str, new: str, tmp_path: Path) -> None:
    """What lies in a folder that the other tree lacks is not known there, and never gone."""
    part = tmp_path / "part"
    shutil.copytree(new.partition("=")[2], part, ignore=shutil.ignore_patterns("walk.c"))
    shutil.move(part / "mm", part / "security")
    done = run("calltree", "walk_walls", "--diff", "v6.18..v7.2", "--kernel", old, "--kernel", part)
    assert f"walk_walls is not in what was read of {NEW}" in done.told
    assert "gone" not in done.out
    assert f"walk_walls()  mm/walk.c:8  [not in what was read of {NEW}]" in done.out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("v6.18", "--diff v6.18: write two releases, as in v6.18..v7.2"),
        ("..v7.2", "write two releases"),
        ("v7.2..v7.2", "these are one release; write two"),
        ("v6.18..v6.1", f"there is no tree of v6.1, only of {OLD}, {NEW}; name one with --kernel"),
    ],
)
def test_diff_cannot_be_asked(run: Command, old: str, new: str, asked: str, said: str) -> None:
    """Two releases are needed, and the tree of each."""
    done = run("calltree", "do_paint", "--diff", asked, "--kernel", old, "--kernel", new)
    assert done.code == 2 and said in done.told


def test_releases_without_their_letter(run: Command, old: str, new: str) -> None:
    """As in ``--kernel``, a release may be named without its ``v``."""
    trees = ("--kernel", old, "--kernel", new)
    asked = (run("calltree", "do_paint", "--diff", diff, *trees) for diff in ("6.18..7.2", "v6.18..v7.2"))
    assert len({(done.code, done.out) for done in asked}) == 1


# --- what is wrong ---------------------------------------------------------------------------------------


def test_unknown_function(run: Command, old: str) -> None:
    """A name that is not there is exit code 1, with the nearest names."""
    done = run("calltree", "do_pain", "--kernel", old)
    assert (done.code, done.out) == (1, "")
    assert done.told == f"kernelref: do_pain is not in what was read of {OLD}; the nearest names are do_paint"
    done = run("calltree", "do_paint", "--to", "apply_coats", "--kernel", old)
    assert done.code == 1 and "apply_coats is not in" in done.told and "apply_coat" in done.told


def test_both_directions(run: Command, old: str) -> None:
    """Upwards and downwards at once is no question."""
    done = run("calltree", "do_paint", "--to", "sort", "--callers", "--kernel", old)
    assert done.code == 2 and "give one of them" in done.told


def test_no_tree(run: Command) -> None:
    """Without a tree there is nothing to ask."""
    done = run("calltree", "do_paint")
    assert done.code == 2 and "no tree is named" in done.told


def test_wrong_trees(run: Command, tmp_path: Path, linux_git: Path, kernels: dict[str, Path]) -> None:
    """Each way in which a tree is not what was said is one sentence, before any work."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("x")
    wrong = {
        f"{tmp_path}/nowhere": "is not there",
        f"{tmp_path}/empty": "is not a kernel tree: it has no Makefile",
        f"{tmp_path}/file.txt": "neither a folder nor a tarball",
        f"v6.12={kernels[OLD]}": f"is not v6.12: its Makefile says {OLD}",
        f"{linux_git}@v9.9": f"has no tag v9.9; it has {NEW}, {OLD}",
        f"{kernels[OLD]}@{OLD}": "is not a git repository",
    }
    for spec, said in wrong.items():
        done = run("calltree", "do_paint", "--kernel", spec)
        assert (done.code, done.out) == (2, ""), spec
        assert said in done.told, spec


@pytest.mark.parametrize(
    "words", [("--depth", "0"), ("--limit", "x"), ("--format", "svg"), ("--count", "-1")]
)
def test_wrong_options(run: Command, words: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A value that an option cannot have is told by the option's name."""
    with pytest.raises(SystemExit) as stopped:
        run("calltree", "do_paint", *words)
    assert stopped.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_as_a_process(old: str, tmp_path: Path) -> None:
    """``python -m kernelref`` is the same command; who reads only the head of it gets no traceback."""
    env = {**os.environ, "KERNELREF_CACHE": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "kernelref", "calltree", "do_paint", "--kernel", old, "--format", "json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["release"] == OLD
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, env=env, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


# --- what moved, and what was not read -------------------------------------------------------------------

_USERS = "int crush(void)\n{\n\treturn pigment(1);\n}\nint blend(void)\n{\n\treturn crush();\n}\n"
_PIGMENT = "int pigment(int a)\n{\n\treturn a;\n}\n"


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Give two releases between which a function moved, and a part of the newer that lacks its folder."""
    root = tmp_path_factory.mktemp("moving")
    old = write_files(root / "a", {**FILES[OLD], "mm/mix.c": _USERS, "mm/pigment.c": _PIGMENT})
    new = write_files(root / "b", {**FILES[NEW], "mm/mix.c": _USERS, "lib/pigment.c": _PIGMENT})
    part = {path: text for path, text in FILES[NEW].items() if not path.startswith("mm/")}
    lacking = write_files(root / "c", {**part, "lib/mix.c": _USERS, "mm/nothing": ""})
    return [str(old), str(new), str(lacking)]


@pytest.mark.parametrize("asked", ["pigment", "mm/pigment.c:pigment"])
def test_callers_of_what_moved(run: Command, moving: list[str], asked: str) -> None:
    """The callers of a function that moved are all there, and the function is told to have moved."""
    trees = ("--kernel", moving[0], "--kernel", moving[1])
    done = run("calltree", asked, "--callers", "--diff", "v6.18..v7.2", *trees)
    lines = [line.strip("│├└─ ") for line in done.out.splitlines()]
    assert lines[1:] == [
        "m pigment()  mm/pigment.c:1 → lib/pigment.c:1  [moved from mm/pigment.c]",
        "crush()  mm/mix.c:1",
        "blend()  mm/mix.c:5",
        "functions: 2 kept, 1 moved",
    ]


def test_callers_between_releases(run: Command, old: str, new: str) -> None:
    """In a difference too, who calls a function stands below it."""
    done = run(
        *("calltree", "apply_coat", "--callers", "--diff", "v6.18..v7.2"), *("--kernel", old, "--kernel", new)
    )
    names = [word for word in done.out.split() if word.endswith("()")]
    assert names[0] == "apply_coat()" and "__paint_range()" in names


def test_called_and_not_read(run: Command, moving: list[str]) -> None:
    """What is called and defined outside of what was read is neither gone nor moved."""
    trees = ("--kernel", moving[0], "--kernel", moving[2])
    done = run("calltree", "crush", "--diff", "v6.18..v7.2", *trees)
    assert f"  pigment()  mm/pigment.c:1  [not in what was read of {NEW}]" in done.out
    assert "[moved from mm/pigment.c]" not in done.out


TWICE = """\
int far(int one)
{
	return last(one);
}

int near_by(int one)
{
	return far(one);
}

int start(int one)
{
	return near_by(one) +
		%s;
}

int last(int one)
{
	return one;
}
"""


@pytest.fixture
def twice(tmp_path: Path) -> list[str]:
    """Give two releases in which one function is called twice, and in the newer from elsewhere too."""
    specs = []
    for tag, number, call in ((OLD, (6, 18, 15), "far(one)"), (NEW, (7, 2, 12), "last(one)")):
        makefile = "VERSION = {}\nPATCHLEVEL = {}\nSUBLEVEL = {}\n".format(*number)
        files = {"Makefile": makefile, "Kconfig": "\n", "mm/twice.c": TWICE % call}
        specs += ["--kernel", f"{tag}={write_files(tmp_path / tag, files)}"]
    return specs


def test_where_it_is_open(run: Command, twice: list[str]) -> None:
    """What is open nearer to the root is referred to as above or below, whichever it is."""
    lines = run("calltree", "start", *twice[:2]).out.splitlines()
    assert [line.split()[-2:] for line in lines if "see" in line] == [["[see", "below]"]]
    ways = run("calltree", "start", "--to", "last", *twice[:2]).out.splitlines()
    assert [line.split("()")[0].split()[-1] for line in ways if "see" in line] == ["far"]  # and no leaf


def test_calls_of_a_difference(run: Command, twice: list[str]) -> None:
    """That two functions stayed does not hide that a call between them went or came."""
    out = run("calltree", "start", "--diff", f"{OLD}..{NEW}", *twice).out
    lines = [line for line in out.splitlines()[2:-1] if "call" in line]
    said = {line.split("()")[0].split()[-1]: line for line in lines}
    assert "no longer called" in said["far"] and "new call" in said["last"]
    assert "near_by" not in said


def test_the_right_name_in_the_wrong_file(run: Command, old: str) -> None:
    """Where a file was named that has no such function, those are told that have."""
    done = run("calltree", "mm/walk.c:do_paint", "--kernel", old)
    assert done.code == 1 and "the nearest names are mm/paint.c:do_paint" in done.told
