"""What a file of plain notes has that can be checked: links with their claims, and call trees.

Of the pure layer; who reads the Markdown is in the layer of the commands.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .calltree import Node
from .claims import Claims
from .recognise import Cited


@dataclass(frozen=True, slots=True)
class Link:
    """A link to one of the kernel's places, and what is claimed of it; ``line`` counts from 1."""

    line: int
    url: str
    cited: Cited
    claims: Claims


@dataclass(frozen=True, slots=True)
class Call:
    """A literal such as ``foo()``; ``key`` is ``name`` or ``file.c:name``."""

    line: int
    key: str


@dataclass(slots=True)
class Notebook:
    """What one file has. The ``line`` of a tree's node is that of the file, from 1."""

    links: list[Link] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    trees: list[tuple[Node, ...]] = field(default_factory=list)
