"""The pixel counts and shares of a label map, in the form that checks need."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import THRESHOLD
from chatearthnet_explorer.prompts.size_words import SIZES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

EXACT, FREE, LOOSE = (0, 1.0), (1, 1.0), (1, 5.0)
"""How far a size word may be off: sizes, and percentage points beyond them. ``EXACT`` is for the prompt's own words in
style 3.5 (the published scripts round shares to a percent), ``FREE`` for other words and for several parts at once,
``LOOSE`` for style 4V, whose prompt has shares but no size words."""

LEAST_LEADER = 5.0
"""Percent of a part that its largest class must cover in style 4V, which counts the unlabelled pixels too."""

_ROW = {part: row for row, part in enumerate((*PARTS, ""))}
_NAMES = tuple(land.name for land in CLASSES[BACKGROUND + 1 :])
_INDEX = {land.name: land.index for land in CLASSES}
_ENDS = (0, *(end for end, _ in SIZES))
_SHAPE = (len(PARTS) + 1, len(CLASSES))


class Cover:
    """The pixels of each class in each part, and their shares as the prompt of a style computes them.

    Raises:
        LabelError: If the counts are not of shape (6, 12).
    """

    def __init__(self, counts: NDArray[np.integer], *, style: str) -> None:
        """Use counts from ``landcover.pixels``; style 3.5 leaves unlabelled pixels out of its shares."""
        if counts.shape != _SHAPE:
            msg = f"Counts have the shape {_SHAPE}, the five parts and the whole by twelve classes, not {counts.shape}."
            raise LabelError(msg)
        self._counts: list[list[int]] = counts.tolist()
        self.style = style
        self._whole = [sum(row) - (row[BACKGROUND] if style == "3.5" else 0) for row in self._counts]

    def pixels(self, name: str, part: str = "") -> int:
        """Return the pixels of a class in a part, or in the chip as a whole."""
        return self._counts[_ROW[part]][_INDEX[name]]

    def bears_out(self, name: str, parts: Iterable[str], size: str | None) -> bool:
        """Return whether a class is in each of some parts, with exactly the amount of a size word."""
        index = _INDEX[name]
        low, high = _RANGES[EXACT][size] if size else _ANY
        for part in parts:
            row = _ROW[part]
            count = self._counts[row][index]
            if not count or not low <= 100.0 * count / self._whole[row] < high:
                return False
        return True

    def labelled_pixels(self, part: str = "") -> int:
        """Return the pixels of a part that have a label."""
        row = self._counts[_ROW[part]]
        return sum(row) - row[BACKGROUND]

    def percent(self, name: str, part: str = "") -> float:
        """Return the percent of a part that a class covers; 0.0 if nothing is counted."""
        row = _ROW[part]
        return 100.0 * self._counts[row][_INDEX[name]] / self._whole[row] if self._whole[row] else 0.0

    @cached_property
    def leaders(self) -> dict[str, tuple[str, float]]:
        """The largest class of each part and of the whole (empty part), with its percent, if it is large enough."""
        least = 0.0 if self.style == "3.5" else LEAST_LEADER
        leaders = {}
        for (part, row), whole in zip(_ROW.items(), self._whole, strict=True):
            counts = self._counts[row][BACKGROUND + 1 :]
            most = max(counts)
            if most >= THRESHOLD and 100.0 * most / whole >= least:
                leaders[part] = (_NAMES[counts.index(most)], 100.0 * most / whole)
        return leaders


def fits(size: str, percent: float, *, slack: tuple[int, float]) -> bool:
    """Return whether a size word can stand for a percent, with the slack of ``EXACT``, ``FREE`` or ``LOOSE``."""
    low, high = _RANGES[slack][size]
    return low <= percent < high


_RANGES = {
    (steps, points): {
        size: (_ENDS[max(step - steps, 0)] - points, _ENDS[min(step + steps, len(SIZES) - 1) + 1] + points)
        for step, (_, size) in enumerate(SIZES)
    }
    for steps, points in (EXACT, FREE, LOOSE)
}
_ANY = (0.0, math.inf)
