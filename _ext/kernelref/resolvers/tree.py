"""Kernel trees to read: a source folder, a repository at a tag, or a tarball.

`open_tree` takes what people write after ``--kernel`` and checks it before any work: that
there is a kernel, and that its Makefile says the release that the name says.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import re
from abc import ABC, abstractmethod
from array import array
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from . import git
from .coverage import folders_of
from .pack import Pack, PackError, pack_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_SPEC: Final = re.compile(r"v?(?P<name>\d+\.\d[\w.-]*)=(?P<path>.+)", re.DOTALL)
_VARIABLE: Final = re.compile(rb"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)[ \t]*=[ \t]*(\S*)", re.MULTILINE)
_MUCH: Final = 1 << 20
"""So many bytes of a file are read at once; few have more."""
_TARBALL: Final = (".tar.xz", ".tar.gz", ".tgz", ".tar")


class TreeError(Exception):
    """A kernel tree cannot be used; the text is one sentence that says what would be right."""


class Tree(ABC):
    """A kernel's files, whole or in part, of one release.

    ``spec`` opens the same tree again, in another process too.
    """

    def __init__(self, spec: str, origin: str) -> None:
        """Read the release and what is covered; `TreeError` when this is no kernel."""
        self.spec = spec
        self.origin = origin
        self.release = release_of(self._first("Makefile", spec), spec)
        if not self.exists("Kconfig"):
            raise TreeError(f"{spec} is not a kernel tree: it has no Kconfig beside its Makefile")

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """What the tree covers; ``("",)`` is everything."""
        return folders_of(self.paths())

    def _first(self, path: str, spec: str) -> bytes:
        if not self.exists(path):
            raise TreeError(f"{spec} is not a kernel tree: it has no {path} at its top")
        return self.read(path)

    @abstractmethod
    def paths(self) -> Iterator[str]:
        """All regular files, sorted, ``/`` between folders."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """The content of one file; `TreeError` when there is none."""

    @abstractmethod
    def exists(self, path: str) -> bool:
        """Whether there is a regular file of this path."""

    @abstractmethod
    def blob(self, path: str) -> str:
        """The name that git gives to the content of this file."""

    @property
    @abstractmethod
    def place(self) -> str:
        """A name for a file that keeps what is known of this tree: the same for the same folder or commit."""

    def stamp(self, paths: Sequence[str], folders: Sequence[str]) -> bytes:
        """What is another when one of these files changed, or one came to these folders or went.

        Numbers of eight bytes: a time for each folder, size and time for each file. Empty for a tree that
        never changes.
        """
        return b""

    def stamped_folders(self) -> tuple[str, ...]:
        """The folders that `stamp` has to be asked about."""
        return ()

    def walked(self) -> bytes:
        """What it took time to find out about all files, for `adopt` by this tree in another process."""
        return b""

    def adopt(self, walked: bytes) -> None:
        """Take over what another process found out; `ValueError` when it is not of this kind of tree."""
        if walked:
            raise ValueError("this kind of tree is not walked")

    def known_blobs(self) -> Mapping[str, str] | None:
        """The names of all contents, where these are known without reading them."""
        return None

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Contents of several files, in their order."""
        for path in paths:
            yield path, self.read(path)

    def blob_named(self, path: str, content: bytes) -> str:
        """The same as `blob`, for a file whose content is at hand."""
        return blob_of(content)

    def covers(self, path: str) -> bool:
        """Whether the tree would have this file if the release had it."""
        if "" in self.folders:
            return True
        inside = any(path == folder or path.startswith(folder + "/") for folder in self.folders)
        return inside or self.exists(path)


