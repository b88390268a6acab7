"""The source resolver: kernel C read with tree-sitter, and questions asked of it.

`tree` gives the files; then, in the order that a file goes through them: `comments`, `conditionals` and
`blank` make kernel C into C that the grammar knows, `macros`, `kconfig` and `assembler`
read what is not C, `parse` makes facts (`reading` gathers what each `page` has).

Which files are worth that for a name, `outline` and `type_names` say: `scan` has `workers` read a tree with
the `makers` of `segment`, `pairs` and `packs`, the `store` keeps what they made, and `table` puts a tree
together.
`query` answers, with `edges`, `types`, `late` and `nearest`; `callgraph` makes a graph of it, with `pointed`.
"""

from __future__ import annotations

from .query import MOST_NEAR, Index
from .store import Store

__all__ = ["MOST_NEAR", "Index", "Store"]
