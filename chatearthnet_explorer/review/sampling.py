"""Draw seeded samples of pairs: simple random, stratified, or the riskiest first."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import PlanError
from chatearthnet_explorer.review.margin_of_error import check_sample
from chatearthnet_explorer.review.plan import RISK, SIMPLE, STRATIFIED, Plan, Stratum

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROPORTIONAL, EQUAL = "proportional", "equal"
"""How a stratified sample is shared out: as the population is, or the same for every stratum."""


def simple_random(names: Iterable[str], n: int, *, seed: int = 0, style: str = "3.5") -> Plan:
    """Return a sample in which every pair is as likely as any other.

    Args:
        names: The population; a name that occurs twice counts once, and their order does not matter.
        n: How many to draw. A larger sample of the same seed holds the smaller one, and begins with it.
        seed: Which sample.
        style: The captions to judge, ``3.5`` or ``4v``.

    Raises:
        PlanError: If the population is empty or has fewer than ``n`` pairs, or ``n`` is below one.
    """
    shuffled_names = _at_random(dict.fromkeys(names), seed)
    check_sample(n, len(shuffled_names))
    return Plan(
        design=SIMPLE,
        style=style,
        seed=seed,
        strata=(Stratum("all", len(shuffled_names), n),),
        pairs=tuple((name, "all") for name in shuffled_names[:n]),
    )


def stratified_sample(
    strata: Mapping[str, str],
    n: int,
    *,
    facet: str,
    allocation: str = PROPORTIONAL,
    seed: int = 0,
    style: str = "3.5",
) -> Plan:
    """Return a simple random sample of every stratum, in an order that mixes them.

    Who stops early has judged a random part of each stratum, so that the report stays sound.

    Args:
        strata: The population: the stratum of each name.
        n: How many to draw in all. With ``EQUAL`` allocation what cannot be shared out evenly goes to the first
            strata by name.
        facet: What the strata are, in one word for the reader: ``continent``, ``split``, ...
        allocation: ``PROPORTIONAL`` (largest remainder; one at least of each stratum, if ``n`` allows) or ``EQUAL``.
        seed: Which sample.
        style: The captions to judge, ``3.5`` or ``4v``.

    Raises:
        PlanError: If the population is empty, ``n`` is more than it or one of its strata has, or below one, or there is
            no such allocation.
    """
    sizes = dict(sorted(Counter(strata.values()).items()))
    check_sample(n, len(strata))
    shares = _allocate(sizes, n, allocation)
    for value, share in shares.items():
        if share > sizes[value]:
            msg = (
                f"The stratum {value!r} has {sizes[value]:,} pairs and {share:,} were asked of it; ask for fewer pairs "
                "or for proportional allocation."
            )
            raise PlanError(msg)
    left, pairs = dict(shares), []
    for name in _at_random(strata, seed):
        if left[strata[name]]:
            left[strata[name]] -= 1
            pairs.append((name, strata[name]))
    return Plan(
        design=STRATIFIED,
        style=style,
        seed=seed,
        facet=facet,
        allocation=allocation,
        strata=tuple(Stratum(value, sizes[value], shares[value]) for value in sizes),
        pairs=tuple(pairs),
    )


def risk_first(scores: Mapping[str, float], n: int, *, seed: int = 0, style: str = "3.5") -> Plan:
    """Return the pairs that an audit thinks worst, the worst first: to find faults, not to estimate how many there are.

    Args:
        scores: The population: how bad each name looks, larger is worse. Ties are broken by lot.
        n: How many to look at.
        seed: Which lots.
        style: The captions to judge, ``3.5`` or ``4v``.

    Raises:
        PlanError: If the population is empty or has fewer than ``n`` pairs, ``n`` is below one, or a score is NaN.
    """
    check_sample(n, len(scores))
    if any(math.isnan(score) for score in scores.values()):
        msg = "A score of the audit is not a number; run the audit again."
        raise PlanError(msg)
    worst = sorted(_at_random(scores, seed), key=lambda name: -scores[name])[:n]
    return Plan(
        design=RISK,
        style=style,
        seed=seed,
        strata=(Stratum("all", len(scores), n),),
        pairs=tuple((name, "all") for name in worst),
    )


def _at_random(names: Iterable[str], seed: int) -> list[str]:
    """Return names in a random order that depends on the seed and the names alone.

    Each name always draws the same number (permanent random numbers: Ohlsson, Coordination of samples using
    permanent random numbers, 1995), so a plan can be enlarged without losing what was judged.
    """
    return sorted(names, key=lambda name: (hashlib.blake2b(f"{seed} {name}".encode("utf-8", "replace")).digest(), name))


def _allocate(sizes: Mapping[str, int], n: int, allocation: str) -> dict[str, int]:
    """Return how many to draw of each stratum."""
    if allocation == EQUAL:
        each, rest = divmod(n, len(sizes))
        return {value: each + (place < rest) for place, value in enumerate(sizes)}
    if allocation != PROPORTIONAL:
        msg = f"There is no allocation {allocation!r}; choose {PROPORTIONAL} or {EQUAL}."
        raise PlanError(msg)
    least = 1 if n >= len(sizes) else 0
    total, spare = sum(sizes.values()) - least * len(sizes), n - least * len(sizes)
    # in whole numbers, so that no rounding of doubles decides
    exact = {value: divmod((size - least) * spare, total) if total else (0, 0) for value, size in sizes.items()}
    shares = {value: least + whole for value, (whole, _) in exact.items()}
    rest = n - sum(shares.values())
    for value in sorted(exact, key=lambda one: (-exact[one][1], one))[:rest]:
        shares[value] += 1
    return shares
