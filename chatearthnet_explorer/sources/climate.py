"""What grows where on a simulated Earth: warmth, rain, mountains and cities, in broad strokes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.legend import CLASSES
from chatearthnet_explorer.world import coast_distance

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Broad strokes of any school atlas: annual mean in degrees Celsius at sea level, and rain from 0 (none) to 1
# (every day), by degrees of latitude from the equator.
_WARMTH = ((0, 20, 30, 40, 50, 60, 70, 80, 90), (27, 26, 21, 15, 9, 1, -9, -17, -22))
_RAIN = ((0, 8, 14, 18, 22, 29, 33, 38, 50, 65, 90), (0.92, 0.85, 0.52, 0.28, 0.06, 0.08, 0.3, 0.5, 0.72, 0.68, 0.55))
_LAPSE = 6.5  # degrees Celsius for each kilometre of height, ICAO standard atmosphere

# Where rain departs from its belt: longitude, latitude, half widths in degrees, what is added.
_RAIN_SHIFTS = np.array(
    [
        *[(-116, 38, 9, 7, -0.4), (-70, -22, 3, 8, -0.5), (-69, -46, 4, 7, -0.5), (-40, -9, 4, 4, -0.35)],
        *[
            (14, -22, 4, 8, -0.4),
            (45, 6, 6, 8, -0.6),
            (58, 33, 12, 8, -0.3),
            (62, 44, 12, 5, -0.5),
            (83, 39, 8, 4, -0.5),
        ],
        *[(105, 43, 10, 4, -0.5), (134, -27, 13, 8, -0.2), (88, 33, 10, 4, -0.2), (40, -4, 4, 4, -0.35)],
        *[
            (113, 28, 12, 7, 0.55),
            (-84, 33, 9, 7, 0.45),
            (88, 25, 6, 4, 0.45),
            (79, 19, 8, 9, 0.42),
            (104, 17, 9, 8, 0.4),
        ],
        *[
            (-86, 16, 12, 6, 0.4),
            (-49, -24, 8, 7, 0.5),
            (49, -18, 2, 7, 0.4),
            (147, -20, 3, 9, 0.3),
            (30, -28, 4, 6, 0.3),
        ],
        *[
            (36, -2, 6, 9, -0.53),
            (-2, 30, 6, 2.5, -0.2),
            (-102, 19, 6, 5, 0.3),
            (-81, 26.5, 3, 3, 0.3),
            (-73, 41, 10, 6, 0.12),
        ],
        *[
            (76, 30.5, 3, 3, 0.3),
            (153, -30, 3, 6, 0.35),
            (121, 15, 5, 8, 0.35),
            (-58, -30, 6, 6, 0.35),
            (-75, 20, 10, 5, 0.35),
            (31.2, 30.9, 1.6, 0.8, 0.3),
        ],
    ]
)

# Where it is warmer than elsewhere at its latitude: the same columns, in degrees Celsius.
_WARMTH_SHIFTS = np.array(
    [
        *[(2, 58, 16, 12, 6), (15, 67, 14, 6, 5), (-128, 53, 12, 9, 4), (125, 62, 35, 8, -5)],
        *[
            (-68, 57, 20, 9, -4),
            (110, 48, 14, 8, -4),
            (-40, 72, 18, 12, -4),
            (170, -45, 10, 8, 2),
            (-72, -48, 6, 8, -2),
        ],
    ]
)

# Where more is ploughed than the climate suggests, up to the whole plain: the same columns, as a share.
_PLOUGHED = np.array(
    [
        *[(5, 52.4, 2.2, 1.2, 0.5), (31.2, 30.9, 1.3, 0.7, 1.0), (75.5, 30.5, 3, 2.5, 0.8), (80, 26.5, 6, 2, 0.6)],
        *[(-0.4, 39.3, 0.6, 0.8, 0.5), (-93, 42, 7, 4, 0.5), (116, 36, 5, 4, 0.6), (10, 45.1, 2.5, 0.7, 0.5)],
        *[(2.5, 48.7, 3, 2, 0.35), (32, 48.5, 9, 3, 0.4), (-61, -34, 4, 4, 0.4), (110, -7.3, 4, 0.7, 0.5)],
        *[(89.5, 24, 2.2, 1.5, 0.7), (-63, -10.4, 2.5, 1.2, 0.35), (-51, -23, 4, 3, 0.3), (34.83, -2.3, 2, 2, -0.4)],
    ]
)

# Deltas of great rivers, mud cut by creeks: longitude, latitude, half widths in degrees.
_DELTAS = np.array(
    [
        *[(89.3, 21.95, 0.75, 0.25), (5.8, 4.6, 1.0, 0.35), (-80.95, 25.35, 0.35, 0.25), (126.6, 72.9, 3.0, 0.7)],
        *[(-50.5, -0.4, 0.8, 0.6), (106.6, 9.6, 0.8, 0.5), (-89.6, 29.4, 0.8, 0.4), (29.4, 45.1, 0.35, 0.3)],
    ]
)

# Mountains: longitude and latitude of both ends, half width in degrees, kilometres of height.
_RANGES = np.array(
    [
        *[
            (73, 35.5, 82, 29.9, 1.4, 5.6),
            (82, 29.4, 95, 27.7, 1.3, 6.6),
            (79, 34.5, 98, 34, 2.6, 4.8),
            (72, 39, 88, 43, 2, 3.8),
        ],
        *[(-76, 6, -78, -5, 1.6, 3.6), (-78, -5, -68, -16, 2, 4.4), (-68, -16, -69, -33, 1.8, 4.6)],
        *[(-70, -33, -73, -50, 1.2, 2.4), (-150, 63, -140, 60.5, 2, 3.6), (-128, 56, -116, 50, 2.5, 2.6)],
        *[
            (-114, 48, -106, 37, 2.5, 2.9),
            (-121.5, 48, -118, 36, 1, 2.6),
            (6, 44.5, 13, 47, 1, 3.2),
            (-1, 42.8, 2, 42.5, 0.5, 2.4),
        ],
        *[
            (40, 43.3, 47, 41.5, 0.9, 3.5),
            (46, 37, 52, 30, 2, 2.4),
            (8, 61, 16, 68, 2, 1.5),
            (-9, 30.7, -3, 33.6, 0.8, 2.6),
        ],
        *[(37, 10, 39, 7, 2.5, 2.6), (30, 0.4, 30, 0, 0.4, 4.8), (37.35, -3.07, 37.36, -3.07, 0.22, 5.6)],
        *[(37.3, -0.15, 37.32, -0.15, 0.22, 4.9), (134, -3.5, 147, -7, 0.8, 3.6), (168, -45, 173, -42, 0.7, 2.5)],
        *[
            (137.3, 36.5, 138.5, 35.4, 0.5, 2.6),
            (59, 52, 60, 66, 1, 1.0),
            (86, 51, 98, 52, 2.5, 2.4),
            (-45, 76, -40, 66, 7, 3.0),
        ],
        *[
            (-99, 19.2, -97, 19.2, 0.6, 3.6),
            (-17.6, 64.4, -16.3, 64.3, 0.7, 4.7),
            (28, -29.5, 29.5, -29, 0.8, 2.8),
            (160, 56, 161, 57, 0.8, 2.8),
        ],
    ]
)

# Large cities: longitude, latitude, kilometres from the middle to the edge.
_CITIES = np.array([
    *[(6.73, 0.34, 2.4), (2.35, 48.86, 16), (-0.12, 51.51, 22), (13.40, 52.52, 15), (-3.70, 40.42, 13), (12.49, 41.89, 11), (37.62, 55.75, 22)],
    *[(28.98, 41.03, 18), (31.24, 30.05, 18), (3.38, 6.55, 18), (36.82, -1.29, 11), (28.05, -26.20, 22), (18.55, -33.95, 10)],
    *[(77.21, 28.63, 22), (72.87, 19.08, 12), (88.36, 22.57, 13), (90.40, 23.78, 13), (100.52, 13.75, 20), (106.84, -6.21, 22)],
    *[(116.40, 39.91, 24), (121.47, 31.22, 24), (113.26, 23.13, 22), (127.00, 37.55, 18), (139.70, 35.69, 32), (135.50, 34.68, 20)],
    *[(121.02, 14.57, 16), (103.85, 1.32, 11), (151.10, -33.86, 17), (145.00, -37.82, 20), (-73.95, 40.73, 20), (-87.68, 41.87, 19)],
    *[(-118.25, 34.03, 28), (-122.44, 37.76, 5), (-95.37, 29.76, 22), (-99.13, 19.40, 20), (-46.63, -23.55, 22), (-43.25, -22.88, 12)],
    *[(-58.42, -34.62, 17), (-70.66, -33.46, 13), (-77.04, -12.05, 13), (-74.10, 4.65, 10), (55.30, 25.22, 9), (51.40, 35.70, 17)],
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Biome:
    """A kind of country: where it is at home, and how much of its land each class covers."""

    warmth: float
    """Annual mean in degrees Celsius where it is at home."""

    rain: float
    """Rain where it is at home, 0 to 1."""

    cover: dict[str, float]
    """Share of each class by its name; the land that people left alone."""

    farmed: float
    """Share of its plains under the plough, 0 to 1."""


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
_FARMED = np.array([biome.farmed for biome in BIOMES])


@dataclass(frozen=True, slots=True)
class Climate:
    """The broad strokes at n places."""

    shore: NDArray[np.float64]
    """Kilometres to the coast, positive on land, at most 60 either way, shape (n,)."""

    warmth: NDArray[np.float64]
    """Annual mean in degrees Celsius at sea level, (n,)."""

    rain: NDArray[np.float64]
    """0 (none) to 1 (every day), (n,)."""

    height: NDArray[np.float64]
    """Kilometres above the sea that mountain crests reach, (n,)."""

    plough: NDArray[np.float64]
    """Share that is farmed beyond what the climate suggests, (n,)."""

    delta: NDArray[np.float64]
    """1 in the middle of a great river's delta, 0 far from any, (n,)."""

    city: NDArray[np.float64]
    """1 in the middle of a large city, 0 at its edge, negative outside, (n,)."""


