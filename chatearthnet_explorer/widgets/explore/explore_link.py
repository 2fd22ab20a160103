"""The link of an explored place: read from a query string, and written as one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args
from urllib.parse import urlencode

from chatearthnet_explorer.caption import Style
from chatearthnet_explorer.prompts.wording import STYLES
from chatearthnet_explorer.query_string import QueryString
from chatearthnet_explorer.sources import YEARS, Year, usable_sources
from chatearthnet_explorer.tile import LATITUDE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_SEED = 9999
"""Largest seed that the Explorer offers."""

_DIGITS = 6
"""Decimals of a degree in a link: a tenth of a metre."""

_SCENE = re.compile(r"[A-Za-z0-9_.+:-]{1,200}")


@dataclass(frozen=True, kw_only=True)
class ExploreLink:
    """What a link says of a place. A field that the link does not have is at its default."""

    lonlat: tuple[float, float] | None = None
    """Degrees east and north; None where the link has no place."""

    year: Year = YEARS[0]
    """Year of labels and scene."""

    style: Style = "3.5"
    """Style of the prompt and its caption."""

    source: str = ""
    """Name of the source of chips; empty for the one that the page was served with."""

    scene: str = ""
    """Identifier of the scene; empty for the least cloudy."""

    seed: int = 0
    """Seed of the words that a 3.5 prompt draws."""


def style_named(name: str) -> Style:
    """Return the style of a name; 3.5 if there is none of it."""
    styles: tuple[Style, ...] = get_args(Style)
    return next((style for style in styles if style == name), "3.5")


def read_place(fields: QueryString) -> tuple[float, float] | None:
    """Return degrees east and north of a link, to be read before its other fields; None if it has no place."""
    has_place = "lon" in fields or "lat" in fields
    lon, lat = fields.number("lon", -180.0, 180.0), fields.number("lat", -LATITUDE_LIMIT, LATITUDE_LIMIT)
    if lon is not None and lat is not None:
        return lon, lat
    if has_place and not fields.notes:
        fields.notes.append("the place (a link needs lon and lat)")
    return None


def read_year(fields: QueryString) -> Year:
    """Return the year of a link; the first of ``YEARS`` if it has none."""
    year = fields.choice("year", [str(year) for year in YEARS])
    return next((one for one in YEARS if str(one) == year), YEARS[0])


def read_explore_link(query: str, *, sources: Sequence[str] | None = None) -> tuple[ExploreLink, tuple[str, ...]]:
    """Return what a link says of a place, and notes of what was left out, for ``left_out_sentence``.

    Args:
        query: The query string, of a stranger: nothing in it raises an exception.
        sources: Names of the sources to choose from; None for all that can be used.
    """
    if sources is None:
        sources = [source.name for source in usable_sources()]
    fields = QueryString(query)
    lonlat, year = read_place(fields), read_year(fields)
    style = fields.choice("style", STYLES)
    source = fields.choice("source", sources)
    scene = fields.text("scene")
    if scene and not _SCENE.fullmatch(scene):
        fields.leave_out("scene", scene, "no scene is called so")
        scene = ""
    seed = fields.whole("seed", 0, LARGEST_SEED)
    fields.note_unknown()
    link = ExploreLink(
        lonlat=lonlat,
        year=year,
        style=style_named(style),
        source=source,
        scene=scene,
        seed=seed or 0,
    )
    return link, tuple(fields.notes)


def write_explore_link(link: ExploreLink) -> str:
    """Return the query string of a place; empty if there is none."""
    if link.lonlat is None:
        return ""
    lon, lat = degrees(link.lonlat[0], 180.0), degrees(link.lonlat[1], LATITUDE_LIMIT)
    fields: dict[str, str | int] = {"lon": lon, "lat": lat, "year": link.year, "style": link.style}
    fields |= {name: value for name in ("source", "scene", "seed") if (value := getattr(link, name))}
    return urlencode(fields)


def degrees(value: float, limit: float) -> str:
    """Return degrees as text; rounding does not lead beyond the limit."""
    scale = 10**_DIGITS
    largest = int(limit * scale)
    return f"{max(-largest, min(largest, round(value * scale))) / scale:.{_DIGITS}f}".rstrip("0").rstrip(".")
