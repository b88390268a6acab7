"""A real public-inbox on loopback, filled from an mbox by the tests themselves.

The software of lore.kernel.org, so that what passes here holds there; but stock, so without
lore's bot check and ``/r/`` redirects, which `test_archive` acts out with servers of its own.
"""

from __future__ import annotations

import lzma
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import require

SMALL = Path(__file__).resolve().parent.parent / "data" / "mail" / "small.mbox"

_IMPORT = """
my $inbox = PublicInbox::Config->new->lookup_name("linux-mm") or die "no inbox";
open my $mbox, "<", $ARGV[0] or die "$ARGV[0]: $!";
PublicInbox::InboxWritable->new($inbox)->import_mbox($mbox, "mboxrd");
"""


def _fill(state: Path, mbox: Path, env: dict[str, str]) -> None:
    """Make one list, linux-mm, and the index of all lists over it."""
    url, inbox = "http://127.0.0.1", str(state / "linux-mm")
    steps = [
        ["public-inbox-init", "-V2", "-L", "full", "-j", "1", "linux-mm", inbox, url, "linux-mm@kvack.org"],
        ["perl", "-MPublicInbox::Config", "-MPublicInbox::InboxWritable", "-e", _IMPORT, str(mbox)],
        ["git", "config", "-f", env["PI_CONFIG"], "extindex.all.topdir", str(state / "all")],
        ["public-inbox-extindex", "--all", "-j", "1", str(state / "all")],
    ]
    for step in steps:
        subprocess.run(step, env=env, check=True, capture_output=True, timeout=60)


@contextmanager
def _serving(state: Path, mbox: Path) -> Iterator[str]:
    """Serve an mbox on a port of its own; give the base URL of the index of all lists."""
    require("server", shutil.which("public-inbox-httpd"), "install the package public-inbox")
    env = {
        **os.environ,
        "HOME": str(state),
        "PI_CONFIG": str(state / "config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    _fill(state, mbox, env)
    log = state / "httpd.log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            ["public-inbox-httpd", "-W0", "-l", "http://127.0.0.1:0"], env=env, stdout=stream, stderr=stream
        )
    try:
        yield f"http://127.0.0.1:{_port(server, log)}/all"
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def public_inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the base URL of a public-inbox that serves ``small.mbox``."""
    with _serving(tmp_path_factory.mktemp("public-inbox"), SMALL) as base:
        yield base


@pytest.fixture(scope="session")
def real_archive(archive_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the base URL of a public-inbox that serves all real mail at hand."""
    state = tmp_path_factory.mktemp("real")
    with (state / "all.mbox").open("wb") as out:
        out.write((archive_folder / "cited.mbox").read_bytes() + b"\n")
        with lzma.open(archive_folder / "threads.mbox.xz") as threads:
            shutil.copyfileobj(threads, out)
    with _serving(state, state / "all.mbox") as base:
        yield base


def _port(server: subprocess.Popen[bytes], log: Path) -> str:
    """Give the port that the system chose, once the server says it."""
    for _ in range(400):
        if found := re.search(r"bound http://127\.0\.0\.1:(\d+)", log.read_text(encoding="utf-8")):
            return found[1]
        if server.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail(f"public-inbox did not start:\n{log.read_text(encoding='utf-8')}", pytrace=False)
