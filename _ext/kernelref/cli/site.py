"""Where a site's locks are, without Sphinx: it takes half a second to be imported, and a question less."""

from __future__ import annotations

import ast
from pathlib import Path

LOCKS = "lock"
_VALUE = "kernelref_lock_dir"


def lock_folder(site: Path) -> Path:
    """Give the folder that ``conf.py`` sets by a plain string, else ``lock``; nothing is run."""
    try:
        module = ast.parse((site / "conf.py").read_bytes())
    except (OSError, SyntaxError, ValueError):
        return site / LOCKS
    named = LOCKS
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if _VALUE in names and isinstance(node.value.value, str):
                named = node.value.value
    return site / named
