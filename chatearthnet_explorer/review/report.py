"""The report of a spot-check: how many captions are wrong, with intervals, and how far reviewers agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.review.error_rates import Rate, StratumCount, rate_of
from chatearthnet_explorer.review.plan import RISK, Plan, Stratum
from chatearthnet_explorer.review.reviewer_agreement import Agreement, agreement
from chatearthnet_explorer.review.verdict import CAUSES, CORRECT, MAJOR, VERDICTS, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

EXAMPLES = 10
"""Number of wrong captions that a report lists."""

_RANK = {verdict: rank for rank, verdict in enumerate(VERDICTS)}


@dataclass(frozen=True, slots=True)
class JudgedCaption:
    """One caption, with the verdicts of all its reviewers."""

    name: str
    """The image name, untrusted; views escape it."""

    style: str
    """``3.5`` or ``4v``."""

    stratum: str
    """Its stratum in the plan; its style if there is no plan."""

    verdict: str
    """The median of its verdicts; the worse if two differ."""

    verdicts: tuple[Verdict, ...]
    """Each reviewer's verdict, by name of reviewer."""

    caption: str = ""
    """The caption, untrusted, if known."""

    caption_set: str = ""
    """Id of the set that it belongs to; empty for a released caption."""

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        fields = ("name", "style", "stratum", "verdict", "caption", *(("caption_set",) if self.caption_set else ()))
        return {field: getattr(self, field) for field in fields} | {"said": [one.to_dict() for one in self.verdicts]}


@dataclass(frozen=True, slots=True)
class Rates:
    """Error rates of a population, or of one stratum of it."""

    value: str
    """The stratum; empty for all of them."""

    population: int | None
    """Number of pairs; None if unknown."""

    error: Rate
    """Captions with any error."""

    major: Rate
    """Captions with a major error."""

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        rates = {"error": self.error.to_dict(), "major": self.major.to_dict()}
        return {"value": self.value, "population": self.population} | rates


