"""The simulated ground before anybody lived on it: shore, relief, rivers, lakes, climate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.sources.climate import climate_at, cooled, cover
from chatearthnet_explorer.tile import EARTH_RADIUS, SIZE, ZOOM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.sources.noise import Window

_NODE = 64  # pixels between the places where the climate is asked; what lies between is linear
_WORLD = SIZE * 2**ZOOM
_WIDEST = 2.0 ** -10.5  # least slope of a river's field: where it is flat, the river would become a lake


@dataclass(frozen=True, slots=True)
class Terrain:
    """Layers over one window, each (272, 272), row 0 north."""

    lat: float
    """Degrees north of the middle."""

    metres: float
    """Metres on the ground along a pixel's side."""

    shore: NDArray[np.float64]
    """Kilometres to the coast: positive on land, negative at sea."""

    height: NDArray[np.float64]
    """Kilometres above the sea."""

    steep: NDArray[np.float64]
    """Slope: metres of height for each metre on the ground."""

    light: NDArray[np.float64]
    """How much sun the slope gets, 1 on a plain."""

    summer: NDArray[np.float64]
    """Warmth of the warm season in degrees Celsius, at this height."""

    warmth: NDArray[np.float64]
    """Annual mean in degrees Celsius at sea level."""

    rain: NDArray[np.float64]
    """0 (none) to 1 (every day)."""

    city: NDArray[np.float64]
    """1 in the middle of a large city, 0 at its edge, negative outside."""

    river: NDArray[np.float64]
    """Pixels to the bank of the nearest river; negative in it."""

    lake: NDArray[np.float64]
    """Positive in a lake."""

    shares: NDArray[np.float64]
    """Share of each class where people left the land alone, shape (272, 272, 12)."""

    farmed: NDArray[np.float64]
    """Share of the plains under the plough."""


def terrain_of(window: Window) -> Terrain:
    """Return the ground of a window."""
    across, lons = _nodes(window.across)
    down, norths = _nodes(window.down)
    lon = lons / _WORLD * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * np.clip(norths, 0, _WORLD) / _WORLD))))
    climate = climate_at(np.tile((lon + 180.0) % 360.0 - 180.0, len(lat)), np.repeat(lat, len(lon)))

    def spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
        grid: NDArray[np.float64] = values.reshape(len(lat), len(lon), -1)
        return np.einsum("yn,nmc,xm->yxc", down, grid, across, optimize=True)

    middle = float(lat[len(lat) // 2])
    metres = 2.0 * math.pi * EARTH_RADIUS / _WORLD * math.cos(math.radians(middle))
    shares, farmed = cover(cooled(climate.warmth, 0.5 * climate.height), climate.rain)
    layers = spread(np.stack([climate.shore, climate.warmth, climate.rain, climate.height, climate.city, farmed], 1))
    shore, warmth, rain, crest, city, farmed = np.moveaxis(layers, 2, 0)
    shore = shore + 0.3 * window.noise(1, coarse=9, fine=1, gain=0.52)
    hills = 0.03 * window.noise(2, coarse=9, fine=3, gain=0.45) * np.clip(shore / 2.0, 0.05, 1.0)
    relief = crest * window.ridges(3, coarse=10, fine=2) * np.clip(crest, 0.0, 1.0)
    height = np.maximum(0.4 * crest + relief + hills + np.clip(shore * 0.004, 0.0, 0.2), 0.0)
    slope_y, slope_x = np.gradient(height * 1000.0 / metres)
    river, lake = _waters(window, rain, cooled(warmth, height), crest)
    return Terrain(
        lat=middle,
        metres=metres,
        shore=shore,
        height=height,
        steep=np.hypot(slope_x, slope_y),
        light=_light(slope_x, slope_y, middle),
        summer=cooled(warmth, height) + 0.25 * abs(middle),
        warmth=warmth,
        rain=rain,
        city=city,
        river=river,
        lake=lake,
        shares=spread(shares),
        farmed=farmed,
    )


def _nodes(places: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return linear weights (pixels, nodes), and the nodes' coordinates; neighbours share theirs."""
    first = math.floor(places[0] / _NODE)
    nodes = np.arange(first, math.floor(places[-1] / _NODE) + 2)
    weights = np.maximum(1.0 - np.abs(places[:, None] / _NODE - nodes), 0.0)
    return weights, nodes * float(_NODE)


def _waters(
    window: Window, rain: NDArray[np.float64], warmth: NDArray[np.float64], crest: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return pixels to the rivers' banks, and where lakes are."""
    size = window.noise(5, coarse=13, fine=11)
    banks = _line(window, 4, coarse=11) - np.clip(2.0 + 2.2 * size, 0.0, 9.0) * np.clip(1.6 * rain, 0.25, 1.0)
    brooks = _line(window, 6, coarse=9) - np.clip(1.3 * rain - 0.15, 0.0, 0.8)
    # ice of the last cold age left lakes where it is cold and wet today
    left = np.exp(-(((warmth + 2.0) / 6.0) ** 2)) * np.clip(2.5 * rain - 0.9, 0.0, 1.0)
    depth = window.noise(7, coarse=8, fine=2, gain=0.45) - (3.1 - 2.0 * left) - np.clip(crest, 0.0, 1.5)
    return np.minimum(banks, brooks), depth


def _line(window: Window, seed: int, *, coarse: int) -> NDArray[np.float64]:
    """Return about how many pixels away the nearest winding line is: where noise passes through 0."""
    field = window.noise(seed, coarse=coarse, fine=coarse - 6, gain=0.48)
    slope = np.hypot(*np.gradient(field))
    return np.abs(field) / np.maximum(slope, _WIDEST * 2.0 ** (11 - coarse))


def _light(slope_x: NDArray[np.float64], slope_y: NDArray[np.float64], lat: float) -> NDArray[np.float64]:
    """Return Lambert's cosine over that of a plain, at half past ten in summer: the sun stands in the (south) east."""
    high = math.radians(np.clip(75.0 - 0.55 * abs(lat), 25.0, 75.0))
    bearing = math.radians(130.0 if lat >= 0.0 else 50.0)
    east, south = math.sin(bearing) * math.cos(high), -math.cos(bearing) * math.cos(high)
    length = np.sqrt(1.0 + slope_x**2 + slope_y**2)
    facing = (math.sin(high) - slope_x * east - slope_y * south) / length
    return np.clip(facing / math.sin(high), 0.12, 1.6)
