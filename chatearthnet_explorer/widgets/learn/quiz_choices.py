"""The options of a question of the quiz, and why they are right or wrong once one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.claims.class_mentions import pieces
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from chatearthnet_explorer.learn.quiz_question import Question

LETTERS = "ABCD"
"""The names of the options."""


class QuizChoices(View):
    """Shows the options of a question. Which is right is not in its state before one is chosen."""

    _esm = script("quiz_choices")

    options: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The options: for each its runs, [words, class index or -1] each."""

    choice = t.Int(-1, min=-1, max=len(LETTERS) - 1).tag(sync=True)
    """The option that was chosen; -1 for none. The first choice counts."""

    answer = t.Int(-1, read_only=True).tag(sync=True)
    """The right option; -1 before one is chosen."""

    reasons: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """Why each option is right or wrong; empty before one is chosen."""

    can_light: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """Whether each option has pixels to light; empty before one is chosen."""

    verdict = t.Unicode("", read_only=True).tag(sync=True)
    """What a screen reader says after the choice."""

    lit_option = t.Int(-1, min=-1, max=len(LETTERS) - 1).tag(sync=True)
    """The option whose pixels are lit in the picture; -1 for none."""

    next_label = t.Unicode("", read_only=True).tag(sync=True)
    """Words on the button that goes on; empty before one is chosen."""

    next_count = t.Int(0).tag(sync=True)
    """How often that button was pressed."""

    description: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The square in words, for readers who cannot see it: [part, shares] each."""

    def show(self, question: Question | None, choice: int, *, last: bool, description: list[list[str]]) -> None:
        """Show a question with the option that was chosen, -1 for none; None for no question."""
        options = () if question is None else question.options
        has_choice = question is not None and choice >= 0
        with self.hold_sync():
            self.set_trait("options", [[list(run) for run in pieces(visible(option.text))] for option in options])
            self.choice = choice
            self.set_trait("answer", question.answer if question is not None and has_choice else -1)
            self.set_trait("reasons", [visible(option.reason) for option in options] if has_choice else [])
            self.set_trait("can_light", [option.has_pixels for option in options] if has_choice else [])
            self.set_trait("verdict", _verdict(question, choice) if question is not None and has_choice else "")
            self.set_trait("next_label", ("See your score" if last else "Next question") if has_choice else "")
            self.set_trait("description", description)
            self.lit_option = question.answer if question is not None and has_choice else -1

    def card(self) -> Card:
        """Return the options as static HTML."""
        texts = ["".join(words for words, _ in runs) for runs in self.options]
        return Card("Options", (element("ol", *(element("li", text) for text in texts), type="A"),))


def _verdict(question: Question, choice: int) -> str:
    if choice == question.answer:
        return f"Right. {visible(question.options[choice].reason)}"
    return f"Not quite: {LETTERS[question.answer]} is the answer. {visible(question.options[question.answer].reason)}"
