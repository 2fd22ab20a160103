"""The rules that turn a label map into the facts of a 3.5 prompt, each of which can be switched off."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels
from chatearthnet_explorer.prompts.facts import LARGEST, THRESHOLD
from chatearthnet_explorer.prompts.size_words import size_word

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy as np
    from numpy.typing import NDArray

RULES: Mapping[str, str] = MappingProxyType({
    "order": "The largest class comes first",
    "three": f"At most {LARGEST} classes in each part",
    "threshold": f"A class needs at least {THRESHOLD} pixels",
    "words": "Amounts are words such as “small”, not figures",
})  # fmt: skip
"""The rules, by id, in the words of the lesson. All of them are in the published scripts (arXiv 2402.11325)."""


@dataclass(frozen=True, slots=True)
class RuledAmount:
    """A class of a part, as the rules that are on let the prompt mention it."""

    index: int
    """The class, a position in ``legend.CLASSES``."""

    amount: str
    """How much there is: ``medium``, or ``29.3 %`` where words are off."""

    is_extra: bool
    """Whether the prompt would leave it out if all rules were on."""

    @property
    def name(self) -> str:
        """The class, by its 3.5 name."""
        return CLASSES[self.index].name


def facts_by_rules(labels: NDArray[np.uint8], rules: Collection[str]) -> dict[str, tuple[RuledAmount, ...]]:
    """Return what a prompt mentions in each of ``PARTS``. With all of ``RULES`` it is what ``facts_35`` returns.

    Args:
        labels: Class indices, (256, 256) uint8.
        rules: The rules that are on, keys of ``RULES``.

    Raises:
        LabelError: If the labels are not a (256, 256) uint8 map of class indices.
    """
    counts = count_pixels(labels)[: len(PARTS)].tolist()
    return {part: _amounts(pixels, rules) for part, pixels in zip(PARTS, counts, strict=True)}


def _amounts(pixels: list[int], rules: Collection[str]) -> tuple[RuledAmount, ...]:
    label_pixels = sum(pixels) - pixels[BACKGROUND]
    present = [index for index in range(BACKGROUND + 1, len(pixels)) if pixels[index]]
    # as facts_35: of two classes of equal area, the one of the higher index is first
    by_area = sorted(present, key=lambda index: (-pixels[index], -index))
    regular = {index for index in by_area[:LARGEST] if pixels[index] >= THRESHOLD}
    largest = by_area[:LARGEST] if "three" in rules else by_area
    large_enough = {index for index in largest if "threshold" not in rules or pixels[index] >= THRESHOLD}
    ordered_classes = by_area if "order" in rules else present
    return tuple(
        RuledAmount(index, _amount(pixels[index] / label_pixels, rules), index not in regular)
        for index in ordered_classes
        if index in large_enough
    )


def _amount(share: float, rules: Collection[str]) -> str:
    if "words" not in rules:
        return f"{100 * share:.1f} %"
    return size_word(int(round(share, 2) * 100))  # truncated, as facts_35 does
