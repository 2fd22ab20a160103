"""The outline of the land, and the country at a place."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.places.continents import AREAS, inside
from chatearthnet_explorer.tile import check_point, wrap_longitude

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from chatearthnet_explorer.places.continents import Ring

ATTRIBUTION = "Made with Natural Earth (public domain), https://www.naturalearthdata.com"
"""Credit of the outlines."""

COAST_KM = 50.0
"""Kilometres from the coast of a country within which a place at sea counts as its; farther out is open sea."""

_RADIUS_KM = 6371.0088  # mean radius of the Earth, IUGG: (2a + b) / 3 of WGS 84
_BLOCK = 8192  # places of one calculation
_MOST_DISTANCES = 1_000_000  # likewise, from places to edges
_OUTLINES = files(__package__) / "outlines"


@dataclass(frozen=True, slots=True)
class Country:
    """A country as Natural Earth draws it. Its borders are a drawing, not a judgement on any border."""

    name: str
    """Its short name in English."""

    iso: str
    """ISO 3166-1 alpha-3 code, such as ``STP``; empty for the few areas without one."""

    continent: str
    """The one of the seven continents that the place is on; see ``continents.AREAS`` for countries on two."""


@dataclass(frozen=True, slots=True)
class _Edges:
    """Every edge of every outline at 1:50m, and of the islands that only 1:10m has."""

    countries: tuple[Country, ...]  # at the end those of another continent than most of their land
    start: NDArray[np.float64]  # (2, edges): longitude and latitude in degrees
    end: NDArray[np.float64]  # (2, edges)
    low: NDArray[np.float64]  # (edges,): latitude of its southern end
    high: NDArray[np.float64]  # (edges,): latitude of its northern end
    owner: NDArray[np.intp]  # (edges,): index into countries
    coast: NDArray[np.float64]  # (edges with sea on one side, 3): unit vectors of their starts
    along: NDArray[np.float64]  # (edges with sea on one side, 3): vectors to their ends
    coast_owner: NDArray[np.intp]
    longest: float  # of the coast's edges, as a share of the radius
    elsewhere: tuple[tuple[int, int, Ring], ...]  # country, the same of another continent, where it is on that one


def country_at(lon: float, lat: float) -> Country | None:
    """Return the country that contains a place, or whose coast is nearest within 50 km; None on the open sea.

    The even-odd rule in degrees decides what is inside. Distances are those on a sphere in three dimensions, so neither
    the antimeridian nor the poles are special.

    Args:
        lon: Degrees east; wrapped beyond -180 to 180.
        lat: Degrees north.

    Raises:
        PlaceError: If a coordinate is not a finite number or the latitude is beyond a pole.
    """
    check_point(lon, lat)
    edges = _edges()
    # the outline of Antarctica ends a hundred metres short of the pole
    level = max(lat, -89.9)
    owners = edges.owner[_right_of(edges, _level_with(edges, level, level), wrap_longitude(lon), level)]
    inside_of = np.flatnonzero(np.bincount(owners) % 2)  # an odd number of crossings
    if inside_of.size:
        return _of_continent(edges, int(inside_of[0]), lon, lat)
    place = _vectors(np.array([lon]), np.array([lat]))
    near = _near(edges, place, COAST_KM)
    if not near.size:
        return None
    distances = _kilometres(edges, place, near)[0]
    nearest = int(distances.argmin())
    if distances[nearest] > COAST_KM:
        return None
    return _of_continent(edges, int(edges.coast_owner[near[nearest]]), lon, lat)


def countries() -> tuple[Country, ...]:
    """Return every country that ``country_at`` can return, in the order of the numbers of ``countries_at``.

    A country with land on two continents is there once for each.
    """
    return _edges().countries


def countries_at(lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int16]:
    """Return, for many places, the position in ``countries()`` of what ``country_at`` returns, -1 for None.

    Places are sorted by latitude, so that those level with an edge follow each other and only true crossings are
    calculated: about 5 microseconds a place instead of a millisecond.

    Args:
        lons: Degrees east, shape (n,); wrapped beyond -180 to 180.
        lats: Degrees north, shape (n,).

    Raises:
        PlaceError: If a coordinate is not a finite number or a latitude is beyond a pole.
    """
    lon, lat = np.asarray(lons, np.float64), np.asarray(lats, np.float64)
    wrong = ~(np.isfinite(lon) & (np.abs(lat) <= 90.0))  # noqa: PLR2004 - the poles
    if wrong.any():
        country_at(float(lon[wrong][0]), float(lat[wrong][0]))  # raises the error
    lon = np.where((lon >= -180.0) & (lon < 180.0), lon, (lon + 180.0) % 360.0 - 180.0)  # noqa: PLR2004
    edges = _edges()
    numbers = np.full(len(lon), -1, np.int16)
    order = np.argsort(lat, kind="stable")
    for start in range(0, len(order), _BLOCK):
        block = order[start : start + _BLOCK]
        numbers[block] = _countries_around(edges, lon[block], np.maximum(lat[block], -89.9))
    outside = np.flatnonzero(numbers < 0)
    # most of the coast is far from any of the places: it is dropped step by step, as places are split into cells
    for wide in _in_cells(outside, lon, lat, 10.0):
        places = _vectors(lon[wide], lat[wide])
        some = _only(edges, _near(edges, places, COAST_KM))
        for group in _in_cells(wide, lon, lat, 1.0) if some.coast_owner.size else ():
            numbers[group] = _offshore(some, lon[group], lat[group])
    return _by_continent(edges, numbers, lon, lat)


def coast_distance(lons: ArrayLike, lats: ArrayLike, *, reach: float = 60.0) -> NDArray[np.float64]:
    """Return kilometres to the coast at 1:50m for places close together: positive on land, negative at sea.

    Args:
        lons: Degrees east, shape (n,).
        lats: Degrees north, shape (n,).
        reach: Kilometres up to which distances are exact; longer ones are cut to it.
    """
    lon = (np.asarray(lons, np.float64) + 180.0) % 360.0 - 180.0
    lat = np.asarray(lats, np.float64)
    edges = _edges()
    places = _vectors(lon, lat)
    near = _near(edges, places, reach)
    # without a coast nearby, all places are on the same side of it
    some = slice(None) if near.size else slice(1)
    level = _level_with(edges, lat[some].min(), lat[some].max())
    land = np.array([_right_of(edges, level, *at).size % 2 for at in zip(lon[some], lat[some], strict=True)], bool)
    far = np.full(len(lon), reach)
    distances = np.minimum(_kilometres(edges, places, near).min(axis=1), far) if near.size else far
    return np.where(land, distances, -distances)


@cache
def land_outline() -> dict[str, Any]:
    """Return the countries of the world at 1:110m, for drawing.

    A GeoJSON FeatureCollection of MultiPolygons in degrees, cut at the antimeridian; properties ``name``, ``iso``
    and ``continent``. It is read once and shared: copy it before you change it.
    """
    outline: dict[str, Any] = json.loads((_OUTLINES / "countries-110m.geojson").read_text(encoding="utf-8"))
    return outline


def _of_continent(edges: _Edges, owner: int, lon: float, lat: float) -> Country:
    place = np.array([wrap_longitude(lon)]), np.array([lat])
    return edges.countries[int(_by_continent(edges, np.array([owner], np.int16), *place)[0])]


def _by_continent(
    edges: _Edges, owner: NDArray[np.int16], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.int16]:
    """Return the countries of places, each as the one of the continent that the place is on."""
    numbers = owner.copy()
    for here, other, ring in edges.elsewhere:
        some = np.flatnonzero(owner == here)
        numbers[some[inside(ring, lon[some], lat[some])]] = other
    return numbers


def _countries_around(edges: _Edges, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return the country around each of some places, which are sorted by latitude; -1 without one."""
    # an edge is level with a place if exactly one of its ends lies above it
    first, stop = np.searchsorted(lat, edges.low), np.searchsorted(lat, edges.high)
    level = np.flatnonzero(stop > first)
    sizes = stop[level] - first[level]
    edge = np.repeat(level, sizes)
    place = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes - first[level], sizes)
    (x0, y0), (x1, y1) = edges.start[:, edge], edges.end[:, edge]
    right = x0 + (lat[place] - y0) / (y1 - y0) * (x1 - x0) > lon[place]
    width = len(edges.countries)
    counts = np.bincount(place[right] * width + edges.owner[edge[right]], minlength=len(lon) * width)
    is_inside = counts.reshape(len(lon), width) % 2 == 1
    numbers: NDArray[np.int16] = np.where(is_inside.any(axis=1), is_inside.argmax(axis=1), -1).astype(np.int16)
    return numbers


