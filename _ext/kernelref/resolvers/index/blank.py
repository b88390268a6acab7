"""Same-length blanking: kernel C made into C that the grammar knows, with every line and column kept.

What is not plain C in the kernel is a small number of habits: attribute macros among a
declaration's words, macros that define functions, macros that begin a block. Each is a rule on
form, with lists of words as data; none knows a particular file or function.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from . import definers
from .attributes import (
    CALLED_ATTRIBUTES,
    KEYWORDS,
    PLAIN_ATTRIBUTES,
    TYPE_WORDS,
    WORD_ATTRIBUTES,
    is_attribute,
)
from .comments import spaces

if TYPE_CHECKING:
    from collections.abc import Set

_NEST: Final = (
    rb"\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\))*+\))*+\))*+\)"
)
# Each begins with plain letters and looks back after them: the engine then searches for letters, not
# for a place where a word may begin, which makes a large text several times faster.
_CALLED: Final = re.compile(rb"_(?<!\w_)(?:%s)\s*+%s" % (b"|".join(CALLED_ATTRIBUTES), _NEST))
_WORDS: Final = re.compile(rb"__(?<!\w__)(?:%s)\b(?!\s*\()" % b"|".join(WORD_ATTRIBUTES))
_PLAIN_WORDS: Final = tuple(
    (
        frozenset(first + rest for rest in PLAIN_ATTRIBUTES),
        re.compile(rb"%s(?<!\w%s)(?:%s)\b(?!\s*\()" % (first, first, b"|".join(PLAIN_ATTRIBUTES))),
    )
    for first in (b"no", b"asm")
)
"""The words, and how they are found."""
_TAIL: Final = re.compile(rb"\)((?:\s+__\w+(?:\s*+%s)?)+)(?=\s*\n\{)" % _NEST)
_HEAD: Final = re.compile(rb"\n([A-Za-z_][\w \t\n*]*+)(?=\()")
_FIRST_HEAD: Final = re.compile(rb"([A-Za-z_][\w \t\n*]*+)(?=\()")
_PARAMETERS: Final = re.compile(rb"\((?:((?:[^(){};]++|(?<!\w)\([^(){};]*+\))*+)\)(?=\s*+\{)|[^;{}\"#]*+(;))")
"""Those of a function, without a macro among them; or all of a prototype, with what is after its name."""
_STORAGE: Final = frozenset({b"static", b"inline"})
_LINKAGE: Final = _STORAGE | {b"extern"}
_POSITIONAL: Final = re.compile(rb"\n([A-Za-z_][^;{}#=]*+=[ \t\n]*+\{)([^.;]*+)(?<=\})(?=;)")
"""A variable at the left margin, set to a list in which no field is named."""
_NUMBERS: Final = re.compile(rb"\{([ \t\n]*+[-\d][-+,\s\dxXa-fA-FuUlL]*+)(?=\})")
_IDENTIFIER: Final = re.compile(rb"[A-Za-z_]\w*|\*")
_BRACKET: Final = re.compile(rb"[()]")
_BLOCK: Final = re.compile(
    rb"\n[ \t]++(?:(?:\}[ \t]*)?else[ \t]+)?(?=\w++[ \t]*+\()"
    rb"(?!(?:if|while|for|switch|return|sizeof|case|asm|__asm__|do|goto|else|typeof|__typeof__|defined"
    rb"|_Static_assert|static_assert|struct_group\w*|union|struct|int|void|char|long)\b)"
    rb"([A-Za-z_]\w*+)[ \t]*+(%s)(?=\s++[A-Za-z_{]|\s*+(=)[^=])" % _NEST
)
"""A line that begins with a macro's use, with something behind it: a block, or a value."""
_MARGIN_BRACE: Final = re.compile(rb"\s*\n\{")
"""What follows a function's head, whose name may be on the line below its type."""
_NEXT_USE: Final = re.compile(rb"\s++(?<!\n)([A-Z_][A-Z0-9_]*+)\(")
"""A macro's use after another, not at the left margin."""
_MARKS: Final = re.compile(rb"(?:[ \t]++__\w++%s)++(?=[ \t]*+\n)" % _NEST)
"""More uses of macros, up to the end of a line."""
_LIST_ITEM: Final = re.compile(rb"\s*\n\s*[A-Z_0-9]+\(")
_STATIC_MACRO: Final = re.compile(rb"static(?<=[ \t]static)(?=[ \t]+[A-Z_][A-Z0-9_]*+[ \t]*+\()")
_DECLARING: Final = re.compile(rb"[A-Z_][A-Z0-9_]+")
_BEFORE_BRACE: Final = re.compile(rb":(?=\s*+\})")
_DEFAULT: Final = re.compile(rb"default(?<!\wdefault)[ \t]*:(?=\s*+\})")
_LABEL: Final = re.compile(rb"[ \t]*(?!default\b)[A-Za-z_]\w*[ \t]*")
_TYPEOF: Final = re.compile(rb"typeof(?:__|_unqual)?\s*+%s" % _NEST)
_OFFSETOF: Final = re.compile(rb"offsetof(?<!\woffsetof)(?=[ \t]*\()")
_ALIGNOFS: Final = frozenset(b"alignof __alignof __alignof__ _Alignof".split())
_ALIGNOF: Final = re.compile(rb"\b(?:%s)(?=[ \t]*\()" % b"|".join(sorted(_ALIGNOFS)))
_RANGE: Final = re.compile(rb"\.\.\.(?=\s*+[^)\s.])")
_TYPE_ARGUMENT: Final = tuple(
    re.compile(
        rb"(%s)(\s*+)(?=[A-Za-z_])("
        rb"(?:(?:const|volatile)\s+)*+"
        rb"(?:(?:struct|union|enum)\s+\w+|(?:(?:unsigned|signed|int|long|short|char)\b\s*)++|(?:void|bool)\b"
        rb"|\w++(?=\s*\*))[\s*]*+)(?=([,)]))" % opening
    )
    for opening in (rb",", rb"\((?<=\w\()")
)
_ASM_WORDS: Final = frozenset(
    b"asm __asm__ __asm asm_inline asm_volatile_goto asm_goto_output asm_volatile".split()
)
_ASM: Final = re.compile(
    rb"\b(?:%s)\b(?:[ \t\n]+(?:volatile|__volatile__|goto|inline|__inline))*[ \t\n]*(%s)"
    % (b"|".join(sorted(_ASM_WORDS)), _NEST)
)
_OPERAND: Final = re.compile(rb'"[^"]*"\s*(%s)' % _NEST)
_NOT_WORD: Final = bytes(
    byte if byte == 10 or (chr(byte).isalnum() and byte < 128) or byte == 95 else 95 for byte in range(256)
)


