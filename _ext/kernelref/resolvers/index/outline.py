"""A quick look at a whole tree: which files may define which names.

Regular expressions over the left margin, far faster than a parse and generous on purpose: what
it names is a candidate, and `query` parses the candidates of a name before it believes any.
Kept as one sorted text, so that a lookup is a search in a mapped file.
"""

from __future__ import annotations

import heapq
import mmap
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from . import definers
from .expand import generated
from .includes import INCLUDE, Includes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

VERSION: Final = 3

FUNCTION: Final = "f"
"""A name before a bracket at the left margin, after other words: a definition or a prototype."""
BARE: Final = "x"
"""The same without words before it: a macro's use, or a head whose type is on the line above."""
MACRO: Final = "m"
OBJECT: Final = "o"
TAG: Final = "t"
TYPEDEF: Final = "y"
ENUMERATOR: Final = "e"
DEFINER: Final = "d"
"""An argument of a definer macro: ``madvise`` in ``SYSCALL_DEFINE3(madvise, …)``."""
CONFIG: Final = "c"
ASSEMBLER: Final = "s"
_KINDS: Final = "".join(
    (FUNCTION, BARE, MACRO, OBJECT, TAG, TYPEDEF, ENUMERATOR, DEFINER, CONFIG, ASSEMBLER)
)

_DEFINE: Final = re.compile(rb"#[ \t]*define[ \t]+(?:\\\n[ \t]*)?(\w+)(\(?)")
_HEAD: Final = re.compile(rb"\n(?=[A-Za-z_])([\w \t*]*?)(\w+)[ \t]*\(")
_LATER_HEAD: Final = re.compile(rb'\n[A-Za-z_][\w \t*]*\([^\n;{}="]*?\)[ \t*\w]*?\b(\w+)[ \t]*\(')
_DEFINER: Final = re.compile(rb"\n([A-Z_][A-Z0-9_]*)[ \t]*\(([^)\n]*)")
_ARGUMENT: Final = re.compile(rb"\w+")
_TAGS: Final = tuple(
    re.compile(word + rb"[ \t]+(?:__\w+[ \t]+)*(\w+)[ \t]*(?:__\w+[ \t]*)?[ \t\n]*(?:/\*[^\n]*\*/\s*)?\{")
    for word in (b"struct", b"union", b"enum")
)
_ENUM: Final = re.compile(rb"enum\b[^;{}()]*\{([^}]*)\}")
_ENUMERATOR: Final = re.compile(rb"(?:^|[,\n(/])[ \t]*([A-Za-z_]\w*)(?=[ \t]*(?:$|[,=\n/(]))")
_TYPEDEF: Final = re.compile(rb"\n[ \t]*typedef\b([^;{}]*);")
_POINTED: Final = re.compile(rb"\([ \t]*(?:\w+[ \t]+)*\*?[ \t]*(\w+)[ \t]*\)")
_CLOSING: Final = re.compile(rb"\n\}[ \t]*([^;{}\n=]+);")
_CONFIG: Final = re.compile(rb"\n(?:menu)?config[ \t]+(\w+)")
_ASSEMBLER: Final = re.compile(rb"\n(?:SYM_\w*START\w*|ENTRY|WEAK)\((\w+)\)")
_WORD: Final = re.compile(rb"[A-Za-z_]\w*")


class Candidate(NamedTuple):
    """A file that may define a name, and as what."""

    kind: str
    path: str


def is_source(path: str) -> bool:
    """Whether the index reads this file."""
    return path.endswith((".c", ".h", ".S")) or is_kconfig(path)


def is_kconfig(path: str) -> bool:
    """Whether this is a Kconfig file."""
    return path.rpartition("/")[2].startswith("Kconfig")


def outline(path: str, source: bytes) -> set[tuple[bytes, str]]:
    """Names that a file may define, each with the kind of candidate."""
    text = b"\n" + source
    if is_kconfig(path):
        return {(b"CONFIG_" + name, CONFIG) for name in _CONFIG.findall(text)}
    found = {(name, MACRO if bracket else OBJECT) for name, bracket in _DEFINE.findall(text)}
    if path.endswith(".S"):
        found.update((name, ASSEMBLER) for name in _ASSEMBLER.findall(text))
        return found
    _heads(text, found)
    found.update((name, FUNCTION) for name in generated(source))
    for tag in _TAGS:
        found.update((name, TAG) for name in tag.findall(text))
    for body in _ENUM.findall(text):
        found.update((name, ENUMERATOR) for name in _ENUMERATOR.findall(body))
    for body in _TYPEDEF.findall(text):
        words = [*_POINTED.findall(body)[:1], *_WORD.findall(body)[-1:]]
        bracket = body.partition(b"(")[0]
        words += _WORD.findall(bracket)[-1:]
        found.update((name, TYPEDEF) for name in words)
    for body in _CLOSING.findall(text):
        found.update((name, TYPEDEF) for name in _WORD.findall(body))
    return found


