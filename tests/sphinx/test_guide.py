"""The guide: each example is built, does what the guide says, and nothing that there is goes unmentioned."""

from __future__ import annotations

import argparse
import ast
import os
import re
import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
from helpers import (
    ARTICLES,
    COMMITS,
    LOCK_MODE,
    MESSAGES,
    Built,
    build,
    write_site,
)
from markdown_it import MarkdownIt
from support import require

from kernelref.cli import show
from kernelref.cli.main import _parser
from kernelref.config import PREFIX, Settings
from kernelref.core import graph, pairing, paths
from kernelref.core.calltree import MAX_DEPTH, MAX_NODES
from kernelref.core.changes import SIGNS as CHANGES
from kernelref.core.declared import GENRES
from kernelref.core.declared import parse as parse_declared
from kernelref.core.lock import DerivedTree, KernelLock, LoreLock, Outcome, State
from kernelref.core.merge import merge
from kernelref.core.question import Question
from kernelref.core.source import Call, Definition, How, Kind
from kernelref.diagnostics import Subtype
from kernelref.diagrams import MOST_NODES
from kernelref.directives import DIRECTIVES, GATHERED, tree_options
from kernelref.directives.tree_figures import MOST_DRAWN
from kernelref.indices import AuthorIndex, DateIndex, IdentifierIndex
from kernelref.references import ROLES
from kernelref.resolved import SIGNS

GUIDE = Path(__file__).resolve().parents[2] / "guide"
PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted(GUIDE.iterdir())
    if path.suffix in (".md", ".rst")
}

# --- a lock of what the examples use -----------------------------------------------------------------------

OLDEST, OLD, OWN, NEW = "v6.1.192", "v6.12.117", "v6.18.15", "v7.2.12"
FUNCTIONS = {
    "do_madvise": "mm/madvise.c",
    "madvise_do_behavior": "mm/madvise.c",
    "madvise_walk_vmas": "mm/madvise.c",
    "madvise_vma_behavior": "mm/madvise.c",
    "madvise_dontneed_free": "mm/madvise.c",
    "madvise_dontneed_single_vma": "mm/madvise.c",
    "try_vma_read_lock": "mm/madvise.c",
    "zap_pmd_range": "mm/memory.c",
    "zap_pte_range": "mm/memory.c",
    "try_get_and_clear_pmd": "mm/pt_reclaim.c",
    "zap_page_range_single_batched": "mm/memory.c",
    "unmap_single_vma": "mm/memory.c",
    "page_remove_rmap": "mm/rmap.c",
}
OTHERS = {
    "page": Kind.STRUCT,
    "folio": Kind.STRUCT,
    "MADV_FREE": Kind.MACRO,
    "MADV_DONTNEED": Kind.MACRO,
    "PGWALK_VMA_RDLOCK_VERIFY": Kind.ENUMERATOR,
    "CONFIG_TRANSPARENT_HUGEPAGE": Kind.CONFIG,
}
CALLS = [
    ("do_madvise", "madvise_do_behavior"),
    ("madvise_do_behavior", "zap_pmd_range"),
    ("madvise_vma_behavior", "madvise_dontneed_free"),
    ("madvise_dontneed_free", "madvise_dontneed_single_vma"),
    ("zap_pmd_range", "zap_pte_range"),
    ("zap_pte_range", "try_get_and_clear_pmd"),
    ("zap_pte_range", "pt_reclaim.c:free_pte"),
]
DERIVED = {
    Question("do_madvise", "zap_pte_range"): (
        "do_madvise",
        "  madvise_do_behavior",
        "    zap_pmd_range",
        "      zap_pte_range",
    ),
    Question("madvise_dontneed_single_vma", callers=True, depth=2): (
        "madvise_vma_behavior",
        "  madvise_dontneed_free",
        "    madvise_dontneed_single_vma",
    ),
    Question("zap_pte_range", depth=1, quiet=("tlb_*", "-pte_none")): (
        "zap_pte_range",
        "  pt_reclaim.c:free_pte",
    ),
    Question("zap_pte_range", "do_madvise"): (),
}
"""What the examples ask of the source, with an answer that all releases give."""
DERIVED[replace(next(iter(DERIVED)), count=5)] = next(iter(DERIVED.values()))
GONE: dict[str, set[str]] = {
    OLDEST: {"try_get_and_clear_pmd"},
    NEW: {"unmap_single_vma", "zap_page_range_single_batched"},
    OLD: {"try_get_and_clear_pmd"},
    OWN: set(),
}


