"""Columns of the catalog as arrays in memory: coordinates, splits, flags, and classes in the captions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.bit_codes import NOWHERE
from chatearthnet_explorer.catalog.z_order import z_number
from chatearthnet_explorer.tile import ZOOM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.places.countries import Country

_SIDE = 2**ZOOM


@dataclass(frozen=True)
class PairColumns:
    """One number per pair in each array, shape (rows,), in the order of the catalog."""

    x: NDArray[np.uint16]
    """Column of the zoom-14 tile, or ``NOWHERE``."""

    y: NDArray[np.uint16]
    """Row of the zoom-14 tile, or ``NOWHERE``."""

    country: NDArray[np.uint16]
    """Position in ``countries``."""

    flags: NDArray[np.uint8]
    """Bits of ``pair_flags.FLAGS``."""

    split_35: NDArray[np.uint8]
    """Code of the split of the 3.5 caption; 0 without one."""

    split_4v: NDArray[np.uint8]
    """Code of the split of the 4V caption; 0 without one."""

    classes_35: NDArray[np.uint16]
    """Bits of the classes that the 3.5 caption names."""

    classes_4v: NDArray[np.uint16]
    """Bits of the classes that the 4V caption names."""

    parts_35: NDArray[np.uint64]
    """The same bits by part, shifted by ``bit_codes.PART_SHIFT``."""

    parts_4v: NDArray[np.uint64]
    """The same bits of the 4V caption."""

    countries: tuple[Country, ...]
    """Every country; the first one means none and has empty fields."""

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.x)

    @cached_property
    def place_count(self) -> int:
        """Number of pairs with a place: they come first."""
        return len(self) - int(np.count_nonzero(self.x == NOWHERE))

    @cached_property
    def keys(self) -> NDArray[np.uint32]:
        """Positions on the Z-curve, ascending."""
        return z_number(self.x, self.y)

    @cached_property
    def centers(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitudes and latitudes of the centers of the chips in degrees; NaN without a place."""
        return centers(self.x, self.y)

    @cached_property
    def continents(self) -> tuple[str, ...]:
        """Every continent; the first one is empty and means none."""
        return ("", *sorted({country.continent for country in self.countries[1:]}))

    @cached_property
    def continent(self) -> NDArray[np.uint8]:
        """Position of each pair's continent in ``continents``."""
        of = np.array([self.continents.index(country.continent) for country in self.countries], np.uint8)
        continent: NDArray[np.uint8] = of[self.country]
        return continent


def centers(x: NDArray[np.uint16], y: NDArray[np.uint16]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes of the centers of tiles in degrees, NaN for ``NOWHERE``; see ``Tile.center``."""
    lon = np.where(x == NOWHERE, np.nan, 360.0 * (x + 0.5) / _SIDE - 180.0)
    return lon, np.where(y == NOWHERE, np.nan, latitudes(y + 0.5))


def latitudes(y: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the latitudes in degrees of rows of the grid: atan(sinh(pi (1 - 2 y / 2^14))), as in ``tile``."""
    degrees: NDArray[np.float64] = np.degrees(
        np.arctan(np.sinh(np.pi * (1.0 - 2.0 * np.asarray(y, np.float64) / _SIDE)))
    )
    return degrees
