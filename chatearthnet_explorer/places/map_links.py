"""Read the place that a link to a map shows. Links are read, never opened."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from chatearthnet_explorer.errors import PlaceError

_LINK = re.compile(r"(?:https?://|\bgeo:)\S*", re.IGNORECASE)
_BARE = re.compile(
    r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/\S*|(?:localhost|\d+\.\d+\.\d+\.\d+)(?::\d+)/\S*", re.IGNORECASE
)
_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"\s*({_NUMBER})\s*[,~_;+ ]\s*\+?({_NUMBER})(?![\d.])")
_PIN = re.compile(rf"!3d({_NUMBER})!4d({_NUMBER})")
_AT = re.compile(rf"@({_NUMBER}),({_NUMBER})")
_IN_PATH = re.compile(rf"/({_NUMBER}),\+?\s*({_NUMBER})(?=[/?,]|$)")
_HASH = re.compile(rf"(?:^|[=/#&])(\d{{1,2}}(?:\.\d+)?)[/,]({_NUMBER})[/,]({_NUMBER})(?![\d.])")
_GEOHACK = re.compile(
    r"(\d+(?:\.\d+)?)_(?:(\d+(?:\.\d+)?)_)?(?:(\d+(?:\.\d+)?)_)?([NS])_(\d+(?:\.\d+)?)_(?:(\d+(?:\.\d+)?)_)?(?:(\d+(?:\.\d+)?)_)?([EW])"
)

_LATITUDES, _LONGITUDES = ("mlat", "lat", "latitude", "y"), ("mlon", "lon", "lng", "long", "longitude", "x")
"""Names of fields, those of a marker first."""

_FIELDS = (
    "q", "query", "coordinate", "destination", "daddr", "cbll", "viewpoint", "pt", "where1", "sp", "ll", "cp", "center",
    "sll", "map", "view", "loc",
)  # fmt: skip
"""Names of fields that hold a pair: those of a marker before those of the middle of the map."""

_EAST_FIRST = ("yandex.",)
"""Services that write the longitude first."""


def link_in(text: str) -> str:
    """Return the first link in a text; empty if there is none."""
    match = _LINK.search(text) or _BARE.fullmatch(text.strip())
    return match[0] if match else ""


def link_place(link: str) -> tuple[float, float]:
    """Return longitude and latitude of the place that a link shows, in degrees.

    Google Maps, OpenStreetMap, Bing, Apple, HERE, Yandex, Mapy, the Copernicus Browser, Wikipedia's GeoHack, links of
    this program, ``geo:``, and others that use the same fields. A marker counts more than the middle of the map.

    Raises:
        PlaceError: If the link has no place in it.
    """
    place = _geo(link) if link[:4].casefold() == "geo:" else _web(link)
    if place is None:
        msg = (
            "There are no coordinates in that link, and it is not opened; copy the address of the map itself, "
            "or enter a name, or coordinates such as 48.14, 11.58."
        )
        raise PlaceError(msg)
    return place


def _geo(link: str) -> tuple[float, float] | None:
    """Return the place of a ``geo:`` URI (RFC 5870), or of the query that Android adds to it."""
    body, _, query = link[4:].partition("?")
    label = parse_qs(query).get("q", [""])[0]
    match = _PAIR.match(label) or _PAIR.match(unquote(body))
    return (float(match[2]), float(match[1])) if match else None


def _web(link: str) -> tuple[float, float] | None:
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        fields = parse_qs(parts.query, max_num_fields=200)
        fragment = unquote(parts.fragment)
        fields |= parse_qs(parts.fragment.partition("?")[2] or parts.fragment, max_num_fields=200)
    except ValueError:  # a host or a number of fields that no link has
        return None
    host, path = (parts.hostname or "").casefold(), unquote(parts.path)
    if match := [*_PIN.finditer(path), *_PIN.finditer(unquote(parts.query))]:
        return float(match[-1][2]), float(match[-1][1])
    if match_params := _GEOHACK.search(fields.get("params", [""])[0]):
        return _sixtieths(match_params)
    return (
        _from_fields(fields, is_east_first=any(name in host for name in _EAST_FIRST))
        or _from_hash(fragment)
        or _from_path(path, unquote(parts.query))
    )


def _from_fields(fields: dict[str, list[str]], *, is_east_first: bool) -> tuple[float, float] | None:
    for lat_name, lon_name in ((lat, lon) for lat in _LATITUDES for lon in _LONGITUDES):
        if lat_name in fields and lon_name in fields:
            lat, lon = (re.fullmatch(rf"\s*({_NUMBER})\s*", fields[name][0]) for name in (lat_name, lon_name))
            if lat and lon:
                return float(lon[1]), float(lat[1])
    for name in _FIELDS:
        for value in fields.get(name, []):
            if match := _PAIR.match(value.removeprefix("point.").removeprefix("loc:")):
                first, second = float(match[1]), float(match[2])
                return (first, second) if is_east_first else (second, first)
    return None


def _from_hash(fragment: str) -> tuple[float, float] | None:
    """Return the place after zoom, as OpenStreetMap and MapLibre write it: ``#map=15/48.14/11.58``."""
    match = _HASH.search(fragment) or None
    return (float(match[3]), float(match[2])) if match else None


def _from_path(path: str, query: str) -> tuple[float, float] | None:
    match = _IN_PATH.search(path) or _AT.search(path) or _AT.search(query) or _PAIR.match(query)
    return (float(match[2]), float(match[1])) if match else None


def _sixtieths(match: re.Match[str]) -> tuple[float, float]:
    """Return the place of degrees, minutes and seconds between underscores."""
    numbers = [float(number or 0.0) for number in match.groups() if not number or number[0].isdigit()]
    lat = numbers[0] + numbers[1] / 60.0 + numbers[2] / 3600.0
    lon = numbers[3] + numbers[4] / 60.0 + numbers[5] / 3600.0
    return (-lon if match[8] == "W" else lon), (-lat if match[4] == "S" else lat)