def _kernel(tag: str) -> KernelLock:
    """Make the lock of a release in which every function has its own ten lines."""
    found: dict[str, tuple[Definition, ...]] = {"zap_pte_rang": (), **dict.fromkeys(GONE[tag], ())}
    for at, (name, file) in enumerate(FUNCTIONS.items()):
        if name not in GONE[tag]:
            found[name] = (Definition(file, 10 * at + 1, 10 * at + 9, name, Kind.FUNCTION),)
    for at, (name, kind) in enumerate(OTHERS.items()):
        file = "mm/Kconfig" if kind is Kind.CONFIG else "include/linux/mm.h"
        found[name] = (Definition(file, 10 * at + 1, 10 * at + 9, name, kind),)
    files = ("mm/pt_reclaim.c", "arch/x86/mm/ident_map.c")
    found["free_pte"] = tuple(Definition(file, 900, 909, "free_pte", Kind.FUNCTION) for file in files)
    calls = [Call(FUNCTIONS[caller], caller, callee, How.DIRECT, (5,)) for caller, callee in CALLS]
    calls.append(Call("mm/madvise.c", "do_madvise", "zap_pte_range", How.NONE))
    trees = {
        asked.key: DerivedTree(told, Outcome.FOUND if told else Outcome.NO_PATH)
        for asked, told in DERIVED.items()
    }
    lines = {"mm": 0, "mm/rmap.c": 3006, "mm/no_such_file.c": -1, "tools/testing/selftests/mm/rmap.c": 400}
    return KernelLock(
        tag, "a small tree", ("",), found, {"zap_pte_rang": ("zap_pte_range",)}, lines, tuple(calls), trees
    )


KERNELS = {tag: _kernel(tag) for tag in GONE}
FIRST = "20250610055920.21323-1-21cnbao@gmail.com"
"""The message of the page that a newcomer writes; the site's own lock must not have it."""
LORE = LoreLock({**MESSAGES, FIRST: replace(MESSAGES[LOCK_MODE], fate=None)}, ARTICLES, COMMITS)
TOPICS = f"""# Topics

```{{series}} {LOCK_MODE}
```

```{{calltree}} MADV_DONTNEED
:name: madvise-dontneed

do_madvise
```
"""

# --- the examples ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """A block of the guide; ``use`` is its class, ``after`` the text of the page that follows it.

    ``caption`` is, above what must warn, a part of the warning.
    """

    page: str
    line: int
    language: str
    use: str
    source: str
    after: str
    caption: str = ""

    @property
    def name(self) -> str:
        """Name its page in the tests' own sites."""
        return f"{Path(self.page).stem}-{self.line}"

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def _in_markdown(page: str, text: str) -> list[Example]:
    found = []
    for token in MarkdownIt().enable("table").parse(text):
        if token.type != "fence" or not token.info.startswith("{code-block}") or token.map is None:
            continue
        head, _, source = (
            token.content.partition("\n\n") if token.content[0] == ":" else ("", "", token.content)
        )
        options = dict(re.findall(r"^:(\w+): (.*)$", head, re.MULTILINE))
        after = "\n".join(text.splitlines()[token.map[1] :])
        language = token.info.removeprefix("{code-block}").strip()
        use, caption = options.get("class", ""), options.get("caption", "").strip("'\"")
        caption = caption.replace("\\", "")
        found.append(Example(page, token.map[0] + 1, language, use, source, after, caption))
    return found


def _in_rest(page: str, text: str) -> list[Example]:
    found = []
    pattern = re.compile(r"^\.\. code-block:: (\w+)\n   :class: ([\w-]+)\n\n((?:   .*\n|\n)+)", re.MULTILINE)
    for match in pattern.finditer(text):
        line = text[: match.start()].count("\n") + 1
        source = textwrap.dedent(match[3]).rstrip("\n") + "\n"
        found.append(Example(page, line, match[1], match[2], source, text[match.end() :]))
    return found


EXAMPLES = [
    example
    for page, text in PAGES.items()
    for example in (_in_rest if page.endswith(".rst") else _in_markdown)(page, text)
]


def used_for(*uses: str) -> list[object]:
    """List the examples of some classes as parameters, each named by its place."""
    return [pytest.param(one, id=str(one)) for one in EXAMPLES if one.use in uses]


