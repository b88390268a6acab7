"""A question to the call graph: what is below a function, above it, or between it and another.

Pages ask by directive, people by command; a lock keeps answers under a question's `key`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from . import graph, paths


@dataclass(frozen=True, slots=True)
class Question:
    """Names are ``name`` or ``file.c:name``. A depth of 0 is the usual one of its kind of question."""

    start: str
    goal: str = ""
    callers: bool = False
    depth: int = 0
    count: int = paths.COUNT
    limit: int = graph.LIMIT
    pointers: bool = True
    quiet: tuple[str, ...] = ()

    @property
    def levels(self) -> int:
        """How many calls deep."""
        return self.depth or (paths.DEPTH if self.goal else graph.DEPTH)

    @property
    def key(self) -> str:
        """The question in one line, without what is as usual."""
        parts = []
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == "start" or value != f.default:
                text = (
                    ",".join(value)
                    if isinstance(value, tuple)
                    else str(value).lower()
                    if value in (True, False)
                    else value
                )
                parts.append(f"{f.name}={text}")
        return " ".join(parts)
