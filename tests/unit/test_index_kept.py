"""What is kept of a tree as a whole: segments of its outline, tables of words, headers of registers apart."""

from __future__ import annotations

from array import array
from pathlib import Path
from zlib import crc32

import pytest
from support import write_files

from kernelref.resolvers.index import Index, blocks, making, packs, pairs, registers, segment, words
from kernelref.resolvers.index.facts import Entry, FileFacts, Found, Use
from kernelref.resolvers.index.files import File
from kernelref.resolvers.index.manifest import Manifest
from kernelref.resolvers.index.store import Store, facts_of, record_of
from kernelref.resolvers.index.table import Outline, Part
from kernelref.resolvers.tree import blob_of, open_tree

TEXTS = [b"int dry(void);\n", b"static int x = dry() + 12;\n", b"/* nothing */\n"]
REGISTERS = b"#ifndef _R_H\n#define _R_H\n" + b"".join(
    b"#define mmREG_%d 0x%x\n" % (n, n) for n in range(900)
)
TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 15\n",
    "Kconfig": "config PAINT\n",
    "mm/Makefile": "\n",
    "mm/dry.c": '#include "reg.h"\nint dry(void)\n{\n\treturn wet();\n}\n',
    "mm/wet.c": "int wet(void)\n{\n\treturn 1;\n}\n",
    "mm/reg.h": REGISTERS.decode() + "#define mmCALL(x) dry(x)\n#endif\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a small tree with a header of registers."""
    return write_files(tmp_path / "tree", TREE)


def table_of(texts: list[bytes], target: Path) -> pairs.Pairs:
    """Write the words of some files and read them."""
    made = pairs.Making(len(texts))
    for number, text in enumerate(texts):
        made.add(number, words.words_of(text))
    made.write(target)
    return pairs.Pairs(target)


def test_words(tmp_path: Path) -> None:
    """A word is found under the number of its file; only what was read counts."""
    kept = table_of(TEXTS, tmp_path / "words")
    assert list(kept.files(crc32(b"dry"))) == [0, 1]
    assert list(kept.files(crc32(b"nothing"))) == [2]
    assert list(kept.files(crc32(b"absent"))) == []
    assert kept.has(b"\1\1\1") and not kept.has(b"\1\1\1\1")
    made = pairs.Making(3)
    made.add(1, {b"dry"})
    made.write(tmp_path / "part")
    assert pairs.Pairs(tmp_path / "part").has(b"\0\1\0")
    assert not pairs.Pairs(tmp_path / "part").has(b"\1\1\0")


def test_damaged_blocks(tmp_path: Path) -> None:
    """A file of blocks gives what was written; cut short, of another kind, or with a bit turned, nothing."""
    path = tmp_path / "blocks"
    blocks.write(path, b"kind 1", [b"some", array("I", [1, 2, 3]), b""])
    one, two, three = blocks.read(path, b"kind 1")
    assert (bytes(one), two.cast("I").tolist(), len(three)) == (b"some", [1, 2, 3], 0)
    with pytest.raises(ValueError):
        blocks.read(path, b"kind 2")
    whole = path.read_bytes()
    for length in (0, 10, len(whole) - 8, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError):
            blocks.read(path, b"kind 1")
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        with pytest.raises(ValueError):
            blocks.read(path, b"kind 1")


def test_unchecked_blocks(tmp_path: Path) -> None:
    """A turned bit in a block that checks itself goes through; anywhere else it does not."""
    path = tmp_path / "blocks"
    blocks.write(path, b"kind 1", [b"some", b"other", b"last one"], unchecked=1)
    assert bytes(blocks.read(path, b"kind 1", unchecked=1)[2]) == b"last one"
    whole = path.read_bytes()
    inside = range(whole.index(b"last one"), whole.index(b"last one") + 8)
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        if at in inside:
            assert bytes(blocks.read(path, b"kind 1", unchecked=1)[0]) == b"some"
        else:
            with pytest.raises(ValueError):
                blocks.read(path, b"kind 1", unchecked=1)


