"""Diagrams in every writer: inline SVG in HTML, the same as text elsewhere, and no script anywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from sphinx.testing.util import SphinxTestApp
from sphinx.util.console import strip_colors

import kernelref
from kernelref import drawings
from kernelref.drawings import DrawingError, Drawings, Request, Unavailable

Build = Callable[..., tuple[Path, str]]

CONF = """
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
project = "drawings"
author = copyright = version = "x"
html_theme = "basic"
exclude_patterns = ["_*"]
latex_documents = [("index", "drawings.tex", "drawings", "x", "manual")]
mermaid_output_format = "png"
mermaid_cmd = '"{python}" -m mermaidx'
mermaid_params = ["--quiet"]

from docutils import nodes
from docutils.parsers.rst import Directive

class Drawing(Directive):
    required_arguments = 1

    def run(self):
        from kernelref.core.chart import Chart, ChartEdge, ChartNode, EdgeState
        from kernelref.diagrams import diagram_node, legend
        names = ["do_madvise", "zap_pte_range", '</code>"<script>alert(1)</script>;%%', "end", "graph"]
        names.append("x" * 90)
        names += [f"f{{number}}" for number in range(int(self.arguments[0]))]
        hover = '"><script>alert(2)</script>'
        made = [ChartNode(names[0], names[0], "m.c:7", ("走每个区域",), "https://e.org/m.c#L7", "tip")]
        made += [ChartNode(n, n, remarks=(n,), hover=hover) for n in names[1:]]
        edges = [ChartEdge(names[0], n, s, (1, 2, 3, 4), n) for n, s in zip(names[1:], EdgeState)]
        text = nodes.bullet_list("")
        for n in names:
            text += nodes.list_item("", nodes.paragraph("", f"{{n}} as text"))
        node = diagram_node(Chart("Way \\u202e<b>", tuple(made), tuple(edges), "zh"), text)
        node.source, node.line = self.state_machine.get_source_and_line(self.lineno)
        return [node, legend(EdgeState, "en")]

def setup(app):
    from kernelref.config import setup_config
    from kernelref.diagrams import setup_diagrams
    setup_config(app)
    setup_diagrams(app)
    app.add_directive("drawing", Drawing)
    app.connect("build-finished", finished)

def finished(app, error):
    import sys
    assert not {{"mermaidx", "quickjs", "novasvg"}} & set(sys.modules), "the engine runs in this process"
"""
PAGES = {
    "index.md": "# Top\n\n```{toctree}\ncharts\nfences\n```\n",
    "charts.md": "# Charts\n\n```{drawing} 0\n```\n\nBetween.\n\n```{drawing} 1\n```\n",
    "fences.md": (
        "# Fences\n\n```{mermaid}\n:caption: The way\n:name: way\nflowchart LR\n"
        '  A["发送 <script>alert(3)</script>"] -->|yes| B\n'
        '  click A href "javascript:alert(4)"\n  click B href "https://e.org/b" "tip"\n'
        "  style B fill:#9f9\n```\n\n```{mermaid}\nsequenceDiagram\n  A->>B: hello\n```\n"
    ),
}


def write_site(folder: Path, pages: dict[str, str], conf: str = "") -> Path:
    """Write a small site that loads the diagrams alone."""
    folder.mkdir(parents=True)
    (folder / "conf.py").write_text(CONF.format(python=sys.executable) + conf, encoding="utf-8")
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def command_line(source: Path, builder: str, *options: str, warn: bool = True) -> Path:
    """Build in a process of its own; a warning fails the build."""
    out = source / "_build" / builder
    path = os.pathsep.join([str(Path(kernelref.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "sphinx", "-q", *(["-W"] if warn else []), "-b", builder, *options]
    done = subprocess.run(
        [*command, "-d", str(source / "_doctrees"), str(source), str(out)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a site built once, by one process."""
    source = write_site(tmp_path_factory.mktemp("one") / "site", PAGES)
    command_line(source, "html")
    return source


