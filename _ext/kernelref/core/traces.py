"""Call trees that others wrote: what ftrace's ``function_graph`` recorded, and trees with arrows.

A recording is read as ``/sys/kernel/tracing/trace`` or ``trace-cmd report`` prints it. Of several
tasks the first is kept; what ran in an interrupt is left out, for nothing there called it. Calls of
the same shape below one caller become one, with their number and the sum of their durations.
Arrows are in `arrows`.

Part of the pure layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from . import arrows
from .calltree import MAX_DEPTH, MAX_NODES, CalltreeError, Node

_RETURNS = 3
"""More different return values than this are not told."""

_COMMENT = re.compile(r"\s*#(?!\s*\d+\.\d+ us\s*\|)|(?:version = |cpus=)\d+\s*$|\s*```")
_LOST = re.compile(r"\s*CPU\s*:\s*\d+ \[(?:LOST (?:(\d+) )?EVENTS|(?:(\d+) )?EVENTS DROPPED)\]")
_RULER = re.compile(r"\s*-{8,}\s*$")
_SWITCH = re.compile(r"\s*(?:(?P<cpu>\d+)\)\s+)?(?P<was>\S.*?-\d+)\s+=>\s+(?P<now>\S.*?-\d+)\s*$")
_REPORT = re.compile(
    r"\s*(?P<task>\S.*?-\d+)\s+(?:\(\s*[\d-]+\)\s+)?\[(?P<cpu>\d+)\]\s+(?:[\w.#]{4,6}\s+)?"
    r"(?P<time>\d+\.\d+):\s+(?P<event>\w+):\s?(?P<rest>.*)$"
)
_GRAPH = re.compile(
    r"(?P<head>.*?)\|(?P<body>\s*(?:\}.*|/\*.*|(?P<name>[A-Za-z_][\w.]*)(?:\s\[\w+\])?\s?\(.*)?)$"
)
_CPU = re.compile(r"(?:^|[|\s])(\d+)\)")
_TASK = re.compile(r"(?:^|[|)])\s*([^|)\s][^|)]*?-\d+)\s*(?:\||[^|]*$)")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*us")
_ENTRY = re.compile(
    r"(?P<name>[A-Za-z_]\w*)(?P<clone>(?:\.[\w.]+)?)(?:\s\[(?P<module>\w+)\])?\s?"
    r"\((?P<arguments>.*?)\)\s*(?P<end>;|\{|$)\s*(?:/\*\s*(?P<note>.*?)\s*\*/)?\s*$"
)
_EXIT = re.compile(
    r"\}\s*(?:\(Overruns: \d+\)\s*)?"
    r"(?:/\*\s*(?P<name>[A-Za-z_][\w.]*)?(?:\s\[\w+\])?\s*(?P<note>.*?)\s*\*/)?\s*$"
)
_RETURN = re.compile(r"(?:ret\s*)?=\s*(\S+)")
_INTERRUPT = re.compile(r"(?:={6,}>|<={6,})")


class Form(StrEnum):
    """A way to write a tree that is neither indented text nor a list."""

    FUNCTION_GRAPH = "function_graph"
    ARROWS = "arrows"


def form(lines: Iterable[str]) -> Form | None:
    """Tell how a tree is written; None for the two ways that `calltree` reads itself."""
    arrow = False
    for line in lines:
        if _recorded(line):
            return Form.FUNCTION_GRAPH
        arrow = arrow or arrows.is_arrow(line)
    return Form.ARROWS if arrow else None


def _recorded(line: str) -> bool:
    if "funcgraph_entry:" in line or re.match(r"#\s*tracer:\s*function_graph", line.strip()):
        return True
    match = _GRAPH.match(line)
    entry = _ENTRY.match(match["body"].strip()) if match and match["name"] else None
    return bool(match and entry and entry["end"] and _column(match["head"]))


def _column(head: str) -> bool:
    """Whether what is before the bar can be a recording's columns."""
    return not head.strip() or bool(_CPU.search(head) or _DURATION.search(head))


def parse(lines: Sequence[str]) -> tuple[Node, ...]:
    """Read what `form` told; one or several roots. Raises `CalltreeError`."""
    if form(lines) is Form.ARROWS:
        return arrows.parse(lines)
    return recording(lines).roots


@dataclass(frozen=True, slots=True)
class Recording:
    """What one task called. The numbers are of lines left out, and of events that ftrace lost."""

    roots: tuple[Node, ...]
    others: int = 0
    interrupts: int = 0
    lost: int = 0