def _heads(text: bytes, found: set[tuple[bytes, str]]) -> None:
    for before, name in _HEAD.findall(text):
        found.add((name, FUNCTION if before and not before.isspace() else BARE))
    found.update((name, FUNCTION) for name in _LATER_HEAD.findall(text))
    for macro, arguments in _DEFINER.findall(text):
        if definers.known(macro.decode()):
            found.update((word, DEFINER) for word in _ARGUMENT.findall(arguments)[:3])


def includes_of(source: bytes) -> tuple[bytes, ...]:
    """What the lines of a file include, with the mark before it (``<linux/mm.h``, ``"internal.h``)."""
    return tuple(dict.fromkeys(INCLUDE.findall(source)))


def lines_of(files: Iterable[tuple[int, str, bytes]]) -> tuple[list[bytes], list[bytes]]:
    """For numbered files: a sorted line for each name (``name kind number …``), and one for each file."""
    table: dict[bytes, list[bytes]] = {}
    heads: list[bytes] = []
    for number, path, source in files:
        places = {kind: b"%s%d" % (kind.encode(), number) for kind in _KINDS}
        for name, kind in outline(path, source):
            table.setdefault(name, []).append(places[kind])
        heads.append(b"\t".join([path.encode(errors="surrogateescape"), *includes_of(source)]))
    return [name + b"\t" + b" ".join(table[name]) for name in sorted(table)], heads


def merged(parts: Sequence[Iterable[bytes]]) -> Iterator[bytes]:
    """Sorted lines of several parts as one, with those of one name put together."""
    last, places = b"", b""
    for line in heapq.merge(*parts, key=lambda line: line.partition(b"\t")[0]):
        name, _, here = line.partition(b"\t")
        if name == last:
            places += b" " + here
            continue
        if last:
            yield last + b"\t" + places
        last, places = name, here
    if last:
        yield last + b"\t" + places


def write(target: Path, heads: Iterable[bytes], lines: Iterable[bytes]) -> None:
    """Write an outline: a line for each file, an empty one, and a sorted line for each name."""
    with target.open("wb") as file:
        for head in heads:
            file.write(head + b"\n")
        file.write(b"\n")
        for line in lines:
            file.write(line + b"\n")
        file.write(b"\x00end\n")


class Outline:
    """A written outline, mapped."""

    def __init__(self, path: Path) -> None:
        """Map the file; `ValueError` when it is cut short or not one."""
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        top = self._data.find(b"\n\n")
        if top < 0 or self._data[-5:] != b"\x00end\n":
            raise ValueError("not a whole outline")
        heads = [head.split("\t") for head in self._data[:top].decode(errors="surrogateescape").split("\n")]
        self.paths = [head[0] for head in heads]
        self.includes = Includes(self.paths, [tuple(head[1:]) for head in heads])
        self._start = top + 2
        self._stop = len(self._data) - 5

    def candidates(self, name: str) -> tuple[Candidate, ...]:
        """The files that may define a name."""
        wanted = name.encode()
        low, high = self._start, self._stop
        while low < high:
            middle = self._data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._data.find(b"\n", middle)
            here, _, places = self._data[middle:end].partition(b"\t")
            if here == wanted:
                return tuple(
                    Candidate(chr(place[0]), self.paths[int(place[1:])]) for place in places.split(b" ")
                )
            if here < wanted:
                low = end + 1
            else:
                high = middle
        return ()

    def names(self, pieces: Iterable[str], kinds: str) -> Iterator[str]:
        """The names of some kinds that have one of these pieces in them."""
        either = b"|".join(re.escape(piece.encode()) for piece in pieces)
        wanted = kinds.encode()
        line = re.compile(rb"\n(\w*(?:%s)\w*)\t([^\n]*)" % either, re.IGNORECASE)
        for match in line.finditer(self._data, self._start - 1, self._stop):
            if any(place[0] in wanted for place in match[2].split(b" ")):
                yield match[1].decode(errors="replace")