@pytest.fixture
def test_app(tmp_path: Path) -> Iterator[Build]:
    """Give a function that builds pages in this process; it returns the folder and the warnings."""
    apps: list[SphinxTestApp] = []

    def build(pages: dict[str, str], **overrides: object) -> tuple[Path, str]:
        source = write_site(tmp_path / f"in{len(apps)}", pages)
        said = StringIO()
        app = SphinxTestApp("html", srcdir=source, warning=said, confoverrides=overrides)
        apps.append(app)
        app.build()
        return Path(app.outdir), strip_colors(said.getvalue())

    yield build
    for app in apps:
        app.cleanup()


def soup(path: Path) -> BeautifulSoup:
    """Read a page as a browser does."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def drawn(page: BeautifulSoup) -> list[Tag]:
    """Give the drawings of a page."""
    return page.select("figure.kernelref-diagram > .kernelref-frame > svg.kernelref-svg")


def test_chart_on_the_page(site: Path) -> None:
    """A chart is inline SVG with its link, its name, its text folded below, and one legend."""
    page = soup(site / "_build/html/charts.html")
    first = drawn(page)[0]
    link = first.select_one("a[href]")
    assert link is not None
    assert (link["href"], link.get_text()) == ("https://e.org/m.c#L7", "tipdo_madvise()m.c:7走每个区域")
    named = page.find(id=str(first["aria-labelledby"]))
    assert named is not None
    assert named.get_text() == "Way <b>"
    figure = page.select_one("figure.kernelref-diagram")
    assert figure is not None
    assert [item.get_text() for item in figure.select("details li")][:2] == [
        "do_madvise as text",
        "zap_pte_range as text",
    ]
    assert len(page.select("ul.kernelref-legend")[0].select("li > svg")) == 5


def test_edges_are_told_apart(site: Path) -> None:
    """Every state of an edge has its class on the line, and Mermaid's colours are gone."""
    first = drawn(soup(site / "_build/html/charts.html"))[0]
    classes = {name for path in first.select("path.kr-edge") for name in path["class"]}
    assert classes == {"kr-edge", "kr-direct", "kr-macro", "kr-pointer", "kr-absent", "kr-unchecked"}
    assert not first.select("style, [fill], [stroke], g[style], path[style], div[style]")


def test_hostile_text(site: Path) -> None:
    """Names, remarks, hovers and labels that look like markup are text, in both kinds of diagram."""
    for name in ("charts", "fences"):
        page = soup(site / f"_build/html/{name}.html")
        for drawing in drawn(page):
            assert not drawing.select("script, iframe, image, use")
            for element in drawing.find_all(True):
                assert not [key for key in element.attrs if key.lower().startswith("on")]
                assert str(element.get("href", "https://")).startswith("https://")
    text = drawn(soup(site / "_build/html/charts.html"))[0].get_text()
    assert '</code>"<script>alert(1)</script>;%%()' in text


def test_no_id_twice(site: Path) -> None:
    """Two drawings on a page, and all drawings of one-page HTML, share no id."""
    single = command_line(site, "singlehtml") / "index.html"
    for path, number in (
        (site / "_build/html/charts.html", 2),
        (site / "_build/html/fences.html", 2),
        (single, 4),
    ):
        page = soup(path)
        assert len(drawn(page)) == number
        ids = [str(element["id"]) for element in page.select("[id]")]
        assert sorted(ids) == sorted(set(ids))
        for reference in re.findall(r"url\(#([^)]+)\)", path.read_text(encoding="utf-8")):
            assert reference in ids


def test_fence_needs_no_script(site: Path) -> None:
    """A ``mermaid`` fence is inline SVG with its caption, its name and its source; no host, no script."""
    path = site / "_build/html/fences.html"
    page = soup(path)
    flow, sequence = drawn(page)
    assert "发送" in flow.get_text()
    assert [str(link["href"]) for link in flow.select("a[href]")] == ["https://e.org/b"]
    assert "hello" in sequence.get_text()
    assert page.select_one("figcaption, .caption-text") is not None
    assert page.find(id="way") is not None
    assert "sequenceDiagram" in page.select("details pre")[1].get_text()
    scripts = [str(tag) for tag in page.select("script")]
    assert scripts == [str(tag) for tag in soup(site / "_build/html/charts.html").select("script")]
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=\"(https?:)?//(?!e\.org|www\.sphinx|alabaster)", text)
    assert "mermaid.esm" not in text


