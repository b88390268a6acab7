"""The project's own machinery: pins, make's targets, Read the Docs, what is committed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# What a target is called; those that begin with `_` or `$` are make's own business.
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.M))
RANGES = {"requirements.txt": "requirements.lock", "requirements-dev.txt": "requirements-dev.lock"}


def read(name: str) -> list[str]:
    """Give a requirements file's lines: joined at backslashes, without comments and empty ones."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def ranges(name: str) -> dict[str, Requirement]:
    """Give package -> requirement of a file of ranges."""
    return {canonicalize_name(r.name): r for r in map(Requirement, read(name))}


def pins(name: str) -> dict[str, Version]:
    """Give package -> version of a file of exact pins; anything else in it is an error."""
    found: dict[str, Version] = {}
    for line in read(name):
        match = re.fullmatch(r"([\w.-]+)==([\w.!+-]+)((?: +--hash=sha256:[0-9a-f]{64})*)", line)
        assert match, f"{name}: {line}"
        assert bool(match[3]) == name.endswith(".lock"), f"{name}: {line}: locks have hashes"
        found[canonicalize_name(match[1])] = Version(match[2])
    return found


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run make in the repository, as nobody's child."""
    program = shutil.which("make")
    if not program:
        pytest.skip("needs make")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    command = [program, "-C", str(ROOT), "--no-print-directory", *arguments]
    return subprocess.run(command, env=env | environment, capture_output=True, text=True, check=False)