def recording(lines: Sequence[str]) -> Recording:
    """Read ``function_graph`` text. Raises `CalltreeError`."""
    reader = _Reader()
    for index, line in enumerate(lines):
        reader.read(line, index)
    roots = tuple(_nodes(reader.roots))
    if not roots:
        raise CalltreeError(0, "the recording has no function in it")
    return Recording(_told(roots, reader), reader.others, reader.interrupts, reader.lost)


def _told(roots: tuple[Node, ...], reader: _Reader) -> tuple[Node, ...]:
    """Say on the first root what was left out."""
    kinds = ((reader.others, "of other tasks"), (reader.interrupts, "of interrupts"))
    said = [f"left out: {number} line{'s' * (number > 1)} {what}" for number, what in kinds if number]
    said += [f"{reader.lost} events lost"] if reader.lost else []
    first = roots[0]
    told = Node(first.name, first.file, (*first.remarks, *said), first.children, first.line)
    return (told, *roots[1:])


@dataclass(slots=True)
class _Run:
    """One call, or several of one shape; ``column`` is where it stands, ``time`` in microseconds."""

    name: str
    line: int
    column: int = 0
    count: int = 1
    time: float | None = None
    module: str = ""
    returns: dict[str, None] = field(default_factory=dict)
    children: list[_Run] = field(default_factory=list)


class _Reader:
    """What the lines so far say: the calls that are open, the task that is kept."""

    def __init__(self) -> None:
        self.roots: list[_Run] = []
        self.open: list[_Run] = []
        self.kept: tuple[str, str] | None = None  # CPU and task of the first call; the task may be unknown
        self.tasks: dict[str, str] = {}  # CPU -> the task on it, once a switch told
        self.interrupted: set[str] = set()  # CPUs
        self.others = self.interrupts = self.lost = 0

    def read(self, line: str, index: int) -> None:
        """Read one line."""
        if not line.strip() or _COMMENT.match(line) or _RULER.match(line):
            return
        if lost := _LOST.match(line):
            self.lost += int(lost[1] or lost[2] or 1)
        elif switch := _SWITCH.match(line):
            self._switch(switch["cpu"] or "", switch["was"], switch["now"])
        elif report := _REPORT.match(line):
            self._report(report, index)
        else:
            self._graph(line, index)

    def _switch(self, cpu: str, was: str, now: str) -> None:
        if self.kept == (cpu, ""):
            self.kept = (cpu, was)
        self.tasks[cpu] = now

    def _report(self, report: re.Match[str], index: int) -> None:
        """Read a line of ``trace-cmd report``; another event's is no call."""
        if report["event"] not in ("funcgraph_entry", "funcgraph_exit"):
            return
        match = _GRAPH.match(report["rest"])
        if match is None:
            raise _unreadable(report["rest"], index)
        self._line(match, report["cpu"], report["task"], index)

    def _graph(self, line: str, index: int) -> None:
        if _INTERRUPT.search(line):
            cpu = _CPU.search(line)
            self._interrupt(cpu[1] if cpu else "", "=>" in line)
            return
        match = _GRAPH.match(line)
        if match is None or not _column(match["head"]):
            raise _unreadable(line, index)
        cpu, task = _CPU.search(match["head"]), _TASK.search(match["head"])
        place = cpu[1] if cpu else ""
        self._line(match, place, task[1] if task else self.tasks.get(place, ""), index)

    def _interrupt(self, cpu: str, begins: bool) -> None:
        (self.interrupted.add if begins else self.interrupted.discard)(cpu)

    def _line(self, match: re.Match[str], cpu: str, task: str, index: int) -> None:
        body = match["body"].strip()
        if not body or body.startswith("/*"):  # a comment, or an event between the calls
            return
        if cpu in self.interrupted:
            mine = self.kept is None or self._keeps(*self.kept, cpu, task)
            self.interrupts, self.others = self.interrupts + mine, self.others + (not mine)
            return
        self.kept = self.kept or (cpu, task)
        if not self._keeps(*self.kept, cpu, task):
            self.others += 1
            return
        duration = _DURATION.search(match["head"])
        column = len(match["body"]) - len(match["body"].lstrip())
        time = float(duration[1]) if duration else None
        if body.startswith("}"):
            self._leave(body, column, time, index)
        else:
            self._enter(body, column, time, index)

    @staticmethod
    def _keeps(kept_cpu: str, kept_task: str, cpu: str, task: str) -> bool:
        """Whether a line is of the first task: by its name where that is known, else by its CPU."""
        return task == kept_task if task and kept_task else cpu == kept_cpu

    # --- calls ---------------------------------------------------------------

    def _enter(self, body: str, column: int, time: float | None, index: int) -> None:
        entry = _ENTRY.match(body)
        if entry is None:
            raise _unreadable(body, index)
        while self.lost and self.open and self.open[-1].column >= column:
            self.open.pop()  # its end was lost
        run = _Run(entry["name"], index, column, time=time, module=entry["module"] or "")
        _note_return(run, entry["note"])
        (self.open[-1].children if self.open else self.roots).append(run)
        if entry["end"] == "{":
            if len(self.open) + 1 >= MAX_DEPTH:
                raise CalltreeError(
                    index, f"more than {MAX_DEPTH} levels: record with a smaller max_graph_depth"
                )
            self.open.append(run)

    def _leave(self, body: str, column: int, time: float | None, index: int) -> None:
        end = _EXIT.match(body)
        if end is None:
            raise _unreadable(body, index)
        name = (end["name"] or "").partition(".")[0]
        if name == "ret":  # newer kernels tell the value without the name
            name, note = "", f"ret{end['note']}"
        else:
            note = end["note"] or ""
        while self.lost and self.open and self.open[-1].column > column:
            self.open.pop()
        if self.open and (not name or name == self.open[-1].name):
            run = self.open.pop()
            run.time = time
            _note_return(run, note)
        elif any(run.name == name for run in self.open):
            while self.open.pop().name != name:
                pass
        elif name:
            self._began_before(name, column, time, note, index)

    def _began_before(self, name: str, column: int, time: float | None, note: str, index: int) -> None:
        """Put what was read below a function that was entered before the recording began."""
        inside = [run for run in self.roots if run.column > column]
        if self.open or not inside:
            return
        run = _Run(name, inside[0].line, column, time=time, children=inside)
        _note_return(run, note)
        self.roots = [root for root in self.roots if root.column <= column] + [run]


