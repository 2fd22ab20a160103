"""The interval after each verdict: it ends where the report ends, and narrows."""

from __future__ import annotations

from datetime import timedelta

from rig.verdicts import NOON, verdict

from chatearthnet_explorer.review.interval_history import MOST_POINTS, interval_history
from chatearthnet_explorer.review.report import report
from chatearthnet_explorer.review.sampling import risk_first, simple_random, stratified_sample

NAMES = {f"{number}.png": "AB"[number % 2] for number in range(3000)}
PLAN = stratified_sample(NAMES, 60, facet="continent", seed=3)


def verdicts(names: tuple[str, ...]) -> list[object]:
    return [
        verdict(name, "major" if number % 5 == 0 else "correct", time=NOON + timedelta(minutes=number))
        for number, name in enumerate(names)
    ]


def test_last_point_is_the_rate_of_the_report() -> None:
    for plan in (PLAN, simple_random(NAMES, 60)):
        some = verdicts(plan.names[:40])
        points = interval_history(some, plan)
        assert [one.judged_count for one in points] == list(range(1, 41))
        assert points[-1].rate == report(some, plan).overall.error


def test_interval_narrows() -> None:
    points = interval_history(verdicts(PLAN.names), PLAN)
    width = [(one.rate.high or 1.0) - (one.rate.low or 0.0) for one in points]
    assert width[59] < width[29] < width[9]


def test_verdicts_outside_the_plan_and_of_the_other_style_are_left_out() -> None:
    other = verdict("outside.png", "major")
    style = verdict(PLAN.names[0], "major", style="4v")
    assert interval_history([other, style], PLAN) == []


def test_long_history_is_thinned_and_keeps_its_end() -> None:
    plan = simple_random(NAMES, 1999)
    points = interval_history(verdicts(plan.names), plan)
    assert len(points) <= MOST_POINTS
    assert points[-1].judged_count == 1999


def test_riskiest_first_estimates_nothing() -> None:
    plan = risk_first(dict.fromkeys(NAMES, 1.0), 5)
    assert interval_history(verdicts(plan.names), plan) == []
