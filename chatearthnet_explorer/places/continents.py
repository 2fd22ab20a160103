"""The continent of a place, also for countries on two continents."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ring = tuple[tuple[float, float], ...]


class Area(NamedTuple):
    """A part of a country on another continent than most of its land."""

    iso: str
    """ISO 3166-1 alpha-3 code of the country."""

    continent: str
    """The continent of the land inside the ring."""

    ring: Ring
    """Corners (longitude, latitude) in degrees, not closed, around that land; other countries inside do not count."""


def inside(ring: Ring, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which places lie inside a ring, by the even-odd rule in degrees; shape (n,)."""
    is_inside = np.zeros(len(lon), bool)
    for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], ring[0]), strict=True):
        level = (lat < y0) != (lat < y1)
        if level.any():
            is_inside ^= level & (lon < x0 + (lat - y0) / ((y1 - y0) or 1.0) * (x1 - x0))
    return is_inside


def _box(west: float, south: float, east: float, north: float) -> Ring:
    return (west, south), (east, south), (east, north), (west, north)


# From the Kara Sea along the crest of the Ural and down the Ural river to the Caspian Sea: summits, towns on the river.
_URAL = (
    (76.0, 82.0), (75.0, 78.0), (70.0, 76.2), (65.0, 72.0), (65.0, 70.0), (65.8, 69.0),  # west of Yamal, at sea
    (66.24, 68.49), (64.37, 66.72), (60.12, 65.03), (59.2, 63.9), (59.4, 62.0), (59.3, 61.0), (59.1, 59.6),
    (59.4, 58.8), (60.0, 56.87), (59.75, 55.1), (59.4, 54.7),  # Konzhakovsky Kamen, Pervouralsk, Zlatoust, its source
    (59.2, 53.88), (59.0, 53.4), (58.57, 51.2), (55.1, 51.75), (51.3, 51.2),  # Magnitogorsk, Orsk, Orenburg, Oral
    (51.8, 49.0), (51.75, 48.55), (51.9, 47.1), (51.6, 46.9), (50.5, 46.0), (49.4, 45.0), (49.4, 41.0),  # Atyrau, sea
)  # fmt: skip

AREAS = (
    Area("RUS", "Asia", (*_URAL, (180.0, 41.0), (180.0, 82.0))),
    Area("RUS", "Asia", _box(-180.0, 60.0, -168.0, 75.0)),  # Chukotka beyond the antimeridian
    Area("KAZ", "Europe", (*_URAL, (40.0, 41.0), (40.0, 82.0))),
    # Thrace: west of the Bosporus, the Sea of Marmara and the Dardanelles
    Area("TUR", "Europe", (
        (29.15, 41.3), (29.07, 41.1), (28.99, 41.0), (28.0, 40.75), (27.3, 40.6), (26.75, 40.42), (26.4, 40.2),
        (26.15, 40.02), (25.4, 40.05), (25.4, 42.3), (29.15, 42.3),
    )),
    # Sinai: east of the Suez Canal and the Gulf of Suez
    Area("EGY", "Asia", (
        (32.31, 31.7), (32.31, 31.27), (32.3, 30.6), (32.56, 29.95), (32.9, 29.0), (33.55, 28.2), (34.0, 27.7),
        (34.4, 27.4), (35.3, 27.4), (35.3, 31.7),
    )),
    # New Guinea and the islands off its coast, without Seram, Kai and Aru
    Area("IDN", "Oceania", (
        (129.3, 1.3), (141.2, 1.3), (141.2, -9.6), (137.2, -9.6), (137.0, -5.5), (134.2, -4.8), (132.3, -4.2),
        (131.2, -2.6), (129.3, -2.4),
    )),
    Area("CYP", "Asia", _box(31.0, 34.0, 35.5, 36.5)),
    Area("YEM", "Africa", _box(51.5, 11.0, 55.5, 13.5)),  # Socotra
    Area("USA", "Oceania", _box(-180.0, 15.0, -150.0, 30.0)),  # Hawaii
    Area("CHL", "Oceania", _box(-112.0, -29.0, -100.0, -24.0)),  # Easter Island
    Area("COL", "North America", _box(-82.5, 11.5, -79.5, 16.5)),  # San Andrés and Providencia
    Area("ESP", "Africa", _box(-20.0, 25.0, -12.0, 31.0)),  # Canary Islands
    Area("PRT", "Africa", _box(-18.5, 29.0, -15.0, 34.5)),  # Madeira
    Area("FRA", "South America", _box(-56.0, 1.0, -50.0, 7.0)),  # Guiana
    Area("FRA", "North America", _box(-65.0, 13.0, -59.0, 19.5)),  # Guadeloupe, Martinique
    Area("FRA", "Africa", _box(42.0, -25.0, 59.0, -10.0)),  # Réunion, Mayotte
    Area("ATF", "Africa", _box(38.0, -25.0, 60.0, -9.0)),  # islands about Madagascar
    Area("NLD", "North America", _box(-71.0, 10.0, -60.0, 19.0)),  # Bonaire, Saba, Sint Eustatius
    Area("NOR", "Antarctica", _box(-5.0, -75.0, 10.0, -50.0)),  # Bouvet Island
)  # fmt: skip
"""The areas there are. Where a border between two continents is a matter of custom, it is this one: the crest of the
Ural, the Ural river, the Caspian Sea, the Turkish Straits, the Suez Canal; in the Caucasus the borders of Russia."""