def a_python(folder: Path, script: str) -> str:
    """Make a stand-in for a Python interpreter; give its path."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", RANGES)
def test_ranges_admit_the_pins(name: str) -> None:
    """Each package of a requirements file is pinned, at a version that its range admits."""
    pinned = pins("constraints.txt")
    for package, requirement in ranges(name).items():
        assert requirement.specifier, f"{package}: no range"
        assert pinned[package] in requirement.specifier


@pytest.mark.parametrize(("name", "lock"), RANGES.items())
def test_locks_hold_every_package_with_hashes(name: str, lock: str) -> None:
    """Each package of a requirements file is in its lock, which pins what constraints.txt pins."""
    locked, pinned = pins(lock), pins("constraints.txt")
    assert ranges(name).keys() <= locked.keys()
    assert locked == {package: pinned[package] for package in locked}


def test_constraints_hold_nothing_else() -> None:
    """Every pin is of a package that one of the locks installs."""
    locked = pins("requirements.lock").keys() | pins("requirements-dev.lock").keys()
    assert pins("constraints.txt").keys() == locked


def test_the_project_is_content_with_the_pins() -> None:
    """What pyproject.toml asks for, to build and to run, is pinned for those who build the notes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = pins("requirements.lock")
    for text in project["project"]["dependencies"] + project["build-system"]["requires"]:
        requirement = Requirement(text)
        assert locked[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize("name", [*RANGES, *RANGES.values(), "constraints.txt"])
def test_requirements_name_no_place(name: str) -> None:
    """No requirements file says where packages come from: that is each reader's setting."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", re.sub(r"\\\n\s*--hash=", "", text), re.M)


def test_help_lists_every_target() -> None:
    """`make help`, which `make` alone is too, has a line for every target."""
    said = make("help").stdout
    assert make().stdout == said
    assert set(re.findall(r"^  ([a-z-]+) +\S", said, re.M)) == TARGETS


def test_targets_are_phony() -> None:
    """No target is taken for made because a file of its name exists."""
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.M)
    assert phony
    assert set(phony[1].split()) >= TARGETS


@pytest.mark.parametrize("name", ["README.md", ".ci/run"])
def test_commands_that_are_promised_exist(name: str) -> None:
    """Each `make X` that the README or CI speaks of is a target."""
    text = (ROOT / name).read_text(encoding="utf-8")
    said = set(re.findall(r"(?:^|`|step '?)make ([a-z][a-z-]+)", text, re.M))
    assert {"html", "test", "check-code"} <= said <= TARGETS


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ('[ "$1" = -V ] && echo Python 3.10.1; exit 1', "Python 3.10.1 is too old: Python 3.11"),
        ('case "$2" in *ensurepip*) exit 1;; *) echo new;; esac', "has no venv module"),
    ],
    ids=["too old", "no venv"],
)
@pytest.mark.parametrize("target", ["html", "test"])
def test_a_python_that_will_not_do(tmp_path: Path, script: str, says: str, target: str) -> None:
    """An old Python, or one without venv, gives one line that says so, and no .venv."""
    done = make(target, f"PYTHON={a_python(tmp_path, script)}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert says in done.stderr
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all(tmp_path: Path) -> None:
    """A PYTHON that is not there gives one line that says so."""
    done = make("html", f"PYTHON={tmp_path / 'none'}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode
    assert len(done.stderr.splitlines()) == 1
    assert "Install Python 3.11 or newer" in done.stderr


def test_pdf_without_latex(tmp_path: Path) -> None:
    """Where XeLaTeX is missing, `make pdf` says so in one line, before it installs anything."""
    done = make("pdf", f"VENV={tmp_path / 'venv'}", PATH=str(tmp_path))
    assert done.returncode
    assert len(done.stderr.splitlines()) == 1
    assert "xelatex, which is not on this machine" in done.stderr
    assert not (tmp_path / "venv").exists()


def _sphinx(command: str) -> list[str]:
    """Give what a command asks Sphinx for, in the form that make's and Read the Docs' have in common."""
    for said, meant in (
        ("$(SPHINX)", "python -m sphinx"),
        ("$(SPHINXOPTS)", "-n -W --keep-going -j auto"),
        ("$(BUILD)", "_build"),
        ("$READTHEDOCS_OUTPUT", "_build"),
    ):
        command = command.replace(said, meant)
    return command.split()


def test_read_the_docs() -> None:
    """Read the Docs installs the lock and the project, and makes every format by make's own commands."""
    config = yaml.safe_load((ROOT / ".readthedocs.yaml").read_text(encoding="utf-8"))
    assert config["version"] == 2
    assert config["build"]["os"] == "ubuntu-24.04"
    assert Version(config["build"]["tools"]["python"]) >= Version("3.11")
    assert sorted(config["formats"]) == ["epub", "pdf"]
    project = {"method": "pip", "path": "."}
    assert config["python"]["install"] == [{"requirements": "requirements.lock"}, project]
    assert (ROOT / config["sphinx"]["configuration"]).is_file()
    assert re.search(r"^SPHINXOPTS \?= -n -W --keep-going -j auto$", MAKEFILE, re.M)
    for target in ("html", "epub", "pdf"):
        recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.M)
        assert recipe
        ours = [_sphinx(line) for line in re.findall(r"^\t@(\$\(SPHINX\).*)$", recipe[1], re.M)]
        theirs = config["build"]["jobs"]["build"][target]
        assert [_sphinx(line) for line in theirs if "-m sphinx" in line] == ours != []
        output = [line for line in theirs if f"$READTHEDOCS_OUTPUT/{target}" in line]
        assert output, f"{target}: nothing goes where Read the Docs looks for it"


def test_ci_can_run() -> None:
    """CI's script is executable, and bash can read it."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert not subprocess.run(["bash", "-n", str(script)], check=False).returncode


def test_no_file_knows_this_machine() -> None:
    """No file that is, or would be, committed names a folder of somebody's machine."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, capture_output=True, text=True, check=False) if shutil.which("git") else None
    if listed is None or listed.returncode:
        pytest.skip("needs a git checkout")
    home = re.compile(rb"(?<![\w.~}-])/(?:root|work|home/\w+|Users/\w+)/[\w.]")
    found = [
        f"{name}: {match[0].decode()}"
        for name in listed.stdout.split("\0")
        if name and (path := ROOT / name).is_file()
        if (match := home.search(path.read_bytes()))
    ]
    assert not found
