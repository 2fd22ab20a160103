"""Pixel counts: the pixels of each class in each part of every chip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNTS = "counts.npy"
"""File of an enriched catalog: (rows, 5, 12) uint16, pixels of each class in each of ``PARTS``."""

UNREAD = 65_535
"""Value of every count of a chip whose labels were not read: no part has so many pixels."""

_QUARTERS = PARTS.index("middle")  # the parts before it tile the chip


def unread(rows: int) -> NDArray[np.uint16]:
    """Return counts for pairs whose labels were not read."""
    return np.full((rows, len(PARTS), len(CLASSES)), UNREAD, np.uint16)


def counts_of(labels: NDArray[np.uint8] | None) -> NDArray[np.uint16]:
    """Return the counts of one label map, (5, 12); all background without a map.

    Raises:
        LabelError: If the labels are no (256, 256) uint8 map of class indices.
    """
    return count_pixels(_NO_LABELS if labels is None else labels)[:-1].astype(np.uint16)


def is_read(counts: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Return for which pairs labels were read, shape (rows,)."""
    read: NDArray[np.bool_] = counts[:, 0, 0] != UNREAD
    return read


def with_whole(counts: NDArray[np.uint16]) -> NDArray[np.int64] | None:
    """Return the counts of one chip with the whole map, (6, 12), see ``shares.count_pixels``; None if not read."""
    if counts[0, 0] == UNREAD:
        return None
    parts = counts.astype(np.int64)
    return np.vstack([parts, parts[:_QUARTERS].sum(axis=0)])


def shares_of(counts: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Return the share (0 to 1) of each class but background in all pixels, (rows, 11), NaN if it is unknown."""
    whole = counts[:, :_QUARTERS, BACKGROUND + 1 :].sum(axis=1, dtype=np.uint32)
    shares: NDArray[np.float32] = (whole / (SIZE * SIZE)).astype(np.float32)
    shares[~is_read(counts)] = np.nan
    return shares


_NO_LABELS = np.full((SIZE, SIZE), BACKGROUND, np.uint8)
