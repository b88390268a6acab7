"""Plain notes held against the locks: the findings of one file.

Of the pure layer. The source is asked through `Source`: the locks know what the pages asked, a tree at
hand knows all. What neither knows is no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .calltree import Node, edges, walk
from .claims import same_name
from .dates import days, instant, utc_day
from .findings import Code, Edit, Finding
from .lock import KernelLock, LoreLock, Message, State
from .message_id import timestamp
from .notes import Link, Notebook
from .releases import Releases, series_of, sort_key
from .source import Definition, How
from .subject import agrees, same_title


class Source(Protocol):
    """What is known of the functions of the pinned releases."""

    def releases(self) -> Sequence[str]:
        """The tags, oldest first."""

    def where(self, release: str, name: str) -> Sequence[Definition] | None:
        """The definitions of a name; None where nobody asked or it may lie outside what was read."""

    def near(self, release: str, name: str) -> Sequence[str]:
        """The names most like one that is nowhere, best first."""

    def calls(self, release: str, caller: str, callee: str) -> bool | None:
        """Whether one function calls another; None where that is not known."""


@dataclass(slots=True)
class Locks:
    """The source as the locks have it."""

    kernels: Mapping[str, KernelLock]
    _edges: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for tag, lock in self.kernels.items():
            for call in lock.calls:
                key = (tag, call.caller, call.callee.rpartition(":")[2])
                self._edges[key] = self._edges.get(key, False) or call.how is not How.NONE

    def releases(self) -> Sequence[str]:
        """The tags, oldest first."""
        return sorted(self.kernels, key=sort_key)

    def where(self, release: str, name: str) -> Sequence[Definition] | None:
        """The definitions, where the lock was asked for the name."""
        lock = self.kernels[release]
        found = lock.identifiers.get(name)
        return None if found is None or lock.from_elixir else found

    def near(self, release: str, name: str) -> Sequence[str]:
        """The nearest names, which the lock keeps for those that are nowhere."""
        return self.kernels[release].near.get(name, ())

    def calls(self, release: str, caller: str, callee: str) -> bool | None:
        """Whether the lock has the call, or has that there is none."""
        return self._edges.get((release, caller, callee))


def check(file: str, notes: Notebook, lore: LoreLock, source: Source, release: str) -> list[Finding]:
    """Give the findings of one file, by place. ``release`` is the tag that its functions are of."""
    found = [*messages(file, notes.links, lore), *_names(file, notes, source, release)]
    for roots in notes.trees:
        found += _functions(file, roots, source, release)
        found += _calls(file, roots, source, release)
    return sorted(dict.fromkeys(found), key=lambda finding: finding.order)


# --- messages ------------------------------------------------------------------


def messages(file: str, links: Sequence[Link], lore: LoreLock) -> Iterator[Finding]:
    """Hold what stands beside each link against its message."""
    titles: dict[str, tuple[str, int]] = {}  # message-id -> the first title it is given, and where
    told: set[str] = set()
    for link in (link for link in links if link.cited.role == "lore"):
        key = link.cited.key
        message = lore.messages.get(key)
        yield from _two_titles(file, link, titles)
        if message is None:
            yield from _by_its_id(file, link)
            if key not in told:
                told.add(key)
                yield Finding(
                    Code.UNLOCKED, file, link.line, f"<{key}>", "in no lock: nothing of it is checked"
                )
            continue
        bearers: list[str] = []
        if link.claims.title and not agrees(link.claims.title, message.subject):
            bearers = [k for k, other in lore.messages.items() if agrees(link.claims.title, other.subject)]
            yield _title(file, link, message, bearers)
        meant = lore.messages[bearers[0]] if len(bearers) == 1 else message
        yield from _author(file, link, meant, sure=not bearers)
        yield from _day(file, link, meant, sure=not bearers)
        if key not in told:
            told.add(key)
            yield from _news(file, link, message)


def _two_titles(file: str, link: Link, titles: dict[str, tuple[str, int]]) -> Iterator[Finding]:
    title = link.claims.title
    if not title:
        return
    first, line = titles.setdefault(link.cited.key, (title, link.line))
    if not same_title(first, title):
        claim = f"<{link.cited.key}> is called {title!r}"
        yield Finding(Code.TWO_TITLES, file, link.line, claim, f"line {line} calls it {first!r}")


def _by_its_id(file: str, link: Link) -> Iterator[Finding]:
    """Hold the day against the time in the message-id, of a message that no lock has."""
    sent = timestamp(link.cited.key)
    if sent and link.claims.day and abs((sent - instant(link.claims.day)).days) > 1:
        fact = f"the message-id says {sent:%Y-%m-%d}, and no lock has the message"
        yield Finding(Code.ID_DATE, file, link.line, f"date {link.claims.day}", fact)


def _title(file: str, link: Link, message: Message, bearers: Sequence[str]) -> Finding:
    """Tell of a title that is not the message's; one of its ``bearers`` may be meant."""
    title = link.claims.title
    fact = f"the message <{link.cited.key}> is {message.subject!r}"
    if bearers:
        right = f"link to <{bearers[0]}>, which bears that title"
        return Finding(Code.TITLE, file, link.line, f"title {title!r}", fact, right)
    edit = Edit(link.line, title, message.subject)
    return Finding(Code.TITLE, file, link.line, f"title {title!r}", fact, message.subject, edit)


