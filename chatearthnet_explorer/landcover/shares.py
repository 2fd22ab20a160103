"""Compute the share of each class in each part of a label map."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = ("top left", "top right", "bottom left", "bottom right", "middle")
"""The five parts of a chip, in the order of a prompt: the quarters, then rows and columns 64 to 191."""

_CELLS = 4
_CELL = SIZE // _CELLS
# The cells of each part, of 4 x 4 cells of 64 x 64 pixels; a cell of the middle belongs to two parts.
_CELLS_OF_PART = np.zeros((len(PARTS), _CELLS * _CELLS), np.int64)
for _part, (_row, _column) in enumerate(((0, 0), (0, 2), (2, 0), (2, 2), (1, 1))):
    for _cell in (0, 1, _CELLS, _CELLS + 1):
        _CELLS_OF_PART[_part, _row * _CELLS + _column + _cell] = 1


def check_labels(labels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return the labels unchanged, or raise an error if they are not a label map.

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


def count_pixels(labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count the pixels of each class, shape (6, 12) int64: the five ``PARTS``, then the whole map.

    Raises:
        LabelError: If the labels are not a (256, 256) uint8 map of class indices.
    """
    # One pass over the map: each cell of 64 x 64 pixels has twelve bins.
    bins = check_labels(labels) + _cell_bins()
    counts = np.bincount(bins.ravel(), minlength=_CELLS * _CELLS * len(CLASSES))
    by_cell = counts.reshape(_CELLS * _CELLS, len(CLASSES))
    return np.vstack([_CELLS_OF_PART @ by_cell, by_cell.sum(axis=0)])


def shares(labels: NDArray[np.uint8]) -> dict[str, dict[str, float]]:
    """Return the share (0 to 1) of each class present, by falling share, for ``PARTS`` and ``overall``.

    The shares are of all pixels, and background is among the classes: they are for display, not for prompts.

    Raises:
        LabelError: If the labels are not a (256, 256) uint8 map of class indices.
    """
    return {
        part: {CLASSES[index].name: count / sum(counts) for index, count in classes_by_area(counts, background=True)}
        for part, counts in zip((*PARTS, "overall"), count_pixels(labels).tolist(), strict=True)
    }


def classes_by_area(counts: list[int], *, background: bool = False, lower_first: bool = True) -> list[tuple[int, int]]:
    """Return (class index, pixels) of the classes that are present, the largest first.

    Of classes of the same size, the lower index is first unless ``lower_first`` is False.
    """
    first = BACKGROUND if background else BACKGROUND + 1
    present = [(index, counts[index]) for index in range(first, len(counts)) if counts[index]]
    return sorted(present, key=lambda pair: (-pair[1], pair[0] if lower_first else -pair[0]))


@cache
def _cell_bins() -> NDArray[np.int64]:
    cell = np.arange(SIZE) // _CELL
    bins: NDArray[np.int64] = (cell[:, None] * _CELLS + cell) * len(CLASSES)
    return bins
