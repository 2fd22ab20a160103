"""Counts of places become an overlay for a map: where it lies, and its PNG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from chatearthnet_explorer.tile import LATITUDE_LIMIT, ZOOM

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELL_ZOOM = 6
"""Zooms between the map and the grid of cells: a cell is 256 / 2^6 = 4 pixels of the screen wide, and where a chip
is wider than that, one chip."""

COLOURS = ("#f9b233", "#f47b20", "#e5383b", "#d4145a", "#8f0f6e")
"""Of cells by the number of places in them: seen on imagery, and on the outline in both themes."""

STEPS = (1, 2, 4, 16, 64)
"""Places from which each of ``COLOURS`` stands."""

_MARGIN = 0.25  # of the view on each side, so that a pan does not end at an edge at once
_ALPHA = 225
_MOST = 1500  # cells along a side: more than any screen has
_TURN = 360.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The cells that a view needs."""

    west: float
    """Degrees east of the left edge; beyond -180 to 180 on another copy of the world."""

    south: float
    """Degrees north of the lower edge."""

    east: float
    """Degrees east of the right edge, at most a turn from the left."""

    north: float
    """Degrees north of the upper edge."""

    size: tuple[int, int]
    """Columns and rows of cells."""


def frame_of(bounds: tuple[float, float, float, float], zoom: float) -> Frame:
    """Return the whole cells that a view and a margin round it touch, so that cells stay put when the map is moved.

    Args:
        bounds: West, south, east, north of the view in degrees, as Leaflet tells them.
        zoom: The map's zoom.
    """
    across = 2 ** min(max(round(zoom), 0) + CELL_ZOOM, ZOOM)
    west, south, east, north = bounds
    margin = _MARGIN * (east - west)
    left, right = _even(*((lon + 180.0) / _TURN * across for lon in (west - margin, east + margin)))
    most = min(across, _MOST)
    if right - left > most:
        left = (left + right - most) // 4 * 2
        right = left + most
    top, bottom = _row(north, across), _row(south, across)
    margin = _MARGIN * (bottom - top)
    first, last = _even(max(top - margin, 0.0), min(bottom + margin, across))
    last = min(last, first + _MOST)
    # a whole turn is a hair less than one, or it would be counted as more
    end = right / across * _TURN - 180.0 - (1e-9 if right - left == across else 0.0)
    low, high = _latitude(last / across), _latitude(first / across)
    return Frame(left / across * _TURN - 180.0, low, end, high, (right - left, last - first))


def coarser(counts: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the counts of cells twice as wide, so that few places are seen; both sides must be even."""
    rows, columns = counts.shape
    sums: NDArray[np.uint32] = counts.reshape(rows // 2, 2, columns // 2, 2).sum(axis=(1, 3), dtype=np.uint32)
    return sums


def density_png(counts: NDArray[np.uint32]) -> bytes:
    """Return a PNG of counts, transparent where there are none; its colours are ``COLOURS``."""
    levels = np.searchsorted(np.array(STEPS), counts, side="right").astype(np.uint8)
    image = Image.fromarray(levels)
    colours = [(0, 0, 0), *(tuple(bytes.fromhex(colour[1:])) for colour in COLOURS)]
    image.putpalette([channel for colour in colours for channel in colour])
    buffer = BytesIO()
    image.save(buffer, "PNG", transparency=bytes([0, *[_ALPHA] * len(COLOURS)]), bits=4, compress_level=6)
    return buffer.getvalue()


def _even(low: float, high: float) -> tuple[int, int]:
    """Return even numbers round two others, at least two apart, so that cells can be put together by twos."""
    first = math.floor(low / 2) * 2
    return first, max(math.ceil(high / 2) * 2, first + 2)


def _row(lat: float, across: int) -> float:
    lat = min(max(lat, -LATITUDE_LIMIT), LATITUDE_LIMIT)
    return (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0 * across


def _latitude(row: float) -> float:
    """Return the latitude in degrees of a row from 0, north, to 1: atan(sinh(pi (1 - 2 row))), as in ``tile``."""
    return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * row))))
