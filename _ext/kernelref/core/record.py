"""Parsed JSON to dataclasses and back; what does not fit is named by its path.

The shapes are the schema: a key that is no field, a value of another type, a missing field,
or what a shape's own ``__post_init__`` refuses is a `LockError`. A field that equals its
default is not written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # of Arabic and Indic letters, and of emoji


class LockError(Exception):
    """A lock file cannot be used; the text says which part of it, and what to do."""

    def __init__(self, path: Path | str, problem: str, remedy: str = "run `make lock`") -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = Path(path)
        self.problem = problem
        self.remedy = remedy


def to_plain(value: Any) -> Any:
    """Dataclasses to dicts, tuples to lists, enums to their words."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: to_plain(item) for f in fields(value) if (item := getattr(value, f.name)) != f.default
        }
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


@cache
def _hints(shape: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(shape)


def _unprintable(text: str) -> str:
    """Give the first character that ends a line, turns its direction, hides, or is none; else nothing."""
    return next((c for c in text if unicodedata.category(c) in _HIDDEN and c not in _JOINERS), "")


class Reader:
    """Reads one file's JSON; holds the path that its errors name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, where: str, problem: str) -> LockError:
        """The error for what stands at ``where``, to be raised by the caller."""
        return LockError(self.path, f"{where or 'the file'}: {problem}")

    def table(self, value: object, where: str) -> dict[str, Any]:
        """A JSON object, as it is."""
        if not isinstance(value, dict):
            raise self.fail(where, "an object was expected")
        return value

    def shape(self, shape: Callable[..., T], value: object, where: str) -> T:
        """One dataclass. Raises `LockError`."""
        table = self.table(value, where)
        hints = _hints(shape)
        if unknown := sorted(table.keys() - hints.keys()):
            raise self.fail(f"{where}.{unknown[0]}", "not a key of this schema")
        for f in fields(shape):  # type: ignore[arg-type]  # T is a dataclass by contract
            if f.name not in table and f.default is MISSING and f.default_factory is MISSING:
                raise self.fail(f"{where}.{f.name}", "missing")
        given = {key: self.value(hints[key], item, f"{where}.{key}") for key, item in table.items()}
        try:
            return shape(**given)
        except ValueError as error:
            raise self.fail(where, str(error)) from None

    def value(self, hint: Any, value: object, where: str) -> Any:
        """A value of the type that a field's annotation names. Raises `LockError`."""
        origin = get_origin(hint)
        if origin is UnionType:
            return self.value(next(a for a in get_args(hint) if a is not NoneType), value, where)
        if origin is tuple:
            return self._tuple(get_args(hint)[0], value, where)
        if origin is not None:
            inner = get_args(hint)[1]
            return {k: self.value(inner, v, f"{where}[{k!r}]") for k, v in self.table(value, where).items()}
        if isinstance(hint, type) and is_dataclass(hint):
            return self.shape(hint, value, where)
        if issubclass(hint, StrEnum):
            return self._choice(hint, value, where)
        if type(value) is not hint:
            raise self.fail(where, f"{hint.__name__} was expected, not {type(value).__name__}")
        if isinstance(value, str) and (bad := _unprintable(value)):
            raise self.fail(where, f"character U+{ord(bad):04X} in a text")
        return value

    def _tuple(self, inner: Any, value: object, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise self.fail(where, "a list was expected")
        return tuple(self.value(inner, item, f"{where}[{at}]") for at, item in enumerate(value))

    def _choice(self, kind: type[StrEnum], value: object, where: str) -> StrEnum:
        try:
            return kind(value)  # type: ignore[arg-type]  # what is no string is refused just so
        except ValueError:
            raise self.fail(where, f"{value!r} is none of: {', '.join(kind)}") from None
