"""What the tests of the Sphinx side share: `helpers` becomes importable; each module has a folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for what a module builds once and all its tests look at."""
    return tmp_path_factory.mktemp("sites")
