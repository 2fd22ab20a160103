"""Checks that compare the captions of one chip in two styles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.size_words import SIZES
from chatearthnet_explorer.review.certainty import is_checked, names_class
from chatearthnet_explorer.review.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.claims import Claim, Reading

APART = 3
"""Sizes by which the words of amount for one class must differ to contradict each other."""

_LEAST = SIZES[0][1]
_STEP = {size: step for step, (_, size) in enumerate(SIZES)}


def contradictions(readings: tuple[Reading, Reading]) -> Iterator[Finding]:
    """Find contradictions between a caption of style 3.5 and one of style 4V, in this order.

    A class that only one names is not a contradiction: style 3.5 omits the smallest. Only claims that were read with
    certainty contradict each other. Spans are of the second.
    """
    first, second = readings
    yield from _dominants(first, second)
    yield from _denials(first, second)
    yield from _sizes(first, second)


def _dominants(first: Reading, second: Reading) -> Iterator[Finding]:
    ours, theirs = _leading(first), _leading(second)
    if not ours or not theirs or {claim.name for claim in ours} & {claim.name for claim in theirs}:
        return
    claim = theirs[0]
    evidence = f"Style 3.5 says that {ours[0].name} dominates, style 4V that {claim.name} does."
    yield Finding("contradiction", evidence, claim.name, "", None, *_span(claim))


def _denials(first: Reading, second: Reading) -> Iterator[Finding]:
    """Find classes that one calls missing and the other names, in the chip or in the same part.

    In a part, the other must give it more than the least amount, which a caption may as well call none.
    """
    for here, there, denier, namer in ((first, second, "3.5", "4V"), (second, first, "4V", "3.5")):
        named_places = {(claim.name, ""): claim for claim in reversed(there.claims) if names_class(claim)}
        named_places |= {
            (claim.name, part): claim
            for claim in reversed(there.claims)
            if is_checked(claim) and not claim.negated and claim.size not in {None, _LEAST}
            for part in (claim.parts if len(claim.parts) < len(PARTS) else ())
        }
        for claim in here.claims:
            places_without = ((claim.name, part) for part in claim.parts or ("",)) if claim.negated else ()
            place = next((place for place in places_without if place in named_places), None)
            if place and not claim.size_words and is_checked(claim):
                words = claim if here is second else named_places[place]
                where = f" in the {place[1]}" if place[1] else ""
                evidence = f"Style {denier} says that {claim.name} is missing{where}, style {namer} names it."
                yield Finding("contradiction", evidence, claim.name, place[1], None, *_span(words))
                break


def _sizes(first: Reading, second: Reading) -> Iterator[Finding]:
    """Find words of amount of the second that are far from all amounts of the class in the first, in any part.

    A class that the first names in a part without an amount may be the one that the second refers to.
    """
    sizes_by_class: dict[str, set[str]] = {}
    named_places, sized_places = set(), set()
    for claim in first.claims:
        places = {(claim.name, part) for part in claim.parts if not claim.negated}
        named_places |= places
        if claim.size and not claim.negated:
            sizes_by_class.setdefault(claim.name, set()).add(claim.size)
            sized_places |= places
    without_size = {name for name, _ in named_places - sized_places}
    for claim in second.claims:
        sizes = sizes_by_class.get(claim.name)
        if not sizes or not claim.size or claim.negated or claim.name in without_size or not is_checked(claim):
            continue
        if min(abs(_STEP[size] - _STEP[claim.size]) for size in sizes) >= APART:
            without_size.add(claim.name)
            parts = ", ".join(sorted(sizes, key=lambda size: _STEP[size]))
            evidence = f"Style 3.5 calls {claim.name} {parts}, style 4V {claim.size}."
            yield Finding("contradiction", evidence, claim.name, "", None, *_span(claim))


def _leading(reading: Reading) -> list[Claim]:
    """Return the leading class of the chip by the last sentence that names one, which states the theme."""
    leading = [claim for claim in reading.claims if claim.leads and not claim.parts and is_checked(claim)]
    for start, end in reversed(reading.sentences):
        claims_of_sentence = [claim for claim in leading if start <= claim.start < end]
        if claims_of_sentence:
            return claims_of_sentence
    return []


def _span(claim: Claim) -> tuple[int, int]:
    return claim.phrase_start, claim.phrase_end
