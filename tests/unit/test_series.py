"""Series: the mails of a thread put together, with revisions, repeats and gaps among them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from kernelref.core.lock import Count, Patch, Person
from kernelref.core.series import Mail, cover_id, patches, revisions, same_person, series_marks, trailers

ANN = Person("Ann Example", "ann@example.org")
BOB = Person("Bob Example", "bob@example.org")


def mail(name: str, subject: str, to: str = "", day: int = 1, author: Person = ANN) -> Mail:
    """Make a mail of few words; its id is ``name`` at example.org."""
    answered = f"{to}@example.org" if to else ""
    return Mail(
        f"{name}@example.org", subject, author, f"2024-01-{day:02}T00:00:00+00:00", in_reply_to=answered
    )


THREAD = [
    mail("c1", "[PATCH 0/2] mm: sheep", day=1),
    mail("p1", "[PATCH 1/2] mm: count", "c1", day=1),
    mail("p2", "[PATCH 2/2] mm: use", "p1", day=1),
    mail("a1", "Re: [PATCH 1/2] mm: count", "p1", day=2, author=BOB),
    mail("c2", "[PATCHv2 RFC 0/2] mm: sheep", "c1", day=3),
    mail("q1", "[PATCH 1/2] mm: count", "c2", day=3),
    mail("q2", "[PATCH 2/2] mm: use", "c2", day=3),
    mail("c3", "[PATCH v3 0/2] mm: Sheep", "c2", day=5),
    mail("r2", "[PATCH v3 2/2] mm: use", "c3", day=5),
    mail("r2again", "[PATCH v3.1 2/2] mm: use", "c3", day=6),
    mail("r3", "[PATCH v3 3/2] mm: goats", "c3", day=7),
    mail("bob", "[PATCH 1/2] mm: count better", "c3", day=7, author=BOB),
]
BY = {at.message_id.partition("@")[0]: at for at in THREAD}


def test_patches_of_each_cover() -> None:
    """Three revisions in one thread stay three series; what is missing is absent, not made up."""
    found = {
        name: [p.message_id.partition("@")[0] for p in patches(BY[name], THREAD)]
        for name in ("c1", "c2", "c3")
    }
    assert found == {"c1": ["p1", "p2"], "c2": ["q1", "q2"], "c3": ["r2", "r3"]}
    assert patches(BY["c1"], THREAD)[0] == Patch(1, "[PATCH 1/2] mm: count", "p1@example.org")


def test_patches_in_any_order() -> None:
    """The order in which an archive sends a thread changes nothing."""
    shuffled = THREAD * 2
    for seed in range(20):
        random.Random(seed).shuffle(shuffled)
        for name in ("c1", "c2", "c3"):
            assert patches(BY[name], shuffled) == patches(BY[name], THREAD)


def test_patches_without_thread() -> None:
    """Patches sent one by one are known by revision, total and sender."""
    loose = [BY["c1"], *(replace(BY[name], in_reply_to="") for name in ("p1", "p2", "r2", "bob"))]
    assert [p.number for p in patches(BY["c1"], loose)] == [1, 2]


def test_cover_of_each_patch() -> None:
    """A patch belongs to the nearest cover letter above it, an answer or a stranger's patch to none."""
    covers = {name: cover_id(at, THREAD).partition("@")[0] for name, at in BY.items()}
    assert covers == {
        "c1": "", "p1": "c1", "p2": "c1", "a1": "", "c2": "", "q1": "c2", "q2": "c2",
        "c3": "", "r2": "c3", "r2again": "c3", "r3": "c3", "bob": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("patch_id", "parent", "cover"),
    [
        ("1444145044-72349-31-git-send-email-k@x", "1444145044-72349-1-git-send-email-k@x", True),
        ("20240301030405.50-31-s@x", "20240301030405.50-1-s@x", True),
        ("20240301030405.50-30-s@x", "20240301030405.50-1-s@x", False),
        ("20240301030405.50-31-s@x", "20240301030405.51-1-s@x", False),
        ("random@x", "other@x", False),
    ],
)
def test_cover_that_is_not_there(patch_id: str, parent: str, cover: bool) -> None:
    """Git's numbering of ids tells a cover letter of which there is no copy."""
    patch = Mail(patch_id, "[PATCHv12 30/37] thp: add option", ANN, "2024-01-01", in_reply_to=parent)
    assert cover_id(patch, [patch]) == (parent if cover else "")


def test_cover_known_by_patch_one() -> None:
    """When patch 1 answers a mail that is not there either, that mail is the cover letter."""
    one, two = mail("x1", "[PATCH 1/2] mm: a", "gone"), mail("x2", "[PATCH 2/2] mm: b", "gone")
    assert cover_id(two, [one, two]) == "gone@example.org"
    assert cover_id(two, [two]) == ""


def test_series_marks() -> None:
    """A patch that says no revision is of its cover letter's."""
    assert series_marks(BY["q2"], THREAD).label == "RFC v2"
    assert series_marks(BY["r2"], THREAD).label == "v3"
    assert series_marks(BY["c1"], THREAD).label == "v1"
    assert series_marks(BY["bob"], THREAD).label == "v1"


