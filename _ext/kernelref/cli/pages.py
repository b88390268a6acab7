"""What the pages cite, read by Sphinx itself: whatever markup made a reference, it counts."""

from __future__ import annotations

import gc
import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from ..config import Settings
from ..domain import Citation, EdgeCitation, SeriesObject, TreeQuery
from ..references import kernel_domain

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class PagesError(Exception):
    """The pages cannot be read; the text is for the terminal."""


@dataclass(slots=True)
class Pages:
    """The references of a site, and where its locks are."""

    folder: Path
    settings: Settings
    citations: list[tuple[str, Citation]] = field(default_factory=list)
    """With autolink, also what may become a reference once a lock has it."""
    edges: list[tuple[str, EdgeCitation]] = field(default_factory=list)
    queries: list[tuple[str, TreeQuery]] = field(default_factory=list)
    series: list[tuple[str, SeriesObject]] = field(default_factory=list)
    warnings: str = ""
    """What a build would warn of, line by line; of pages that were only read, the half of it."""
    files: dict[str, Path] = field(default_factory=dict)  # docname -> source

    @property
    def lock_folder(self) -> Path:
        """Give the lock folder's absolute path."""
        return self.settings.lock_folder(self.folder)

    def keys(self, *roles: str) -> set[str]:
        """Collect what references of some roles are to."""
        return {citation.key for _, citation in self.citations if citation.role in roles}


@contextmanager
def _without_collections() -> Iterator[None]:
    """Look for nothing that refers to itself: documents do everywhere, and stay until all are read.

    The collector would go through all of them again and again, a seventh of the time, to free nothing.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def read_pages(folder: Path, *, resolve: bool = False) -> Pages:
    """Read the site whose ``conf.py`` is in a folder. Raises `PagesError`.

    Nothing is written but a temporary folder. With ``resolve`` the pages go through all that a build
    does but writing, so that all its warnings are there; without, they are read as they were written, for
    a translation cites what its page does.
    """
    said = io.StringIO()
    if not (folder / "conf.py").is_file():
        raise PagesError(f"{folder} has no conf.py; name the folder that has it with --site")
    with (
        tempfile.TemporaryDirectory(prefix="kernelref-") as out,
        patch_docutils(),
        docutils_namespace(),
        _without_collections(),
    ):
        try:
            app = Sphinx(
                folder,
                folder,
                out,
                Path(out) / "doctrees",
                "dummy",
                None if resolve else {"locale_dirs": []},
                status=None,
                warning=said,
                freshenv=True,
            )
            if resolve:
                app.build(force_all=True)
            else:
                app.builder.read()
        except Exception as error:
            raise PagesError(f"Sphinx cannot read {folder}: {error}") from error
        domain = kernel_domain(app.env)
        return Pages(
            folder,
            Settings.of(app.config),
            [*domain.citations(), *domain.mentions()],
            list(domain.edges()),
            list(domain.queries()),
            list(domain.series()),
            _COLOUR.sub("", said.getvalue()),
            {name: Path(app.env.doc2path(name)) for name in app.env.found_docs},
        )
