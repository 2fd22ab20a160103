"""The text of one section of a lesson: heading, progress, and words whose explanation a reader can open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.learn.glossary import define
from chatearthnet_explorer.learn.lesson_text import plain, runs
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Sequence


class LessonPage(View):
    """Shows the text of a section, with a dot for each section of the lesson. Progress is kept in the browser only."""

    _esm = script("terms", "progress", "lesson_page")

    slug = t.Unicode("").tag(sync=True)
    """The lesson, under whose name the browser keeps the progress."""

    title = t.Unicode("").tag(sync=True)
    """Title of the lesson."""

    headings = t.List(t.Unicode()).tag(sync=True)
    """The headings of all sections, for the dots."""

    position = t.Int(0, min=0).tag(sync=True)
    """Which section is shown, from 0."""

    sections_done = t.List(t.Int()).tag(sync=True)
    """The sections whose task the reader has done, as the browser remembers them."""

    paragraphs: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The text: for each paragraph its runs, each [words, term or empty]."""

    definitions = t.Dict(read_only=True).tag(sync=True)
    """For each term of the text: its name, and the sentences for newcomers and experts."""

    restore = t.Bool(default_value=True).tag(sync=True)
    """Whether the progress that the browser remembers is restored."""

    def show(self, paragraphs: Sequence[str], position: int) -> None:
        """Show a section.

        Raises:
            LessonError: If the text has a term that the glossary does not explain.
        """
        spans = [[list(run) for run in runs(text)] for text in paragraphs]
        names = {term for one in spans for _, term in one if term}
        definitions = {name: [define(name).name, define(name).young, define(name).expert] for name in sorted(names)}
        with self.hold_sync():
            self.set_trait("paragraphs", spans)
            self.set_trait("definitions", definitions)
            self.position = position

    def card(self) -> Card:
        """Return the text as static HTML."""
        texts = ["".join(words for words, _ in one) for one in self.paragraphs]
        heading = self.headings[self.position] if self.position < len(self.headings) else self.title
        return Card(heading, tuple(element("p", plain(text)) for text in texts))

    @t.validate("sections_done")
    def _known_sections(self, proposal: dict[str, Any]) -> list[int]:
        return sorted({number for number in proposal["value"] if 0 <= number < len(self.headings)})

    @t.validate("position")
    def _known_position(self, proposal: dict[str, Any]) -> int:
        return min(int(proposal["value"]), max(len(self.headings) - 1, 0))
