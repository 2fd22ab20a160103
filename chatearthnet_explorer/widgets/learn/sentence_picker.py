"""The sentences of a caption, of which a reader marks those that are false."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.learn.faulty_caption import Sentence

CHECK_LABEL = "Check against the labels"
"""The words on the button, as in Explore."""


class SentencePicker(View):
    """Shows sentences as switches. What is wrong with them reaches the page only when the reader has it checked."""

    _esm = script("sentence_picker")

    sentences = t.List(t.Unicode(), read_only=True).tag(sync=True)
    """The sentences."""

    marks = t.List(t.Int()).tag(sync=True)
    """The sentences that the reader marked as false, by position."""

    check_label = t.Unicode(CHECK_LABEL, read_only=True).tag(sync=True)
    """The words on the button."""

    check_count = t.Int(0).tag(sync=True)
    """How often the reader had them checked."""

    reasons = t.List(t.Unicode(), read_only=True).tag(sync=True)
    """For each sentence what is wrong with it; empty before they are checked."""

    def __init__(self, sentences: Sequence[Sentence], **traits: object) -> None:
        """Show sentences.

        Args:
            sentences: The sentences and their faults.
            traits: Traits by name.
        """
        self._faults = [one.why for one in sentences]
        super().__init__(**traits)
        self.set_trait("sentences", [one.text for one in sentences])

    @property
    def hits(self) -> int:
        """How many of the false sentences are marked, less the true ones that are."""
        marks = set(self.marks)
        return sum(bool(why) for number, why in enumerate(self._faults) if number in marks) - sum(
            not why for number, why in enumerate(self._faults) if number in marks
        )

    @property
    def is_checked(self) -> bool:
        """Whether the reader had the sentences checked."""
        return bool(self.reasons)

    def card(self) -> Card:
        """Return the sentences as static HTML."""
        return Card("Which sentences are false?", (element("ol", *(element("li", text) for text in self.sentences)),))

    @t.validate("marks")
    def _known_marks(self, proposal: dict[str, Any]) -> list[int]:
        return sorted({number for number in proposal["value"] if 0 <= number < len(self._faults)})

    @t.observe("check_count")
    def _check(self, _change: object) -> None:
        self.set_trait("reasons", list(self._faults))
