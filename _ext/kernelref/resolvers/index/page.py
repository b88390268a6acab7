"""One parsed text: its definitions, its calls and its operation tables, read off the captured nodes."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import chain, repeat
from typing import TYPE_CHECKING, Final, NamedTuple

from ...core.source import Kind
from . import chains, definers
from .facts import ARGUMENT, BLOCK, DIRECT, FIELD, PARAMETER
from .grammar import innermost

if TYPE_CHECKING:
    from tree_sitter import Node

    from .blank import Blanked
    from .reading import Key, Reading, Seen
    from .rescue import Stretch

_TYPES: Final = (("struct", Kind.STRUCT), ("union", Kind.UNION), ("enum", Kind.ENUM))
_DIRECT: Final = ("call", "call.declaration", "call.type")
_NOT_CALLED: Final = frozenset(
    b"if while for switch return sizeof typeof __typeof__ defined __alignof__ __alignof _Alignof alignof"
    b" asm __asm__ __attribute__ _Static_assert".split()
)
_PARAMETER: Final = re.compile(rb"\w++(?=\s*+[,)\[])")
_STATIC: Final = re.compile(rb"\bstatic\b")
_INLINE: Final = re.compile(rb"\binline\b")


class Body(NamedTuple):
    """Where a definition's calls are, in the text that is parsed."""

    start: int
    inside: int
    stop: int
    key: Key