@dataclass(frozen=True, kw_only=True)
class Report:
    """The results of a spot-check."""

    plan: Plan | None
    """How the captions were drawn; None if unknown."""

    confidence: float
    """Of all intervals."""

    seed: int
    """Of the bootstrap."""

    reviewers: dict[str, int]
    """Number of captions that each reviewer judged."""

    overall: Rates
    """Error rates, estimated for the population."""

    strata: tuple[Rates, ...]
    """Error rates of each stratum."""

    agreement: tuple[Agreement, ...]
    """How far the reviewers agree."""

    causes: dict[str, dict[str, int]]
    """Number of verdicts with each cause, by cause and verdict."""

    confusion: dict[str, dict[str, int]]
    """Cross table of causes given by two reviewers of a caption (rows: the reviewer whose name sorts first)."""

    judged_captions: tuple[JudgedCaption, ...]
    """Every caption that was judged, the worst first."""

    remarks: tuple[str, ...]
    """Notes on the figures, one sentence each."""

    @property
    def examples(self) -> tuple[JudgedCaption, ...]:
        """Some captions that are wrong, the worst first."""
        return tuple(one for one in self.judged_captions if one.verdict != CORRECT)[:EXAMPLES]

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON, the plan without its pairs."""
        plan = self.plan.to_dict() if self.plan else None
        if plan:
            del plan["pairs"]
        return {
            "plan": plan,
            "confidence": self.confidence,
            "seed": self.seed,
            "reviewers": self.reviewers,
            "judged": len(self.judged_captions),
            "overall": self.overall.to_dict(),
            "strata": [rates.to_dict() for rates in self.strata],
            "agreement": [one.to_dict() for one in self.agreement],
            "causes": self.causes,
            "confusion": self.confusion,
            "examples": [one.to_dict() for one in self.examples],
            "remarks": list(self.remarks),
        }


def report(
    verdicts: Iterable[Verdict],
    plan: Plan | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
    caption_of: Callable[[str, str], str | None] = lambda _name, _style: None,
    remarks: Sequence[str] = (),
) -> Report:
    """Return the figures of a spot-check.

    Args:
        verdicts: Valid verdicts, such as ``Ledger.verdicts``: one of each reviewer on each caption.
        plan: How the captions were drawn, to estimate the population; None to describe the judged captions only.
        confidence: Confidence level of the intervals, 0 to 1.
        seed: Of the bootstrap.
        caption_of: Returns the caption of a name and style, to be shown with examples; of the plan's set if it has one.
        remarks: What to add to the remarks, such as ``Ledger.remarks``.
    """
    selection = _select_planned(verdicts, plan)
    notes = list(remarks)
    captions, others = _by_caption(selection.verdicts, selection.stratum_of, caption_of, plan)
    if plan and plan.writer:
        notes.append(f"The captions are by {plan.writer}; ChatEarthNet published none of them.")
    notes += _remarks(plan, captions, selection.outside, others)
    sizes = plan.strata if plan else tuple(Stratum(value, 0, 0) for value in sorted({one.stratum for one in captions}))
    ranks = [{one.reviewer: _RANK[one.verdict] for one in case.verdicts} for case in captions]
    return Report(
        plan=plan,
        confidence=confidence,
        seed=seed,
        reviewers=dict(sorted(Counter(one.reviewer for case in captions for one in case.verdicts).items())),
        overall=_rates("", captions, sizes, confidence, plan),
        strata=tuple(
            _rates(one.value, [case for case in captions if case.stratum == one.value], (one,), confidence, plan)
            for one in sizes
        ),
        agreement=agreement(ranks, levels=len(VERDICTS), confidence=confidence, seed=seed),
        causes=_causes(captions),
        confusion=_confusion(captions),
        judged_captions=tuple(sorted(captions, key=lambda one: -_RANK[one.verdict])),
        remarks=tuple(notes),
    )


@dataclass
class _PlannedVerdicts:
    verdicts: list[Verdict]
    outside: int
    stratum_of: Callable[[Verdict], str]


def _select_planned(verdicts: Iterable[Verdict], plan: Plan | None) -> _PlannedVerdicts:
    """Keep the captions of the plan, in its order; without a plan all, sorted by name."""
    verdict_list = list(verdicts)
    if plan is None:
        verdict_list.sort(key=lambda one: (one.name, one.style, one.caption_set))
        return _PlannedVerdicts(verdict_list, 0, _kind_of_caption)
    strata = dict(plan.pairs)
    place = {name: number for number, name in enumerate(strata)}
    verdicts_kept = [one for one in verdict_list if one.name in strata and plan.judges(one)]
    verdicts_kept.sort(key=lambda one: place[one.name])
    return _PlannedVerdicts(verdicts_kept, len(verdict_list) - len(verdicts_kept), lambda one: strata[one.name])


def _by_caption(
    verdicts: list[Verdict],
    stratum_of: Callable[[Verdict], str],
    caption_of: Callable[[str, str], str | None],
    plan: Plan | None,
) -> tuple[list[JudgedCaption], int]:
    """Return each caption with its verdicts, and how many verdicts are on another wording of a caption."""
    wordings: dict[tuple[str, str, str], dict[str, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
    for one in verdicts:
        wordings[one.name, one.style, one.caption_set][one.caption].append(one)
    captions, others = [], 0
    for (name, style, caption_set), by_digest in wordings.items():
        most_frequent = max(by_digest.values(), key=lambda many: (len(many), max(one.time for one in many)))
        others += sum(map(len, by_digest.values())) - len(most_frequent)
        verdicts_on_it = tuple(sorted(most_frequent, key=lambda one: one.reviewer))
        ranks = sorted(_RANK[one.verdict] for one in verdicts_on_it)
        verdict = VERDICTS[ranks[len(ranks) // 2]]
        text = caption_of(name, style) if caption_set == (plan.caption_set if plan else "") else ""
        stratum = stratum_of(verdicts_on_it[0])
        captions.append(JudgedCaption(name, style, stratum, verdict, verdicts_on_it, text or "", caption_set))
    return captions, others


def _kind_of_caption(verdict: Verdict) -> str:
    """Return the stratum of a verdict without a plan."""
    return f"{verdict.style}, captions {verdict.caption_set}" if verdict.caption_set else verdict.style


def _rates(
    value: str, captions: Sequence[JudgedCaption], strata: Sequence[Stratum], confidence: float, plan: Plan | None
) -> Rates:
    def rate(wrong: Sequence[str]) -> Rate:
        counts = Counter(case.stratum for case in captions)
        errors = Counter(case.stratum for case in captions if case.verdict in wrong)
        stratum_counts = [StratumCount(one.population, counts[one.value], errors[one.value]) for one in strata]
        if plan is None:  # one stratum, since it is unknown what they stand for
            stratum_counts = [StratumCount(None, counts.total(), errors.total())]
        rate_found = rate_of(stratum_counts, confidence=confidence)
        return (
            Rate(rate_found.errors, rate_found.sample_size, rate_found.rate)
            if plan and plan.design == RISK
            else rate_found
        )

    population = sum(one.population for one in strata) if plan else None
    return Rates(value, population, rate(VERDICTS[1:]), rate((MAJOR,)))


def _causes(captions: Iterable[JudgedCaption]) -> dict[str, dict[str, int]]:
    counts = Counter((one.cause, one.verdict) for case in captions for one in case.verdicts)
    return {cause: {verdict: counts[cause, verdict] for verdict in VERDICTS} for cause in CAUSES}


def _confusion(captions: Iterable[JudgedCaption]) -> dict[str, dict[str, int]]:
    counts = Counter((one.cause, other.cause) for case in captions for one, other in combinations(case.verdicts, 2))
    return {cause: {other: counts[cause, other] for other in CAUSES} for cause in CAUSES}


def _remarks(plan: Plan | None, captions: Sequence[JudgedCaption], outside: int, others: int) -> list[str]:
    sentences = []
    unseen = (
        [one for one in plan.strata if one.value not in {case.stratum for case in captions}]
        if plan and captions
        else []
    )
    if not captions:
        sentences.append("No verdict yet, so there is nothing to report.")
    if plan is None and captions:
        sentences.append("There is no plan, so the figures hold for the judged captions only.")
    if plan and plan.design == RISK:
        sentences.append(
            "The captions with the worst scores were judged first, so their error rate does not apply to others."
        )
    if plan and 0 < len(captions) < len(plan.pairs):
        sentences.append(f"{len(captions):,} of the {len(plan.pairs):,} captions of the plan have been judged so far.")
    if plan and unseen:
        share = sum(one.population for one in unseen) / plan.population
        sentences.append(
            f"Nothing was judged in {len(unseen)} strata with {share:.1%} of the pairs; the figures leave them out."
        )
    if outside:
        sentences.append(f"{outside:,} verdicts are on captions outside the plan; they are left out.")
    if others:
        sentences.append(f"{others:,} verdicts are on another wording of a caption than most; they are left out.")
    return sentences
