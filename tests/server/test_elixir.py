"""Elixir asked without a kernel tree: a small server with real answers, and some that no Elixir gives."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sphinx.testing.util import SphinxTestApp

from kernelref.cli.main import main
from kernelref.core.lock import KernelLock
from kernelref.core.lockfile import dump, load_kernel, write_atomic
from kernelref.core.source import Definition, Kind
from kernelref.resolvers.archive import Patience
from kernelref.resolvers.elixir import PAUSE, Elixir, ElixirError

# "name family version" -> what Elixir's own server said, without most of the references
ANSWERS = json.loads((Path(__file__).resolve().parent.parent / "data/elixir/answers.json").read_text())
EMPTY: dict[str, list[Any]] = {"definitions": [], "references": [], "documentations": []}


class Server:
    """Answers as Elixir does; ``odd`` has raw answers for some names, with their types."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.odd: dict[str, tuple[int, str, bytes]] = {}
        self.url = ""

    def answer(self, target: str) -> tuple[int, str, bytes]:
        """Give status, type and body."""
        parts = urlsplit(target)
        name, query = unquote(parts.path.removeprefix("/api/ident/linux/")), parse_qs(parts.query)
        if not parts.path.startswith("/api/ident/linux/"):
            return 404, "application/json", b'{"title": "Error", "description": "Unknown project"}'
        self.asked.append(f"{name} {query['family'][0]} {query['version'][0]}")
        found = json.dumps(ANSWERS.get(self.asked[-1], EMPTY)).encode()
        return self.odd.get(name, (200, "application/json", found))


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Run a server on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.agents.add(self.headers["User-Agent"])
            status, kind, body = server.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        server.url = f"http://127.0.0.1:{running.server_port}/linux"
        yield server
        running.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a server that behaves."""
    with serving(Server()) as one:
        yield one


@pytest.fixture
def elixir(server: Server) -> Iterator[Elixir]:
    """Give that server, to be asked; it is asked once, not again."""
    one = Elixir(server.url, patience=Patience(pause=0, tries=1))
    yield one
    one.close()


# --- one name --------------------------------------------------------------------------------------------


def test_definitions(server: Server, elixir: Elixir) -> None:
    """Definitions have their kind, file and line; prototypes and members are none."""
    assert elixir.definitions("zap_pte_range", "v6.12") == (
        Definition("mm/memory.c", 1582, 1582, "zap_pte_range", Kind.FUNCTION),
    )
    places = [one.place for one in elixir.definitions("khugepaged_enter_vma", "v6.12")]
    assert places == ["include/linux/khugepaged.h:49", "mm/khugepaged.c:470"]
    assert [one.kind for one in elixir.definitions("anon_vma", "v6.12")] == [Kind.STRUCT]
    assert [one.kind for one in elixir.definitions("pte_offset_map_lock", "v6.1")] == [Kind.MACRO]
    assert [one.kind for one in elixir.definitions("CONFIG_TRANSPARENT_HUGEPAGE", "v6.12")] == [Kind.CONFIG]
    assert server.asked[-1] == "CONFIG_TRANSPARENT_HUGEPAGE K v6.12"
    assert [agent.partition("/")[0] for agent in server.agents] == ["linux-patch-learn"]


def test_empty_is_not_known(elixir: Elixir) -> None:
    """An unknown name and an unknown release are nothing known, and no error."""
    assert elixir.definitions("no_such_function", "v6.12") == ()
    assert elixir.definitions("zap_pte_range", "v9.99") == ()


def test_slowly(server: Server) -> None:
    """Two seconds lie between two requests, whatever is asked for, but on this machine."""
    waits: list[float] = []
    patient = Elixir(server.url, patience=Patience(pause=PAUSE), sleep=waits.append)
    for name in ("a", "b"):
        patient.definitions(name, "v6.12")
    assert len(waits) == 1 and 0 < waits[0] <= PAUSE
    assert Elixir("https://elixir.example.org/linux", delay=0)._line.patience.pause == PAUSE
    assert Elixir("https://elixir.example.org/linux", delay=5)._line.patience.pause == 5
    assert Elixir(server.url, delay=0)._line.patience.pause == 0


def listed(*definitions: object) -> bytes:
    """Write an answer with some definitions."""
    return json.dumps({**EMPTY, "definitions": definitions}).encode()


JSON = "application/json"
BAD = {
    "html": (
        (200, "text/html", b"<html>Are you a robot?</html>"),
        "an HTML page came where JSON was expected",
    ),
    "html-as-json": ((200, JSON, b"<!DOCTYPE html><title>Hm</title>"), "an HTML page came where JSON"),
    "no-json": ((200, JSON, b'{"definitions": ['), "is not Elixir's: it is no JSON"),
    "no-text": ((200, JSON, b"\xff\xfe\x00"), "is not Elixir's: it is no JSON"),
    "deep": ((200, JSON, b"[" * 100_000), "is not Elixir's"),
    "list": ((200, JSON, b"[]"), "an object with definitions and references was expected"),
    "other": ((200, JSON, b'{"hits": []}'), "an object with definitions and references was expected"),
    "word": ((200, JSON, b'{"definitions": "none", "references": []}'), "a list of at most"),
    "entry": ((200, JSON, listed("mm/memory.c")), "a definition is no object"),
    "up": (
        (200, JSON, listed({"path": "mm/../../x.c", "line": 1, "type": "function"})),
        "is no path of a file",
    ),
    "root": (
        (200, JSON, listed({"path": "/etc/x.c", "line": 1, "type": "function"})),
        "is no path of a file",
    ),
    "hostile": (
        (200, JSON, listed({"path": "mm/\x1b[31m.c", "line": 1, "type": "macro"})),
        "is no path of a file",
    ),
    "zero": (
        (200, JSON, listed({"path": "mm/a.c", "line": 0, "type": "function"})),
        "'0' is no line of mm/a.c",
    ),
    "huge": (
        (200, JSON, listed({"path": "mm/a.c", "line": 10**12, "type": "function"})),
        "is no line of mm/a.c",
    ),
    "true": (
        (200, JSON, listed({"path": "mm/a.c", "line": True, "type": "function"})),
        "is no line of mm/a.c",
    ),
    "kind": ((200, JSON, listed({"path": "mm/a.c", "line": 1, "type": None})), "is no kind of identifier"),
    "invalid": ((400, JSON, b'{"title": "Invalid parameter"}'), "Elixir refuses (400"),
    "nowhere": ((404, JSON, b"{}"), "no such project, or takes no such name"),
    "broken": ((502, JSON, b"{}"), "Elixir failed (502)"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_answers(server: Server, elixir: Elixir, case: str) -> None:
    """What is not Elixir's answer is an error that says so, in printable words."""
    answer, said = BAD[case]
    server.odd["zap_pte_range"] = answer
    with pytest.raises(ElixirError) as error:
        elixir.definitions("zap_pte_range", "v6.12")
    assert said in str(error.value)
    assert str(error.value).isprintable() and len(str(error.value)) < 400
    assert "archive" not in str(error.value) and "mail" not in str(error.value)


