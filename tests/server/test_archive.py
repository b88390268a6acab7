"""The archive over HTTP: a real public-inbox, and servers that misbehave as real ones do."""

from __future__ import annotations

import gzip
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kernelref.core.lock import Person
from kernelref.core.series import Mail
from kernelref.resolvers.archive import (
    USER_AGENT,
    Archive,
    ArchiveError,
    Busy,
    MboxArchive,
    NotMail,
    NotThere,
    Patience,
    Redirected,
    Refused,
    TooLarge,
    Unreachable,
    mailbox,
    server,
)
from kernelref.resolvers.archive import http as archive_http
from kernelref.resolvers.archive.server import search_query

SMALL = Path(__file__).resolve().parent.parent / "data" / "mail" / "small.mbox"
NAME = "the test's own mail"


@pytest.fixture(scope="module")
def archive(public_inbox: str) -> Iterator[Archive]:
    """Give the real server as an archive."""
    source = Archive(public_inbox, name=NAME, delay=0)
    yield source
    source.close()


# --- a real public-inbox ---------------------------------------------------------


def _ids() -> list[str]:
    raws = mailbox.read_all(SMALL.read_bytes(), "small")
    return sorted({mail.message_id for mail in raws})


@pytest.mark.parametrize("message_id", _ids())
def test_as_the_file_says(archive: Archive, message_id: str) -> None:
    """Over HTTP each message has the facts that the mbox itself gives, awkward ids and all."""
    file = MboxArchive(SMALL, name=NAME)
    file.now = archive.now = lambda: datetime(2026, 1, 2, tzinfo=UTC)
    assert archive.fetch(message_id) == file.fetch(message_id)


def test_three_revisions_in_one_thread(archive: Archive) -> None:
    """The thread is one, the series are three, and the search finds those in other threads."""
    got = archive.fetch("https://lore.kernel.org/linux-mm/20240109030405.20-1-shepherd@example.org/T/#u")
    assert len(got.patches) == 2
    assert [revision.label for revision in got.revisions] == ["RFC", "v1", "v3", "RFC v4"]
    assert got.provenance.source == NAME


def test_unknown_message(archive: Archive) -> None:
    """A message that public-inbox does not have is not there, be the id odd or plain."""
    for message_id in ("nowhere@example.org", "no/where%2F@example.org", "a@b"):
        with pytest.raises(NotThere, match="404"):
            archive.fetch(message_id)


def test_other_list(public_inbox: str) -> None:
    """A message that is not on the list that was asked may be on another; a base may end in a slash."""
    with pytest.raises(NotThere, match="may be on another list than linux-fsdevel: ask for /all"):
        Archive(public_inbox.replace("/all", "/linux-fsdevel"), delay=0).fetch("twice@example.org")
    assert (
        Archive(public_inbox + "/", delay=0).fetch("twice@example.org").provenance.source
        == public_inbox + "/"
    )


def test_search_never_asks_for_everything() -> None:
    """A mail without a title, a person or a change-id makes no query at all, for an empty one means all."""
    ann = Person("Ann", "ann@example.org")
    for subject, author in (
        ("[PATCH]", ann),
        ("[PATCH] ()", ann),
        ("[PATCH] mm: a", Person("")),
        ("", Person("")),
    ):
        assert search_query(Mail("a@b", subject, author, "2024-01-01")) == ""
    got = search_query(Mail("a@b", '[PATCH] mm: "quo" OR (f:x)', ann, "2024-01-01", change_id='c"d'))
    when = "d:20210101..20261231"
    assert got == f'(s:"mm quo OR f:x" AND (f:"ann example.org" OR f:"Ann") AND {when}) OR nq:"c d"'
    undated = search_query(Mail("a@b", "[PATCH] mm: a", ann, ""))
    assert undated == '(s:"mm a" AND (f:"ann example.org" OR f:"Ann"))'


