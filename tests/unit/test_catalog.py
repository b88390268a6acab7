"""The extension's own words: every one is in each catalog, translated, and compiled."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[2] / "_ext" / "kernelref"
CATALOGS = sorted(PACKAGE.glob("locale/*/LC_MESSAGES/kernelref.po"))


def _words() -> set[str]:
    found = extract_from_dir(PACKAGE, method_map=[("**.py", "python")], keywords={"_": None})
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_complete(path: Path) -> None:
    """A catalog has every word that the code says, none that it no longer says, and none unsure."""
    with path.open("rb") as stream:
        catalog = read_po(stream)
    entries = {message.id: message for message in catalog if message.id}
    assert set(entries) == _words()
    assert [key for key, message in entries.items() if not message.string or message.fuzzy] == []
    assert [(key, error) for key, message in entries.items() for error in message.check()] == []


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_compiled(path: Path) -> None:
    """The compiled catalog beside it is of the same words."""
    with path.open("rb") as stream:
        written = io.BytesIO()
        write_mo(written, read_po(stream))
    with path.with_suffix(".mo").open("rb") as stream:
        shipped = {message.id: message.string for message in read_mo(stream) if message.id}
    written.seek(0)
    assert shipped == {message.id: message.string for message in read_mo(written) if message.id}


def test_chinese_is_there() -> None:
    """The site's own language has a catalog."""
    assert [path.parts[-3] for path in CATALOGS] == ["zh_CN"]
