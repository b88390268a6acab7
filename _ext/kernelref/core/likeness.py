"""How much of one C function's text is in another's: the evidence for a rename or an inlining.

A text becomes tokens, without comments and white space; the function's own name is one and the
same token in each, so that a function that was only renamed scores 1. What is compared are the
3-grams of tokens, as a multiset. `similarity` is the Dice coefficient of head and body,
`containment` the share of a body's 3-grams that its caller's body gained. A short text proves
little: below `FEW` 3-grams (`FEW_INSIDE` for a containment) the score falls in proportion.

Measured on mm/ of the releases' trees. Renamed, v6.18 → v7.2: zap_page_range_single_batched →
zap_vma_range_batched 0.92, try_to_free_pte → zap_pte_table_if_empty 0.87, zap_page_range_single →
zap_vma_range 0.80, zap_vma_ptes → zap_special_vma_range 0.79, reclaim_pt_is_enabled →
pte_table_reclaim_possible 0.78, try_get_and_clear_pmd → zap_empty_pte_table 0.77, unmap_single_vma →
__zap_vma_range 0.47; v6.1 → v6.12: split_huge_page_to_list → …_to_order 0.77,
deferred_split_huge_page → deferred_split_folio 0.48; rewritten, and so not told by their text:
page_remove_rmap → folio_remove_rmap_ptes 0.14, → __folio_remove_rmap 0.13.
No renames, with the best scores such pairs have: __alloc_swap_folio / anon_alloc_folio 0.61,
unmap_page_range / __zap_vma_range 0.62 (it was inlined there).
Inlined, v6.18 → v7.2: free_pte in zap_pte_range 0.80, unmap_page_range in __zap_vma_range 0.79,
writeout in pageout 0.85; not inlined: unmap_single_vma in unmap_vmas 0.11, try_to_free_pte in
zap_pte_range 0.01, acomp_ctx_get_cpu_lock in zswap_compress 0.47.

Part of the pure layer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

FEW = 30
FEW_INSIDE = 12
_GRAM = 3
_OWN = "\N{LEFTWARDS ARROW WITH HOOK}"

_TOKEN = re.compile(
    r"""
      /\*.*?(?:\*/|\Z) | //[^\n]*               # comments, dropped
    | \\\n                                      # a continued line of a macro, dropped
    | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
    | [A-Za-z_]\w* | \.?\d[\w.]*
    | <<= | >>= | \.\.\. | -> | \+\+ | -- | && | \|\| | \#\# | << | >> | [-+*/%&|^<>=!]=
    | \S
    """,
    re.VERBOSE | re.DOTALL,
)

Grams = Counter[tuple[str, ...]]
"""3-gram of tokens → how often."""
Key = TypeVar("Key")


def tokens(text: str | bytes, own: str = "") -> list[str]:
    """Cut C into tokens; ``own``, a function's name, becomes a token that stands for any."""
    plain = text.decode(errors="replace") if isinstance(text, bytes) else text
    found = (token for token in _TOKEN.findall(plain) if not token.startswith(("/*", "//", "\\\n")))
    return [_OWN if token == own else token for token in found]


def grams(text: str | bytes, own: str = "") -> Grams:
    """Give what is compared of a definition: do it once where one is compared with many."""
    return _grams(tokens(text, own))


def _grams(found: list[str]) -> Grams:
    return Counter(tuple(found[at : at + _GRAM]) for at in range(len(found) - _GRAM + 1))


def likeness(a: Grams, b: Grams) -> float:
    """Say how like two definitions are, 0 to 1."""
    few = min(a.total(), b.total())
    if not few:
        return 0.0
    return 2 * (a & b).total() / (a.total() + b.total()) * min(1.0, few / FEW)


def similarity(a: str | bytes, b: str | bytes, own: tuple[str, str] = ("", "")) -> float:
    """Say how like two definitions are, 0 to 1; ``own`` are their names."""
    return likeness(grams(a, own[0]), grams(b, own[1]))


def containment(inner: str | bytes, outer_new: str | bytes, outer_old: str | bytes) -> float:
    """Say how much of the body of ``inner`` its caller's definition has now and had not before, 0 to 1."""
    body = tokens(inner)
    start = body.index("{") + 1 if "{" in body else 0
    wanted = _grams(body[start : -1 if start else None])
    if not wanted:
        return 0.0
    gained = grams(outer_new) - grams(outer_old)
    return (wanted & gained).total() / wanted.total() * min(1.0, wanted.total() / FEW_INSIDE)


def alike(
    gone: Mapping[Key, Grams], new: Mapping[Key, Grams], least: float = 0.3
) -> dict[tuple[Key, Key], float]:
    """Score each vanished definition against each new one; what is below ``least`` is left out."""
    scores = {(old, fresh): likeness(a, b) for old, a in gone.items() for fresh, b in new.items()}
    return {pair: score for pair, score in scores.items() if score >= least}
