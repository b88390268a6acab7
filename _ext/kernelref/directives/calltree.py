"""``calltree``: a tree that an author typed, or that the source is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_id

from ..core.calltree import CalltreeError, parse, walk
from ..core.subject import printable
from ..core.traces import form
from ..diagnostics import Subtype, warn
from .tree_figures import ResolveTrees, as_typed, kernel_calltree
from .tree_options import Asked, OptionError, read_options
from .tree_text import question_title
from .tree_words import tree_words, words

if TYPE_CHECKING:
    from docutils.nodes import Node as DocNode
    from sphinx.application import Sphinx


class CalltreeDirective(SphinxDirective):
    """The argument is a title; the content is a tree, or ``from`` names the function to ask the source for.

    ``kernel`` names one release or several: the first is the tree's own, and what it contradicts
    is a warning; the others are drawn beside it. ``diff`` draws two releases as one.
    """

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "kernel": directives.unchanged_required,
        "name": directives.unchanged_required,
        "from": directives.unchanged,
        "to": directives.unchanged,
        "callers": directives.flag,
        "depth": directives.unchanged,
        "count": directives.unchanged,
        "diff": directives.unchanged,
        "quiet": directives.unchanged,
    }

    def run(self) -> list[DocNode]:
        """Read the tree or the question; what cannot be read is shown as it was typed."""
        first, text = self._first_line(), "\n".join(self.content)
        title = printable(self.arguments[0]) if self.arguments else ""
        try:
            asked = read_options(self.options)
            roots = self._roots(asked, first)
        except (CalltreeError, OptionError) as error:
            line = first + error.line if isinstance(error, CalltreeError) else self.lineno
            warn(Subtype.CALLTREE, str(error), (self.env.docname, line))
            return as_typed(self.arguments[0] if self.arguments else "", text)
        texts = [title]
        if not form(list(self.content)):  # a recording's remarks are its durations
            texts += (remark for one in walk(roots) for remark in one.remarks)
        if asked.question and not title:
            title = question_title(asked.question)
        name = printable(self.options.get("name", ""))
        # Not "calltree-NAME": Sphinx's search would make that of the title instead.
        anchor = make_id(self.env, self.state.document, "tree", name) if name else ""
        node = kernel_calltree(
            "",
            *words(texts),
            roots=roots,
            question=asked.question,
            diff=asked.diff,
            releases=self.options.get("kernel", "").replace(",", " ").split(),
            title=title,
            first=first,
            typed=text,
            name=name,
            anchor=anchor,
        )
        self.set_source_info(node)
        return [*([nodes.target("", "", ids=[anchor])] if name else []), node]

    def _roots(self, asked: Asked, first: int) -> Any:
        """Give the declared tree. Raises `CalltreeError`."""
        if asked.question is None:
            return parse(list(self.content))
        for at, line in enumerate(self.content):
            if line.strip():
                raise CalltreeError(at, "a tree with `:from:` has no content: leave one of the two out")
        return ()

    def _first_line(self) -> int:
        """Give the line where the content begins: docutils counts from the page, MyST from the fence."""
        if not "".join(self.content).strip():
            return self.lineno
        return self.content_offset + 1 + (0 if self.content.offset(0) else self.lineno)


def setup_calltree(app: Sphinx) -> None:
    """Register the placeholder and the transform."""
    app.add_node(kernel_calltree)
    app.add_node(tree_words)
    app.add_transform(ResolveTrees)