class FolderTree(Tree):
    """A folder of source."""

    def __init__(self, root: Path, spec: str) -> None:
        """Take the folder as it is; no file is read but its Makefile."""
        self._root = root
        self._real = root.resolve()
        # path -> size, modification time in ns; folder -> modification time in ns
        self._stats: dict[str, tuple[int, int]] | None = None
        self._times: dict[str, int] = {}
        super().__init__(spec, "source folder")

    def _walk(self) -> dict[str, tuple[int, int]]:
        if self._stats is None:
            found: dict[str, tuple[int, int]] = {}
            _scan(os.fspath(self._root), "", found, self._times)
            self._stats = dict(sorted(found.items()))
        return self._stats

    def _file(self, path: str) -> Path | None:
        if self._stats is not None and path in self._stats:
            return self._root / path
        if not path or path.startswith("/") or ".." in path.split("/"):
            return None
        file = self._root / path
        # A link inside the tree may point within it (include/dt-bindings does), never out of it.
        return file if file.is_file() and file.resolve().is_relative_to(self._real) else None

    def paths(self) -> Iterator[str]:
        """All regular files, sorted; links are not followed."""
        yield from self._walk()

    def read(self, path: str) -> bytes:
        """The content of one file."""
        file = self._file(path)
        if file is None:
            raise TreeError(f"{path} is not in the tree of {self.release}")
        try:
            return file.read_bytes()
        except OSError as error:
            raise TreeError(f"{path} of {self.release} cannot be read: {error.strerror}") from error

    def exists(self, path: str) -> bool:
        """Whether there is a regular file of this path."""
        return self._file(path) is not None

    def blob(self, path: str) -> str:
        """The name that git gives to the content of this file."""
        return blob_of(self.read(path))

    @property
    def place(self) -> str:
        """A digest of the folder's path."""
        return hashlib.sha256(os.fsencode(self._real)).hexdigest()[:32]

    def stamp(self, paths: Sequence[str], folders: Sequence[str]) -> bytes:
        """Times of the folders, sizes and times of the files: as they were walked over, else as of now."""
        numbers = array("q")
        root = os.fspath(self._root)
        for folder in folders:
            known = self._times.get(folder)
            numbers.append(known if known is not None else _stat_of(f"{root}/{folder}")[1])
        stats = self._stats or {}
        for path in paths:
            numbers.extend(stats.get(path) or _stat_of(f"{root}/{path}"))
        return numbers.tobytes()

    def stamped_folders(self) -> tuple[str, ...]:
        """All folders."""
        self._walk()
        return tuple(sorted(self._times))

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Contents of several files that `paths` gave, without asking again what they are."""
        root = os.fspath(self._root)
        for path in paths:
            yield path, _content(f"{root}/{path}")

    def walked(self) -> bytes:
        """Walk, and give what was found."""
        stats = self._walk()
        return marshal.dumps((stats, self._times))

    def adopt(self, walked: bytes) -> None:
        """Take over the walk of another process."""
        if walked:
            self._stats, self._times = marshal.loads(walked)


class GitTree(Tree):
    """A commit in a repository, read from its objects."""

    def __init__(self, repository: Path, tag: str, spec: str) -> None:
        """List the commit's files; `TreeError` when there is no such tag."""
        commit = _commit(repository, tag)
        self._entries = {entry.path: entry for entry in git.entries(repository, commit)}
        self._repository = repository
        self._commit = commit
        self._objects: git.Objects | None = None
        what = "commit" if commit.startswith(tag) else "git tag"
        name = commit[:12] if what == "commit" else tag
        beside = "" if what == "commit" else f" (commit {commit[:12]})"
        super().__init__(spec, f"{what} {name} of a repository{beside}")

    def paths(self) -> Iterator[str]:
        """All regular files, sorted."""
        yield from sorted(self._entries)

    def read(self, path: str) -> bytes:
        """The content of one file."""
        if path not in self._entries:
            raise TreeError(f"{path} is not in the tree of {self.release}")
        if self._objects is None:
            self._objects = git.Objects(self._repository)
        return self._objects.read(self._entries[path].blob)

    def exists(self, path: str) -> bool:
        """Whether there is a regular file of this path."""
        return path in self._entries

    def blob(self, path: str) -> str:
        """The name that git gives to the content of this file."""
        if path not in self._entries:
            raise TreeError(f"{path} is not in the tree of {self.release}")
        return self._entries[path].blob

    @property
    def place(self) -> str:
        """The commit."""
        return self._commit

    def known_blobs(self) -> Mapping[str, str]:
        """The names of all contents, as the commit has them."""
        return {path: entry.blob for path, entry in self._entries.items()}

    def blob_named(self, path: str, content: bytes) -> str:
        """The name of this file's content, as the commit has it."""
        return self.blob(path)


class TarTree(Tree):
    """A tarball, unpacked once into one file of the cache."""

    def __init__(self, pack: Pack, name: str, spec: str) -> None:
        """Use a pack made of the tarball."""
        self._pack = pack
        super().__init__(spec, f"tarball {name}")

    def paths(self) -> Iterator[str]:
        """All regular files, sorted."""
        yield from self._pack.members

    def read(self, path: str) -> bytes:
        """The content of one file."""
        if path not in self._pack.members:
            raise TreeError(f"{path} is not in the tree of {self.release}")
        return self._pack.read(path)

    def exists(self, path: str) -> bool:
        """Whether there is a regular file of this path."""
        return path in self._pack.members

    def blob(self, path: str) -> str:
        """The name that git gives to the content of this file."""
        return blob_of(self.read(path))

    @property
    def place(self) -> str:
        """The digest of the tarball's name, size and time."""
        return self._pack.key


