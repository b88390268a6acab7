"""The words of a call tree that a catalog can translate: its title, and the remarks in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from docutils import nodes
from sphinx import addnodes

from ..core.calltree import Node


class tree_words(nodes.Invisible, nodes.Element, addnodes.translatable):
    """One text of a tree, as it was ``typed``, and as it is ``shown``.

    One node for each: of a node with several, Sphinx leaves all as they are once one is translated by itself.
    """

    def preserve_original_messages(self) -> None:
        """Do nothing: what was typed stays."""

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Take the translation."""
        self["shown"] = translated_message

    def extract_original_messages(self) -> list[str]:
        """Give what was typed."""
        return [self["typed"]]


def words(texts: Iterable[str]) -> list[tree_words]:
    """Make a node of each text, once."""
    return [tree_words("", typed=text, shown=text) for text in dict.fromkeys(texts) if text]


def shown(tree: nodes.Element) -> dict[str, str]:
    """Give how the texts below a node are shown."""
    return {node["typed"]: node["shown"] for node in tree.findall(tree_words)}


def reworded(tree: Node, texts: Mapping[str, str]) -> Node:
    """Put what is shown in the place of what was typed, in a whole tree."""
    remarks = tuple(texts.get(remark, remark) for remark in tree.remarks)
    return replace(tree, remarks=remarks, children=tuple(reworded(one, texts) for one in tree.children))