class Page:
    """One parsed text, and what is read off it into a `Reading`."""

    def __init__(
        self, reading: Reading, blanked: Blanked, captures: dict[str, list[Node]], base: int
    ) -> None:
        self._reading = reading
        self._blanked = blanked
        self._text = blanked.text
        self._captures = captures
        self._base = base
        self._bodies: list[Body] = []
        # by number of a body: where it starts and stops, its uses, and the names that it declares
        self._starts: list[int] = []
        self._stops: list[int] = []
        self._used: list[dict[Seen, list[int]]] = []
        self._held: list[set[bytes]] = []
        # number of a body -> which structs its variables are
        self._types_of: dict[int, chains.Types] = {}

    @property
    def _spell(self) -> chains.Speller:
        # Made anew each time: kept, it would keep this page, which keeps a whole parse, until a collection.
        return chains.Speller(self._source, self._type_at)

    def lost(self, shown: list[Stretch]) -> list[Stretch]:
        """The functions that the layout shows and the parse has not, or has with another end."""
        parsed = {
            body.start_byte: node.end_byte
            for node in self._captures.get("function", ())
            if (body := node.child_by_field_name("body")) is not None
        }
        return [stretch for stretch in shown if parsed.get(stretch.body) != stretch.stop]

    def read(self, lost: list[Stretch]) -> None:
        """Everything but what lies in the lost stretches."""
        ranges = [(stretch.start, stretch.stop) for stretch in lost]
        for node in self._captures.get("function", ()):
            if not any(node.start_byte < stop and start < node.end_byte for start, stop in ranges):
                self._function(node)
        for start, end, macro, arguments in self._blanked.generated:
            self._generated(start, end, macro, arguments)
        self._types()
        self._uses()
        self._tables()

    def read_one(self, stretch: Stretch) -> None:
        """One function parsed alone; where even that is not a function, the layout says what it is."""
        inside = stretch.body - stretch.start
        for node in self._captures.get("function", ()):
            body = node.child_by_field_name("body")
            if body is not None and body.start_byte == inside:
                self._function(node)
        if not self._bodies:
            start, end = stretch.name - stretch.start, stretch.name_end - stretch.start
            self._define(self._word(start, end), start, 0, inside, len(self._text))
        self._types()
        self._uses()
        self._tables()

    def _word(self, start: int, end: int) -> str:
        return self._source(start, end).decode(errors="replace")

    def _source(self, start: int, end: int) -> bytes:
        return self._reading.source[self._base + start : self._base + end]

    def _line(self, at: int) -> int:
        return self._reading.line(self._base + at)

    # Definitions --------------------------------------------------------------

    def _function(self, node: Node) -> None:
        body = node.child_by_field_name("body")
        declarator = node.child_by_field_name("declarator")
        name = innermost(declarator, "identifier") if declarator is not None else None
        if body is None or name is None:
            return
        definer = self._blanked.heads.get(node.start_byte)
        if definer is None:
            word = self._word(name.start_byte, name.end_byte)
            self._define(word, name.start_byte, node.start_byte, body.start_byte, node.end_byte)
            return
        for number, word in enumerate(_names_of(definer)):
            at = node.start_byte
            self._define(word, at, at, body.start_byte, node.end_byte, generated=number > 0)

    def _define(
        self, word: str, at: int, start: int, inside: int, stop: int, generated: bool = False
    ) -> None:
        head = self._text[start:inside]
        flags = "g" if generated else ""
        flags += "s" if _STATIC.search(head) else ""
        flags += "i" if _INLINE.search(head) else ""
        key = (self._base + at, word)
        self._put(key, kind=Kind.FUNCTION, at=at, start=start, inside=inside, stop=stop, flags=flags)
        if not generated:
            self._bodies.append(Body(start, inside, stop, key))

    def _put(
        self, key: Key, kind: Kind, at: int, start: int, inside: int, stop: int, flags: str = ""
    ) -> None:
        base, line, end = self._base, self._line(at), self._line(stop - 1)
        row = (key[1], kind.value, line, end, base + start, base + inside, base + stop, flags, "")
        self._reading.found.setdefault(key, row)

    def _generated(self, start: int, end: int, macro: str, arguments: tuple[str, ...]) -> None:
        for number, word in enumerate(definers.names_of(macro, arguments)):
            key = (self._base + start, word)
            self._put(key, Kind.FUNCTION, start, start, end, end, "g")
            if number == 0:
                self._bodies.append(Body(start, end, end, key))

    def _types(self) -> None:
        for capture, kind in _TYPES:
            for node in self._captures.get(capture, ()):
                name = node.child_by_field_name("name")
                body = node.child_by_field_name("body")
                if name is not None and body is not None:
                    self._type(name, kind, node, body.start_byte)
        for node in self._captures.get("enumerator", ()):
            name = node.child_by_field_name("name")
            if name is not None:
                self._type(name, Kind.ENUMERATOR, node, node.end_byte)
        for node in self._captures.get("typedef", ()):
            for declarator in node.children_by_field_name("declarator"):
                name = innermost(declarator, "type_identifier")
                if name is not None:
                    self._type(name, Kind.TYPEDEF, node, node.end_byte)

    def _type(self, name: Node, kind: Kind, node: Node, inside: int) -> None:
        at = name.start_byte
        key = (self._base + at, self._word(at, name.end_byte))
        self._put(key, kind, at, node.start_byte, inside, node.end_byte)

    # Calls ----------------------------------------------------------------------

    def _uses(self) -> None:
        self._bodies.sort()
        self._starts = [body.start for body in self._bodies]
        self._stops = [body.stop for body in self._bodies]
        self._used = [self._reading.uses.setdefault(body.key, {}) for body in self._bodies]
        self._held = [self._parameters(body) for body in self._bodies]
        self._locals()
        self._calls()
        for node in self._captures.get("call.field", ()):
            at = node.start_byte
            if (owner := self._owner(at)) >= 0:
                self._use(owner, self._source(at, node.end_byte), FIELD, at, self._spell.before_field(node))
        for node in self._captures.get("call.pointer", ()):
            at = node.start_byte
            if (owner := self._owner(at)) >= 0:
                self._through(owner, self._source(at, node.end_byte), at)
        for at, word in self._blanked.blocks:
            if (owner := self._owner(at)) >= 0:
                self._use(owner, word, BLOCK, at)
        self._arguments()

    def _owner(self, at: int) -> int:
        """The number of the body that an offset is in, or -1."""
        number = bisect_right(self._starts, at) - 1
        return number if number >= 0 and at < self._stops[number] else -1

    def _parameters(self, body: Body) -> set[bytes]:
        """The names of a function's parameters, and of their parameters; a macro's are not names."""
        if body.inside == body.stop or body.start in self._blanked.heads:
            return set()
        base = self._base
        return set(_PARAMETER.findall(self._reading.source, base + body.start, base + body.inside))

    def _locals(self) -> None:
        text, held = self._text, self._held
        insides, stops = [body.inside for body in self._bodies], self._stops
        for node in self._captures.get("local", ()):
            at = node.start_byte
            owner = bisect_right(insides, at) - 1
            if owner >= 0 and at < stops[owner]:
                held[owner].add(text[at : node.end_byte])

    def _calls(self) -> None:
        # The one loop over every call, and so without a call of its own.
        base, source, tables, held = self._base, self._reading.source, self._used, self._held
        starts, stops = self._starts, self._stops
        rows, first = self._reading.lines.starts, self._reading.lines.first
        for node in chain.from_iterable(map(self._captures.get, _DIRECT, repeat(()))):
            at = node.start_byte
            owner = bisect_right(starts, at) - 1
            if owner < 0 or at >= stops[owner]:
                continue
            word = source[base + at : base + node.end_byte]
            if word in _NOT_CALLED:
                continue
            if word in held[owner]:
                self._through(owner, word, at)
                continue
            key = (word, DIRECT, "", -1)
            line = bisect_right(rows, base + at) + first
            lines = tables[owner].get(key)
            if lines is None:
                tables[owner][key] = [line]
            else:
                lines.append(line)

    def _through(self, owner: int, word: bytes, at: int) -> None:
        # A call through a variable; one that was set to a field is a call through that.
        self._use(owner, word, PARAMETER, at)
        body = self._bodies[owner]
        if origin := chains.copied(self._source(body.inside, body.stop), word):
            first, members, field = origin
            base = self._spell.named(at, first)
            self._use(owner, field.encode(), FIELD, at, ".".join([base, *members]))

    def _type_at(self, at: int, name: bytes) -> str:
        owner = self._owner(at)
        if owner >= 0:
            if owner not in self._types_of:
                body = self._bodies[owner]
                self._types_of[owner] = chains.declared(self._source(body.start, body.stop))
            if name in self._types_of[owner]:
                return self._types_of[owner][name]
            if name in self._held[owner]:
                return chains.UNKNOWN
        return self._reading.global_type(name)

    def _is_name_of_function(self, owner: int, word: bytes) -> bool:
        return not word.isupper() and (owner < 0 or word not in self._held[owner])

    def _arguments(self) -> None:
        # Most are variables, and passed over here.
        base, source, held = self._base, self._reading.source, self._held
        starts, stops = self._starts, self._stops
        for node in self._captures.get("argument", ()):
            at = node.start_byte
            owner = bisect_right(starts, at) - 1
            if owner < 0 or at >= stops[owner]:
                continue
            word = source[base + at : base + node.end_byte]
            if word not in held[owner] and not word.isupper():
                self._argument(owner, node, word)

    def _argument(self, owner: int, node: Node, word: bytes) -> None:
        at, parent = node.start_byte, node.parent
        if parent is not None and parent.type == "pointer_expression":
            node, parent = parent, parent.parent
        call = parent.parent if parent is not None else None
        if parent is None or call is None:
            return
        function = call.child_by_field_name("function")
        named = function is not None and function.type == "identifier"
        via = self._word(function.start_byte, function.end_byte) if named and function is not None else ""
        arguments = (child for child in parent.named_children if child.type != "comment")
        position = next((i for i, child in enumerate(arguments) if child == node), -1)
        self._use(owner, word, ARGUMENT, at, via, position)

    def _use(self, owner: int, word: bytes, way: str, at: int, via: str = "", position: int = -1) -> None:
        if owner >= 0:
            self._used[owner].setdefault((word, way, via, position), []).append(self._line(at))

    # Operation tables -------------------------------------------------------------

    def _tables(self) -> None:
        for at, owner, field, type_ in chains.set_fields(self._captures, self._spell, self._is_function):
            name = self._word(*at)
            self._reading.entries[self._base + at[0], name] = (owner, field, name, self._line(at[0]), type_)

    def _is_function(self, start: int, end: int) -> bool:
        return self._is_name_of_function(self._owner(start), self._source(start, end))


def _names_of(definer: tuple[str, tuple[str, ...], int]) -> tuple[str, ...]:
    # Of an unknown definer the function is called as its first argument, as most are.
    macro, arguments, _ = definer
    names = definers.names_of(macro, arguments)
    first = arguments[0] if arguments else ""
    return names or ((first if re.fullmatch(r"[A-Za-z_]\w*", first) else macro),)
