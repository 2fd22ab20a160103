"""The panel of the spot-check in small: a statement, two buttons, and the interval that shrinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable


class DrillPad(View):
    """Shows a statement and asks whether it is right. It decides nothing itself: ``on_judge`` gets each judgement."""

    _esm = script("drill_pad")

    statement = t.Unicode("").tag(sync=True)
    """What is to be judged; empty when all are."""

    labels = t.Unicode("").tag(sync=True)
    """What the labels have where the statement speaks of, in one sentence."""

    total = t.Int(0).tag(sync=True)
    """How many statements there are."""

    judged_count = t.Int(0).tag(sync=True)
    """How many are judged."""

    judgement: t.List[Any] = t.List([0, ""]).tag(sync=True)
    """The judgement of the reader: the position of the statement, and ``right`` or ``wrong``."""

    note = t.Unicode("").tag(sync=True)
    """What is said about the latest judgement."""

    history: t.List[Any] = t.List().tag(sync=True)
    """The estimate after each fifth judgement and now: count, wrong, low, rate and high (0 to 1)."""

    truth = t.Float(-1.0).tag(sync=True)
    """The true share (0 to 1), once all are judged; -1 before."""

    def on_judge(self, handler: Callable[[str], None]) -> None:
        """Call a function with ``right`` or ``wrong`` for each judgement of the statement that is shown."""

        def handle(change: dict[str, Any]) -> None:
            match change["new"]:
                case [int() as position, "right" | "wrong" as judgement] if position == self.judged_count < self.total:
                    handler(judgement)

        self.observe(handle, "judgement")

    def card(self) -> Card:
        """Return the statement and the estimates as static HTML."""
        rows = (
            element("li", f"After {count}: {wrong} wrong, {100 * low:.0f} to {100 * high:.0f} %.")
            for count, wrong, low, _, high in self.history
        )
        return Card("Spot-check", (element("section", element("p", self.statement), element("ul", *rows)),))
