"""The facts of a prompt: the classes that each style mentions, their order, thresholds and rounding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, classes_by_area, count_pixels
from chatearthnet_explorer.prompts.size_words import size_word
from chatearthnet_explorer.tile import SIZE
from chatearthnet_explorer.values import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THRESHOLD = 20
"""Pixels that a class needs for the 3.5 style to mention it (Yuan et al., arXiv 2402.11325, published scripts)."""

LARGEST = 3
"""Classes of a part that the 3.5 style mentions at most."""

_PART_PIXELS = (SIZE // 2) ** 2


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a part a class covers, as the 3.5 style expresses it."""

    name: str
    """The class, by its 3.5 name."""

    percent: int
    """Share of the part's label_pixels pixels in percent, rounded as the published scripts do."""

    size: str
    """The word for it: extra small, small, medium, large or extra large."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Facts35(Value):
    """The facts about a label map in a 3.5 prompt."""

    overall: tuple[str, ...]
    """Classes of the whole map by falling area, without background and those under 20 pixels."""

    parts: dict[str, tuple[Amount, ...]]
    """For each of ``PARTS``, its largest classes, at most three, by falling area; empty if all have too few pixels."""

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON: ``{"overall": [class], "parts": {part: [[class, percent, size]]}}``."""
        return {
            "overall": list(self.overall),
            "parts": {
                part: [[amount.name, amount.percent, amount.size] for amount in amounts]
                for part, amounts in self.parts.items()
            },
        }

    @property
    def class_names(self) -> frozenset[str]:
        """Return every class in the facts."""
        return frozenset(self.overall).union(amount.name for amounts in self.parts.values() for amount in amounts)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Facts4V(Value):
    """The facts about a label map in a 4V prompt. Shares are of all pixels of a part, background included."""

    shares: dict[str, tuple[tuple[str, float], ...]]
    """For each of ``PARTS``, (class, share with two decimals) by falling share, of the classes in it."""

    percents: dict[str, dict[str, float]]
    """For each class of the map, its percent (two decimals) of each of ``PARTS``."""

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON: ``{"shares": {part: [[class, share]]}, "percents": {class: {part: percent}}}``."""
        return {
            "shares": {part: [list(pair) for pair in pairs] for part, pairs in self.shares.items()},
            "percents": {name: dict(parts) for name, parts in self.percents.items()},
        }

    @property
    def class_names(self) -> frozenset[str]:
        """Return every class in the facts."""
        return frozenset(self.percents)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PictureFacts(Value):
    """What a multispectral prompt has in place of facts about labels: the pictures that come with it."""

    image: str
    """The choice of pictures, one of ``prompts.picture_prompt.IMAGES``."""

    labels: tuple[str, ...]
    """Names of the pictures for people, in the order in which they are sent."""

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON: ``{"image": choice, "pictures": [name]}``."""
        return {"image": self.image, "pictures": list(self.labels)}

    @property
    def class_names(self) -> frozenset[str]:
        """Return no class: the prompt states none."""
        return frozenset()


Facts = Facts35 | Facts4V | PictureFacts
"""The facts of a prompt of any style."""


def facts_35(labels: NDArray[np.uint8]) -> Facts35:
    """Return the facts of a 3.5 prompt (thresholds, order and rounding of arXiv 2402.11325's scripts).

    Classes of equal area are in the order of those scripts: for the whole map, the class whose first pixel is
    earlier (row by row from the north-west corner); for a part, the class of the higher index.

    Raises:
        LabelError: If the labels are not a (256, 256) uint8 map of class indices.
    """
    *by_part, overall = count_pixels(labels).tolist()
    parts = {}
    for part, counts in zip(PARTS, by_part, strict=True):
        label_pixels = sum(counts) - counts[BACKGROUND]
        parts[part] = tuple(
            _amount(CLASSES[index].name, count / label_pixels)
            for index, count in classes_by_area(counts, lower_first=False)[:LARGEST]
            if count >= THRESHOLD
        )
    large_enough = [(index, count) for index, count in classes_by_area(overall) if count >= THRESHOLD]
    if len({count for _, count in large_enough}) < len(large_enough):
        # The scripts count in a dict, which keeps the order of first pixels, and their sort is stable.
        large_enough.sort(key=lambda pair: (-pair[1], int((labels == pair[0]).argmax())))
    return Facts35(tuple(CLASSES[index].name for index, _ in large_enough), parts)


def facts_4v(labels: NDArray[np.uint8]) -> Facts4V:
    """Return the facts of a 4V prompt (no threshold, two decimals; arXiv 2402.11325's scripts).

    Raises:
        LabelError: If the labels are not a (256, 256) uint8 map of class indices.
    """
    *by_part, overall = count_pixels(labels).tolist()
    return Facts4V(
        shares={
            part: tuple(
                (CLASSES[index].name_4v, round(count / _PART_PIXELS, 2)) for index, count in classes_by_area(counts)
            )
            for part, counts in zip(PARTS, by_part, strict=True)
        },
        percents={
            CLASSES[index].name_4v: {
                part: round(100 * counts[index] / _PART_PIXELS, 2) for part, counts in zip(PARTS, by_part, strict=True)
            }
            for index, _ in classes_by_area(overall)
        },
    )


def _amount(name: str, share: float) -> Amount:
    # truncated (0.29 gives 28), as in the published scripts
    percent = int(round(share, 2) * 100)
    return Amount(name, percent, size_word(percent))
