"""Compute which part of a chip lies inside an item's footprint, also at the antimeridian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.tile import Tile

POINTS = 9
"""Points along each side of a chip that are tested: one in about 270 m, and the four corner pixels."""

TRIANGLE = 3
"""Corners of the smallest ring that has an area."""

MOST_VERTICES = 10_000
"""Corners a footprint may have; Sentinel-2's have between five and a few hundred."""


def rings_of(geometry: object) -> tuple[NDArray[np.float64], ...] | None:
    """Return the rings of a GeoJSON Polygon or MultiPolygon, each (vertices, 2) of degrees, or None if it is neither.

    Holes are rings like the others: ``cover`` counts crossings, so they cancel.
    """
    if not isinstance(geometry, dict):
        return None
    coordinates = geometry.get("coordinates")
    polygons: Any = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(geometry.get("type")), [])
    try:
        rings = tuple(
            np.array([[float(lon), float(lat)] for lon, lat, *_ in ring]) for polygon in polygons for ring in polygon
        )
    except (TypeError, ValueError, OverflowError):
        return None
    sound = all(len(ring) >= TRIANGLE and np.isfinite(ring).all() for ring in rings)
    return rings if rings and sound and sum(map(len, rings)) <= MOST_VERTICES else None


def rings_of_bbox(bbox: object) -> tuple[NDArray[np.float64], ...] | None:
    """Return a bbox of degrees (4 or 6 numbers, as GeoJSON has it) as one ring (4, 2), or None if it is none.

    One whose west lies east of its east runs over the antimeridian (RFC 7946, 5.2).
    """
    if not isinstance(bbox, list) or len(bbox) not in {4, 6}:  # without and with heights
        return None
    west, south, east, north = bbox if len(bbox) == len("wsen") else (*bbox[:2], *bbox[3:5])
    try:
        ring = np.array([(west, south), (east, south), (east, north), (west, north)], np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    sound = np.isfinite(ring).all() and ring[0, 1] < ring[2, 1]
    return (ring,) if sound else None


def cover(rings: tuple[NDArray[np.float64], ...], tile: Tile) -> NDArray[np.bool_]:
    """Return which of 9 x 9 points of a chip lie inside a footprint, row 0 north.

    Each ring is unwrapped first (consecutive corners are at most 180 degrees apart), and the chip is tested
    at 360 degrees west and east as well, so footprints across the antimeridian need no repair.
    """
    west, south, east, north = tile.bounds
    inset = (np.linspace(0, SIZE - 1, POINTS) + 0.5) / SIZE
    lons, lats = np.meshgrid(west + inset * (east - west), north - inset * (north - south))
    unwrapped_rings = [np.column_stack([np.unwrap(ring[:, 0], period=360.0), ring[:, 1]]) for ring in rings]
    first, last = min(ring[:, 0].min() for ring in unwrapped_rings), max(ring[:, 0].max() for ring in unwrapped_rings)
    inside = np.zeros(lons.shape, np.bool_)
    for turn in (-360.0, 0.0, 360.0):
        if first <= east + turn and last >= west + turn:
            inside |= _inside(unwrapped_rings, lons + turn, lats)
    return inside


def _inside(
    rings: list[NDArray[np.float64]], lons: NDArray[np.float64], lats: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Even-odd rule: a point is inside if a ray to the east crosses the rings an odd number of times."""
    inside = np.zeros(lons.shape, bool)
    east, north = lons[..., np.newaxis], lats[..., np.newaxis]
    for ring in rings:
        x, y = ring.T
        x1, y1 = np.roll(x, -1), np.roll(y, -1)
        crossings = (y > north) != (y1 > north)
        # a level side is never crossed, so its divisor does not matter
        rise = np.where(y1 == y, 1.0, y1 - y)
        inside ^= np.logical_xor.reduce(crossings & (east < x + (north - y) * (x1 - x) / rise), axis=-1)
    return inside