def test_fence_keeps_its_rules_to_itself(site: Path) -> None:
    """What a fence brings of styles begins at its own id."""
    flow = drawn(soup(site / "_build/html/fences.html"))[0]
    style = flow.select_one("style")
    assert style is not None
    for rule in style.get_text().split("\n"):
        assert rule.startswith(f"#{flow['id']}")
    assert "fill:#9f9" in str(flow)


def test_same_bytes(site: Path, tmp_path: Path) -> None:
    """Another process, in another folder, writing in parallel, gives the same pages to the byte."""
    other = write_site(tmp_path / "elsewhere" / "deeper", PAGES)
    command_line(other, "html", "-j", "2")
    for name in ("charts.html", "fences.html", "index.html"):
        one, two = (folder / "_build/html" / name for folder in (site, other))
        assert one.read_bytes() == two.read_bytes()


def test_parallel_writers_draw_too(tmp_path: Path) -> None:
    """Writers that find a drawing missing have it made, and come to an end."""
    unprepared = "\nimport kernelref.diagrams as d\nd.Painter.prepare = lambda self, app, env: []\n"
    source = write_site(tmp_path / "site", PAGES, unprepared)
    out = command_line(source, "html", "-j", "2")
    assert [len(drawn(soup(out / name))) for name in ("charts.html", "fences.html")] == [2, 2]


@pytest.mark.parametrize(
    ("builder", "name"),
    [("text", "charts.txt"), ("latex", "drawings.tex"), ("man", "drawings.1"), ("epub", "charts.xhtml")],
)
def test_other_writers(site: Path, builder: str, name: str) -> None:
    """Where there are no drawings there is the text, and no legend of what is not drawn."""
    text = (command_line(site, builder) / name).read_text(encoding="utf-8")
    plain = text.replace("\\_", "_").replace("\\sphinxhyphen{}", "-")
    assert plain.count("zap_pte_range as text") == 2
    assert "called directly" not in plain
    assert not re.search("<svg|<details|kr-edge", text)


def test_fences_in_other_writers(site: Path) -> None:
    """EPUB and LaTeX get sphinxcontrib-mermaid's pictures; Chinese, which those cannot show, as text."""
    book = soup(command_line(site, "epub") / "fences.xhtml")
    assert [Path(str(image["src"])).suffix for image in book.select("img")] == [".png"]
    assert "发送" in book.select("pre")[0].get_text()
    latex = (command_line(site, "latex") / "drawings.tex").read_text(encoding="utf-8")
    assert len(re.findall(r"\\sphinxincludegraphics\{mermaid-\w+\.pdf\}", latex)) == 1
    assert "发送" in latex


def test_drawings_are_kept(tmp_path: Path) -> None:
    """A second build draws nothing; a drawing that was deleted is made again, the same."""
    source = write_site(
        tmp_path / "site", {"index.md": "# Top\n\n```{mermaid}\nflowchart TD\n  a --> b\n```\n"}
    )
    page = command_line(source, "html") / "index.html"
    (kept,) = (source / "_doctrees/kernelref-svg").iterdir()
    first, drawing = page.read_bytes(), kept.read_bytes()
    kept.write_bytes(drawing.replace(b">a<", b">kept<"))
    command_line(source, "html", "-a")
    assert b">kept<" in page.read_bytes()
    kept.unlink()
    command_line(source, "html", "-a")
    assert (page.read_bytes(), kept.read_bytes()) == (first, drawing)


BAD_FENCE = "```{mermaid}\nflowchart TD\n  a -->\n```\n"
BROKEN = {"index.md": f"# Top\n\ntext\n\n{BAD_FENCE}\n```{{mermaid}}\nflowchart TD\n  ok\n```\n"}


def test_broken_diagram(test_app: Build) -> None:
    """A diagram that Mermaid cannot read is one warning at its line, and is shown as its source."""
    out, said = test_app(BROKEN)
    assert len(re.findall("WARNING", said)) == 1
    assert re.search(r"index\.md:5: WARNING: the diagram is shown as text: Mermaid says: .*Parse error", said)
    assert "[kernel.calltree]" in said
    page = soup(out / "index.html")
    assert len(drawn(page)) == 1
    text = page.select_one("figure.kernelref-diagram-text pre")
    assert text is not None
    assert "a -->" in text.get_text()
    assert len(page.select("details")) == 1


