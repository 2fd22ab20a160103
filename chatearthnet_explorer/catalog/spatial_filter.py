"""Spatial filters: chips whose center is in a bounding box or a polygon."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.tile import ZOOM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.column_arrays import PairColumns

_SIDE = 2.0**ZOOM
_TURN = 360.0


def in_box(columns: PairColumns, box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Return for each pair, shape (rows,), whether it is in a box: west, south, east, north in degrees.

    The box crosses the antimeridian if west is greater than east. Degrees become columns and rows of the grid first,
    so that whole numbers are compared.
    """
    west, south, east, north = box
    top, bottom = _first(row_of(north)), _last(row_of(south))
    left, right = _first(column_of(west)), _last(column_of(east))
    # NOWHERE is below every bottom
    rows = (columns.y >= max(top, 0)) & (columns.y <= min(bottom, _SIDE - 1))
    behind, before = columns.x >= left, columns.x <= right
    inside: NDArray[np.bool_] = rows & (behind & before if west <= east else behind | before)
    return inside


def in_polygon(columns: PairColumns, corners: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    """Return for each pair, shape (rows,), whether it is in a polygon of (longitude, latitude) by the even-odd rule.

    Sides are straight in degrees and take the shorter way around the world, so a polygon can cross the antimeridian.

    Raises:
        QueryError: If the polygon contains a pole, so its inside on the map is undefined.
    """
    lon, lat = np.array(corners, np.float64).T
    # each corner is at most 180 degrees from the corner before it
    steps = (np.diff(lon, append=lon[0]) + 180.0) % _TURN - 180.0
    if abs(steps.sum()) > 1.0:
        msg = "The polygon contains a pole; draw a box instead."
        raise QueryError(msg)
    lon = lon[0] + np.concatenate([[0.0], np.cumsum(steps[:-1])])
    inside = np.zeros(len(columns), bool)
    lons, lats = columns.centers
    for turn in range(math.floor((lon.min() + 180.0) / _TURN), math.floor((lon.max() + 180.0) / _TURN) + 1):
        east = lons + _TURN * turn
        rows = np.flatnonzero((east >= lon.min()) & (east <= lon.max()) & (lats >= lat.min()) & (lats <= lat.max()))
        inside[rows] |= _inside(east[rows], lats[rows], lon, lat)
    return inside


def _inside(
    x: NDArray[np.float64], y: NDArray[np.float64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.bool_]:
    inside = np.zeros(len(x), bool)
    for x0, y0, x1, y1 in zip(lon, lat, np.roll(lon, -1), np.roll(lat, -1), strict=True):
        if y0 != y1:
            inside ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    return inside


def column_of(lon: float) -> float:
    """Return the column of the grid at a longitude, with its fraction."""
    return (lon + 180.0) / _TURN * _SIDE


def row_of(lat: float) -> float:
    """Return the row of the grid at a latitude, with its fraction; outside of the grid for one outside of the map."""
    sine = math.sin(math.radians(lat))
    if abs(sine) >= 1.0:
        return -math.copysign(math.inf, sine)
    return (1.0 - math.atanh(sine) / math.pi) / 2.0 * _SIDE


def _first(edge: float) -> int:
    """Return the first tile whose center is not before an edge."""
    return math.ceil(min(max(edge, -1.0), _SIDE + 1.0) - 0.5)


def _last(edge: float) -> int:
    """Return the last tile whose center is not after an edge."""
    return math.floor(min(max(edge, -1.0), _SIDE + 1.0) - 0.5)
