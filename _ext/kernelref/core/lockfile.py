"""Lock files on disk: read whole and within a bound, written at once or not at all.

``lore.json`` and ``linux-<tag>.json`` are JSON with sorted keys and one record a line, so
that a diff reads as what changed.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from .lock import KernelLock, LoreLock
from .record import LockError, Reader, to_plain

SCHEMA: Final = 1
"""Raised when a reader of the old shape would misread the new one."""

MAX_BYTES: Final = 64 * 1024 * 1024
"""No lock file is larger; one that is was not written by ``lock``."""

LORE: Final = "lore.json"
"""The lock of messages, articles and commits."""

T = TypeVar("T")


def kernel_file(tag: str) -> str:
    """Name the lock file of a release."""
    return f"linux-{tag}.json"


def kernel_tag(path: Path) -> str:
    """Give the release that a lock file's name says."""
    return path.name.removeprefix("linux-").removesuffix(".json")


def kernel_paths(folder: Path) -> list[Path]:
    """List the kernel locks of a folder, by name."""
    return sorted(folder.glob(kernel_file("v*")))


def _line(value: Any) -> str:
    return json.dumps(to_plain(value), ensure_ascii=False, sort_keys=True)


def _field(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        rows = [f"{_line(key)}: {_line(value[key])}" for key in sorted(value)]
        start, end = "{", "}"
    elif isinstance(value, tuple) and value and not isinstance(value[0], str):
        rows = [_line(item) for item in sorted(value)]
        start, end = "[", "]"
    else:
        return f'"{name}": {_line(value)}'
    return f'"{name}": {start}\n' + ",\n".join(rows) + f"\n{end}"


def dump(lock: Any) -> str:
    """The text of a lock file, from the dataclass that holds it: one record a line."""
    names = lock.__dataclass_fields__
    rows = [f'"schema": {SCHEMA}', *(_field(name, getattr(lock, name)) for name in names)]
    return "{\n" + ",\n".join(rows) + "\n}\n"


def write_atomic(path: Path, text: str, mode: int = 0o644) -> None:
    """Write beside, flush to disk, then rename: a reader sees the old file or the new one.

    Ends of lines are written as they are.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).chmod(mode)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def load(shape: type[T], path: Path) -> T:
    """Read a lock file into its dataclass. Raises `LockError`."""
    reader = Reader(path)
    top = reader.table(_parse(path), "")
    schema = top.pop("schema", None)
    if type(schema) is not int:
        raise reader.fail("schema", "missing: this is no lock file")
    if schema != SCHEMA:
        newer = "update kernelref" if schema > SCHEMA else "run `make lock`"
        raise LockError(path, f"schema {schema}, and this version reads {SCHEMA}", newer)
    return reader.shape(shape, top, "")


def _parse(path: Path) -> object:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise LockError(path, "there is no such lock file") from None
    except OSError as error:
        raise LockError(path, f"cannot be read ({error.strerror})", "see its permissions") from None
    if len(raw) > MAX_BYTES:
        raise LockError(path, f"larger than {MAX_BYTES} bytes: not written by `lock`")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise LockError(path, f"truncated or not JSON ({error})") from None


def load_lore(path: Path) -> LoreLock:
    """Read ``lore.json``. Raises `LockError`."""
    return load(LoreLock, path)


def load_kernel(path: Path) -> KernelLock:
    """Read ``linux-<tag>.json``. Raises `LockError`."""
    return load(KernelLock, path)


def load_kernels(folder: Path) -> dict[str, KernelLock]:
    """Read all kernel locks of a folder: release → lock. Raises `LockError`."""
    return {lock.release: lock for lock in map(load_kernel, kernel_paths(folder))}
