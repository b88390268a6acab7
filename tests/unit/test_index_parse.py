"""Facts of small awkward C files: each has a YAML beside it that says what must be found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kernelref.resolvers.index.facts import (
    ARGUMENT,
    BLOCK,
    DIRECT,
    FIELD,
    PARAMETER,
    FileFacts,
    Found,
)
from kernelref.resolvers.index.read import read_facts

DATA = Path(__file__).resolve().parent.parent / "data" / "c"
SAMPLES = sorted(path.name for path in DATA.iterdir() if path.suffix in {".c", ".h"})


def facts_of(name: str) -> FileFacts:
    """Read a sample."""
    return read_facts(name, (DATA / name).read_bytes())


def expected(name: str) -> dict[str, Any]:
    """What the YAML beside a sample says."""
    told: dict[str, Any] = yaml.safe_load((DATA / name).with_suffix(".yaml").read_text("utf-8"))
    return told


def used(facts: FileFacts, name: str, *ways: str) -> list[str]:
    """The names that all definitions of a name use in some ways."""
    return sorted(
        {
            use.name
            for number, found in enumerate(facts.found)
            if found.name == name
            for use in facts.uses.get(number, ())
            if use.way in ways
        }
    )


def named(facts: FileFacts, name: str) -> list[Found]:
    """All definitions of a name."""
    return [found for found in facts.found if found.name == name]


@pytest.mark.parametrize("name", SAMPLES)
def test_functions_have_their_lines(name: str) -> None:
    """Every function is found once or in each form, with the lines of its name and of its end."""
    facts = facts_of(name)
    functions = {found.name for found in facts.found if found.kind == "function"}
    told = expected(name)["functions"]
    assert told.keys() <= functions
    for function, (line, end) in told.items():
        assert [line, end] in [[found.line, found.end] for found in named(facts, function)], function


@pytest.mark.parametrize("name", SAMPLES)
def test_spelled_calls(name: str) -> None:
    """Each caller's spelled calls are exactly these."""
    facts = facts_of(name)
    for caller, callees in expected(name).get("calls", {}).items():
        assert used(facts, caller, DIRECT, BLOCK) == sorted(callees), caller
    for caller, callees in expected(name).get("includes_calls", {}).items():
        assert set(callees) <= set(used(facts, caller, DIRECT, BLOCK)), caller


@pytest.mark.parametrize("name", SAMPLES)
def test_absent_calls(name: str) -> None:
    """What is only an attribute, or never compiled, is no call."""
    facts = facts_of(name)
    for caller, callees in expected(name).get("absent", {}).items():
        assert not set(callees) & set(used(facts, caller, DIRECT, BLOCK)), caller


@pytest.mark.parametrize("name", SAMPLES)
def test_other_kinds(name: str) -> None:
    """Types, enumerators and macros have their kind; prototypes are no definitions."""
    facts = facts_of(name)
    for identifier, kind in expected(name).get("kinds", {}).items():
        assert kind in {found.kind for found in named(facts, identifier)}, identifier
    for identifier in expected(name).get("missing", ()):
        assert not named(facts, identifier), identifier


@pytest.mark.parametrize("name", SAMPLES)
def test_conditions_tell_forms_apart(name: str) -> None:
    """Where ``#if`` and ``#else`` each define a function, both are kept with their condition."""
    facts = facts_of(name)
    for function, conditions in expected(name).get("conditions", {}).items():
        assert [found.condition for found in named(facts, function)] == conditions


def test_pointers() -> None:
    """Calls through fields and parameters, passed functions and operation tables are told apart."""
    facts, told = facts_of("pointers.c"), expected("pointers.c")
    for caller, names in told["parameters"].items():
        assert used(facts, caller, PARAMETER) == names
    for caller, names in told["fields"].items():
        assert used(facts, caller, FIELD) == names
    assert passed(facts, "start") == told["passed"]["start"]
    assert shown_entries(facts) == told["entries"]


def passed(facts: FileFacts, name: str) -> list[list[str | int]]:
    """What a function passes on: the name, to whom, as which argument."""
    number = next(number for number, found in enumerate(facts.found) if found.name == name)
    return sorted([use.name, use.via, use.position] for use in facts.uses[number] if use.way == ARGUMENT)


