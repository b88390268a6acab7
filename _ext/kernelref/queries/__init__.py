"""Tree-sitter queries, as data."""
