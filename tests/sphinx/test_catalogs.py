"""The catalogs that bring each page to the other language: complete, sure, and of the same markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message
    from support import SphinxBuild

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale"
ENGLISH = ("guide/", "sphinx")
"""What is written in English: the guide, and the words of templates. All else is Chinese."""


def _read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream)


def _entries(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _names(folder: Path, suffix: str) -> set[str]:
    return {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob(f"*.{suffix}")}


CATALOGS = {
    f"{language} {name}": LOCALE / language / "LC_MESSAGES" / f"{name}.po"
    for language in ("en", "zh_CN")
    for name in sorted(_names(LOCALE / language / "LC_MESSAGES", "po"))
}


@pytest.fixture(scope="module")
def templates(folder: Path, sphinx_build: SphinxBuild) -> Path:
    """Give the folder of what the pages have to be translated, as they are now."""
    sphinx_build(ROOT, folder / "gettext", "-b", "gettext", "-j", "2")
    return folder / "gettext"


def test_each_page_has_its_catalog(templates: Path) -> None:
    """A page has a catalog in the language that it is not written in, and none in its own."""
    names = _names(templates, "pot")
    english = {name for name in names if name.startswith(ENGLISH)}
    assert len(english) > 10
    assert {key for key in CATALOGS if key.startswith("zh_CN ")} == {f"zh_CN {name}" for name in english}
    assert {key for key in CATALOGS if key.startswith("en ")} == {f"en {name}" for name in names - english}


@pytest.mark.parametrize("key", CATALOGS)
def test_catalog_is_complete(templates: Path, key: str) -> None:
    """A catalog has each message of its page and no other; none is untranslated, unsure or left over.

    Where this fails after a page was changed, `make catalogs` brings what is to be translated.
    """
    catalog = _read(CATALOGS[key])
    wanted = {message.id for message in _entries(_read(templates / f"{key.partition(' ')[2]}.pot"))}
    found = {message.id: message for message in _entries(catalog)}
    assert {"missing": wanted - found.keys(), "left over": found.keys() - wanted} == {
        "missing": set(),
        "left over": set(),
    }
    assert [text for text, message in found.items() if not message.string or message.fuzzy] == []
    assert not catalog.obsolete


_ROLE = {"md": re.compile(r"(?<!:)\{([\w:+-]+)\}`([^`]*)`"), "rst": re.compile(r":([\w:+-]+):`([^`]*)`")}
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = re.compile(r"\]\(([^)\s]*)\)")


def _markup(text: str, form: str) -> Iterator[tuple[str, str]]:
    """List what a text refers to: roles with their targets, links, code."""

    def take(match: re.Match[str]) -> str:
        target = re.search(r"<([^<>]*)>$", match[2])
        refers.append((match[1], target[1] if target else match[2]))
        return ""

    refers: list[tuple[str, str]] = []
    rest = text
    for code in _CODE.finditer(text):  # markup that is spoken of, in longer backticks, is code
        if len(code[1]) > 1:
            refers.append(("code", code[2].strip()))
            rest = rest.replace(code[0], "")
    rest = _ROLE[form].sub(take, rest)
    yield from refers
    yield from (("code", code[2]) for code in _CODE.finditer(rest))
    yield from (("link", url) for url in _LINK.findall(rest))


@pytest.mark.parametrize("key", CATALOGS)
def test_markup_is_kept(key: str) -> None:
    """A translation refers to what the original refers to: each role's target, each link, each code."""
    form = "rst" if (ROOT / f"{key.partition(' ')[2]}.rst").exists() else "md"
    for message in _entries(_read(CATALOGS[key])):
        assert isinstance(message.string, str)
        assert sorted(_markup(message.string, form)) == sorted(_markup(str(message.id), form))


@pytest.mark.parametrize("key", CATALOGS)
def test_emphasis_ends_where_markdown_sees_it(key: str) -> None:
    """No mark of emphasis is between Chinese punctuation and a letter, where CommonMark takes it for text."""
    for message in _entries(_read(CATALOGS[key])):
        assert not re.search(r"[。？！，：；、」）]\*+(?=\w)", str(message.string))
