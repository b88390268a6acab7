"""The only place that runs git: reads objects of a repository, never changes it.

Every command names its repository and gets a fixed environment, so that neither a user's
configuration nor a page's text can turn one command into another.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class GitError(Exception):
    """Git is missing, or has no such object; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file in a commit's tree: its path, blob and size."""

    path: str
    blob: str
    size: int


def _command(repository: Path, *words: str) -> list[str]:
    return ["git", "--no-pager", "-C", str(repository), "-c", "core.quotePath=false", *words]


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def run(repository: Path, *words: str, given: bytes = b"") -> bytes:
    """What git prints when it is given some input; `GitError` when it fails."""
    try:
        done = subprocess.run(
            _command(repository, *words), env=_environment(), input=given, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise GitError(lines[-1].removeprefix("fatal: ") if lines else f"git {words[0]} failed")
    return done.stdout


def records(repository: Path, *words: str, end: bytes = b"\0") -> Iterator[str]:
    """What git prints, record by record as it comes: for output too large to be held."""
    try:
        process = subprocess.Popen(
            _command(repository, *words),
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed") from error
    assert process.stdout is not None, "asked for above"
    with process.stdout as stream:
        rest = b""
        while block := stream.read(1 << 20):
            *whole, rest = (rest + block).split(end)
            yield from (one.decode(errors="replace") for one in whole)
    if process.wait():
        raise GitError(f"git {words[0]} failed")


def patch_ids(repository: Path, commits: Iterable[str]) -> dict[str, str]:
    """The patch-id of each commit's own change; a merge has none."""
    asked = "".join(f"{commit}\n" for commit in commits).encode()
    diffs = run(repository, "diff-tree", "--stdin", "-p", "--no-ext-diff", "--no-textconv", given=asked)
    found = run(repository, "patch-id", "--stable", given=diffs).decode().split()
    return dict(zip(found[1::2], found[::2], strict=True))


def dated_tags(repository: Path, pattern: str) -> dict[str, int]:
    """The tags that match a glob, with the time of their commits in Unix seconds."""
    form = "--format=%(refname:strip=2) %(committerdate:unix) %(*committerdate:unix)"
    lines = (
        run(repository, "for-each-ref", form, f"refs/tags/{pattern}").decode(errors="replace").splitlines()
    )
    rows = (line.split() for line in lines)
    return {row[0]: int(row[-1]) for row in rows if len(row) > 1 and row[-1].isdigit()}


def reachable(repository: Path, since: int, *revisions: str) -> Iterator[str]:
    """The commits that some revisions reach, since a time; ``^A`` leaves out what A reaches."""
    listed = ("rev-list", f"--since={since}", *revisions, "--")
    return (line for line in records(repository, *listed, end=b"\n"))


def contains(repository: Path, revision: str, commit: str) -> bool:
    """Whether a revision reaches a commit."""
    try:
        run(repository, "merge-base", "--is-ancestor", commit, revision)
    except GitError:
        return False
    return True


def is_repository(path: Path) -> bool:
    """Whether ``path`` is a repository, bare or not, or lies in one."""
    try:
        run(path, "rev-parse", "--git-dir")
    except GitError:
        return False
    return True


def commit_of(repository: Path, revision: str) -> str:
    """The commit that a tag, branch or hash names."""
    if revision.startswith("-"):
        raise GitError(f"{revision} is not a tag")
    return run(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()


def tags_like(repository: Path, pattern: str, limit: int = 5) -> tuple[str, ...]:
    """Tags that match a glob, the newest version first."""
    names = run(repository, "tag", "--list", "--sort=-version:refname", pattern).decode().split()
    return tuple(names[:limit])


def entries(repository: Path, commit: str) -> Iterator[Entry]:
    """All regular files of a commit; symbolic links and submodules are left out."""
    for record in run(repository, "ls-tree", "-r", "-z", "--long", "--full-tree", commit).split(b"\0"):
        meta, _, path = record.partition(b"\t")
        fields = meta.split()
        if len(fields) == 4 and fields[0].startswith(b"100"):
            yield Entry(path.decode(errors="surrogateescape"), fields[2].decode(), int(fields[3]))


class Objects:
    """A running ``git cat-file --batch``: blobs by their hash."""

    def __init__(self, repository: Path) -> None:
        """Start the process; it ends with `close`, or with this one."""
        try:
            self._process = subprocess.Popen(
                _command(repository, "cat-file", "--batch"),
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except FileNotFoundError as error:
            raise GitError("git is not installed") from error

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:  # pragma: no cover (both are asked for above)
            raise GitError("git cat-file has no pipes")
        return stdin, stdout

    def read(self, blob: str) -> bytes:
        """The content of one blob."""
        stdin, stdout = self._pipes()
        try:
            stdin.write(blob.encode() + b"\n")
            stdin.flush()
            header = stdout.readline().split()
        except BrokenPipeError as error:
            raise GitError("git cat-file ended early") from error
        if len(header) != 3 or header[1] != b"blob":
            raise GitError(f"the repository has no blob {blob}")
        size = int(header[2])
        data = stdout.read(size)
        stdout.read(1)
        if len(data) != size:
            raise GitError("git cat-file ended early")
        return data

    def read_many(self, blobs: Iterable[str]) -> Iterator[bytes]:
        """The contents of several blobs, in their order."""
        for blob in blobs:
            yield self.read(blob)

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(timeout=10)
