"""Margin of error: how many pairs a sample needs for it, and which margin a sample has."""

from __future__ import annotations

import math
from statistics import NormalDist

from chatearthnet_explorer.errors import PlanError

_EMPTY = "There are no pairs to sample; choose a query that finds some."


def sample_size(
    margin: float, *, confidence: float = 0.95, population: int | None = None, expected: float = 0.5
) -> int:
    """Return how many pairs a simple random sample needs for an error rate to be known to ``margin``.

    n0 = z² p (1 - p) / margin², n = n0 / (1 + (n0 - 1) / N): Cochran, Sampling Techniques, 3rd edition (1977),
    section 4.4.

    Args:
        margin: Half the width of the interval, 0 to 1: 0.05 is five percentage points.
        confidence: Confidence level of the interval, 0 to 1.
        population: Pairs there are (finite population correction); None for endlessly many.
        expected: The rate that is expected; 0.5 is the cautious choice.

    Raises:
        PlanError: If one of them is out of its range, or the population is empty.
    """
    z = _quantile(confidence, population, expected)
    if not 0 < margin < 1:
        msg = f"The margin must be between 0 and 1, not {margin}; 0.05 is five percentage points."
        raise PlanError(msg)
    endless = z**2 * expected * (1 - expected) / margin**2
    size = endless if population is None else endless / (1 + (endless - 1) / population)
    # the figures are doubles: a need of 385.0000000001 is one of 385
    return max(1, math.ceil(round(size, 9)))


def margin_of(n: int, *, confidence: float = 0.95, population: int | None = None, expected: float = 0.5) -> float:
    """Return the margin to which a simple random sample of ``n`` pairs knows an error rate; see ``sample_size``.

    Raises:
        PlanError: If one of them is out of its range, or the population is empty or has fewer than ``n`` pairs.
    """
    z = _quantile(confidence, population, expected)
    check_sample(n, max(n, 1) if population is None else population)
    left = 1.0 if population is None else (population - n) / max(population - 1, 1)
    return z * math.sqrt(expected * (1 - expected) / n * left)


def _quantile(confidence: float, population: int | None, expected: float) -> float:
    if not 0 < confidence < 1:
        msg = f"The confidence must be between 0 and 1, not {confidence}; 0.95 is usual."
        raise PlanError(msg)
    if not 0 < expected < 1:
        msg = f"The expected rate must be between 0 and 1, not {expected}; 0.5 is cautious."
        raise PlanError(msg)
    if population is not None and population < 1:
        raise PlanError(_EMPTY)
    return NormalDist().inv_cdf((1 + confidence) / 2)


def check_sample(n: int, population: int) -> None:
    """Refuse a sample of no pairs, or of more than there are.

    Raises:
        PlanError: If the population is empty or has fewer than ``n`` pairs, or ``n`` is below one.
    """
    if not population:
        raise PlanError(_EMPTY)
    if n < 1:
        msg = f"A plan needs at least one pair, not {n}."
        raise PlanError(msg)
    if n > population:
        msg = f"The population has only {population:,} pairs, not {n:,}; choose fewer."
        raise PlanError(msg)
