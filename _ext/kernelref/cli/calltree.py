"""The ``calltree`` command: ask the source, and print the answer for people or for programs."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.text import Text

from ..core.difference import Difference, difference
from ..core.noise import NoiseError
from ..core.question import Question
from ..core.releases import ReleaseError, series_of
from ..core.target import ARCH
from ..resolvers.answer import Answer, answer, followed, scores, sides
from ..resolvers.index import Index
from ..resolvers.index.callgraph import SourceGraph
from ..resolvers.tree import Tree, TreeError, open_tree
from . import show
from .options import kernels
from .terminal import visible


class AskError(Exception):
    """The question cannot be asked; the text is for the terminal."""


def run(given: argparse.Namespace, console: Console) -> int:
    """Answer from each tree that is named; 1 when there is nothing, 2 when it cannot be asked."""
    try:
        question = _question(given)
        trees = [open_tree(spec) for spec in kernels(given)]
        if not trees:
            raise AskError("no tree is named; write --kernel v6.18=FOLDER, or set KERNELS")
        _check_arch(given.arch, trees)
        return (
            _compare(given, question, trees, console) if given.diff else _ask(given, question, trees, console)
        )
    except (AskError, NoiseError, TreeError, ReleaseError) as error:
        console.print(f"kernelref: {error}")
        return 2


def _check_arch(arch: str, trees: list[Tree]) -> None:
    """Refuse an architecture that was asked for and that a tree has not: another's would be shown instead."""
    for tree in trees if arch != ARCH else ():
        if not any(path.startswith(f"arch/{arch}/") for path in tree.paths()):
            raise AskError(f"--arch {arch}: what was read of {tree.release} has no arch/{arch}")


def _question(given: argparse.Namespace) -> Question:
    if given.to and given.callers:
        raise AskError("--to asks downwards and --callers upwards: give one of them")
    return Question(
        start=given.function.removesuffix("()"),
        goal=(given.to or "").removesuffix("()"),
        callers=given.callers,
        depth=given.depth or 0,
        count=given.count,
        limit=given.limit,
        pointers=not given.no_pointers,
        quiet=tuple(given.quiet),
    )


def _answered(graph: SourceGraph, question: Question, console: Console) -> Answer:
    with console.status(Text(f"reading {visible(graph.index.tree.release)} …")):
        return answer(graph, question)


def _ask(given: argparse.Namespace, question: Question, trees: list[Tree], console: Console) -> int:
    code = 0
    for tree in trees:
        found = _answered(SourceGraph(Index(tree), given.arch, keep_words=True), question, console)
        code = max(code, _tell(found, console))
        if found.tree:
            print(show.answer(found, given.format), end="") if given.format != "text" else show.text(found)
    return code


def _tell(found: Answer, console: Console) -> int:
    """Say on the error stream what is missing or left out."""
    question = found.question
    release = f"what was read of {found.release}" if found.part else found.release
    for name, near in found.missing.items():
        nearest = f"; the nearest names are {', '.join(near)}" if near else ""
        console.print(f"kernelref: {name} is not in {release}{nearest}")
    if found.missing:
        return 1
    if found.others:
        files = ", ".join(symbol.spelled for symbol in found.others)
        names = list(dict.fromkeys(symbol.name for symbol in found.others))
        said = f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} also {files}"
        console.print(f"{found.release}: {said}; write FILE:NAME to mean one of them")
    if found.tree is None:
        console.print(
            f"kernelref: no way from {question.start} to {question.goal} in {release} "
            f"within {question.levels} calls{'' if found.complete else ' that was found in time'}"
        )
        return 1
    if not found.complete:
        number = f" ({found.left_out} left out)" if found.left_out else ""
        console.print(f"{found.release}: not all is shown{number}; see --limit, --depth, --count")
    return 0


# --- two releases ------------------------------------------------------------


def _compare(given: argparse.Namespace, question: Question, trees: list[Tree], console: Console) -> int:
    graphs = [SourceGraph(Index(tree), given.arch, keep_words=True) for tree in _pair(given.diff, trees)]
    asked = zip(graphs, followed(question, graphs), strict=True)
    answers = [_answered(graph, each, console) for graph, each in asked]
    for found in answers:
        _tell(found, console)
    if not any(found.tree for found in answers):
        return 1
    changed = _difference(graphs, answers)
    if given.format == "text":
        show.difference(changed)
    else:
        print(show.changes(changed, given.format, question), end="")
    return 0


def _pair(text: str, trees: list[Tree]) -> list[Tree]:
    """Give the trees of ``A..B``."""
    names = text.split("..")
    if len(names) != 2 or not all(names):
        raise AskError(f"--diff {text}: write two releases, as in v6.18..v7.2")
    found = []
    for name in names:
        spelled = f"v{name.removeprefix('v')}"
        fit = [tree for tree in trees if spelled in (tree.release, series_of(tree.release))]
        if not fit:
            have = ", ".join(tree.release for tree in trees)
            raise AskError(
                f"--diff {text}: there is no tree of {name}, only of {have}; name one with --kernel"
            )
        found.append(fit[0])
    if found[0] is found[1]:
        raise AskError(f"--diff {text}: these are one release; write two, as in v6.18..v7.2")
    return found


def _difference(graphs: list[SourceGraph], answers: list[Answer]) -> Difference:
    similar, inlined = scores(graphs[0], graphs[1], answers[0], answers[1])
    old, new = sides(graphs[0], graphs[1], answers[0], answers[1])
    return difference(old, new, similar, inlined)
