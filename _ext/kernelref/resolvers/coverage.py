"""Which folders of a kernel a tree covers: what lies outside is not known, and never gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_WHOLE: Final = frozenset(
    {
        "arch",
        "block",
        "crypto",
        "drivers",
        "fs",
        "include",
        "init",
        "ipc",
        "kernel",
        "lib",
        "mm",
        "net",
        "scripts",
        "security",
        "sound",
        "tools",
    }
)
"""The top folders without which a tree is a part of the kernel."""
_BUILD_FILES: Final = ("Kconfig", "Makefile", "Kbuild", "index.rst")
_NO_BUILD_FILE: Final = frozenset({"include", "LICENSES", "rust", "samples", "usr", "certs"})


def folders_of(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders that a tree of these files covers; ``("",)`` is everything."""
    # A part of a kernel often has arch/x86 alone of arch/: a folder counts as covered when the
    # file that builds or lists it is there, else its children are asked.
    children: dict[str, set[str]] = {}  # folder -> names of files and folders in it
    for file in paths:
        path = file
        while path:
            parent, _, name = path.rpartition("/")
            known = children.setdefault(parent, set())
            if name in known:
                break
            known.add(name)
            path = parent
    tops = {name for name in children.get("", ()) if name in children}
    if tops >= _WHOLE:
        return ("",)
    covered: list[str] = []
    pending = sorted(tops)
    while pending:
        folder = pending.pop()
        names = children[folder]
        if folder in _NO_BUILD_FILE or any(build in names for build in _BUILD_FILES):
            covered.append(folder)
        else:
            below = [f"{folder}/{name}" for name in names if f"{folder}/{name}" in children]
            pending.extend(below)
            if not below:
                covered.append(folder)
    return tuple(sorted(covered))