def test_broken_diagram_suppressed(test_app: Build) -> None:
    """The warning can be suppressed."""
    _, said = test_app(BROKEN, suppress_warnings=["kernel.calltree"])
    assert said == ""


def test_no_mermaidx(test_app: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without mermaidx there is one warning for the whole site, and the text in full."""
    monkeypatch.setattr(drawings, "mermaidx_version", lambda: "")
    out, said = test_app(PAGES)
    assert said.count("WARNING") == 1
    assert (
        "diagrams are shown as text: the package mermaidx is not installed (`pip install mermaidx`)" in said
    )
    page = soup(out / "charts.html")
    assert not page.select("figure svg, figure details")
    assert "zap_pte_range as text" in page.get_text()


def test_too_many_functions(test_app: Build) -> None:
    """A tree too large to draw is told as text, with a warning at its line, and costs no drawing."""
    out, said = test_app({"index.md": "# Top\n\n```{drawing} 200\n```\n"})
    assert "index.md:3: WARNING: the diagram is shown as text: more than 120 functions" in said
    assert "f199 as text" in soup(out / "index.html").get_text()
    assert not (out.parent / "doctrees/kernelref-svg").exists()


# --- the process that draws ------------------------------------------------------------------------


def test_drawings_of_a_batch(tmp_path: Path) -> None:
    """A batch is drawn by several processes; what fails does not keep the others from being drawn."""
    made = Drawings(tmp_path / "svg", jobs=2)
    good = [Request(f"flowchart TD\n  a --> b{number}") for number in range(3)]
    bad = Request("flowchart TD\n  a -->")
    made.prepare([good[0], bad, *good[1:]])
    assert [made.get(request)[:4] for request in good] == ["<svg"] * 3
    with pytest.raises(DrawingError, match=r"Mermaid says: .*Parse error"):
        made.get(bad)
    assert made.missing([*good, bad]) == []
    assert not list((tmp_path / "svg").glob("*.part"))


def test_a_process_that_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the process dies, the diagram it was at fails alone; another process does the rest."""
    asked: list[int] = []

    def ask(requests: list[Request]) -> tuple[list[dict[str, str]], DrawingError]:
        asked.append(len(requests))
        done = [{"svg": "<svg/>"} for request in requests if request.source != "deadly"]
        before = (
            [request.source for request in requests].index("deadly") if len(done) < len(requests) else None
        )
        return done[:before], DrawingError("stopped")

    monkeypatch.setattr(drawings, "_ask", ask)
    made = Drawings(tmp_path)
    requests = [Request(source) for source in ("a", "deadly", "b", "c")]
    made._draw(requests)
    assert asked == [4, 2]
    assert [made.get(request) for request in requests if request.source != "deadly"] == ["<svg/>"] * 3
    with pytest.raises(DrawingError, match="stopped"):
        made.get(requests[1])


def test_a_process_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that never answers is ended, and the diagram fails."""
    real = subprocess.run

    def run(command: list[str], **options: object) -> object:
        sleeper = [command[0], "-c", "import time; time.sleep(600)"]
        return real(sleeper, **{**options, "timeout": 0.5})  # type: ignore[call-overload]

    monkeypatch.setattr(drawings.subprocess, "run", run)
    with pytest.raises(DrawingError, match="did not finish"):
        Drawings(tmp_path).get(Request("flowchart TD\n  a"))


def test_a_worker_without_mermaidx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mermaidx that is there and cannot be loaded makes every diagram unavailable, and says why."""
    broken = tmp_path / "mermaidx"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('no quickjs here')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = Drawings(tmp_path / "svg")
    requests = [Request("flowchart TD\n  a"), Request("flowchart TD\n  b")]
    made.prepare(requests)
    for request in requests:
        with pytest.raises(Unavailable, match="cannot be loaded: no quickjs here"):
            made.get(request)


def test_key() -> None:
    """A drawing's name depends on the source, and on whether it is a chart."""
    keys = {Request("a").key, Request("b").key, Request("a", chart=True).key}
    assert len(keys) == 3
    assert Request("a").key == Request("a").key
