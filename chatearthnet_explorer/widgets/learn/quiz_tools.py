"""Tools below the quiz: another quiz, the link for a class, and pages to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.learn.quiz_link import FIRST_SEED, LAST_SEED, write_quiz_link
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable

SHEETS = ("questions", "answers")
"""Pages to print: the questions alone, or with the answers and their reasons."""


class QuizTools(View):
    """Chooses a quiz by number, copies its link, and makes pages to print."""

    _esm = script("quiz_tools")

    seed = t.Int(0, min=0, max=LAST_SEED).tag(sync=True)
    """Number of the quiz; the page asks for another by setting it. 0 before there is one."""

    first_seed = t.Int(FIRST_SEED, read_only=True).tag(sync=True)
    """The lowest number of a quiz."""

    last_seed = t.Int(LAST_SEED, read_only=True).tag(sync=True)
    """The highest number of a quiz."""

    link = t.Unicode("", read_only=True).tag(sync=True)
    """Query string of the quiz; empty where the page is not one of the site."""

    sheet = t.Enum(("", *SHEETS), "").tag(sync=True)
    """The pages that are shown for printing; empty for none."""

    message = t.Unicode("").tag(sync=True)
    """What is under way or went wrong, in one sentence."""

    ready = t.Bool(default_value=False, read_only=True).tag(sync=True)
    """Whether the pages are there to print."""

    def __init__(self, *, has_link: bool = False) -> None:
        """Offer a link or not."""
        self._has_link = has_link
        super().__init__()

    def on_sheet(self, callback: Callable[[str], None]) -> None:
        """Call a function with the pages that the reader wants to see."""
        self.observe(lambda change: callback(change["new"]), "sheet")

    def card(self) -> Card:
        """Return the number of the quiz as static HTML."""
        return Card(f"Quiz {self.seed}", (element("p", f"This is quiz {self.seed}."),))

    @t.observe("seed")
    def _write_link(self, change: dict[str, Any]) -> None:
        self.set_trait("link", write_quiz_link(change["new"]) if self._has_link and change["new"] else "")

    @t.validate("message")
    def _visible_message(self, proposal: dict[str, Any]) -> str:
        return visible(proposal["value"])
