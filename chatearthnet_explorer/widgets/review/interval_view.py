"""A picture of how well an error rate is known: a band that narrows with every verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.cards.html_tree import element, visible
from chatearthnet_explorer.review.margin_of_error import margin_of
from chatearthnet_explorer.review.plan import RISK
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.review.interval_history import IntervalPoint
    from chatearthnet_explorer.review.plan import Plan

_NEXT = "Every caption is judged: read the report, and download your verdicts."
_NO_ESTIMATE = "The captions that look worst come first in this sample, so it finds errors and gives no error rate."


class IntervalView(View):
    """Shows the share of wrong captions with its interval, after each verdict: call ``show_history``."""

    _esm = script("interval_view")

    total = t.Int(0, read_only=True).tag(sync=True)
    """Captions of the plan: the length of the horizontal axis."""

    points: t.List[Any] = t.List(read_only=True).tag(sync=True)
    """Estimates: [captions judged, rate, low, high], rates 0 to 1."""

    sentence = t.Unicode("", read_only=True).tag(sync=True)
    """The latest estimate in words."""

    headline = t.Unicode("", read_only=True).tag(sync=True)
    """The same in a few words."""

    def show_history(self, points: Sequence[IntervalPoint], plan: Plan) -> None:
        """Show the estimates of a plan, as ``interval_history`` returns them."""
        rows = [[one.judged_count, one.rate.rate, one.rate.low, one.rate.high] for one in points]
        with self.hold_sync():
            self.set_trait("total", len(plan.pairs))
            self.set_trait("points", rows)
            self.set_trait("headline", visible(_headline(points)))
            self.set_trait("sentence", visible(_sentence(points, plan)))

    def card(self) -> Card:
        """Return the latest estimate as static HTML."""
        return Card("Share of wrong captions", (element("p", self.headline), element("p", self.sentence)))


def _headline(points: Sequence[IntervalPoint]) -> str:
    if not points or points[-1].rate.rate is None:
        return ""
    rate = points[-1].rate
    low, high = 100 * (rate.low or 0.0), 100 * (1.0 if rate.high is None else rate.high)
    return f"{100 * (rate.rate or 0.0):.0f} % wrong, between {low:.0f} and {high:.0f} %"


def _sentence(points: Sequence[IntervalPoint], plan: Plan) -> str:
    if plan.design == RISK:
        return _NO_ESTIMATE
    margin = 100 * margin_of(len(plan.pairs), population=plan.population)
    outlook = f"After all {len(plan.pairs):,} it will be known to within about {margin:.0f} points."
    if not points:
        return f"Before the first verdict the share of wrong captions can be anything. {outlook}"
    count, rate = points[-1]
    error_words = "1 has an error" if rate.errors == 1 else f"{rate.errors:,} have an error"
    judged_words = f"{count:,} caption{'s' * (count != 1)} judged, {error_words}."
    low, high = 100 * (rate.low or 0.0), 100 * (1.0 if rate.high is None else rate.high)
    estimate = f"Of all {plan.population:,} captions, {low:.0f} to {high:.0f} % are wrong (95 % interval)."
    return f"{judged_words} {estimate} {_NEXT if count == len(plan.pairs) else outlook}"