def test_unknown_kind(server: Server, elixir: Elixir) -> None:
    """A kind that we do not know is passed over, and so is one of the other family."""
    entries = (
        {"path": "mm/a.c", "line": 1, "type": "concept"},
        {"path": "mm/Kconfig", "line": 2, "type": "config"},
    )
    server.odd["sheep"] = (200, JSON, listed(*entries))
    assert elixir.definitions("sheep", "v6.12") == ()


def test_no_project() -> None:
    """A URL that is none is told by the setting that it is from."""
    for url in ("linux", "ftp://elixir.example.org/linux", "https:///linux"):
        with pytest.raises(ElixirError, match="kernelref_elixir_url"):
            Elixir(url)


# --- the lock --------------------------------------------------------------------------------------------

PAGE = """\
# Small

{kfunc}`zap_pte_range`, {kfunc}`no_such_function`, {kfunc}`anon_vma`, {kstruct}`anon_vma`,
{kconfig}`CONFIG_TRANSPARENT_HUGEPAGE`, {kfile}`mm/memory.c#L1`.

```{calltree} Zap
khugepaged_enter_vma
  zap_pte_range
    no_such_function
```
"""

Lock = Callable[..., tuple[int, str]]


@pytest.fixture
def site(server: Server, tmp_path: Path) -> Path:
    """Give a site that cites what the server knows and what it does not."""
    conf = 'extensions = ["myst_parser", "kernelref"]\nproject = "Small"\nexclude_patterns = ["lock"]\n'
    conf += f'kernelref_kernel = "v6.12"\nkernelref_elixir_url = "{server.url}"\nhtml_theme = "basic"\n'
    (tmp_path / "conf.py").write_text(conf)
    (tmp_path / "index.md").write_text(PAGE)
    return tmp_path


