"""Where two captions of one chip say the same, and where they disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.size_words import SIZES
from chatearthnet_explorer.review.certainty import is_checked, leading_claim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.claims import Reading

WHOLE = ""
"""The chip as a whole, beside the five parts."""

PLACES = (WHOLE, *PARTS)
"""Where something can be claimed."""

VERDICTS = ("agree", "contradict", "first", "second")
"""Both say so; one denies what the other says; only the one or only the other speaks of it."""

_SIZES = tuple(word for _, word in SIZES)
_FAR = 2  # sizes apart: 0-9 % and 10-19 % may be one map rounded twice, 0-9 % and 20-49 % may not
_ORDER = tuple(land.name for land in CLASSES)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that at least one of two captions claims."""

    name: str
    """The class, by its 3.5 name."""

    place: str
    """One of ``PLACES``."""

    verdict: str
    """One of ``VERDICTS``."""

    why: str
    """What contradicts what, in words; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two captions compared."""

    points: tuple[Point, ...]
    """By class in the legend's order, then by place in the order of ``PLACES``."""

    leaders: tuple[Point, ...]
    """Who leads where both captions say it, by place; ``name`` is what the first says."""

    @property
    def contradictions(self) -> tuple[Point, ...]:
        """The points on which they disagree."""
        return tuple(one for one in (*self.leaders, *self.points) if one.verdict == "contradict")

    @property
    def agreement_count(self) -> int:
        """The number of points on which they agree."""
        return sum(one.verdict == "agree" for one in (*self.leaders, *self.points))


def compare(first: Reading, second: Reading, *, names: tuple[str, str]) -> Agreement:
    """Return where two captions agree.

    They agree on a class in a part that both name. They contradict each other where one denies what the other says,
    where both give sizes at least two steps of ``size_words.SIZES`` apart, and where they let different classes
    lead. A class that only one names is no contradiction: the 3.5 style was told of three classes a part at most.
    Only claims that were read with certainty contradict each other.

    Args:
        first: What the first claims.
        second: What the second claims.
        names: What sentences call them.
    """
    class_names = {claim.name for claim in (*first.claims, *second.claims)}
    points = tuple(
        point
        for name in _ORDER
        if name in class_names
        for place in PLACES
        if (point := _point(name, place, (first, second), names))
    )
    return Agreement(points, tuple(_leaders(first, second, names)))


def _point(name: str, place: str, readings: tuple[Reading, Reading], names: tuple[str, str]) -> Point | None:
    there = [_mentions(reading, name, place) for reading in readings]
    if not any(there):
        return None
    for one, other in ((0, 1), (1, 0)):
        if there[one] and not there[other] and _denies(readings[other], name, place):
            return Point(name, place, "contradict", f"{names[one]} says present, {names[other]} says absent")
    if not all(there):
        return Point(name, place, VERDICTS[2 if there[0] else 3], "")
    sizes = [_size(reading, name, place) for reading in readings]
    if sizes[0] and sizes[1] and abs(_SIZES.index(sizes[0]) - _SIZES.index(sizes[1])) >= _FAR:
        return Point(name, place, "contradict", f"{names[0]} says {sizes[0]}, {names[1]} says {sizes[1]}")
    return Point(name, place, "agree", "")


def _mentions(reading: Reading, name: str, place: str) -> bool:
    """Return whether a caption names a class in a part, or anywhere at all."""
    return any(
        claim.name == name and not claim.negated and (not place or place in claim.parts) for claim in reading.claims
    )


def _denies(reading: Reading, name: str, place: str) -> bool:
    return any(
        claim.name == name and claim.negated and (not claim.parts or place in claim.parts) and is_checked(claim)
        for claim in reading.claims
    )


def _size(reading: Reading, name: str, place: str) -> str | None:
    """Return the size that a caption gives a class in a part; sizes of the parts say nothing of the whole."""
    for claim in reading.claims:
        here = place in claim.parts if place else not claim.parts
        if claim.name == name and claim.size and here and not claim.negated and is_checked(claim):
            return claim.size
    return None


def _leaders(first: Reading, second: Reading, names: tuple[str, str]) -> Iterator[Point]:
    for place in PLACES:
        one, other = leading_claim(first, place), leading_claim(second, place)
        if one and other and one.name == other.name:
            yield Point(one.name, place, "agree", "")
        elif one and other:
            why = f"{names[0]} says {one.name} covers most, {names[1]} says {other.name}"
            yield Point(one.name, place, "contradict", why)
