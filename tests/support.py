"""What any test module may import: ``require``, and the shapes of shared fixtures."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

NEEDS = {
    "trees": "a kernel tree",
    "server": "public-inbox",
    "browser": "a browser",
    "archive": "the archive of real mail",
    "epub": "epubcheck",
    "pdf": "XeLaTeX",
}


def require(what: str, present: object, hint: str) -> None:
    """Skip the test when ``what`` is not ``present``, or fail it where it has to be.

    ``what`` is a key of ``NEEDS``; ``hint`` says how to make it present. ``KERNELREF_REQUIRE`` has
    to be, as in CI, ``all`` or a list of keys.
    """
    name = NEEDS[what]
    if present:
        return
    required = re.split(r"[\s,]+", os.environ.get("KERNELREF_REQUIRE", ""))
    if "all" in required or what in required:
        pytest.fail(f"needs {name}, which KERNELREF_REQUIRE demands: {hint}", pytrace=False)
    pytest.skip(f"needs {name}: {hint}")


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


class SphinxBuild(Protocol):
    """What the fixture ``sphinx_build`` gives."""

    def __call__(
        self, source: Path, out: Path, *options: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Build ``source`` into ``out``; ``env`` adds to the environment."""