def warning() -> list[Example]:
    """List the examples that a page must be warned for."""
    return [one for one in EXAMPLES if one.use.startswith("warns-") and one.language != "python"]


def _page(example: Example) -> tuple[str, str]:
    """Make a page of an example: its name and its text, with a heading where it has none."""
    if example.language == "rst":
        headed = example.source.startswith(":")
        return f"{example.name}.rst", example.source if headed else f"Page\n====\n\n{example.source}"
    headed = example.source.startswith(("---\n", "# "))
    return f"{example.name}.md", example.source if headed else f"# Page\n\n{example.source}"


def _site(root: Path, examples: list[Example]) -> Path:
    pages = dict(_page(example) for example in examples)
    return write_site(
        root, {"topics.md": TOPICS, **pages}, lore=LORE, kernels=KERNELS, conf="nitpicky = True\n"
    )


@pytest.fixture(scope="module")
def good(folder: Path) -> Built:
    """Build every example that is right, each as a page."""
    return build(
        _site(folder / "good", [one for one in EXAMPLES if one.use in ("example", "example-live")]), "text"
    )


@pytest.fixture(scope="module")
def bad(folder: Path) -> Built:
    """Build every example that must be warned of, each as a page."""
    return build(_site(folder / "bad", warning()), "text")


def test_every_example_is_of_a_kind() -> None:
    """No block of markup or settings is left out of the tests."""
    unclassed = [str(one) for one in EXAMPLES if one.language in ("markdown", "rst", "json") and not one.use]
    assert not unclassed
    assert len(EXAMPLES) > 60


@pytest.mark.parametrize("example", used_for("example", "example-live"))
def test_example(good: Built, example: Example) -> None:
    """An example builds without a warning; its roles and directives are all there."""
    name, _ = _page(example)
    assert good.of(name) == []
    said = good.text(f"{example.name}.txt")
    assert said.strip()
    assert "{kfunc}" not in said


@pytest.mark.parametrize("example", used_for("example-live"))
def test_live_example(example: Example) -> None:
    """The result that a reader sees below an example is the example itself."""
    assert example.after.lstrip("\n").startswith(example.source.rstrip("\n"))


@pytest.mark.parametrize("example", [pytest.param(one, id=str(one)) for one in warning()])
def test_example_that_warns(bad: Built, example: Example) -> None:
    """Each of these warns once, of the kind and in the words that the guide says; its text is on the page."""
    name, text = _page(example)
    told = bad.of(name)
    kind = example.use.removeprefix("warns-").replace("-", ".", 1)
    assert [one.kind for one in told] == [kind], told
    assert example.caption and example.caption in told[0].text
    assert 1 <= told[0].line <= len(text.splitlines())
    assert bad.text(f"{example.name}.txt").strip("\n *").removeprefix("Page").strip("\n *")


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.language == "python" and e.use], ids=str)
def test_settings(folder: Path, example: Example) -> None:
    """A block of settings is right, or warned of as the guide says."""
    root = write_site(folder / f"conf-{example.name}", {"a.md": "# A\n"}, conf=example.source)
    kinds = [one.kind for one in build(root, "dummy").warnings]
    assert kinds == ([] if example.use == "example-conf" else ["kernel.config"])


def test_first_page(folder: Path) -> None:
    """Who follows the guide's first page is told just what it says: of the one message that is not locked."""
    (example,) = (one for one in EXAMPLES if one.page == "start.md" and one.use == "example")
    pages = {"reading.md": example.source, "topics.md": TOPICS}
    root = write_site(folder / "first", pages, lore=replace(LORE, messages=MESSAGES), kernels=KERNELS)
    (told,) = build(root, "dummy").warnings
    said = f"topics/{told.page}:{told.line}: WARNING: {told.text} [{told.kind}]"
    assert said in " ".join(PAGES["start.md"].split())
    assert f'"{FIRST}": {{' not in (GUIDE.parent / "lock" / "lore.json").read_text(encoding="utf-8")


def test_declared_facts() -> None:
    """The example of declared.json is read, and merged with what the archive says."""
    (example,) = (one for one in EXAMPLES if one.use == "example-declared")
    declared = parse_declared(example.source, Path("declared.json"))
    merged = merge({LOCK_MODE: MESSAGES[LOCK_MODE]}, declared)
    assert merged.disagreements == ()
    fate = merged.lock.messages[LOCK_MODE].fate
    assert fate is not None and (fate.state, fate.release) == (State.LANDED, "v6.17")
    assert merged.lock.messages["someone@example.org"].revisions[0].label == "v2"


