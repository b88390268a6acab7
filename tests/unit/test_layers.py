"""The layers of the design hold: who may import what, read from the source itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "_ext" / "kernelref"
MODULES = {
    ".".join(("kernelref", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# package -> the modules that alone may import it
ONLY = {
    "subprocess": ("kernelref.resolvers.git", "kernelref.resolvers.index.workers", "kernelref.drawings"),
    "liblore": ("kernelref.resolvers.archive",),
    "requests": ("kernelref.resolvers.archive",),
    "urllib3": ("kernelref.resolvers.archive",),
    "tree_sitter": ("kernelref.resolvers.index",),
    "tree_sitter_c": ("kernelref.resolvers.index",),
}
SPHINX = {"sphinx", "docutils", "myst_parser", "sphinx_design", "furo", "sphinxcontrib"}
# What core has no business with: Sphinx, other processes, the network, parsers, terminals.
NOT_PURE = {
    "rich",
    "mermaidx",
    "multiprocessing",
    "concurrent",
    "asyncio",
    "socket",
    "http",
    "urllib.request",
}
NOT_PURE |= SPHINX | set(ONLY)


def within(module: str, parents: tuple[str, ...]) -> bool:
    """Say whether a module is one of the parents, or in it, or begins with its name and ``_``."""
    return any(module == p or module.startswith((f"{p}.", f"{p}_")) for p in parents)


def layer(module: str) -> str:
    """Give a module's layer."""
    part = module.partition(".")[2].partition(".")[0]
    if part in ("core", "resolvers"):
        return part
    return "cli" if part in ("cli", "__main__") or part.startswith("cli_") else "sphinx"


def _absolute(module: str, node: ast.ImportFrom) -> str:
    """Resolve the module of a ``from … import``, relative ones too."""
    if not node.level:
        return node.module or ""
    is_package = MODULES[module].name == "__init__.py"
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join(parts + ([node.module] if node.module else []))


def imports(module: str) -> Iterator[tuple[str, int]]:
    """Give each name a module imports, at any depth of it, with the line; names of members too."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(module, node)
            yield source, node.lineno
            for alias in node.names:
                yield f"{source}.{alias.name}", node.lineno
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and node.args:
                name = node.args[0]
                known = constants.get(name.id) if isinstance(name, ast.Name) else getattr(name, "value", None)
                yield (known if isinstance(known, str) else "?"), node.lineno


def offences(module: str, forbidden: set[str]) -> list[str]:
    """Give the imports of a module that are forbidden to it, as ``file:line: name``."""
    return sorted(
        {
            f"{MODULES[module].relative_to(PACKAGE.parent)}:{line}: {name}"
            for name, line in imports(module)
            if any(name == f or name.startswith(f"{f}.") for f in forbidden)
        }
    )


def strangers(module: str, *allowed: str) -> set[str]:
    """Give the modules of the package that a module imports and that are none of the allowed ones."""
    own = {name for name, _ in imports(module) if name.startswith("kernelref.")}
    return {name for name in own if not within(name, (*allowed, "kernelref.version"))}


def of_layer(*layers: str) -> list[str]:
    """Give the modules of some layers."""
    return [module for module in MODULES if layer(module) in layers]


@pytest.mark.parametrize("module", of_layer("core"))
def test_core_is_pure(module: str) -> None:
    """Core knows neither Sphinx nor the network nor a parser nor other processes."""
    assert not offences(module, NOT_PURE)


@pytest.mark.parametrize("module", of_layer("core"))
def test_core_imports_only_core(module: str) -> None:
    """Core, the lowest layer, imports of the package itself core alone."""
    assert not strangers(module, "kernelref.core")


@pytest.mark.parametrize("module", of_layer("core"))
def test_core_needs_the_standard_library_alone(module: str) -> None:
    """Core runs on a bare Python."""
    foreign = {name.partition(".")[0] for name, _ in imports(module)} - {"kernelref"}
    assert not foreign - sys.stdlib_module_names


@pytest.mark.parametrize("module", of_layer("resolvers"))
def test_resolvers_do_not_know_sphinx(module: str) -> None:
    """The resolvers import of the package core and each other, and nothing of Sphinx."""
    assert not offences(module, SPHINX)
    assert not strangers(module, "kernelref.core", "kernelref.resolvers")


@pytest.mark.parametrize("module", of_layer("sphinx"))
def test_sphinx_side_never_resolves(module: str) -> None:
    """A build imports neither the resolvers nor the command: it reads pages and locks."""
    assert not offences(module, {"kernelref.resolvers", "kernelref.cli", "kernelref.__main__"})


@pytest.mark.parametrize(("package", "owners"), ONLY.items())
def test_one_owner(package: str, owners: tuple[str, ...]) -> None:
    """The archive client, the C parser and other processes each have one door."""
    others = [module for module in MODULES if not within(module, owners)]
    assert not [offence for module in others for offence in offences(module, {package})]


@pytest.mark.parametrize("module", of_layer("core", "resolvers", "sphinx"))
def test_no_import_hides_its_name(module: str) -> None:
    """Below the command, which may import all, no module is imported by a computed name."""
    assert "?" not in {name for name, _ in imports(module)}


def test_the_rules_bite() -> None:
    """The modules that the rules name are there, so that none of them holds for want of a subject."""
    assert {layer(module) for module in MODULES} == {"core", "resolvers", "sphinx", "cli"}
    for owners in ONLY.values():
        assert any(within(module, owners) for module in MODULES), owners
