"""The process that runs mermaid.js: a request a line on stdin, an answer a line on stdout.

Its own process because the engine keeps a thread, and a Sphinx that forks its writers must not have
one; and because what hangs or breaks here ends here. A request is ``{"source": …, "chart": …}``, its
answer ``{"svg": …}`` or ``{"error": …}``, in the same order. Run as ``python -m kernelref.mermaid_worker``.

Sphinx side, but without Sphinx: only `diagrams` starts it.
"""

from __future__ import annotations

import faulthandler
import json
import os
import re
import sys
from importlib import import_module
from typing import Any, TextIO

from .core.label import NAME_HEIGHT, extent, is_wide

TIMEOUT = 120.0
"""Seconds for one diagram; the process ends itself after that."""

UNAVAILABLE = 69
"""Exit status where mermaidx cannot be loaded."""

CONFIG = {
    "securityLevel": "strict",
    "maxEdges": 2000,
    "maxTextSize": 1_000_000,
    "deterministicIds": True,
    "theme": "default",
    "flowchart": {"htmlLabels": True},
}

_WIDE = re.compile(r"[^\x00-\u10ff]")


class Measurer:
    """Measures text in place of mermaidx's measurer, whose only font has no ideographs.

    A chart's labels have the sizes and fonts of our stylesheet. In any other diagram an ideograph
    is taken for a letter of its width: an em dash, or in a text that may be broken, ``A`` and a space.
    """

    def __init__(self, base: Any, *, chart: bool) -> None:
        self.base = base
        self.chart = chart

    def width(self, text: str | None, *font: Any) -> Any:
        """The width of SVG text."""
        return self.base.width(self._stand_in(text), *font)

    def full(self, text: str | None, *font: Any) -> Any:
        """The width and the height of SVG text."""
        return self.base.full(self._stand_in(text), *font)

    def glyphs(self, text: str | None, *font: Any) -> Any:
        """The ink of each letter of SVG text."""
        return self.base.glyphs(self._stand_in(text), *font)

    def foreign_object(self, html: str | None, *font: Any) -> Any:
        """The size of an HTML label."""
        if not self.chart:
            breakable = "nowrap" not in (html or "")
            return self.base.foreign_object(self._stand_in(html, "A " if breakable else "—"), *font)
        width, height = extent(html or "")
        lines = max(1, round(height / NAME_HEIGHT))
        return {"width": width, "height": height, "line_count": lines, "line_height": height / lines}

    @staticmethod
    def _stand_in(text: str | None, letter: str = "—") -> str:
        return _WIDE.sub(lambda m: letter if is_wide(m[0]) else m[0], text or "")


# mermaidx 0.10 walks the whole document for every ``querySelector``, and asks thirty times for each
# label: this one stops at the first match. The drawing is the same, in half the time.
_FIRST_MATCH = """
if (typeof __querySelector === "function" && typeof __matches === "function") {
  globalThis.__querySelector = function (root, selector) {
    for (const child of root.childNodes) {
      if (child.nodeType !== 1) continue;
      const found = __matches(child, selector) ? child : __querySelector(child, selector);
      if (found) return found;
    }
    return null;
  };
}
"""


def _quicken(engine: Any) -> None:
    build = engine._build_context

    def quicker() -> Any:
        context = build()
        context.eval(_FIRST_MATCH)
        return context

    engine._build_context = quicker


def render(engine: Any, base: Any, request: dict[str, Any]) -> dict[str, str]:
    """Draw one diagram."""
    engine._measurer = Measurer(base, chart=bool(request.get("chart")))
    try:
        return {"svg": engine.render_svg(str(request["source"]), "default", CONFIG, None)}
    except Exception as error:  # whatever mermaid.js or its engine throws belongs to this diagram alone
        return {"error": " ".join(str(error).split())[:600] or type(error).__name__}


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer every request, each within `TIMEOUT`."""
    try:
        engine = import_module("mermaidx.engines.quickjs_engine").Engine()
        _quicken(engine)
        engine.start()
    except (ImportError, OSError) as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(UNAVAILABLE)
    base = engine._measurer
    for line in requests:
        faulthandler.dump_traceback_later(TIMEOUT, exit=True)
        answer = render(engine, base, json.loads(line))
        faulthandler.cancel_dump_traceback_later()
        answers.write(json.dumps(answer, ensure_ascii=True) + "\n")
        answers.flush()


def main() -> None:
    """Serve stdin and end at once: the engine's thread would first prepare for one more diagram."""
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a stream of text, as any
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # another
    serve(sys.stdin, sys.stdout)
    os._exit(0)


if __name__ == "__main__":
    main()
