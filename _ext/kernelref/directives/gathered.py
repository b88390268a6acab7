"""The directives of what is gathered from all pages: ``timeline``, ``series-table`` and their like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join
from sphinx.util.docutils import SphinxDirective

from ..core.lockfile import kernel_file
from ..gathered import HERE, GatheredDirective, Gatherer, gathered, setup_gathered
from ..gathered_tables import activity, people, series_table, stale
from ..gathered_views import newest, questions, search_box, timeline, topic_line
from ..objects import Gathering
from ..references import kernel_domain

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx


class TimelineDirective(GatheredDirective):
    """The cards by day, as a picture and a list: of this page, or of those that ``pages`` names."""

    kind = "timeline"
    pages = HERE
    option_spec: ClassVar[dict[str, Any]] = {**GatheredDirective.option_spec, "open": directives.flag}


class SeriesTableDirective(GatheredDirective):
    """All series in one table."""

    kind = "series-table"


class NewestDirective(GatheredDirective):
    """The newest series of all pages."""

    kind = "newest-series"
    option_spec: ClassVar[dict[str, Any]] = {
        **GatheredDirective.option_spec,
        "count": directives.positive_int,
    }


class OpenQuestionsDirective(GatheredDirective):
    """The items of task lists: those that are open, and, folded, those that are answered."""

    kind = "open-questions"


class PeopleDirective(GatheredDirective):
    """Who posted the series."""

    kind = "people"


class ActivityDirective(GatheredDirective):
    """Series by topic and year."""

    kind = "activity"


class StaleDirective(GatheredDirective):
    """What is news of all that the pages cite."""

    kind = "stale"

    def run(self) -> list[Node]:
        """Leave the placeholder; what is gone from a release is in its lock."""
        domain = kernel_domain(self.env)
        for tag, _lock in domain.facts.pinned():
            domain.note_lock(kernel_file(tag))
        return super().run()


class SearchBoxDirective(GatheredDirective):
    """A search box on the page itself."""

    kind = "search-box"
    option_spec: ClassVar[dict[str, Any]] = {}


class TopicCardsDirective(SphinxDirective):
    """A list whose items each begin with a link to a page: each gets a line of what that page holds."""

    has_content = True

    def run(self) -> list[Node]:
        """Parse the list and leave a placeholder in each item that leads to a page."""
        kernel_domain(self.env).note_gathering(Gathering("topic-line"))
        cards = nodes.container("", *self.parse_content_to_nodes(), classes=["kernelref-topics"])
        self.set_source_info(cards)
        for item in list(cards.findall(nodes.list_item)):
            links = (x for x in item.findall(addnodes.pending_xref) if x["reftype"] in ("doc", "myst"))
            if link := next(links, None):
                page = docname_join(self.env.docname, link["reftarget"]).removesuffix(".md")
                item.append(gathered(kind="topic-line", options={"page": page}))
        return [cards]


DIRECTIVES = {
    "activity": ActivityDirective,
    "newest-series": NewestDirective,
    "open-questions": OpenQuestionsDirective,
    "people": PeopleDirective,
    "search-box": SearchBoxDirective,
    "series-table": SeriesTableDirective,
    "stale": StaleDirective,
    "timeline": TimelineDirective,
    "topic-cards": TopicCardsDirective,
}
_VIEWS = {
    "activity": activity,
    "newest-series": newest,
    "open-questions": questions,
    "people": people,
    "search-box": search_box,
    "series-table": series_table,
    "stale": stale,
    "timeline": timeline,
    "topic-line": topic_line,
}


class FillGathered(SphinxPostTransform):
    """Puts the views in the place of their placeholders."""

    default_priority = 5
    """Before what the theme and sphinx-design do to tables and folds."""

    def run(self, **kwargs: Any) -> None:
        """Fill each placeholder of the page."""
        for node in list(self.document.findall(gathered)):
            gatherer = Gatherer(self.app, self.env.current_document.docname, node["options"])
            node.replace_self(list(_VIEWS[node["kind"]](gatherer)))


def setup_gathered_views(app: Sphinx) -> None:
    """Register what fills the placeholders."""
    setup_gathered(app)
    app.add_post_transform(FillGathered)
