"""The form in which a spot-check is planned: who judges, how many captions, which ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.review.verdict import REVIEWER_LIMIT
from chatearthnet_explorer.spot_check import LAST_SEED
from chatearthnet_explorer.widgets.review.review_link import MOST_PAIRS
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable

PRESETS = (20, 50, 100)
"""Numbers of captions that have a button of their own."""

CHOICES: dict[str, str] = {
    "style": "Captions",
    "continent": "Continent",
    "country": "Country",
    "class": "Land cover that the caption names",
    "by": "How to choose",
}
"""The fields with a list to choose from: key and label."""


class PlanForm(View):
    """Shows the fields of a plan. It decides nothing itself: each change and press goes to its handlers."""

    _esm = script("plan_form")

    reviewer = t.Unicode("").tag(sync=True)
    """Who judges, untrusted."""

    pairs = t.Int(50).tag(sync=True)
    """How many captions to judge."""

    seed = t.Int(0).tag(sync=True)
    """Which sample."""

    shows_check = t.Bool(default_value=True).tag(sync=True)
    """Whether the desk shows what the labels say of the words of a caption."""

    choices = t.Dict({}).tag(sync=True)
    """The value chosen for each of ``CHOICES``; empty for no restriction."""

    options = t.Dict({}).tag(sync=True)
    """For each of ``CHOICES`` what can be chosen: [value, label]."""

    filters: t.List[Any] = t.List([]).tag(sync=True)
    """Other filters of the population, in words; each has a button that removes it."""

    notice = t.Unicode("").tag(sync=True)
    """What to know of the captions before judging, in a sentence or two; empty if nothing."""

    outlook = t.Unicode("").tag(sync=True)
    """What the number gives, in a sentence or two."""

    problem = t.Unicode("").tag(sync=True)
    """Why no sample can be drawn, in one sentence; empty if it can."""

    busy = t.Bool(default_value=False).tag(sync=True)
    """Whether a sample is being drawn."""

    earlier: t.List[Any] = t.List([]).tag(sync=True)
    """Earlier reviews to go on with: [id, description]."""

    command = t.Dict({}).tag(sync=True)
    """What the person wants: ``do`` (draw, remove, resume), its number ``n``, and what belongs to it."""

    labels = t.Dict(dict(CHOICES), read_only=True).tag(sync=True)
    """``CHOICES``."""

    limits = t.Dict({"pairs": MOST_PAIRS, "seed": LAST_SEED, "reviewer": REVIEWER_LIMIT}, read_only=True).tag(sync=True)
    """The highest number of captions and seed, and the characters of a name."""

    presets: t.List[Any] = t.List(list(PRESETS), read_only=True).tag(sync=True)
    """``PRESETS``."""

    def on_command(self, handler: Callable[[dict[str, Any]], None]) -> None:
        """Call a function with each command."""
        self.observe(lambda change: handler(change["new"]), "command")

    def card(self) -> Card:
        """Return the plan as static HTML."""
        return Card("Plan of a spot-check", (element("p", f"{self.pairs:,} captions. {self.outlook}"),))

    @t.validate("outlook", "problem")
    def _visible(self, proposal: dict[str, Any]) -> str:
        return visible(proposal["value"])