@dataclass(slots=True)
class Blanked:
    """A text ready to be parsed, and what was taken out of it that is a fact."""

    text: bytes
    # offset of the head written in a definer's place -> (macro, its arguments, where its invocation ends)
    heads: dict[int, tuple[str, tuple[str, ...], int]] = field(default_factory=dict)
    # definers without a body of their own: (start, end, macro, arguments)
    generated: list[tuple[int, int, str, tuple[str, ...]]] = field(default_factory=list)
    # other uses of macros at the left margin, the same four
    uses: list[tuple[int, int, str, tuple[str, ...]]] = field(default_factory=list)
    # macros that begin a block: (offset, name)
    blocks: list[tuple[int, bytes]] = field(default_factory=list)


def cure(text: bytes, words: Set[bytes]) -> Blanked:
    """Rewrite what the grammar does not know; no directive and no comment may be in the text.

    ``words`` are those of the text, or of a longer one: what is rare is looked for in a set, which takes less
    time than a look at every letter.
    """
    found = Blanked(text)
    text = _POSITIONAL.sub(_emptied, text)
    text = _NUMBERS.sub(lambda match: b"{" + spaces(match[1]), text)
    text = _CALLED.sub(_space, text)
    text = _WORDS.sub(_space, text)
    for named, plain in _PLAIN_WORDS:
        if not words.isdisjoint(named):
            text = plain.sub(_space, text)
    text = _TAIL.sub(lambda match: b")" + spaces(match[1]), text)
    if not words.isdisjoint(_ASM_WORDS):
        text = _ASM.sub(_asm, text)
    text = _heads(text, found)
    text = _STATIC_MACRO.sub(_space, text)
    text = _block_macros(text, found)
    text = _BEFORE_BRACE.sub(_label, text)
    if b"default" in words:
        text = _DEFAULT.sub(lambda match: b" " * (len(match[0]) - 1) + b";", text)
    found.text = _expressions(text, words)
    return found


