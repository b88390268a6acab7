"""The values of ``conf.py``: one dataclass drives their names, types, defaults and rebuilds."""

from __future__ import annotations

import re
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .diagnostics import Subtype, warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

PREFIX = "kernelref_"


def _value(default: str, pattern: str, form: str) -> Any:
    """Make a field for a text; ``form`` says in a warning what ``pattern`` wants."""
    return field(default=default, metadata={"pattern": pattern, "form": form})


_URL = (r"https?://[^\s/]+(/\S*)?", "an http(s) URL")


@dataclass(frozen=True, slots=True)
class Settings:
    """All ``kernelref_*`` values. A change of any of them reads every page again."""

    kernel: str = _value("v6.18", r"v\d+\.\d+(\.\d+)?", "a release such as v6.18")
    """The release of pages that name none in their front matter."""
    lock_dir: str = _value("lock", r"[^\0]+", "a folder, relative to conf.py")
    """Where ``lore.json`` and ``linux-*.json`` are."""
    lore_url: str = _value("https://lore.kernel.org/all", *_URL)
    """The archive that messages link to; a public-inbox."""
    elixir_url: str = _value("https://elixir.bootlin.com/linux", *_URL)
    """The Elixir project that source links to."""
    commit_url: str = _value("https://git.kernel.org/torvalds/c", *_URL)
    """What a commit's full hash is appended to."""
    drawings: str = _value("", r"[^\0]*", "a folder, relative to conf.py, or empty")
    """Where finished drawings are kept, for builds to share; beside the doctrees where it is empty."""
    feed: str = _value("", r"([\w-][\w.-]*/)*[\w-][\w.-]*|", "a path below the site's root, or empty")
    """Where the Atom feed of series goes; no feed where it is empty. It needs ``html_baseurl``."""
    autolink: bool = field(default=False, metadata={"form": "True or False"})
    """Whether plain links and literal calls are references."""

    @classmethod
    def of(cls, config: Config) -> Settings:
        """Read the values of a build, without trailing slashes."""
        return cls(**{f.name: _read(config[PREFIX + f.name]) for f in fields(cls)})

    def lock_folder(self, confdir: Path) -> Path:
        """Give the lock folder's absolute path."""
        return (confdir / self.lock_dir).resolve()

    def drawing_folder(self, confdir: Path, doctreedir: Path) -> Path:
        """Give the absolute path of the folder for finished drawings."""
        return (confdir / self.drawings).resolve() if self.drawings else doctreedir / "kernelref-svg"


def _read(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value).rstrip("/")


def _fits(f: Field[Any], value: object) -> bool:
    if isinstance(f.default, bool):
        return isinstance(value, bool)
    return isinstance(value, str) and bool(re.fullmatch(f.metadata["pattern"], value))


def _check(app: Sphinx, config: Config) -> None:
    for f in fields(Settings):
        name = PREFIX + f.name
        value = config[name]
        if not _fits(f, value):
            form = f.metadata["form"]
            warn(
                Subtype.CONFIG,
                f"{name} = {value!r} is not {form}; {f.default!r} is used instead",
                _place(Path(app.confdir) / "conf.py", name),
            )
            config[name] = f.default


def _check_feed(app: Sphinx, config: Config) -> None:
    if config[PREFIX + "feed"] and not config.html_baseurl:
        name = PREFIX + "feed"
        place = _place(Path(app.confdir) / "conf.py", name)
        warn(
            Subtype.CONFIG, f"{name} needs html_baseurl, for a feed has whole URLs; no feed is written", place
        )
        config[name] = ""


def _place(conf: Path, name: str) -> str:
    """Give ``file:line`` of a value, or of the file: Sphinx takes a path alone for a page."""
    try:
        lines = conf.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    found = (at for at, line in enumerate(lines, 1) if re.match(rf"\s*{name}\b", line))
    return f"{conf}:{next(found, 1)}"


def setup_config(app: Sphinx) -> None:
    """Register the values."""
    for f in fields(Settings):
        app.add_config_value(PREFIX + f.name, f.default, "env", types=frozenset({type(f.default)}))
    app.connect("config-inited", _check)
    app.connect("config-inited", _check_feed, priority=501)