@pytest.mark.parametrize("caller", ["narrow", "fit"])
def test_comments_are_no_arguments(caller: str) -> None:
    """An argument's place is told without the comments before it; a parameter is not told as passed."""
    assert passed(facts_of("gaps.c"), caller) == expected("gaps.c")["passed"][caller]


def shown_entries(facts: FileFacts) -> list[list[str]]:
    """The fields that are set, as the YAML writes them."""
    return [[entry.owner, entry.field, entry.value, entry.type] for entry in facts.entries]


def test_whose_field_it_is() -> None:
    """Tables, assignments and calls say of which struct the field is, through which members."""
    facts, told = facts_of("tables.c"), expected("tables.c")
    assert shown_entries(facts) == told["entries"]
    for caller, through in told["through"].items():
        number = next(number for number, found in enumerate(facts.found) if found.name == caller)
        fields = sorted([use.name, use.via] for use in facts.uses[number] if use.way == FIELD)
        assert fields == sorted(through), caller


def test_calls_bear_their_lines() -> None:
    """A call's lines are those of the file, also after all that was blanked."""
    facts = facts_of("blocks.c")
    lines = {use.name: use.lines for use in facts.uses[0]}
    assert lines["for_each_item"] == (6, 11)
    assert lines["polish"] == (8,)
    assert lines["glance"] == (20,)


def test_assembler() -> None:
    """An assembler file's functions and macros are found."""
    facts = facts_of("assembler.S")
    assert [(found.name, found.line, found.end) for found in facts.found] == [
        ("STEP", 2, 2),
        ("clear_sheet", 4, 7),
    ]


def test_kconfig() -> None:
    """Kconfig symbols bear their C names; the word in a help text is none."""
    facts = facts_of("Kconfig.sample")
    assert [(found.name, found.line, found.end) for found in facts.found] == [
        ("CONFIG_PAINT_WET", 4, 8),
        ("CONFIG_PAINT_TOOLS", 10, 11),
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_facts_survive_their_json(name: str) -> None:
    """Facts written and read again are the same."""
    facts = facts_of(name)
    assert FileFacts.unpacked(facts.packed()) == facts


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\n",
        b"\x00\xff\xfe",
        b"#if\n#else\n#else\n",
        b"#endif\n",
        b"int f(",
        b"/* never ends",
        b"int f(void)\n{\n",
        b'#define X "',
        b"#define",
        b"X(((((((((((((((",
        b"}\n}\n}\n{\n",
        b"int \xc3\xa9(void)\n{\n}\n",
        b"#define A(x) A(x)\n" * 3 + b"A(1)\n",
        b"#ifdef A\nint f(\n#else\nint g(\n#endif\nvoid)\n{\n}\n",
    ],
)
def test_any_bytes_are_read(source: bytes) -> None:
    """Damaged or odd bytes give facts, maybe none, and never an error."""
    for name in ("a.c", "a.h", "a.S", "Kconfig"):
        facts = read_facts(name, source)
        assert FileFacts.unpacked(facts.packed()) == facts


@pytest.mark.parametrize(
    "source",
    [
        b"int f(void)\n{\n" + b"\tif (a) {\n" * 3000,
        b"X(" * 5000,
        b"\t" * 100_000,
        b"#if A\n" * 5000,
        b"(" * 50_000,
        b"\n\tfoo(" + b"a, " * 20_000,
        b"unsigned " * 20_000,
        b"int x __a __b" * 5000,
    ],
)
def test_hostile_sizes_end_soon(source: bytes) -> None:
    """No input makes the regular expressions or the grammar run away."""
    read_facts("a.c", source)


def test_types_are_not_passed() -> None:
    """A type among a macro's arguments is none of what it may call."""
    facts = read_facts(
        "mm/a.h", b"#define fits(t) (sizeof(t) == sizeof(char) || same(t, long) || pass(t, later))\n"
    )
    assert {use.name for use in facts.used_in(0)} == {"same", "pass", "later"}
