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
from rig.hostile import ATTACK, ATTACK_SHOWN, Page
from rig.verdicts import NOON, verdict
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from chatearthnet_explorer.cards.report_card import report_card
from chatearthnet_explorer.record import read_entry
from chatearthnet_explorer.review.error_rates import Counted, rate_of, wilson
from chatearthnet_explorer.review.export_verdicts import COLUMNS, corrections, to_csv
from chatearthnet_explorer.review.methods_paragraph import methods
from chatearthnet_explorer.review.report import report
from chatearthnet_explorer.review.reviewer_agreement import NOBODY, SAME, _alpha, agreement
from chatearthnet_explorer.review.sampling import risk_first, simple_random, stratified

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.review.verdict import Verdict

SAID = ("correct", "minor", "major")
NAMES = [f"{number}.png" for number in range(1000)]
STRATA = {name: "Asia" if number < 900 else "Oceania" for number, name in enumerate(NAMES)}


def many(reviewers: str, captions: int, *, seed: int = 1, missing: float = 0.0) -> list[Verdict]:
    """Verdicts that agree more often than not."""
    draw = random.Random(seed)  # noqa: S311 - a test
    found = []
    for name in NAMES[:captions]:
        truth = draw.choices((0, 1, 2), (6, 3, 1))[0]
        for reviewer in reviewers:
            if draw.random() >= missing:
                rank = truth if draw.random() < 0.8 else draw.choice((0, 1, 2))
                found.append(verdict(name, SAID[rank], reviewer=reviewer, cause="label" if rank else ""))
    return found


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize(("errors", "n"), [(0, 1), (0, 30), (1, 3), (7, 40), (40, 40), (3.2, 41.7)])
def test_the_interval_is_that_of_statsmodels(errors: float, n: float, confidence: float) -> None:
    theirs = proportion_confint(errors, n, alpha=1 - confidence, method="wilson")
    assert wilson(errors / n, n, confidence=confidence) == pytest.approx(theirs, abs=1e-12)


def test_a_simple_sample_of_a_large_population_has_the_plain_interval() -> None:
    rate = rate_of([Counted(None, 200, 13)])
    assert (rate.low, rate.high) == pytest.approx(proportion_confint(13, 200, method="wilson"))
    assert rate.effective == pytest.approx(200)


def test_what_was_judged_in_full_is_known() -> None:
    rate = rate_of([Counted(40, 40, 3)])
    assert (rate.low, rate.rate, rate.high, rate.effective) == (0.075, 0.075, 0.075, None)


def test_strata_are_weighted_back_to_the_population() -> None:
    rate = rate_of([Counted(900, 50, 5), Counted(100, 50, 25)])
    assert rate.rate == pytest.approx(0.9 * 0.1 + 0.1 * 0.5)
    assert rate.judged == 100
    assert rate.errors == 30


def test_strata_without_errors_are_not_known_better_than_chance_allows() -> None:
    rate = rate_of([Counted(10**6, 5, 0), Counted(10**6, 5, 0)])
    assert (rate.low, rate.high) == pytest.approx(proportion_confint(0, 10, method="wilson"), abs=1e-5)


@pytest.mark.parametrize(
    ("sizes", "judged", "rates"),
    [
        ((900, 100), (50, 50), (0.1, 0.5)),
        ((40_000, 25_000, 15_000, 10_000, 6_000, 3_000, 1_000), (50,) * 7, (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)),
        ((40_000, 25_000, 15_000, 10_000, 6_000, 3_000, 1_000), (50,) * 7, (0.01,) * 7),
        ((500, 500), (100, 100), (0.03, 0.3)),
    ],
)
def test_the_interval_holds_the_truth_as_often_as_it_says(
    sizes: tuple[int, ...], judged: tuple[int, ...], rates: tuple[float, ...]
) -> None:
    draw = np.random.default_rng(5)
    wrong = [round(size * rate) for size, rate in zip(sizes, rates, strict=True)]
    truth = sum(wrong) / sum(sizes)
    held = 0
    for errors in np.column_stack(
        [draw.hypergeometric(bad, size - bad, m, 1500) for bad, size, m in zip(wrong, sizes, judged, strict=True)]
    ).tolist():
        rate = rate_of([Counted(*one) for one in zip(sizes, judged, errors, strict=True)])
        assert rate.low is not None
        assert rate.high is not None
        held += rate.low <= truth <= rate.high
    assert held / 1500 > 0.935


