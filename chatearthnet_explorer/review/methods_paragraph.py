"""Write the methods paragraph of a spot-check for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.review.plan import RISK, STRATIFIED
from chatearthnet_explorer.review.sampling import PROPORTIONAL

if TYPE_CHECKING:
    from chatearthnet_explorer.review.error_rates import Rate
    from chatearthnet_explorer.review.report import Report


def methods(report: Report) -> str:
    """Return the text of a methods paragraph, with all figures and their references."""
    if not report.judged_captions:
        return f"{_sampling_sentence(report)} None of them has been judged yet."
    several = len(report.reviewers) > 1
    sentences = [_sampling_sentence(report), _sample_sentence(report), _rates(report)]
    sentences += [_agreement(report)] if several else ["Agreement could not be measured, as there was one reviewer."]
    return " ".join(sentences)


def share(rate: Rate) -> str:
    """Return a rate with its interval, in percent."""
    if rate.rate is None:
        return "not known"
    if rate.low is None or rate.high is None:
        return f"{100 * rate.rate:.1f} %"
    return f"{100 * rate.rate:.1f} % [{100 * rate.low:.1f}, {100 * rate.high:.1f}]"


def _sampling_sentence(report: Report) -> str:
    plan = report.plan
    if plan is None:
        return f"{len(report.judged_captions):,} captions were judged, without a record of how they were chosen."
    kind = f"{'GPT-3.5' if plan.style == '3.5' else 'GPT-4V'} captions"
    if plan.caption_set:
        kind = f"captions by {plan.writer or plan.caption_set}"
    whole = f"{plan.population:,} image-text pairs with {kind}"
    if plan.design == RISK:
        return f"Of {whole}, the {len(plan.pairs):,} with the worst audit score were chosen."
    if plan.design != STRATIFIED:
        return f"A simple random sample of {len(plan.pairs):,} was drawn from {whole} (seed {plan.seed})."
    manner = "in proportion to its size" if plan.allocation == PROPORTIONAL else "in equal numbers"
    return (
        f"From {whole}, {len(plan.pairs):,} were drawn at random, stratified by {plan.facet} "
        f"({len(plan.strata)} strata, each sampled {manner}; seed {plan.seed})."
    )


def _sample_sentence(report: Report) -> str:
    people = len(report.reviewers)
    who = "One reviewer" if people == 1 else f"{people} reviewers"
    times = sum(report.reviewers.values())
    return (
        f"{who} judged {len(report.judged_captions):,} of them ({times:,} verdicts) as correct, with a minor or "
        "with a major error; where verdicts on a caption differed the median was taken, of two the worse."
    )


def _rates(report: Report) -> str:
    overall, percent = report.overall, f"{100 * report.confidence:g} %"
    result = f"{share(overall.error)} of the captions have an error and {share(overall.major)} a major one"
    if overall.error.low is None:
        return f"Among those judged, {result}; the sample is not random, so this does not estimate the others."
    if report.plan is None:
        return f"{result} ({percent} Wilson intervals, which hold if the captions were chosen at random)."
    if report.plan.design == STRATIFIED:
        return (
            f"Weighted back to the population, {result} ({percent} Wilson intervals at the effective sample size, "
            "never above Kish's, with finite population correction: Wilson 1927; Kish 1965; Cochran 1977; Dean and "
            "Pagano 2015; Franco et al. 2019)."
        )
    return f"{result} ({percent} Wilson intervals with finite population correction: Wilson 1927; Cochran 1977)."


def _agreement(report: Report) -> str:
    measures = [one for one in report.agreement if one.value is not None]
    if not measures:
        return report.agreement[0].why
    citations = {"Cohen's kappa": "Cohen 1960, 1968", "Krippendorff's alpha": "Krippendorff 2019"}[measures[0].measure]
    figures = " and ".join(f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}] ({one.level})" for one in measures)
    return (
        f"Agreement on the {measures[0].captions:,} captions judged more than once was {measures[0].measure} {figures} "
        f"({citations}; percentile intervals of a bootstrap over captions, seed {report.seed})."
    )
