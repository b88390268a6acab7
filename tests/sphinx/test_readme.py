"""The README's examples work as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support import SphinxBuild

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONF = f"""
import sys
sys.path.insert(0, {str(ROOT / "_ext")!r})
html_theme = "basic"
kernelref_lock_dir = {str(ROOT / "lock")!r}
myst_enable_extensions = ["tasklist"]
"""


def examples(language: str) -> list[str]:
    """Give the README's code blocks in a language."""
    blocks = re.findall(rf"^(`{{3,}}){language}\n(.*?)^\1$", README, re.M | re.S)
    return [text for _, text in blocks]


def example(language: str, word: str) -> str:
    """Give the one code block in a language that has a word."""
    (text,) = (text for text in examples(language) if word in text)
    return text


def project(folder: Path, conf: str, index: str, text: str) -> Path:
    """Write a Sphinx project of one page."""
    (folder / "conf.py").write_text(CONF + conf, encoding="utf-8")
    (folder / index).write_text(text, encoding="utf-8")
    return folder


def test_the_note(tmp_path: Path, sphinx_build: SphinxBuild) -> None:
    """The example of a note is a page without a warning, and says what the messages and the source say."""
    conf = 'extensions = ["myst_parser", "kernelref"]\n'
    source = project(tmp_path, conf, "index.md", example("md", "{series}"))
    sphinx_build(source, tmp_path / "out", "-b", "text")
    text = (tmp_path / "out" / "index.txt").read_text(encoding="utf-8")
    assert "mm: use per_vma lock for MADV_DONTNEED" in text
    assert "Barry Song" in text
    assert re.search(r"madvise_walk_vmas\(\).* mm/madvise\.c:\d+", text)


def test_the_extension_elsewhere(tmp_path: Path, sphinx_build: SphinxBuild) -> None:
    """The example of another project that loads the extension builds, in reStructuredText."""
    text = f"Title\n=====\n\n{example('rst', 'calltree::')}"
    source = project(tmp_path, example("python", "kernelref_kernel"), "index.rst", text)
    sphinx_build(source, tmp_path / "out", "-b", "text")
    assert "do_madvise()" in (tmp_path / "out" / "index.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "index"), [("rst", "index.rst"), ("md", "index.md")])
def test_a_citation_by_intersphinx(
    tmp_path: Path, sphinx_build: SphinxBuild, site: Path, language: str, index: str
) -> None:
    """The example of a citation leads to the card, in a project that has nothing of ours."""
    mapping = example("python", "intersphinx_mapping")
    address = re.search(r'"lpl": \("([^"]+)", None\)', mapping)
    assert address
    conf = mapping.replace("None", repr(str(site / "objects.inv")))
    if language == "md":
        conf += 'extensions.append("myst_parser")\n'
    page = f"Title\n=====\n\n{example(language, 'external+lpl')}"
    sphinx_build(project(tmp_path, conf, index, page), tmp_path / "out", "-b", "html")
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    link = re.search(rf'href="{re.escape(address[1])}([^"#]+)#([^"]+)"', html)
    assert link
    assert f'id="{link[2]}"' in (site / link[1]).read_text(encoding="utf-8")