@pytest.fixture
def lock(site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lock:
    """Give ``lock --elixir`` on that site, without a pause."""
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.delenv("KERNELS", raising=False)

    def run(*words: str) -> tuple[int, str]:
        code = main(["lock", "--site", str(site), "--no-mail", "--delay", "0", *words])
        return code, " ".join(capsys.readouterr().err.split())

    return run


def written(site: Path, tag: str = "v6.12") -> KernelLock:
    """Read the lock of a release."""
    return load_kernel(site / "lock" / f"linux-{tag}.json")


def test_lock(lock: Lock, site: Path, server: Server) -> None:
    """The lock says whom it is from; what Elixir did not know is neither there nor gone."""
    code, told = lock("--elixir", "v6.12")
    assert code == 0, told
    got = written(site)
    assert got.origin.startswith(f"Elixir's index at {server.url}, read 20")
    assert got.identifiers["zap_pte_range"] == (
        Definition("mm/memory.c", 1582, 1582, "zap_pte_range", Kind.FUNCTION),
    )
    assert "no_such_function" not in got.identifiers
    assert got.unknown == ("no_such_function",)
    assert (got.folders, got.calls, got.files) == ((), (), {})
    assert "Elixir knows 4 of 5 names" in told


def test_lock_again(lock: Lock, site: Path, server: Server) -> None:
    """What was asked before is not asked again, but to refresh it; the file stays the same."""
    lock("--elixir", "v6.12")
    before, server.asked[:] = written(site), []
    assert lock("--elixir", "v6.12")[0] == 0
    assert not server.asked and written(site) == before
    assert lock("--elixir", "v6.12", "--refresh")[0] == 0
    assert len(server.asked) == 5
    assert written(site).identifiers == before.identifiers


def test_one_failure(lock: Lock, site: Path, server: Server) -> None:
    """A name without a usable answer is told and asked for the next time; the others are locked."""
    server.odd["anon_vma"] = BAD["html"][0]
    code, told = lock("--elixir", "v6.12")
    assert code == 1 and "anon_vma: " in told and "HTML page" in told
    got = written(site)
    assert "anon_vma" not in got.identifiers and "anon_vma" not in got.unknown
    assert got.identifiers["zap_pte_range"]
    server.odd.clear()
    server.asked.clear()
    assert lock("--elixir", "v6.12")[0] == 0
    assert server.asked == ["anon_vma C v6.12"]


def test_several_releases(lock: Lock, site: Path) -> None:
    """Each release that is named gets its lock; a site pins one of a series."""
    (site / "index.md").write_text(
        "# Small\n\n{kfunc}`pte_offset_map_lock` {kfunc}`pte_offset_map_lock@v6.1`\n"
    )
    assert lock("--elixir", "v6.12", "--elixir", "v6.1")[0] == 0
    assert written(site, "v6.1").identifiers["pte_offset_map_lock"][0].kind is Kind.MACRO
    assert written(site).identifiers["pte_offset_map_lock"][0].kind is Kind.FUNCTION
    assert "are both v6.12" in lock("--elixir", "v6.12", "--elixir", "v6.12.117")[1]
    assert lock("--elixir", "six")[0] == 2


def test_unknown_release(lock: Lock, site: Path) -> None:
    """A release of which Elixir knows no name is most likely none of its own: nothing is written."""
    code, told = lock("--elixir", "v9.99")
    assert code == 2 and "knows none of 5 names in v9.99" in told
    assert not list(site.glob("lock/linux-*.json"))


def test_not_in_the_place_of_a_tree(lock: Lock, site: Path) -> None:
    """What a tree said is not replaced by less without a word."""
    of_tree = KernelLock("v6.12", "source folder", ("",), {"zap_pte_range": ()})
    write_atomic(site / "lock" / "linux-v6.12.json", dump(of_tree))
    code, told = lock("--elixir", "v6.12")
    assert code == 2 and "is from a tree (source folder), and Elixir knows less" in told
    assert written(site) == of_tree
    code, told = lock("--elixir", "v6.12.117")
    assert code == 2 and "v6.12 is pinned and Elixir is to be asked for v6.12.117" in told
    assert lock("--elixir", "v6.12", "--repin")[0] == 0
    assert written(site).from_elixir


# --- the pages -------------------------------------------------------------------------------------------


def test_pages(lock: Lock, site: Path, server: Server) -> None:
    """A page links what Elixir knows to its line and the rest to its page, not checked, without a warning."""
    assert lock("--elixir", "v6.12")[0] == 0
    app = SphinxTestApp("html", site, freshenv=True)
    try:
        app.build()
        assert app.warning.getvalue() == ""
        html = (Path(app.outdir) / "index.html").read_text(encoding="utf-8")
    finally:
        app.cleanup()
    assert f"{server.url}/v6.12/source/mm/memory.c#L1582" in html
    assert f"{server.url}/v6.12/C/ident/no_such_function" in html
    assert "Elixir does not know it" in html
    assert "no such call" not in html and "not in this release" not in html
    assert "not checked" in html