def climate_at(lons: NDArray[np.float64], lats: NDArray[np.float64]) -> Climate:
    """Return the broad strokes at places in degrees that lie close together, shape (n,)."""
    away = np.abs(lats)
    city_lon, city_lat, radius = _CITIES.T[:, :, None]
    kilometres = 111.2 * np.hypot(_turn(lons - city_lon) * np.cos(np.radians(lats)), lats - city_lat)
    return Climate(
        shore=coast_distance(lons, lats),
        warmth=np.interp(away, *_WARMTH) + _shift(_WARMTH_SHIFTS, lons, lats),
        rain=np.clip(np.interp(away, *_RAIN) + _shift(_RAIN_SHIFTS, lons, lats), 0.0, 1.0),
        plough=_shift(_PLOUGHED, lons, lats),
        delta=_bumps(_DELTAS, lons, lats).max(axis=0),
        height=_heights(lons, lats),
        city=(1.0 - kilometres / radius).max(axis=0),
    )


def cooled(warmth: NDArray[np.float64], height: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return degrees Celsius at a height in kilometres: 6.5 less for each."""
    return warmth - _LAPSE * height


def cover(warmth: NDArray[np.float64], rain: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shares of the classes, shape (n, 12), and of the plough, (n,), at places of a climate."""
    home = np.stack([warmth / 5.0, rain / 0.16], axis=-1)
    apart = ((home[:, None, :] - _HOMES) ** 2).sum(axis=-1)
    weights = np.exp(-(apart - apart.min(axis=1, keepdims=True)))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ _COVERS, weights @ _FARMED


def _shift(table: NDArray[np.float64], lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted: NDArray[np.float64] = (_bumps(table, lons, lats) * table[:, 4:]).sum(axis=0)
    return shifted


def _bumps(table: NDArray[np.float64], lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return bells of height 1 around the rows of a table, shape (rows, n)."""
    lon, lat, half_x, half_y = table.T[:4, :, None]
    return np.exp(-((_turn(lons - lon) / half_x) ** 2) - ((lats - lat) / half_y) ** 2)


def _heights(lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.float64]:
    west, south, east, north, half, height = _RANGES.T[:, :, None]
    shrink = np.cos(np.radians((south + north) / 2.0))
    along_x, along_y = (east - west) * shrink, north - south
    x, y = _turn(lons - west) * shrink, lats - south
    t = np.clip((x * along_x + y * along_y) / (along_x**2 + along_y**2), 0.0, 1.0)
    apart = np.hypot(x - t * along_x, y - t * along_y) / half
    heights: NDArray[np.float64] = (height * np.exp(-(apart**2))).max(axis=0)
    return np.maximum(1.1 * heights - 0.4, 0.0)  # plains stay plain


def _turn(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return (degrees + 180.0) % 360.0 - 180.0
