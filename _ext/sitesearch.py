"""Search for a site in Chinese and English, about a kernel: one way to cut a text, here and in the browser.

An extension of this site alone. Sphinx's own Chinese search cuts a page into the words of a dictionary,
and a query not at all. Here a run of Chinese is its characters and each two that stand side by side: whatever
is asked for is found wherever it stands, and nothing depends on a dictionary. An identifier is a word as it
stands, and each of its parts; only words of English are stemmed. ``sitesearch.js`` does the same to a query.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.search.en import SearchEnglish

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(f"[{_HAN}]+|[^\\W{_HAN}]+")
_IS_HAN = re.compile(f"[{_HAN}]")
_LEAST = 3
"""What is shorter, Sphinx's script does not insist on; so Chinese terms are filled up."""


class SiteSearch(SearchEnglish):
    """What goes into the index. Its name is that of the stemmer which its script brings."""

    lang = "site"
    language_name = "English"
    js_splitter_code = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")

    def split(self, input: str) -> list[str]:
        """Cut a text into characters and pairs of Chinese, and words of all else."""
        found: list[str] = []
        for run in _RUN.findall(input):
            if _IS_HAN.match(run):
                found += [*run, *(run[at : at + 2] for at in range(len(run) - 1))]
            else:
                found += [run, *(part for part in run.split("_") if part and part != run)]
        return found

    def stem(self, word: str) -> str:
        """Give the term of a word; what is no plain word of English stays as it is."""
        if _IS_HAN.match(word):
            return word.ljust(_LEAST, "_")
        return super().stem(word) if word.isalpha() else word.lower()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension."""
    app.add_search_language(SiteSearch)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
