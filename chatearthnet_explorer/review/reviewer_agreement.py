"""Compute agreement between reviewers beyond chance, with intervals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]

RESAMPLES = 2000
"""Bootstrap samples behind an interval (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3)."""

SAME = "All verdicts are the same, so agreement cannot be told from chance."
"""Why there is no figure where nobody ever differed."""

NO_OVERLAP = "No caption was judged by two reviewers, so nothing can be said of agreement."
"""Why there is no figure where nothing was judged twice."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One measure of agreement: 1 is perfect, 0 is chance."""

    measure: str
    """``Cohen's kappa`` or ``Krippendorff's alpha``."""

    level: str
    """``nominal``: every difference counts the same; ``ordinal``: larger ones count more."""

    captions: int
    """Captions that two or more reviewers judged."""

    value: float | None
    """The measure; None where it is not defined."""

    low: float | None = None
    """Lower end of its interval: percentiles of a bootstrap over captions."""

    high: float | None = None
    """Upper end."""

    why: str = ""
    """Why there is no value, in one sentence."""

    def to_dict(self) -> dict[str, object]:
        """Return it for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def agreement(
    ratings: Sequence[dict[str, int]], *, levels: int, confidence: float = 0.95, seed: int = 0
) -> tuple[Agreement, ...]:
    """Return Cohen's kappa, plain and linearly weighted, of two reviewers, or Krippendorff's alpha of more.

    Kappa: Cohen, Educational and Psychological Measurement 20, 1960, 37-46; weighted: Psychological Bulletin 70, 1968,
    213-220. Alpha, nominal and ordinal, with missing verdicts: Krippendorff, Computing Krippendorff's
    Alpha-Reliability, 2011, sections C and D. Resampled are whole
    captions; those judged alike are drawn together, so that the time does not grow with their number.

    Args:
        ratings: For each caption, the verdict (0 to ``levels`` - 1, ranked) by reviewer.
        levels: How many verdicts there are.
        confidence: Confidence level of the intervals, 0 to 1.
        seed: Of the bootstrap.
    """
    shared = [verdicts for verdicts in ratings if len(verdicts) > 1]
    reviewers = sorted({name for verdicts in shared for name in verdicts})
    two = len(reviewers) <= 2  # noqa: PLR2004 - kappa is of two
    measure = "Cohen's kappa" if two else "Krippendorff's alpha"
    if not shared:
        return (Agreement(measure, "nominal", 0, None, why=NO_OVERLAP),)
    # captions judged alike make one pattern: pairs of verdicts for kappa, counts of verdicts for alpha
    patterns = Counter(
        tuple(verdicts[name] for name in reviewers)
        if two
        else tuple(list(verdicts.values()).count(level) for level in range(levels))
        for verdicts in shared
    )
    kinds = np.array(sorted(patterns))
    counts = np.array([patterns[tuple(kind)] for kind in kinds.tolist()])
    resamples = np.random.default_rng(seed).multinomial(len(shared), counts / counts.sum(), size=RESAMPLES)
    values = []
    for level in ("nominal", "ordinal"):
        statistic = (_kappa if two else _alpha)(kinds, levels, ordinal=level == "ordinal")
        value = float(statistic(counts[None].astype(float))[0])
        if np.isnan(value):
            values.append(Agreement(measure, level, len(shared), None, why=SAME))
            continue
        again = statistic(resamples.astype(float))
        tail = (1 - confidence) / 2
        low, high = np.nanquantile(again, [tail, 1 - tail])
        values.append(Agreement(measure, level, len(shared), value, float(low), float(high)))
    return tuple(values)


def _kappa(kinds: NDArray[np.int64], levels: int, *, ordinal: bool) -> Statistic:
    """Return the kappa of samples, given how often each pair of verdicts is in each: (samples, kinds)."""
    ranks = np.arange(levels)
    apart = np.abs(ranks[:, None] - ranks)
    differ = apart.astype(float) if ordinal else (apart > 0).astype(float)

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        tables = np.zeros((len(weights), levels, levels))
        tables[:, kinds[:, 0], kinds[:, 1]] = weights
        expected = np.einsum("si,sj,ij->s", tables.sum(2), tables.sum(1), differ) / weights.sum(1)
        return _beyond_chance(np.einsum("sij,ij->s", tables, differ), expected)

    return of


def _alpha(kinds: NDArray[np.int64], levels: int, *, ordinal: bool) -> Statistic:
    """Return the alpha of samples, given how often each count of verdicts is in each: (samples, kinds)."""
    same = kinds[:, :, None] * np.eye(levels)
    pairs = (kinds[:, :, None] * kinds[:, None, :] - same) / (kinds.sum(1) - 1)[:, None, None]

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        coincidences = np.tensordot(weights, pairs, 1)
        n = coincidences.sum(2)
        total = n.sum(1)
        differ = np.broadcast_to(1 - np.eye(levels), coincidences.shape)
        if ordinal:
            sums = np.cumsum(n, axis=1)
            # verdicts from one to the other, each end by half
            between = np.abs(sums[:, :, None] - n[:, :, None] / 2 - sums[:, None, :] + n[:, None, :] / 2)
            differ = between**2
        expected = np.einsum("si,sj,sij->s", n, n, differ) / (total - 1)
        return _beyond_chance(np.einsum("sij,sij->s", coincidences, differ), expected)

    return of


def _beyond_chance(disagreement: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.full(len(disagreement), np.nan)
    np.divide(disagreement, expected, out=values, where=expected > 0)
    return 1 - values
