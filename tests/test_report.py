"""Reports: against the libraries of others, counted back to the population, and honest where there is little to say."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from typing import TYPE_CHECKING

import krippendorff
import numpy as np
import pytest
from rig.hostile import ATTACK, VISIBLE_ATTACK, Page
from rig.verdicts import NOON, verdict
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from chatearthnet_explorer.cards.report_card import report_card
from chatearthnet_explorer.record import read_entry
from chatearthnet_explorer.review.error_rates import StratumCount, rate_of, wilson
from chatearthnet_explorer.review.export_verdicts import COLUMNS, corrections, to_csv
from chatearthnet_explorer.review.methods_paragraph import methods
from chatearthnet_explorer.review.report import report
from chatearthnet_explorer.review.reviewer_agreement import NO_OVERLAP, SAME, _alpha, agreement
from chatearthnet_explorer.review.sampling import risk_first, simple_random, stratified_sample

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.review.verdict import Verdict

VERDICT_TEXTS = ("correct", "minor", "major")
NAMES = [f"{number}.png" for number in range(1000)]
STRATA = {name: "Asia" if number < 900 else "Oceania" for number, name in enumerate(NAMES)}


def many(reviewers: str, captions: int, *, seed: int = 1, missing: float = 0.0) -> list[Verdict]:
    """Verdicts that agree more often than not."""
    draw = random.Random(seed)
    figures = []
    for name in NAMES[:captions]:
        truth = draw.choices((0, 1, 2), (6, 3, 1))[0]
        for reviewer in reviewers:
            if draw.random() >= missing:
                rank = truth if draw.random() < 0.8 else draw.choice((0, 1, 2))
                figures.append(verdict(name, VERDICT_TEXTS[rank], reviewer=reviewer, cause="label" if rank else ""))
    return figures


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize(("errors", "n"), [(0, 1), (0, 30), (1, 3), (7, 40), (40, 40), (3.2, 41.7)])
def test_the_interval_is_that_of_statsmodels(errors: float, n: float, confidence: float) -> None:
    theirs = proportion_confint(errors, n, alpha=1 - confidence, method="wilson")
    assert wilson(errors / n, n, confidence=confidence) == pytest.approx(theirs, abs=1e-12)


def test_a_simple_sample_of_a_large_population_has_the_plain_interval() -> None:
    rate = rate_of([StratumCount(None, 200, 13)])
    assert (rate.low, rate.high) == pytest.approx(proportion_confint(13, 200, method="wilson"))
    assert rate.effective == pytest.approx(200)


def test_complete_review_gives_exact_rates() -> None:
    rate = rate_of([StratumCount(40, 40, 3)])
    assert (rate.low, rate.rate, rate.high, rate.effective) == (0.075, 0.075, 0.075, None)


def test_strata_are_weighted_back_to_the_population() -> None:
    rate = rate_of([StratumCount(900, 50, 5), StratumCount(100, 50, 25)])
    assert rate.rate == pytest.approx(0.9 * 0.1 + 0.1 * 0.5)
    assert rate.sample_size == 100
    assert rate.errors == 30


def test_strata_without_errors_are_not_known_better_than_chance_allows() -> None:
    rate = rate_of([StratumCount(10**6, 5, 0), StratumCount(10**6, 5, 0)])
    assert (rate.low, rate.high) == pytest.approx(proportion_confint(0, 10, method="wilson"), abs=1e-5)


@pytest.mark.parametrize(
    ("sizes", "ratings", "rates"),
    [
        ((900, 100), (50, 50), (0.1, 0.5)),
        ((40_000, 25_000, 15_000, 10_000, 6_000, 3_000, 1_000), (50,) * 7, (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)),
        ((40_000, 25_000, 15_000, 10_000, 6_000, 3_000, 1_000), (50,) * 7, (0.01,) * 7),
        ((500, 500), (100, 100), (0.03, 0.3)),
    ],
)
def test_interval_covers_the_truth_as_often_as_its_confidence(
    sizes: tuple[int, ...], ratings: tuple[int, ...], rates: tuple[float, ...]
) -> None:
    draw = np.random.default_rng(5)
    wrong = [round(size * rate) for size, rate in zip(sizes, rates, strict=True)]
    truth = sum(wrong) / sum(sizes)
    hits = 0
    for errors in np.column_stack(
        [draw.hypergeometric(bad, size - bad, m, 1500) for bad, size, m in zip(wrong, sizes, ratings, strict=True)]
    ).tolist():
        rate = rate_of([StratumCount(*one) for one in zip(sizes, ratings, errors, strict=True)])
        assert rate.low is not None
        assert rate.high is not None
        hits += rate.low <= truth <= rate.high
    assert hits / 1500 > 0.935


def test_kappa_is_that_of_statsmodels_and_its_interval_close_to_the_asymptotic_one() -> None:
    verdicts = many("ab", 400)
    table = np.zeros((3, 3))
    ranks = {(one.name, one.reviewer): VERDICT_TEXTS.index(one.verdict) for one in verdicts}
    for name in NAMES[:400]:
        table[ranks[name, "a"], ranks[name, "b"]] += 1
    theirs = cohens_kappa(table)
    plain, weighted_kappa = report(verdicts).agreement
    assert plain.measure == weighted_kappa.measure == "Cohen's kappa"
    assert plain.value == pytest.approx(theirs.kappa)
    assert (plain.low, plain.high) == pytest.approx((theirs.kappa_low, theirs.kappa_upp), abs=0.02)
    assert weighted_kappa.value == pytest.approx(cohens_kappa(table, wt="linear").kappa)


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_alpha_of_a_sample_is_that_of_the_krippendorff_package(level: str) -> None:
    verdicts = many("abcd", 200, missing=0.4)
    by_name = {name: [VERDICT_TEXTS.index(one.verdict) for one in verdicts if one.name == name] for name in NAMES[:200]}
    counts = np.array([[ranks.count(rank) for rank in range(3)] for ranks in by_name.values() if len(ranks) > 1])
    theirs = krippendorff.alpha(value_counts=counts, level_of_measurement=level)  # type: ignore[arg-type]
    assert _alpha(counts, 3, ordinal=level == "ordinal")(np.ones((1, len(counts))))[0] == pytest.approx(theirs)
    measure = next(one for one in report(verdicts).agreement if one.level == level)
    assert measure.measure == "Krippendorff's alpha"
    assert measure.captions == len(counts)
    assert measure.value == pytest.approx(theirs)
    assert measure.low < theirs < measure.high  # type: ignore[operator]
    # captions resampled one by one, slowly: drawing those judged alike together is the same
    draw = np.random.default_rng(2)
    slow = [
        krippendorff.alpha(value_counts=counts[draw.integers(0, len(counts), len(counts))], level_of_measurement=level)  # type: ignore[arg-type]
        for _ in range(400)
    ]
    assert (measure.low, measure.high) == pytest.approx(np.quantile(slow, [0.025, 0.975]), abs=0.03)


@pytest.mark.parametrize(("level", "expected"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_alpha_is_that_of_krippendorffs_own_example(level: str, expected: float) -> None:
    # four observers, twelve units, values 1 to 5, some missing: Krippendorff, Computing Krippendorff's
    # Alpha-Reliability, 2011, example C and what it says of the same data at other levels
    observers = (
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    units = list(zip(*(line.split() for line in observers), strict=True))
    counts = np.array([[unit.count(str(value)) for value in range(1, 6)] for unit in units])
    counts = counts[counts.sum(1) > 1]
    assert _alpha(counts, 5, ordinal=level == "ordinal")(np.ones((1, len(counts))))[0] == pytest.approx(
        expected, abs=5e-4
    )
    ratings = [{str(who): int(value) - 1 for who, value in enumerate(unit) if value != "."} for unit in units]
    measure = next(one for one in agreement(ratings, levels=5) if one.level == level)
    assert measure.value == pytest.approx(expected, abs=5e-4)
    assert measure.captions == 11


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
@pytest.mark.parametrize("seed", range(20))
def test_alpha_of_random_tables_is_that_of_the_krippendorff_package(level: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    levels, reviewers, captions = int(draw.integers(2, 7)), int(draw.integers(3, 8)), int(draw.integers(2, 60))
    table = draw.integers(0, levels, (reviewers, captions)).astype(float)
    truth = draw.integers(0, levels, captions)
    table = np.where(draw.random(table.shape) < draw.random(), truth, table)
    table[draw.random(table.shape) < 0.7 * draw.random()] = np.nan
    table[:, 0] = np.arange(reviewers) % levels  # so that there is something to measure in every table
    ratings = [{f"r{who}": int(value) for who, value in enumerate(unit) if not np.isnan(value)} for unit in table.T]
    measure = next(one for one in agreement(ratings, levels=levels) if one.level == level)
    theirs = krippendorff.alpha(
        table,
        level_of_measurement=level,
        value_domain=list(range(levels)),  # type: ignore[arg-type]
    )
    assert measure.value == pytest.approx(theirs, abs=1e-12)


def test_agreement_gives_a_reason_where_it_cannot_be_measured() -> None:
    assert [one.why for one in agreement([{"a": 1}, {"b": 2}], levels=3)] == [NO_OVERLAP]
    for ratings in ([{"a": 0, "b": 0}] * 5, [{"a": 0, "b": 0, "c": 0}] * 5):
        assert [(one.value, one.why) for one in agreement(ratings, levels=3)] == [(None, SAME)] * 2


def test_the_same_seed_gives_the_same_report() -> None:
    verdicts = many("abc", 100)
    assert report(verdicts).to_dict() == report(reversed(verdicts)).to_dict()
    assert report(verdicts, seed=1).agreement != report(verdicts, seed=2).agreement


def test_several_words_on_a_caption_become_their_median_of_two_the_worse() -> None:
    verdicts = [
        verdict("a.png", verdict_text, reviewer=who) for who, verdict_text in zip("abc", VERDICT_TEXTS, strict=True)
    ]
    assert [one.verdict for one in report(verdicts).judged_captions] == ["minor"]
    assert [one.verdict for one in report(verdicts[:2]).judged_captions] == ["minor"]
    assert [one.verdict for one in report([verdicts[0], verdicts[2]]).judged_captions] == ["major"]


def test_reports_rates_of_each_stratum() -> None:
    plan = stratified_sample(STRATA, 60, facet="continent", allocation="equal", seed=2)
    verdicts = [verdict(name, "major" if stratum == "Oceania" else "correct") for name, stratum in plan.pairs]
    fields = report([*verdicts, verdict("elsewhere.png"), verdict(plan.names[0], "minor", style="4v")], plan).to_dict()
    assert fields["overall"]["error"]["rate"] == pytest.approx(0.1)
    assert [one["error"]["rate"] for one in fields["strata"]] == [0.0, 1.0]
    assert [one["population"] for one in fields["strata"]] == [900, 100]
    assert fields["overall"]["error"]["low"] < 0.1 < fields["overall"]["error"]["high"]
    assert any(remark.startswith("2 verdicts are on captions outside the plan") for remark in fields["remarks"])
    assert json.loads(json.dumps(fields)) == fields
    assert "stratified by continent (2 strata, each sampled in equal numbers; seed 2)" in methods(
        report(verdicts, plan)
    )


def test_remarks_name_unfinished_plans_and_missed_strata() -> None:
    plan = stratified_sample(STRATA, 100, facet="continent")
    first = [verdict(name) for name, stratum in plan.pairs if stratum == "Asia"][:20]
    remarks = report(first, plan).remarks
    assert "20 of the 100 captions of the plan have been judged so far." in remarks
    assert "Nothing was judged in 1 strata with 10.0% of the pairs; the figures leave them out." in remarks


def test_risk_first_plan_gives_no_estimate() -> None:
    plan = risk_first(dict.fromkeys(NAMES, 1.0), 10)
    figures = report([verdict(name, "major") for name in plan.names], plan)
    assert figures.overall.error.rate == 1.0
    assert figures.overall.error.low is None
    assert "does not estimate the others" in methods(figures)


def test_a_caption_that_changed_between_verdicts_is_not_mixed_up() -> None:
    verdicts = [verdict("a.png", "major", reviewer=who) for who in "ab"]
    figures = report([*verdicts, verdict("a.png", reviewer="c", caption="0" * 32)])
    assert len(figures.judged_captions) == 1
    assert "1 verdicts are on another wording of a caption than most; they are left out." in figures.remarks


@pytest.mark.parametrize("with_plan", [True, False])
def test_report_without_verdicts_has_a_remark(tmp_path: Path, *, with_plan: bool) -> None:
    empty = report([], simple_random(NAMES, 5) if with_plan else None)
    assert "No verdict yet, so there is nothing to report." in empty.remarks
    assert "None of them has been judged yet." in methods(empty)
    assert empty.to_dict()["overall"]["error"]["rate"] is None
    report_card(empty).save(tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text("utf-8"))
    page.assert_harmless()
    assert "No caption has been judged yet." in page.text


def test_causes_are_kept_apart_and_crossed() -> None:
    verdicts = [
        verdict("a.png", "major", reviewer="a", cause="caption"),
        verdict("a.png", "minor", reviewer="b", cause="label"),
        verdict("b.png", "minor", reviewer="b", cause="image"),
    ]
    figures = report(verdicts)
    assert figures.causes["label"] == {"correct": 0, "minor": 1, "major": 0}
    assert figures.confusion["caption"]["label"] == 1
    assert sum(sum(row.values()) for row in figures.confusion.values()) == 1


def test_escapes_text_of_reviewers_on_the_page() -> None:
    hostile = {"note": ATTACK[:2000], "correction": ATTACK, "reviewer": ATTACK[:200]}
    plan = stratified_sample({ATTACK[:150]: ATTACK[:90]}, 1, facet=ATTACK[:90])
    figures = report([verdict(ATTACK[:150], "major", **hostile)], plan, caption_of=lambda _name, _style: ATTACK)
    page = Page(report_card(figures)._repr_html_())
    page.assert_harmless()
    assert page.text.count(VISIBLE_ATTACK) >= 2


def test_the_page_shows_every_figure() -> None:
    plan = stratified_sample(STRATA, 100, facet="continent")
    figures = report([verdict(name, "minor", reviewer=who) for name in plan.names for who in "ab"], plan)
    text = Page(report_card(figures)._repr_html_()).text
    for part in ("100.0 %", "Asia", "Oceania", "900", "Cohen's kappa", SAME, methods(figures)):
        assert part in text


def test_corrections_with_half_a_character_can_be_written(tmp_path: Path) -> None:
    verdicts = [verdict("a\ud800.png", "major", correction="Trees \ud800.")]
    (tmp_path / "corrections.json").write_text(
        json.dumps(corrections(verdicts, style="3.5"), ensure_ascii=False), "utf-8"
    )
    assert json.loads((tmp_path / "corrections.json").read_text("utf-8")) == [
        {"image": "a?.png", "caption": "Trees ?."}
    ]


def test_corrections_have_the_layout_of_the_release() -> None:
    verdicts = [
        verdict("a.png", "major", correction="old"),
        verdict("a.png", "major", correction="new", reviewer="b", time=NOON.replace(hour=13)),
        verdict("b.png"),
        verdict("c.png", "minor", correction="4V's", style="4v"),
    ]
    corrections_listed = corrections(verdicts, style="3.5")
    assert [read_entry(entry) for entry in corrections_listed] == [("a.png", "new")]
    assert corrections(verdicts, style="4v") == [{"image": "c.png", "caption": "4V's"}]


def test_no_cell_of_the_csv_is_a_formula() -> None:
    starts = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"]  # noqa: RUF001 - so it is
    verdicts = [verdict(f"{at}.png", note=note, reviewer=note) for at, note in enumerate(starts)]
    head, *rows = csv.reader(io.StringIO(to_csv(verdicts), newline=""))
    assert tuple(head) == COLUMNS
    assert [row[COLUMNS.index("note")] for row in rows] == [f"'{note}" for note in starts]
    assert Counter(cell[0] for row in rows for cell in row if cell)["'"] == 2 * len(starts)
    assert "\ud800" not in to_csv([verdict(note="\ud800")])
