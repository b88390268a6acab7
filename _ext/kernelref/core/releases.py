"""Release names as pages write them (``v6.18``), and the tags that are pinned (``v6.18.15``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TAG = re.compile(r"v(\d+)\.(\d+)(?:\.(\d+))?(?:-rc(\d+))?")


class ReleaseError(ValueError):
    """What was written is no release name."""


def sort_key(tag: str) -> tuple[int, int, int, int]:
    """Order tags as the kernel releases them: ``v6.18-rc1`` < ``v6.18`` < ``v6.18.1``."""
    match = _TAG.fullmatch(tag)
    if not match:
        raise ReleaseError(f"{tag!r} is no kernel release; write v6.18 or v6.18.15")
    major, minor, patch, candidate = (int(part) if part else -1 for part in match.groups())
    return (major, minor, patch, candidate if candidate >= 0 else 1 << 30)


def series_of(tag: str) -> str:
    """Give ``v6.18`` for ``v6.18.15``; before 3.0 the third number counted too: ``v2.6.38``."""
    major, minor, patch, _ = sort_key(tag)
    return f"v{major}.{minor}" + (f".{patch}" if major < 3 and patch >= 0 else "")


@dataclass(frozen=True, slots=True)
class Releases:
    """The pinned tags, oldest first."""

    pinned: tuple[str, ...]

    @classmethod
    def of(cls, tags: Iterable[str]) -> Releases:
        """Sort the tags."""
        return cls(tuple(sorted(tags, key=sort_key)))

    def tag(self, name: str) -> str | None:
        """Give the pinned tag that a release name means; None when it is not pinned.

        ``v6.18`` means any pinned tag of that series, a full tag only itself. Raises
        `ReleaseError` when ``name`` is no release name at all.
        """
        if name in self.pinned:
            return name
        _, _, patch, _ = sort_key(name)
        if patch >= 0 or "-rc" in name:
            return None
        return next((tag for tag in reversed(self.pinned) if series_of(tag) == name), None)
