"""Call trees that others wrote: recordings of function_graph, and trees with arrows."""

from __future__ import annotations

import random
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernelref.core import arrows
from kernelref.core.calltree import MAX_DEPTH, MAX_NODES, CalltreeError, Node, edges, parse, walk
from kernelref.core.traces import Form, Recording, form, recording

DATA = Path(__file__).parents[1] / "data" / "traces"


def lines(text: str) -> list[str]:
    """Cut a text written with the test's indentation."""
    return textwrap.dedent(text).strip("\n").split("\n")


def recorded(name: str) -> Recording:
    """Read a recording of the tests' data."""
    return recording((DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines())


def shown(nodes: tuple[Node, ...]) -> str:
    """Write trees as ``a(b c)``."""
    return " ".join(n.name + (f"({shown(n.children)})" if n.children else "") for n in nodes)


def remarks(nodes: tuple[Node, ...]) -> dict[str, tuple[str, ...]]:
    """Give what is remarked on each function."""
    return {node.name: node.remarks for node in walk(nodes)}


def failure(text: str) -> CalltreeError:
    """Give the error that a text raises."""
    with pytest.raises(CalltreeError) as caught:
        parse(lines(text))
    return caught.value


# --- which is which -----------------------------------------------------------


@pytest.mark.parametrize("path", sorted(DATA.glob("*.txt")), ids=lambda path: path.stem)
def test_recordings_are_told_by_their_form(path: Path) -> None:
    """Every recording is told to be one, headers or not, and read where any tree is."""
    text = path.read_text(encoding="utf-8").splitlines()
    assert form(text) is Form.FUNCTION_GRAPH
    assert form([line for line in text if not line.startswith("#")]) is Form.FUNCTION_GRAPH
    assert parse(text) == recording(text).roots


@pytest.mark.parametrize(
    "text",
    [
        "a\n  b\n  c [x | y]",
        "- a\n  - b() [-> c]",
        "* a\n    * mm/x.c:b",
        "a()\n    b() [took 3 us | more]",
        "1. a\n   1. b",
        "",
    ],
)
def test_the_other_two_ways_stay(text: str) -> None:
    """Indented text and Markdown lists are neither, whatever their remarks say."""
    assert form(text.split("\n")) is None


@pytest.mark.parametrize(
    "arrow", ["-=>", "->", "=>", "-->", "└─", "├──", "|->", "+->", "|--", "`--", "→", "↳", "\\->"]
)
def test_arrows_are_told_by_their_form(arrow: str) -> None:
    """Every arrow of the notes makes a tree of arrows, with the same shape."""
    text = ["a", f"{arrow} b()", f"    {arrow} c", f"{arrow}d"]
    assert form(text) is Form.ARROWS
    assert shown(parse(text)) == "a(b(c) d)"


# --- function_graph -----------------------------------------------------------


def test_trace() -> None:
    """A trace file: calls nest, durations are remarks, equal leaves are one, an interrupt is none of it."""
    found = recorded("madvise")
    assert shown(found.roots) == (
        "do_madvise(madvise_lock madvise_do_behavior(madvise_walk_vmas(find_vma_prev madvise_vma_behavior("
        "madvise_dontneed_single_vma(zap_page_range_single_batched(tlb_gather_mmu folio_remove_rmap_ptes "
        "tlb_finish_mmu))))) madvise_unlock)"
    )
    said = remarks(found.roots)
    assert said["folio_remove_rmap_ptes"] == ("×3", "0.600 us")
    assert said["madvise_lock"] == ("0.105 us",)
    assert said["do_madvise"] == ("1203.250 us", "left out: 3 lines of interrupts")
    assert (found.others, found.interrupts, found.lost) == (0, 3, 0)


def test_lines_lead_back() -> None:
    """Each function knows the line that it was read from."""
    text = (DATA / "madvise.txt").read_text(encoding="utf-8").splitlines()
    for node in walk(recording(text).roots):
        assert f"{node.name}()" in text[node.line]


def test_tasks_by_name() -> None:
    """Of interleaved tasks with their names, the first is kept, on whatever comes between."""
    found = recorded("interleaved")
    assert shown(found.roots) == "balance_pgdat(pgdat_balanced shrink_node(shrink_lruvec))"
    assert found.others == 5
    assert remarks(found.roots)["shrink_node"] == ("12345.678 us",)
    assert found.roots[0].remarks[-1] == "left out: 5 lines of other tasks"


def test_tasks_by_cpu_and_switches() -> None:
    """Without names a CPU tells the task, until switches do: then it is followed to another CPU."""
    found = recorded("switched")
    assert shown(found.roots) == "khugepaged_scan_mm_slot(mmap_read_trylock hpage_collapse_scan_pmd)"
    assert found.others == 2


def test_report_of_trace_cmd() -> None:
    """``trace-cmd report``: other events are passed over; modules, clones, arguments and values are read."""
    found = recorded("report")
    assert (
        shown(found.roots) == "shmem_fault(shmem_get_folio_gfp(filemap_get_entry shmem_alloc_and_add_folio))"
    )
    said = remarks(found.roots)
    assert said["shmem_get_folio_gfp"] == ("shmem", "10.000 us", "ret=-12")
    assert said["shmem_alloc_and_add_folio"] == ("2.500 us", "ret=-12")
    assert said["shmem_fault"] == ("11.000 us", "left out: 1 line of other tasks")


def test_lost_events_and_a_late_beginning() -> None:
    """After lost events the indentation tells who is whose; a tail names who was entered before the trace."""
    found = recorded("lost")
    assert shown(found.roots) == (
        "do_pte_missing(filemap_map_pages(folio_unlock) do_fault(__do_fault(filemap_fault)) finish_fault)"
    )
    assert found.lost == 4321
    assert found.roots[0].remarks == ("20.000 us", "4321 events lost")


def test_all_columns() -> None:
    """Time, task, flags and overruns may all be there."""
    assert shown(recorded("options").roots) == "__split_huge_pmd(pmd_lock)"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("  |  a() {\n 0.1 us |    b();\n  |  }", "a(b)"),
        ("# 1000.5 us |  a();", "a"),
        (" 0)  |  a() {\n 0)  |    b() {\n 0)  |    }\n 0)  |  }", "a(b)"),
        (" 0)  |  a() {\n 0)  |    b() {", "a(b)"),
        (" 0) 1 us |    }\n 0)  |  }\n 0) 1 us |  a();", "a"),
        (" 0)  |  a() {\n 0)  |    b() {\n 0) 9 us |  } /* a */\n 0) 1 us |  c();", "a(b) c"),
        ("```\n 0) 1.000 us | a();\n\n```", "a"),
        ("CPU:0 [LOST EVENTS]\n 0) 1 us | a();\nCPU:0 [12 EVENTS DROPPED]", "a"),
        (" 0)  |  f() { /* <-g+0x1/0x2 */\n 0) 1 us |  } /* = 0x0 */", "f"),
        (" 0)  |  a() {\n 0)  |    a() {\n 0) |    }\n 0)  |  }", "a(a)"),
    ],
)
def test_small_recordings(text: str, tree: str) -> None:
    """Shapes that a recording may have, whole or cut off."""
    assert shown(recording(text.split("\n")).roots) == tree


