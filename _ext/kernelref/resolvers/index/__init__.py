"""The source resolver: kernel C read with tree-sitter, and questions asked of it.

`tree` gives the files; then, in the order that a file goes through them: `blank` and
`conditionals` make kernel C into C that the grammar knows, `macros`, `kconfig` and `assembler`
read what is not C, `parse` makes facts, `store` keeps them, `outline` says which files are worth
parsing for a name, `query` (with `edges` and `nearest`) answers.
"""

from __future__ import annotations

from .query import Index
from .store import Store

__all__ = ["Index", "Store"]
