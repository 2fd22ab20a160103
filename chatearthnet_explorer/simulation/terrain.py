"""Terrain of the simulated Earth: shore, relief, rivers, lakes and climate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.simulation.climate import climate_at, cover, warmth_at_height
from chatearthnet_explorer.tile import EARTH_RADIUS, SIZE, ZOOM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.simulation.noise import Layer, Window

_NODE = 64  # pixels between the places with a computed climate; linear between them
_INLAND = 55.0  # kilometres from the coast, beyond which the coast has no effect
_WORLD = SIZE * 2**ZOOM
_WIDEST = 2.0**-10.5  # least slope of the noise of rivers: a flat spot would become a lake


@dataclass(frozen=True, slots=True)
class Terrain:
    """Layers over one window, each (272, 272), row 0 north."""

    lat: float
    """Degrees north of the middle."""

    shore: Layer
    """Kilometres to the coast: positive on land, negative at sea."""

    height: Layer
    """Kilometres above the sea."""

    steep: Layer
    """Slope: metres of height for each metre on the ground."""

    light: Layer
    """How much sun the slope gets, 1 on a plain."""

    summer: Layer
    """Warmth of the warm season in degrees Celsius, at this height."""

    warmth: Layer
    """Annual mean in degrees Celsius at sea level."""

    rain: Layer
    """0 (none) to 1 (every day)."""

    city: Layer
    """1 in the middle of a large city, 0 at its edge, negative outside."""

    delta: Layer
    """1 in the middle of a delta, 0 elsewhere."""

    river: Layer
    """Pixels to the bank of the nearest river; negative in it."""

    lake: Layer
    """Positive in a lake."""

    shares: Layer
    """Share of each class on natural land, shape (12, 272, 272)."""

    farmland: Layer
    """Share of the plains that is farmland."""


def terrain_of(window: Window) -> Terrain:
    """Return the terrain of a window."""
    lon = _nodes(window.across) * (_NODE / _WORLD) * 360.0 - 180.0
    north = np.clip(_nodes(window.down) * (_NODE / _WORLD), 0.0, 1.0)
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * north))))
    climate = climate_at(np.tile(lon, len(lat)), np.repeat(lat, len(lon)))

    def spread(values: Layer) -> NDArray[np.float32]:
        nodes = np.ascontiguousarray(values.T, np.float32).reshape(-1, len(lat), len(lon))
        return _between(_between(nodes, window.down, axis=1), window.across, axis=2)

    middle = float(lat[len(lat) // 2])
    metres = 2.0 * math.pi * EARTH_RADIUS / _WORLD * math.cos(math.radians(middle))
    shares, farmland = cover(warmth_at_height(climate.warmth, 0.5 * climate.height), climate.rain)
    farmland = np.clip(farmland + climate.extra_farmland, 0.0, 0.97)
    layers = spread(
        np.stack(
            [climate.shore, climate.warmth, climate.rain, climate.height, climate.city, climate.delta, farmland], 1
        )
    )
    shore, warmth, rain, crest, city, delta, farmland = layers
    # noise is computed only where it matters: this one not far inland
    shore = shore + 0.3 * window.noise(1, coarse=9, fine=1, gain=0.52, where=shore < _INLAND)
    muddy = delta > 0.1  # the middle of a delta
    creeks = np.abs(window.noise(8, coarse=8, fine=2, gain=0.5, where=muddy))
    shore = np.where(muddy, np.minimum(shore + 9.0 * delta, 12.0 * (creeks - 0.09)), shore)
    hills = 0.03 * window.noise(2, coarse=9, fine=3, gain=0.45) * np.clip(shore / 2.0, 0.05, 1.0)
    # pixels shrink towards the poles, and so do mountains on them: their slopes stay the same
    narrow = math.cos(math.radians(middle))
    ridges = window.ridges(3, coarse=9, fine=2, where=crest > 0.0)
    relief = crest * (0.35 + 0.45 * (1.0 - narrow) + 1.5 * narrow * ridges)
    height = np.maximum(relief + hills + np.clip(shore * 0.004, 0.0, 0.2), 0.0)
    slope_y, slope_x = np.gradient(height * 1000.0 / metres, window.step)
    river, lake = _waters(window, rain, warmth_at_height(warmth, height), crest)
    lake = lake + np.where(warmth < 0.0, 2.2 * delta, 0.0)  # ponds on frozen ground
    return Terrain(
        lat=middle,
        shore=shore,
        height=height,
        steep=np.hypot(slope_x, slope_y),
        light=_light(slope_x, slope_y, middle),
        summer=warmth_at_height(warmth, height) + 0.25 * abs(middle),
        warmth=warmth,
        rain=rain,
        city=city,
        delta=delta,
        river=river,
        lake=lake,
        shares=spread(shares),
        farmland=farmland,
    )


def _nodes(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the nodes around each pixel; neighbours share them."""
    return np.arange(math.floor(places[0] / _NODE), math.floor(places[-1] / _NODE) + 2)


