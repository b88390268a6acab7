"""The extension's own words, in the language of the site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.locale import get_translation

if TYPE_CHECKING:
    from sphinx.application import Sphinx

CATALOG = "kernelref"

_ = get_translation(CATALOG)


def setup_i18n(app: Sphinx) -> None:
    """Register the catalogs beside this module."""
    app.add_message_catalog(CATALOG, str(Path(__file__).with_name("locale")))
