"""Hover cards: what is known of a reference, in the page itself, shown on hover, focus and tap.

One card for each distinct target of a page, at the page's end, and no request. The style sheet shows a card
where scripts are off, `static/kernelref-hover.js` else. Only web pages have them: what other writers
print is a reference as any other, and its tooltip where they have such.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

from .config import Settings
from .diagrams import draws, kernel_diagram
from .hover_cards import Card, HoverCards, anchor, line
from .i18n import _
from .references import kernel_domain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

SCRIPT = "kernelref-hover.js"
PREFIX = "kernelref-hover-"
MOST_PLACES = 6
"""As many pages that speak of a thing are named on its card."""

# Without scripts a card is shown while its link is pointed at or has the focus; one selector a card.
_SHOWN = "a.reference[aria-describedby={0}]:is(:hover,:focus-visible)"

Place = tuple[str, str]
"""A page, and a place in it or nothing."""


class kernel_link(nodes.reference):
    """A reference with a card: ``described_by`` is the card's id."""


class kernel_hover_cards(nodes.General, nodes.Element):
    """The cards of a page: ``cards`` maps what a card is of to what a plain tooltip says."""


def _subject(role: str, key: str) -> str:
    """Give what a citation is of, whatever role cites it."""
    if role in ("lore", "series"):
        return f"lore {key}"
    if role in ("lwn", "article"):
        return f"lwn {key}"
    if role in ("commit", "kfile"):
        return f"{role} {key}"
    return key.rpartition(":")[2]


def _spoken_of(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """Map what is cited to the notes that cite it, each with its first place; a card is the best place.

    Notes are the pages with cards of series; what none of them cites is told of any page.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    domain = kernel_domain(env)
    for docname, citation in domain.citations():
        places = found[_subject(citation.role, citation.key)]
        if citation.role in ("series", "article") or not places.get(docname):
            places[docname] = citation.anchor
    notes = {docname for docname, _card in domain.series()}
    return {
        subject: {docname: place for docname, place in places.items() if docname in notes} or places
        for subject, places in found.items()
    }


class Hovers:
    """Numbers the cards of each page and writes them."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, str]] = {}  # subject -> page -> place in it
        self._writer: HoverCards | None = None

    @property
    def _card_writer(self) -> HoverCards:
        assert self._writer is not None, "pages are written once all are read"
        return self._writer

    def gather(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Note which pages speak of what; name those whose cards would say other pages than before."""
        self._places = _spoken_of(env)
        domain = kernel_domain(env)
        self._writer = HoverCards(domain.facts, Settings.of(app.config))
        told: dict[str, set[str]] = defaultdict(set)  # page -> what its cards say of places
        for docname, citation in domain.citations():
            subject = _subject(citation.role, citation.key)
            places = self._places[subject].items()
            told[docname].add(repr((subject, [(*place, env.titles[place[0]].astext()) for place in places])))
        digests = {
            page: hashlib.sha256(repr(sorted(said)).encode()).hexdigest() for page, said in told.items()
        }
        before, domain.data["spoken"] = domain.data["spoken"], digests
        return [docname for docname, digest in digests.items() if before.get(docname) != digest]

    def settle(self, app: Sphinx, document: nodes.document, docname: str) -> None:
        """Give each reference of a page its card, and the page its cards."""
        if not draws(app.builder):
            return
        cards: dict[Card, str] = {}

        def named(card: Card, hover: str) -> str:
            cards.setdefault(card := self._card_writer.distinct(card), hover)
            return f"{PREFIX}{list(cards).index(card) + 1}"

        for node in [one for one in document.findall(nodes.reference) if "card" in one]:
            linked = kernel_link(node.rawsource, "", *node.children, **node.attributes)
            linked["described_by"] = named(node["card"], node.get("reftitle", ""))
            node.replace_self(linked)
        for diagram in document.findall(kernel_diagram):
            hovers = diagram["hovers"]
            diagram["described"] = {
                box: named(card, hovers.get(box, "")) for box, card in diagram["cards"].items()
            }
        if cards:
            document += kernel_hover_cards(cards=list(cards.items()), docname=docname)

    # --- on the page ---------------------------------------------------------

    def visit_cards(self, writer: Any, node: kernel_hover_cards) -> None:
        """Write the cards of a page."""
        writer.body.append('<div class="kernelref-hovers">\n')
        for number, (card, hover) in enumerate(node["cards"], 1):
            writer.body.append(self._card(writer, node["docname"], f"{PREFIX}{number}", card, hover))
        writer.body.append("</div>\n")
        raise nodes.SkipNode

    def _card(self, writer: Any, docname: str, name: str, card: Card, hover: str) -> str:
        facts = self._card_writer.facts_of(card, hover)
        return (
            f'<div class="kernelref-hover"><div id="{name}">{facts}</div>'
            f"{self._spoken(writer, docname, card)}</div>\n"
        )

    def _spoken(self, writer: Any, docname: str, card: Card) -> str:
        places = self._places.get(_subject(card[0], card[1]), {})
        env = writer.builder.env
        told = []
        for page, place in list(places.items())[:MOST_PLACES]:
            uri = "" if page == docname else writer.builder.get_relative_uri(docname, page)
            told.append(anchor(f"{uri}#{place}" if place else uri or "#", env.titles[page].astext()))
        if not told:
            return ""
        label, more = escape(_("Notes: ")), " · …" if len(places) > MOST_PLACES else ""
        return line(f"{label}{' · '.join(told)}{more}", "kernelref-hover-notes")


def _visit_link(writer: Any, node: kernel_link) -> None:
    more = {"href": node["refuri"], "aria-describedby": node["described_by"]}
    writer.body.append(writer.starttag(node, "a", "", CLASS="reference external", **more))


def _depart_link(writer: Any, node: kernel_link) -> None:
    writer.body.append("</a>")


def _context(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Load the script on the pages that have cards, and say how they are shown without it."""
    found = next(document.findall(kernel_hover_cards), None) if document else None
    if found is None:
        return
    app.add_js_file(SCRIPT, loading_method="defer")
    names = [f"{PREFIX}{number}" for number in range(1, len(found["cards"]) + 1)]
    shown = ",".join(f":root:has({_SHOWN.format(name)}) :has(>#{name})" for name in names)
    context["metatags"] += f"<style>@media (scripting:none){{{shown}{{display:block}}}}</style>\n"


def setup_hovers(app: Sphinx) -> None:
    """Register the nodes and connect the events."""
    hovers = Hovers()
    app.add_node(kernel_link, html=(_visit_link, _depart_link))
    app.add_node(kernel_hover_cards, html=(hovers.visit_cards, _depart_link))
    app.connect("env-updated", hovers.gather, priority=900)
    app.connect("doctree-resolved", hovers.settle, priority=900)
    app.connect("html-page-context", _context)
