"""The value ``Tile``: the zoom-14 tile of a chip, with its name and its bounds on Earth."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from chatearthnet_explorer.errors import PlaceError

ZOOM = 14
"""Zoom of the Web-Mercator (XYZ) grid whose tiles are the chips; names are written at zoom 13."""

SIZE = 256
"""Pixels along each side of a chip."""

LATITUDE_LIMIT = math.degrees(math.atan(math.sinh(math.pi)))
"""Degrees north and south at which Web Mercator ends: 85.0511..., atan(sinh(pi))."""

EARTH_RADIUS = 6_378_137.0
"""Metres: the sphere of EPSG:3857, the semi-major axis of WGS 84."""

_SIDE = 2**ZOOM
_HALF = math.pi * EARTH_RADIUS
_NAME = re.compile(r"(\d{1,4})_(\d{1,4})_patch([01])([01])(?:\.png)?", re.ASCII)


def wrap_longitude(lon: float) -> float:
    """Return ``lon`` in degrees, brought into -180 (included) to 180 (excluded)."""
    if -180.0 <= lon < 180.0:  # noqa: PLR2004 - the antimeridian; the formula would round what needs no change
        return lon
    return (lon + 180.0) % 360.0 - 180.0


def check_point(lon: float, lat: float) -> None:
    """Check that there is such a place on Earth.

    Args:
        lon: Degrees east, of any number of turns.
        lat: Degrees north.

    Raises:
        PlaceError: If a coordinate is not a finite number or the latitude is beyond a pole.
    """
    if not (math.isfinite(lon) and abs(lat) <= 90.0):  # noqa: PLR2004 - the poles
        msg = f"There is no place at longitude {lon} and latitude {lat}; enter a latitude between -90 and 90."
        raise PlaceError(msg)


@dataclass(frozen=True, slots=True)
class Tile:
    """One XYZ tile at zoom 14, which is exactly the ground of one ChatEarthNet chip.

    256 pixels of 9.5546 m in EPSG:3857, which is 9.5546 m times the cosine of the latitude on the ground.

    Raises:
        PlaceError: If x or y lies outside 0 to 16,383.
    """

    x: int
    """Column from the antimeridian eastwards."""

    y: int
    """Row from 85.05 degrees north southwards."""

    def __post_init__(self) -> None:
        """Refuse numbers outside the grid."""
        if not (0 <= self.x < _SIDE and 0 <= self.y < _SIDE):
            msg = f"There is no tile x={self.x}, y={self.y} at zoom {ZOOM}: both run from 0 to {_SIDE - 1}."
            raise PlaceError(msg)

    @classmethod
    def at(cls, lon: float, lat: float) -> Tile:
        """Return the tile that contains a place.

        Args:
            lon: Degrees east; beyond -180 to 180 it is wrapped, as on a map panned round the world.
            lat: Degrees north, within 85.0511 of the equator.

        Raises:
            PlaceError: If a coordinate is not a finite number, or the latitude is beyond the limit.
        """
        if not (math.isfinite(lon) and math.isfinite(lat)):
            msg = f"A place needs two numbers, got longitude {lon} and latitude {lat}; enter both in degrees."
            raise PlaceError(msg)
        if abs(lat) > LATITUDE_LIMIT:
            msg = (
                f"Latitude {lat:g} is beyond {LATITUDE_LIMIT:.2f}, where the map ends; "
                "choose a place nearer to the equator."
            )
            raise PlaceError(msg)
        x = (wrap_longitude(lon) + 180.0) / 360.0 * _SIDE
        y = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0 * _SIDE
        return cls(min(int(x), _SIDE - 1), min(max(int(y), 0), _SIDE - 1))

    @classmethod
    def from_name(cls, name: str) -> Tile:
        """Return the tile of a released chip, such as ``3886_3141_patch00.png``.

        ``{col}_{row}_patch{i}{j}``: a zoom-13 tile and, in it, row i and column j of the quarter.

        Raises:
            PlaceError: If it is not such a name. Then the place of the chip is unknown, and no place is made up.
        """
        match = _NAME.fullmatch(name)
        if match is None:
            msg = f"{name[:80]!r} is not a chip name like '3886_3141_patch00', so its place is unknown."
            raise PlaceError(msg)
        col, row, i, j = map(int, match.groups())
        return cls(2 * col + j, 2 * row + i)

    @property
    def name(self) -> str:
        """The name ChatEarthNet gives this chip, without ``.png``."""
        return f"{self.x // 2}_{self.y // 2}_patch{self.y % 2}{self.x % 2}"

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees (EPSG:4326)."""
        return (
            360.0 * self.x / _SIDE - 180.0,
            _latitude(self.y + 1),
            360.0 * (self.x + 1) / _SIDE - 180.0,
            _latitude(self.y),
        )

    @property
    def center(self) -> tuple[float, float]:
        """Longitude and latitude of the tile's middle in EPSG:3857, in degrees."""
        return 360.0 * (self.x + 0.5) / _SIDE - 180.0, _latitude(self.y + 0.5)

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """Affine coefficients a, b, c, d, e, f from (column, row) to EPSG:3857 metres."""
        step = 2.0 * _HALF / _SIDE / SIZE
        return step, 0.0, self.x * step * SIZE - _HALF, 0.0, -step, _HALF - self.y * step * SIZE

    @property
    def siblings(self) -> tuple[Tile, Tile, Tile, Tile]:
        """The four chips of the zoom-13 tile: top left, top right, bottom left, bottom right."""
        x, y = self.x // 2 * 2, self.y // 2 * 2
        return Tile(x, y), Tile(x + 1, y), Tile(x, y + 1), Tile(x + 1, y + 1)


def _latitude(y: float) -> float:
    """Return the latitude in degrees of the upper edge of row y: atan(sinh(pi (1 - 2 y / 2^14)))."""
    return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * y / _SIDE))))
