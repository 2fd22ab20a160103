"""Where a reviewer decides, by keyboard alone: verdict, cause, note, correction caption, progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.review.verdict import CAUSES, NOTE_LIMIT, VERDICTS
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable

_MEANINGS = {
    "correct": "It says what the labels show.",
    "minor": "A slip that misleads nobody: a size word, an order, a clumsy sentence.",
    "major": "It says something false of what is where.",
}
# Letters that no other key of the pad has; g is the third of language, for l is label's.
_CAUSE_KEYS = {"caption": "c", "label": "l", "image": "i", "language": "g"}


class VerdictPad(View):
    """Asks for a verdict. It decides nothing itself: what is pressed is told to ``on_ask``."""

    _esm = script("verdict_pad")

    heading = t.Unicode("").tag(sync=True)
    """What is judged, in words."""

    caption = t.Unicode("").tag(sync=True)
    """The words that are judged, to begin a correction with."""

    judged = t.Int(0).tag(sync=True)
    """How many captions of the plan this reviewer has judged."""

    position = t.Int(0).tag(sync=True)
    """Which of them is shown, from 0."""

    total = t.Int(0).tag(sync=True)
    """How many there are."""

    given = t.Dict({}).tag(sync=True)
    """This reviewer's word on what is shown: verdict, cause, note, correction; empty where there is none yet."""

    ready = t.Bool(default_value=False).tag(sync=True)
    """Whether what is shown can be judged."""

    told = t.Unicode("").tag(sync=True)
    """What happened last, in one sentence."""

    error = t.Unicode("").tag(sync=True)
    """What went wrong, in one sentence; empty where nothing did."""

    asked = t.Dict({}).tag(sync=True)
    """What the reviewer wants: ``do`` (judge, go, undo, labels), its number ``n``, and what belongs to it."""

    answered = t.Int(0).tag(sync=True)
    """Number of the latest wish that was dealt with: until then the pad takes no other."""

    verdicts: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The verdicts: id, what it means, key."""

    causes: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """The causes: id, words, key."""

    limits = t.Dict({"note": NOTE_LIMIT, "correction": LIMIT}, read_only=True).tag(sync=True)
    """Characters that each text may have."""

    def on_ask(self, handler: Callable[[dict[str, Any]], None]) -> None:
        """Call a function with each wish; when it returns, the next is taken."""

        def heard(change: dict[str, Any]) -> None:
            wish = change["new"]
            try:
                handler(wish)
            finally:
                self.answered = wish["n"] if isinstance(wish.get("n"), int) else self.answered + 1

        self.observe(heard, "asked")

    def card(self) -> Card:
        """Return where the reviewer stands, as HTML to be read."""
        said = f"{self.judged} of {self.total} captions judged."
        return Card("Spot-check", (element("section", element("p", said), element("p", self.heading)),))

    @t.default("verdicts")
    def _verdicts(self) -> list[list[str]]:
        return [[verdict, _MEANINGS[verdict], str(number)] for number, verdict in enumerate(VERDICTS, start=1)]

    @t.default("causes")
    def _causes(self) -> list[list[str]]:
        return [[cause, words, _CAUSE_KEYS[cause]] for cause, words in CAUSES.items() if cause]

    @t.validate("heading", "told", "error")
    def _visible(self, proposal: dict[str, Any]) -> str:
        return visible(proposal["value"])
