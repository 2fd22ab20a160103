"""A world map that is there without network, and the only door to leafmap."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

import ipyleaflet
import leafmap.leafmap
import traitlets
import xyzservices

from chatearthnet_explorer.places.countries import land_outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.tile import Tile

NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
"""A transparent pixel."""

_CONTROLS = (
    *("toolbar_control", "draw_control", "measure_control", "layers_control", "fullscreen_control"),
    *("scale_control", "search_control"),
)
"""What leafmap adds unless told not to; its toolbar breaks inside Panel."""

LAND_PANE = "land"
"""Pane of the outline of the land."""

OUTLINED: ContextVar[bool] = ContextVar("OUTLINED", default=True)
"""Whether a map has the outline from the start; False while a page is made that brings it (``app.outline``)."""

_PANES = {LAND_PANE: {"zIndex": 150}, "chip": {"zIndex": 450}}
"""Leaflet draws tiles at 200: the outline shows where they did not come, the chip lies on top of them."""

_CREDIT = "Imagery \u00a9 Esri, Maxar, Earthstar Geographics, and the GIS User Community | Outline: Natural Earth"
"""What Esri asks to be shown; Natural Earth asks for nothing, and is thanked."""


class Shape(ipyleaflet.Polygon):  # type: ignore[misc]  # ipyleaflet has no types
    """A shape that lets the pointer through to the map."""

    interactive = traitlets.Bool(default_value=False).tag(sync=True, o=True)


class Dot(ipyleaflet.CircleMarker):  # type: ignore[misc]  # ipyleaflet has no types
    """A dot that lets the pointer through to the map."""

    interactive = traitlets.Bool(default_value=False).tag(sync=True, o=True)


class Land(Shape):
    """The outline of the land."""

    @traitlets.default("locations")
    def _places(self) -> list[list[list[tuple[float, float]]]]:
        return land() if OUTLINED.get() else []


def world_map(height: str, *layers: ipyleaflet.Layer) -> leafmap.leafmap.Map:
    """Return a map of the world with the outline of the land, imagery where it can be had, and layers above.

    Args:
        height: In CSS units.
        layers: What lies on top; pane ``chip`` is above the imagery.
    """
    imagery = ipyleaflet.TileLayer(
        url=xyzservices.providers.Esri.WorldImagery.build_url(), attribution=_CREDIT, max_zoom=18, name="Imagery"
    )
    shown = leafmap.leafmap.Map(
        basemap=imagery,
        center=(20, 0),
        zoom=2,
        min_zoom=1,
        max_zoom=17,
        height=height,
        panes=_PANES,
        default_style={"cursor": "crosshair"},
        world_copy_jump=True,
        **dict.fromkeys(_CONTROLS, False),
    )
    shown.attribution_control_instance.prefix = ""
    # leafmap adds one for layers whatever it is told
    shown.controls = tuple(one for one in shown.controls if not isinstance(one, ipyleaflet.LayersControl))
    shown.layout.width = "100%"
    outline = Land(weight=1, fill_opacity=1.0, pane=LAND_PANE)
    # not leafmap's add(): it builds a panel of controls for each layer
    shown.layers = (*shown.layers, outline, *layers)
    return shown


def corners(tiles: Sequence[Tile], turn: float = 0.0) -> list[tuple[float, float]]:
    """Return latitude and longitude of the corners of the square that tiles fill.

    Args:
        tiles: What fills it.
        turn: Degrees by which the copy of the world lies east of the first.
    """
    west, south, east, north = zip(*(tile.bounds for tile in tiles), strict=True)
    left, right, low, high = min(west) + turn, max(east) + turn, min(south), max(north)
    return [(low, left), (low, right), (high, right), (high, left)]


def land() -> list[list[list[tuple[float, float]]]]:
    """Return the polygons of the land, each a list of rings of latitude and longitude, as Leaflet has them."""
    return [
        [[(lat, lon) for lon, lat in ring] for ring in polygon]
        for country in land_outline()["features"]
        for polygon in country["geometry"]["coordinates"]
    ]
