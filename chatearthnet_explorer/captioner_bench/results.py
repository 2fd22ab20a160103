"""The results of a bench as values: one for each contender, and the report of all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.captioner_bench import judging
from chatearthnet_explorer.captioner_bench.contenders import PLANTED_ROW, RELEASE_ROW, WITHOUT_SERVICE, label_of
from chatearthnet_explorer.captioner_bench.correction import CorrectedShare, correct
from chatearthnet_explorer.captioner_bench.judging import ANY, KINDS, Judgement, judge
from chatearthnet_explorer.captioner_bench.rates import Share
from chatearthnet_explorer.captioner_bench.reader_errors import prose_of, reader_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.caption_file import CaptionEntry
    from chatearthnet_explorer.captioner_bench.pairing import PairedComparison
    from chatearthnet_explorer.captioner_bench.sample import BenchSample
    from chatearthnet_explorer.writer import Writer

_REFUSALS = frozenset({"refusal", "filter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContenderResult:
    """What one contender made of the sample."""

    contender: Writer
    """The contender."""

    models: tuple[str, ...]
    """Models that wrote, as the service reports them, hostile; empty without a model."""

    judgements: Mapping[str, Judgement]
    """The judgement of each chip, by name."""

    prose: tuple[str, ...]
    """Kinds of prose that its captions may be in, of ``reader_errors.reader_errors``."""

    simulated: bool
    """Whether its captions are made up, and by no model."""

    wording: str = ""
    """Hash of the wording of its prompts; empty for the project's own."""

    tokens_in: int = 0
    """Tokens of all inputs, as the service counts them."""

    tokens_out: int = 0
    """Tokens of all outputs, likewise."""

    dollars: float | None = 0.0
    """US dollars of all requests; None if the price of one is not known."""

    seconds: float | None = None
    """Median time of a request; None if no time is known."""

    failure: str = ""
    """The most frequent reason why a chip has no caption, hostile; empty if all have one."""

    first_day: str = ""
    """When the first of its captions was written, in UTC; empty if that is not known."""

    last_day: str = ""
    """When the last was."""

    @property
    def label(self) -> str:
        """The contender in words, hostile."""
        return label_of(self.contender)

    @property
    def outcomes(self) -> dict[str, int]:
        """Return how many chips have each of ``judging.OUTCOMES``."""
        counts = Counter(one.outcome for one in self.judgements.values())
        return {outcome: counts[outcome] for outcome in judging.OUTCOMES}

    @property
    def faithful(self) -> Share:
        """The share of all chips with a caption that makes claims, and in which no error was found."""
        return Share(sum(one.is_faithful for one in self.judgements.values()), len(self.judgements))

    def rate(self, kind: str) -> Share:
        """Return the share of the checked captions in which an error of a kind, or of ``ANY``, was found."""
        checked_captions = [one for one in self.judgements.values() if one.is_checked]
        return Share(sum(one.has(kind) for one in checked_captions), len(checked_captions))

    def corrected_shares(self, kind: str) -> dict[str, CorrectedShare | None]:
        """Return the same share corrected for the errors of the reader, by kind of prose."""
        share = self.rate(kind)
        errors = {prose: reader_errors()[prose] for prose in self.prose}
        return {prose: correct(share, one.false_alarms[kind], one.recall[kind]) for prose, one in errors.items()}

    @property
    def claims_per_caption(self) -> float | None:
        """The mean number of claims of the checked captions."""
        return _mean(one.claims for one in self.judgements.values() if one.is_checked)

    @property
    def uncertain_claims(self) -> Share:
        """The share of the claims to which nothing objects, as they were not read with certainty."""
        return Share(
            sum(one.unchecked_claims for one in self.judgements.values()),
            sum(one.claims for one in self.judgements.values()),
        )

    @property
    def prompt_words(self) -> Share:
        """The share of the class words that are the prompt's own, a hint which kind of prose it is."""
        return Share(
            sum(one.prompt_words for one in self.judgements.values()),
            sum(one.class_words for one in self.judgements.values()),
        )

    @property
    def words_per_caption(self) -> float | None:
        """The mean number of words of all captions, also of those that could not be checked."""
        return _mean(one.words for one in self.judgements.values() if one.words)

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "contender": self.contender.spec,
            "title": self.label,
            "captioner": self.contender.captioner,
            "requested_model": self.contender.model,
            "models": list(self.models),
            "style": self.contender.style,
            "wording": self.wording,
            "prompt_seed": self.contender.seed,
            "simulated": self.simulated,
            "chips": len(self.judgements),
            "outcomes": self.outcomes,
            "failure": self.failure,
            "faithful": self.faithful.to_dict(),
            "kinds": {kind: self._rate_to_dict(kind) for kind in (ANY, *KINDS)},
            "claims_per_caption": self.claims_per_caption,
            "uncertain_claims": self.uncertain_claims.share,
            "prompt_words": self.prompt_words.share,
            "words_per_caption": self.words_per_caption,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "dollars": self.dollars,
            "seconds": self.seconds,
            "first_caption": self.first_day,
            "last_caption": self.last_day,
        }

    def _rate_to_dict(self, kind: str) -> dict[str, Any]:
        corrections = {
            prose: None if one is None else one._asdict() for prose, one in self.corrected_shares(kind).items()
        }
        return {**self.rate(kind).to_dict(), "corrected": corrections}


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchReport:
    """Everything that a bench reports."""

    data: str
    """The catalog, in words: the release that it was built from, hostile."""

    catalog_version: str
    """Version of the catalog: a digest of its files."""

    labels: str
    """Which labels the captions were compared with."""

    simulated: bool
    """Whether chips and labels are simulated."""

    sample: BenchSample
    """How the chips were drawn."""

    unusable: int
    """Chips of the sample that were left out for every contender, as nothing can be said of them."""

    results: tuple[ContenderResult, ...]
    """One for each contender, in the order of the command line."""

    comparisons: tuple[PairedComparison, ...]
    """Comparisons of two contenders of one style each."""

    prose: str
    """The kind of prose whose correction is shown first where a contender may write in several."""

    command: str
    """The command that makes the same report, without addresses and keys."""

    version: str
    """Version of this package."""

    day: str
    """When the report was made, ``2026-11-28``."""

    def ranking(self) -> list[int]:
        """Return the positions of the results by falling share of faithful captions; ties keep their order."""
        return sorted(range(len(self.results)), key=lambda position: -(self.results[position].faithful.share or 0.0))

    def main_correction(self, result: ContenderResult, kind: str = ANY) -> tuple[str, CorrectedShare | None]:
        """Return the correction of a share that is shown first, and its kind of prose."""
        prose = self.prose if self.prose in result.prose else result.prose[0]
        return prose, result.corrected_shares(kind)[prose]