def test_kappa_is_that_of_statsmodels_and_its_interval_close_to_the_asymptotic_one() -> None:
    given = many("ab", 400)
    table = np.zeros((3, 3))
    ranks = {(one.name, one.reviewer): SAID.index(one.verdict) for one in given}
    for name in NAMES[:400]:
        table[ranks[name, "a"], ranks[name, "b"]] += 1
    theirs = cohens_kappa(table)
    plain, weighted = report(given).agreement
    assert plain.measure == weighted.measure == "Cohen's kappa"
    assert plain.value == pytest.approx(theirs.kappa)
    assert (plain.low, plain.high) == pytest.approx((theirs.kappa_low, theirs.kappa_upp), abs=0.02)
    assert weighted.value == pytest.approx(cohens_kappa(table, wt="linear").kappa)


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_alpha_of_a_sample_is_that_of_the_krippendorff_package(level: str) -> None:
    given = many("abcd", 200, missing=0.4)
    by_name = {name: [SAID.index(one.verdict) for one in given if one.name == name] for name in NAMES[:200]}
    counts = np.array([[ranks.count(rank) for rank in range(3)] for ranks in by_name.values() if len(ranks) > 1])
    theirs = krippendorff.alpha(value_counts=counts, level_of_measurement=level)  # type: ignore[arg-type]
    assert _alpha(counts, 3, ordinal=level == "ordinal")(np.ones((1, len(counts))))[0] == pytest.approx(theirs)
    measured = next(one for one in report(given).agreement if one.level == level)
    assert measured.measure == "Krippendorff's alpha"
    assert measured.captions == len(counts)
    assert measured.value == pytest.approx(theirs)
    assert measured.low < theirs < measured.high  # type: ignore[operator]
    # captions resampled one by one, slowly: drawing those judged alike together is the same
    draw = np.random.default_rng(2)
    slow = [
        krippendorff.alpha(value_counts=counts[draw.integers(0, len(counts), len(counts))], level_of_measurement=level)  # type: ignore[arg-type]
        for _ in range(400)
    ]
    assert (measured.low, measured.high) == pytest.approx(np.quantile(slow, [0.025, 0.975]), abs=0.03)


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_alpha_is_that_of_krippendorffs_own_example(level: str, published: float) -> None:
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
        published, abs=5e-4
    )
    judged = [{str(who): int(value) - 1 for who, value in enumerate(unit) if value != "."} for unit in units]
    measured = next(one for one in agreement(judged, levels=5) if one.level == level)
    assert measured.value == pytest.approx(published, abs=5e-4)
    assert measured.captions == 11


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
    judged = [{f"r{who}": int(value) for who, value in enumerate(unit) if not np.isnan(value)} for unit in table.T]
    measured = next(one for one in agreement(judged, levels=levels) if one.level == level)
    theirs = krippendorff.alpha(
        table,
        level_of_measurement=level,
        value_domain=list(range(levels)),  # type: ignore[arg-type]
    )
    assert measured.value == pytest.approx(theirs, abs=1e-12)


def test_agreement_that_cannot_be_measured_says_why() -> None:
    assert [one.why for one in agreement([{"a": 1}, {"b": 2}], levels=3)] == [NOBODY]
    for judged in ([{"a": 0, "b": 0}] * 5, [{"a": 0, "b": 0, "c": 0}] * 5):
        assert [(one.value, one.why) for one in agreement(judged, levels=3)] == [(None, SAME)] * 2


def test_the_same_seed_gives_the_same_report() -> None:
    given = many("abc", 100)
    assert report(given).to_dict() == report(reversed(given)).to_dict()
    assert report(given, seed=1).agreement != report(given, seed=2).agreement


def test_several_words_on_a_caption_become_their_median_of_two_the_worse() -> None:
    given = [verdict("a.png", said, reviewer=who) for who, said in zip("abc", SAID, strict=True)]
    assert [one.verdict for one in report(given).judged] == ["minor"]
    assert [one.verdict for one in report(given[:2]).judged] == ["minor"]
    assert [one.verdict for one in report([given[0], given[2]]).judged] == ["major"]


def test_a_report_of_a_stratified_plan() -> None:
    plan = stratified(STRATA, 60, facet="continent", allocation="equal", seed=2)
    said = [verdict(name, "major" if stratum == "Oceania" else "correct") for name, stratum in plan.pairs]
    told = report([*said, verdict("elsewhere.png"), verdict(plan.names[0], "minor", style="4v")], plan).to_dict()
    assert told["overall"]["error"]["rate"] == pytest.approx(0.1)
    assert [one["error"]["rate"] for one in told["strata"]] == [0.0, 1.0]
    assert [one["population"] for one in told["strata"]] == [900, 100]
    assert told["overall"]["error"]["low"] < 0.1 < told["overall"]["error"]["high"]
    assert any(
        remark.startswith("2 verdicts are on captions that the plan does not ask for") for remark in told["remarks"]
    )
    assert json.loads(json.dumps(told)) == told
    assert "stratified by continent (2 strata, each sampled in equal numbers; seed 2)" in methods(report(said, plan))


