"""Elixir's index, asked where no kernel tree is at hand: where an identifier is defined, no more.

It answers an unknown name, and a release that it does not have, with empty lists: what it does not
say is not known, never gone. It is asked slowly, and what it answers is believed only in its own form.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from ..core.source import Definition, Kind
from .archive.errors import ArchiveError, NotThere
from .archive.http import Line, Patience, is_local

PAUSE: Final = 2.0
"""Seconds between two requests, as elixir.bootlin.com's robots file asks."""
MAX_ANSWER: Final = 32 * 1024 * 1024
"""A name as common as ``NULL`` has megabytes of references."""
MAX_LINE: Final = 1_000_000
MAX_DEFINITIONS: Final = 20_000

_PATH = re.compile(r"[\w.][\w.+,@=~-]*(?:/[\w.+,@=~-]+)*", re.ASCII)
_CONFIG: Final = "CONFIG_"
_KINDS: Final[Mapping[str, Kind]] = {kind.value: kind for kind in Kind}
"""Elixir's word -> kind; its others (prototype, member, variable, label) are no definitions here."""


class ElixirError(Exception):
    """Elixir has no usable answer for a name; for others it still may."""


class Elixir:
    """The API beside the pages of a project: ``https://elixir.bootlin.com/linux`` unless told otherwise."""

    def __init__(
        self,
        project: str,
        *,
        delay: float = PAUSE,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open it. Raises `ElixirError` for what is no project's URL, or is asked too fast."""
        base, _, self._project = project.rstrip("/").rpartition("/")
        self.url = project.rstrip("/")
        pause = delay if is_local(base) else max(delay, PAUSE)
        try:
            self._line = Line(base, patience or Patience(pause=pause), sleep, "JSON")
        except ValueError:
            raise ElixirError(
                f"{project!r} is no project of an Elixir; kernelref_elixir_url is to be "
                "as https://elixir.bootlin.com/linux"
            ) from None

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def definitions(self, name: str, release: str) -> tuple[Definition, ...]:
        """Give what Elixir knows a name to be; nothing means that it does not know. Raises `ElixirError`."""
        family = "K" if name.startswith(_CONFIG) else "C"
        path = f"api/ident/{quote(self._project)}/{quote(name, safe='')}"
        try:
            body = self._line.get(f"{path}?version={quote(release, safe='')}&family={family}", MAX_ANSWER)
        except NotThere:
            raise ElixirError(
                f"{self.url}: Elixir has no such project, or takes no such name (404)"
            ) from None
        except ArchiveError as error:
            raise ElixirError(str(error).replace("the archive", "Elixir")) from None
        try:
            return _definitions(json.loads(body), name, family == "K")
        except (ValueError, RecursionError) as error:
            said = "it is no JSON" if isinstance(error, json.JSONDecodeError | UnicodeDecodeError) else error
            raise ElixirError(f"{self.url}: the answer for {name} is not Elixir's: {said}") from None


def _definitions(answer: object, name: str, config: bool) -> tuple[Definition, ...]:
    """Read an answer. Raises `ValueError`."""
    if not isinstance(answer, dict) or not isinstance(answer.get("references"), list):
        raise ValueError("an object with definitions and references was expected")
    listed = answer.get("definitions")
    if not isinstance(listed, list) or len(listed) > MAX_DEFINITIONS:
        raise ValueError(f"a list of at most {MAX_DEFINITIONS} definitions was expected")
    found = {one for each in listed if (one := _definition(each, name))}
    return tuple(sorted(one for one in found if (one.kind is Kind.CONFIG) is config))


def _definition(entry: object, name: str) -> Definition | None:
    """Read one entry; nothing for what is no definition. Raises `ValueError`."""
    if not isinstance(entry, dict):
        raise ValueError("a definition is no object")
    path, line, word = entry.get("path"), entry.get("line"), entry.get("type")
    if not isinstance(path, str) or not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ValueError(f"{str(path)[:80]!r} is no path of a file")
    if type(line) is not int or not 0 < line <= MAX_LINE:
        raise ValueError(f"{str(line)[:80]!r} is no line of {path}")
    if not isinstance(word, str):
        raise ValueError(f"{str(word)[:80]!r} is no kind of identifier")
    kind = _KINDS.get(word)
    return Definition(path, line, line, name, kind) if kind else None
