"""Work that is begun before anybody needs what comes of it."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Ahead:
    """One piece of work at a time, in a thread of its own; whoever needs it joins it."""

    def __init__(self) -> None:
        """Begin nothing yet."""
        self._thread: threading.Thread | None = None

    def begin(self, work: Callable[[], None]) -> None:
        """Begin; what goes wrong here goes wrong again, and is told, where it is needed."""

        def run() -> None:
            with suppress(Exception):
                work()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for what was begun, if anything was."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
