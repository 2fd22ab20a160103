"""A world map that works without network, and what the views add to a map of the user's own."""

from __future__ import annotations

import math
from contextvars import ContextVar
from typing import TYPE_CHECKING

import ipyleaflet
import traitlets
import xyzservices

from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.places.countries import land_outline
from chatearthnet_explorer.tile import LATITUDE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.tile import Tile

NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
"""A transparent pixel."""

LAND_PANE = "land"
"""Pane of the outline of the land."""

HAS_OUTLINE: ContextVar[bool] = ContextVar("HAS_OUTLINE", default=True)
"""Whether a map has the outline from the start; False while a page is made that brings it (``app.outline``)."""

NAMES_PANE = "names"
"""Pane of the names, between the outline and the tiles."""

_PANES = {LAND_PANE: {"zIndex": 150}, NAMES_PANE: {"zIndex": 160}, "chip": {"zIndex": 450}}
"""Leaflet draws tiles at 200: the outline shows where they did not come, the chip lies on top of them."""

_CREDIT = (
    "<span class='cen-imagery-credit'>"
    "Imagery \u00a9 Esri, Maxar, Earthstar Geographics, and the GIS User Community | </span>"
    "Outline: Natural Earth | Names: GeoNames"
)
"""What Esri asks to be shown, hidden until a tile of it is (``map_aids``), and what GeoNames asks; Natural Earth asks
for nothing, and is thanked."""


class Shape(ipyleaflet.Polygon):  # type: ignore[misc]  # ipyleaflet has no types
    """A shape that lets the pointer through to the map."""

    interactive = traitlets.Bool(default_value=False).tag(sync=True, o=True)


class Dot(ipyleaflet.CircleMarker):  # type: ignore[misc]  # ipyleaflet has no types
    """A dot that lets the pointer through to the map."""

    interactive = traitlets.Bool(default_value=False).tag(sync=True, o=True)


class Land(Shape):
    """The outline of the land, below the imagery: it shows where no tiles are."""

    def __init__(self) -> None:
        """Draw the outline in the colours of ``explorer.css``; a user's map may lie outside of our widgets."""
        super().__init__(
            weight=1,
            color="#8aa0b0",
            fill_color="#f4f1ea",
            fill_opacity=1.0,
            pane=LAND_PANE,
            name="Outline of the land",
        )

    @traitlets.default("locations")
    def _places(self) -> list[list[list[tuple[float, float]]]]:
        return land() if HAS_OUTLINE.get() else []


def world_map(height: str) -> ipyleaflet.Map:
    """Return a map of the world, with imagery where the network gives it.

    Args:
        height: In CSS units.
    """
    imagery = ipyleaflet.TileLayer(
        url=xyzservices.providers.Esri.WorldImagery.build_url(), attribution=_CREDIT, max_zoom=18, name="Imagery"
    )
    world = ipyleaflet.Map(
        basemap=imagery,
        center=(20, 0),
        zoom=2,
        min_zoom=1,
        max_zoom=17,
        scroll_wheel_zoom=True,
        default_style={"cursor": "crosshair"},
        panes=dict(_PANES),  # from the start: on an open page, layers may arrive before panes that are set later
        world_copy_jump=True,
        layout={"height": height, "width": "100%"},
    )
    world.attribution_control_instance.prefix = ""
    return world


def user_map(candidate: object) -> ipyleaflet.Map:
    """Return a map that the user made, if it is one that layers can be added to.

    Raises:
        SettingError: If it is not an ``ipyleaflet.Map``; the map of leafmap is one.
    """
    if not isinstance(candidate, ipyleaflet.Map):
        kind = type(candidate)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        msg = f"map takes a leafmap.Map or an ipyleaflet.Map, not {name}; make one of those and try again."
        raise SettingError(msg)
    return candidate


def add_layers(world: ipyleaflet.Map, layers: Sequence[ipyleaflet.Layer]) -> None:
    """Add layers to a map, on top of its own, with the panes that they need."""
    if not world.panes.keys() >= _PANES.keys():
        world.panes = {**_PANES, **world.panes}  # a map on screen is drawn anew for that
    # not by add(): leafmap's builds a panel of controls for each layer
    world.layers = (*world.layers, *layers)


def remove_layers(world: ipyleaflet.Map, layers: Sequence[ipyleaflet.Layer]) -> None:
    """Remove layers from a map, as far as they are on it."""
    world.layers = tuple(layer for layer in world.layers if layer not in layers)


def corners(tiles: Sequence[Tile], turn: float = 0.0) -> list[tuple[float, float]]:
    """Return latitude and longitude of the corners of the square that tiles fill.

    Args:
        tiles: What fills it.
        turn: Degrees by which the copy of the world lies east of the first.
    """
    west, south, east, north = zip(*(tile.bounds for tile in tiles), strict=True)
    left, right, low, high = min(west) + turn, max(east) + turn, min(south), max(north)
    return [(low, left), (low, right), (high, right), (high, left)]


def show_box(world: ipyleaflet.Map, box: tuple[float, float, float, float]) -> None:
    """Show a box as large as the map allows; Leaflet's own way needs a running loop and a screen.

    Args:
        world: The map.
        box: West, south, east, north in degrees; west is larger than east over the antimeridian.
    """
    west, south, east, north = box
    wide = (east - west) % 360.0 or 360.0
    low, high = _row(south), _row(north)
    across, down = _screen(world)
    # 360 degrees, and 2 pi of Mercator's rows, are 256 pixels at zoom 0
    shares = max(wide / 360.0 / across, (high - low) / (2.0 * math.pi) / down, 1e-9)
    world.center = (math.degrees(math.atan(math.sinh((low + high) / 2))), west + wide / 2)
    world.zoom = int(min(max(math.log2(1.0 / 256.0 / shares), 1), 14))


def _row(lat: float) -> float:
    """Return the row of a latitude in Mercator's projection, in radians."""
    return math.asinh(math.tan(math.radians(min(max(lat, -LATITUDE_LIMIT), LATITUDE_LIMIT))))


def _screen(world: ipyleaflet.Map) -> tuple[float, float]:
    """Return width and height of a map in pixels; those of a usual one before it is on a screen."""
    match world.pixel_bounds:
        case ((left, top), (right, bottom)) if 50 < right - left < 5000 and 50 < bottom - top < 5000:  # noqa: PLR2004
            return right - left, bottom - top
    return 600.0, 300.0


def land() -> list[list[list[tuple[float, float]]]]:
    """Return the polygons of the land, each a list of rings of latitude and longitude, as Leaflet has them."""
    return [
        [[(lat, lon) for lon, lat in ring] for ring in polygon]
        for country in land_outline()["features"]
        for polygon in country["geometry"]["coordinates"]
    ]


def unwrap(polygon: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Return corners each within half a turn of the one before it, so that a shape over the antimeridian is one."""
    ring = [polygon[0]]
    for lon, lat in polygon[1:]:
        before = ring[-1][0]
        ring.append((before + (lon - before + 180.0) % 360.0 - 180.0, lat))
    return ring
