"""What is kept of a tree as a whole: its words, its outline, and headers of registers apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernelref.resolvers.index import registers, table, words
from kernelref.resolvers.index.facts import Entry, FileFacts, Found, Use
from kernelref.resolvers.index.store import Store

TEXTS = [b"int dry(void);\n", b"static int x = dry() + 12;\n", b"/* nothing */\n"]
REGISTERS = b"#ifndef _R_H\n#define _R_H\n" + b"".join(b"#define mmREG_%d 0x%x\n" % (n, n) for n in range(50))


def keep(folder: Path, *parts: list[bytes]) -> Path:
    """Write an index of words made of parts."""
    for number, texts in enumerate(parts):
        (folder / str(number)).write_bytes(words.part_of(texts))
    words.write(folder / "words", [folder / str(number) for number in range(len(parts))])
    return folder / "words"


def test_words_across_parts(tmp_path: Path) -> None:
    """A word is found in each part, under the number that its file has in the tree."""
    kept = words.Words(keep(tmp_path, TEXTS, TEXTS), 6)
    assert kept.files("dry") == [0, 1, 3, 4]
    assert kept.files("nothing") == [2, 5]
    assert kept.files("absent") == []


def test_words_of_another_tree(tmp_path: Path) -> None:
    """An index of another number of files, or cut short, is refused."""
    path = keep(tmp_path, TEXTS)
    with pytest.raises(ValueError, match="missing"):
        words.Words(path, 4)
    whole = path.read_bytes()
    for length in (0, 10, len(whole) - 8):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError):
            words.Words(path, 3)


def test_damaged_words_are_made_again(tmp_path: Path) -> None:
    """The store notices words that were cut short."""
    store = Store(tmp_path / "store")
    made: list[Path] = []

    def make(target: Path) -> None:
        made.append(target)
        target.write_bytes(keep(tmp_path, TEXTS).read_bytes())

    store.words("v", 3, make)
    store.words("v", 3, make)
    assert len(made) == 1
    (kept,) = [path for path in (tmp_path / "store").rglob("v") if path.is_file()]
    kept.write_bytes(kept.read_bytes()[:40])
    assert store.words("v", 3, make).files("dry") == [0, 1]
    assert len(made) == 2


def test_registers_are_apart() -> None:
    """The lines that name a number are split off, and nothing else is."""
    rest, names = registers.split(REGISTERS + b"#define mmCALL(x) f(x)\n#endif\n")
    assert names == [b"mmREG_%d" % n for n in range(50)]
    assert b"mmCALL" in rest and b"mmREG" not in rest
    assert registers.is_all(REGISTERS + b"#endif /* _R_H */\n")
    assert not registers.is_all(REGISTERS + b"int f(void);\n#endif\n")
    assert not registers.is_all(TEXTS[1])


def test_outline_has_both(tmp_path: Path) -> None:
    """A lookup gives definitions and registers, each with the file, across parts."""
    files = [("a.h", REGISTERS + b"#endif\n"), ("b.c", b"int dry(void)\n{\n}\n#define mmREG_7 1\n")]
    heads: list[bytes] = []
    for number, one in enumerate(files):
        part, here = table.part_of([one])
        (tmp_path / str(number)).write_bytes(part)
        heads += here
    table.write(tmp_path / "outline", heads, [tmp_path / "0", tmp_path / "1"])
    outline = table.Outline(tmp_path / "outline")
    assert outline.paths == ["a.h", "b.c"]
    assert [each.path for each in outline.candidates("mmREG_7")] == ["a.h", "b.c"]
    assert [each.path for each in outline.candidates("dry")] == ["b.c"]
    assert outline.candidates("mmREG_99") == ()
    assert set(outline.names(["DR"], "fx")) == {"dry"}
    whole = (tmp_path / "outline").read_bytes()
    (tmp_path / "outline").write_bytes(whole[:-3])
    with pytest.raises(ValueError):
        table.Outline(tmp_path / "outline")


def test_facts_unpacked_on_demand() -> None:
    """One name of packed facts is the same as that of all of them."""
    found = [Found("f", "function", 1, 2, 0, 5, 9, "s"), Found("g", "macro", 3, 3, 10, 12, 14)]
    facts = FileFacts(found, {0: [Use("g", "d", (1, 2))]}, [Entry("ops", "run", "f", 7)], damaged=2)
    packed = facts.packed()
    assert FileFacts.unpacked(packed).named("g") == [found[1]]
    assert FileFacts.unpacked(packed).uses == facts.uses
    assert FileFacts.unpacked(packed).entries == facts.entries
    assert FileFacts.unpacked(packed) == facts
