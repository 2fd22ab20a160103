"""Plans: the same for the same seed, as random as they say, and enough."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from statsmodels.stats.proportion import samplesize_confint_proportion

from chatearthnet_explorer.errors import PlanError
from chatearthnet_explorer.review.margin_of_error import margin_of, sample_size
from chatearthnet_explorer.review.plan import Plan
from chatearthnet_explorer.review.sampling import risk_first, simple_random, stratified_sample

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [f"{number}.png" for number in range(1000)]
SIZES = {"Africa": 600, "Asia": 300, "Europe": 93, "Oceania": 7}
STRATA = dict(zip(NAMES, (value for value, size in SIZES.items() for _ in range(size)), strict=True))


def test_the_same_seed_draws_the_same_pairs_from_the_same_names_in_any_order() -> None:
    assert simple_random(NAMES, 50, seed=1) == simple_random(reversed(NAMES), 50, seed=1)
    assert set(simple_random(NAMES, 50, seed=1).names) != set(simple_random(NAMES, 50, seed=2).names)
    assert simple_random([*NAMES, *NAMES], 50, seed=1).population == 1000


def test_a_larger_sample_begins_with_the_smaller_one() -> None:
    assert simple_random(NAMES, 300, seed=4).names[:50] == simple_random(NAMES, 50, seed=4).names


def test_every_pair_is_as_likely_as_any_other() -> None:
    counts = Counter(name for seed in range(400) for name in simple_random(NAMES[:40], 10, seed=seed).names)
    # 100 expected of each; the deviation of a count is 8.7, and 40 of them stay within five of those
    assert all(56 < counts[name] < 144 for name in NAMES[:40])
    assert sum((counts[name] - 100) ** 2 / 75 for name in NAMES[:40]) < 80  # chi-square of 39, 1 in 10,000


def test_proportional_allocation_follows_the_population_and_leaves_no_stratum_out() -> None:
    plan = stratified_sample(STRATA, 100, facet="continent")
    assert {one.value: one.sample for one in plan.strata} == {"Africa": 59, "Asia": 30, "Europe": 10, "Oceania": 1}
    assert {one.value: one.population for one in plan.strata} == SIZES
    assert Counter(stratum for _, stratum in plan.pairs) == {one.value: one.sample for one in plan.strata}
    assert all(STRATA[name] == stratum for name, stratum in plan.pairs)
    whole = stratified_sample(STRATA, 1000, facet="continent")
    assert {one.value: one.sample for one in whole.strata} == SIZES


def test_equal_allocation_takes_the_same_of_each() -> None:
    plan = stratified_sample(STRATA, 26, facet="continent", allocation="equal")
    assert [one.sample for one in plan.strata] == [7, 7, 6, 6]


def test_the_order_mixes_the_strata() -> None:
    first = [stratum for _, stratum in stratified_sample(STRATA, 200, facet="continent").pairs[:50]]
    assert 20 <= first.count("Africa") <= 40
    assert len(set(first)) >= 3


def test_risk_first_takes_the_worst_and_ties_at_random() -> None:
    scores = {name: float(number % 10) for number, name in enumerate(NAMES)}
    plan = risk_first(scores, 150)
    assert [scores[name] for name in plan.names] == [9.0] * 100 + [8.0] * 50
    assert plan.names != risk_first(scores, 150, seed=1).names


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: simple_random([], 5), "There are no pairs to sample; choose a query that finds some."),
        (lambda: stratified_sample({}, 5, facet="split"), "There are no pairs to sample"),
        (lambda: risk_first({}, 5), "There are no pairs to sample"),
        (lambda: simple_random(NAMES, 1001), "The population has only 1,000 pairs, not 1,001; choose fewer."),
        (lambda: simple_random(NAMES, 0), "A plan needs at least one pair, not 0."),
        (
            lambda: stratified_sample(STRATA, 40, facet="continent", allocation="equal"),
            "'Oceania' has 7 pairs and 10 were asked",
        ),
        (lambda: stratified_sample(STRATA, 40, facet="continent", allocation="best"), "no allocation 'best'"),
        (lambda: risk_first({"a": math.nan}, 1), "not a number"),
        (lambda: sample_size(0), "margin must be between 0 and 1"),
        (lambda: sample_size(0.05, confidence=95), "confidence must be between 0 and 1"),
        (lambda: sample_size(0.05, expected=0), "expected rate must be between 0 and 1"),
        (lambda: sample_size(0.05, population=0), "There are no pairs to sample"),
        (lambda: margin_of(11, population=10), "has only 10 pairs, not 11"),
        (lambda: margin_of(0), "A plan needs at least one pair"),
    ],
)
def test_impossible_sample_raises_one_sentence(draw: object, message: str) -> None:
    with pytest.raises(PlanError) as error_info:
        draw()  # type: ignore[operator]
    assert message in str(error_info.value)
    assert str(error_info.value).count(".") - str(error_info.value).count("0.") <= 1


@pytest.mark.parametrize("margin", [0.01, 0.03, 0.05, 0.1])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_the_size_of_a_sample_is_that_of_the_textbook(margin: float, confidence: float) -> None:
    endless = samplesize_confint_proportion(0.5, margin, alpha=1 - confidence)
    assert sample_size(margin, confidence=confidence) == math.ceil(endless)
    n = sample_size(margin, confidence=confidence, population=163_488)
    assert margin_of(n, confidence=confidence, population=163_488) <= margin
    assert margin_of(n - 1, confidence=confidence, population=163_488) > margin * (1 - 1e-4)


@pytest.mark.parametrize(("population", "expected"), [(10, 10), (100, 80), (200, 132), (1000, 278), (10_000, 370)])
def test_sizes_of_finite_populations_are_those_of_krejcie_and_morgan(population: int, expected: int) -> None:
    """Educational and Psychological Measurement 30, 1970, 607-610, table 1: five points at 95 percent."""
    assert sample_size(0.05, population=population) == expected


def test_the_finite_population_correction_is_cochrans() -> None:
    # n0 = 384.146: n0 / (1 + 383.146 / 500) = 217.49, and for a rate of a tenth n0 = 138.29, n = 108.5
    assert sample_size(0.05, population=500) == 218
    assert sample_size(0.05, population=500, expected=0.1) == 109
    assert margin_of(100, population=401) == pytest.approx(1.959964 * 0.05 * math.sqrt(301 / 400), abs=1e-7)
    assert margin_of(100, expected=0.1) == pytest.approx(1.959964 * 0.03, abs=1e-7)


def test_every_stratum_has_a_pair_if_there_are_enough_and_none_is_invented() -> None:
    for n, shares in ((4, [1, 1, 1, 1]), (3, [2, 1, 0, 0]), (2, [1, 1, 0, 0]), (1, [1, 0, 0, 0])):
        plan = stratified_sample(STRATA, n, facet="continent")
        assert [one.sample for one in plan.strata] == shares
        assert len(plan.pairs) == n
    alone = {"a": "A", "b": "B", "c": "C"}
    assert [one.sample for one in stratified_sample(alone, 3, facet="letter").strata] == [1, 1, 1]


def test_the_largest_remainder_gets_what_is_left() -> None:
    sizes = {"A": 21, "B": 33, "C": 46}
    strata = {f"{value}{number}": value for value, size in sizes.items() for number in range(size)}
    plan = stratified_sample(strata, 5, facet="letter")
    # one each; 20, 32 and 45 of 97 times two are 0.41, 0.66 and 0.93
    assert {one.value: one.sample for one in plan.strata} == {"A": 1, "B": 2, "C": 2}
    # equal remainders go by name
    even = {f"{value}{number}": value for value in "DABC" for number in range(10)}
    assert {one.value: one.sample for one in stratified_sample(even, 6, facet="letter").strata} == {
        "A": 2,
        "B": 2,
        "C": 1,
        "D": 1,
    }


def test_defaults_are_seed_0_style_35_and_proportional_shares() -> None:
    plain = stratified_sample(STRATA, 40, facet="continent")
    assert plain == stratified_sample(STRATA, 40, facet="continent", allocation="proportional", seed=0, style="3.5")
    assert simple_random(NAMES, 40) == simple_random(NAMES, 40, seed=0, style="3.5")
    scores = dict.fromkeys(NAMES, 1.0)
    assert risk_first(scores, 40) == risk_first(scores, 40, seed=0, style="3.5")
    assert (plain.design, plain.allocation, plain.facet) == ("stratified", "proportional", "continent")
    assert [(one.value, one.population, one.sample) for one in simple_random(NAMES, 40).strata] == [("all", 1000, 40)]
    assert [(one.value, one.population, one.sample) for one in risk_first(scores, 40).strata] == [("all", 1000, 40)]


def test_a_name_keeps_its_place_when_names_are_added() -> None:
    """Permanent random numbers: a plan can be enlarged without losing what was judged."""
    few = simple_random(NAMES[:500], 500).names
    many = [name for name in simple_random(NAMES, 1000).names if name in set(few)]
    assert list(few) == many


def test_five_points_of_the_whole_release_take_384_and_a_small_one_never_more_than_it_has() -> None:
    assert sample_size(0.05, population=163_488) == 384
    assert sample_size(0.05) == 385
    assert sample_size(0.001, population=40) == 40
    assert margin_of(40, population=40) == 0.0
    assert margin_of(1, population=1) == 0.0


def test_plan_round_trips_through_its_file(tmp_path: Path) -> None:
    hostile = {**STRATA, "../<script>é\ud800.png": "=cmd()"}
    for plan in (stratified_sample(hostile, 1001, facet="continent", seed=3), risk_first({"a": 1.0, "b": math.inf}, 2)):
        plan.save(tmp_path / "plan.json")
        assert Plan.load(tmp_path / "plan.json") == plan
    assert Plan.from_dict(plan.to_dict()) == plan


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not a plan"),
        (b"null", "is not a plan"),
        (b'{"plan": 1}', "is not a plan"),
        (b'{"plan": 3}', "newer version"),
    ],
)
def test_refuses_a_file_that_is_not_a_plan(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "plan.json").write_bytes(content)
    with pytest.raises(PlanError, match=message):
        Plan.load(tmp_path / "plan.json")


@pytest.mark.parametrize(
    "changes",
    [
        {"strata": []},
        {"pairs": []},
        {"design": "best"},
        {"style": "5"},
        {"pairs": [{"name": "a", "stratum": "b"}]},
        {"strata": [{"value": "", "population": 10**400, "sample": 3}]},
        {"strata": [{"value": "", "population": 2, "sample": 3}]},
    ],
)
def test_refuses_a_plan_with_contradicting_parts(changes: dict[str, object]) -> None:
    with pytest.raises(PlanError):
        Plan.from_dict(simple_random(NAMES, 3).to_dict() | changes)
