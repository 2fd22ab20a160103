"""What the captions of one chip in two styles cannot both mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover import SIZES
from chatearthnet_explorer.review.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.claims import Claim, Reading

APART = 2
"""Sizes by which two words of amount for one class in one part must differ to contradict each other."""

_STEP = {size: step for step, (_, size) in enumerate(SIZES)}


def contradictions(readings: tuple[Reading, Reading]) -> Iterator[Finding]:
    """Find what a caption of style 3.5 and one of style 4V, in this order, say against each other.

    That one names a class and the other does not is none: style 3.5 leaves the smallest out. Spans are of the second.
    """
    first, second = readings
    yield from _dominants(first, second)
    yield from _denials(first, second)
    yield from _sizes(first, second)


def _dominants(first: Reading, second: Reading) -> Iterator[Finding]:
    one, other = first.dominant, second.dominant
    if not one or not other or one == other or one in _leaders(second) or other in _leaders(first):
        return
    claim = next((claim for claim in second.claims if claim.leads and claim.name == other), None)
    evidence = f"Style 3.5 says that {one} dominates, style 4V that {other} does."
    yield Finding("contradiction", evidence, other, "", None, *_span(claim))


def _denials(first: Reading, second: Reading) -> Iterator[Finding]:
    """Find classes that one says are nowhere and the other says are there."""
    for here, there, denier, namer in ((first, second, "3.5", "4V"), (second, first, "4V", "3.5")):
        named = set(there.classes)
        for claim in here.claims:
            if claim.negated and not claim.parts and not claim.size_words and claim.name in named:
                words = claim if here is second else next(one for one in second.claims if one.name == claim.name)
                evidence = f"Style {denier} says that {claim.name} is missing, style {namer} names it."
                yield Finding("contradiction", evidence, claim.name, "", None, *_span(words))
                break


def _sizes(first: Reading, second: Reading) -> Iterator[Finding]:
    said = {(claim.name, part): claim.size for claim in first.claims if _sized(claim) for part in claim.parts}
    seen = set()
    for claim in second.claims:
        if not _sized(claim) or not claim.size:
            continue
        for part in claim.parts:
            size = said.get((claim.name, part))
            if size and abs(_STEP[size] - _STEP[claim.size]) >= APART and (claim.name, part) not in seen:
                seen.add((claim.name, part))
                evidence = f"In the {part}, style 3.5 calls {claim.name} {size}, style 4V {claim.size}."
                yield Finding("contradiction", evidence, claim.name, part, None, *_span(claim))


def _sized(claim: Claim) -> bool:
    return bool(claim.size) and not claim.negated


def _leaders(reading: Reading) -> set[str]:
    return {claim.name for claim in reading.claims if claim.leads and not claim.parts}


def _span(claim: Claim | None) -> tuple[int, int]:
    return (claim.phrase_start, claim.phrase_end) if claim else (-1, -1)
