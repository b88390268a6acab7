"""The source resolver: kernel C read with tree-sitter, and questions asked of it.

`tree` gives the files; then, in the order that a file goes through them: `blank` and
`conditionals` make kernel C into C that the grammar knows, `macros`, `kconfig` and `assembler`
read what is not C, `parse` makes facts (`reading` gathers what each `page` has).

Which files are worth that for a name, `outline` says: `scan` has `workers` read a tree with the `makers`
of `segment`, `pairs` and `packs`, the `store` keeps what they made, and `table` puts a tree together.
`query` answers, with `edges`, `types` and `nearest`; `callgraph` makes a graph of it, with `pointed`.
"""

from __future__ import annotations

from .query import Index
from .store import Store

__all__ = ["Index", "Store"]
