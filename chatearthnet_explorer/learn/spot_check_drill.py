"""A spot-check in small: statements about simulated squares, of which one in five is wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels
from chatearthnet_explorer.learn.lesson_chips import simulated_chip
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.review.error_rates import Rate, StratumCount, rate_of
from chatearthnet_explorer.review.sampling import simple_random
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from chatearthnet_explorer.chip import Chip

SAMPLE_SIZE = 20
"""Statements that a reader judges."""

_BLOCK = 4
_KINDS = ("largest", "more than half")
POPULATION = len(PLACES) * _BLOCK * len(PARTS) * len(_KINDS)
"""Statements that there are."""

WRONG_SHARE = 0.2
"""Share of them that is wrong."""

_HALF, _CLEAR = 50, 4  # percent, percentage points


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence about a square."""

    name: str
    """Its name in the plan."""

    chip: Chip
    """The square."""

    part: str
    """The part that it is about."""

    text: str
    """The sentence."""

    is_true: bool
    """Whether the labels agree."""

    reason: str
    """What the labels have there."""


def draw_statements(seed: int) -> tuple[str, ...]:
    """Return the names of the statements to judge, drawn at random as ``review plan`` does."""
    names = [f"{number:03}" for number in range(POPULATION)]
    return simple_random(names, SAMPLE_SIZE, seed=seed).names


def statement(name: str) -> Statement:
    """Return a statement of the population: the same name gives the same one."""
    number = int(name)
    place, rest = divmod(number, _BLOCK * len(PARTS) * len(_KINDS))
    position, rest = divmod(rest, len(PARTS) * len(_KINDS))
    part_number, kind = divmod(rest, len(_KINDS))
    chip = simulated_chip(*Tile.at(PLACES[place].lon, PLACES[place].lat).siblings[position].center)
    return _write(name, chip, part_number, _KINDS[kind], is_true=number not in _wrong_numbers())


def rate_after(judgements: list[bool]) -> Rate:
    """Return the estimated share of wrong statements with its 95 % interval.

    Args:
        judgements: For each judged statement whether the reader called it right.
    """
    return rate_of([StratumCount(POPULATION, len(judgements), judgements.count(False))])


@lru_cache(maxsize=1)
def _wrong_numbers() -> frozenset[int]:
    draw = random.Random("wrong statements")  # noqa: S311 - a lesson, nothing secret
    return frozenset(draw.sample(range(POPULATION), round(WRONG_SHARE * POPULATION)))


def _write(name: str, chip: Chip, part_number: int, kind: str, *, is_true: bool) -> Statement:
    draw = random.Random(name)  # noqa: S311 - likewise
    part = PARTS[part_number]
    pixels = [0] * len(CLASSES) if chip.labels is None else count_pixels(chip.labels)[part_number].tolist()
    total = sum(pixels)
    by_area = sorted(range(BACKGROUND + 1, len(CLASSES)), key=lambda index: -pixels[index])
    leader = by_area[0]
    percents = [100 * pixels[index] / total if total else 0.0 for index in range(len(CLASSES))]
    # a reader can tell what is clear: no share near a half, no two shares that are nearly equal
    if abs(percents[leader] - _HALF) < _CLEAR:
        kind = "largest"
    if kind == "largest" and percents[leader] - percents[by_area[1]] >= _CLEAR / 2:
        index = leader if is_true else draw.choice([one for one in by_area[1:5] if pixels[one] < pixels[leader]])
        text = f"In the {part}, {CLASSES[index].name} covers more ground than anything else."
    else:
        share = percents[leader]
        above = (share > _HALF) == is_true
        text = f"{CLASSES[leader].name.capitalize()} covers {'more' if above else 'less'} than half of the {part}."
    largest = ", ".join(f"{CLASSES[index].name} {percents[index]:.0f} %" for index in by_area[:3] if pixels[index])
    return Statement(name, chip, part, text, is_true, f"In the {part} the labels have: {largest}.")
