"""Message-ids: found in whatever is pasted, refused with a reason, encoded as lore does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernelref.core.message_id import MAX_LENGTH, MessageIdError, canonical, quote, timestamp, url

LORE = "https://lore.kernel.org/all"
NTH_PAGE = "20250827220141.262669-1-david@redhat.com"


@pytest.mark.parametrize(
    "text",
    [
        NTH_PAGE,
        f"  <{NTH_PAGE}> ",
        f"Message-ID: <{NTH_PAGE}>",
        f"https://lore.kernel.org/all/{NTH_PAGE}/",
        f"https://lore.kernel.org/linux-mm/{NTH_PAGE}/T/#mc904b4675c39f993fb43a0098637e087166d6df7",
        f"https://lore.kernel.org/linux-mm/{NTH_PAGE}/t/#u",
        f"http://lore.kernel.org/r/{NTH_PAGE}",
        f"https://lore.kernel.org/{NTH_PAGE}",
        f"https://lore.kernel.org/all/{NTH_PAGE}/raw",
        f"https://lore.kernel.org/all/{NTH_PAGE}/t.mbox.gz",
        f"https://lore.kernel.org/all/{NTH_PAGE}?q=1#r",
        f"lore.kernel.org/all/{NTH_PAGE}/",
        f"https://lkml.kernel.org/r/{NTH_PAGE}",
        f"HTTPS://patch.msgid.link/{NTH_PAGE}",
        f"https://lore.kernel.org/all/{NTH_PAGE.replace('@', '%40')}/",
        NTH_PAGE.replace("@", "%40"),
        f"https://patchwork.kernel.org/project/linux-mm/patch/{NTH_PAGE}/",
        f"http://127.0.0.1:8765/all/{NTH_PAGE}/",
    ],
)
def test_every_form(text: str) -> None:
    """Every form in which people hand a message on means that message."""
    assert canonical(text) == NTH_PAGE


@pytest.mark.parametrize(
    ("text", "message_id"),
    [
        ("a/b+c%d=e$f@example.org", "a/b+c%d=e$f@example.org"),
        (f"{LORE}/a%2Fb+c%25d=e$f@example.org/", "a/b+c%d=e$f@example.org"),
        (f"{LORE}/Y/8gzRg3voRhNOsM@localhost/T/", "Y/8gzRg3voRhNOsM@localhost"),
        ("https://patch.msgid.link/Y/8gz@localhost", "Y/8gz@localhost"),
        (f"{LORE}/a%3Fb%23c@example.org/", "a?b#c@example.org"),
        ("two@at@example.org", "two@at@example.org"),
        ("CA+CK2bD_a=C0h-y4HDW@mail.gmail.com", "CA+CK2bD_a=C0h-y4HDW@mail.gmail.com"),
        (f"{LORE}/CA+CK2bD_a=C0h@mail.gmail.com/", "CA+CK2bD_a=C0h@mail.gmail.com"),
    ],
)
def test_awkward(text: str, message_id: str) -> None:
    """Slashes, percent and plus signs and a second @ belong to the id."""
    assert canonical(text) == message_id


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        (" <> ", "empty"),
        ("thp-refcounting", "no '@'"),
        ("a b@example.org", "white space"),
        ("a\x1b@example.org", r"U\+001B"),
        ("a\u202e@example.org", r"U\+202E"),
        ("@example.org", "one side"),
        ("a@", "one side"),
        ("a@@", "one side"),
        ("<a@b> and <c@d>", "white space"),
        ("a<b@c", "'<' or '>'"),
        ("a" * MAX_LENGTH + "@b", "at most"),
        (f"{LORE}/", "no message-id"),
        ("https://me@example.org/", "belongs to the host"),
        (f"{LORE}/a%FF@b/", "UTF-8"),
        (f"{LORE}/a%0Ab@c/", r"U\+000A"),
        ("https://[oops/a@b", "not a URL"),
    ],
)
def test_refused(text: str, problem: str) -> None:
    """What is no message-id is refused, and the text says why."""
    with pytest.raises(MessageIdError, match=problem):
        canonical(text)


def test_quote_is_lores_rule() -> None:
    """All is encoded but what lore leaves, and other scripts go as UTF-8."""
    kept = "AZaz09-._~!$&'()*+,;=:@"
    assert quote(kept) == kept
    assert quote('/?#[]% "é') == "%2F%3F%23%5B%5D%25%20%22%C3%A9"


def test_url() -> None:
    """The views of a message stand after its id, and a base may end in a slash."""
    assert url(LORE, "a/b@c") == "https://lore.kernel.org/all/a%2Fb@c/"
    assert url(LORE + "/", "a@b", "T/") == "https://lore.kernel.org/all/a@b/T/"
    assert url(LORE, "a@b", "t.mbox.gz") == "https://lore.kernel.org/all/a@b/t.mbox.gz"


_CHARS = st.characters(codec="utf-8", exclude_categories=["Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"])
_HALF = st.text(_CHARS.filter(lambda char: char not in "<>@" and char.isprintable()), min_size=1, max_size=40)


@given(_HALF, _HALF)
@example("%41", "b")
@example("a?b#c", "d/e")
@example("..", "..")
def test_round_trip(left: str, right: str) -> None:
    """Any id survives the way into lore's URL and back, and `canonical` changes it no further."""
    message_id = f"{left}@{right}"
    for view in ("", "T/", "raw", "t.mbox.gz"):
        assert canonical(url(LORE, message_id, view)) == message_id
    if not message_id.lower().startswith(("http://", "https://")) and "/" not in message_id:
        assert canonical(f"<{message_id}>") == message_id


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    """Whatever is pasted gives an id that is stable, or the one error."""
    try:
        message_id = canonical(text)
    except MessageIdError:
        return
    assert canonical(url(LORE, message_id)) == message_id