def _in_cells(
    places: NDArray[np.intp], lon: NDArray[np.float64], lat: NDArray[np.float64], side: float
) -> list[NDArray[np.intp]]:
    """Return the places in groups, one for each cell of so many degrees."""
    cells = np.floor(lon[places] / side).astype(np.int64) * 1000 + np.floor(lat[places] / side).astype(np.int64)
    order = np.argsort(cells, kind="stable")
    groups = np.split(places[order], np.flatnonzero(np.diff(cells[order])) + 1)
    return [group for group in groups if group.size]


def _only(edges: _Edges, near: NDArray[np.intp]) -> _Edges:
    """Return the edges with a part of the coast only."""
    return replace(edges, coast=edges.coast[near], along=edges.along[near], coast_owner=edges.coast_owner[near])


def _offshore(edges: _Edges, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return the country with the nearest coast for each of some places close together; -1 beyond ``COAST_KM``."""
    places = _vectors(lon, lat)
    near = _near(edges, places, COAST_KM)
    numbers = np.full(len(lon), -1, np.int16)
    if not near.size:
        return numbers
    step = max(1, _MOST_DISTANCES // near.size)
    for start in range(0, len(lon), step):
        distances = _kilometres(edges, places[start : start + step], near)
        nearest = distances.argmin(axis=1)
        owner = edges.coast_owner[near[nearest]]
        close = np.take_along_axis(distances, nearest[:, None], axis=1)[:, 0] <= COAST_KM
        numbers[start : start + step] = np.where(close, owner, -1)
    return numbers


def _right_of(edges: _Edges, among: NDArray[np.intp], lon: float, lat: float) -> NDArray[np.intp]:
    """Return those of some edges that a ray from the place due east crosses."""
    crossings = among[(edges.start[1, among] > lat) != (edges.end[1, among] > lat)]
    (x0, y0), (x1, y1) = edges.start[:, crossings], edges.end[:, crossings]
    right: NDArray[np.intp] = crossings[x0 + (lat - y0) / (y1 - y0) * (x1 - x0) > lon]
    return right


def _level_with(edges: _Edges, south: float, north: float) -> NDArray[np.intp]:
    """Return the edges within a band of latitudes, or partly within it."""
    level: NDArray[np.intp] = np.flatnonzero((edges.low <= north) & (edges.high >= south))
    return level


def _near(edges: _Edges, places: NDArray[np.float64], reach: float) -> NDArray[np.intp]:
    """Return the edges of the coast that can be within reach of any of the places."""
    middle = places.mean(axis=0)
    middle /= np.linalg.norm(middle)
    spread = float(np.linalg.norm(places - middle, axis=1).max())
    angle = min(reach / _RADIUS_KM + spread * 1.01 + edges.longest, math.pi)
    # not a matrix product, whose threads cost a hundred times what they save
    cosine = np.einsum("ei,i->e", edges.coast, middle)
    near: NDArray[np.intp] = np.flatnonzero(cosine >= math.cos(angle))
    return near


def _kilometres(edges: _Edges, places: NDArray[np.float64], near: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return distances, shape (places, edges), from places to edges of the coast."""
    start, along = edges.coast[near], edges.along[near]
    offset = places[:, None, :] - start
    fraction = np.clip((offset * along).sum(axis=2) / (along * along).sum(axis=1), 0.0, 1.0)
    chord = np.linalg.norm(offset - fraction[:, :, None] * along, axis=2)
    kilometres: NDArray[np.float64] = 2.0 * _RADIUS_KM * np.arcsin(np.minimum(chord / 2.0, 1.0))
    return kilometres


def _vectors(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return unit vectors, shape (n, 3), of places in degrees."""
    x, y = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=-1)


@cache
def _edges() -> _Edges:
    with (_OUTLINES / "countries-50m.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        places = np.cumsum(arrays["steps"], axis=1) * float(arrays["step"])
        sizes = arrays["sizes"]
        owner = np.repeat(arrays["owners"].astype(np.intp), sizes)
        coast = np.unpackbits(arrays["coast"], count=places.shape[1]).astype(bool)
        main = [Country(*map(str, row)) for row in arrays["countries"]]
    of = {country.iso: country for country in main}
    other_parts = [(of[area.iso], replace(of[area.iso], continent=area.continent), area.ring) for area in AREAS]
    countries = (*main, *dict.fromkeys(country for _, country, _ in other_parts))
    starts = np.ones(places.shape[1], bool)
    starts[np.cumsum(sizes) - 1] = False  # a ring ends where it starts: no edge starts at its last place
    first = np.flatnonzero(starts)
    shore = np.flatnonzero(coast)
    vectors = _vectors(*places)
    along = vectors[shore + 1] - vectors[shore]
    return _Edges(
        countries=countries,
        start=places[:, first],
        end=places[:, first + 1],
        low=np.minimum(places[1, first], places[1, first + 1]),
        high=np.maximum(places[1, first], places[1, first + 1]),
        owner=owner[first],
        coast=vectors[shore],
        along=along,
        coast_owner=owner[shore],
        longest=float(np.linalg.norm(along, axis=1).max()),
        elsewhere=tuple((countries.index(one), countries.index(other), ring) for one, other, ring in other_parts),
    )
