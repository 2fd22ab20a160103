"""Compare two captioners on the same chips: McNemar's exact test, with Holm's correction for several comparisons."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.captioner_bench.judging import ANY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from chatearthnet_explorer.captioner_bench.judging import Judgement


class PairedComparison(NamedTuple):
    """Two captioners and one kind of error, on the chips of which both captions were checked."""

    first: int
    """Position of one captioner in the report."""

    second: int
    """Position of the other."""

    kind: str
    """Kind of error."""

    n: int
    """Chips of which both captions were checked."""

    only_first: int
    """Chips on which only the caption of the first has the error."""

    only_second: int
    """Chips on which only that of the second has it."""

    p: float
    """Probability (two-sided) of so unequal counts, or more unequal ones, if both make the error equally often."""

    p_holm: float = 1.0
    """The same after Holm's correction for all comparisons of this kind of error."""


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided p of McNemar's exact test (Psychometrika 12, 1947, 153-157): binomial with 1/2."""
    n = only_first + only_second
    tail = sum(math.comb(n, count) for count in range(min(only_first, only_second) + 1))
    return min(1.0, float(2 * tail / 2**n))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values corrected for their number (Holm, Scandinavian Journal of Statistics 6, 1979, 65-70)."""
    order = sorted(range(len(p_values)), key=lambda position: p_values[position])
    adjusted_values = [1.0] * len(p_values)
    largest = 0.0
    for rank, position in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[position]))
        adjusted_values[position] = largest
    return adjusted_values


def compare(
    judgements: Sequence[Mapping[str, Judgement]], pairs: Iterable[tuple[int, int]], kind: str = ANY
) -> list[PairedComparison]:
    """Return the comparisons of pairs of captioners.

    Args:
        judgements: For each captioner, the judgement of each chip.
        pairs: Positions of two captioners each.
        kind: Kind of error.
    """
    comparisons = []
    for first, second in pairs:
        one, other = judgements[first], judgements[second]
        both = [
            (one[name].has(kind), other[name].has(kind))
            for name in one
            if name in other and one[name].is_checked and other[name].is_checked
        ]
        counts = both.count((True, False)), both.count((False, True))
        comparisons.append(PairedComparison(first, second, kind, len(both), *counts, mcnemar(*counts)))
    adjusted_values = holm([comparison.p for comparison in comparisons])
    return [one._replace(p_holm=p) for one, p in zip(comparisons, adjusted_values, strict=True)]