@pytest.mark.parametrize(
    ("message_id", "when"),
    [
        (
            "1444145044-72349-1-git-send-email-kirill@example.org",
            datetime(2015, 10, 6, 15, 24, 4, tzinfo=UTC),
        ),
        ("20250607220150.2980-1-21cnbao@example.org", datetime(2025, 6, 7, 22, 1, 50, tzinfo=UTC)),
        ("cover.1755677674.git.baolin@example.org", datetime(2025, 8, 20, 8, 14, 34, tzinfo=UTC)),
        (
            "0123456789012345678901234567890123456789.1755677674.git.b@c",
            datetime(2025, 8, 20, 8, 14, 34, tzinfo=UTC),
        ),
        ("patchbomb.1288798055@v2.random", datetime(2010, 11, 3, 15, 27, 35, tzinfo=UTC)),
        ("a7507af3a1dcae5c52a4.1288798085@v2.random", datetime(2010, 11, 3, 15, 28, 5, tzinfo=UTC)),
        ("20101215051540.GP5638@random.random", datetime(2010, 12, 15, 5, 15, 40, tzinfo=UTC)),
        (
            "174775151766.432196.8064523744534615676.b4-ty@mit.edu",
            datetime(2025, 5, 20, 14, 31, 57, tzinfo=UTC),
        ),
    ],
)
def test_timestamp(message_id: str, when: datetime) -> None:
    """Programs that write the time into the id in UTC are read."""
    assert timestamp(message_id) == when


@pytest.mark.parametrize(
    "message_id",
    [
        "5f52de70-975-e94f-f141-543765736181@google.com",
        "20231207140502.e7dff5d1cfb195b1644b61a5@linux-foundation.org",
        "20250916-luo-pci-v2-0-c494053c3c08@kernel.org",
        "20251399000000.1-1-x@y",
        "99999999999999.1-1-x@y",
        "000000001-1-1-git-send-email-x@y",
        "aJ9RLmuEj4U7JN_7@vernon-pc",
    ],
)
def test_no_timestamp(message_id: str) -> None:
    """Local times, days alone and impossible times are not taken for a time."""
    assert timestamp(message_id) is None