def test_links_from_another_project(folder: Path) -> None:
    """The examples for other projects resolve there, by the inventory alone."""
    examples = [one for one in EXAMPLES if one.use == "example-elsewhere"]
    assert len(examples) == 2
    notes = f"# Topics\n\n```{{series}} {LOCK_MODE}\n```\n\n(madvise-dontneed)=\n## The walk\n"
    inventory = build(write_site(folder / "notes", {"topics.md": notes})).out / "objects.inv"
    for number, example in enumerate(examples):
        root = folder / f"elsewhere-{number}"
        root.mkdir()
        loaded = ["sphinx.ext.intersphinx", *(["kernelref"] if ":kernel:" in example.source else [])]
        mapping = {"notes": ("https://notes.example/", str(inventory))}
        (root / "conf.py").write_text(
            f"extensions = {loaded!r}\nintersphinx_mapping = {mapping!r}\nnitpicky = True\n", encoding="utf-8"
        )
        (root / "index.rst").write_text(f"I\n=\n\n{example.source}", encoding="utf-8")
        built = build(root)
        assert built.warnings == []
        links = [a["href"] for a in built.page("index").select("p a.external")]
        assert links[0].startswith("https://notes.example/topics.html#series-2025")


# --- nothing is left out -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_role_is_documented(role: str) -> None:
    """Each role has a section of its own, and an example in each markup."""
    assert re.search(rf"^## .*`{role}`$", PAGES["roles.md"], re.MULTILINE)
    assert any(f"{{{role}}}`" in one.source for one in EXAMPLES if one.page == "roles.md")
    assert any(f":{role}:`" in one.source for one in EXAMPLES if one.page == "rest.rst")


@pytest.mark.parametrize("directive", DIRECTIVES)
def test_directive_is_documented(directive: str) -> None:
    """Each directive has a section; each of its options is told, and is in an example."""
    name = "gathered.md" if directive in GATHERED else "directives.md"
    section = PAGES[name].partition(f"\n## `{directive}`\n")[2].partition("\n## ")[0]
    assert section
    examples = [one.source for one in EXAMPLES if one.page == name]
    assert any(f"{{{directive}}}" in source for source in examples)
    assert any(f".. {directive}::" in one.source for one in EXAMPLES if one.page == "rest.rst")
    for option in DIRECTIVES[directive].option_spec or ():
        assert f"`:{option}:`" in section, option
        assert any(f"\n:{option}:" in source for source in examples), option


@pytest.mark.parametrize("state", State)
def test_state_is_documented(state: State) -> None:
    """Each word for what became of a series is told, for the page and for declared.json."""
    assert f"| `{state}` |" in PAGES["directives.md"]
    assert f"`{state}`" in PAGES["lock.md"].partition("(declared)=")[2]


@pytest.mark.parametrize("genre", GENRES)
def test_genre_is_documented(genre: str) -> None:
    """Each kind of reading is told."""
    assert f"`{genre}`" in PAGES["lock.md"]


@pytest.mark.parametrize("subtype", Subtype)
def test_warning_is_documented(subtype: Subtype) -> None:
    """Each kind of warning has a section, and an example that gives it."""
    assert f"\n(warning-{subtype})=\n## `kernel.{subtype}`\n" in PAGES["warnings.md"]
    assert any(one.use == f"warns-kernel-{subtype}" for one in EXAMPLES)


def test_values_are_documented() -> None:
    """Each value of conf.py is told with its default."""
    page = PAGES["configuration.md"]
    defaults = {f"{PREFIX}{f.name}": f.default for f in fields(Settings)}
    told = re.findall(r"\{confval\} (\w+)\n:type: .+\n:default: `(.+)`\n\n\w", page)
    assert {name: ast.literal_eval(default) for name, default in told} == defaults
    (example,) = (one for one in EXAMPLES if one.use == "example-conf")
    assigned = {node.targets[0].id: node.value.value for node in ast.parse(example.source).body}  # type: ignore[attr-defined]
    assert assigned == defaults


