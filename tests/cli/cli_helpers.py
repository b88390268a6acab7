"""Two releases of a small kernel, and the command run on them in this process."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import write_files

from kernelref.cli.main import main

OLD, NEW = "v6.18.15", "v7.2.12"

_TOP = {
    "Kconfig": 'source "mm/Kconfig"\n',
    "mm/Kconfig": 'config PAINT\n\tbool "Paint"\n',
    "mm/Makefile": "obj-y += paint.o\n",
    "include/linux/paint.h": """\
#ifndef _PAINT_H
#define _PAINT_H
#define cover(wall)	apply_coat(wall, 2)
struct wall { int coats; };
int apply_coat(struct wall *wall, int coats);
int walk_walls(int from, int (*visit)(int wall));
static inline int wall_is_dry(struct wall *wall) { return wall->coats == 0; }
#endif
""",
    "mm/walk.c": """\
#include <linux/paint.h>

static int helper(int wall)
{
	return wall;
}

int walk_walls(int from, int (*visit)(int wall))
{
	return visit(helper(from));
}
""",
    "arch/x86/Kconfig": "config X86\n",
    "arch/x86/mm/dryer.c": "int arch_dry(int wall)\n{\n\treturn x86_fan(wall);\n}\n",
    "arch/arm64/Kconfig": "config ARM64\n",
    "arch/arm64/mm/dryer.c": "int arch_dry(int wall)\n{\n\treturn arm64_fan(wall);\n}\n",
    "lib/Makefile": "\n",
    "lib/sort.c": "static int helper(int one)\n{\n\treturn one + 1;\n}\n\n"
    "int sort(int one)\n{\n\treturn helper(one);\n}\n",
}

_HEAD = """\
#include <linux/paint.h>

int apply_coat(struct wall *wall, int coats)
{
	WARN_ON(coats < 0);
	wall->coats += coats;
	return wall->coats;
}

"""
_RANGE_BODY = """\
	struct wall *wall;
	int done = 0;

	for (wall = first; wall < last; wall++) {
		if (!wall_is_dry(wall))
			continue;
		done += cover(wall);
		if (done > limit)
			break;
	}
	return done;
}

"""
_FLUSH = """\
	int left = pending_drops;

	while (left > 0) {
		wipe_drop(left);
		left -= bucket_size;
		if (left < bucket_size)
			mop_floor(left);
	}
"""
_TAIL = """\
static int one_wall(int wall)
{
	return arch_dry(wall);
}

int do_paint(struct wall *first, struct wall *last)
{
	int done = paint_walls(first, last);

	return done + walk_walls(done, one_wall);
}
"""

FILES = {
    OLD: {
        **_TOP,
        "Makefile": "VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 15\n",
        "mm/paint.c": _HEAD
        + "static int paint_single(struct wall *first, struct wall *last, int limit)\n{\n"
        + _RANGE_BODY
        + "static void flush_drops(void)\n{\n"
        + _FLUSH
        + "}\n\n"
        + "static void free_brush(int one)\n{\n\tput_away(one);\n}\n\n"
        + "static int paint_walls(struct wall *first, struct wall *last)\n{\n"
        + "\tint done = paint_single(first, last, 9);\n\n"
        + "\tflush_drops();\n\tfree_brush(done);\n\treturn done;\n}\n\n"
        + _TAIL,
    },
    NEW: {
        **_TOP,
        "Makefile": "VERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 12\n",
        "mm/paint.c": _HEAD
        + "static int __paint_range(struct wall *first, struct wall *last, int limit)\n{\n"
        + _RANGE_BODY
        + "static bool sand_floor(void)\n{\n\treturn grind(3) && sweep(4);\n}\n\n"
        + "static int paint_walls(struct wall *first, struct wall *last)\n{\n"
        + "\tint done = __paint_range(first, last, 9);\n"
        + _FLUSH
        + "\tif (sand_floor())\n\t\treturn 0;\n\treturn done;\n}\n\n"
        + _TAIL,
    },
}


def git(folder: Path, *words: str) -> None:
    """Run git as nobody in particular."""
    who = ["-c", "user.name=N", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def repository(root: Path) -> Path:
    """Make a repository with both releases at their tags."""
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    for tag, files in FILES.items():
        write_files(root, files)
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", tag)
        git(root, "tag", tag)
    return root


def tarball(target: Path, files: Mapping[str, str]) -> Path:
    """Pack files as a release is packed."""
    with tarfile.open(target, "w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(f"linux/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return target


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed, and its exit code."""

    code: int
    out: str
    told: str
    """The error stream, as one line of words: how it was wrapped is the terminal's."""


class Command:
    """Runs ``kernelref`` as its entry point does."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: object) -> Done:
        """Run it with some arguments."""
        self._capsys.readouterr()
        code = main([str(word) for word in words])
        got = self._capsys.readouterr()
        return Done(code, got.out, " ".join(got.err.split()))
