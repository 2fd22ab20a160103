"""The gazetteer: towns, regions and countries of the world by number, and the town nearest to a place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import numpy as np

from chatearthnet_explorer.tile import check_point, wrap_longitude

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bounds = tuple[float, float, float, float]
    Array = NDArray[np.generic]

GAZETTEER_CREDIT = "Names of places: GeoNames (CC BY 4.0), https://www.geonames.org, and Unicode CLDR"
"""Credit of the names, as the licence of GeoNames asks."""

Kind = Literal["town", "region", "country", "continent", "part of the world"]
"""What a name stands for; a region is a part of one country, such as Bavaria."""

KINDS: tuple[Kind, ...] = ("town", "region", "country", "continent", "part of the world")
"""In the order of their numbers."""

NONE = 0xFFFF
"""Stands for no region in the table."""

_FILE = files(__package__) / "names" / "gazetteer.npz"
_NO_COUNTRY = 255
_RADIUS_KM = 6371.0088  # mean radius of the Earth, IUGG
_PEOPLE_PER_KM2 = 5000.0  # of a large town: gives its radius, within which its own districts are not named
_NEAR_KM = 15.0  # from the edge of a town up to which a place is near it
_DIRECTIONS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place that has a name, or an area that has one."""

    name: str
    """Its name: in English if it has one there, else in its own language."""

    kind: Kind
    """What it is."""

    lon: float
    """Degrees east; of the largest town in an area, or of its middle where it has none."""

    lat: float
    """Degrees north."""

    population: int
    """People who live there, within a percent; 0 where the source does not know them, or of a continent."""

    region: str = ""
    """The first-level part of the country that it lies in, such as ``Bavaria``."""

    country: str = ""
    """The country, under the name that the catalog uses."""

    iso: str = ""
    """ISO 3166-1 alpha-3 code of the country."""

    box: Bounds | None = None
    """West, south, east, north of an area in degrees, west larger than east over the antimeridian; None for towns."""

    @property
    def label(self) -> str:
        """The name and the country, such as ``Munich, Germany``."""
        return f"{self.name}, {self.country}" if self.country and self.kind in {"town", "region"} else self.name

    @property
    def description(self) -> str:
        """What tells it from others of the same name, such as ``Bavaria, 1,510,000 people``."""
        if self.kind != "town":
            return self.kind
        people = f"{_three_digits(self.population):,} people" if self.population else "town"
        return f"{self.region}, {people}" if self.region and self.region != self.name else people


@dataclass(frozen=True, slots=True)
class NearestTown:
    """The town nearest to a place, and how far it is."""

    town: NamedPlace
    """The town. Within a large town it is that town, not the nearest of its districts."""

    km: float
    """Kilometres from the middle of the town to the place."""

    phrase: str
    """``near Augsburg, Germany``, or ``85 km north of Tamanrasset, Algeria`` where no town is near."""


