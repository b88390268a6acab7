"""A file while it is read: what several makers need of it is found out once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from . import registers
from .comments import strip_comments
from .words import words_of

if TYPE_CHECKING:
    from ..tree import Tree


class File:
    """One file of a tree, with its number in a segment and its content."""

    def __init__(self, tree: Tree, number: int, path: str, source: bytes) -> None:
        """Nothing is found out yet."""
        self._tree, self.number, self.path, self.source = tree, number, path, source

    @cached_property
    def blob(self) -> str:
        """The name of the content."""
        return self._tree.blob_named(self.path, self.source)

    @cached_property
    def clean(self) -> bytes:
        """The content, which is C, without its comments."""
        return strip_comments(self.source)

    @cached_property
    def words(self) -> set[bytes]:
        """All words of `clean`."""
        return words_of(self.clean)

    @cached_property
    def is_list(self) -> bool:
        """Whether this is a header of registers."""
        return registers.is_list(self.path, self.source)

    @cached_property
    def listed(self) -> registers.Listed:
        """The parts of a header of registers."""
        return registers.split(self.source)

    @cached_property
    def others(self) -> bytes:
        """The lines of a header of registers that begin with no ``#define``."""
        return registers.others_of(self.source)