def _emptied(match: re.Match[bytes]) -> bytes:
    # Nothing in such a list is a fact, and a grammar takes its time over each number.
    return b"\n" + match[1] + spaces(match[2][:-1]) + b"}"


def _expressions(text: bytes, words: Set[bytes]) -> bytes:
    # What is not C, or not the grammar's C, within an expression.
    if b"typeof" in text:
        text = _TYPEOF.sub(_one_word, text)
    if b"offsetof" in words:
        text = _OFFSETOF.sub(b"xxxxxxxx", text)
    if not words.isdisjoint(_ALIGNOFS):
        text = _ALIGNOF.sub(lambda match: b"x" * len(match[0]), text)
    text = _RANGE.sub(_range, text)
    for opened in _TYPE_ARGUMENT:
        text = opened.sub(_type_argument, text)
    return text


def _one_word(match: re.Match[bytes]) -> bytes:
    return match[0] if b"\n" in match[0] else match[0].translate(_NOT_WORD)


def _label(match: re.Match[bytes]) -> bytes:
    text, at = match.string, match.start()
    return b";" if _LABEL.fullmatch(text, text.rfind(b"\n", 0, at) + 1, at) else b":"


def _range(match: re.Match[bytes]) -> bytes:
    # ``case A ... B`` and ``[A ... B]``, not the end of a list of parameters.
    before = match.string[max(0, match.start() - 80) : match.start()].rstrip()[-1:]
    return b"..." if before in (b"", b",", b"(", b".") else b" + "


def _space(match: re.Match[bytes]) -> bytes:
    return spaces(match[0])


def _asm(match: re.Match[bytes]) -> bytes:
    # Of an asm statement only the operands are C; each becomes a statement of its own.
    whole = match[0]
    kept = bytearray(spaces(whole))
    for operand in _OPERAND.finditer(whole, match.start(1) - match.start()):
        start, end = operand.span(1)
        kept[start:end] = whole[start:end]
        while end < len(whole) - 1 and whole[end : end + 1] == b"\n":
            end += 1
        kept[end] = 59
    return bytes(kept)


def _as_word(text: bytes) -> bytes:
    # ``unsigned long *`` where an expression stands becomes one word of the same length.
    kept = text.rstrip()
    if b"\n" not in kept:
        return kept.translate(_NOT_WORD) + text[len(kept) :]
    last = re.compile(rb"\w+[ \t*]*\Z").search(kept)
    at = last.start() if last else 0
    return spaces(text[:at]) + kept[at:].translate(_NOT_WORD) + text[len(kept) :]


def _type_argument(match: re.Match[bytes]) -> bytes:
    opening, space, kind, closing = match.groups()
    if opening == b"(" and closing == b")":
        before = match.string[max(0, match.start() - 12) : match.start()]
        if kind.strip() == b"void" or before.endswith((b"sizeof", b"typeof", b"typeof__")):
            return match[0]
    word = _as_word(kind)
    # One word that is C's own, such as ``int``, would still be a type.
    return opening + space + (b"x" + word[1:] if word == kind else word)


