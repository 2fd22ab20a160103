"""Find the place that somebody means: by a name, by coordinates in any usual form, or by a link to a map."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.places.coordinates import EXAMPLE, coordinates_of
from chatearthnet_explorer.places.gazetteer import NamedPlace, nearest_town
from chatearthnet_explorer.places.name_search import suggest

_WITHOUT_TOWN = re.compile(r",\s+(?:near|[\d,]+ km)\s")  # what ``describe`` adds to coordinates
_EXCERPT = 60  # characters of what somebody wrote that a message repeats


@dataclass(frozen=True, slots=True)
class Destination:
    """Where somebody wants to go."""

    lon: float
    """Degrees east, within -180 to 180."""

    lat: float
    """Degrees north."""

    label: str
    """The place in words: its name, or its coordinates and the town that it is near."""

    place: NamedPlace | None = None
    """The place of that name; None for coordinates."""


def find_place(text: str) -> Destination:
    """Return the place that a text means: coordinates, a link to a map, or the likeliest place of that name.

    Args:
        text: What somebody wrote, of any length and in any script. Links are read, never opened.

    Raises:
        PlaceError: If it is empty, if no place has the name, or if coordinates are ambiguous or beyond the world.
    """
    if not text.strip():
        msg = f"Write the name of a town or a country, or coordinates such as {EXAMPLE}."
        raise PlaceError(msg)
    lonlat = coordinates_of(_WITHOUT_TOWN.split(text, maxsplit=1)[0])
    if lonlat is not None:
        return Destination(*lonlat, describe(*lonlat))
    places = suggest(text, 1)
    if not places:
        line = " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * _EXCERPT]).split())
        name = line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "\u2026"
        msg = f"No place called '{name}' found. Try another spelling, or coordinates such as {EXAMPLE}."
        raise PlaceError(msg)
    return Destination(places[0].lon, places[0].lat, places[0].label, places[0])


def describe(lon: float, lat: float) -> str:
    """Return coordinates in words: ``48.14 N, 11.58 E, near Munich, Germany``."""
    return f"{write_coordinates(lon, lat)}, {nearest_town(lon, lat).phrase}"


def write_coordinates(lon: float, lat: float) -> str:
    """Return coordinates as people read them, to some hundred metres: ``48.137 N, 11.575 E``."""
    north, east = f"{abs(lat):.3f}".rstrip("0").rstrip("."), f"{abs(lon):.3f}".rstrip("0").rstrip(".")
    return f"{north} {'S' if lat < 0 and north != '0' else 'N'}, {east} {'W' if lon < 0 and east != '0' else 'E'}"
