"""Asking an archive over HTTP: slowly, under our own name, and within bounds.

The archive room of the resolvers. liblore sends the requests; what it leaves open is
closed here: redirects, sizes, stalled connections, Retry-After, and HTML for mail.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from liblore import LibloreError, LoreNode

from ...version import VERSION
from .errors import ArchiveError, Busy, NotMail, NotThere, Redirected, Refused, TooLarge, Unreachable
from .gunzip import gunzip

USER_AGENT: Final = f"linux-patch-learn/{VERSION} (+https://linux-patch-learn.readthedocs.io/)"
"""lore turns python-requests' own name away with an HTML page."""

_now = time.monotonic
_LOOPBACK = ("localhost", "::1")
_REDIRECTS: Final = 3

# liblore warns of every retry; what matters of it is in our errors.
logging.getLogger("liblore").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds; ``tries`` is how often a 5xx is asked again."""

    pause: float = 1.0
    connect: float = 10.0
    stall: float = 30.0
    answer: float = 300.0
    retry_after: float = 120.0
    tries: int = 3


@dataclass(frozen=True, slots=True)
class _Retry:
    """This answer is worth asking again for, after so many seconds."""

    error: ArchiveError
    after: float


class Line:
    """The line to one archive: one request at a time, each after a pause."""

    def __init__(
        self,
        base: str,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        wanted: str = "mail",
    ) -> None:
        """Open it. Raises `ValueError` for what is no archive's URL, or is asked without a pause.

        ``wanted`` is what errors say was expected.
        """
        self.base = base.rstrip("/")
        self.patience = patience or Patience()
        self._sleep, self._wanted = sleep, wanted
        self._next = 0.0
        host = urlsplit(self.base).hostname
        if urlsplit(self.base).scheme not in {"http", "https"} or not host:
            raise ValueError(f"{base!r} is no URL of an archive; write https://lore.kernel.org/all")
        local = is_local(self.base)
        if self.patience.pause <= 0 and not local:
            raise ValueError(f"no pause between requests to {host}; only a server on this machine bears that")
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        self._session.trust_env = not local
        self._node = LoreNode(self.base, follow_upstream=False)
        self._node.set_requests_session(self._session)

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def get(self, path: str, limit: int) -> bytes:
        """Give the body at ``base/path``. Raises `ArchiveError`."""
        return self._ask("GET", f"{self.base}/{path}", limit)

    def post(self, query: str, limit: int) -> bytes:
        """Give the answer to a POST of ``base/?query``. Raises `ArchiveError`."""
        return self._ask("POST", f"{self.base}/?{query}", limit)

    def _ask(self, method: str, url: str, limit: int) -> bytes:
        tries = 1
        while isinstance(answer := self._follow(method, url, limit), _Retry):
            if tries >= self.patience.tries or answer.after > self.patience.retry_after:
                raise answer.error
            self._sleep(answer.after)
            tries += 1
        return answer

    def _follow(self, method: str, url: str, limit: int) -> bytes | _Retry:
        """One request, and those that the archive's own redirects make of it."""
        at = url
        for _ in range(_REDIRECTS + 1):
            with closing(self._send(method, at)) as response:
                if not response.is_redirect:
                    return self._read(response, limit)
                target = urljoin(at, response.headers.get("Location", ""))
            if method != "GET" or not _same_host(url, target):
                raise Redirected(f"{at}: sends to {target}, which is not followed")
            at = target
        raise Redirected(f"{url}: more than {_REDIRECTS} redirects")

    def _send(self, method: str, url: str) -> requests.Response:
        wait = self._next - _now()
        if wait > 0:
            self._sleep(wait)
        self._next = _now() + self.patience.pause
        timeout = (self.patience.connect, self.patience.stall)
        try:
            return self._node.request(method, url, stream=True, allow_redirects=False, timeout=timeout)
        except (LibloreError, requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise Unreachable(f"{url}: no answer ({_reason(error)})") from None

    def _read(self, response: requests.Response, limit: int) -> bytes | _Retry:
        url, status = response.url, response.status_code
        if status in {300, 404, 410}:
            raise NotThere(f"{url}: there is no such message in this archive ({status}){self._elsewhere()}")
        if status == 429 or (status == 503 and "Retry-After" in response.headers):
            wait = _retry_after(response.headers.get("Retry-After", "")) or self.patience.stall
            return _Retry(Busy(f"{url}: the archive asks to wait {wait:.0f} seconds ({status})"), wait)
        if status >= 500:
            return _Retry(Unreachable(f"{url}: the archive failed ({status})"), 2 * self.patience.pause)
        if status != 200:
            raise Refused(f"{url}: the archive refuses ({status} {response.reason}){_bot_check(response)}")
        if _is_html(response):
            raise NotMail(f"{url}: an HTML page came where {self._wanted} was expected{_bot_check(response)}")
        return self._body(response, limit)

    def _elsewhere(self) -> str:
        """Say where else a message may be, where one list was asked and not all of them."""
        asked = urlsplit(self.base).path.strip("/")
        return "" if asked in ("", "all") else f"; it may be on another list than {asked}: ask for /all"

    def _body(self, response: requests.Response, limit: int) -> bytes:
        url, encoding = response.url, response.headers.get("Content-Encoding", "identity").lower()
        if encoding not in {"identity", "gzip"}:
            raise NotMail(f"{url}: the answer is encoded as {encoding}, which was not asked for")
        body = self._received(response, limit)
        if encoding == "gzip":
            body = gunzip(body, limit, url)
        if body[:256].lstrip().lower().startswith((b"<!doctype html", b"<html")):
            raise NotMail(f"{url}: an HTML page came where {self._wanted} was expected; is this a bot check?")
        return body

    def _received(self, response: requests.Response, limit: int) -> bytes:
        """Give the body as it is on the wire, however slowly or endlessly it comes."""
        url, body = response.url, bytearray()
        deadline = _now() + self.patience.answer
        try:
            while chunk := response.raw.read1(1 << 16, decode_content=False):
                body += chunk
                if len(body) > limit:
                    raise TooLarge(f"{url}: more than {limit:,} bytes")
                if _now() > deadline:
                    raise Unreachable(f"{url}: not all there after {self.patience.answer:.0f} seconds")
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable(f"{url}: broke off ({_reason(error)})") from None
        return bytes(body)


def is_local(url: str) -> bool:
    """Tell whether a URL is of a server on this machine, which needs no pause."""
    host = urlsplit(url).hostname or ""
    return host in _LOOPBACK or host.startswith("127.")


def _same_host(url: str, target: str) -> bool:
    """Whether a redirect stays on the archive's host; from http to https it may."""
    here, there = urlsplit(url), urlsplit(target)
    if (there.scheme, there.netloc) == (here.scheme, here.netloc):
        return True
    return (here.scheme, there.scheme) == ("http", "https") and here.netloc == there.netloc


def _is_html(response: requests.Response) -> bool:
    return "html" in response.headers.get("Content-Type", "").lower()


def _bot_check(response: requests.Response) -> str:
    return "; is this a bot check?" if _is_html(response) else ""


def _retry_after(value: str) -> float:
    """Seconds, from a number or an HTTP date; 0 for neither."""
    if value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def _reason(error: BaseException) -> str:
    """The innermost cause, without the machinery's addresses in it."""
    text = str(error.__cause__ or error)
    return "timed out" if "timed out" in text.lower() else text.split("object at")[0][-200:]