def test_who_stops_early_is_told_so_and_strata_that_were_missed_are_named() -> None:
    plan = stratified(STRATA, 100, facet="continent")
    first = [verdict(name) for name, stratum in plan.pairs if stratum == "Asia"][:20]
    remarks = report(first, plan).remarks
    assert "20 of the 100 captions of the plan have been judged so far." in remarks
    assert "Nothing was judged in 1 strata with 10.0% of the pairs; no figure speaks of them." in remarks


def test_the_worst_first_are_no_estimate() -> None:
    plan = risk_first(dict.fromkeys(NAMES, 1.0), 10)
    found = report([verdict(name, "major") for name in plan.names], plan)
    assert found.overall.error.rate == 1.0
    assert found.overall.error.low is None
    assert "no estimate for the others" in methods(found)


def test_a_caption_that_changed_between_verdicts_is_not_mixed_up() -> None:
    given = [verdict("a.png", "major", reviewer=who) for who in "ab"]
    found = report([*given, verdict("a.png", reviewer="c", caption="0" * 32)])
    assert len(found.judged) == 1
    assert "1 verdicts are on another wording of a caption than most; they are left out." in found.remarks


@pytest.mark.parametrize("planned", [True, False])
def test_a_report_of_nothing_says_so(tmp_path: Path, *, planned: bool) -> None:
    empty = report([], simple_random(NAMES, 5) if planned else None)
    assert "No verdict has been given yet, so there is nothing to report." in empty.remarks
    assert "None of them has been judged yet." in methods(empty)
    assert empty.to_dict()["overall"]["error"]["rate"] is None
    report_card(empty).save(tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text("utf-8"))
    page.assert_harmless()
    assert "Nothing has been judged yet." in page.text


def test_causes_are_kept_apart_and_crossed() -> None:
    given = [
        verdict("a.png", "major", reviewer="a", cause="caption"),
        verdict("a.png", "minor", reviewer="b", cause="label"),
        verdict("b.png", "minor", reviewer="b", cause="image"),
    ]
    found = report(given)
    assert found.causes["label"] == {"correct": 0, "minor": 1, "major": 0}
    assert found.confusion["caption"]["label"] == 1
    assert sum(sum(row.values()) for row in found.confusion.values()) == 1


def test_what_others_wrote_is_text_on_the_page() -> None:
    hostile = {"note": ATTACK[:2000], "corrected": ATTACK, "reviewer": ATTACK[:200]}
    plan = stratified({ATTACK[:150]: ATTACK[:90]}, 1, facet=ATTACK[:90])
    found = report([verdict(ATTACK[:150], "major", **hostile)], plan, caption_of=lambda _name, _style: ATTACK)
    page = Page(report_card(found)._repr_html_())
    page.assert_harmless()
    assert page.text.count(ATTACK_SHOWN) >= 2


def test_the_page_shows_every_figure() -> None:
    plan = stratified(STRATA, 100, facet="continent")
    found = report([verdict(name, "minor", reviewer=who) for name in plan.names for who in "ab"], plan)
    text = Page(report_card(found)._repr_html_()).text
    for part in ("100.0 %", "Asia", "Oceania", "900", "Cohen's kappa", SAME, methods(found)):
        assert part in text


def test_corrections_with_half_a_character_can_be_written(tmp_path: Path) -> None:
    given = [verdict("a\ud800.png", "major", corrected="Trees \ud800.")]
    (tmp_path / "corrections.json").write_text(json.dumps(corrections(given, style="3.5"), ensure_ascii=False), "utf-8")
    assert json.loads((tmp_path / "corrections.json").read_text("utf-8")) == [
        {"image": "a?.png", "caption": "Trees ?."}
    ]


def test_corrections_have_the_layout_of_the_release() -> None:
    given = [
        verdict("a.png", "major", corrected="old"),
        verdict("a.png", "major", corrected="new", reviewer="b", time=NOON.replace(hour=13)),
        verdict("b.png"),
        verdict("c.png", "minor", corrected="4V's", style="4v"),
    ]
    listed = corrections(given, style="3.5")
    assert [read_entry(entry) for entry in listed] == [("a.png", "new")]
    assert corrections(given, style="4v") == [{"image": "c.png", "caption": "4V's"}]


def test_no_cell_of_the_csv_is_a_formula() -> None:
    starts = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"]  # noqa: RUF001 - so it is
    given = [verdict(f"{at}.png", note=note, reviewer=note) for at, note in enumerate(starts)]
    head, *rows = csv.reader(io.StringIO(to_csv(given), newline=""))
    assert tuple(head) == COLUMNS
    assert [row[COLUMNS.index("note")] for row in rows] == [f"'{note}" for note in starts]
    assert Counter(cell[0] for row in rows for cell in row if cell)["'"] == 2 * len(starts)
    assert "\ud800" not in to_csv([verdict(note="\ud800")])