def _author(file: str, link: Link, message: Message, sure: bool) -> Iterator[Finding]:
    written = link.claims.author
    people = [person.name for person in (message.author, message.sender) if person and person.name]
    if not written or not people or any(same_name(written, name) for name in people):
        return
    fact, right = f"the message is from {people[0]!r}", people[0]
    edit = Edit(link.line, written, right) if sure else None
    yield Finding(Code.AUTHOR, file, link.line, f"author {written!r}", fact, right, edit)


def _day(file: str, link: Link, message: Message, sure: bool) -> Iterator[Finding]:
    """Hold the day against the date; it is ``sure`` where the link leads to the message that is meant."""
    day = link.claims.day
    if not day or not message.date or day in days(message.date):
        return
    right = utc_day(message.date)
    fact = f"{message.subject!r} was sent on {message.date}"
    edit = Edit(link.line, link.claims.written_day, right) if sure else None
    yield Finding(Code.DATE, file, link.line, f"date {day}", fact, right, edit)


def _news(file: str, link: Link, message: Message) -> Iterator[Finding]:
    claim = f"<{link.cited.key}>"
    if found := newer(file, link.line, link.cited.key, message):
        yield found
    if became := ended(message):
        yield Finding(Code.LANDED, file, link.line, claim, became)


def ended(message: Message) -> str:
    """Say that a series was merged or dropped, if it was."""
    fate = message.fate
    if fate and fate.state is State.DROPPED:
        return "dropped"
    if fate and fate.state in (State.LANDED, State.PARTLY):
        release = f" in {fate.release}" if fate.release else ""
        count = f" ({fate.landed} of {fate.of})" if fate.state is State.PARTLY and fate.of else ""
        commits = f", commit {fate.commits[0][:12]}" if len(fate.commits) == 1 else ""
        return f"landed{release}{count}{commits}"
    return ""


def newer(file: str, line: int, key: str, message: Message) -> Finding | None:
    """Tell that a series was posted again."""
    if not (newest := message.newest):
        return None
    where = f" <{newest.message_id}>" if newest.message_id else ""
    fact = f"a newer revision is {newest.label} of {utc_day(newest.date)}{where}"
    return Finding(Code.NEWER, file, line, f"<{key}>", fact)


# --- source --------------------------------------------------------------------