def test_packs(tmp_path: Path) -> None:
    """A record is found by its blob, in whichever pack it is; one that is cut short spoils its pack alone."""
    blobs = [f"{number:040x}c" for number in range(3)]
    packs.write(tmp_path / "a", {blobs[0]: b"zero", blobs[1]: b""})
    packs.write(tmp_path / "b", {blobs[2]: b"two"})
    both = packs.Packs()
    both.add(tmp_path / "a")
    both.add(tmp_path / "b")
    assert [both.get(blob) for blob in blobs] == [b"zero", b"", b"two"]
    assert blobs[2] in both and "x" * 41 not in both and both.get("x" * 41) is None
    short: list[blocks.Block] = [blobs[0].encode(), array("Q", [9]), b"short"]
    blocks.write(tmp_path / "c", b"facts %d" % packs.VERSION, short, unchecked=1)
    with pytest.raises(ValueError, match="missing"):
        both.add(tmp_path / "c")


def test_manifest(tmp_path: Path) -> None:
    """What a tree consists of is read back as it was written."""
    manifest = Manifest((("abc", b"\1\0"), ("def", b"\1")), array("q", [5, -1]).tobytes(), ("", "mm"))
    manifest.write(tmp_path / "tree")
    assert Manifest.read(tmp_path / "tree") == manifest


def test_registers_are_apart() -> None:
    """The lines that name a number are split off, and nothing else is."""
    text = REGISTERS + b"#define mmCALL(x) f(x)\n#endif\n"
    listed = registers.split(text)
    assert listed.names == [b"mmREG_%d" % n for n in range(900)]
    assert b"mmCALL" in listed.rest and b"mmREG" not in listed.rest
    assert registers.is_list("a.h", text) and not registers.is_list("a.c", text)
    assert {b"mmREG_7", b"mmCALL", b"_R_H"} <= registers.names_of("a.h", listed)
    assert registers.split(REGISTERS + b"#endif /* _R_H */\n").is_all
    assert not registers.split(REGISTERS + b"int f(void);\n#endif\n").is_all
    assert not registers.split(TEXTS[1]).is_all


@pytest.mark.parametrize(
    "more",
    [
        b"#define soak 1\n",
        b"#define soak(x) (x)\n",
        b"# define soak 1\n",
        b"#define \\\n\tsoak 1\n",
        b"static inline int soak(void)\n{\n\treturn 1;\n}\n",
        b"enum { dry, soak };\n",
        b"struct soak { int dry; };\n",
    ],
)
def test_names_sought_in_registers(more: bytes) -> None:
    """However such a header defines a name, a look finds it, and finds no other."""
    sought = registers.Sought([b"soak", b"soaked", b"mmREG_12", b"mmRE", b"zap"])
    first, last = more + REGISTERS + b"#endif\n", REGISTERS + more + b"#endif\n"
    for text in (first, last):
        others = registers.others_of(text)
        assert sought.within("a.h", text, others) == {b"soak", b"mmREG_12"}
        assert registers.Sought([b"oak", b"mmREG_"]).within("a.h", text, others) == set()
        assert registers.Sought([]).within("a.h", text, others) == set()


def test_a_segment(tree: Path, tmp_path: Path) -> None:
    """A lookup gives the files that may define a name, of those that the tree has as they were read."""
    texts = {
        "mm/a.h": REGISTERS + b"#endif\n",
        "mm/b.c": b'#include "a.h"\nint dry(void)\n{\n}\n#define mmREG_7 1\nint declared(int a);\n',
        "mm/c.c": b"static int dry(void)\n{\n}\n",
    }
    read = open_tree(str(tree))
    made = making.Making()
    for number, (path, text) in enumerate(texts.items()):
        made.add(File(read, number, path, text))
    made.write(tmp_path / "segment")
    one = segment.Segment(tmp_path / "segment")
    outline = Outline([Part("x", one, b"\1\1\1")])
    assert outline.paths == ["mm/a.h", "mm/b.c", "mm/c.c"]
    assert outline.blobs["mm/c.c"] == blob_of(texts["mm/c.c"])
    assert outline.late == {"mm/a.h"}
    assert [(each.kind, each.path) for each in outline.candidates("dry")] == [
        ("f", "mm/b.c"),
        ("l", "mm/c.c"),
    ]
    assert [(each.kind, each.path) for each in outline.candidates("mmREG_7")] == [("o", "mm/b.c")]
    assert [each.kind for each in outline.candidates("declared")] == ["p"]
    assert outline.candidates("mmREG_99") == ()
    assert set(b"".join(outline.listed(config=False)).split()) == {b"dry"}
    assert set(b"".join(outline.listed(config=True)).split()) == set()
    assert outline.includes.closure("mm/b.c") == {"mm/a.h"}
    part = Outline([Part("x", one, b"\1\0\1")])
    assert part.paths == ["mm/a.h", "mm/c.c"]
    assert [each.path for each in part.candidates("dry")] == ["mm/c.c"]


