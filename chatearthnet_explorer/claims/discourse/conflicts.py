"""Step 6: find claims of a caption that cannot both be meant, so that at least one of them was misread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.size_words import SIZES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chatearthnet_explorer.claims.claim import Claim

FAR = 2
"""Sizes that two amounts of one class in one part are apart if one of them is of something else."""

_STEP = {size: step for step, (_, size) in enumerate(SIZES)}


def doubt_conflicts(claims: Sequence[Claim], sentences: Sequence[tuple[int, int]]) -> tuple[Claim, ...]:
    """Return claims of sentences with a doubt about those that other claims of the caption contradict.

    "Soil is prominent on the left, but does not occur in the top left": the denial stands, and that soil is in the top
    left is unclear. Of two amounts of one class in one part, both are unclear. A claim that is unclear anyway leaves
    the others as they are.
    """
    denials: set[tuple[str, str]] = set()
    first_step: dict[tuple[str, str], int] = {}
    unclear: set[tuple[str, str]] = set()
    of_whole: list[Claim] = []
    for claim in claims:
        name, parts, size, negated = claim.name, claim.parts, claim.size, claim.negated
        if not parts:
            of_whole += [claim] if size and not negated else []
        elif claim.doubt and claim.certainty == "unclear":
            continue
        elif negated:
            if not size:
                denials.update([(name, part) for part in parts])
        elif size:
            step = _STEP[size]
            for part in parts:
                if abs(step - first_step.setdefault((name, part), step)) >= FAR:
                    unclear.add((name, part))
    unlike_all = [claim for claim in of_whole if _is_unlike_all(claim, first_step)]
    unclear |= {(claim.name, "") for claim in unlike_all if _is_beside_part(claim, claims, sentences)}
    if not denials and not unclear:
        return tuple(claims)
    return tuple(part_of for claim in claims for part_of in _split(claim, denials, unclear))


def _is_unlike_all(claim: Claim, first_step: Mapping[tuple[str, str], int]) -> bool:
    """Return whether an amount without a place is far from those of all parts, so that it is of a part not read.

    "Moss covers most of the top left; shrub and grass make do with minute shares."
    """
    if not claim.size or claim.of_image:
        return False
    steps = [step for (name, _), step in first_step.items() if name == claim.name]
    return bool(steps) and min(abs(step - _STEP[claim.size]) for step in steps) >= FAR


def _is_beside_part(claim: Claim, claims: Sequence[Claim], sentences: Sequence[tuple[int, int]]) -> bool:
    """Return whether the sentence of a claim speaks of a part, so that the claim may be of that part.

    A sentence of its own, "A small patch of moss is visible.", is of the image.
    """
    begin, end = next(span for span in sentences if span[0] < claim.phrase_end <= span[1])
    return any(0 < len(one.parts) < len(PARTS) for one in claims if begin < one.phrase_end <= end)


def _split(claim: Claim, denials: set[tuple[str, str]], unclear: set[tuple[str, str]]) -> Iterator[Claim]:
    if claim.negated or len(claim.parts) == len(PARTS) or claim.certainty == "unclear":
        yield claim
        return
    if not claim.parts:
        is_unlike = claim.size and not claim.of_image and (claim.name, "") in unclear
        yield claim._replace(doubt="conflict") if is_unlike else claim
        return
    contested_parts = [
        part for part in claim.parts if (claim.name, part) in denials or (claim.size and (claim.name, part) in unclear)
    ]
    others = tuple(part for part in claim.parts if part not in contested_parts)
    if others or not contested_parts:
        yield claim._replace(parts=others) if contested_parts else claim
    if contested_parts:
        yield claim._replace(parts=tuple(contested_parts), doubt="conflict")
