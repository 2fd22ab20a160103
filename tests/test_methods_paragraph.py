"""The methods paragraph: every sentence of it, with its figures, for each kind of plan."""

from __future__ import annotations

import pytest
from rig.verdicts import verdict

from chatearthnet_explorer.review.error_rates import Rate
from chatearthnet_explorer.review.methods_paragraph import methods, share
from chatearthnet_explorer.review.report import report
from chatearthnet_explorer.review.sampling import risk_first, simple_random, stratified_sample

NAMES = [f"{number}.png" for number in range(1000)]
STRATA = {name: "Asia" if number < 900 else "Oceania" for number, name in enumerate(NAMES)}
ONE_REVIEWER = "Agreement could not be measured, as there was one reviewer."
MEDIAN = (
    "as correct, with a minor or with a major error; where verdicts on a caption differed the median was taken, of "
    "two the worse."
)


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Rate(0, 0, None), "not known"),
        (Rate(1, 8, 0.125), "12.5 %"),
        (Rate(1, 8, 0.125, low=0.02), "12.5 %"),
        (Rate(1, 8, 0.125, high=0.5), "12.5 %"),
        (Rate(1, 8, 0.125, low=0.0224, high=0.4709), "12.5 % [2.2, 47.1]"),
        (Rate(0, 8, 0.0, low=0.0, high=0.3244), "0.0 % [0.0, 32.4]"),
    ],
)
def test_share_is_in_percent_with_its_interval(rate: Rate, text: str) -> None:
    assert share(rate) == text


@pytest.mark.parametrize(("style", "model"), [("3.5", "GPT-3.5"), ("4v", "GPT-4V")])
def test_a_simple_sample_is_described_with_population_and_seed(style: str, model: str) -> None:
    plan = simple_random(NAMES, 20, seed=3, style=style)
    opening = f"A simple random sample of 20 was drawn from 1,000 image-text pairs with {model} captions (seed 3)."
    assert methods(report([], plan)) == f"{opening} None of them has been judged yet."
    verdicts = [
        verdict(name, "major" if number < 5 else "correct", style=style) for number, name in enumerate(plan.names)
    ]
    text = methods(report(verdicts, plan))
    assert text.startswith(f"{opening} One reviewer judged 20 of them (20 verdicts) {MEDIAN} 25.0 % [")
    assert text.endswith(
        "] a major one (95 % Wilson intervals with finite population correction: Wilson 1927; Cochran 1977). "
        f"{ONE_REVIEWER}"
    )


@pytest.mark.parametrize(
    ("allocation", "manner"), [("proportional", "in proportion to its size"), ("equal", "in equal numbers")]
)
def test_a_stratified_sample_is_described_with_its_strata(allocation: str, manner: str) -> None:
    plan = stratified_sample(STRATA, 40, facet="continent", allocation=allocation, seed=2)
    verdicts = [verdict(name, "minor" if name.endswith("1.png") else "correct") for name in plan.names]
    text = methods(report(verdicts, plan, confidence=0.9))
    assert text.startswith(
        "From 1,000 image-text pairs with GPT-3.5 captions, 40 were drawn at random, stratified by continent "
        f"(2 strata, each sampled {manner}; seed 2). One reviewer judged 40 of them (40 verdicts) {MEDIAN} "
        "Weighted back to the population, "
    )
    assert "(90 % Wilson intervals at the effective sample size, never above Kish's, with finite population" in text


def test_risk_first_plan_is_described_without_estimate() -> None:
    plan = risk_first({name: float(number) for number, name in enumerate(NAMES)}, 10)
    verdicts = [verdict(name, "major") for name in plan.names]
    text = methods(report(verdicts, plan))
    assert text.startswith(
        "Of 1,000 image-text pairs with GPT-3.5 captions, the 10 with the worst audit score were chosen. "
    )
    assert (
        "Among those judged, 100.0 % of the captions have an error and 100.0 % a major one; the sample is not random, "
        "so this does not estimate the others."
    ) in text


def test_captions_without_a_plan_are_described_as_such() -> None:
    verdicts = [verdict(name) for name in NAMES[:1200]] + [verdict("more.png"), verdict("again.png", style="4v")]
    text = methods(report(verdicts))
    assert text.startswith(
        "1,002 captions were judged, without a record of how they were chosen. One reviewer judged 1,002 of them "
        f"(1,002 verdicts) {MEDIAN} 0.0 % [0.0, "
    )
    assert "(95 % Wilson intervals, which hold if the captions were chosen at random)." in text
    assert methods(report([])) == (
        "0 captions were judged, without a record of how they were chosen. None of them has been judged yet."
    )


def test_two_reviewers_have_kappa_and_three_have_alpha() -> None:
    words = ("correct", "minor", "major", "correct")
    of_two = [
        verdict(name, words[(number + (number % 5 == 0) * place) % 4], reviewer=reviewer)
        for number, name in enumerate(NAMES[:60])
        for place, reviewer in enumerate(("Ada", "Bo"))
    ]
    text = methods(report(of_two, seed=7))
    assert "2 reviewers judged 60 of them (120 verdicts)" in text
    assert "Agreement on the 60 captions judged more than once was Cohen's kappa 0." in text
    assert "] (nominal) and 0." in text
    assert text.endswith("] (ordinal) (Cohen 1960, 1968; percentile intervals of a bootstrap over captions, seed 7).")
    of_three = [*of_two, *(verdict(name, reviewer="Cy") for name in NAMES[:30])]
    text = methods(report(of_three))
    assert "3 reviewers judged 60 of them (150 verdicts)" in text
    assert "was Krippendorff's alpha " in text
    assert "(Krippendorff 2019; percentile" in text
    assert ONE_REVIEWER not in text


def test_reviewers_who_share_no_caption_have_no_agreement() -> None:
    verdicts = [verdict("a.png"), verdict("b.png", reviewer="Bo")]
    assert methods(report(verdicts)).endswith(
        "No caption was judged by two reviewers, so nothing can be said of agreement."
    )
