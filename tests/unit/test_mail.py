"""Mail read from a file: headers as sent, whatever is in them, and threads put together without a server."""

from __future__ import annotations

import gzip
import lzma
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kernelref.core.lock import Message, Person, Standing
from kernelref.core.message_id import MessageIdError
from kernelref.resolvers.archive import (
    ArchiveError,
    MaildirArchive,
    MboxArchive,
    NotMail,
    NotThere,
    TooLarge,
    mailbox,
)
from kernelref.resolvers.archive.gunzip import gunzip as unpack
from kernelref.resolvers.archive.lists import list_address, list_of_id
from kernelref.resolvers.archive.mail import read_mail

SMALL = Path(__file__).resolve().parents[1] / "data" / "mail" / "small.mbox"
SHEPHERD = Person("Shepherd Example", "shepherd@example.org")


@pytest.fixture(scope="module")
def archive() -> MboxArchive:
    """Give the small mbox as an archive whose clock stands still."""
    source = MboxArchive(SMALL, name="the test's own mail")
    source.now = lambda: datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    return source


def fetch(archive: MboxArchive, message_id: str) -> Message:
    """Fetch a message whose id is at example.org."""
    return archive.fetch(f"{message_id}@example.org")


def test_series(archive: MboxArchive) -> None:
    """A cover letter gives patches, other revisions, base and change-id, and says where it was read."""
    got = fetch(archive, "20240109030405.20-1-shepherd")
    assert (got.subject, got.author, got.sender) == ("[PATCHv2 0/2] mm: count the sheep", SHEPHERD, None)
    assert (got.date, got.version, got.number, got.total) == ("2024-01-09T04:04:05+01:00", 2, 0, 2)
    assert got.lists == ("linux-mm@kvack.org", "linux-kernel@vger.kernel.org")
    assert got.in_reply_to == "20240102030405.10-1-shepherd@example.org"
    assert (got.base, got.change_id) == ("0123456789abcdef" * 2 + "01234567", "20240101-sheep-0123456789ab")
    assert [(p.number, p.message_id[:17]) for p in got.patches] == [
        (1, "20240109030405.20"),
        (2, "20240109030405.20"),
    ]
    assert [r.label for r in got.revisions] == ["RFC", "v1", "v3", "RFC v4"]
    assert (got.provenance.standing, got.provenance.source) == (Standing.ARCHIVE, "the test's own mail")
    assert (got.provenance.read, len(got.provenance.sha256)) == ("2026-01-02T03:04:05Z", 64)


def test_in_body_from(archive: MboxArchive) -> None:
    """The author named in the body wrote the patch, the sender is kept, an answer's body names nobody."""
    got = fetch(archive, "20240109030405.20-2-shepherd")
    assert (got.author, got.sender) == (Person("Lamb Example", "lamb@example.org"), SHEPHERD)
    assert got.cover == "20240109030405.20-1-shepherd@example.org"
    assert fetch(archive, "answer-1").author.name == "Dog Example"


def test_patch_of_a_revision_it_does_not_name(archive: MboxArchive) -> None:
    """A patch sent without its v3 is of v3, for its cover letter says so."""
    assert fetch(archive, "20240116030405.30-2-shepherd").version == 3
    labels = [revision.label for revision in fetch(archive, "20240102030405.10-2-shepherd").revisions]
    assert labels == ["v2", "v3"]


def test_stranger_in_the_thread(archive: MboxArchive) -> None:
    """Somebody else's patch in the thread is none of the series; the sender's afterthought is."""
    patches = fetch(archive, "20240116030405.30-1-shepherd").patches
    assert [(p.number, p.message_id.partition("@")[0]) for p in patches] == [
        (1, "20240116030405.30-2-shepherd"),
        (2, "20240116030405.30-3-shepherd"),
        (3, "20240116030405.31-1-shepherd"),
    ]


@pytest.mark.parametrize("message_id", ["a/b+c%d=e$f@example.org", "two@at@example.org"])
def test_awkward_ids(archive: MboxArchive, message_id: str) -> None:
    """Odd message-ids are found as they are, in angle brackets, and as a URL."""
    url = "https://lore.kernel.org/all/" + message_id.replace("%", "%25").replace("/", "%2F")
    assert archive.fetch(message_id) == archive.fetch(f"<{message_id}>") == archive.fetch(url)


def test_hostile_headers(archive: MboxArchive) -> None:
    """Escapes, marks that reorder and broken encodings are made visible or harmless; markup stays text."""
    got = fetch(archive, "hostile")
    assert got.subject.startswith("[PATCH] mm: <script>alert(1)</script> [31mred [0m \ufffd")
    assert got.author == Person("Evil , <b>Wolf</b>", "wolf@example.org")


def test_chinese(archive: MboxArchive) -> None:
    """A subject in GB2312, a name in UTF-8, and bare UTF-8 are read."""
    assert (fetch(archive, "gb").subject, fetch(archive, "gb").author.name) == ("[PATCH] mm: 数山羊", "大山")
    assert fetch(archive, "raw8").subject == "[PATCH] mm: 数羊"


