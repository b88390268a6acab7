"""A quick look at a whole tree: which files may define which names.

Regular expressions over the left margin, far faster than a parse and generous on purpose: what
it names is a candidate, and `query` parses the candidates of a name before it believes any.
`table` keeps it.
"""

from __future__ import annotations

import re
from typing import Final

from . import definers
from .includes import INCLUDE

FUNCTION: Final = "f"
"""A name before a bracket at the left margin, after other words: a definition, if anything."""
STATIC: Final = "l"
"""The same with ``static`` before it: in a ``.c`` file, nothing that another file can mean."""
PROTOTYPE: Final = "p"
"""The same where a semicolon comes before any brace: no definition."""
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
LISTED: Final = "".join((FUNCTION, STATIC, MACRO, TAG, TYPEDEF))
"""The kinds that people spell, and misspell."""

_DEFINE: Final = re.compile(rb"#[ \t]*define[ \t]+(?:\\\n[ \t]*)?(\w+)(\(?)")
_HEAD: Final = re.compile(rb"\n([A-Za-z_][\w \t*]*+)\((?=([^;{}/\"=#]*+;)?)")
_LATER_HEAD: Final = re.compile(rb'\n[A-Za-z_][\w \t*]*\([^\n;{}="]*?\)[ \t*\w]*?\b(\w+)[ \t]*\(')
_DEFINER: Final = re.compile(rb"\n([A-Z_][A-Z0-9_]*)[ \t]*\(([^)\n]*)")
_ARGUMENT: Final = re.compile(rb"\w+")
_TAGS: Final = tuple(
    re.compile(
        word + rb"[ \t]++(?:__\w++[ \t]++)*(\w++)[ \t]*+(?:__\w++[ \t]*+)?[ \t\n]*+(?:/\*[^\n]*\*/\s*)?\{"
    )
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


def is_source(path: str) -> bool:
    """Whether the index reads this file; none whose path would break the lines that it is kept in."""
    return (path.endswith((".c", ".h", ".S")) or is_kconfig(path)) and "\n" not in path and "\t" not in path


def is_kconfig(path: str) -> bool:
    """Whether this is a Kconfig file."""
    return path.rpartition("/")[2].startswith("Kconfig")


def outline(path: str, source: bytes) -> dict[str, set[bytes]]:
    """Names that a file may define, by the kind of candidate."""
    text = b"\n" + source
    if is_kconfig(path):
        return {CONFIG: {b"CONFIG_" + name for name in _CONFIG.findall(text)}}
    macros = _DEFINE.findall(text)
    found = {
        MACRO: {name for name, bracket in macros if bracket},
        OBJECT: {name for name, bracket in macros if not bracket},
    }
    if path.endswith(".S"):
        found[ASSEMBLER] = set(_ASSEMBLER.findall(text))
        return found
    found[FUNCTION], found[STATIC], found[PROTOTYPE], found[BARE] = _heads(text)
    found[FUNCTION].update(_LATER_HEAD.findall(text), _generated(source))
    found[DEFINER] = {
        word
        for macro, arguments in _DEFINER.findall(text)
        if definers.known(macro.decode())
        for word in _ARGUMENT.findall(arguments)[:3]
    }
    found[TAG] = set().union(*(tag.findall(text) for tag in _TAGS))
    found[ENUMERATOR] = set().union(*(_ENUMERATOR.findall(body) for body in _ENUM.findall(text)))
    found[TYPEDEF] = set().union(*(_WORD.findall(body) for body in _CLOSING.findall(text)))
    for body in _TYPEDEF.findall(text):
        bracket = body.partition(b"(")[0]
        found[TYPEDEF].update(
            _POINTED.findall(body)[:1], _WORD.findall(body)[-1:], _WORD.findall(bracket)[-1:]
        )
    return found


def _generated(source: bytes) -> frozenset[bytes]:
    # Most files paste no names together, and most questions read no file.
    if b"##" not in source:
        return frozenset()
    from .expand import generated

    return generated(source)


def _heads(text: bytes) -> tuple[set[bytes], set[bytes], set[bytes], set[bytes]]:
    # Names before a bracket at the left margin: of what may be defined, for all or for one file, of
    # prototypes, and bare.
    named, private, declared, bare = set[bytes](), set[bytes](), set[bytes](), set[bytes]()
    for head, ended in _HEAD.findall(text):
        words = head.replace(b"*", b" * ").split()
        if words[-1] != b"*":
            own = private if words[0] == b"static" else named
            (bare if len(words) == 1 else declared if ended else own).add(words[-1])
    return named, private, declared, bare


def includes_of(source: bytes) -> tuple[bytes, ...]:
    """What the lines of a file include, with the mark before it (``<linux/mm.h``, ``"internal.h``)."""
    return tuple(dict.fromkeys(INCLUDE.findall(source)))