def open_tree(spec: str) -> Tree:
    """The tree that ``v6.12.117=PATH``, ``v6.12=PATH`` or a bare ``PATH`` names.

    ``PATH`` is a source folder, ``REPOSITORY@TAG``, or a ``.tar.xz`` or ``.tar.gz``.
    """
    match = _SPEC.fullmatch(spec)
    name, place = (match["name"], match["path"]) if match else ("", spec)
    tree = _open(place)
    if name and not release_matches(name, tree.release):
        series = re.match(r"v\d+\.\d+", tree.release)
        also = f" or {series[0]}={place}" if series and series[0] != tree.release else ""
        raise TreeError(
            f"{place} is not v{name}: its Makefile says {tree.release}; write {tree.release}={place}{also}"
        )
    return tree


def _open(place: str) -> Tree:
    path = Path(place).expanduser()
    if path.is_dir():
        if not (path / "Makefile").is_file() and git.is_repository(path):
            raise TreeError(f"{place} is a repository without a checkout; write {place}@TAG")
        return FolderTree(path, place)
    if path.is_file():
        if not path.name.endswith(_TARBALL):
            raise TreeError(f"{place} is neither a folder nor a tarball (.tar.xz, .tar.gz)")
        try:
            return TarTree(pack_of(path), path.name, place)
        except PackError as error:
            raise TreeError(f"{place} cannot be read: {error}") from error
    before, at, tag = place.rpartition("@")
    repository = Path(before).expanduser()
    if at and repository.is_dir():
        try:
            return GitTree(repository, tag, place)
        except git.GitError as error:
            raise TreeError(f"{place} cannot be read: {error}") from error
    raise TreeError(f"{place} is not there: neither a folder, nor a tarball, nor REPOSITORY@TAG")


def _commit(repository: Path, tag: str) -> str:
    if not git.is_repository(repository):
        raise TreeError(f"{repository} is not a git repository; for a plain folder leave out @{tag}")
    try:
        commit = git.commit_of(repository, tag)
    except git.GitError:
        commit = ""
    if commit:
        return commit
    series = re.match(r"v?\d+\.\d+", tag)
    near = git.tags_like(repository, f"*{series[0].lstrip('v')}*") if series else ()
    near = near or git.tags_like(repository, "v*")
    hint = f"it has {', '.join(near)}" if near else "it has no version tags; fetch them"
    raise TreeError(f"the repository {repository} has no tag {tag}; {hint}")


def release_of(makefile: bytes, spec: str) -> str:
    """The tag that a top-level Makefile's variables name: ``v6.18``, ``v6.18.15``, ``v7.0-rc1``."""
    variables = _VARIABLE.findall(makefile[:4096])
    found = {key.decode(): value.decode(errors="replace") for key, value in variables}
    if not found.get("VERSION") or "PATCHLEVEL" not in found:
        raise TreeError(f"{spec} is not a kernel tree: its Makefile has no VERSION and PATCHLEVEL")
    sub = found.get("SUBLEVEL", "0")
    point = f".{sub}" if sub not in ("", "0") else ""
    return f"v{found['VERSION']}.{found['PATCHLEVEL']}{point}{found.get('EXTRAVERSION', '')}"


def release_matches(name: str, release: str) -> bool:
    """Whether ``6.12`` or ``v6.12.117`` names the release ``v6.12.117``; a series names its points."""
    name, release = name.removeprefix("v"), release.removeprefix("v")
    if name == release:
        return True
    series = re.fullmatch(r"\d+\.\d+", name) is not None
    return series and re.fullmatch(re.escape(name) + r"\.\d+", release) is not None


def blob_of(data: bytes) -> str:
    """The name that git gives to a content."""
    name = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    name.update(data)
    return name.hexdigest()


def _scan(root: str, prefix: str, found: dict[str, tuple[int, int]], times: dict[str, int]) -> None:
    here = f"{root}/{prefix}" if prefix else root
    times[prefix] = os.stat(here).st_mtime_ns  # noqa: PTH116 (thousands of them)
    with os.scandir(here) as entries:
        for entry in entries:
            path = f"{prefix}/{entry.name}" if prefix else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git":
                    _scan(root, path, found, times)
            elif entry.is_file(follow_symlinks=False):
                stat = entry.stat(follow_symlinks=False)
                found[path] = (stat.st_size, stat.st_mtime_ns)


def _content(path: str) -> bytes:
    # With as few calls of the system as there can be: 60,000 times.
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        text = os.read(file, _MUCH)
        while more := os.read(file, _MUCH):
            text += more
    finally:
        os.close(file)
    return text


def _stat_of(path: str) -> tuple[int, int]:
    try:
        stat = os.stat(path, follow_symlinks=False)  # noqa: PTH116 (60,000 of them)
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns
