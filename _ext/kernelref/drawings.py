"""Mermaid to SVG: a folder of finished drawings, and the process that makes those that are missing.

A drawing is kept under the hash of its source, of mermaidx's version and of our own code that
bears on it, so that nothing is ever out of date and two builds have the same bytes.

Sphinx side, but without Sphinx: `diagrams` decides what is drawn and where it stands.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from .mermaid_worker import TIMEOUT, UNAVAILABLE

_PACKAGE = Path(__file__).parent
_RECIPE = ("mermaid_worker.py", "core/label.py")
"""The modules that bear on what Mermaid draws from a given source."""


class DrawingError(Exception):
    """A diagram cannot be drawn; the text says why."""


class Unavailable(DrawingError):
    """No diagram can be drawn, because mermaidx is not there."""


@dataclass(frozen=True, slots=True)
class Request:
    """A diagram's Mermaid source; ``chart`` where it is ours, drawn with our stylesheet's fonts."""

    source: str
    chart: bool = False

    @property
    def key(self) -> str:
        """The name of the drawing's file."""
        parts = (_recipe(), mermaidx_version(), "chart" if self.chart else "own", self.source)
        return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def mermaidx_version() -> str:
    """Return the version of mermaidx, empty when it is not installed; without importing it."""
    try:
        return metadata.version("mermaidx")
    except metadata.PackageNotFoundError:
        return ""


@cache
def _recipe() -> str:
    return sha256(b"".join((_PACKAGE / name).read_bytes() for name in _RECIPE)).hexdigest()


class Drawings:
    """The finished drawings of one build folder. ``jobs`` is how many processes may draw at once."""

    def __init__(self, folder: Path, jobs: int = 1) -> None:
        self.folder = folder
        self.jobs = max(1, jobs)
        self._failed: dict[str, DrawingError] = {}  # key -> why, for this build

    def missing(self, requests: Iterable[Request]) -> list[Request]:
        """Name the drawings still to be made, each once."""
        wanted = {request.key: request for request in requests}
        return [
            request
            for key, request in wanted.items()
            if key not in self._failed and not self._file(key).is_file()
        ]

    def prepare(self, requests: Sequence[Request]) -> None:
        """Make the drawings; what fails is known to `get`."""
        size = max(3, -(-len(requests) // self.jobs))  # starting a process costs as much as a drawing
        batches = [requests[at : at + size] for at in range(0, len(requests), size)]
        with ThreadPoolExecutor(max_workers=self.jobs) as pool:
            list(pool.map(self._draw, batches))

    def get(self, request: Request) -> str:
        """Return Mermaid's SVG, made now where it is missing. Raises `DrawingError`."""
        if self.missing([request]):
            self._draw([request])
        if failure := self._failed.get(request.key):
            raise failure
        return self._file(request.key).read_text(encoding="utf-8")

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.svg"

    def _draw(self, batch: Sequence[Request]) -> None:
        """Have a process answer the batch; where it dies, its diagram fails and another does the rest."""
        rest = list(batch)
        while rest:
            answers, problem = _ask(rest)
            for request, answer in zip(rest, answers, strict=False):
                self._note(request, answer)
            rest = rest[len(answers) :]
            if isinstance(problem, Unavailable):
                self._failed.update((request.key, problem) for request in rest)
                return
            if rest:
                self._failed[rest.pop(0).key] = problem

    def _note(self, request: Request, answer: dict[str, str]) -> None:
        if "svg" in answer:
            self._write(request.key, answer["svg"])
        else:
            self._failed[request.key] = DrawingError(f"Mermaid says: {answer.get('error', 'nothing')}")

    def _write(self, key: str, svg: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{key}.{os.getpid()}.part"
        try:
            part.write_text(svg, encoding="utf-8", newline="\n")
            part.replace(self._file(key))
        finally:
            part.unlink(missing_ok=True)


def _ask(requests: Sequence[Request]) -> tuple[list[dict[str, str]], DrawingError]:
    """Return the answers that came, and what to say of a request that has none."""
    if not mermaidx_version():
        return [], Unavailable("the package mermaidx is not installed")
    environment = dict(os.environ, PYTHONUTF8="1")
    search = [str(_PACKAGE.parent), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(part for part in search if part)
    lines = "".join(json.dumps(asdict(request)) + "\n" for request in requests)
    problem = DrawingError("the process that runs Mermaid stopped")
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "kernelref.mermaid_worker"],
            check=False,
            input=lines.encode("ascii"),
            capture_output=True,
            timeout=30 + TIMEOUT * len(requests),  # a second watch: the process has its own
            env=environment,
        )
        output, status = done.stdout, done.returncode
        if status == UNAVAILABLE:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            problem = Unavailable(f"mermaidx cannot be loaded: {said[-1] if said else 'no reason given'}")
        elif b"Timeout (" in done.stderr:
            problem = DrawingError(f"Mermaid did not finish within {TIMEOUT:.0f} seconds")
    except subprocess.TimeoutExpired as late:
        output, problem = late.stdout or b"", DrawingError("Mermaid did not finish")
    except OSError as error:
        output, problem = b"", Unavailable(f"the process that runs Mermaid cannot be started: {error}")
    complete = output.decode("utf-8", "replace").split("\n")[:-1]  # a line cut short is no answer
    return [json.loads(line) for line in complete[: len(requests)]], problem
