"""URLs as people paste them: which message, commit, article or identifier one leads to.

Of the pure layer. What is recognised, what is not and why is in one table, ``guide/autolink.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from . import links, message_id
from .releases import ReleaseError, sort_key

_HASH = r"(?P<hash>[0-9a-f]{7,40})"
_ARCHIVES = re.compile(message_id.ARCHIVES)
_PATCHWORK = re.compile(r"patchwork\.[\w.-]+|lore-patchwork\.[\w.-]+")
_GITHUB = re.compile(rf"/torvalds/linux/commit/{_HASH}/?")
_CGIT = re.compile(rf"/(?:.+/)?{_HASH}/?")
_ELIXIR_SOURCE = re.compile(r"/linux/(?P<tag>[^/]+)/source/(?P<path>.+)")
_ELIXIR_IDENT = re.compile(r"/linux/(?P<tag>[^/]+)/(?:[A-Z]+/)?ident/(?P<name>\w+)/?")
_ELIXIR_OLD = re.compile(r"/source/(?P<path>.+)|/ident/?")
_ELIXIR_HOSTS = ("elixir.bootlin.com", "elixir.free-electrons.com", "lxr.free-electrons.com")
_SUBSCRIBER = re.compile(r"/SubscriberLink/(\d{1,9})/[0-9a-f]+/?")
_COMMIT_PAGE = re.compile(r"(?:.*/)?(?:commit|commitdiff|patch)/.*")

_BARE = re.compile(r"https?://[^\s<>\"'`，。；：、！？）】」』)\[\]|\\]+", re.IGNORECASE)
_TRAILING = ".,;:!?*_~&"
_CALL = re.compile(r"(?:(?P<file>[\w./+-]+\.[ch]):)?(?P<name>[A-Za-z_]\w*)\(\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cited:
    """What a URL leads to. ``role`` is the role that would write it, ``key`` its canonical name."""

    role: str
    key: str
    release: str = ""

    @property
    def target(self) -> str:
        """What the role would be given."""
        return f"{self.key}@{self.release}" if self.release else self.key


def bare_urls(text: str) -> Iterator[tuple[int, int]]:
    """Give the places of URLs in running text, without the punctuation that ends a sentence."""
    if "://" not in text:
        return
    for found in _BARE.finditer(text):
        yield found.start(), found.start() + len(found[0].rstrip(_TRAILING))


def called(literal: str) -> str:
    """Give the identifier that a literal such as ``foo()`` or ``mm/a.c:foo()`` names; or nothing."""
    found = _CALL.fullmatch(literal)
    if not found:
        return ""
    return f"{found['file']}:{found['name']}" if found["file"] else found["name"]


def recognise(url: str) -> Cited | None:
    """Tell what a URL leads to; None for one that is not of the kernel's places."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host, path = (parts.hostname or "").removeprefix("www."), parts.path
    if parts.scheme not in ("http", "https"):
        return None
    if _ARCHIVES.fullmatch(host) or _PATCHWORK.fullmatch(host):
        return _message(url)
    if host == "lwn.net":
        shared = _SUBSCRIBER.fullmatch(path)
        found = links.article(shared[1] if shared else url)
        return Cited("lwn", found) if found else None
    if host == "github.com":
        return _hash(_GITHUB.fullmatch(path))
    if host == "git.kernel.org":
        return _hash(_CGIT.fullmatch(path)) or _queried(path, parts.query)
    if host in _ELIXIR_HOSTS:
        return _elixir(path, parts.query, parts.fragment)
    return None


def _message(url: str) -> Cited | None:
    try:
        return Cited("lore", message_id.canonical(url))
    except message_id.MessageIdError:
        return None


def _hash(found: re.Match[str] | None) -> Cited | None:
    """A commit, where the path ends in its hash."""
    return Cited("commit", found["hash"]) if found else None


def _queried(path: str, query: str) -> Cited | None:
    """``commit/?id=`` of cgit, ``a=commit;h=`` of gitweb; elsewhere a hash says when, not what."""
    given = {key: values[0] for key, values in parse_qs(query.replace(";", "&")).items()}
    wanted = ""
    if given.get("a") in ("commit", "commitdiff"):
        wanted = given.get("h", "")
    elif "a" not in given and _COMMIT_PAGE.fullmatch(path):
        wanted = given.get("id", "")
    return Cited("commit", wanted) if re.fullmatch(r"[0-9a-f]{7,40}", wanted) else None


def _elixir(path: str, query: str, fragment: str) -> Cited | None:
    if found := _ELIXIR_IDENT.fullmatch(path):
        return _released(found["tag"], "kfunc", found["name"])
    if found := _ELIXIR_SOURCE.fullmatch(path):
        return _file(found["path"], fragment, found["tag"])
    given = parse_qs(query.replace(";", "&"))
    tag, name = given.get("v", [""])[0], given.get("i", [""])[0]
    old = _ELIXIR_OLD.fullmatch(path.removeprefix("/linux"))
    if old is None or not tag:
        return None
    if old["path"]:
        return _file(old["path"], fragment, tag)
    return _released(tag, "kfunc", name) if re.fullmatch(r"\w+", name) else None


def _released(tag: str, role: str, key: str) -> Cited | None:
    """Cite something of a release; ``latest`` is none, and ``4.5`` was written without its letter."""
    release = tag if tag.startswith("v") else f"v{tag}"
    try:
        sort_key(release)
    except ReleaseError:
        return None
    return Cited(role, key, release)


def _file(path: str, fragment: str, tag: str) -> Cited | None:
    path = unquote(path).strip("/")
    if ".." in path.split("/"):
        return None
    lines = re.fullmatch(r"L([1-9]\d{0,6})(?:-L?([1-9]\d{0,6}))?", fragment)
    end = f"-L{lines[2]}" if lines and lines[2] else ""
    return _released(tag, "kfile", path + (f"#L{lines[1]}{end}" if lines else ""))
