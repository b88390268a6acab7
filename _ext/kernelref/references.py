"""The roles ``lore``, ``kfunc``, ``kstruct``, ``kmacro``, ``kfile``, ``kconfig``, ``commit``, ``lwn``.

A role leaves a placeholder; a transform resolves it once the page is whole, because the release
that a page belongs to is in its front matter, and because translated paragraphs are parsed anew.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import ReferenceRole

from .config import Settings
from .core.lockfile import LORE, kernel_file
from .core.releases import ReleaseError, sort_key
from .diagnostics import Subtype, warn
from .domain import Citation, KernelDomain
from .lookup_mail import MailLookup
from .lookup_source import FAMILIES, SourceLookup
from .marks import mark_node
from .resolved import Mark, Resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils.nodes import Node, system_message
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

MAIL_ROLES = ("lore", "commit", "lwn")
ROLES = (*MAIL_ROLES, *FAMILIES)
_TOLD = "kernelref:release-told"


class kernel_reference(nodes.Inline, nodes.TextElement):
    """A reference not yet resolved; its children are the explicit title, if there is one.

    One that `autolink` made is ``plain``, and has the ``url`` that it keeps.
    """


class KernelRole(ReferenceRole):
    """One class for all roles. It keeps its own name, for a page may call it by another (``.. role::``)."""

    def __init__(self, role: str) -> None:
        self.role = role

    def run(self) -> tuple[list[Node], list[system_message]]:
        """Leave a placeholder."""
        if self.disabled:
            return [nodes.literal(self.rawtext, self.title.removeprefix("!"))], []
        node = kernel_reference(self.rawtext, role=self.role, target=self.target)
        if self.has_explicit_title:
            node += nodes.Text(self.title)
        self.set_source_info(node)
        return [node], []


@contextmanager
def growing() -> Iterator[None]:
    """Keep the garbage collector out while thousands of nodes are made and none is dropped.

    It would walk the whole page for nothing; that is a tenth of the time that a large page takes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def kernel_domain(env: BuildEnvironment) -> KernelDomain:
    """Give the domain, with its type."""
    return cast("KernelDomain", env.domains["kernel"])


def page_release(document: nodes.document, settings: Settings) -> str:
    """Give the release in a page's front matter (``kernel: v6.12``), else the site's."""
    for info in (child for child in document.children if isinstance(child, nodes.docinfo)):
        for item in info.findall(nodes.field):
            if item[0].astext() == "kernel":
                return str(item[1].astext()).strip()
    return settings.kernel


class ResolveReferences(SphinxTransform):
    """Turns placeholders into links, notes them in the domain, and warns of what is wrong."""

    default_priority = 830
    """After the front matter (340) and the translations (20), before references are pickled."""

    def apply(self, **kwargs: Any) -> None:
        """Resolve all references of the page."""
        placeholders = list(self.document.findall(kernel_reference))
        if not placeholders:
            return
        settings = Settings.of(self.config)
        self.domain = kernel_domain(self.env)
        self.mail = MailLookup(self.domain.facts, settings)
        self.source = SourceLookup(self.domain.facts, settings)
        self.release = checked_release(self.document, self.env, settings)
        with growing():
            for number, node in enumerate(placeholders):
                node.replace_self(self._resolve(node, number))

    def _resolve(self, node: kernel_reference, number: int) -> list[Node]:
        role, target = node["role"], node["target"]
        if role in MAIL_ROLES:
            resolved = self.mail.resolve(role, target)
            self.domain.note_lock(LORE)
        else:
            resolved = self.source.resolve(role, target, self.release)
            self._note_kernels(resolved, role)
        if resolved.problem and not _lenient(node, resolved):
            warn(resolved.problem.subtype, resolved.problem.text, node)
        if "url" in node:
            resolved = replace(resolved, url=node["url"])
        anchor = f"{role}-{number}"
        if resolved.key:
            line = node.line or 0
            place = _heading(node) or anchor
            self.domain.note_citation(Citation(role, resolved.key, resolved.release, line, place))
        return reference_nodes(resolved, role, list(node.children), anchor)

    def _note_kernels(self, resolved: Resolved, role: str) -> None:
        """Depend on the release's lock; an identifier's hover says where it is in the others too."""
        facts = self.domain.facts
        if resolved.release in facts.kernels:
            for tag in facts.releases.pinned if role != "kfile" else (resolved.release,):
                self.domain.note_lock(kernel_file(tag))


def _lenient(node: kernel_reference, resolved: Resolved) -> bool:
    """Tell whether a plain link is only not locked, and ``lock`` may be unable to: it stays not checked.

    An article is locked when somebody declares it, a commit when a repository is at hand.
    """
    return bool(node.get("plain") and resolved.key and node["role"] in ("lwn", "commit"))


def _heading(node: nodes.Element) -> str:
    """Give the id of the section whose heading a reference stands in, for LaTeX has no places inside one."""
    if not isinstance(node.parent, nodes.title) or node.parent.parent is None:
        return ""
    return str(next(iter(node.parent.parent.get("ids", [])), ""))


def checked_release(document: nodes.document, env: BuildEnvironment, settings: Settings) -> str:
    """Give the page's release, or the site's, with one warning a page, when the page's is no release."""
    release = page_release(document, settings)
    try:
        sort_key(release)
    except ReleaseError as error:
        if not env.current_document.get(_TOLD):
            warn(Subtype.IDENTIFIER, f"`kernel:` in the front matter: {error}", (env.docname, 1))
            env.current_document[_TOLD] = True
        return settings.kernel
    return release


def reference_nodes(resolved: Resolved, role: str, title: list[Node], anchor: str) -> list[Node]:
    """Build the link and, where the reader should know how well it is known, its mark."""
    text: Node
    if title:
        text = nodes.inline("", "", *title)
    elif resolved.code:
        text = nodes.literal("", resolved.text)
    else:
        text = nodes.inline("", resolved.text)
    classes = ["kernelref", f"kernelref-{role}", f"kernelref-{resolved.mark}"]
    if not resolved.url:
        return [nodes.inline("", "", text, classes=[*classes, "kernelref-broken"], ids=[anchor])]
    link = nodes.reference("", "", text, internal=False, refuri=resolved.url, classes=classes, ids=[anchor])
    if resolved.hover:
        link["reftitle"] = resolved.hover
        link["card"] = (role, resolved.key, resolved.release)
    quiet = resolved.mark is Mark.CHECKED
    return [link] if quiet else [link, mark_node(resolved.mark, resolved.hover)]


def setup_references(app: Sphinx) -> None:
    """Register the roles under their short names and in the domain, and the transform."""
    for name in ROLES:
        role = KernelRole(name)
        app.add_role(name, role)
        app.add_role_to_domain("kernel", name, role)
    app.add_node(kernel_reference)
    app.add_transform(ResolveReferences)
