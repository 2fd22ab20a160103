"""Labels in, shares out: how much of what, in which part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.tile import SIZE
from chatearthnet_explorer.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = ("top left", "top right", "bottom left", "bottom right", "middle")
"""The five parts of a chip, in the order of a prompt: the quarters, then rows and columns 64 to 191."""

THRESHOLD = 20
"""Pixels a class needs to be mentioned by the 3.5 style (Yuan et al., arXiv 2402.11325, published scripts)."""

LARGEST = 3
"""Classes of a part that the 3.5 style mentions at most."""

SIZES = ((10, "extra small"), (20, "small"), (50, "medium"), (80, "large"), (101, "extra large"))
"""Upper ends (excluded) of the percents that the 3.5 style calls by each size."""

_CELLS = 4
_CELL = SIZE // _CELLS
_PART_PIXELS = (SIZE // 2) ** 2
# Which of the 4 x 4 cells of 64 x 64 pixels make up each part; a middle cell belongs to two parts.
_CELLS_OF_PART = np.zeros((len(PARTS), _CELLS * _CELLS), np.int64)
for _part, (_row, _column) in enumerate(((0, 0), (0, 2), (2, 0), (2, 2), (1, 1))):
    for _cell in (0, 1, _CELLS, _CELLS + 1):
        _CELLS_OF_PART[_part, _row * _CELLS + _column + _cell] = 1


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a part one class covers, as the 3.5 style says it."""

    name: str
    """The class, by its 3.5 name."""

    percent: int
    """Share of the part's labelled pixels in percent, rounded as the published scripts do."""

    size: str
    """The word for it: extra small, small, medium, large or extra large."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Facts35(Value):
    """What a 3.5 prompt says about a label map."""

    overall: tuple[str, ...]
    """Classes of the whole map by falling area, without background and those under 20 pixels."""

    parts: dict[str, tuple[Amount, ...]]
    """For each of ``PARTS``, its up to three largest classes by falling area; empty if none is left."""

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
    def named(self) -> frozenset[str]:
        """Every class the facts name."""
        return frozenset(self.overall).union(amount.name for amounts in self.parts.values() for amount in amounts)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Facts4V(Value):
    """What a 4V prompt says about a label map. Shares are of all pixels of a part, background counted."""

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
    def named(self) -> frozenset[str]:
        """Every class the facts name."""
        return frozenset(self.percents)


def check_labels(labels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return the labels as they are if they are a map of this project.

    Raises:
        LabelError: If they are not (256, 256) uint8 of class indices 0 to 11.
    """
    if labels.shape != (SIZE, SIZE):
        msg = f"A label map is {SIZE} x {SIZE} pixels, got {' x '.join(map(str, labels.shape))}."
        raise LabelError(msg)
    if labels.dtype != np.uint8:
        msg = f"A label map is of type uint8, got {labels.dtype}."
        raise LabelError(msg)
    if labels.max() >= len(CLASSES):
        msg = f"A label map holds class indices 0 to {len(CLASSES) - 1}, got {labels.max()}."
        raise LabelError(msg)
    return labels.astype(np.uint8, copy=False)


def pixels(labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the pixels of each class, shape (6, 12) int64: the five ``PARTS``, then the whole map.

    Raises:
        LabelError: If the labels are no (256, 256) uint8 map of class indices.
    """
    # One pass over the map: each cell of 64 x 64 counts into its own twelve bins.
    bins = check_labels(labels) + _cell_bins()
    counts = np.bincount(bins.ravel(), minlength=_CELLS * _CELLS * len(CLASSES))
    by_cell = counts.reshape(_CELLS * _CELLS, len(CLASSES))
    return np.vstack([_CELLS_OF_PART @ by_cell, by_cell.sum(axis=0)])


def shares(labels: NDArray[np.uint8]) -> dict[str, dict[str, float]]:
    """Return the share (0 to 1) of each class present, by falling share, for ``PARTS`` and ``overall``.

    Of all pixels, background counted and listed: this is for looking, not for prompts.

    Raises:
        LabelError: If the labels are no (256, 256) uint8 map of class indices.
    """
    return {
        part: {CLASSES[index].name: count / sum(counts) for index, count in _falling(counts, background=True)}
        for part, counts in zip((*PARTS, "overall"), pixels(labels).tolist(), strict=True)
    }


def facts_35(labels: NDArray[np.uint8]) -> Facts35:
    """Return the facts of a 3.5 prompt (thresholds, order and rounding of arXiv 2402.11325's scripts).

    Classes of equal area are ordered as those scripts order them: over the whole map the class whose first pixel
    comes first (row by row from the north-west corner), in a part the class of the higher index.

    Raises:
        LabelError: If the labels are no (256, 256) uint8 map of class indices.
    """
    *by_part, overall = pixels(labels).tolist()
    parts = {}
    for part, counts in zip(PARTS, by_part, strict=True):
        labelled = sum(counts) - counts[BACKGROUND]
        parts[part] = tuple(
            _amount(CLASSES[index].name, count / labelled)
            for index, count in _falling(counts, lower_first=False)[:LARGEST]
            if count >= THRESHOLD
        )
    listed = [(index, count) for index, count in _falling(overall) if count >= THRESHOLD]
    if len({count for _, count in listed}) < len(listed):
        # The scripts count with a dict, which keeps the order in which it met the classes, and sort it stably.
        listed.sort(key=lambda pair: (-pair[1], int((labels == pair[0]).argmax())))
    return Facts35(tuple(CLASSES[index].name for index, _ in listed), parts)


def facts_4v(labels: NDArray[np.uint8]) -> Facts4V:
    """Return the facts of a 4V prompt (no threshold, two decimals; arXiv 2402.11325's scripts).

    Raises:
        LabelError: If the labels are no (256, 256) uint8 map of class indices.
    """
    *by_part, overall = pixels(labels).tolist()
    return Facts4V(
        shares={
            part: tuple((CLASSES[index].name_4v, round(count / _PART_PIXELS, 2)) for index, count in _falling(counts))
            for part, counts in zip(PARTS, by_part, strict=True)
        },
        percents={
            CLASSES[index].name_4v: {
                part: round(100 * counts[index] / _PART_PIXELS, 2) for part, counts in zip(PARTS, by_part, strict=True)
            }
            for index, _ in _falling(overall)
        },
    )


def _falling(counts: list[int], *, background: bool = False, lower_first: bool = True) -> list[tuple[int, int]]:
    """Return (class index, pixels) of the classes present by falling area; of equal ones the lower index first."""
    first = BACKGROUND if background else BACKGROUND + 1
    present = [(index, counts[index]) for index in range(first, len(counts)) if counts[index]]
    return sorted(present, key=lambda pair: (-pair[1], pair[0] if lower_first else -pair[0]))


def _amount(name: str, share: float) -> Amount:
    # The published scripts truncate here (0.29 gives 28), so we do.
    percent = int(round(share, 2) * 100)
    return Amount(name, percent, next(size for end, size in SIZES if percent < end))


@cache
def _cell_bins() -> NDArray[np.int64]:
    cell = np.arange(SIZE) // _CELL
    bins: NDArray[np.int64] = (cell[:, None] * _CELLS + cell) * len(CLASSES)
    return bins
