"""Warnings: one type, ``kernel``, and a subtype for each kind of thing that goes wrong.

Every warning can be suppressed with ``suppress_warnings = ["kernel.<subtype>"]``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sphinx.util import logging

if TYPE_CHECKING:
    from docutils import nodes

logger = logging.getLogger(__name__)


class Subtype(StrEnum):
    """What a warning is about."""

    LORE = "lore"
    """A message-id, an article or a commit."""
    IDENTIFIER = "identifier"
    """A function, struct, macro, file or option; or the release it is named for."""
    CALLTREE = "calltree"
    """A call tree that cannot be read or drawn, or an edge that its release does not have."""
    SERIES = "series"
    """A card: a duplicate, or a declared fact that the message contradicts."""
    LOCK = "lock"
    """A lock file that is missing, damaged, or older than the page."""
    CONFIG = "config"
    """A value in ``conf.py``."""


def warn(subtype: Subtype, message: str, location: nodes.Node | tuple[str, int] | str | None = None) -> None:
    """Emit the warning ``kernel.<subtype>`` at a node, a (docname, line) or a ``file:line``."""
    where: Any = location
    logger.warning("%s", message, type="kernel", subtype=subtype.value, location=where)