def test_hostile_query(archive: Archive) -> None:
    """A title made of query syntax is searched for as words; the server takes it."""
    hostile = ("NOT AND OR", "s:x", "a..b", "d:20240101..", "-x", "(a", "a* b", "b\u0000c", "数羊 wool" * 40)
    for title in ('mm: a" OR s:"b', *hostile):
        mail = Mail(
            "a@b", f"[PATCH] {title}", Person("Shepherd Example", "shepherd@example.org"), "2024-01-01"
        )
        try:
            assert len(archive.postings(mail)) < len(_ids())
        except NotThere:
            continue


# --- servers that misbehave ------------------------------------------------------

Handler = http.server.BaseHTTPRequestHandler
MAIL = (
    b"From mboxrd@z Thu Jan  1 00:00:00 1970\nMessage-ID: <a@b>\nFrom: Ann <ann@example.org>\n"
    b"Subject: sheep\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\nBaa.\n"
)


class Server:
    """A server that answers as it is told, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Handler, int], None]) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.done = threading.Event()
        outer = self

        class Answering(Handler):
            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                outer.asked.append((self.command, self.path, self.headers.get("User-Agent", "")))
                answer(self, len(outer.asked))

            do_POST = do_GET

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.http.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.http.server_port}/all"


@contextmanager
def serving(answer: Callable[[Handler, int], None]) -> Iterator[Server]:
    """Serve for the length of a block."""
    served = Server(answer)
    thread = threading.Thread(target=served.http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.done.set()
        served.http.shutdown()
        served.http.server_close()
        thread.join()


def reply(handler: Handler, status: int, body: bytes = b"", **headers: str) -> None:
    """Send an answer; header names are given with _ for -."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


QUICK = Patience(pause=0, connect=5, stall=10, answer=20, retry_after=60, tries=3)


def ask(base: str, **patience: Any) -> tuple[Archive, list[float]]:
    """Give an archive at ``base`` that does not really sleep, and the list of what it would have slept."""
    slept: list[float] = []
    wait = Patience(**{**{name: getattr(QUICK, name) for name in QUICK.__slots__}, **patience})
    return Archive(base, patience=wait, sleep=slept.append), slept


@pytest.mark.parametrize(
    ("error", "match", "status", "body", "headers"),
    [
        (NotThere, "no such message", 404, b"", {}),
        (NotThere, "no such message", 300, b"<html>partial matches", {"Content_Type": "text/html"}),
        (NotMail, "bot check", 200, b"<html>are you human?", {"Content_Type": "text/html; charset=UTF-8"}),
        (NotMail, "bot check", 200, b"\n<!DOCTYPE HTML>", {"Content_Type": "text/plain"}),
        (NotMail, "no mbox", 200, b"hello", {}),
        (NotMail, "another message-id", 200, MAIL.replace(b"<a@b>", b"<c@d>"), {}),
        (NotMail, "another message-id", 200, b"", {}),
        (NotMail, "encoded as br", 200, MAIL, {"Content_Encoding": "br"}),
        (Unreachable, "damaged", 200, MAIL, {"Content_Encoding": "gzip"}),
        (Refused, "403 .*bot check", 403, b"no", {"Content_Type": "text/html"}),
        (Refused, "400", 400, b"no", {}),
        (Unreachable, "failed .500", 500, b"", {}),
        (Busy, "wait 7200 seconds", 429, b"", {"Retry_After": "7200"}),
        (Busy, "wait", 429, b"", {"Retry_After": "Fri, 31 Dec 2100 23:59:59 GMT"}),
        (Redirected, "lore.example.org", 302, b"", {"Location": "https://lore.example.org/all/a@b/raw"}),
        (Redirected, "file:", 301, b"", {"Location": "file:///etc/passwd"}),
        (Redirected, "more than 3", 302, b"", {"Location": "/all/a@b/raw"}),
        (Refused, "301", 301, b"", {}),
    ],
)
def test_bad_answers(
    error: type[ArchiveError], match: str, status: int, body: bytes, headers: dict[str, str]
) -> None:
    """Each bad answer is an error with a name of its own, and nothing of it is taken for mail."""

    def answer(handler: Handler, _: int) -> None:
        reply(handler, status, body, **headers)

    with serving(answer) as served, pytest.raises(error, match=match):
        ask(served.base)[0].fetch("a@b")