def test_loops_become_one() -> None:
    """A loop that calls the same again and again is told once, with counts and sums; other shapes stay."""
    text = [" 0)  |  loop() {"]
    for _ in range(300):
        text += [" 0)  |    one() {", " 0) 1.000 us |      leaf(); /* ret=0x1 */", " 0) 2.500 us |    }"]
        text += [" 0) 0.500 us |    other();"]
    text += [" 0)  |    one() {", " 0)  |    }", " 0)  |  }"]
    found = recording(text).roots
    assert shown(found) == "loop(one(leaf) other one)"
    one, other, bare = found[0].children
    assert (one.remarks, other.remarks, bare.remarks) == (("×300", "750.000 us"), ("×300", "150.000 us"), ())
    assert one.children[0].remarks == ("×300", "300.000 us", "ret=0x1")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (" 0)  |  a() {\n what is this", 1, "“what is this” is no line of function_graph"),
        (" 0) 1 us |  a();\n 0) 1 us |  ???", 1, "no line of function_graph"),
        ("# tracer: function_graph\n#", 0, "no function in it"),
        (" t-1 [000] 1.0: funcgraph_entry: | a() {\n t-1 [000] 1.1: funcgraph_exit: gone", 1, "gone"),
        (" 0) 1 us |  a();\n 0) 1 us |  b( {", 1, "“b( {”"),
    ],
)
def test_what_is_no_recording(text: str, line: int, problem: str) -> None:
    """A line that cannot be read is named."""
    with pytest.raises(CalltreeError) as caught:
        parse(text.split("\n"))
    assert caught.value.line == line
    assert problem in str(caught.value)


def test_recordings_have_their_bounds() -> None:
    """Too many different functions, or too deep a nest, are refused with the line that is too much."""
    wide = [f" 0) 1 us |  a{number}();" for number in range(MAX_NODES + 1)]
    with pytest.raises(CalltreeError, match="more than 500 functions") as caught:
        parse(wide)
    assert caught.value.line == MAX_NODES
    deep = [f" 0)  |  a{number}() {{" for number in range(MAX_DEPTH + 1)]
    with pytest.raises(CalltreeError, match="64 levels") as caught:
        parse(deep)
    assert caught.value.line < len(deep)


# --- arrows -------------------------------------------------------------------


