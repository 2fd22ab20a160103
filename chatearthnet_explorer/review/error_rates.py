"""Estimate error rates of the population from a sample, with confidence intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


class StratumCount(NamedTuple):
    """The counts of one stratum."""

    population: int | None
    """Number of pairs; None if infinite or unknown."""

    sample_size: int
    """Pairs that were judged, drawn at random."""

    errors: int
    """Judged pairs that are wrong."""


@dataclass(frozen=True, slots=True)
class Rate:
    """An estimated share of the population, with its interval."""

    errors: int
    """Number of judged pairs that are wrong."""

    sample_size: int
    """Number of judged pairs."""

    rate: float | None
    """Estimated share (0 to 1) of the population; None if nothing was judged."""

    low: float | None = None
    """Lower end of its Wilson interval; None where there is none."""

    high: float | None = None
    """Upper end."""

    effective: float | None = None
    """Effective sample size behind the interval; None where there is none, or everything was judged."""

    def to_dict(self) -> dict[str, float | None]:
        """Return it for JSON."""
        names = {"judged": "sample_size"}
        fields = ("errors", "judged", "rate", "low", "high", "effective")
        return {name: getattr(self, names.get(name, name)) for name in fields}


def wilson(rate: float, n: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share (Wilson, JASA 22, 1927, 209-212).

    Args:
        rate: The observed share, 0 to 1.
        n: Sample size, or effective sample size, above 0; infinite for a complete census.
        confidence: Confidence level of the interval, 0 to 1.
    """
    if math.isinf(n):
        return rate, rate
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (rate * (1 - rate) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    # at 0 and 1 the ends are 0 and 1, except for rounding
    return max(0.0, centre - half) if rate else 0.0, min(1.0, centre + half) if rate < 1 else 1.0


def rate_of(strata: Sequence[StratumCount], *, confidence: float = 0.95) -> Rate:
    """Return the error rate of a population of which each stratum was sampled at random.

    The estimate weights each stratum by its population (Cochran, Sampling Techniques, 3rd edition, 1977, section
    5.10). Its interval is Wilson's at the effective sample size p (1 - p) / variance, as Dean and Pagano (JSSAM 3,
    2015, 484-503) and Franco et al. (JSSAM 7, 2019, 334-364) find sound for rare traits. Two cautions keep strata
    without errors, whose variance would be zero, from looking too certain: rates of strata are
    shrunk towards the overall one by z² pairs, and the size is never above Kish's (Survey Sampling, 1965, section
    11.7). In finite populations the judged pairs are certain. A single stratum gives the plain Wilson interval.

    Args:
        strata: The counts; strata without judged pairs are left out. Unknown populations count as equal.
        confidence: Confidence level of the interval, 0 to 1.
    """
    strata_sampled = [stratum for stratum in strata if stratum.sample_size]
    sample_size, errors = (sum(getattr(one, field) for one in strata_sampled) for field in ("sample_size", "errors"))
    if not strata_sampled:
        return Rate(errors=0, sample_size=0, rate=None)
    weights = np.array([float(one.population or 1) for one in strata_sampled])
    weights /= weights.sum()
    m = np.array([one.sample_size for one in strata_sampled], float)
    e = np.array([one.errors for one in strata_sampled], float)
    left = np.array([_finite_population_correction(one) for one in strata_sampled])
    rate = float(weights @ (e / m))
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    shrunken_rates = (e + z2 * rate) / (m + z2)
    spread = float(weights**2 @ (shrunken_rates * (1 - shrunken_rates) * left / m))
    kish = float(weights**2 @ (left / m))
    sizes = [rate * (1 - rate) / spread] if spread > 0 and 0 < rate < 1 else []
    effective = min([*sizes, 1 / kish]) if kish > 0 else math.inf
    low, high = wilson(rate, effective, confidence=confidence)
    return Rate(errors, sample_size, rate, low, high, None if math.isinf(effective) else effective)


def _finite_population_correction(stratum: StratumCount) -> float:
    """Return the finite population correction."""
    if stratum.population is None:
        return 1.0
    return max(stratum.population - stratum.sample_size, 0) / max(stratum.population - 1, 1)
