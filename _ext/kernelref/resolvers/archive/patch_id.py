"""The patch-id of a mailed patch: what ``git patch-id --stable`` says of it, without keeping the patch.

The archive room of the resolvers. Two diffs with one id change the same lines in the same way, whatever
the line numbers, the white space and the commit message. The steps are those of git's
``builtin/patch-id.c``; the tests compare with git itself.
"""

from __future__ import annotations

import hashlib
import re

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))?")
_BINARY = ("GIT binary patch", "Binary files")
_SIZE = 20


class _Sum:
    """The sum of the hashes of the files, so that their order does not count."""

    def __init__(self) -> None:
        self.total, self.part, self.length = 0, hashlib.sha1(usedforsecurity=False), 0

    def add(self, line: str) -> None:
        kept = b"".join(line.encode("utf-8", "surrogateescape").split())
        self.length += len(kept)
        self.part.update(kept)

    def flush(self) -> None:
        self.total += int.from_bytes(self.part.digest(), "little")
        self.part = hashlib.sha1(usedforsecurity=False)

    def hex(self) -> str:
        return (self.total % (1 << 8 * _SIZE)).to_bytes(_SIZE, "little").hex() if self.length else ""


def patch_id(body: str) -> str:
    """Give the patch-id of the diff in a mail's body; empty where there is none, or one of binary files."""
    found = _Sum()
    before = after = -1  # lines left of the hunk; -1 in the header of a file
    for line in body.split("\n"):
        if line.startswith("\\ ") or (not found.length and not line.startswith("diff ")):
            continue
        if before == -1:
            if line.startswith(_BINARY):
                return ""
            if line.startswith("index "):
                continue
            if line.startswith("--- "):
                before = after = 1
            elif not line[:1].isalpha():
                break
        elif before == 0 and after == 0:
            if hunk := _HUNK.match(line):
                before, after = (int(count) if count else 1 for count in hunk.groups())
                continue
            if not line.startswith("diff "):
                break
            found.flush()
            before = after = -1
        # A line of context that is empty may have lost its blank on the way.
        before -= before > 0 and line[:1] in ("-", " ", "")
        after -= after > 0 and line[:1] in ("+", " ", "")
        found.add(line)
    found.flush()
    return found.hex()