def test_names_of_registers(tree: Path, tmp_path: Path) -> None:
    """A register is found where it is asked for by name, and by a file that sees its header."""
    index = Index(open_tree(str(tree)), Store(tmp_path / "store"))
    assert [(one.file, one.line) for one in index.definitions("mmREG_7")] == [("mm/reg.h", 10)]
    assert index.definitions("mmREG_9999") == ()
    assert index.found("mmREG_7") == ()
    assert [path for path, _ in index.found("mmCALL", "mm/dry.c")] == ["mm/reg.h"]
    assert index.found("mmCALL", "mm/wet.c") == ()
    assert index.is_macro("mmCALL", "mm/dry.c")


def test_the_next_release_reads_what_changed(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tree that shares most files with one that was read takes their segment, and reads the rest."""
    from kernelref.resolvers.index import makers

    store = Store(tmp_path / "store")
    Index(open_tree(str(tree)), store).build()
    edited = {path: text.replace("return 1", "return dry()") for path, text in TREE.items()}
    other = write_files(tmp_path / "other", edited)
    read: list[str] = []
    whole = makers.read_facts
    monkeypatch.setattr(makers, "read_facts", lambda path, *text: read.append(path) or whole(path, *text))
    outlined: list[str] = []
    before = making.outline
    monkeypatch.setattr(making, "outline", lambda path, text: outlined.append(path) or before(path, text))
    index = Index(open_tree(str(other)), store)
    index.build()
    assert read == outlined == ["mm/wet.c"]
    assert [one.name for one in index.outline.parts] != []
    assert index.edge("wet", "dry")[0].lines == (3,)
    assert sorted(index.mentioning("dry")) == ["mm/dry.c", "mm/reg.h", "mm/wet.c"]
    first = Index(open_tree(str(tree)), store)
    assert first.mentioning("wet") == ["mm/dry.c", "mm/wet.c"]
    assert first.edge("wet", "dry")[0].lines == ()


def test_what_is_nearest_is_of_this_tree(tree: Path, tmp_path: Path) -> None:
    """Names of files that another tree had beside the same ones are not what anybody meant of this."""
    store = Store(tmp_path / "store")
    more = {**TREE, "mm/damp.c": "int dry_damp(void)\n{\n\treturn 0;\n}\n"}
    other = Index(open_tree(str(write_files(tmp_path / "other", more))), store)
    assert other.nearest("dry_dump") == ("dry_damp", "dry")
    index = Index(open_tree(str(tree)), store)
    assert [part.name for part in index.outline.parts] == [part.name for part in other.outline.parts]
    assert b"dry_damp" not in b"".join(index.outline.listed(config=False))
    assert index.scanner.near(index.outline, ["dry_dump"]) == {"dry_dump": ("dry",)}


def test_an_edit_in_place_is_seen(tree: Path, tmp_path: Path) -> None:
    """A file written over under its name is read anew, with what its words are."""
    store = Store(tmp_path / "store")
    before = Index(open_tree(str(tree)), store)
    assert before.definitions("soak") == () and before.mentioning("soak") == []
    with (tree / "mm" / "wet.c").open("a") as file:
        file.write("int soak(void)\n{\n\treturn wet();\n}\n")
    after = Index(open_tree(str(tree)), store)
    assert [one.file for one in after.definitions("soak")] == ["mm/wet.c"]
    assert after.mentioning("soak") == ["mm/wet.c"]


@pytest.mark.parametrize("family", ["outline-*/*", "pairs-*/*", "trees-*/*", "packs-*/*"])
def test_what_is_damaged_is_made_anew(tree: Path, tmp_path: Path, family: str) -> None:
    """Whichever file of a store has a bit turned, the answers are the same, then as before."""
    store = tmp_path / "store"

    def answers() -> object:
        index = Index(open_tree(str(tree)), Store(store))
        named = [index.definitions(name) for name in ("dry", "wet", "mmREG_7")]
        return named, index.mentioning("wet"), index.edge("dry", "wet")

    Index(open_tree(str(tree)), Store(store)).build()
    expected = answers()
    found = [path for path in store.glob(family) if path.is_file()]
    assert found
    for path in found:
        whole = bytearray(path.read_bytes())
        whole[len(whole) // 2] ^= 8
        path.write_bytes(whole)
    assert answers() == expected
    assert answers() == expected


def test_a_store_that_cannot_be_written(tree: Path, tmp_path: Path) -> None:
    """Without a folder to write to, questions are answered all the same."""
    (tmp_path / "file").write_text("in the way")
    index = Index(open_tree(str(tree)), Store(tmp_path / "file"))
    assert index.edge("dry", "wet")[0].lines == (4,)
    assert index.mentioning("wet") == ["mm/dry.c", "mm/wet.c"]


def test_facts_unpacked_on_demand() -> None:
    """One name of packed facts is the same as that of all of them."""
    found = [Found("f", "function", 1, 2, 0, 5, 9, "s"), Found("g", "macro", 3, 3, 10, 12, 14)]
    facts = FileFacts(found, {0: [Use("g", "d", (1, 2))]}, [Entry("ops", "run", "f", 7)], damaged=2)
    packed = facts.packed()
    assert FileFacts.unpacked(packed).named("g") == [found[1]]
    assert FileFacts.unpacked(packed).uses == facts.uses
    assert FileFacts.unpacked(packed).entries == facts.entries
    assert FileFacts.unpacked(packed) == facts
    assert facts_of(record_of(facts)) == facts


def test_words_foreseen(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What will be sought is found while the outline is made; another word takes a look of its own."""
    from kernelref.resolvers.index import scan

    looks: list[tuple[str, int]] = []
    told = scan.Scanner._told

    def noted(self: scan.Scanner, kind: str, paths: list[str], words: tuple[str, ...] = ()) -> object:
        looks.append((kind, len(paths)))
        return told(self, kind, paths, words)

    monkeypatch.setattr(scan.Scanner, "_told", noted)
    index = Index(open_tree(str(tree)), Store(tmp_path / "store"))
    index.foresee(["mm/reg.h:mmREG_7", "mmREG_900"], ["mm/wet.c:wet", "absent"])
    assert index.mentioning("wet") == ["mm/dry.c", "mm/wet.c"]
    assert index.mentioning("absent") == []
    assert looks == [("mentions", 0)] * 2
    assert index.mentioning("dry") == ["mm/dry.c", "mm/reg.h"]
    assert looks[2:] == [("mentions", 3)]
    assert [index.late.headers(name) for name in ("mmREG_7", "mmREG_900", "mmREG_8")] == [
        ["mm/reg.h"],
        [],
        ["mm/reg.h"],
    ]
    assert looks[3:] == [("late names", 0)] * 2 + [("late names", 1)]


def test_a_walk_by_another_process(tree: Path, tmp_path: Path) -> None:
    """What a worker finds out about a folder's files is what the tree finds out itself."""
    own, other = open_tree(str(tree)), Index(open_tree(str(tree)), Store(tmp_path / "store"))
    other.scanner.walk()
    (tree / "mm" / "later.c").write_text("int later;\n")
    assert "mm/later.c" not in list(other.tree.paths())
    assert "mm/later.c" in list(own.paths())
    (tree / "mm" / "later.c").unlink()
    own = open_tree(str(tree))
    assert list(other.tree.paths()) == list(own.paths()) != []
    own.adopt(b"")
    assert list(own.paths()) == list(other.tree.paths())


def test_what_is_nearest_told_ahead(tree: Path, tmp_path: Path) -> None:
    """Workers that look for many names say what a question about each would."""
    names = ["wett", "dry_dry", "CONFIG_PAINTS", "mm/dry.c:wetter", ""]
    one, two, three = (Index(open_tree(str(tree)), Store(tmp_path / store)) for store in ("a", "b", "c"))
    two.expect_nearest(names)
    three.begin_nearest(["dry", *names[:3]])
    three.expect_nearest(names)
    assert {name: one.nearest(name) for name in names} == {name: two.nearest(name) for name in names}
    assert {name: one.nearest(name) for name in names} == {name: three.nearest(name) for name in names}
    assert one.nearest("CONFIG_PAINTS") == ("CONFIG_PAINT",)
    assert two.scanner.near(two.outline, ["dry_dry"]) == {"dry_dry": ("dry",)}
    Store(tmp_path / "b").clean(everything=True)
    assert two.scanner.near(two.outline, ["dry_dry"]) == {}
    assert Index(open_tree(str(tree)), Store(tmp_path / "b")).nearest("dry_dry") == ("dry",)