def _between(values: NDArray[np.float32], places: NDArray[np.float64], *, axis: int) -> NDArray[np.float32]:
    """Return values at pixels from those at the nodes along one of three axes: linear between them."""
    place = places / _NODE - math.floor(places[0] / _NODE)
    cell = np.floor(place).astype(np.intp)
    share = (place - cell).astype(np.float32).reshape(-1, *[1] * (2 - axis))
    between: NDArray[np.float32] = values.take(cell, axis) * (1 - share) + values.take(cell + 1, axis) * share
    return between


def _waters(window: Window, rain: Layer, warmth: Layer, crest: Layer) -> tuple[Layer, Layer]:
    """Return pixels to the rivers' banks, and where lakes are."""
    size = window.noise(5, coarse=13, fine=11)
    banks = _line(window, 4, coarse=11) - np.clip(2.0 + 2.2 * size, 0.0, 9.0) * np.clip(1.6 * rain, 0.25, 1.0)
    brooks = _line(window, 6, coarse=10) - np.clip(1.3 * rain - 0.15, 0.0, 0.8)
    # glaciers of the last ice age left lakes in regions that are cold and wet today
    left = np.exp(-(((warmth + 2.0) / 6.0) ** 2)) * np.clip(2.5 * rain - 0.9, 0.0, 1.0)
    depth = window.noise(7, coarse=8, fine=2, gain=0.45) - (3.1 - 2.0 * left) - np.clip(crest, 0.0, 1.5)
    return np.minimum(banks, brooks) + 400.0 * np.clip(0.14 - rain, 0.0, 0.14), depth


def _line(window: Window, seed: int, *, coarse: int) -> Layer:
    """Return the approximate distance in pixels to the nearest winding line, where the noise is 0."""
    field = window.noise(seed, coarse=coarse, fine=coarse - 6, gain=0.48)
    slope = np.hypot(*np.gradient(field, window.step))
    apart: Layer = np.abs(field) / np.maximum(slope, _WIDEST * 2.0 ** (11 - coarse))
    return apart


def _light(slope_x: Layer, slope_y: Layer, lat: float) -> Layer:
    """Return Lambert's cosine over that of a plain, at half past ten in summer: the sun stands in the (south) east."""
    high = math.radians(np.clip(75.0 - 0.55 * abs(lat), 25.0, 75.0))
    bearing = math.radians(130.0 if lat >= 0.0 else 50.0)
    east, south = math.sin(bearing) * math.cos(high), -math.cos(bearing) * math.cos(high)
    length = np.sqrt(1.0 + slope_x**2 + slope_y**2)
    facing = (math.sin(high) - slope_x * east - slope_y * south) / length
    light: Layer = np.clip(facing / math.sin(high), 0.28, 1.6)  # the sky lights what the sun does not
    return light
