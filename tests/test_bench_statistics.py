"""The statistics of the bench, beside statsmodels and simulations."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_oracle
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from chatearthnet_explorer.captioner_bench.correction import correct
from chatearthnet_explorer.captioner_bench.judging import ANY, IS_CHECKED, IS_REFUSAL, Judgement
from chatearthnet_explorer.captioner_bench.pairing import compare, holm, mcnemar
from chatearthnet_explorer.captioner_bench.rates import Share


@pytest.mark.parametrize(("count", "n"), [(0, 1), (0, 200), (4, 200), (61, 200), (200, 200), (1, 3)])
def test_interval_of_a_share_is_wilsons(count: int, n: int) -> None:
    assert Share(count, n).interval == pytest.approx(proportion_confint(count, n, method="wilson"), abs=1e-12)


def test_share_of_no_captions_is_unknown() -> None:
    assert Share(0, 0).to_dict() == {"n": 0, "count": 0, "share": None, "low": None, "high": None}


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (5, 5), (12, 3), (0, 17), (40, 61)])
def test_mcnemar_is_that_of_statsmodels(first: int, second: int) -> None:
    expected = mcnemar_oracle([[7, first], [second, 9]], exact=True).pvalue
    assert mcnemar(first, second) == pytest.approx(expected)


@pytest.mark.parametrize("p_values", [[0.04], [0.01, 0.04, 0.03, 0.005], [0.5, 0.5, 0.001, 1.0], []])
def test_holm_is_that_of_statsmodels(p_values: list[float]) -> None:
    expected = multipletests(p_values, method="holm")[1].tolist() if p_values else []
    assert holm(p_values) == pytest.approx(expected)


def test_only_chips_with_two_checked_captions_are_compared() -> None:
    faithful, wrong, refusal = (
        Judgement(IS_CHECKED),
        Judgement(IS_CHECKED, frozenset({"misplaced"})),
        Judgement(IS_REFUSAL),
    )
    first = {"a": faithful, "b": wrong, "c": wrong, "d": refusal, "e": wrong}
    second = {"a": wrong, "b": faithful, "c": wrong, "d": wrong}
    (one,) = compare([first, second], [(0, 1)], ANY)
    assert (one.n, one.only_first, one.only_second) == (3, 1, 1)
    (other,) = compare([first, second], [(0, 1)], "hallucinated")
    assert (other.only_first, other.only_second, other.p) == (0, 0, 1.0)


def test_perfect_reader_changes_no_share() -> None:
    estimate = correct(Share(30, 200), Share(0, 10**7), Share(10**7, 10**7))
    assert estimate is not None
    assert estimate.share == pytest.approx(0.15)
    low, high = proportion_confint(30, 200, method="agresti_coull")
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-4)


def test_estimate_is_that_of_rogan_and_gladen() -> None:
    estimate = correct(Share(60, 200), Share(5, 50), Share(18, 20))
    assert estimate is not None
    assert estimate.share == pytest.approx((0.3 - 0.1) / (0.9 - 0.1))


def test_share_below_the_false_alarms_is_nothing_with_an_upper_end() -> None:
    estimate = correct(Share(30, 200), Share(10, 39), Share(25, 28))
    assert estimate is not None
    assert estimate.share == estimate.low == 0.0
    assert 0.0 < estimate.high < 0.2


@pytest.mark.parametrize(
    ("findings", "alarms", "recall"),
    [
        (Share(0, 0), Share(0, 9), Share(9, 9)),
        (Share(1, 9), Share(0, 0), Share(9, 9)),
        (Share(1, 9), Share(0, 9), Share(0, 0)),
        (Share(1, 9), Share(9, 9), Share(5, 9)),
        (Share(1, 9), Share(1, 2), Share(1, 1)),
    ],
)
def test_nothing_is_corrected_where_the_reader_is_unknown_or_useless(
    findings: Share, alarms: Share, recall: Share
) -> None:
    estimate = correct(findings, alarms, recall)
    assert estimate is None or (alarms.n == 2 and 0 <= estimate.low <= estimate.share <= estimate.high <= 1)


@pytest.mark.parametrize("truth", [0.02, 0.1, 0.3])
@pytest.mark.parametrize(("alarm", "hit", "faithful", "faulty"), [(0.02, 0.95, 50, 23), (0.26, 0.9, 39, 28)])
def test_corrected_intervals_contain_the_truth_as_often_as_stated(
    truth: float, alarm: float, hit: float, faithful: int, faulty: int
) -> None:
    draw = np.random.default_rng(5)
    times, n = 1500, 200
    findings = draw.binomial(n, truth * hit + (1 - truth) * alarm, times)
    rows = zip(findings, draw.binomial(faithful, alarm, times), draw.binomial(faulty, hit, times), strict=True)
    inside = 0
    for finding_count, alarms, hits in rows:
        one = correct(Share(int(finding_count), n), Share(int(alarms), faithful), Share(int(hits), faulty))
        inside += one is not None and one.low <= truth <= one.high
    assert inside / times > 0.935


def test_no_corrected_share_where_false_alarms_cannot_be_as_frequent() -> None:
    none, alarms, recall = Share(0, 200), Share(10, 39), Share(25, 28)
    assert correct(none, alarms, recall) is None
    some = correct(Share(60, 200), alarms, recall)
    assert some is not None
    assert some.low < some.share < some.high
