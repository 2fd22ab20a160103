"""What a bench shows, in plain sentences: for a terminal, and at the top of the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.captioner_bench import judging
from chatearthnet_explorer.captioner_bench.judging import ANY

if TYPE_CHECKING:
    from chatearthnet_explorer.captioner_bench.pairing import PairedComparison
    from chatearthnet_explorer.captioner_bench.results import BenchReport, ContenderResult

CHANCE = 0.05
"""A difference with a smaller p, after Holm's correction, is called hardly chance."""

READER = "Some of these may be errors of the program that reads the captions; the report has corrected shares."
"""What a reader of the shares must know."""

_LEAST_P = 0.001


def conclusions(report: BenchReport) -> list[str]:
    """Return what the figures say, one sentence each; they may hold hostile names of models.

    First the errors of each contender, the most faithful first; then why captions are missing; then the differences
    that are hardly chance, and how many pairs show none.
    """
    ranking = report.ranking()
    sentences = [_errors(report.results[position]) for position in ranking]
    failures = [(report.results[position].label, report.results[position].failure) for position in ranking]
    sentences += [
        f"{label}: not every chip has a caption, most often because: {failure}"
        for label, failure in failures
        if failure
    ]
    comparisons = [one for one in report.comparisons if one.kind == ANY and one.n]
    clear = [one for one in comparisons if one.p_holm < CHANCE]
    for position in ranking:
        better = {one: _other(one, position) for one in clear if _worse(one) == position}
        sentences += [_differences(report, position, better)] if better else []
    if open_count := len(comparisons) - len(clear):
        pairs = f"{'other ' if clear else ''}pair{'s' if open_count > 1 else ''} of contenders"
        sentences.append(
            f"For {open_count:,} {pairs}, no difference in errors is seen beyond chance; more chips may show one."
        )
    return [*sentences, READER] if any(result.rate(ANY).count for result in report.results) else sentences


def unchecked_words(result: ContenderResult) -> str:
    """Return how many chips have no checked caption, by reason; empty if all have one."""
    counts = result.outcomes.items()
    return ", ".join(f"{count:,} {outcome}" for outcome, count in counts if count and outcome != judging.IS_CHECKED)


def _errors(result: ContenderResult) -> str:
    share, other_outcomes = result.rate(ANY), unchecked_words(result)
    name = result.label + (" (simulated)" if result.simulated else "")
    if share.share is None or share.interval is None:
        return f"{name}: no caption could be checked ({other_outcomes})."
    low, high = (round(100 * end) for end in share.interval)
    rest = f"; not checked: {other_outcomes}" if other_outcomes else ""
    return (
        f"{name}: errors found in {share.count:,} of {share.n:,} captions, {100 * share.share:.0f} % "
        f"(of all such chips {low} to {high} %){rest}."
    )


def _worse(one: PairedComparison) -> int:
    return one.first if one.only_first > one.only_second else one.second


def _other(one: PairedComparison, position: int) -> int:
    return one.second if one.first == position else one.first


def _differences(report: BenchReport, position: int, better: dict[PairedComparison, int]) -> str:
    parts = []
    for one, other in better.items():
        more, less = max(one.only_first, one.only_second), min(one.only_first, one.only_second)
        p = f"p {one.p_holm:.3f}" if one.p_holm >= _LEAST_P else "p below 0.001"
        parts.append(f"{report.results[other].label} ({more:,} chips to {less:,}, {p})")
    return f"{report.results[position].label}: errs more often, hardly by chance, than {'; '.join(parts)}."
