"""Density: the number of pairs at each pixel of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.spatial_filter import column_of, row_of
from chatearthnet_explorer.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.column_arrays import PairColumns

LARGEST = 4096
"""Most pixels of a side of the image."""

_SIDE = 2**14


def count_per_pixel(
    columns: PairColumns,
    selected: NDArray[np.bool_],
    bounds: tuple[float, float, float, float],
    size: tuple[int, int],
) -> NDArray[np.uint32]:
    """Return how many of the selected pairs have their center in each pixel, shape (height, width).

    The image is in Web Mercator, north up. It crosses the antimeridian if west is greater than east.

    Raises:
        QueryError: If the bounds are empty, or a side of the image is out of range.
    """
    west, south, east, north = bounds
    width, height = size
    left, right = column_of(west), column_of(east)
    right += _SIDE * (right <= left)
    top, bottom = (min(max(row_of(lat), 0.0), float(_SIDE)) for lat in (north, south))
    if not (1 <= width <= LARGEST and 1 <= height <= LARGEST and top < bottom and right - left <= _SIDE):
        msg = f"A map needs a south less than its north and sides of 1 to {LARGEST} pixels; zoom or draw it again."
        raise QueryError(msg)
    rows = np.flatnonzero(selected[: columns.place_count])
    x = (columns.x[rows] + 0.5 - left) % _SIDE
    column = np.floor(x * (width / (right - left))).astype(np.int64)
    row = np.floor((columns.y[rows] + 0.5 - top) * (height / (bottom - top))).astype(np.int64)
    visible = (column < width) & (row >= 0) & (row < height)
    counts = np.bincount(row[visible] * width + column[visible], minlength=width * height)
    return counts.reshape(height, width).astype(np.uint32)
