"""Error rates of strata against the textbook's formulas, worked out in fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from statsmodels.stats.proportion import proportion_confint

from chatearthnet_explorer.review.error_rates import Rate, StratumCount, rate_of, wilson

Z2 = 1.959963984540054**2


def _by_hand(strata: list[tuple[int, int, int]]) -> tuple[float, float]:
    """Return rate and effective size of (population, judged, errors): Cochran 1977, 5.10, and Kish 1965, 11.7."""
    total = sum(population for population, _, _ in strata)
    rate = float(sum(Fraction(population, total) * Fraction(errors, m) for population, m, errors in strata))
    variance = kish = 0.0
    for population, m, errors in strata:
        weight, left = population / total, (population - m) / (population - 1)
        shrunk = (errors + Z2 * rate) / (m + Z2)
        variance += weight**2 * shrunk * (1 - shrunk) * left / m
        kish += weight**2 * left / m
    return rate, min(rate * (1 - rate) / variance, 1 / kish)


@pytest.mark.parametrize(
    "strata",
    [
        [(900, 50, 5), (100, 50, 25)],
        [(500, 100, 3), (500, 100, 30)],
        [(40_000, 60, 1), (25_000, 50, 2), (3_000, 40, 20)],
        [(300, 299, 40), (300, 20, 2)],
        [(1000, 30, 29), (1000, 40, 40)],
    ],
)
def test_rate_effective_size_and_interval_follow_the_formulas(strata: list[tuple[int, int, int]]) -> None:
    rate, effective = _by_hand(strata)
    result = rate_of([StratumCount(*one) for one in strata])
    assert (result.rate, result.effective) == pytest.approx((rate, effective), rel=1e-12)
    low, high = proportion_confint(rate * effective, effective, method="wilson")
    assert (result.low, result.high) == pytest.approx((low, high), rel=1e-9)
    assert (result.sample_size, result.errors) == (sum(m for _, m, _ in strata), sum(errors for _, _, errors in strata))


def test_the_effective_size_is_kishs_where_that_is_smaller() -> None:
    # no errors but in one stratum, which has nearly all pairs: the variance alone would promise too much
    strata = [StratumCount(10**6, 10, 0), StratumCount(10**6, 1000, 0)]
    assert rate_of(strata).effective == pytest.approx(4 / (0.1 + 0.001), rel=1e-4)
    all_wrong = [StratumCount(10**6, 10, 10), StratumCount(10**6, 1000, 1000)]
    assert rate_of(all_wrong).effective == pytest.approx(4 / (0.1 + 0.001), rel=1e-4)
    assert rate_of(all_wrong).high == 1.0


def test_unknown_populations_count_as_equal_and_endless() -> None:
    result = rate_of([StratumCount(None, 50, 5), StratumCount(None, 50, 25)])
    assert result.rate == pytest.approx(0.3)
    endless = rate_of([StratumCount(10**9, 50, 5), StratumCount(10**9, 50, 25)])
    assert (result.low, result.high) == pytest.approx((endless.low, endless.high), rel=1e-6)


def test_strata_without_a_verdict_are_left_out() -> None:
    assert rate_of([StratumCount(100, 20, 3), StratumCount(900, 0, 0)]) == rate_of([StratumCount(100, 20, 3)])
    nothing = rate_of([StratumCount(100, 0, 0)])
    assert nothing == Rate(errors=0, sample_size=0, rate=None, low=None, high=None, effective=None)
    assert rate_of([]) == nothing


@pytest.mark.parametrize(
    ("population", "sample_size", "is_exact"), [(1, 1, True), (2, 1, False), (2, 2, True), (5, 9, True)]
)
def test_rate_of_a_complete_sample_has_no_interval(population: int, sample_size: int, is_exact: bool) -> None:
    result = rate_of([StratumCount(population, sample_size, 1)])
    assert (result.effective is None) == is_exact
    assert ((result.low, result.high) == (result.rate, result.rate)) == is_exact


def test_the_finite_population_correction_of_half_a_population() -> None:
    # 5 of 10: left is 5 / 9, so the size is 9
    assert rate_of([StratumCount(10, 5, 1)]).effective == pytest.approx(5 * 9 / 5 * (0.16 / _shrunk_variance(5, 1)))


def _shrunk_variance(m: int, errors: int) -> float:
    rate = errors / m
    shrunk = (errors + Z2 * rate) / (m + Z2)
    return shrunk * (1 - shrunk)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_confidence_reaches_the_interval_and_its_size(confidence: float) -> None:
    result = rate_of([StratumCount(None, 200, 13)], confidence=confidence)
    expected = proportion_confint(13, 200, alpha=1 - confidence, method="wilson")
    assert (result.low, result.high) == pytest.approx(expected, rel=1e-9)


def test_the_usual_confidence_of_a_rate_is_95_percent() -> None:
    assert rate_of([StratumCount(900, 50, 5)]) == rate_of([StratumCount(900, 50, 5)], confidence=0.95)


@pytest.mark.parametrize("n", [1, 2, 7, 1000])
def test_intervals_of_nothing_and_of_all_touch_0_and_1(n: int) -> None:
    assert wilson(0.0, n)[0] == 0.0
    assert wilson(1.0, n)[1] == 1.0
    assert 0 < wilson(0.0, n)[1] < 1
    assert 0 < wilson(1.0, n)[0] < 1
    assert wilson(0.25, math.inf) == (0.25, 0.25)


def test_a_rate_is_a_dictionary_of_its_fields() -> None:
    assert Rate(1, 4, 0.25, low=0.1, high=0.5, effective=3.5).to_dict() == {
        "errors": 1,
        "judged": 4,
        "rate": 0.25,
        "low": 0.1,
        "high": 0.5,
        "effective": 3.5,
    }