def test_revisions() -> None:
    """Other revisions are those of the same title and person, by date, whatever the case."""
    others = [
        *THREAD,
        mail("rfc", "[RFC 0/1] mm: sheep", day=1),
        mail("pull", "[GIT PULL] mm: sheep", day=9),
        mail("stranger", "[PATCH v9 0/2] mm: sheep", day=9, author=BOB),
        mail("patch", "[PATCH 1/9] mm: sheep", day=9),
    ]
    found = [at.message_id.partition("@")[0] for at in revisions(BY["c2"], others)]
    assert found == ["c1", "rfc", "c3"]
    assert [at.message_id.partition("@")[0] for at in revisions(BY["p2"], others)] == ["q2", "r2", "r2again"]
    assert not revisions(BY["a1"], others)


def test_revisions_by_change_id() -> None:
    """One change-id joins two postings under different titles; of patches it takes the title, too."""
    old = replace(mail("old", "[PATCH 0/2] mm: sheep"), change_id="x")
    new = replace(mail("new", "[PATCH v2 0/2] mm: a census", day=2, author=BOB), change_id="x")
    patch = replace(mail("p", "[PATCH 1/2] mm: count"), change_id="x")
    other = replace(mail("q", "[PATCH 1/2] mm: rename"), change_id="x")
    assert [at.message_id for at in revisions(old, [new, patch])] == ["new@example.org"]
    assert not revisions(patch, [other])


def test_announcement_is_a_revision() -> None:
    """A mail without patches that names its revision counts: `#33` follows `#32`."""
    bomb = mail("bomb", "[PATCH 00 of 66] Transparent Hugepage Support #32")
    announced = mail("ann", "Transparent Hugepage Support #33", day=2)
    assert [at.message_id for at in revisions(bomb, [bomb, announced])] == ["ann@example.org"]
    assert [at.marks.label for at in revisions(announced, [bomb, announced])] == ["v32"]


def test_dates_are_compared_as_instants() -> None:
    """The earlier revision is the one sent earlier, whatever its zone says."""
    first = replace(mail("one", "[PATCH 0/1] mm: a"), date="2024-01-02T01:00:00+12:00")
    second = replace(mail("two", "[PATCH v2 0/1] mm: a"), date="2024-01-01T20:00:00-08:00")
    undated = replace(mail("none", "[PATCH v3 0/1] mm: a"), date="")
    asked = mail("asked", "[PATCH v4 0/1] mm: a")
    assert [at.message_id[:3] for at in revisions(asked, [second, undated, first])] == ["non", "one", "two"]


def test_loops_end() -> None:
    """Mails that answer each other, or themselves, make no endless walk."""
    a, b = mail("a", "[PATCH 1/2] mm: a", "b"), mail("b", "[PATCH 2/2] mm: b", "a")
    self_answer = mail("s", "[PATCH 1/2] mm: s", "s")
    assert cover_id(a, [a, b, self_answer]) == ""
    assert cover_id(self_answer, [a, b, self_answer]) == ""


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (Person("Ann", "ann@x"), Person("Ann B.", "ANN@X"), True),
        (Person("Barry Song", "21cnbao@x"), Person("barry song", "v-song@y"), True),
        (Person("", "a@x"), Person("", "b@x"), False),
        (Person("", ""), Person("", ""), False),
    ],
)
def test_same_person(a: Person, b: Person, same: bool) -> None:
    """One name or one address makes one person; nothing makes nobody."""
    assert same_person(a, b) is same


def test_years_later_it_is_other_work() -> None:
    """The same title from the same person is a revision within dates, or by the change-id."""
    old, late = (
        mail("old", "[PATCH] mm: sheep"),
        replace(mail("late", "[PATCH] mm: sheep"), date="2031-01-01"),
    )
    assert revisions(old, [old, late]) == ()
    marked = [replace(one, change_id="sheep-1") for one in (old, late)]
    assert revisions(marked[0], marked) == (marked[1],)
    undated = replace(late, date="")
    assert revisions(old, [old, undated]) == (undated,)


def test_trailers_are_counted() -> None:
    """What one person gives to one patch counts once; what is given to another revision does not."""
    bob, ann = (("Reviewed-by", "bob@example.org"),), (("Acked-by", "ann@example.org"),)
    thread = [
        replace(BY["c1"]),
        replace(BY["p1"], trailers=bob),
        replace(BY["p2"]),
        replace(BY["a1"], trailers=(*bob, *ann)),
        replace(mail("deep", "Re: [PATCH 1/2] mm: count", "a1"), trailers=bob),
        replace(mail("on-cover", "Re: [PATCH 0/2] mm: sheep", "c1"), trailers=bob),
        replace(mail("on-two", "Re: [PATCH 2/2] mm: use", "p2"), trailers=bob),
        replace(BY["c2"]),
        replace(mail("on-v2", "Re: [PATCHv2 RFC 0/2] mm: sheep", "c2"), trailers=ann),
        replace(mail("loop", "Re: x", "loop"), trailers=ann),
    ]
    assert trailers(BY["c1"], thread) == (Count("Acked-by", 1), Count("Reviewed-by", 3))
    assert trailers(BY["c2"], thread) == (Count("Acked-by", 1),)
    assert trailers(thread[1], thread) == (Count("Acked-by", 1), Count("Reviewed-by", 1))


def test_author_of_a_patch() -> None:
    """A patch says who wrote it, where that is not the author of its series."""
    other = replace(BY["p2"], author=BOB, sender=ANN)
    assert [patch.author for patch in patches(BY["c1"], [BY["c1"], BY["p1"], other])] == [None, BOB]