def test_encoded_and_bare_in_one_header() -> None:
    """What stands beside an encoded word is not changed by it."""
    raw = "Message-ID: <a@b>\nSubject: [PATCH] 羊 =?utf-8?q?=E7=BE=8A?= Å\n\n".encode()
    assert read_mail(raw).subject == "[PATCH] 羊 羊 Å"


def test_one_id_twice(archive: MboxArchive) -> None:
    """Of two mails with one id the first is taken, and what they differ in is said."""
    got = fetch(archive, "twice")
    assert got.subject == "[PATCH] mm: the first"
    assert got.remark == "2 mails bear this message-id and differ in subject, date; this is the first"


def test_cover_and_root_that_are_not_there(archive: MboxArchive) -> None:
    """A lost cover letter is named by git's ids; an answer without its root is read all the same."""
    assert fetch(archive, "20240301030405.50-3-shepherd").cover == "20240301030405.50-1-shepherd@example.org"
    assert fetch(archive, "orphan").in_reply_to == "gone@example.org"
    assert archive.thread("20240301030405.50-1-shepherd@example.org")


def test_dates(archive: MboxArchive) -> None:
    """The date is the header's, else the id's, else none; never a server's Received."""
    assert fetch(archive, "20240102030405.10-1-shepherd").date == "2024-01-02T04:04:05+01:00"
    assert fetch(archive, "topic").date == "2024-04-02T00:00:00+00:00"
    broken = fetch(archive, "20240401030405.60-1-shepherd")
    assert (broken.date, "message-id" in broken.remark) == ("2024-04-01T03:04:05+00:00", True)
    missing = fetch(archive, "nodate")
    assert (missing.date, missing.author, bool(missing.remark)) == ("", Person("", ""), True)


@pytest.mark.parametrize(
    "date", ["Mon, 32 Jan 2024 00:00:00 +0000", "Mon, 1 Jan 99999 00:00:00 +0000", "\x00", "-0000"]
)
def test_dates_that_cannot_be(date: str) -> None:
    """A date that cannot be is no date."""
    assert read_mail(f"Message-ID: <a@b>\nDate: {date}\n\n".encode()).date == ""


def test_mail_that_is_no_patch(archive: MboxArchive) -> None:
    """Pull requests, topics and mail without a subject are messages with nothing around them."""
    for message_id in ("pull", "topic", "bare"):
        got = fetch(archive, message_id)
        assert (got.number, got.total, got.patches, got.revisions) == (-1, -1, (), ())
    assert fetch(archive, "bare").subject == ""
    assert fetch(archive, "topic").lists == ("linux-mm@kvack.org", "lsf-pc@lists.linux-foundation.org")


def test_not_there(archive: MboxArchive) -> None:
    """A message that is not in the file is named as such, and what is no id is refused before."""
    with pytest.raises(NotThere, match=r"nowhere@example\.org"):
        fetch(archive, "nowhere")
    with pytest.raises(MessageIdError):
        archive.fetch("nowhere")


@pytest.mark.parametrize(("suffix", "opener"), [(".xz", lzma.open), (".gz", gzip.open)])
def test_packed(tmp_path: Path, suffix: str, opener: type, archive: MboxArchive) -> None:
    """A packed mbox reads as the plain one does, hashes and all."""
    packed = tmp_path / f"small.mbox{suffix}"
    with opener(packed, "wb") as stream:
        stream.write(SMALL.read_bytes())
    other = MboxArchive(packed, name="the test's own mail")
    other.now = archive.now
    assert fetch(other, "20240102030405.10-1-shepherd") == fetch(archive, "20240102030405.10-1-shepherd")


def test_name_is_no_path(tmp_path: Path) -> None:
    """Unnamed, a file gives its name to the lock, not the path of somebody's machine."""
    assert MboxArchive(tmp_path / "x.mbox").name == "x.mbox"


