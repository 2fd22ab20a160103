"""Checks that compare a caption with the labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.review.certainty import is_checked
from chatearthnet_explorer.review.finding import Finding
from chatearthnet_explorer.review.grounding import why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chatearthnet_explorer.claims import Claim
    from chatearthnet_explorer.review.checked_caption import Case

SWAP_FACTOR = 2.0
"""Percentage points by which a class must exceed the one named before it for the order to be wrong."""


def find_hallucinated(case: Case) -> Iterable[Finding]:
    """Find classes that are named but not in the labels, each once."""
    return _each(case, "hallucinated") if case.faults else ()


def find_denied(case: Case) -> Iterable[Finding]:
    """Find classes that are called missing but are in the labels."""
    return _each(case, "denied") if case.faults else ()


def wrong_part(case: Case) -> Iterable[Finding]:
    """Find classes named in a part that has none of them, though the chip has."""
    return _each(case, "wrong part") if case.faults else ()


def wrong_size(case: Case) -> Iterable[Finding]:
    """Find size words that do not fit the share."""
    return _each(case, "wrong size") if case.faults else ()


def wrong_dominant(case: Case) -> Iterable[Finding]:
    """Find classes that are called the largest where another covers clearly more."""
    return _each(case, "wrong dominant") if case.faults else ()


def find_omitted(case: Case) -> Iterator[Finding]:
    """Find parts whose largest class is not named there, and in style 4V not named at all."""
    if case.cover is None:
        return
    leaders = [(part, name, percent) for part, (name, percent) in case.cover.leaders.items() if part]
    named_classes = {claim.name for claim in case.reading.claims if not claim.negated}
    for name in dict.fromkeys([name for _, name, _ in leaders if name not in named_classes]):
        part, percent = max(
            ((part, percent) for part, other, percent in leaders if other == name), key=lambda one: one[1]
        )
        yield Finding(
            "omitted",
            f"The caption never names {name}, which covers {percent:.1f} % of the {part}, more than any other class.",
            name,
            part,
            percent,
        )
    if case.style != "3.5":
        return
    for part, name, percent in leaders:
        # a claim about the whole may include a part that is not mentioned
        texts = case.texts_of.get(part, (name,))
        if name in texts or name not in named_classes or part in case.open_parts:
            continue
        if not any(claim.name == name and _is_somewhere(claim) for claim in case.reading.claims):
            yield Finding(
                "omitted",
                f"The caption does not name {name} in the {part}, where it covers {percent:.1f} %, "
                "more than any other class.",
                name,
                part,
                percent,
            )


def _is_somewhere(claim: Claim) -> bool:
    """Return whether a claim names a class in an unknown place: "some grass elsewhere"."""
    return not (claim.parts or claim.negated or is_checked(claim))


def order_of_classes(case: Case) -> Iterator[Finding]:
    """Find parts in which style 3.5 names a class before one that covers clearly more."""
    if case.cover is None or case.style != "3.5":
        return
    for part, claims in _claims_by_part(case).items():
        if part in case.open_parts:
            continue
        least: tuple[float, Claim] | None = None
        for claim in claims:
            percent = case.cover.percent(claim.name, part)
            # "the town gives way to pasture" says in words that pasture is more
            if least and percent > least[0] + SWAP_FACTOR and not claim.leads:
                before = least[1]
                if _is_no_order(case, part, before, claim):
                    break
                yield Finding(
                    "order of classes",
                    f"In the {part}, {before.name} ({least[0]:.1f} %) is named before {claim.name} ({percent:.1f} %).",
                    claim.name,
                    part,
                    percent,
                    before.phrase_start,
                    claim.phrase_end,
                )
                break
            if least is None or percent < least[0]:
                least = percent, claim


_GIVES_WAY = re.compile(
    r"\b(?:giv(?:es?|ing) way|yields?|ced(?:es?|ing)|turn(?:s|ing)? (?:in)?to|replaced|beside|alongside|next to"
    # a rank in words: "trees drop to last, outnumbered by grass", "shrub comes third, behind grass"
    r"|(?:to|the|in|comes?|are|is|ranks?|at) (?:the )?(?:last|second|third|fourth)(?: place| rank| of|,)"
    r"|outnumbered|outweighed|outranked|outdone|beaten|surpassed|behind)\b"
)


def _is_no_order(case: Case, part: str, before: Claim, claim: Claim) -> bool:
    """Return whether two classes of a part stand in an order for another reason.

    A caption with a paragraph for each class speaks of other parts between them; "the town gives way to pasture" says
    which has less.
    """
    if _GIVES_WAY.search(case.text, before.end, claim.start):
        return True
    in_one_sentence = any(start <= before.start and claim.start < end for start, end in case.reading.sentences)
    return not in_one_sentence and any(
        before.end < one.start < claim.start and one.parts and part not in one.parts for one in case.reading.claims
    )


def _claims_by_part(case: Case) -> dict[str, list[Claim]]:
    """Return one claim of each class of a part in the order of the text; without parts that have a doubtful claim.

    A class named again keeps its first position, but "where grass is wider" is a remark before the amounts. The opening
    says where the dominant class is strongest, which is not an order within a part; the closing sentence sums up.
    """
    sentences = case.reading.sentences
    first, last = (sentences[0][1], sentences[-1][0]) if len(sentences) > 2 else (0, len(case.text))  # noqa: PLR2004
    claims_of: dict[str, dict[str, Claim]] = {part: {} for part in PARTS}
    for claim in case.reading.claims:
        if not first <= claim.start < last or claim.negated or len(claim.parts) == len(PARTS):
            continue
        if claim.doubt and not is_checked(claim, strict=case.strict):
            for part in claim.parts:
                claims_of.pop(part, None)
            continue
        for part in claim.parts:
            claims = claims_of.get(part)
            if claims is None:
                continue
            before = claims.get(claim.name)
            if before and claim.size and not before.size:
                del claims[claim.name]
            if not before or (claim.size and not before.size):
                claims[claim.name] = claim
    return {part: list(claims.values()) for part, claims in claims_of.items() if len(claims) > 1}


def _each(case: Case, check: str) -> Iterator[Finding]:
    """Yield a finding for each class and part of a failed check, with the first words that claim it."""
    classes_seen = set()
    for fault in case.faults:
        if fault.check != check or (fault.claim.name, fault.part) in classes_seen:
            continue
        classes_seen.add((fault.claim.name, fault.part))
        claim = fault.claim
        yield Finding(
            check,
            why(fault, case.style),
            claim.name,
            fault.part,
            fault.percent,
            claim.phrase_start,
            claim.phrase_end,
        )