class Table:
    """The arrays of the gazetteer. Names and coordinates are loaded at once, the rest when it is needed."""

    def __init__(self) -> None:
        """Open the file of the package."""
        with _FILE.open("rb") as file, np.load(file, allow_pickle=False) as data:
            arrays: dict[str, Array] = {
                name: data[name]
                for name in ("counts", "names", "steps", "people", "country", "region", "boxes", "codes")
            }
        ends = np.cumsum(arrays["counts"]).tolist()
        self.ends: list[int] = ends
        """Numbers of places at which each kind of ``KINDS`` ends."""
        steps = np.ascontiguousarray(np.moveaxis(arrays["steps"].astype(np.uint8), 0, -1)).view("<i4")[..., 0]
        self.lon, self.lat = np.cumsum(steps, axis=1) / 1000.0
        """Degrees east and north; shape (places,)."""
        self.people: NDArray[np.float64] = 2.0 ** (arrays["people"].astype(np.float64) / 100.0) - 1.0
        """People of each place; shape (places,)."""
        self.country: NDArray[np.uint8] = arrays["country"].astype(np.uint8)
        """Number of the country of each place, counted from the first country; 255 without one."""
        self.region: NDArray[np.uint16] = arrays["region"].astype(np.uint16)
        """Number of the region of each place, counted from the first region; ``NONE`` without one."""
        self._names = arrays["names"].tobytes().decode().split("\n")
        self._boxes = arrays["boxes"].astype(np.float64) / 100.0
        self.codes = [line.split(" ")[0] for line in arrays["codes"].tobytes().decode().split("\n")]

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors of the towns; shape (towns, 3)."""
        lon, lat = np.radians(self.lon[: self.ends[0]]), np.radians(self.lat[: self.ends[0]])
        flat = np.cos(lat)
        vectors: NDArray[np.float32] = np.stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)], 1).astype(
            np.float32
        )
        return vectors

    @cached_property
    def radii(self) -> NDArray[np.float32]:
        """Kilometres from the middle of each town to its edge, as far as its people tell; shape (towns,)."""
        radii: NDArray[np.float32] = np.sqrt(self.people[: self.ends[0]] / (_PEOPLE_PER_KM2 * math.pi)).astype(
            np.float32
        )
        return radii

    def place(self, number: int) -> NamedPlace:
        """Return one place.

        Args:
            number: Its number in the arrays.
        """
        kind = KINDS[int(np.searchsorted(self.ends, number, side="right"))]
        country, region = int(self.country[number]), int(self.region[number])
        has_people = kind in {"town", "country"}
        return NamedPlace(
            self._names[number],
            kind,
            float(self.lon[number]),
            float(self.lat[number]),
            round(self.people[number]) if has_people else 0,
            "" if region == NONE else self._names[self.ends[0] + region],
            "" if country == _NO_COUNTRY else self._names[self.ends[1] + country],
            "" if country == _NO_COUNTRY else self.codes[country],
            None if kind == "town" else self._box(number - self.ends[0]),
        )

    def _box(self, number: int) -> Bounds:
        west, south, east, north = self._boxes[number].tolist()
        return west, south, east, north


@cache
def table() -> Table:
    """Return the table of places, read once: some 60 ms and 10 MB."""
    return Table()


def nearest_town(lon: float, lat: float) -> NearestTown:
    """Return the town above 15,000 people that is nearest to a place.

    Args:
        lon: Degrees east; wrapped beyond -180 to 180.
        lat: Degrees north.

    Raises:
        PlaceError: If a coordinate is not a finite number or the latitude is beyond a pole.
    """
    check_point(lon, lat)
    towns = table()
    east, north = math.radians(wrap_longitude(lon)), math.radians(lat)
    flat = math.cos(north)
    here = np.array([flat * math.cos(east), flat * math.sin(east), math.sin(north)], np.float32)
    # the chord keeps metres that the cosine loses
    chords = np.linalg.norm(towns.vectors - here, axis=1)
    km = 2.0 * _RADIUS_KM * np.arcsin(np.minimum(chords / 2.0, 1.0))
    beyond = np.maximum(km - towns.radii, 0.0)
    nearest = np.flatnonzero(beyond <= beyond.min())
    number = int(nearest[towns.people[nearest].argmax()])
    town = towns.place(number)
    return NearestTown(town, float(km[number]), _phrase(town, float(km[number]), float(beyond[number]), lon, lat))


def _phrase(town: NamedPlace, km: float, beyond: float, lon: float, lat: float) -> str:
    if beyond <= _NEAR_KM:
        return f"near {town.label}"
    return f"{_three_digits(round(km)):,} km {_direction(town, lon, lat)} of {town.label}"


def _direction(town: NamedPlace, lon: float, lat: float) -> str:
    """Return the direction in which one sets out from a town to a place, on the great circle."""
    turn, here, there = math.radians(lon - town.lon), math.radians(town.lat), math.radians(lat)
    east = math.sin(turn) * math.cos(there)
    north = math.cos(here) * math.sin(there) - math.sin(here) * math.cos(there) * math.cos(turn)
    return _DIRECTIONS[round(math.degrees(math.atan2(east, north)) / 45.0) % 8]


def _three_digits(number: int) -> int:
    """Return a number with three digits that count: the source does not know more."""
    step: int = 10 ** max(len(str(number)) - 3, 0)
    return round(number / step) * step
