"""Source references against the kernel locks: where an identifier is, or that it is nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .config import Settings
from .core import links
from .core.lock import KernelLock
from .core.lockfile import kernel_file
from .core.releases import ReleaseError, series_of, sort_key
from .core.source import Definition, Kind
from .core.target import CALLABLE, Target, TargetError, choose, parse_config, parse_file, parse_identifier
from .diagnostics import Subtype
from .facts import Facts
from .i18n import _
from .resolved import HOVER_BREAK, Mark, Problem, Resolved


@dataclass(frozen=True, slots=True)
class Family:
    """What a source role takes and how it is written."""

    parse: Callable[[str], Target]
    kinds: frozenset[Kind]
    form: str = "{}"


TYPES = frozenset({Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.TYPEDEF})

FAMILIES = {
    "kfunc": Family(parse_identifier, CALLABLE, "{}()"),
    "kstruct": Family(parse_identifier, TYPES),
    "kmacro": Family(parse_identifier, frozenset({Kind.MACRO, Kind.ENUMERATOR})),
    "kconfig": Family(parse_config, frozenset({Kind.CONFIG})),
    "kfile": Family(parse_file, frozenset()),
}


def role_of(found: Iterable[Definition]) -> str:
    """Give the role of what an identifier is; of what nobody knows, that of a function."""
    kinds = {definition.kind for definition in found}
    fit = (role for role, family in FAMILIES.items() if family.kinds & kinds)
    return next(fit, "kfunc")


def kind_word(kind: Kind) -> str:
    """Say what an identifier is."""
    return {
        Kind.FUNCTION: _("function"),
        Kind.MACRO: _("macro"),
        Kind.STRUCT: _("struct"),
        Kind.UNION: _("union"),
        Kind.ENUM: _("enum"),
        Kind.TYPEDEF: _("typedef"),
        Kind.ENUMERATOR: _("enumerator"),
        Kind.CONFIG: _("configuration symbol"),
    }[kind]


def not_known(lock: KernelLock) -> str:
    """Say that nothing is known of a name or a file in a release, and whom that was asked of."""
    asked = _("Elixir does not know it") if lock.from_elixir else _("not in what was read")
    return HOVER_BREAK.join((f"{_('not checked')} · {lock.release}", asked))


def _presence(found: Iterable[str], absent: Mapping[str, str]) -> str:
    """Say from which release to which an identifier is there, and in which it is not.

    ``absent`` has a word where a release was not read in the place that it would be in.
    """
    runs: list[list[str]] = []
    here = set(found)
    fresh = True
    for tag in sorted({*here, *absent}, key=sort_key):
        if tag in here and fresh:
            runs.append([])
        if tag in here:
            runs[-1].append(tag)
        fresh = tag not in here
    spans = [run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    gone = sorted((tag for tag in absent if not absent[tag]), key=sort_key)
    unread = [f"{tag}: {absent[tag]}" for tag in sorted(absent, key=sort_key) if absent[tag]]
    return ", ".join([*spans, *([_("not in %s") % ", ".join(gone)] if gone else []), *unread])


def _elsewhere(best: Definition, tag: str, other: Definition) -> str:
    """Say where another release has it: the line, and what else differs."""
    place = f":{other.line}" if other.file == best.file else other.place
    kind = f" ({kind_word(other.kind)})" if other.kind is not best.kind else ""
    return f"{tag} {place}{kind}"


def _bad(text: str, message: str, url: str = "", key: str = "", release: str = "") -> Resolved:
    problem = Problem(Subtype.IDENTIFIER, message)
    return Resolved(text, url, code=True, problem=problem, key=key, release=release)


class SourceLookup:
    """Resolves the source roles of a page."""

    def __init__(self, facts: Facts, settings: Settings) -> None:
        self.facts = facts
        self.settings = settings

    def resolve(self, role: str, text: str, page_release: str) -> Resolved:
        """Resolve the text of a source role on a page that belongs to ``page_release``."""
        family = FAMILIES[role]
        try:
            target = family.parse(text)
            release = target.release or page_release
            tag = self.facts.releases.tag(release)
        except (TargetError, ReleaseError) as error:
            return _bad(text, str(error))
        if role == "kfile":
            return self._file(target, release, tag)
        return self._identifier(target, family, release, tag)

    # --- identifiers ---------------------------------------------------------

    def _identifier(self, target: Target, family: Family, release: str, tag: str | None) -> Resolved:
        shown = family.form.format(target.name)
        key = f"{target.file}:{target.name}" if target.file else target.name
        kind = Kind.CONFIG if Kind.CONFIG in family.kinds else None
        ident_page = links.identifier(self.settings.elixir_url, tag or release, target.name, kind)
        lock = self.facts.kernels.get(tag) if tag else None
        if lock is None:
            return self._unpinned(shown, ident_page, key, release, tag)
        if target.name in lock.unknown:
            return self._unknown(shown, ident_page, key, lock)
        if target.name not in lock.identifiers:
            remedy = _("run `make lock`")
            message = f"{shown} is not in {kernel_file(lock.release)}; {remedy}"
            return Resolved(
                shown,
                ident_page,
                code=True,
                key=key,
                release=lock.release,
                problem=Problem(Subtype.LOCK, message),
            )
        found = lock.identifiers[target.name]
        fit = choose(found, family.kinds, target.file)
        if not fit and lock.from_elixir:
            return self._unknown(shown, ident_page, key, lock)
        if not fit:
            message = self.misfit(target, family, lock, found)
            return _bad(shown, message, url=ident_page, key=key, release=lock.release)
        return self._definition(shown, key, lock, fit)

    def _unpinned(self, shown: str, page: str, key: str, release: str, tag: str | None) -> Resolved:
        hover = (
            _("%s is not pinned: not checked") % release if tag is None else _("no usable lock for %s") % tag
        )
        return Resolved(shown, page, hover, code=True, key=key, release=tag or release)

    def _unknown(self, shown: str, page: str, key: str, lock: KernelLock) -> Resolved:
        """What nobody knows of a release is linked, and neither there nor gone."""
        return Resolved(shown, page, not_known(lock), code=True, key=key, release=lock.release)

    def _definition(self, shown: str, key: str, lock: KernelLock, fit: tuple[Definition, ...]) -> Resolved:
        best = fit[0]
        url = links.source(self.settings.elixir_url, lock.release, best.file, best.line)
        places = sorted({d.file for d in fit})
        problem = None
        if len(places) > 1:
            names = ", ".join(f"`{place}:{best.name}`" for place in places[:5])
            problem = Problem(
                Subtype.IDENTIFIER,
                f"{shown} has several definitions in {lock.release}; say which is meant: {names}",
            )
        return Resolved(
            shown, url, self.hover(best, lock.release), Mark.CHECKED, problem, True, key, lock.release
        )

    def presence(self, best: Definition, tag: str) -> tuple[dict[str, Definition], dict[str, str]]:
        """Give where each pinned release has an identifier, and which have it not, as in `_presence`."""
        found = {tag: best}
        absent: dict[str, str] = {}
        for other, lock in self.facts.pinned():
            if other == tag or best.name not in lock.identifiers:
                continue
            fit = choose(lock.identifiers[best.name], frozenset(Kind), "")
            if same := [d for d in fit if d.file == best.file] or list(fit):
                found[other] = same[0]
            elif not lock.from_elixir:
                absent[other] = "" if lock.covers(best.file) else _("not in what was read")
        return found, absent

    def definition(self, role: str, key: str, tag: str) -> Definition | None:
        """Give the definition that a resolved reference leads to."""
        file, _colon, name = key.rpartition(":")
        lock = self.facts.kernels.get(tag)
        fit = choose(lock.identifiers.get(name, ()), FAMILIES[role].kinds, file) if lock else ()
        return fit[0] if fit else None

    def hover(self, best: Definition, tag: str) -> str:
        """Say what an identifier is, in which pinned releases it is, and where it is in each of them."""
        found, absent = self.presence(best, tag)
        parts = [f"{kind_word(best.kind)} · {best.place} · {tag}"]
        if len(found) + len(absent) > 1:
            parts.append(_presence(found, absent))
        others = [
            _elsewhere(best, other, found[other]) for other in sorted(found, key=sort_key) if other != tag
        ]
        return HOVER_BREAK.join([*parts, *([" · ".join(others)] if others else [])])

    def misfit(self, target: Target, family: Family, lock: KernelLock, found: tuple[Definition, ...]) -> str:
        """Say what an identifier is, when it is not what the role says or not where it says."""
        shown = family.form.format(target.name)
        if not found:
            return self.absence(shown, lock)
        others = ", ".join(sorted({f"{d.kind} in {d.file}" for d in found})[:5])
        where = f" in {target.file}" if target.file else ""
        wanted = " or ".join(sorted(family.kinds))
        return f"{shown} is no {wanted}{where} of {lock.release}: it is {others}"

    def absence(self, shown: str, lock: KernelLock) -> str:
        """Say that a name is nowhere in a release, where it is, and which names are near."""
        name = shown.removesuffix("()").rpartition(":")[2]
        parts = [f"{shown} is not in {'' if lock.whole else 'what was read of '}{lock.release}"]
        if having := self.releases_with(name):
            written = (f"{series_of(tag)} (write `@{series_of(tag)}`)" for tag in having)
            parts.append("it is in " + ", ".join(written))
        elif near := lock.near.get(name):
            parts.append("the nearest names are " + ", ".join(f"`{one}`" for one in near))
        if not lock.whole:
            parts.append(f"read were {', '.join(lock.folders)}")
        return "; ".join(parts)

    def releases_with(self, name: str) -> list[str]:
        """List the pinned releases that have an identifier."""
        return [tag for tag, lock in self.facts.pinned() if lock.identifiers.get(name)]

    # --- files ---------------------------------------------------------------

    def _file(self, target: Target, release: str, tag: str | None) -> Resolved:
        lines = f"#L{target.line}" + (f"-L{target.end}" if target.end else "") if target.line else ""
        shown = target.file + lines.replace("#L", ":").replace("-L", "-")
        url = links.source(self.settings.elixir_url, tag or release, target.file, target.line, target.end)
        lock = self.facts.kernels.get(tag) if tag else None
        if lock is None:
            return self._unpinned(shown, url, target.file, release, tag)
        count = lock.files.get(target.file)
        if lock.from_elixir or (count == -1 and not lock.covers(target.file)):
            return Resolved(shown, url, not_known(lock), code=True, key=target.file, release=lock.release)
        problem = None
        if count is None:
            message = f"{target.file} is not in {kernel_file(lock.release)}; run `make lock`"
            problem = Problem(Subtype.LOCK, message)
        elif count < 0:
            problem = Problem(Subtype.IDENTIFIER, f"{target.file} is no file of {lock.release}")
        elif max(target.line, target.end) > count:
            problem = Problem(Subtype.IDENTIFIER, f"{target.file} has {count} lines in {lock.release}")
        mark = Mark.UNCHECKED if problem else Mark.CHECKED
        hover = f"{target.file} · {lock.release}"
        return Resolved(shown, url, hover, mark, problem, True, target.file, lock.release)