def test_our_own_name() -> None:
    """Every request says who asks, and asks for nothing compressed that was not bounded."""
    with serving(lambda handler, _: reply(handler, 200, MAIL)) as served:
        assert ask(served.base)[0].fetch("a@b").subject == "sheep"
    assert served.asked == [("GET", "/all/a@b/raw", USER_AGENT)]
    assert "linux-patch-learn" in USER_AGENT
    assert "https://" in USER_AGENT


def test_patience() -> None:
    """429 is waited out as long as asked, 5xx is asked again, and then the answer counts."""

    def answer(handler: Handler, asked: int) -> None:
        if asked == 1:
            return reply(handler, 429, Retry_After="42")
        if asked == 2:
            return reply(handler, 502)
        return reply(handler, 200, MAIL)

    with serving(answer) as served:
        archive, slept = ask(served.base)
        assert archive.fetch("a@b").subject == "sheep"
    assert 42.0 in slept
    assert len(served.asked) == 3


@pytest.mark.parametrize(("status", "error"), [(429, Busy), (503, Busy), (502, Unreachable)])
def test_no_endless_patience(status: int, error: type[ArchiveError]) -> None:
    """A server that is always busy, or always failing, is asked three times."""
    with serving(lambda handler, _: reply(handler, status, Retry_After="1")) as served:
        with pytest.raises(error):
            ask(served.base)[0].fetch("a@b")
        assert len(served.asked) == 3


def test_pause_between_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are as far apart as asked for, one a second by default."""
    monkeypatch.setattr(archive_http, "_now", lambda: 100.0)
    with serving(lambda handler, _: reply(handler, 200, MAIL)) as served:
        slept: list[float] = []
        archive = Archive(served.base, sleep=slept.append)
        archive.fetch("a@b")
        archive.fetch("a@b")
    assert slept == [1.0]


@pytest.mark.parametrize("base", ["https://lore.kernel.org/all", "http://10.0.0.1/all"])
def test_no_haste_abroad(base: str) -> None:
    """Without a pause only a server on this machine is asked."""
    with pytest.raises(ValueError, match="pause"):
        Archive(base, delay=0)


@pytest.mark.parametrize("base", ["", "lore.kernel.org/all", "file:///tmp/x", "https:///all"])
def test_no_url(base: str) -> None:
    """What is no URL of an archive is refused at once, with one that would be right."""
    with pytest.raises(ValueError, match="https://lore"):
        Archive(base)


def test_same_host_redirect() -> None:
    """A redirect on the archive's own host is followed."""

    def answer(handler: Handler, asked: int) -> None:
        if asked == 1:
            return reply(handler, 301, Location="/linux-mm/a@b/raw")
        return reply(handler, 200, MAIL)

    with serving(answer) as served:
        assert ask(served.base)[0].fetch("a@b").subject == "sheep"
    assert [path for _, path, _ in served.asked] == ["/all/a@b/raw", "/linux-mm/a@b/raw"]


def test_compressed_answer() -> None:
    """A server that compresses unasked is understood."""
    packed = gzip.compress(MAIL)
    with serving(lambda handler, _: reply(handler, 200, packed, Content_Encoding="gzip")) as served:
        assert ask(served.base)[0].fetch("a@b").subject == "sheep"


def test_large_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a mail stops at the bound, however much more there is."""
    monkeypatch.setattr(server, "MAX_MAIL", 1 << 16)

    def endless(handler: Handler, _: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(MAIL + bytes(1 << 16))
        except OSError:
            return

    with serving(endless) as served, pytest.raises(TooLarge, match="65,536"):
        ask(served.base)[0].fetch("a@b")


def test_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kilobyte that unpacks to gigabytes is unpacked up to the bound."""
    monkeypatch.setattr(server, "MAX_MAIL", 1 << 16)
    bomb = gzip.compress(bytes(1 << 26))

    def answer(handler: Handler, _: int) -> None:
        reply(handler, 200, bomb, Content_Encoding="gzip")

    with serving(answer) as served, pytest.raises(TooLarge, match="unpacked"):
        ask(served.base)[0].fetch("a@b")


PATCH = MAIL.replace(b"sheep", b"[PATCH] sheep")


