"""The head of the quiz: progress, the question, and the score at the end."""

from __future__ import annotations

from typing import Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.learn.quiz import KINDS, SIMULATED
from chatearthnet_explorer.widgets.shared.view import View, script

MOST_OPTIONS = 4
"""Options of a question; an answer is a position below it, or -1."""


class QuizHead(View):
    """Shows a dot for each question and the one that is open. Answers are kept in this browser only."""

    _esm = script("quiz_head")

    seed = t.Int(0).tag(sync=True)
    """Number of the quiz, under which the browser keeps the answers; 0 before it is there."""

    position = t.Int(0, min=0, max=len(KINDS)).tag(sync=True)
    """Which question is open, from 0; one more than the last for the score."""

    answers = t.List(t.Int(min=-1, max=MOST_OPTIONS - 1), maxlen=len(KINDS)).tag(sync=True)
    """The option that was chosen for each question, -1 for none; shorter while later ones are open."""

    results: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """For each question whether the answer is right; None without an answer."""

    prompt = t.Unicode("", read_only=True).tag(sync=True)
    """The question."""

    hint = t.Unicode("", read_only=True).tag(sync=True)
    """What helps to understand the words of the options; empty for none."""

    about = t.Unicode(SIMULATED, read_only=True).tag(sync=True)
    """That the squares are simulated."""

    restore = t.Bool(default_value=True).tag(sync=True)
    """Whether answers that the browser remembers are restored."""

    def card(self) -> Card:
        """Return the question as static HTML."""
        return Card(f"Quiz {self.seed}", (element("section", element("p", self.prompt), element("p", self.about)),))

    def show(self, prompt: str, hint: str, results: list[bool | None]) -> None:
        """Show a question, or the score where there is no prompt."""
        with self.hold_sync():
            self.set_trait("prompt", visible(prompt))
            self.set_trait("hint", visible(hint))
            self.set_trait("results", results)
