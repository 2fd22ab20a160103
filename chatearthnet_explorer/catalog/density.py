"""How many pairs lie under each pixel of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.bounding_box import column_of, row_of
from chatearthnet_explorer.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.numeric_columns import Columns

LARGEST = 4096
"""Pixels that a side of the picture may have."""

_SIDE = 2**14


def counted(
    columns: Columns,
    selected: NDArray[np.bool_],
    bounds: tuple[float, float, float, float],
    size: tuple[int, int],
) -> NDArray[np.uint32]:
    """Return how many of the selected pairs have their middle under each pixel, shape (height, width).

    The picture is in Web Mercator, its first row north. Where west lies east of east it goes over the antimeridian.

    Raises:
        QueryError: If the bounds hold no room, or a side of the picture is out of range.
    """
    west, south, east, north = bounds
    width, height = size
    left, right = column_of(west), column_of(east)
    right += _SIDE * (right <= left)
    top, bottom = (min(max(row_of(lat), 0.0), float(_SIDE)) for lat in (north, south))
    if not (1 <= width <= LARGEST and 1 <= height <= LARGEST and top < bottom and right - left <= _SIDE):
        msg = f"A map needs a south below its north and sides of 1 to {LARGEST} pixels; zoom or draw it again."
        raise QueryError(msg)
    rows = np.flatnonzero(selected[: columns.placed])
    x = (columns.x[rows] + 0.5 - left) % _SIDE
    column = np.floor(x * (width / (right - left))).astype(np.int64)
    row = np.floor((columns.y[rows] + 0.5 - top) * (height / (bottom - top))).astype(np.int64)
    shown = (column < width) & (row >= 0) & (row < height)
    counts = np.bincount(row[shown] * width + column[shown], minlength=width * height)
    return counts.reshape(height, width).astype(np.uint32)