@pytest.mark.parametrize(
    ("bounds", "thread", "match"),
    [
        ({"MAX_THREAD": 1 << 16}, bytes(1 << 26), "unpacked"),
        ({}, PATCH * 5001, "5,001 mails"),
    ],
)
def test_large_thread(
    monkeypatch: pytest.MonkeyPatch, bounds: dict[str, int], thread: bytes, match: str
) -> None:
    """A thread that unpacks to more than a thread is named as too large."""
    for name, value in bounds.items():
        monkeypatch.setattr(server, name, value)

    packed = gzip.compress(thread)

    def answer(handler: Handler, _: int) -> None:
        reply(handler, 200, PATCH if handler.path.endswith("/raw") else packed)

    with serving(answer) as served, pytest.raises(TooLarge, match=match):
        ask(served.base)[0].fetch("a@b")


def test_search_that_finds_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a title is everybody's, the message is had without its other revisions, and says so."""
    monkeypatch.setattr(server, "MAX_THREAD", 1 << 16)

    def answer(handler: Handler, _: int) -> None:
        much = handler.command == "POST"
        reply(
            handler,
            200,
            PATCH if handler.path.endswith("/raw") else gzip.compress(bytes(1 << 20) if much else PATCH),
        )

    with serving(answer) as served:
        got = ask(served.base)[0].fetch("a@b")
    assert "not looked for" in got.remark
    assert [asked[0] for asked in served.asked] == ["GET", "GET", "POST"]


def test_thread_cut_off() -> None:
    """A thread that breaks off in the middle is no thread."""

    def answer(handler: Handler, _: int) -> None:
        reply(handler, 200, PATCH if handler.path.endswith("/raw") else gzip.compress(PATCH)[:-9])

    with serving(answer) as served, pytest.raises(Unreachable, match="cut off"):
        ask(served.base)[0].fetch("a@b")


def test_message_without_thread() -> None:
    """A server that gives a message but no thread and no search gives the message."""

    def answer(handler: Handler, _: int) -> None:
        reply(handler, *((200, PATCH) if handler.path.endswith("/raw") else (404,)))

    with serving(answer) as served:
        assert ask(served.base)[0].fetch("a@b").subject == "[PATCH] sheep"


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nFrom m"])
def test_stalled(sent: bytes) -> None:
    """A connection on which nothing more comes is given up, before the headers and after."""

    def stall(handler: Handler, _: int) -> None:
        handler.wfile.write(sent)
        handler.wfile.flush()
        served.done.wait(20)

    with serving(stall) as served, pytest.raises(Unreachable, match="timed out"):
        ask(served.base, stall=0.2)[0].fetch("a@b")


def test_drip() -> None:
    """A byte now and then, never pausing long enough to stall, is given up as a whole."""

    def drip(handler: Handler, _: int) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        try:
            while not served.done.wait(0.05):
                handler.wfile.write(b"F")
        except OSError:
            return

    with serving(drip) as served, pytest.raises(Unreachable, match="not all there"):
        ask(served.base, answer=0.3)[0].fetch("a@b")


def test_short_body_and_no_server() -> None:
    """A body shorter than announced, and nobody listening, are no answers."""

    def short(handler: Handler, _: int) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + MAIL)
        handler.close_connection = True

    with serving(short) as served, pytest.raises(Unreachable, match="broke off"):
        ask(served.base)[0].fetch("a@b")
    with pytest.raises(Unreachable, match="no answer"):
        ask(served.base)[0].fetch("a@b")


def test_threads_are_asked_for_once() -> None:
    """Messages of one thread share its download."""
    two = PATCH + b"\n" + PATCH.replace(b"<a@b>", b"<c@d>")

    def answer(handler: Handler, _: int) -> None:
        if handler.path.endswith("/raw"):
            return reply(handler, 200, PATCH if "a@b" in handler.path else PATCH.replace(b"<a@b>", b"<c@d>"))
        return reply(handler, 200, gzip.compress(two))

    with serving(answer) as served:
        archive = ask(served.base)[0]
        archive.fetch("a@b")
        archive.fetch("c@d")
    assert [path for _, path, _ in served.asked if path.endswith("t.mbox.gz")] == ["/all/a@b/t.mbox.gz"]
