"""What each verdict means, with an example: for whoever judges a caption for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.review.verdict import CORRECT, MAJOR, MINOR

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One verdict explained. The examples are made up; no released caption is quoted."""

    label: str
    """Its name on screen."""

    sentence: str
    """What it means, in one sentence."""

    labels: str
    """What the land-cover labels of the example say."""

    caption: str
    """What the caption of the example says."""

    reason: str
    """Why that deserves this verdict."""


MEANINGS: Mapping[str, Meaning] = MappingProxyType({
    CORRECT: Meaning(
        label="Correct",
        sentence="The caption says what the labels show.",
        labels="55 % grassland, 38 % trees, a little water at the bottom right",
        caption="Grassland and trees share this land, with some water at the bottom right.",
        reason="All of it is so. A caption need not mention everything.",
    ),
    MINOR: Meaning(
        label="Minor error",
        sentence="A small mistake that misleads no one: a size word, the order, a clumsy sentence.",
        labels="48 % trees, 44 % grassland",
        caption="Grassland covers the largest part, closely followed by trees.",
        reason="The order is wrong, but a reader still imagines nearly the right place.",
    ),
    MAJOR: Meaning(
        label="Major error",
        sentence="It is wrong about what is where.",
        labels="90 % crop land, 10 % buildings, no water",
        caption="A lake lies among the fields at the bottom right.",
        reason="There is no lake. A reader imagines another place.",
    ),
})  # fmt: skip
"""The meaning of each of ``verdict.VERDICTS``."""