def result_of(
    contender: Writer,
    entries: Mapping[str, CaptionEntry | None],
    counts_of: Callable[[str], NDArray[np.int64]],
    *,
    simulated: bool,
) -> ContenderResult:
    """Return what became of the captions of a contender.

    Args:
        contender: The contender.
        entries: Its entry for each chip; None where there is none.
        counts_of: Returns the pixel counts of a chip, (6, 12).
        simulated: Whether the chips are simulated, and with them the released captions.
    """
    present = [entry for entry in entries.values() if entry]
    times = [entry.seconds for entry in present if entry.seconds is not None]
    dates = sorted(entry.timestamp for entry in present if entry.timestamp)
    errors = Counter(entry.error for entry in present if entry.error)
    prices = [entry.dollars for entry in present]
    is_free = contender.captioner in WITHOUT_SERVICE
    return ContenderResult(
        contender=contender,
        models=tuple(sorted({entry.model for entry in present if entry.model})),
        judgements={name: judge_entry(entry, counts_of(name)) for name, entry in entries.items()},
        prose=prose_of(contender.captioner, contender.style, simulated=simulated),
        simulated=contender.captioner == PLANTED_ROW or (contender.captioner == RELEASE_ROW and simulated),
        wording=next((entry.wording for entry in present if entry.wording), ""),
        tokens_in=sum(entry.tokens_in or 0 for entry in present),
        tokens_out=sum(entry.tokens_out or 0 for entry in present),
        dollars=0.0 if is_free else None if None in prices else sum(price or 0.0 for price in prices),
        seconds=median(times) if times else None,
        failure=next((text for text, _ in errors.most_common(1)), ""),
        first_day=dates[0] if dates else "",
        last_day=dates[-1] if dates else "",
    )


def judge_entry(entry: CaptionEntry | None, counts: NDArray[np.int64]) -> Judgement:
    """Return the judgement of an entry of a file of captions; None stands for a chip without an entry."""
    if entry is None:
        return Judgement(judging.IS_MISSING)
    if not entry.caption:
        return Judgement(judging.IS_REFUSAL if entry.error_kind in _REFUSALS else judging.IS_FAILURE)
    return judge(entry.caption, style=entry.style, counts=counts)


def _mean(numbers: Iterable[float]) -> float | None:
    values = list(numbers)
    return fmean(values) if values else None
