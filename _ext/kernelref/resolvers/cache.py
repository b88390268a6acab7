"""Where on this machine things are kept that can be made again."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The user's cache folder for this tool; ``KERNELREF_CACHE`` names another."""
    named = os.environ.get("KERNELREF_CACHE")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kernelref"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "kernelref"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kernelref"
