"""The steps of a spot-check: plan, judge, report."""

from __future__ import annotations

from typing import Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.widgets.shared.view import View, script

PLAN, JUDGE, REPORT = "plan", "judge", "report"
"""The steps."""

STEPS = {PLAN: "Plan", JUDGE: "Judge", REPORT: "Report"}
"""Their names on screen, in order."""


class ReviewSteps(View):
    """Shows the steps as buttons, and which one is on screen."""

    _esm = script("review_steps")

    step = t.Enum(tuple(STEPS), PLAN).tag(sync=True)
    """The step on screen."""

    ready = t.Bool(default_value=False).tag(sync=True)
    """Whether there is a plan, so that the other steps can be opened."""

    summary = t.Unicode("").tag(sync=True)
    """What is judged and by whom, in one line."""

    names: t.List[Any] = t.List([list(one) for one in STEPS.items()], read_only=True).tag(sync=True)
    """``STEPS``."""

    def card(self) -> Card:
        """Return the step as static HTML."""
        return Card(STEPS[self.step], (element("p", self.summary),))
