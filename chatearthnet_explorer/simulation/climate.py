"""The climate of the simulated Earth: temperature, rain, biomes, elevation, deltas and cities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.places.countries import coast_distance
from chatearthnet_explorer.simulation import atlas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    _Table = Mapping[str, tuple[float, ...]]

_LAPSE = 6.5  # degrees Celsius per kilometre of height, ICAO standard atmosphere


@dataclass(frozen=True, slots=True)
class Biome:
    """A biome: its typical climate, and the share of each class in it."""

    warmth: float
    """Typical annual mean in degrees Celsius."""

    rain: float
    """Typical rain, 0 to 1."""

    cover: dict[str, float]
    """Share of each class by its name, without farmland and towns."""

    farmland: float
    """Share of its plains that is farmland, 0 to 1."""


BIOMES = (
    Biome(26, 0.95, {"tree": 0.96, "shrub": 0.01, "grass": 0.03}, 0.1),
    Biome(25, 0.68, {"tree": 0.5, "shrub": 0.16, "grass": 0.34}, 0.4),
    Biome(25, 0.45, {"tree": 0.14, "shrub": 0.33, "grass": 0.48, "bare land": 0.05}, 0.35),
    Biome(23, 0.25, {"tree": 0.02, "shrub": 0.2, "grass": 0.38, "bare land": 0.4}, 0.1),
    Biome(24, 0.02, {"shrub": 0.005, "grass": 0.015, "bare land": 0.98}, 0.015),
    Biome(16, 0.8, {"tree": 0.58, "shrub": 0.02, "grass": 0.4}, 0.5),
    Biome(15, 0.5, {"tree": 0.4, "shrub": 0.12, "grass": 0.45, "bare land": 0.03}, 0.55),
    Biome(9, 0.75, {"tree": 0.45, "shrub": 0.01, "grass": 0.53, "wetland": 0.01}, 0.68),
    Biome(8, 0.45, {"tree": 0.12, "shrub": 0.03, "grass": 0.83, "bare land": 0.02}, 0.6),
    Biome(8, 0.08, {"shrub": 0.05, "grass": 0.15, "bare land": 0.8}, 0.03),
    Biome(0, 0.7, {"tree": 0.82, "shrub": 0.01, "grass": 0.11, "wetland": 0.06}, 0.1),
    Biome(-3, 0.3, {"tree": 0.1, "grass": 0.62, "bare land": 0.28}, 0.05),
    Biome(-9, 0.65, {"shrub": 0.05, "grass": 0.24, "wetland": 0.06, "bare land": 0.08, "moss": 0.57}, 0.0),
    Biome(-11, 0.3, {"grass": 0.2, "bare land": 0.55, "moss": 0.25}, 0.0),
    Biome(-21, 0.6, {"bare land": 0.75, "moss": 0.25}, 0.0),
)

_HOMES = np.array([[biome.warmth / 5.0, biome.rain / 0.16] for biome in BIOMES])
_COVERS = np.array([[biome.cover.get(land.name, 0.0) for land in CLASSES] for biome in BIOMES])
_FARMLAND = np.array([biome.farmland for biome in BIOMES])


@dataclass(frozen=True, slots=True)
class Climate:
    """The climate at n places."""

    shore: NDArray[np.float64]
    """Kilometres to the coast, positive on land, at most 60 in both directions, shape (n,)."""

    warmth: NDArray[np.float64]
    """Annual mean in degrees Celsius at sea level, (n,)."""

    rain: NDArray[np.float64]
    """0 (none) to 1 (every day), (n,)."""

    height: NDArray[np.float64]
    """Height of the mountain crests in kilometres, (n,)."""

    extra_farmland: NDArray[np.float64]
    """Share of farmland in addition to the climate's, (n,)."""

    delta: NDArray[np.float64]
    """1 in the middle of a delta, 0 far from all, (n,)."""

    city: NDArray[np.float64]
    """1 in the middle of a large city, 0 at its edge, negative outside, (n,)."""


def climate_at(lons: NDArray[np.float64], lats: NDArray[np.float64]) -> Climate:
    """Return the climate at places in degrees that are close together, shape (n,)."""
    latitude = np.abs(lats)
    belt = np.interp(latitude, list(atlas.RAIN), list(atlas.RAIN.values()))
    city_lon, city_lat, radius = _columns(atlas.CITIES)
    kilometres = 111.2 * np.hypot(_turn(lons - city_lon) * np.cos(np.radians(lats)), lats - city_lat)
    return Climate(
        shore=coast_distance(lons, lats),
        warmth=np.interp(latitude, list(atlas.WARMTH), list(atlas.WARMTH.values())) + _shift(atlas.WARMER, lons, lats),
        rain=np.clip(belt + _shift(atlas.WETTER, lons, lats), 0.0, 1.0),
        extra_farmland=_shift(atlas.EXTRA_FARMLAND, lons, lats),
        delta=_bumps(atlas.DELTAS, lons, lats).max(axis=0),
        height=_heights(lons, lats),
        city=(1.0 - kilometres / radius).max(axis=0),
    )


def warmth_at_height(warmth: NDArray[np.float64], height: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return degrees Celsius at a height in kilometres: 6.5 less per kilometre."""
    return warmth - _LAPSE * height


def cover(warmth: NDArray[np.float64], rain: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shares of the classes, shape (n, 12), and of farmland, (n,), in a climate."""
    home = np.stack([warmth / 5.0, rain / 0.16], axis=-1)
    apart = ((home[:, None, :] - _HOMES) ** 2).sum(axis=-1)
    weights = np.exp(-(apart - apart.min(axis=1, keepdims=True)))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ _COVERS, weights @ _FARMLAND


def _shift(table: _Table, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    *_, amount = _columns(table)
    total: NDArray[np.float64] = (_bumps(table, lons, lats) * amount).sum(axis=0)
    return total


def _bumps(table: _Table, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return bells of height 1 around the rows of a table, shape (rows, n)."""
    lon, lat, half_x, half_y, *_ = _columns(table)
    bells: NDArray[np.float64] = np.exp(-((_turn(lons - lon) / half_x) ** 2) - ((lats - lat) / half_y) ** 2)
    return bells


def _columns(table: _Table) -> NDArray[np.float64]:
    """Return a table of the atlas by columns, shape (columns, rows, 1)."""
    return np.array(list(table.values()), np.float64).T[:, :, None]


def _heights(lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    west, south, east, north, half, height = _columns(atlas.RANGES)
    shrink = np.cos(np.radians((south + north) / 2.0))
    along_x, along_y = (east - west) * shrink, north - south
    x, y = _turn(lons - west) * shrink, lats - south
    t = np.clip((x * along_x + y * along_y) / (along_x**2 + along_y**2), 0.0, 1.0)
    apart = np.hypot(x - t * along_x, y - t * along_y) / half
    heights: NDArray[np.float64] = (height * np.exp(-(apart**2))).max(axis=0)
    return np.asarray(np.maximum(1.1 * heights - 0.4, 0.0))  # plains stay flat


def _turn(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return (degrees + 180.0) % 360.0 - 180.0
