"""The facts that people enter: each with its source, refused where they make no sense, merged in the open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kernelref.core.declared import Claim, Declared, dump, format_text, load, parse
from kernelref.core.lock import (
    Commit,
    Fate,
    Message,
    Patch,
    Person,
    Provenance,
    Revision,
    Standing,
    State,
)
from kernelref.core.merge import merge
from kernelref.core.record import LockError
from kernelref.core.series import Mail

REPOSITORY = Path(__file__).resolve().parents[2]
HERE = Path("lock/declared.json")
HASH = "0123456789abcdef0123456789abcdef01234567"
BY = {"standing": "mirror", "source": "a copy of the mail"}
READ = Provenance(Standing.ARCHIVE, "https://lore.kernel.org/all", "2026-01-01T00:00:00Z", "f" * 64)
SEEN = Provenance(Standing.MIRROR, "a copy of the mail")


def text(**sections: Any) -> str:
    """Write a file of the sections given."""
    return json.dumps({"schema": 1, **sections})


def message(claim: dict[str, Any]) -> str:
    """Write a file with one message."""
    return text(messages={"a@b": {**BY, **claim}})


def test_committed_file_is_as_written() -> None:
    """The project's own file is whole, formatted, and names no path of anybody's machine."""
    path = REPOSITORY / "lock" / "declared.json"
    written = path.read_text(encoding="utf-8")
    assert format_text(written, path) == written
    assert f"{REPOSITORY.parent}/" not in written
    assert "/home/" not in written
    assert len(load(path).messages) >= 33


def test_one_record_a_line() -> None:
    """Keys are sorted and each record has its line, so that a diff reads as what changed."""
    declared = parse(text(messages={"b@c": BY, "a@b": BY}, commits={HASH: BY}), HERE)
    assert dump(declared) == (
        '{\n"schema": 1,\n"articles": {},\n'
        f'"commits": {{\n"{HASH}": {{"source": "a copy of the mail", "standing": "mirror"}}\n}},\n'
        '"messages": {\n"a@b": {"source": "a copy of the mail", "standing": "mirror"},\n'
        '"b@c": {"source": "a copy of the mail", "standing": "mirror"}\n}\n}\n'
    )


def test_standing_is_inherited() -> None:
    """A fate and a revision have the record's source, or the parts of their own that they name."""
    revision = {"label": "v2", "message_id": "c@d", "date": "2024-01-02", "source": "its cover letter"}
    file = message({"fate": {"state": "landed"}, "revisions": [revision]})
    claim = parse(file, HERE).messages["a@b"]
    assert claim.fate == Fate(State.LANDED, SEEN)
    assert claim.revisions[0].provenance == Provenance(Standing.MIRROR, "its cover letter")
    assert parse(format_text(file, HERE), HERE) == parse(file, HERE)


WHOLE = {"subject": "[PATCH] x", "author": {"name": "Ann"}, "date": "2024-01-02"}
REVISION = {"label": "v2", "message_id": "c@d", "date": "2024-01-02"}