def test_unreadable_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file, no mbox, a damaged one and one that is too large are errors with names."""
    with pytest.raises(ArchiveError, match=r"x\.mbox: cannot be read"):
        fetch(MboxArchive(tmp_path / "x.mbox"), "a")
    (tmp_path / "page.mbox").write_text("<!doctype html>")
    with pytest.raises(NotMail, match="no mbox"):
        fetch(MboxArchive(tmp_path / "page.mbox"), "a")
    (tmp_path / "x.mbox.xz").write_bytes(b"\xfd7zXZ\0junk")
    with pytest.raises(ArchiveError, match="cannot be read"):
        fetch(MboxArchive(tmp_path / "x.mbox.xz"), "a")
    monkeypatch.setattr(mailbox, "MAX_FILE", 100)
    with pytest.raises(TooLarge, match="more than 100 bytes"):
        fetch(MboxArchive(SMALL), "a")


def test_gunzip() -> None:
    """Several members are one text; past the bound, cut off or damaged it is an error with a name."""
    packed = gzip.compress(b"one") + gzip.compress(b"two")
    assert unpack(packed, 6, "x") == b"onetwo"
    assert unpack(b"", 6, "x") == b""
    with pytest.raises(TooLarge):
        unpack(packed, 5, "x")
    with pytest.raises(TooLarge):
        unpack(gzip.compress(bytes(1 << 24)), 1 << 16, "x")
    with pytest.raises(ArchiveError, match="cut off"):
        unpack(packed[:-4], 6, "x")
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(b"From nobody", 6, "x")


@pytest.mark.parametrize(
    ("address", "is_list"),
    [
        ("linux-mm@kvack.org", True),
        ("Linux-Kernel@Vger.Kernel.org", True),
        ("linux-arm-kernel@lists.infradead.org", True),
        ("iommu@lists.linux.dev", True),
        ("kasan-dev@googlegroups.com", True),
        ("majordomo@vger.kernel.org", False),
        ("linux-mm-owner@vger.kernel.org", False),
        ("bcrl@kvack.org", False),
        ("willy@infradead.org", False),
        ("x86@kernel.org", False),
    ],
)
def test_lists(address: str, is_list: bool) -> None:
    """Lists are told from people by their hosts."""
    assert bool(list_address(address)) is is_list


def test_list_id() -> None:
    """A List-Id is the address with a dot for the @."""
    assert list_of_id("Linux MM <linux-mm.kvack.org>") == "linux-mm@kvack.org"
    assert list_of_id("<somebody.example.org>") == ""


def test_damaged_mail_never_escapes() -> None:
    """Mail with bytes knocked out, doubled or replaced gives facts or the one error, nothing else."""
    raws = mailbox.split(SMALL.read_bytes(), "small")
    for seed in range(600):
        chance = random.Random(seed)
        raw = bytearray(chance.choice(raws))
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(raw))
            raw[at : at + chance.randint(0, 9)] = chance.randbytes(chance.randint(0, 9))
        try:
            mail = read_mail(bytes(raw))
        except NotMail:
            continue
        assert mail.subject.isprintable()
        assert mail.marks.version >= 1


@pytest.mark.parametrize(
    "header",
    [
        "From: " + "<" * 5000,
        "From: " + '"' * 5000 + " <a@b>",
        "From: =?utf-8?b?" + "A" * 5000,
        "Cc: " + ", ".join(f"p{n}@lists.example.org" for n in range(5000)),
        "References: " + " ".join(f"<{n}@b>" for n in range(20000)),
        "Content-Type: text/plain; charset*=''" + "%" * 5000,
        "Content-Type: multipart/mixed; boundary=" + '"' * 99,
        "Subject: " + "[" * 5000,
        "Subject: " + "Re: " * 5000,
        "Date: " + "(" * 5000,
        "In-Reply-To: " + "<" * 5000 + ">",
    ],
)
def test_headers_made_to_hurt(header: str) -> None:
    """Headers made to break a parser are read, and what is kept of them is bounded."""
    mail = read_mail(f"Message-ID: <a@b>\n{header}\n\n[PATCH]\n".encode())
    assert mail.message_id == "a@b"
    assert len(mail.references) <= 500


def test_a_maildir_is_as_the_mbox(tmp_path: Path) -> None:
    """The same mails give the same facts from a maildir, whose folders count; what is no mail does not."""
    for number, raw in enumerate(mailbox.split(SMALL.read_bytes(), "small")):
        folder = tmp_path / "mail" / (".lists" if number % 2 else "") / ("cur" if number % 3 else "new")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"1700000{number:03}.M1P1.host:2,S").write_bytes(raw + b"\n\n")
    (folder / "1800000000.M1P1.host").write_bytes(b"no mail\n")
    there, file = MaildirArchive(tmp_path / "mail", name="it"), MboxArchive(SMALL, name="it")
    there.now = file.now = lambda: datetime(2026, 1, 2, tzinfo=UTC)
    ids = {mail.message_id for mail in mailbox.read_all(SMALL.read_bytes(), "small")}
    assert {one: there.fetch(one) for one in ids} == {one: file.fetch(one) for one in ids}


def test_no_maildir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is none, and one with more in it than is read, are told; a huge mail is passed over."""
    with pytest.raises(ArchiveError, match="there is no maildir"):
        MaildirArchive(tmp_path).fetch("a@b")
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "1").write_bytes(b"Message-ID: <a@b>\nSubject: x\n\n" + bytes(200))
    monkeypatch.setattr(mailbox, "MAX_MAIL", 100)
    with pytest.raises(NotThere):
        MaildirArchive(tmp_path).fetch("a@b")
    monkeypatch.setattr(mailbox, "MAX_FILE", 150)
    with pytest.raises(TooLarge, match="150 bytes"):
        MaildirArchive(tmp_path).fetch("a@b")