COMMANDS = next(one for one in _parser()._actions if isinstance(one, argparse._SubParsersAction)).choices


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_documented(command: str) -> None:
    """Each option of each command is told, with what it takes; and none that is not there."""
    wanted = {
        f"{action.option_strings[-1]} {action.metavar or action.dest.upper()}"
        if action.nargs != 0
        else action.option_strings[-1]
        for action in COMMANDS[command]._actions
        if action.option_strings and "--help" not in action.option_strings
    }
    section = (
        PAGES[own[command]]
        if command
        in (own := {"lock": "lock.md", "check": "check.md", "new": "start.md", "import": "plain.md"})
        else PAGES["source.md"].partition(f"\n### `{command}`\n")[2].partition("\n### ")[0]
    )
    assert set(re.findall(r"^`(--[^`]+)`$", section, re.MULTILINE)) == wanted


def test_defaults_are_documented() -> None:
    """What a question takes where nothing is said, and where a likeness counts, is told as it is."""
    page, options = " ".join(PAGES["source.md"].split()), " ".join(PAGES["directives.md"].split())
    assert f"{graph.DEPTH} unless said otherwise, and {paths.DEPTH} with `--to`" in page
    assert f"how many ways: {paths.COUNT} unless said otherwise" in page
    assert f"may have: {graph.LIMIT} unless said otherwise" in page
    least = [pairing.RENAMED, pairing.IN_PLACE, pairing.INLINED]
    table = page.partition("(likeness)=")[2].partition("Only functions")[0]
    assert [float(told) for told in re.findall(r"\| (0\.\d+) \|", table)] == least
    assert f"from 1 to {tree_options.MAX_DEPTH}: {graph.DEPTH} unless said otherwise" in options
    assert f"and {paths.DEPTH} with `:to:`" in options
    assert f"from 1 to {tree_options.MAX_COUNT}: {paths.COUNT} unless said otherwise" in options
    assert f"At most {MOST_DRAWN} functions are drawn" in options


def test_signs_of_a_difference_are_documented() -> None:
    """Each sign is told, those of the drawing and those of the terminal."""
    for sign in CHANGES.values():
        assert f"\n| {sign} | " in PAGES["directives.md"]
    for sign, _ in show._STYLES.values():
        assert f"\n| `{sign.strip()}` | " in PAGES["source.md"]


def _session() -> list[tuple[str, dict[str, str], str]]:
    """List the commands whose output the guide shows: the command, its variables, the output."""
    found, variables = [], dict[str, str]()
    for block in (one for one in EXAMPLES if one.use == "example-run"):
        for part in re.split(r"^\$ ", block.source, flags=re.MULTILINE)[1:]:
            command, _, told = part.partition("\n")
            if match := re.fullmatch(r'export (\w+)="(.*)"', command):
                variables = {**variables, match[1]: match[2]}
            else:
                found.append((command, variables, told))
    return found


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def test_real_outputs(kernel_trees: Path, folder: Path) -> None:
    """What the guide shows of the commands is what they print of the real trees."""
    session = _session()
    assert len(session) > 5
    require("trees", (kernel_trees / "linux-7.2" / "Makefile").is_file(), "the guide compares with v7.2")
    root = str(GUIDE.parent)
    for command, variables, told in session:
        given = variables["KERNELS"].replace("$HOME/src", str(kernel_trees))
        environment = {
            **os.environ,
            "KERNELS": re.sub(r"(linux-\d+\.\d+)\.\d+", r"\1", given),
            "KERNELREF_CACHE": str(folder / "cache"),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "COLUMNS": "100",
        }
        words = shlex.split(command)
        assert words[0] == "python"
        done = subprocess.run(
            [sys.executable, *words[1:]],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, _tidy(done.stdout)) == (0, _tidy(told)), f"{command}\n{done.stderr}"


def test_marks_and_indices_are_documented() -> None:
    """Each sign is told, and each index."""
    for sign in filter(None, SIGNS.values()):
        assert f"\n| {sign} | " in PAGES["lock.md"]
    for index in (DateIndex, AuthorIndex, IdentifierIndex):
        assert f"`kernel-{index.name}`" in PAGES["domain.md"]


def test_guide_is_all_in_its_table_of_contents() -> None:
    """Each page of the guide is listed on its first page."""
    listed = PAGES["index.md"].partition(":hidden:")[2].split("```")[0].split()
    assert sorted(listed) == sorted(Path(page).stem for page in PAGES if page != "index.md")


def test_limits_are_documented() -> None:
    """How large a call tree may be is told as it is."""
    page = PAGES["directives.md"]
    for said in (f"More than {MOST_NODES} functions", f"more than {MAX_NODES}", f"{MAX_DEPTH} levels"):
        assert said in page