def _functions(file: str, roots: tuple[Node, ...], source: Source, release: str) -> Iterator[Finding]:
    """Tell each name that is nowhere, or not in this release, or gone from a later one."""
    seen: set[str] = set()
    for node in walk(roots):
        if node.name in seen:
            continue
        seen.add(node.name)
        having, lacking = presence(node.name, source)
        if not having and lacking:
            yield _nowhere(file, node, source, release, lacking)
        elif release in lacking:
            fact = f"not in {release}; it is in {', '.join(having)}"
            yield Finding(Code.IDENTIFIER, file, node.line, f"{node.name}()", fact)
        elif found := gone(file, node.line, f"{node.name}()", release, having, lacking):
            yield found


def _names(file: str, notes: Notebook, source: Source, release: str) -> Iterator[Finding]:
    """Tell what is gone of the literal calls that the release has, and of Elixir's pages what is not there.

    A literal call that the release has not may be of another program, or of an older kernel.
    """
    told: set[str] = set()
    for call in notes.calls:
        name = call.key.rpartition(":")[2]
        if name not in told and source.where(release, name):
            told.add(name)
            if found := gone(file, call.line, f"{name}()", release, *presence(name, source)):
                yield found
    pinned = Releases.of(source.releases())
    for link in notes.links:
        tag = pinned.tag(link.cited.release) if link.cited.role == "kfunc" else None
        if tag and source.where(tag, link.cited.key) == ():
            having, _ = presence(link.cited.key, source)
            elsewhere = f"; it is in {', '.join(having)}" if having else ""
            fact = f"not in what was read of {tag}{elsewhere}"
            yield Finding(Code.IDENTIFIER, file, link.line, link.cited.key, fact)


def presence(name: str, source: Source) -> tuple[list[str], list[str]]:
    """Give the releases that have a name, and those that were asked and have not; oldest first."""
    where = {tag: source.where(tag, name) for tag in source.releases()}
    having = [tag for tag, found in where.items() if found]
    return having, [tag for tag, found in where.items() if found is not None and not found]


def gone_from(release: str, having: Sequence[str], lacking: Sequence[str]) -> list[str]:
    """Name the later releases that lack what this one has."""
    return [tag for tag in lacking if release in having and sort_key(tag) > sort_key(release)]


def gone(
    file: str, line: int, claim: str, release: str, having: Sequence[str], lacking: Sequence[str]
) -> Finding | None:
    """Tell that a release has what is claimed, and later ones that were read have not."""
    later = gone_from(release, having, lacking)
    if not later:
        return None
    fact = f"in {release}, and no longer in what was read of {', '.join(later)}"
    return Finding(Code.GONE, file, line, claim, fact)


def _nowhere(file: str, node: Node, source: Source, release: str, lacking: Sequence[str]) -> Finding:
    near = source.near(release, node.name)
    tags = ", ".join(series_of(tag) for tag in lacking)
    fact = (
        f"in none of {tags} as far as they were read"
        if len(lacking) > 1
        else f"not in what was read of {tags}"
    )
    right = f"perhaps {near[0]}()" if near else ""
    return Finding(Code.IDENTIFIER, file, node.line, f"{node.name}()", fact, right)


def _calls(file: str, roots: tuple[Node, ...], source: Source, release: str) -> Iterator[Finding]:
    """Tell each call that the release does not have, and who of those above makes it."""
    above: dict[tuple[str, str], tuple[str, ...]] = {}
    for root in roots:
        _ancestry(root, (), above)
    for caller, callee in edges(roots):
        if not (source.where(release, caller.name) and source.where(release, callee.name)):
            continue
        if source.calls(release, caller.name, callee.name) is not False:
            continue
        higher = above.get((caller.name, callee.name), ())
        real = next((name for name in reversed(higher) if source.calls(release, name, callee.name)), "")
        fact = f"{release} has no such call"
        right = f"{real}() calls {callee.name}()" if real else ""
        yield Finding(Code.EDGE, file, callee.line, f"{caller.name}() → {callee.name}()", fact, right)


def _ancestry(node: Node, above: tuple[str, ...], found: dict[tuple[str, str], tuple[str, ...]]) -> None:
    for child in node.children:
        found.setdefault((node.name, child.name), above)
        _ancestry(child, (*above, node.name), found)