@pytest.mark.parametrize(
    ("file", "where", "problem"),
    [
        ("{", "declared.json", "not JSON"),
        ("[]", "the file", "object"),
        ("{}", "schema", "missing"),
        ('{"schema": 2}', "schema", "2, and this version reads 1"),
        (text(letters={}), "letters", "not a key"),
        (text(messages=[]), "messages", "object"),
        (text(messages={"a@b": {}}), "messages['a@b'].standing", "says where it is from"),
        (text(messages={"a@b": {"standing": "mirror"}}), "messages['a@b'].source", "says where it is from"),
        (message({"standing": "archive"}), "messages['a@b']", "archive"),
        (message({"standing": "rumour"}), "messages['a@b'].provenance.standing", "none of"),
        (message({"source": "  "}), "messages['a@b'].source", "empty"),
        (message({"provenance": {}}), "messages['a@b'].provenance", "standing and source"),
        (message({"sbject": "x"}), "messages['a@b'].sbject", "not a key"),
        (message({"subject": "x"}), "messages['a@b']", "together"),
        (message({"fate": "landed"}), "messages['a@b'].fate", "object"),
        (message({"fate": {"state": "merged"}}), "messages['a@b'].fate.state", "none of"),
        (message({"fate": {"state": "landed", "release": "6.9"}}), "fate.release", "v6.9"),
        (message({"fate": {"state": "landed", "release": "v6.9.1"}}), "fate.release", "no mainline release"),
        (message({"fate": {"state": "landed", "commits": ["012345"]}}), "fate.commits", "40 digits"),
        (message({"fate": {"state": "partly", "landed": 3, "of": 2}}), "fate.landed", "more patches"),
        (
            message({"revisions": [{**REVISION, "date": "2024-02-30"}]}),
            "revisions[0]",
            "'2024-02-30' is not a date",
        ),
        (message({"revisions": [{**REVISION, "message_id": "cd"}]}), "revisions[0]", "no '@'"),
        (message({"revisions": [7]}), "revisions[0]", "object"),
        (message({**WHOLE, "date": "last week"}), "messages['a@b']", "'last week' is not a date"),
        (message({"patches": [{"number": 1}]}), "patches[0].subject", "missing"),
        (text(messages={"<a@b>": BY}), "messages['<a@b>']", "bare message-id, a@b"),
        (text(messages={"ab": BY}), "messages['ab']", "no '@'"),
        (text(commits={"0123": BY}), "commits['0123']", "40 digits"),
        (text(articles={"https://x/": {**BY, "title": "x", "genre": "song"}}), "genre", "none of"),
        (text(articles={"lwn.net/1": {**BY, "title": "x", "genre": "talk"}}), "lwn.net/1", "URL"),
        (
            text(articles={"https://x/": {**BY, "title": "x", "genre": "talk", "date": "2024-13-01"}}),
            "articles['https://x/']",
            "'2024-13-01' is not a date",
        ),
        ('{"schema": 1, "messages": {"a@b": 1, "a@b": 2}}', "declared.json", "'a@b' is there twice"),
    ],
)
def test_refused(file: str, where: str, problem: str) -> None:
    """What makes no sense is refused, with the place in the file and what is wrong."""
    with pytest.raises(LockError) as caught:
        parse(file, HERE)
    assert where in str(caught.value)
    assert problem in str(caught.value)


def test_unreadable(tmp_path: Path) -> None:
    """A file that is not there, or no text, is an error that names it."""
    with pytest.raises(LockError, match="no such file"):
        load(tmp_path / "declared.json")
    (tmp_path / "declared.json").write_bytes(b"\xff\xfe")
    with pytest.raises(LockError, match="cannot be read"):
        load(tmp_path / "declared.json")


# --- merging -------------------------------------------------------------------

ANN = Person("Ann Example", "ann@example.org")
FOUND = Message(
    subject="[PATCH v2 0/2] mm: sheep",
    author=ANN,
    date="2024-01-02T23:00:00-08:00",
    provenance=READ,
    version=2,
    number=0,
    total=2,
    patches=(Patch(1, "[PATCH v2 1/2] mm: count", "p1@b"),),
    revisions=(Revision("v1", "v1@b", "2024-01-01", READ),),
)


def claim(**facts: Any) -> Declared:
    """Give a file with one claim about a@b."""
    return Declared(messages={"a@b": Claim(SEEN, **facts)})


def test_archive_wins_and_fate_is_added() -> None:
    """What the archive says stays; what it cannot say is added, with its own standing."""
    fate = Fate(State.LANDED, SEEN, "v6.9", (HASH,))
    later = Revision("v3", "v3@b", "2024-02-01", SEEN)
    second = Patch(2, "[PATCH v2 2/2] mm: use")
    merged = merge({"a@b": FOUND}, claim(fate=fate, revisions=(later,), patches=(second,), remark="so"))
    got = merged.lock.messages["a@b"]
    assert (got.subject, got.author, got.date, got.provenance) == (FOUND.subject, ANN, FOUND.date, READ)
    assert (got.fate, got.note, got.patches[1]) == (fate, "so", second)
    assert [revision.label for revision in got.revisions] == ["v1", "v3"]
    assert merged.lock.commits[HASH] == Commit(SEEN, release="v6.9")
    assert not merged.disagreements


