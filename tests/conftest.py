"""What tests share: the real site, and what a newcomer's machine may lack (see `support.require`)."""

from __future__ import annotations

import fcntl
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sphinx.util.i18n import CatalogRepository
from support import SphinxBuild, require

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).resolve().parent.parent

# How long an example takes is no test's business.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the site's catalogs once: of two builds at once, one could read what the other is writing."""
    if hasattr(config, "workerinput"):
        return
    for language in ("en", "zh_CN"):
        for catalog in CatalogRepository(REPOSITORY, ["locale"], language, "utf-8").catalogs:
            if catalog.is_outdated():
                catalog.write_mo(language)


def _folder(variable: str) -> Path | None:
    """Give the folder that an environment variable names, if there is one."""
    value = os.environ.get(variable, "")
    return Path(value).resolve() if value and Path(value).is_dir() else None


@pytest.fixture(scope="session")
def sphinx_build() -> SphinxBuild:
    """Give a function that builds a site as ``make html`` does, warnings being errors, in its own process."""

    def build(
        source: Path, out: Path, *options: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going"]
        command += ["-d", str(out.with_name(out.name + ".doctrees")), *options, str(source), str(out)]
        done = subprocess.run(
            command,
            cwd=source,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            end = "\n".join(done.stdout.splitlines()[-5:])
            pytest.fail(f"{source} does not build:\n{done.stderr}\n{end}", pytrace=False)
        return done

    return build


@pytest.fixture(scope="session")
def kernel_trees() -> Path:
    """Give the folder with real kernel trees: ``linux-6.18`` and others."""
    folder = _folder("KERNELREF_TREES")
    there = folder and (folder / "linux-6.18" / "Makefile").is_file()
    require("trees", there, "set KERNELREF_TREES to a folder with linux-6.18 and others")
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def archive_folder() -> Path:
    """Give the folder with real mail: ``cited.mbox`` and ``threads.mbox.xz``."""
    folder = _folder("KERNELREF_ARCHIVE")
    there = folder and (folder / "cited.mbox").is_file()
    require("archive", there, "set KERNELREF_ARCHIVE to a folder with cited.mbox and threads.mbox.xz")
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, sphinx_build: SphinxBuild) -> Path:
    """Give the folder of the real site, built once, in both languages; pytest-xdist's workers share it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    out, result = shared / "site" / "html", shared / "site.txt"
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            try:
                sphinx_build(REPOSITORY, out, "-b", "html", "-j", "2")
                english = ("-t", "en", "-d", str(out.with_name("html-en.doctrees")))
                sphinx_build(REPOSITORY, out / "en", "-b", "html", "-j", "2", *english)
            except pytest.fail.Exception as failure:
                result.write_text(str(failure), encoding="utf-8")
                raise
            result.write_text("", encoding="utf-8")
    if problem := result.read_text(encoding="utf-8"):
        pytest.fail(problem, pytrace=False)
    return out


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, several to a connection, and keeps no log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def serve_site(site: Path) -> Iterator[str]:
    """Serve the real site on loopback; give its URL, without a slash at the end."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a headless Chromium: the one CHROMIUM names, else the system's."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    require("browser", path, "install chromium, or set CHROMIUM to one's path")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: make test installs it")
    quiet = ["background-networking", "component-update", "sync", "gpu"]
    options = ["--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet)]
    # No other host is there. To answer for them here, each request of the site's own would come by here, too.
    options.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    with playwright.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=options)
        yield chromium
        chromium.close()