def close_of(text: bytes, opening: int, limit: int = 200_000) -> int:
    """The offset after the bracket that closes the one at ``opening``; -1 when there is none."""
    depth = 0
    for match in _BRACKET.finditer(text, opening, opening + limit):
        depth += 1 if match[0] == b"(" else -1
        if depth == 0:
            return match.end()
    return -1


def arguments_of(text: bytes) -> tuple[str, ...]:
    """The arguments of a macro's use, split at the commas of the outermost level."""
    depth, start, found = 0, 0, []
    for match in re.finditer(rb"[(),]", text):
        if match[0] == b"," and depth == 0:
            found.append(text[start : match.start()])
            start = match.end()
        elif match[0] != b",":
            depth += 1 if match[0] == b"(" else -1
    found.append(text[start:])
    return tuple(" ".join(piece.decode(errors="replace").split()) for piece in found[:8])


def _heads(text: bytes, found: Blanked) -> bytes:
    # At the left margin: attribute words in a declaration's head, and uses of macros.
    buffer = bytearray(text)
    position = 0
    first = _FIRST_HEAD.match(text)
    for match in chain((first,) if first else (), _HEAD.finditer(text)):
        start, end = match.span(1)
        if start < position:
            continue
        words = match[1].replace(b"*", b" ").split()
        if _STORAGE.issuperset(words[:-1]) or _is_marked(words):
            names = [word for word in _IDENTIFIER.finditer(text, start, end) if word[0] != b"*"]
            position = _macro_use(text, buffer, start, names[-1], end, found)
            continue
        if len(words) > 2 and _has_attributes(words):
            names = [word for word in _IDENTIFIER.finditer(text, start, end) if word[0] != b"*"]
            _blank_attributes(buffer, names)
        if behind := _PARAMETERS.match(text, end):
            position = behind.end()
            if not behind[2]:
                # The grammar is in two minds about each until the end; they are told from the source.
                buffer[behind.start(1) : behind.end(1)] = spaces(behind[1])
            elif words[0] != b"typedef" and not _LINKAGE.issuperset(words[:-1]):
                buffer[start:position] = spaces(text[start:position])
    return bytes(buffer)


def _is_marked(words: list[bytes]) -> bool:
    # ``__failure __msg("why")`` on a line above a definition: marks, and no type among them.
    return words[-1].startswith(b"__") and all(map(is_attribute, words[:-1]))


def _has_attributes(words: list[bytes]) -> bool:
    # Whether there may be more words before a name than its type takes; most heads have none.
    if words[0] in _STORAGE:
        return _has_attributes(words[1:])
    if words[0] in (b"struct", b"union", b"enum"):
        return len(words) > 3
    return len(words) > 2 or (len(words) == 2 and words[0] in KEYWORDS)


def _blank_attributes(buffer: bytearray, names: list[re.Match[bytes]]) -> None:
    plain: list[re.Match[bytes]] = []
    typed = False
    tag = False
    for word in names[:-1]:
        if tag:
            tag = False
        elif word[0] in (b"struct", b"union", b"enum"):
            tag = typed = True
        elif word[0] in TYPE_WORDS:
            typed = True
        elif word[0] not in KEYWORDS:
            plain.append(word)
    if not typed and plain:
        candidates = [word for word in plain if not is_attribute(word[0])] or plain[-1:]
        plain = [word for word in plain if word is not candidates[-1]]
    for word in plain:
        buffer[word.start() : word.end()] = b" " * len(word[0])