@pytest.mark.parametrize("date", ["2024-01-02", "2024-01-03"])
def test_dates_agree_in_either_zone(date: str) -> None:
    """A declared day is right in the sender's zone and in UTC."""
    merged = merge({"a@b": FOUND}, claim(subject=r"mm: sheep - Ann", author=ANN, date=date))
    assert not merged.disagreements


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"subject": "[PATCH v2 0/2] mm: goats", "author": ANN, "date": "2024-01-02"}, "subject"),
        ({"subject": "[PATCH v1 0/2] mm: sheep", "author": ANN, "date": "2024-01-02"}, "subject"),
        ({"subject": "mm: sheep", "author": Person("Bob"), "date": "2024-01-02"}, "author"),
        ({"subject": "mm: sheep", "author": ANN, "date": "2024-01-04"}, "date"),
        ({"patches": (Patch(1, "[PATCH v2 1/2] mm: miscount"),)}, "patch 1"),
        ({"revisions": (Revision("v7", "v1@b", "2024-01-01", SEEN),)}, "v1@b"),
        ({"revisions": (Revision("v1", "v1@b", "2024-01-07", SEEN),)}, "v1@b"),
    ],
)
def test_disagreement(facts: dict[str, Any], key: str) -> None:
    """A declared fact that the archive contradicts is told, and the archive's stays."""
    merged = merge({"a@b": FOUND}, claim(**facts))
    assert [one.key for one in merged.disagreements] == [key]
    assert "a@b" in str(merged.disagreements[0])
    assert merged.lock.messages["a@b"] == FOUND


def test_message_without_copy() -> None:
    """A whole claim stands for the message, its counters read from the subject."""
    facts = {"subject": "[PATCHv12 00/37] THP refcounting redesign", "author": ANN, "date": "2015-10-06"}
    got = merge({}, claim(**facts)).lock.messages["a@b"]
    assert (got.version, got.number, got.total, got.provenance) == (12, 0, 37, SEEN)


def test_claim_that_is_not_enough() -> None:
    """A message in no archive that is not whole is left out, and told."""
    merged = merge({}, claim(remark="only this"))
    assert not merged.lock.messages
    assert "no archive has the message" in str(merged.disagreements[0])


def test_patches_find_their_cover() -> None:
    """A cover letter without a copy gets the patches that name it, over a declared one without id."""
    patch = Message("[PATCH 2/9] mm: b", ANN, "2024-01-02", READ, number=2, total=9, cover="a@b")
    facts = {"subject": "[PATCH 0/9] mm: all", "author": ANN, "date": "2024-01-02"}
    known = (Patch(2, "[PATCH 2/9] mm: b"), Patch(3, "[PATCH 3/9] mm: c", "p3@b"))
    got = merge({"p2@b": patch}, claim(**facts, patches=known)).lock.messages["a@b"]
    assert got.patches == (Patch(2, "[PATCH 2/9] mm: b", "p2@b"), known[1])


def test_merge_is_stable() -> None:
    """Merging the merged lock again changes nothing."""
    fate = Fate(State.LANDED, SEEN, "v6.9", (HASH,))
    declared = claim(fate=fate, revisions=(Revision("v3", "v3@b", "2024-02-01", SEEN),), remark="so")
    once = merge({"a@b": FOUND}, declared)
    assert merge(once.lock.messages, declared) == once


def test_mail_is_no_message() -> None:
    """The plain mail of a thread keeps no text, so none can get into a lock."""
    assert not {"body", "text", "raw"} & set(Mail.__dataclass_fields__)
