"""How the interval of an error rate shrinks from verdict to verdict."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.review.error_rates import StratumCount, rate_of
from chatearthnet_explorer.review.plan import RISK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatearthnet_explorer.review.error_rates import Rate
    from chatearthnet_explorer.review.plan import Plan
    from chatearthnet_explorer.review.verdict import Verdict

MOST_POINTS = 400
"""Points of a history; of a longer one, evenly spaced verdicts are taken, and always the last one."""


class IntervalPoint(NamedTuple):
    """The estimate after some verdicts."""

    judged_count: int
    """Number of captions judged so far."""

    rate: Rate
    """Share of captions with any error, estimated for the population of the plan."""


def interval_history(verdicts: Iterable[Verdict], plan: Plan, *, confidence: float = 0.95) -> list[IntervalPoint]:
    """Return the estimate after each verdict.

    Args:
        verdicts: Valid verdicts of one reviewer in the order of judging; those outside the plan are left out.
        plan: How the captions were drawn. A plan of the riskiest captions estimates nothing, so it has no points.
        confidence: Confidence level of the intervals, 0 to 1.
    """
    if plan.design == RISK:
        return []
    stratum_of = dict(plan.pairs)
    plan_verdicts = [one for one in verdicts if plan.judges(one) and one.name in stratum_of]
    step = -(-len(plan_verdicts) // MOST_POINTS)
    counts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    points = []
    for number, verdict in enumerate(plan_verdicts, start=1):
        stratum = stratum_of[verdict.name]
        counts[stratum] += 1
        errors[stratum] += verdict.is_error
        if number % step and number != len(plan_verdicts):
            continue
        strata = [StratumCount(one.population, counts[one.value], errors[one.value]) for one in plan.strata]
        points.append(IntervalPoint(number, rate_of(strata, confidence=confidence)))
    return points
