"""The real site as books: EPUB and PDF, as Read the Docs offers them."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from support import require

if TYPE_CHECKING:
    from support import SphinxBuild

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, sphinx_build: SphinxBuild) -> Path:
    """Build the EPUB."""
    out = tmp_path_factory.mktemp("book") / "epub"
    sphinx_build(ROOT, out, "-b", "epub", "-j", "2")
    (book,) = out.glob("*.epub")
    return book


@pytest.fixture(scope="module")
def pages(book: Path) -> dict[str, str]:
    """Give page -> its XHTML."""
    with zipfile.ZipFile(book) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if name.endswith(".xhtml")]
        return {name: archive.read(name).decode() for name in names}


def test_epub_has_every_topic(pages: dict[str, str]) -> None:
    """Every topic is in the book."""
    assert {f"topics/{path.stem}.xhtml" for path in (ROOT / "topics").glob("*.md")} <= pages.keys()


def test_epub_is_well_formed(pages: dict[str, str]) -> None:
    """Every page of the book is XML, as readers of EPUB demand."""
    broken = []
    for name, page in pages.items():
        try:
            ElementTree.fromstring(page)
        except ElementTree.ParseError as error:
            broken.append(f"{name}: {error}: {page.splitlines()[error.position[0] - 1][:120]}")
    assert not broken


def test_epub_passes_epubcheck(book: Path) -> None:
    """The checker that shops of books run finds nothing wrong, and nothing to warn of."""
    jar, java = shutil.which("epubcheck"), shutil.which("java")
    require("epub", jar and java, "install epubcheck")
    assert jar is not None
    command = ["java", "-jar", jar, "--failonwarnings", str(book)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_epub_hides_nothing(pages: dict[str, str]) -> None:
    """Nothing is folded, nor behind a tab, which need styles or scripts that not every reader has."""
    for name, page in pages.items():
        content = BeautifulSoup(page, "html.parser")
        assert not content.select(".sd-tab-content, .sd-tab-set, details, input"), name


def test_epub_needs_nothing_from_outside(pages: dict[str, str]) -> None:
    """No page of the book loads a script or anything of another host's."""
    loads = "script[src], img[src], iframe[src], link[href]"
    for name, page in pages.items():
        for element in BeautifulSoup(page, "html.parser").select(loads):
            assert not re.match(r"[a-z]+:|//", str(element.get("src") or element.get("href"))), (
                f"{name}: {element}"
            )


def test_epub_tells_trees_as_text(pages: dict[str, str]) -> None:
    """The call path of the madvise page is there to be read."""
    text = BeautifulSoup(pages["topics/madvise.xhtml"], "html.parser").get_text()
    assert "do_madvise" in text
    assert "zap_pte_range" in text


def test_pdf(tmp_path: Path, sphinx_build: SphinxBuild) -> None:
    """Read the Docs' command makes a PDF of all pages, and no font lacks a character of them."""
    present = shutil.which("xelatex") and shutil.which("latexmk")
    require("pdf", present, "install latexmk, texlive-xetex, texlive-latex-extra, texlive-lang-chinese")
    out = tmp_path / "latex"
    sphinx_build(ROOT, out, "-b", "latex", "-j", "2")
    command = ["latexmk", "-r", "latexmkrc", "-pdf", "-dvi-", "-ps-", "-jobname=book"]
    command += ["-interaction=nonstopmode", "-halt-on-error"]
    done = subprocess.run(command, cwd=out, capture_output=True, check=False)
    log = (out / "book.log").read_text(encoding="utf-8", errors="replace")
    assert not done.returncode, re.findall(r"^!.*(?:\n.*){0,9}", log, re.M) or done.stderr[-2000:].decode()
    assert (out / "book.pdf").read_bytes().startswith(b"%PDF-")
    assert not set(re.findall(r"Missing character: There is no (\S+)", log))
    assert not re.findall(r"Overfull \\hbox.*", log)  # no line, and no table, sticks out
    assert not re.findall(r"LaTeX Warning: .*(?:undefined|multiply).*", log)  # each link leads somewhere
