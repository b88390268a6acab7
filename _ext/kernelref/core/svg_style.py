"""CSS that came with a diagram: what may stay of it, kept to that diagram.

A rule stays when every selector begins at the diagram's root, a declaration when its property is
listed here and its value can fetch nothing. Animations and fonts go.

Part of the pure layer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MAX_CSS = 200_000


def words(text: str) -> frozenset[str]:
    """Make a set of the words of a text."""
    return frozenset(text.split())


_PROPERTIES = words(
    "fill stroke stroke-width stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin "
    "fill-opacity stroke-opacity opacity stop-color stop-opacity color background background-color "
    "border border-color border-style border-width border-radius "
    "font-size font-weight font-style text-align text-anchor text-decoration dominant-baseline "
    "line-height white-space word-break overflow-wrap display max-width min-width width height "
    "margin padding padding-left padding-right padding-top padding-bottom vertical-align "
    "marker-start marker-end visibility"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"""[\w\s#.:>*+~()\[\]="'-]+""")
_ID = re.compile(r"#([A-Za-z_][\w-]*)")
_VALUE = re.compile(r"[\w\s.,%#()+*/!-]*")
_FUNCTION = re.compile(r"([\w-]+)\(")
_LOCAL_URL = re.compile(r"""url\(\s*["']?#([\w-]+)["']?\s*\)""")
_FUNCTIONS = frozenset(("rgb", "rgba", "hsl", "hsla", "calc"))

Rename = Callable[[str], str]


def clean_stylesheet(css: str, root: str, rename: Rename) -> str:
    """Return the rules that hold only below ``root``, with every id renamed."""
    if len(css) > MAX_CSS:
        return ""
    out = []
    for match in _RULE.finditer(_AT_RULE.sub("", _COMMENT.sub("", css))):
        selectors = [part.strip() for part in match[1].split(",")]
        if not all(part.startswith(root) and _SELECTOR.fullmatch(part) for part in selectors):
            continue
        if declarations := clean_declarations(match[2], rename):
            named = ",".join(_ID.sub(lambda m: "#" + rename(m[1]), part) for part in selectors)
            out.append(f"{named}{{{declarations}}}")
    return "\n".join(dict.fromkeys(out))


def clean_declarations(style: str, rename: Rename) -> str:
    """Return the declarations of a ``style`` that may stay."""
    out = {}
    for part in style.split(";"):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), value.strip()
        if colon and value and name in _PROPERTIES:
            local = _LOCAL_URL.fullmatch(value)
            if local:
                out[name] = f"url(#{rename(local[1])})"
            elif _VALUE.fullmatch(value) and {m[1].lower() for m in _FUNCTION.finditer(value)} <= _FUNCTIONS:
                out[name] = value
    return ";".join(f"{name}:{value}" for name, value in out.items())
