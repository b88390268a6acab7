"""The folded part of a series' card: patches, revisions, commits, links, and where facts are from."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from docutils import nodes

from ..core import message_id
from ..core.dates import instant, utc_day
from ..i18n import _
from ..resolved import provenance_text
from . import cards

if TYPE_CHECKING:
    from docutils.nodes import Node

    from ..config import Settings
    from ..core.lock import Fate, Message, Patch, Revision


def details(found: str, message: Message, settings: Settings) -> nodes.container:
    """Build the fold."""
    title = _("Series, links, sources")
    if message.total > 0:
        title = _("%d patches, links, sources") % message.total
    body: list[Node] = [_links(found, settings), _b4(found)]
    if message.patches:
        body += [_label(_("Patches")), _patches(message.patches, settings)]
    if message.trailers:
        body += [_label(_("Reviews")), _reviews(message)]
    if message.revisions:
        body += [_label(_("Other revisions")), _revisions(message.revisions, settings)]
    if message.fate and message.fate.commits:
        body += [_label(_("Commits")), _commits(message.fate, settings)]
    body += [_label(_("Where this is known from")), _sources(message)]
    return cards.fold(title, body)


def _label(text: str) -> nodes.paragraph:
    return nodes.paragraph("", "", nodes.strong("", text), classes=["kernelref-fold-label"])


def _links(found: str, settings: Settings) -> nodes.paragraph:
    views = (("lore", ""), (_("thread"), "T/"), ("mbox", "t.mbox.gz"), (_("raw"), "raw"))
    links = [[cards.link(text, message_id.url(settings.lore_url, found, view))] for text, view in views]
    return nodes.paragraph("", "", *cards.joined(links), classes=["kernelref-links"])


def _b4(found: str) -> nodes.literal_block:
    """Build the line to paste into a shell; an id that a shell would read otherwise is quoted."""
    text = f"b4 am {shlex.quote(found)}"
    return nodes.literal_block(text, text, language="console", classes=["kernelref-b4"])


def _patches(patches: tuple[Patch, ...], settings: Settings) -> nodes.bullet_list:
    items: list[list[Node]] = []
    for patch in patches:
        if patch.message_id:
            items.append([cards.link(patch.subject, message_id.url(settings.lore_url, patch.message_id))])
        else:
            items.append([nodes.Text(patch.subject)])
        if patch.commit:
            short = cards.link(patch.commit[:12], f"{settings.commit_url}/{patch.commit}", patch.commit)
            items[-1] += [nodes.Text(" · "), short]
    return cards.bullets(items)


def _reviews(message: Message) -> nodes.paragraph:
    """Build the count of what reviewers gave; the trailers' names are the kernel's own words."""
    counts = [[nodes.Text(f"{one.name} ×{one.count}")] for one in message.trailers]
    return nodes.paragraph("", "", *cards.joined(counts), support_smartquotes=False)


def _revisions(revisions: tuple[Revision, ...], settings: Settings) -> nodes.bullet_list:
    items: list[list[Node]] = []
    for revision in sorted(revisions, key=lambda one: instant(one.date)):
        text = f"{revision.label} · {utc_day(revision.date)}"
        shown: Node = nodes.Text(text)
        if revision.message_id:
            shown = cards.link(text, message_id.url(settings.lore_url, revision.message_id), revision.subject)
        items.append([shown, cards.mark(revision.provenance)])
    return cards.bullets(items)


def _commits(fate: Fate, settings: Settings) -> nodes.paragraph:
    links = [[cards.link(one[:12], f"{settings.commit_url}/{one}", one)] for one in fate.commits]
    return nodes.paragraph("", "", *cards.joined(links, " "), classes=["kernelref-commits"])


def _sources(message: Message) -> nodes.bullet_list:
    items: list[list[Node]] = [[nodes.Text(_("the message") + ": " + provenance_text(message.provenance))]]
    if message.fate:
        items.append([nodes.Text(_("its fate") + ": " + provenance_text(message.fate.provenance))])
        if message.fate.remark:
            items.append([nodes.Text(message.fate.remark)])
    items += [[nodes.Text(text)] for text in (message.remark, message.note) if text]
    return cards.bullets(items)
