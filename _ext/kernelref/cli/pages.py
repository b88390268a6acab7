"""What the pages cite, read by Sphinx itself: whatever markup made a reference, it counts."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from ..config import Settings
from ..domain import Citation, EdgeCitation, TreeQuery
from ..references import kernel_domain


class PagesError(Exception):
    """The pages cannot be read; the text is for the terminal."""


@dataclass(slots=True)
class Pages:
    """The references of a site, and where its locks are."""

    folder: Path
    settings: Settings
    citations: list[tuple[str, Citation]] = field(default_factory=list)
    edges: list[tuple[str, EdgeCitation]] = field(default_factory=list)
    queries: list[tuple[str, TreeQuery]] = field(default_factory=list)

    @property
    def lock_folder(self) -> Path:
        """Give the lock folder's absolute path."""
        return self.settings.lock_folder(self.folder)

    def keys(self, *roles: str) -> set[str]:
        """Collect what references of some roles are to."""
        return {citation.key for _, citation in self.citations if citation.role in roles}


def read_pages(folder: Path) -> Pages:
    """Read the site whose ``conf.py`` is in a folder. Raises `PagesError`.

    Nothing is written but a temporary folder; what the pages' warnings say is left to the build.
    """
    if not (folder / "conf.py").is_file():
        raise PagesError(f"{folder} has no conf.py; name the folder that has it with --site")
    with tempfile.TemporaryDirectory(prefix="kernelref-") as out, patch_docutils(), docutils_namespace():
        try:
            app = Sphinx(
                folder,
                folder,
                out,
                Path(out) / "doctrees",
                "dummy",
                status=None,
                warning=io.StringIO(),
                freshenv=True,
            )
            app.builder.read()
        except Exception as error:
            raise PagesError(f"Sphinx cannot read {folder}: {error}") from error
        domain = kernel_domain(app.env)
        return Pages(
            folder,
            Settings.of(app.config),
            list(domain.citations()),
            list(domain.edges()),
            list(domain.queries()),
        )
