"""Plant known faults in correct captions, to measure whether the checks find them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.prompts.facts import Facts4V, Facts35
from chatearthnet_explorer.review.label_counts import Cover
from chatearthnet_explorer.testing import fact_faults, word_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.testing.fact_faults import Fault

CAPTION_FAULTS = tuple(dict.fromkeys((*fact_faults.FAULTS, "order of parts", *word_faults.FAULTS)))
"""Faults that can be planted in a caption, each named as the check that is to find it."""


@dataclass(frozen=True)
class Sound:
    """A chip of which a correct caption can be written."""

    facts: Facts35 | Facts4V
    """What is true of it, in the style of the caption."""

    counts: NDArray[np.int64]
    """Its pixels of each class in each part, (6, 12)."""

    write: Callable[[Facts35 | Facts4V], str]
    """Writes a caption of facts, true or not."""

    @property
    def style(self) -> str:
        """``3.5`` or ``4v``."""
        return "3.5" if isinstance(self.facts, Facts35) else "4v"


@dataclass(frozen=True)
class FaultyCaption:
    """A caption of which all that is wrong is known."""

    text: str
    """The caption."""

    sound: Sound
    """What it is about."""

    fault: Fault | None
    """The one fault in it; None if it is correct."""


def spoil(sounds: Iterable[Sound], *, rates: Mapping[str, float], seed: int = 0) -> Iterator[FaultyCaption]:
    """Yield a caption of each chip, with at most one fault, as often as the rates say.

    A fault that a chip leaves no room for is not planted; the same chips, rates and seed give the same captions.

    Args:
        sounds: The chips.
        rates: Share (0 to 1) of the captions that are to have each of ``CAPTION_FAULTS``; together at most 1.
        seed: Seed of what is drawn.
    """
    draw = random.Random(seed)  # noqa: S311 - faults, not secrets
    kinds, shares = [*rates, ""], [*rates.values(), max(0.0, 1.0 - sum(rates.values()))]
    for sound in sounds:
        (kind,) = draw.choices(kinds, shares)
        yield (plant(sound, kind, draw=draw) if kind else None) or FaultyCaption(sound.write(sound.facts), sound, None)


def plant(sound: Sound, kind: str, *, draw: random.Random) -> FaultyCaption | None:
    """Return a caption with one fault, or None where the chip or the style leaves no room for it.

    What is false of the land is planted in the facts that the caption is then written from, so the words around it
    fit; what is wrong with the language is planted in the words.
    """
    cover = Cover(sound.counts, style=sound.style)
    result = fact_faults.FAULTS[kind](sound.facts, cover, draw) if kind in fact_faults.FAULTS else None
    if result:
        return FaultyCaption(sound.write(result[0]), sound, result[1])
    if kind == "order of parts":
        opposite = fact_faults.turn_parts(sound.facts)
        if opposite is None:
            return None
        return FaultyCaption(word_faults.turn_parts(sound.write(opposite[0])), sound, opposite[1])
    write = word_faults.FAULTS.get(kind)
    text = write(sound.write(sound.facts), cover, draw) if write else None
    return FaultyCaption(text[0], sound, text[1]) if text else None
