"""Compare each claim of a caption with the labels: supported, contradicted, or not checkable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.caption import checked_as
from chatearthnet_explorer.claims import DOUBTS
from chatearthnet_explorer.claims.lexicon.phrase_finder import single_spaced
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.size_words import SIZES, size_word
from chatearthnet_explorer.review.certainty import is_checked, leading_claim, names_class
from chatearthnet_explorer.review.finding import quote
from chatearthnet_explorer.review.label_counts import EXACT, FREE, LOOSE, Cover, fits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.claims import Claim, Reading

SUPPORTED, CONTRADICTED, NOT_CHECKABLE = "supported", "contradicted", "not checkable"
"""The results of comparing a claim with the labels."""

LEAD = 5.0
"""Percentage points by which a class that is called the largest may be smaller than the largest."""

TRACE = 1.0
"""Percent of a part up to which a class may be called absent."""

_OWN_SIZES = frozenset(size for _, size in SIZES)
_WHOLE = ("",)


class Fault(NamedTuple):
    """A claim that the labels contradict in one part."""

    claim: Claim
    """The claim."""

    check: str
    """Id of the check that fails."""

    part: str
    """The part; empty for the chip as a whole."""

    percent: float
    """Percent of the part that the class covers."""


@dataclass(frozen=True, slots=True)
class GroundedClaim:
    """A claim, and the result of comparing it with the labels."""

    claim: Claim
    """The claim, with the position of its words."""

    result: str
    """``SUPPORTED``, ``CONTRADICTED`` or ``NOT_CHECKABLE``."""

    reason: str
    """Why, in one sentence."""

    check: str = ""
    """Id of the check that fails; empty if none does."""

    parts: tuple[str, ...] = ()
    """The parts that decide, only the contradicting ones if there are any; empty for the whole chip."""

    percent: float | None = None
    """Percent of the first of these parts that the class covers; None if nothing could be counted."""


def ground(reading: Reading, counts: NDArray[np.integer] | None, *, style: str = "3.5") -> tuple[GroundedClaim, ...]:
    """Compare each claim with the labels, and return the results in the order of the claims.

    A claim whose reading is unclear is not checkable, and the reason of a likely one says that it is only likely.

    Args:
        reading: The claims of the caption.
        counts: Pixels of each class in each part, (6, 12), as ``landcover.pixels`` gives them; None without labels.
        style: ``3.5``, whose shares are of labelled pixels, or ``4v``, whose shares are of all and whose words are
            judged as looser; ``multispectral`` is judged as ``4v``.

    Raises:
        LabelError: If the counts are not of shape (6, 12).
    """
    if counts is None:
        why = "This place has no labels to compare it with."
        return tuple(GroundedClaim(claim, NOT_CHECKABLE, why) for claim in reading.claims)
    cover = Cover(counts, style=checked_as(style))
    of_claim: dict[int, list[Fault]] = {}
    for fault in faults(reading, cover, strict=True):
        of_claim.setdefault(id(fault.claim), []).append(fault)
    return tuple(_ground_claim(claim, cover, of_claim.get(id(claim), [])) for claim in reading.claims)


def faults(reading: Reading, cover: Cover, *, strict: bool = False) -> list[Fault]:
    """Return every certain claim that the labels contradict, part by part; a strict check also takes likely claims."""
    faults_found: list[Fault] = []
    for claim in reading.claims:
        # most claims are about few parts and exactly right, which needs no further checks
        parts = claim.parts or _WHOLE
        if claim.negated or len(parts) == len(PARTS) or not cover.bears_out(claim.name, parts, claim.size):
            if not claim.doubt or is_checked(claim, strict=strict):
                faults_found += _faults(claim, cover)
            elif names_class(claim) and not cover.pixels(claim.name) and cover.labelled_pixels():
                faults_found.append(Fault(claim, "hallucinated", "", 0.0))
    return faults_found + _false_leads(reading, cover, strict=strict)


def why(fault: Fault, style: str) -> str:
    """Return in one sentence why the labels contradict a claim."""
    claim, check, part, percent = fault
    name, there = claim.name, f"the {part}" if part else "the chip"
    if check == "hallucinated":
        return f"The labels have no {name} anywhere in this chip."
    if check == "denied":
        return f"It is said to be missing, and {name} covers {percent:.1f} % of {there}."
    if check == "wrong part":
        return f"The labels have {name} in this chip, but none in {there}."
    if check == "wrong size":
        here = f"{there} has {percent:.1f} % {name}"
        if _may_be_elsewhere(claim, style):
            return f"{_amount(claim)}; {here}, and nothing near it in any part."
        off = "" if _slack(claim, style) is EXACT else ", which is more than a size off"
        return f"{_amount(claim)}; {here}{off}."
    return f"It is said to lead in {there}, where {name} covers {percent:.1f} % and another class more."


def _faults(claim: Claim, cover: Cover) -> list[Fault]:
    name = claim.name
    # "everywhere in the image" does not mean in each of its parts
    parts = claim.parts if 0 < len(claim.parts) < len(PARTS) else _WHOLE
    if claim.negated:
        if claim.size_words:  # "no large lake" is not "no lake"
            return []
        claim_parts = [(part, cover.percent(name, part)) for part in parts]
        return [Fault(claim, "denied", part, percent) for part, percent in claim_parts if percent >= TRACE]
    if not cover.pixels(name):
        return [Fault(claim, "hallucinated", "", 0.0)] if cover.labelled_pixels() else []
    mapped_parts = [part for part in parts if cover.labelled_pixels(part)]
    faults_found = [Fault(claim, "wrong part", part, 0.0) for part in mapped_parts if not cover.pixels(name, part)]
    if claim.size and mapped_parts and not faults_found:
        faults_found += _wrong_sizes(claim, claim.size, mapped_parts, cover)
    return faults_found


def _wrong_sizes(claim: Claim, size: str, parts: Sequence[str], cover: Cover) -> Iterator[Fault]:
    """Yield the parts where words of amount do not fit.

    Style 4V often gives the amount in the image, and then where most of it is: its words are wrong if they fit nowhere,
    unless they plainly give the amount in the image or in the part: "a third of the top left".
    """
    if claim.of_image:
        parts = ("",)
    percents = [cover.percent(claim.name, part) for part in parts]
    if _may_be_elsewhere(claim, cover.style):
        elsewhere = (cover.percent(claim.name, part) for part in (*PARTS, ""))
        if not any(fits(size, percent, slack=LOOSE) for percent in (*percents, *elsewhere)):
            yield Fault(claim, "wrong size", parts[0], percents[0])
        return
    for part, percent in zip(parts, percents, strict=True):
        if not fits(size, percent, slack=_slack(claim, cover.style)):
            yield Fault(claim, "wrong size", part, percent)


def _may_be_elsewhere(claim: Claim, style: str) -> bool:
    """Return whether the amount may be that of another part or of the image, as style 4V mostly means it."""
    return style != "3.5" and not (claim.of_image or claim.of_part)


def _slack(claim: Claim, style: str) -> tuple[int, float]:
    """Return the tolerance of words of amount that belong to the part or to the image."""
    own = single_spaced(claim.size_words.lower()).removesuffix(" sized") in _OWN_SIZES
    return EXACT if style == "3.5" and own and len(claim.parts) == 1 else FREE


def _false_leads(reading: Reading, cover: Cover, *, strict: bool) -> list[Fault]:
    """Return the classes that are called the largest where another covers clearly more.

    A caption that also calls the largest class the largest there contradicts itself, or one of the two was misread.
    """
    leads = [claim for claim in reading.claims if claim.leads]
    if not leads:
        return []
    faults_found = [*_false_themes(reading, leads, cover, strict=strict)]
    opening = reading.sentences[0][1] if reading.sentences else 0
    parts_seen: set[str] = set()
    for claim in leads:
        # "trees dominate, most of all in the middle" does not say that they lead in the middle
        if len(claim.parts) == len(PARTS) or (claim.start < opening and claim.name == reading.dominant):
            continue
        for part in claim.parts if is_checked(claim, strict=strict) else ():
            if part not in parts_seen and cover.pixels(claim.name, part) and _all_behind(leads, part, cover, claim):
                faults_found.append(Fault(claim, "wrong dominant", part, cover.percent(claim.name, part)))
            parts_seen.add(part)
    return faults_found


def _false_themes(reading: Reading, leads: list[Claim], cover: Cover, *, strict: bool) -> Iterator[Fault]:
    """Yield the classes wrongly called dominant in the whole chip.

    Style 3.5 calls one class dominant; in style 4V, one sentence may name several. A sentence between the opening and
    the closing one counts only if these name none, because it may be about the place before: "Shrub takes over there".
    """
    whole = [claim for claim in leads if len(claim.parts) in {0, len(PARTS)}]
    if not any(_behind(claim.name, "", cover) for claim in whole):
        return
    ends = {reading.sentences[0], reading.sentences[-1]}
    at_ends = [claim for claim in whole if any(start <= claim.start < end for start, end in ends)]
    if cover.style == "3.5":
        claim = leading_claim(reading, "", strict=strict)
        others = () if claim in at_ends else at_ends
        if claim and all(_behind(one.name, "", cover) for one in (claim, *others)):
            yield Fault(claim, "wrong dominant", "", cover.percent(claim.name))
        return
    whole = at_ends or [claim for claim in whole if claim.name == reading.dominant]
    for start, end in reading.sentences:
        here = [claim for claim in whole if start <= claim.start < end and not claim.parts]
        first = next((claim for claim in here if is_checked(claim, strict=strict)), None)
        if first and all(_behind(claim.name, "", cover) for claim in here):
            yield Fault(first, "wrong dominant", "", cover.percent(first.name))


def _all_behind(leads: list[Claim], part: str, cover: Cover, claim: Claim) -> bool:
    """Return whether a claim and all others that name the largest class of a part are wrong."""
    if not _behind(claim.name, part, cover):
        return False
    others = (one for one in leads if part in one.parts and len(one.parts) < len(PARTS))
    return all(_behind(one.name, part, cover) for one in others)


def _behind(name: str, part: str, cover: Cover) -> bool:
    leader, most = cover.leaders.get(part, (name, 0.0))
    return leader != name and most - cover.percent(name, part) > LEAD


def _ground_claim(claim: Claim, cover: Cover, against: list[Fault]) -> GroundedClaim:
    certainty, doubt = DOUBTS[claim.doubt]
    claim_parts = claim.parts if len(claim.parts) < len(PARTS) else ()
    if certainty == "unclear" and not against:
        return GroundedClaim(claim, NOT_CHECKABLE, doubt, parts=claim_parts)
    remark = f" The reading is only likely: {doubt}" if certainty == "likely" else ""
    if against:
        parts = tuple(dict.fromkeys(fault.part for fault in against if fault.part))
        first = against[0]
        reason = f"{why(first, cover.style)}{remark}"
        return GroundedClaim(claim, CONTRADICTED, reason, first.check, parts, first.percent)
    labelled_parts = [part for part in claim_parts or _WHOLE if cover.labelled_pixels(part)]
    if not labelled_parts:
        there = "this part" if claim_parts else "this chip"
        return GroundedClaim(claim, NOT_CHECKABLE, f"Nobody mapped {there}.", parts=claim_parts)
    if claim.negated and claim.size_words:
        return GroundedClaim(
            claim, NOT_CHECKABLE, "It denies an amount, not that the class is there.", parts=claim_parts
        )
    percents = [cover.percent(claim.name, part) for part in labelled_parts]
    reason = f"{_shares(claim.name, labelled_parts, percents)}{_fit(claim, percents, cover.style)}.{remark}"
    return GroundedClaim(claim, SUPPORTED, reason, parts=claim_parts, percent=percents[0])


def _shares(name: str, parts: Sequence[str], percents: Sequence[float]) -> str:
    """Return how much of each part a class covers: "The top left has 3.1 % water, the middle 0.4 %"."""
    first, *others = (
        (f"the {part}" if part else "the chip", percent) for part, percent in zip(parts, percents, strict=True)
    )
    parts_seen = f"{first[0].capitalize()} has {first[1]:.1f} % {name}"
    return ", ".join([parts_seen, *(f"{there} {percent:.1f} %" for there, percent in others)])


def _fit(claim: Claim, percents: Sequence[float], style: str) -> str:
    """Return the percents of words of amount, with a remark if the share is outside but near enough."""
    if not claim.size or claim.negated:
        return ""
    if all(size_word(percent) == claim.size for percent in percents):
        return f"; {_amount(claim)}"
    where = ", here or elsewhere in the chip" if _may_be_elsewhere(claim, style) else ""
    return f"; {_amount(claim)}, which is near enough{where}"


def _amount(claim: Claim) -> str:
    size = claim.size or ""
    return f"{quote(claim.size_words)} stands for {_PERCENTS[size]}"


_PERCENTS = {
    size: f"{low} to {min(end - 1, 100)} %"
    for low, (end, size) in zip((0, *(end for end, _ in SIZES)), SIZES, strict=False)
}