def test_notes_with_arrows() -> None:
    """Kernel notes as people write them: an arrow below a plain line, remarks in any manner."""
    found = parse(
        lines("""
        // 先拿锁
        do_madvise
        -=> madvise_lock()          // mmap_lock 或 VMA lock
        -=> madvise_do_behavior(mm, start)   /* 行为 */ [again]
          -=> madvise_walk_vmas   每个 VMA
            -=> mm/madvise.c:madvise_vma_behavior(): 可能拆分 VMA

        ...
        -=> `madvise_unlock()`；解锁 {
        """)
    )
    assert shown(found) == (
        "do_madvise(madvise_lock madvise_do_behavior(madvise_walk_vmas(madvise_vma_behavior)) madvise_unlock)"
    )
    assert remarks(found) == {
        "do_madvise": ("先拿锁",),
        "madvise_lock": ("mmap_lock 或 VMA lock",),
        "madvise_do_behavior": ("(mm, start)", "行为", "again"),
        "madvise_walk_vmas": ("每个 VMA",),
        "madvise_vma_behavior": ("可能拆分 VMA",),
        "madvise_unlock": ("解锁",),
    }
    assert next(node.file for node in walk(found) if node.name == "madvise_vma_behavior") == "mm/madvise.c"
    assert [node.line for node in walk(found)] == [1, 2, 3, 4, 5, 8]


@pytest.mark.parametrize(
    "text",
    [
        "a()\n├── b()\n│   ├── c()\n│   └── d()\n└── e()",
        "a\n|-- b\n|   |-- c\n|   `-- d\n`-- e",
        "a\n|-> b\n|   |-> c\n|   +-> d\n|\n+-> e",
        "a\n  -> b\n     -> c\n     -> d\n  -> e",
        "a\n\t=> b\n\t\t=> c\n\t\t=> d\n\t=> e",
        "a\n└─b\n  └─c\n  └─d\n└─e",
    ],
)
def test_drawn_trees(text: str) -> None:
    """The lines of a drawn tree say what indentation says."""
    assert shown(parse(text.split("\n"))) == "a(b(c d) e)"


def test_chains_on_a_line() -> None:
    """Functions with arrows between them call each other in turn; what is below hangs from the last."""
    found = parse(["a", "-> b() -> c => d()  // 三步", "   -> e", "-> f"])
    assert shown(found) == "a(b(c(d(e))) f)"
    assert remarks(found)["d"] == ("三步",)


def test_remarks_on_lines_of_their_own() -> None:
    """A line without a function remarks on the one that it is indented under."""
    found = parse(["a", "-> b", "   // 在 b 里", "   释放锁", "-> c", "  -> d", "-> 收尾", "-> e"])
    assert remarks(found) == {"a": ("收尾",), "b": ("在 b 里", "释放锁"), "c": (), "d": (), "e": ()}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (
            "a\n-=> b\n    -=> c\n  -=> d",
            3,
            "column 2 is one that no line above opened: begin at column 0 or 4",
        ),
        ("a\n-> vma->vm_ops->fault()", 1, "is a pointer: name the function"),
        ("a\n-> b and more", 1, "“and more” after the name"),
        ("a\n-> 12", 1, "“-> 12” is not a function"),
        ("a\n-> b\n  -> 12", 2, "“12” is not a function"),
        ("a\n-> b\n   -> a", 2, "a cycle: a → b → a"),
    ],
)
def test_what_is_no_tree_of_arrows(text: str, line: int, problem: str) -> None:
    """An arrow that leads nowhere is refused with its line and what would be right."""
    error = failure(text)
    assert error.line == line
    assert problem in str(error)


def test_arrows_to_nothing() -> None:
    """A text without any function is no tree."""
    with pytest.raises(CalltreeError, match="empty"):
        arrows.parse(["// nothing", "-> // here", "├──"])


def test_arrows_have_their_bounds() -> None:
    """A chain too long and a tree too large are refused."""
    with pytest.raises(CalltreeError, match="64 levels"):
        parse(["a -> b", "-> " + " -> ".join(f"c{number}" for number in range(MAX_DEPTH + 1))])
    with pytest.raises(CalltreeError, match="more than 500 functions"):
        parse(["a", *(f"-> c{number}" for number in range(MAX_NODES))])


def test_arrows_make_the_tree_that_indentation_makes() -> None:
    """Any tree says the same whether it is indented, drawn or behind arrows."""
    chance = random.Random(7)
    for _ in range(200):
        depths = [0]
        for _ in range(chance.randint(1, 15)):
            depths.append(chance.randint(1, depths[-1] + 1))
        plain = ["  " * depth + f"f{number}" for number, depth in enumerate(depths)]
        arrow = ["    " * (d - 1) + f"-=> f{n}" if d else f"f{n}" for n, d in enumerate(depths)]
        barred = ["│   " * (d - 1) + f"├── f{n}" if d else f"f{n}" for n, d in enumerate(depths)]
        assert parse(plain) == parse(arrow) == parse(barred)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text("ab(){};|/* -=>└─│0) us.\t#中：,", max_size=16), max_size=8))
def test_any_text_is_read_or_refused(text: list[str]) -> None:
    """Whatever is pasted, it becomes a tree or an error at one of its lines."""
    for extra in ([], ["-> a"], [" 0) 1 us | a();"]):
        content = text + extra
        try:
            found = parse(content)
        except CalltreeError as error:
            assert 0 <= error.line <= max(0, len(content) - 1)
        else:
            assert all(0 <= node.line < len(content) for node in walk(found))
            edges(found)