def _macro_use(
    text: bytes, buffer: bytearray, start: int, name: re.Match[bytes], opening: int, found: Blanked
) -> int:
    # NAME(…) at the left margin: a definer with a body, a declaration, or a line of its own.
    # Returns where to go on.
    close = close_of(text, opening)
    macro = name[0].decode()
    if close < 0 or macro in ("if", "while", "for", "switch", "return"):
        return opening
    after = re.compile(rb"\s*").match(text, close)
    following = text[after.end() : after.end() + 1] if after else b""
    arguments = arguments_of(text[opening + 1 : close - 1])
    templates = definers.known(macro)
    if following == b"{" and (templates or not macro.islower()):
        _write_head(buffer, start, close, b"void X()")
        found.heads[start] = (macro, arguments, close)
        return close
    if templates:
        found.generated.append((start, close, macro, arguments))
        if macro.startswith(("DEFINE_CLASS", "EXTEND_CLASS", "DEFINE_FREE", "DEFINE_GUARD", "DEFINE_LOCK")):
            found.generated.pop()
            found.heads[start] = (macro, arguments, close)
            _write_body(text, buffer, start, opening, close)
            return close
        close = _next_definers(text, close, found)
        buffer[start:close] = spaces(text[start:close])
        return close
    found.uses.append((start, close, macro, arguments))
    if following in (b"=", b"["):
        _write_head(buffer, start, close, b"int X")
    elif following not in (b"{", b",", b")", b"("):
        if marks := _MARKS.match(text, close):
            close = marks.end()
        buffer[start:close] = spaces(text[start:close])
    else:
        return opening
    return close


def _next_definers(text: bytes, close: int, found: Blanked) -> int:
    # ``PAGEFLAG(…) __CLEARPAGEFLAG(…)``, and more below, further in. Returns where they end.
    while (more := _NEXT_USE.match(text, close)) and definers.known(macro := more[1].decode()):
        end = close_of(text, more.end() - 1)
        if end < 0:
            break
        found.generated.append((more.start(1), end, macro, arguments_of(text[more.end() : end - 1])))
        close = end
    return close


def _write_head(buffer: bytearray, start: int, end: int, head: bytes) -> None:
    buffer[start:end] = spaces(buffer[start:end])
    room = bytes(buffer[start:end]).partition(b"\n")[0]
    if len(room) >= len(head):
        buffer[start : start + len(head)] = head


def _write_body(text: bytes, buffer: bytearray, start: int, opening: int, close: int) -> None:
    # ``DEFINE_FREE(name, type, expression);`` is a function whose body is among its arguments.
    _write_head(buffer, start, opening, b"void X()")
    buffer[opening] = 123
    if text[close : close + 1] == b";":
        buffer[close - 1 : close + 1] = b";}"
    else:
        buffer[close - 1] = 125
    # The first arguments are a name and a type; without a type of its own (``…_0``) a name alone.
    names = 1 if text[start:opening].rstrip().endswith(b"_0") else 2
    depth = 0
    for match in re.finditer(rb"[(),]", text[opening:close]):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if match[0] == b"," and depth == 1:
            at = opening + match.start()
            buffer[at] = 59
            if names:
                buffer[opening + 1 : at] = spaces(text[opening + 1 : at])
                names -= 1


def _block_macros(text: bytes, found: Blanked) -> bytes:
    # ``for_each_x(y) f(z);`` has the form of ``while (y) f(z);``, which the grammar knows;
    # ``DECLARE_BITMAP(map, N) = { 0 };`` declares something.
    buffer: bytearray | None = None
    for match in _BLOCK.finditer(text):
        name, arguments, value = match.groups()
        if value:
            if not _DECLARING.fullmatch(name):
                continue
        elif _MARGIN_BRACE.match(text, match.end()) or (
            name.isupper() and _LIST_ITEM.match(text, match.end())
        ):
            continue
        if buffer is None:
            buffer = bytearray(text)
        found.blocks.append((match.start(1), name))
        if value:
            _write_head(buffer, match.start(1), match.end(), b"int X")
        elif len(name) >= 5 and arguments[1:-1].strip():
            buffer[match.start(1) : match.end(1)] = b"while".ljust(len(name))
        elif text[match.end() : match.end() + 1] != b"\n":
            buffer[match.end()] = 59
    return text if buffer is None else bytes(buffer)
