"""Weigh pages, and time their largest contentful paint on a slowed processor, phone and desktop."""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import os
import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = ("index.html", "topics/thp.html", "gathered/series.html", "guide/directives.html")
SCREENS = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 900}}
# Gives the time of the last candidate, once the page has been quiet for a while.
LCP = """\
() => new Promise((done) => {
  let last = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) last = one.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done(last), 1000);
})
"""


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves files by gzip, several to a connection, and counts what goes over the line."""

    protocol_version = "HTTP/1.1"
    sent = 0

    def do_GET(self) -> None:
        """Answer with the whole file, compressed."""
        path = Path(self.directory) / unquote(urlsplit(self.path).path).lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return
        body = _compressed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        Compressing.sent += len(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@functools.cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder on loopback; give its URL."""
    handler = functools.partial(Compressing, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def visit(browser: Browser, url: str, screen: dict[str, int], slower: float) -> tuple[float, int]:
    """Visit a page once, with nothing in the cache; give its paint in milliseconds and its weight."""
    context = browser.new_context(viewport=screen)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    before = Compressing.sent
    page.goto(url)
    painted = page.evaluate(LCP)
    weight = Compressing.sent - before
    context.close()
    return float(painted), weight


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=REPOSITORY / "_build" / "html")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slower", type=float, default=4, help="how many times the processor is slowed down")
    options = parser.parse_args()
    print("| page | weight (kB) | LCP phone (ms) | LCP desktop (ms) |\n|---|---|---|---|")
    with served(options.site.resolve()) as base, sync_playwright() as play:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = play.chromium.launch(executable_path=chromium, args=arguments)
        for name in (folder + page for page in PAGES for folder in ("", "en/")):
            row, weight = [], 0
            for screen in SCREENS.values():
                runs = [
                    visit(browser, f"{base}/{name}", screen, options.slower) for _run in range(options.runs)
                ]
                row.append(f"{statistics.median(time for time, _weight in runs):.0f}")
                weight = max(one for _time, one in runs)
            print(f"| {name} | {weight / 1000:.0f} | {' | '.join(row)} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
