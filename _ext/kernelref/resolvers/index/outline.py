"""A quick look at a whole tree: which files may define which names.

Regular expressions over the left margin, far faster than a parse and generous on purpose: what
it names is a candidate, and `query` parses the candidates of a name before it believes any.
`table` keeps it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from . import definers
from .kinds import (
    ASSEMBLER,
    BARE,
    CONFIG,
    DEFINER,
    ENUMERATOR,
    FUNCTION,
    MACRO,
    OBJECT,
    PROTOTYPE,
    STATIC,
    TAG,
    TYPEDEF,
    is_kconfig,
)
from .type_names import type_names

_DIRECTIVE: Final = re.compile(
    rb'#[ \t]*(?:define[ \t]+(?:\\\n[ \t]*)?(\w+)(\(?)|include[ \t]*([<"][^>"\s]+)[>"])'
)
"""What is defined, the bracket of its parameters; or what is included."""
_HEAD: Final = re.compile(
    rb"\n([A-Za-z_*][\w \t*]*+(?:\n(?:[ \t]++[\w*]*+[ \t]*+)?+)?+)\((?=([^;{}/\"=#]*+;)?)"
    rb"(?:(?:[^\n;{}=\"()]++|\([^\n;{}=\"()]*+\))*+\)[ \t*\w]*?(\w++)[ \t]*\()?"
)
"""Words before a bracket, the rest up to a semicolon; the name where those were a macro's use."""
_DEFINER: Final = re.compile(rb"\n([A-Z_][A-Z0-9_]*)[ \t]*\(([^)\n]*)")
_ARGUMENT: Final = re.compile(rb"\w+")
_CONFIG: Final = re.compile(rb"\n(?:menu)?config[ \t]+(\w+)")
_ASSEMBLER: Final = re.compile(rb"\n(?:SYM_\w*START\w*|ENTRY|WEAK)\((\w+)\)")
_PASTES: Final = re.compile(rb"##[ \t]*\w+[ \t]*\([^{};]*\)[\s\\]*\{")
"""A function's head with a name that is pasted together."""


class Sketch(NamedTuple):
    """What a look at a file gives."""

    names: dict[str, set[bytes]]
    """Names that the file may define, by the kind of candidate."""
    includes: tuple[bytes, ...]
    """What it includes, with the mark before it: ``<linux/mm.h``, ``"internal.h``."""


def outline(path: str, source: bytes) -> Sketch:
    """Look at a file."""
    text = b"\n" + source
    if is_kconfig(path):
        return Sketch({CONFIG: {b"CONFIG_" + name for name in _CONFIG.findall(text)}}, ())
    directives = _DIRECTIVE.findall(text)
    found = {
        MACRO: {name for name, bracket, _ in directives if bracket},
        OBJECT: {name for name, bracket, _ in directives if name and not bracket},
    }
    if path.endswith(".S"):
        found[ASSEMBLER] = set(_ASSEMBLER.findall(text))
    else:
        _heads(text, found)
        found[TAG], found[ENUMERATOR], found[TYPEDEF] = type_names(text)
        if found[MACRO]:
            found[FUNCTION] |= _generated(source)
    return Sketch(found, tuple(dict.fromkeys(file for _, _, file in directives if file)))


def _heads(text: bytes, found: dict[str, set[bytes]]) -> None:
    # Names before a bracket at the left margin: of what may be defined, for all or for one file, of
    # prototypes, and bare.
    named, private, declared, bare = set[bytes](), set[bytes](), set[bytes](), set[bytes]()
    for head, ended, later in _HEAD.findall(text):
        words = (head.replace(b"*", b" * ") if b"*" in head else head).split()
        if words[-1] != b"*":
            own = private if words[0] == b"static" else named
            (bare if len(words) == 1 else declared if ended else own).add(words[-1])
        if later:
            named.add(later)
    found |= {FUNCTION: named, STATIC: private, PROTOTYPE: declared, BARE: bare, DEFINER: set()}
    if any(definers.known(name.decode()) for name in bare):
        found[DEFINER] = {
            word
            for macro, arguments in _DEFINER.findall(text)
            if definers.known(macro.decode())
            for word in _ARGUMENT.findall(arguments)[:3]
        }


def _generated(source: bytes) -> frozenset[bytes]:
    # Most files paste no function's name together, and most questions read no file.
    if _PASTES.search(source) is None:
        return frozenset()
    from .expand import generated

    return generated(source)
