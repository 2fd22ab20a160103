"""Which claims the checks object to: those that were read with certainty, and on request those that were likely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.claims import DOUBTS
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from chatearthnet_explorer.claims import Claim, Reading

# doubts about where or how much, not about which class: "some snow elsewhere" names snow
_OF_PLACE = frozenset({"carried", "rest", "relative", "vague"})
_CERTAIN = frozenset(doubt for doubt, (certainty, _) in DOUBTS.items() if certainty == "certain")
_LIKELY = _CERTAIN | {doubt for doubt, (certainty, _) in DOUBTS.items() if certainty == "likely"}
_OPEN = frozenset(DOUBTS) - _LIKELY | {"likeness"}


def is_checked(claim: Claim, *, strict: bool = False) -> bool:
    """Return whether checks object to a claim: if it is certain, in a strict check if it is likely."""
    return claim.doubt in (_LIKELY if strict else _CERTAIN)


def names_class(claim: Claim) -> bool:
    """Return whether a claim certainly says that its class is somewhere in the chip, wherever that is."""
    return not claim.negated and (claim.doubt in _CERTAIN or claim.doubt in _OF_PLACE)


def open_parts(reading: Reading) -> frozenset[str]:
    """Return the parts of which the caption may say more than was read."""
    unsure = [claim.parts for claim in reading.claims if claim.doubt in _OPEN]
    return reading.loose.union(*unsure)


def leading_claim(reading: Reading, part: str, *, strict: bool = False) -> Claim | None:
    """Return the claim that a reading's leader of a part, or of the whole (empty part), rests on; None if unsure."""
    name = reading.dominant_of.get(part) if part else reading.dominant
    if not name:
        return None
    for claim in reading.claims:
        is_there = part in claim.parts if part else len(claim.parts) in {0, len(PARTS)}
        if claim.leads and claim.name == name and is_there and is_checked(claim, strict=strict):
            return claim
    return None
