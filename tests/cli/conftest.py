"""The small kernels, written once; each test has a cache of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cli_helpers import FILES, NEW, OLD, Command, repository
from support import write_files


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what a test caches in its own folder, and let no tree of the machine in."""
    monkeypatch.setenv("KERNELREF_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.delenv("KERNELS", raising=False)
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give both releases as folders; tests do not write there."""
    root = tmp_path_factory.mktemp("kernels")
    return {tag: write_files(root / tag, files) for tag, files in FILES.items()}


@pytest.fixture(scope="session")
def linux_git(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give both releases as a repository with tags."""
    return repository(tmp_path_factory.mktemp("git") / "linux")


@pytest.fixture
def old(kernels: dict[str, Path]) -> str:
    """Give the older release as an option's value."""
    return f"{OLD}={kernels[OLD]}"


@pytest.fixture
def new(kernels: dict[str, Path]) -> str:
    """Give the newer release as an option's value."""
    return f"{NEW}={kernels[NEW]}"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    """Give the command."""
    return Command(capsys)
