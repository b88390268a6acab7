"""``declared.json``: the facts that people enter by hand, each with its source.

The mail room of the core. Of a message that the archive has, people add what the archive
cannot say: where it landed, a revision under another title. Of one that no archive has a
copy of, they enter the message itself. `merge` puts both into one lock, and never lets a
declared fact override a read one in silence.

A record of the file is a line such as::

    "a@b": {"date": "2017-05-15", …, "source": "who says so", "standing": "mirror"}

``standing`` is ``mirror`` or ``declared``, ``source`` an English sentence; a fate, a
revision or a patch inside may have a standing and source of its own, else the record's hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .lock import Article, Commit, Fate, Patch, Person, Provenance, Revision, Standing, check_date
from .lockfile import MAX_BYTES, SCHEMA
from .message_id import MessageIdError, canonical
from .record import LockError, Reader, to_plain

REMEDY: Final = "edit the file"

GENRES: Final = ("article", "paper", "talk", "wiki")


@dataclass(frozen=True, slots=True)
class Claim:
    """What people say of one message; the fields are those of `Message`.

    What the subject says (version, number, total) is read from it, never entered.
    """

    provenance: Provenance
    subject: str = ""
    author: Person | None = None
    date: str = ""
    sender: Person | None = None
    lists: tuple[str, ...] = ()
    in_reply_to: str = ""
    cover: str = ""
    patches: tuple[Patch, ...] = ()
    revisions: tuple[Revision, ...] = ()
    fate: Fate | None = None
    remark: str = ""

    def __post_init__(self) -> None:
        check_date(self.date)

    @property
    def is_whole(self) -> bool:
        """Whether this can stand for the message where no archive has it."""
        return bool(self.subject and self.author and self.date)


@dataclass(frozen=True, slots=True)
class Declared:
    """The file: message-id → claim, URL → article, full hash → commit."""

    articles: Mapping[str, Article] = field(default_factory=dict)
    commits: Mapping[str, Commit] = field(default_factory=dict)
    messages: Mapping[str, Claim] = field(default_factory=dict)


# --- reading -----------------------------------------------------------------

_HASH = re.compile(r"[0-9a-f]{40}")
_RELEASE = re.compile(r"v2\.\d\.\d+|v[3-9]\.\d+|v[1-9]\d\.\d+")
_URL = re.compile(r"https?://[^\s/]+/\S*")
_PROVENANCE = ("standing", "source", "read")


def load(path: Path) -> Declared:
    """Read and check the file. Raises `LockError` that names the place in it."""
    try:
        with path.open("rb") as stream:
            return parse(stream.read(MAX_BYTES).decode("utf-8"), path)
    except FileNotFoundError:
        raise LockError(path, "there is no such file", "create it, or write {} into it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise LockError(path, f"cannot be read ({error})", REMEDY) from None


def parse(text: str, path: Path) -> Declared:
    """Read and check the text of the file. Raises `LockError`."""
    reader = _Reader(path)
    try:
        top = reader.table(json.loads(text, object_pairs_hook=_unique), "")
    except (ValueError, RecursionError) as error:
        raise LockError(path, f"not JSON ({error})", REMEDY) from None
    if (schema := top.pop("schema", None)) != SCHEMA:
        problem = "missing" if schema is None else f"{schema!r}, and this version reads {SCHEMA}"
        raise LockError(path, f"schema: {problem}", f'the file begins with "schema": {SCHEMA}')
    for name, section in top.items():
        for key, record in reader.table(section, name).items():
            _resolve_provenance(reader, record, f"{name}[{key!r}]")
    declared = reader.shape(Declared, top, "")
    _Checks(reader).everything(declared)
    return declared


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)!r} is there twice")
    return found


class _Reader(Reader):
    """Of a file that a person wrote, so the remedy is to edit it."""

    def fail(self, where: str, problem: str) -> LockError:
        return LockError(self.path, f"{where.lstrip('.') or 'the file'}: {problem}", REMEDY)


def _resolve_provenance(reader: Reader, value: object, where: str) -> None:
    """Turn ``standing`` and ``source`` into the provenance that the shapes have, inherited inwards."""
    record = reader.table(value, where)
    for key in ("standing", "source"):
        if not record.get(key):
            raise reader.fail(f"{where}.{key}", "missing: every fact entered by hand says where it is from")
    own = _take_provenance(reader, record, {}, where)
    for key in ("fate", "revisions"):
        parts = record.get(key, [])
        for at, item in enumerate(parts if isinstance(parts, list) else [parts]):
            place = f"{where}.{key}[{at}]" if isinstance(parts, list) else f"{where}.{key}"
            _take_provenance(reader, reader.table(item, place), own, place)


def _take_provenance(
    reader: Reader, record: dict[str, Any], outer: dict[str, Any], where: str
) -> dict[str, Any]:
    if "provenance" in record:
        raise reader.fail(f"{where}.provenance", "write standing and source, beside the other facts")
    given: dict[str, Any] = {key: record.pop(key) for key in _PROVENANCE if key in record}
    record["provenance"] = {**outer, **given}
    return dict(record["provenance"])


@dataclass(frozen=True, slots=True)
class _Checks:
    """What the shapes alone do not refuse."""

    reader: Reader

    def everything(self, declared: Declared) -> None:
        for url, article in declared.articles.items():
            self.article(url, article, f"articles[{url!r}]")
        for commit_hash, commit in declared.commits.items():
            where = f"commits[{commit_hash!r}]"
            self.source(commit.provenance, where)
            self.need(_HASH.fullmatch(commit_hash), where, "a hash has 40 digits 0-9a-f")
            self.release(commit.release, where)
        for message_id, claim in declared.messages.items():
            self.claim(message_id, claim, f"messages[{message_id!r}]")

    def need(self, truth: object, where: str, problem: str) -> None:
        if not truth:
            raise self.reader.fail(where, problem)

    def source(self, provenance: Provenance, where: str) -> None:
        by_hand = provenance.standing in (Standing.MIRROR, Standing.DECLARED)
        problem = f"{provenance.standing.value!r} is for what `lock` itself has read"
        self.need(by_hand, f"{where}.standing", problem)
        self.need(provenance.source.strip(), f"{where}.source", "empty")

    def release(self, release: str, where: str) -> None:
        good = not release or _RELEASE.fullmatch(release)
        self.need(good, f"{where}.release", f"{release!r} is no mainline release; write v6.9")

    def message_id(self, message_id: str, where: str) -> None:
        try:
            right = canonical(message_id)
        except MessageIdError as error:
            raise self.reader.fail(where, str(error)) from None
        self.need(right == message_id, where, f"write the bare message-id, {right}")

    def article(self, url: str, article: Article, where: str) -> None:
        self.source(article.provenance, where)
        self.need(_URL.fullmatch(url), where, "a URL was expected, https://…")
        problem = f"{article.genre!r} is none of: {', '.join(GENRES)}"
        self.need(article.genre in GENRES, f"{where}.genre", problem)

    def claim(self, message_id: str, claim: Claim, where: str) -> None:
        self.message_id(message_id, where)
        self.source(claim.provenance, where)
        whole = claim.is_whole or not (claim.subject or claim.author or claim.date)
        self.need(whole, where, "subject, author and date stand together, or none of them")
        for other in (claim.cover, claim.in_reply_to, *(patch.message_id for patch in claim.patches)):
            if other:
                self.message_id(other, where)
        for at, revision in enumerate(claim.revisions):
            place = f"{where}.revisions[{at}]"
            self.message_id(revision.message_id, place)
            self.source(revision.provenance, place)
        if claim.fate:
            self.fate(claim.fate, f"{where}.fate")

    def fate(self, fate: Fate, where: str) -> None:
        self.source(fate.provenance, where)
        self.release(fate.release, where)
        for commit in fate.commits:
            self.need(_HASH.fullmatch(commit), f"{where}.commits", f"{commit!r} is no full hash of 40 digits")
        self.need(0 <= fate.landed <= fate.of, f"{where}.landed", "more patches landed than there are")


# --- writing -----------------------------------------------------------------


def dump(declared: Declared) -> str:
    """Give the text of the file: keys sorted, one record a line."""
    sections = {name: getattr(declared, name) for name in ("articles", "commits", "messages")}
    parts = [f'"schema": {SCHEMA}']
    for name, records in sections.items():
        rows = [f"{_json(key)}: {_json(_flat(records[key]))}" for key in sorted(records)]
        parts.append(f'"{name}": {{\n' + ",\n".join(rows) + "\n}" if rows else f'"{name}": {{}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def format_text(text: str, path: Path) -> str:
    """Check the text of the file and write it as it should be. Raises `LockError`."""
    return dump(parse(text, path))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _flat(record: Any) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(record)
    own: dict[str, str] = plain.pop("provenance")
    for part in (plain.get("fate"), *plain.get("revisions", [])):
        if part:
            inner: dict[str, str] = part.pop("provenance")
            part.update({key: text for key, text in inner.items() if own.get(key) != text})
    return {**plain, **own}
