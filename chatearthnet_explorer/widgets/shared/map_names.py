"""Names of countries and towns on a map, below the imagery: they show where no tiles come."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import numpy as np

from chatearthnet_explorer.cards.html_tree import element, markup
from chatearthnet_explorer.places.countries import land_outline
from chatearthnet_explorer.places.gazetteer import table
from chatearthnet_explorer.tile import LATITUDE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from numpy.typing import NDArray

    Bounds = tuple[float, float, float, float]

_TOWN_ZOOM, _COUNTRY_ZOOM = 4, 7  # zooms from which towns, and before which countries, have names
_MOST = {"country": 24, "town": 14}
_PIXELS_PER_NAME = 8000.0  # pixels for each name, so that a small map has few
_CANDIDATES = 200  # towns that are tried, largest first
_LETTER, _LINE = 6.6, 18.0  # pixels of a letter on average, and of a line
_SCREEN = 2500  # pixels: no map is wider
_TILE = 256.0


class _Label(NamedTuple):
    text: str
    x: float  # pixels from the left edge of the world
    y: float  # pixels from its upper edge
    kind: str


class _CountryLabel(NamedTuple):
    name: str
    lon: float
    lat: float
    wide: float  # degrees


def names_svg(bounds: Bounds, zoom: float) -> str:
    """Return the names for a view as the address of an SVG picture, which fills the view; empty if there are none.

    Args:
        bounds: West, south, east, north of the view in degrees; west may lie beyond -180 and east beyond 180.
        zoom: Zoom of the map.
    """
    west, south, east, north = bounds
    scale = _TILE * 2.0 ** min(max(zoom, 0.0), 24.0)
    left, right = (west + 180.0) / 360.0 * scale, (east + 180.0) / 360.0 * scale
    top, bottom = _row(north) * scale, _row(south) * scale
    wide, high = right - left, bottom - top
    if not (0 < wide <= _SCREEN and 0 < high <= _SCREEN):
        return ""
    boxes: list[tuple[float, float, float, float]] = []
    counts, most = dict(_MOST), wide * high / _PIXELS_PER_NAME
    texts = []
    for label in _labels(bounds, zoom, scale):
        half = len(label.text) * _LETTER / 2 + 4
        bottom = label.y - top + (_LINE / 2 if label.kind == "country" else 0.0)  # a town's name stands on its dot
        box = (label.x - left - half, bottom - _LINE, label.x - left + half, bottom)
        is_inside = box[0] >= 0 and box[1] >= 0 and box[2] <= wide and box[3] <= high
        if counts[label.kind] and len(boxes) < most and is_inside and not any(_overlap(box, other) for other in boxes):
            counts[label.kind] -= 1
            boxes.append(box)
            texts += _drawing(label, (box[0] + box[2]) / 2, box[3])
    if not texts:
        return ""
    svg = element(
        "svg",
        *texts,
        xmlns="http://www.w3.org/2000/svg",
        preserveAspectRatio="none",
        viewBox=f"0 0 {wide:.1f} {high:.1f}",
        style="font:12px system-ui,sans-serif;text-anchor:middle;paint-order:stroke;stroke:#f4f1ea;stroke-width:3px;"
        "stroke-linejoin:round;fill:#2b3844",
    )
    return "data:image/svg+xml," + quote(markup(svg), safe=" =:/;,'()")


def _drawing(label: _Label, x: float, bottom: float) -> list[Element]:
    if label.kind == "country":
        return [element("text", label.text, x=f"{x:.0f}", y=f"{bottom - 5:.0f}", style="font-weight:600")]
    dot = element("circle", cx=f"{x:.1f}", cy=f"{bottom:.1f}", r="2.5", style="stroke-width:1.5px")
    return [dot, element("text", label.text, x=f"{x:.0f}", y=f"{bottom - 6:.0f}")]


def _labels(bounds: Bounds, zoom: float, scale: float) -> Iterator[_Label]:
    """Return the names that may stand in a view, the most important first."""
    west, south, east, north = bounds
    if zoom < _COUNTRY_ZOOM:
        for one in _country_labels():
            is_wide = one.wide / 360.0 * scale >= 0.7 * len(one.name) * _LETTER
            if is_wide and south < one.lat < north and (turn := _turn(one.lon, west, east)) is not None:
                yield _Label(one.name, (one.lon + turn + 180.0) / 360.0 * scale, _row(one.lat) * scale, "country")
    if zoom >= _TOWN_ZOOM:
        places = table()
        count = places.ends[0]
        lon, lat = places.lon[:count], places.lat[:count]
        inside = np.flatnonzero((lat > south) & (lat < north) & ((lon - west) % 360.0 < east - west))
        largest = inside[np.argsort(-places.people[inside], kind="stable")[:_CANDIDATES]]
        for number in largest.tolist():
            x = west + (lon[number] - west) % 360.0
            yield _Label(places.place(number).name, (x + 180.0) / 360.0 * scale, _row(lat[number]) * scale, "town")


def _turn(lon: float, west: float, east: float) -> float | None:
    """Return the degrees that bring a longitude into a view; None if none do."""
    turn = 360.0 * math.ceil((west - lon) / 360.0)
    return turn if lon + turn < east else None


@cache
def _country_labels() -> tuple[_CountryLabel, ...]:
    """Return a label for each country, in the middle of its largest part, the largest country first."""
    labels = []
    for feature in land_outline()["features"]:
        rings = [np.array(polygon[0]) for polygon in feature["geometry"]["coordinates"]]
        ring = max(rings, key=lambda one: abs(_area(one)))
        lon, lat = _middle(ring)
        labels.append(
            (abs(_area(ring)), _CountryLabel(feature["properties"]["name"], lon, lat, float(np.ptp(ring[:, 0]))))
        )
    return tuple(label for _, label in sorted(labels, key=lambda one: -one[0]))


def _area(ring: NDArray[np.float64]) -> float:
    x, y = ring.T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2.0)


def _middle(ring: NDArray[np.float64]) -> tuple[float, float]:
    """Return the centroid of the area in a ring, in degrees."""
    x, y = ring.T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    lon, lat = (float(np.sum((one[:-1] + one[1:]) * cross) / (6.0 * _area(ring))) for one in (x, y))
    return lon, lat


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _row(lat: float) -> float:
    """Return the distance of a latitude from the upper edge of the map, as a share of its height."""
    lat = min(max(lat, -LATITUDE_LIMIT), LATITUDE_LIMIT)
    return (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0
