"""Pixels of each class in each part of every chip, where its labels were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNTS = "counts.npy"
"""File of a catalog, there once it is enriched: (rows, 5, 12) uint16, pixels of each class in each of ``PARTS``."""

UNREAD = 65_535
"""Stands in place of every count of a chip whose labels were not read: no part has as many pixels."""

_QUARTERS = PARTS.index("middle")  # the parts before it tile the chip


def unread(rows: int) -> NDArray[np.uint16]:
    """Return counts of pairs of which nothing is known yet."""
    return np.full((rows, len(PARTS), len(CLASSES)), UNREAD, np.uint16)


def counts_of(labels: NDArray[np.uint8] | None) -> NDArray[np.uint16]:
    """Return the counts of one map, (5, 12); of a chip without a single label where there is none.

    Raises:
        LabelError: If the labels are no (256, 256) uint8 map of class indices.
    """
    return count_pixels(_UNMAPPED if labels is None else labels)[:-1].astype(np.uint16)


def is_read(counts: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Return for which pairs labels were read, shape (rows,)."""
    read: NDArray[np.bool_] = counts[:, 0, 0] != UNREAD
    return read


def with_whole(counts: NDArray[np.uint16]) -> NDArray[np.int64] | None:
    """Return the counts of one chip as ``landcover.pixels`` gives them, (6, 12): with the whole map; None unread."""
    if counts[0, 0] == UNREAD:
        return None
    parts = counts.astype(np.int64)
    return np.vstack([parts, parts[:_QUARTERS].sum(axis=0)])


def shares_of(counts: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Return the share (0 to 1) of each class but background in all pixels, (rows, 11), NaN where it is not known."""
    whole = counts[:, :_QUARTERS, BACKGROUND + 1 :].sum(axis=1, dtype=np.uint32)
    shares: NDArray[np.float32] = (whole / (SIZE * SIZE)).astype(np.float32)
    shares[~is_read(counts)] = np.nan
    return shares


_UNMAPPED = np.full((SIZE, SIZE), BACKGROUND, np.uint8)
