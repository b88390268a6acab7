"""A tarball unpacked once into one flat file beside a list of its members.

An ``.xz`` cannot be read at random, and 80,000 small files are slow to write: so one pass
over the tarball, one file in the cache, and the next run starts from there.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import mmap
import os
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import IO, Final, cast

from .cache import cache_folder

MAX_BYTES: Final = 4 * 1024**3
MAX_MEMBER: Final = 128 * 1024**2
MAX_MEMBERS: Final = 250_000
_KEPT_PACKS: Final = 6


class PackError(Exception):
    """The tarball is damaged, too large, or not one; the text is one sentence."""


class Pack:
    """The members of one tarball, read by their path without the tarball's top folder."""

    def __init__(self, folder: Path, key: str) -> None:
        """Open a pack that `pack_of` made."""
        self.key = key
        # path -> (offset, size)
        listed: dict[str, list[int]] = json.loads((folder / "members.json").read_text("utf-8"))
        self.members = {path: (offset, size) for path, (offset, size) in sorted(listed.items())}
        with (folder / "data").open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if any(offset + size > len(self._data) for offset, size in self.members.values()):
            raise ValueError("the pack is shorter than its list says")

    def read(self, path: str) -> bytes:
        """The content of one member."""
        offset, size = self.members[path]
        return self._data[offset : offset + size]


def pack_of(tarball: Path) -> Pack:
    """The pack of a tarball, made now unless it was before; `PackError` when it cannot be."""
    stat = tarball.stat()
    name = f"{tarball.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}"
    key = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:32]
    home = cache_folder() / "tarballs"
    folder = home / key
    try:
        pack = Pack(folder, key)
        os.utime(folder)
    except (OSError, ValueError):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        return pack
    home.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".unpack-", dir=home))
    try:
        _unpack(tarball, work)
        _settle(work, folder)
        return Pack(folder, key)
    except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError, ValueError) as error:
        raise PackError(f"it is damaged or not a tarball ({error})") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        _prune(home)


def _settle(work: Path, folder: Path) -> None:
    try:
        work.rename(folder)
    except OSError:
        # Another run was faster: its pack is as good.
        if not folder.is_dir():
            raise


def _prune(home: Path) -> None:
    packs = sorted(
        (path for path in home.iterdir() if path.is_dir() and not path.name.startswith(".")),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in packs[_KEPT_PACKS:]:
        shutil.rmtree(path, ignore_errors=True)


def _unpack(tarball: Path, work: Path) -> None:
    members: dict[str, tuple[int, int]] = {}
    with (
        _unpacked(tarball) as stream,
        tarfile.open(fileobj=stream, mode="r|") as archive,
        (work / "data").open("wb") as data,
    ):
        for count, member in enumerate(archive):
            if count >= MAX_MEMBERS:
                raise PackError(f"it has more than {MAX_MEMBERS:,} members, no kernel has")
            if not member.isreg():
                continue
            path = _safe(member.name)
            if path is None:
                continue
            if member.size > MAX_MEMBER or data.tell() + member.size > MAX_BYTES:
                raise PackError(f"it unpacks to more than {MAX_BYTES // 1024**3} GB, or has a huge member")
            source = archive.extractfile(member)
            if source is not None:
                members[path] = (data.tell(), _copy(source, data, member.size))
        _read_to_end(stream)
    top = _common_top(members)
    if not members:
        raise PackError("it holds no files")
    listed = {path.removeprefix(top): place for path, place in members.items()}
    (work / "members.json").write_text(json.dumps(listed), "utf-8")


def _unpacked(tarball: Path) -> IO[bytes]:
    # Not tarfile's own: that takes a stream cut short within a header for a whole one.
    with tarball.open("rb") as file:
        magic = file.read(6)
    if magic.startswith(b"\xfd7zXZ\0"):
        return lzma.open(tarball)
    if magic.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.open(tarball))
    return tarball.open("rb")


def _read_to_end(stream: IO[bytes]) -> None:
    # The check of the whole is at its end; padding there is short.
    for _ in range(256):
        if not stream.read(65536):
            return
    raise PackError("it goes on after its end")


def _copy(source: IO[bytes], data: IO[bytes], size: int) -> int:
    content = source.read(size)
    if len(content) != size:
        raise EOFError("a member ends early")
    data.write(content)
    return size


def _safe(name: str) -> str | None:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return None if name.startswith("/") or ".." in parts or not parts else "/".join(parts)


def _common_top(members: dict[str, tuple[int, int]]) -> str:
    # Kernel tarballs have one top folder (linux-6.18.15/); ones made in the tree have none.
    tops = {path.partition("/")[0] for path in members}
    if len(tops) != 1 or "Makefile" in tops:
        return ""
    return f"{tops.pop()}/"