def _note_return(run: _Run, note: str | None) -> None:
    if value := _RETURN.search(note or ""):
        run.returns[value[1]] = None


def _unreadable(text: str, index: int) -> CalltreeError:
    text = text.strip()
    short = text if len(text) <= 60 else text[:59] + "…"
    return CalltreeError(index, f"“{short}” is no line of function_graph text")


# --- calls of one shape become one ------------------------------------------


def _merged(runs: Sequence[_Run]) -> list[_Run]:
    """Make siblings of one shape one, in the place of the first."""
    kept: dict[object, _Run] = {}
    for run in runs:
        run.children = _merged(run.children)
        first = kept.setdefault(_shape(run), run)
        if first is not run:
            _add(first, run)
    return list(kept.values())


def _shape(run: _Run) -> object:
    return (run.name, run.module, tuple(_shape(child) for child in run.children))


def _add(run: _Run, other: _Run) -> None:
    run.count += other.count
    run.returns |= other.returns
    if run.time is not None or other.time is not None:
        run.time = (run.time or 0.0) + (other.time or 0.0)
    for mine, its in zip(run.children, other.children, strict=True):
        _add(mine, its)


def _nodes(runs: Sequence[_Run]) -> Iterator[Node]:
    merged = _merged(runs)
    total = sum(1 for _ in _every(merged))
    if total > MAX_NODES:
        last = [run for run, _ in zip(_every(merged), range(MAX_NODES + 1), strict=False)][-1]
        raise CalltreeError(
            last.line, f"more than {MAX_NODES} functions: record less, or split the recording"
        )
    return map(_node, merged)


def _every(runs: Iterable[_Run]) -> Iterator[_Run]:
    for run in runs:
        yield run
        yield from _every(run.children)


def _node(run: _Run) -> Node:
    remarks = []
    if run.module:
        remarks.append(run.module)
    if run.count > 1:
        remarks.append(f"×{run.count}")
    if run.time is not None:
        remarks.append(f"{run.time:.3f} us")
    if 0 < len(run.returns) <= _RETURNS:
        remarks.append("ret=" + ", ".join(run.returns))
    return Node(run.name, "", tuple(remarks), tuple(map(_node, run.children)), run.line)
