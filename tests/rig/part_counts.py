"""Pixels of each class in each part, made up without a label map."""

from __future__ import annotations

import numpy as np

INDEX = {"water": 1, "town": 2, "tree": 3, "shrub": 4, "grass": 5, "crop": 6, "bare": 7, "snow": 8}
PARTS = ("top left", "top right", "bottom left", "bottom right", "middle", "")
FULL = 10_000


def part_counts(everywhere: dict[str, int] | None = None, **of_part: dict[str, int]) -> np.ndarray:
    """Return pixels, (6, 12), of each class in every part; the rest of 10,000 is background.

    Args:
        everywhere: Pixels of each class, in every part that has none of its own and in the whole chip.
        of_part: Pixels of each class in one part, such as ``top_left``.
    """
    table = np.zeros((6, 12), np.int64)
    for row, part in enumerate(PARTS):
        for name, pixels in (of_part.get(part.replace(" ", "_")) or everywhere or {}).items():
            table[row, INDEX[name]] = pixels
    table[:, 0] = FULL - table.sum(axis=1)
    return table
