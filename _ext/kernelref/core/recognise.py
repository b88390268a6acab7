"""URLs as people paste them: which message, commit, article or identifier one leads to.

Of the pure layer; the guide's page on `check` says in words what is here in code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from . import links, message_id

_HASH = r"(?P<hash>[0-9a-f]{7,40})"
_ARCHIVES = re.compile(message_id.ARCHIVES)
_PATCHWORK = re.compile(r"patchwork\.[\w.-]+|lore-patchwork\.[\w.-]+")
_GITHUB = re.compile(rf"/torvalds/linux/commit/{_HASH}/?")
_CGIT = re.compile(rf"/(?:.+/)?{_HASH}/?")
_ELIXIR_SOURCE = re.compile(r"/linux/(?P<tag>[^/]+)/source/(?P<path>.+)")
_ELIXIR_IDENT = re.compile(r"/linux/(?P<tag>[^/]+)/(?:[A-Z]+/)?ident/(?P<name>\w+)/?")
_ELIXIR_OLD = re.compile(r"/source/(?P<path>.+)|/ident/?")


@dataclass(frozen=True, slots=True)
class Cited:
    """What a URL leads to. ``role`` is the role that would write it, ``key`` its canonical name."""

    role: str
    key: str
    release: str = ""


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
        found = links.article(url)
        return Cited("lwn", found) if found else None
    if host == "github.com":
        return _hash(_GITHUB.fullmatch(path))
    if host == "git.kernel.org":
        return _hash(_CGIT.fullmatch(path)) or _queried(parts.query)
    if host == "elixir.bootlin.com":
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


def _queried(query: str) -> Cited | None:
    """``?id=`` of cgit, ``?h=`` of gitweb's ``;a=commit;h=``."""
    given = parse_qs(query.replace(";", "&"))
    for key in ("id", "h"):
        value = given.get(key, [""])[0]
        if re.fullmatch(r"[0-9a-f]{7,40}", value):
            return Cited("commit", value)
    return None


def _elixir(path: str, query: str, fragment: str) -> Cited | None:
    if found := _ELIXIR_IDENT.fullmatch(path):
        return Cited("kfunc", found["name"], found["tag"])
    if found := _ELIXIR_SOURCE.fullmatch(path):
        return _file(found["path"], fragment, found["tag"])
    given = parse_qs(query)
    tag, name = given.get("v", [""])[0], given.get("i", [""])[0]
    old = _ELIXIR_OLD.fullmatch(path.removeprefix("/linux").removeprefix("/latest"))
    if old is None or not (tag or path.startswith("/linux/latest")):
        return None
    if name and not old["path"]:
        return Cited("kfunc", name, tag)
    return _file(old["path"], fragment, tag) if old["path"] else None


def _file(path: str, fragment: str, tag: str) -> Cited | None:
    path = unquote(path).strip("/")
    if ".." in path.split("/"):
        return None
    lines = re.fullmatch(r"L([1-9]\d{0,6})(?:-L?([1-9]\d{0,6}))?", fragment)
    end = f"-L{lines[2]}" if lines and lines[2] else ""
    return Cited("kfile", path + (f"#L{lines[1]}{end}" if lines else ""), tag)
