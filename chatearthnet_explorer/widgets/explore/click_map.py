"""A world map that is clicked: a place by pointing, by name, or by its latitude and longitude."""

from __future__ import annotations

import html
import math
import re
from typing import TYPE_CHECKING

import ipyleaflet
import ipywidgets
import traitlets

from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import PlaceError
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.render import data_url, label_png, png
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.shared.picture_address import picture_url
from chatearthnet_explorer.widgets.shared.world_map import (
    NOTHING,
    Dot,
    Land,
    Shape,
    add_layers,
    corners,
    remove_layers,
    user_map,
    world_map,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_FAR, _NEAR, _CLOSE = 4, 10, 13
"""Zooms that show where on Earth a chip is, from which it can be seen, and at which it is 128 pixels wide."""

_COORDINATES = re.compile(
    r"\s*(?P<lat>[-+\u2212]?\d+(?:\.\d+)?)\s*\u00b0?\s*(?P<ns>[NS])?\s*[,;\s]\s*"
    r"(?P<lon>[-+\u2212]?\d+(?:\.\d+)?)\s*\u00b0?\s*(?P<ew>[EW])?\s*",
    re.IGNORECASE | re.ASCII,
)


_RED = "#ff3b30"


class ClickMap(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A world map: click it, choose a place from the list, or write its latitude and longitude.

    Without network the tiles stay away and the outline of the land is the map.
    """

    lonlat = traitlets.Tuple(traitlets.Float(), traitlets.Float(), allow_none=True, default_value=None)
    """Longitude and latitude of the place chosen, in degrees, longitude within -180 to 180; None before the first."""

    chip = traitlets.Instance(Chip, allow_none=True, default_value=None)
    """The chip that is drawn at its place."""

    def __init__(self, base: ipyleaflet.Map | None = None, *, height: str = "360px") -> None:
        """Draw the map.

        Args:
            base: A map of the user's own that the layers are added to; None for a new one.
            height: Height of a new one, in CSS units.

        Raises:
            SettingError: If the user's map is not an ``ipyleaflet.Map``.
        """
        self._is_users = base is not None
        self.map = world_map(height) if base is None else user_map(base)
        """The ipyleaflet.Map inside, for those who want to add layers of their own."""
        self._turn = 0.0
        self._place = ipywidgets.Dropdown(
            options=[("Choose a place …", ""), *((f"{place.name}: {place.why}", place.name) for place in PLACES)],
            layout={"flex": "1 1 200px", "width": "auto", "min_width": "120px"},
        )
        self._entry = ipywidgets.Text(
            placeholder="latitude, longitude",
            tooltip="Latitude, then longitude, in degrees: 0.336, 6.73 or 0.336 N, 6.73 E",
            continuous_update=False,
            layout={"flex": "0 1 190px", "width": "auto", "min_width": "110px"},
        )
        self._go = ipywidgets.Button(description="Go", layout={"width": "48px"}, tooltip="Go to these coordinates")
        self._zoom = ipywidgets.Button(
            description="Zoom to chip", layout={"width": "auto"}, tooltip="Zoom in on the chip", disabled=True
        )
        self._problem = ipywidgets.HTML(layout={"display": "none"})
        self._image = ipyleaflet.ImageOverlay(url=NOTHING, bounds=((0, 0), (0, 0)), pane="chip", name="Chip")
        self._siblings = Shape(
            locations=[], color="#ffffff", weight=1, dash_array="4 4", fill=False, pane="chip", name="Neighbours"
        )
        self._square = Shape(locations=[], color=_RED, weight=2, fill=False, pane="chip", name="Edge of the chip")
        self._dot = Dot(
            stroke=False,
            fill=False,
            location=(0, 0),
            radius=7,
            color="#ffffff",
            weight=2,
            fill_color=_RED,
            fill_opacity=1.0,
            name="Place",
        )
        self._layers = (Land(), self._image, self._siblings, self._square, self._dot)
        add_layers(self.map, self._layers)
        self.map.on_interaction(self._on_click)
        self.map.observe(self._on_zoom, "zoom")
        self._place.observe(self._on_suggestion, "value")
        self._go.on_click(lambda _: self._on_entry())
        self._entry.observe(lambda _: self._on_entry(), "value")
        self._zoom.on_click(lambda _: self.show_chip())
        bar = ipywidgets.HBox([self._place, self._entry, self._go, self._zoom], layout={"flex_flow": "row wrap"})
        super().__init__([bar, self._problem, self.map], layout={"width": "100%"})

    def go(self, lon: float, lat: float) -> None:
        """Choose a place and show it from near.

        Args:
            lon: Degrees east; wrapped beyond -180 to 180.
            lat: Degrees north, within 85.0511 of the equator.

        Raises:
            PlaceError: If the place is not on the grid.
        """
        Tile.at(lon, lat)
        self._pick(lon - 360.0 * math.floor((lon + 180.0) / 360.0), lat)
        self.map.center = self.lonlat[::-1]
        self.map.zoom = max(self.map.zoom, _FAR)

    def show_chip(self) -> None:
        """Zoom to the chip."""
        if self.chip is not None:
            lon, lat = self.chip.tile.center
            self.map.center = (lat, lon + self._turn)
            self.map.zoom = _CLOSE

    def stop(self) -> None:
        """Give a map of the user's own back as it was."""
        if self._is_users:
            self._is_users = False
            world, self.map = self.map, None
            self.set_trait("children", [child for child in self.children if child is not world])
            world.on_interaction(self._on_click, remove=True)
            world.unobserve(self._on_zoom, "zoom")
            remove_layers(world, self._layers)

    def _on_zoom(self, _change: object) -> None:
        self._mark()

    def _on_click(self, **event: object) -> None:
        if event.get("type") != "click":
            return
        match event.get("coordinates"):
            case [int() | float() as lat, int() | float() as lon] if math.isfinite(lat) and math.isfinite(lon):
                self._pick(lon, lat)

    def _on_suggestion(self, change: Mapping[str, object]) -> None:
        for place in PLACES:
            if place.name == change["new"]:
                self._entry.value = ""
                self.go(place.lon, place.lat)

    def _on_entry(self) -> None:
        if not self._entry.value.strip():
            return
        try:
            lon, lat = parse_coordinates(self._entry.value)
            self.go(lon, lat)
        except PlaceError as problem:
            self._problem.value = f"<span role='alert' class='cen-problem'>{html.escape(str(problem))}</span>"
            self._problem.layout.display = ""

    def _pick(self, lon: float, lat: float) -> None:
        self._problem.layout.display = "none"
        self._turn = 360.0 * math.floor((lon + 180.0) / 360.0)
        lon_wrapped = lon - self._turn
        if self.lonlat == (lon_wrapped, lat):
            self.set_trait("lonlat", None)  # the same place once more is asked for once more
        self.lonlat = (lon_wrapped, lat)

    @traitlets.observe("chip")
    def _draw(self, _change: object) -> None:
        chip = self.chip
        self._zoom.disabled = chip is None
        if chip is None:
            self._image.url, self._square.locations, self._siblings.locations = NOTHING, [], []
        else:
            west, south, east, north = chip.tile.bounds
            self._image.bounds = ((south, west + self._turn), (north, east + self._turn))
            self._image.url = _picture(chip)
            self._square.locations = corners([chip.tile], self._turn)
            self._siblings.locations = corners(chip.tile.siblings, self._turn)
        self._mark()

    def _mark(self) -> None:
        """Show a dot where the chip is too small to be seen."""
        if self.chip is not None:
            lon, lat = self.chip.tile.center
            self._dot.location = (lat, lon + self._turn)
        self._dot.stroke = self._dot.fill = self.chip is not None and self.map.zoom < _NEAR


def parse_coordinates(text: str) -> tuple[float, float]:
    """Return longitude and latitude of what somebody wrote as latitude, then longitude.

    ``0.336, 6.73``, ``0.336 6.73`` and ``0.336 N, 6.73 E`` are the same place.

    Raises:
        PlaceError: If the text is no such pair.
    """
    match = _COORDINATES.fullmatch(text[:100])
    if match is None:
        msg = f"{text[:40]!r} is not a place; enter latitude, then longitude, in degrees, such as 0.336, 6.73."
        raise PlaceError(msg)
    lat, lon = (float(match[name].replace("\u2212", "-")) for name in ("lat", "lon"))
    south, west = (match["ns"] or "").upper() == "S", (match["ew"] or "").upper() == "W"
    return -lon if west else lon, -lat if south else lat


def _picture(chip: Chip) -> str:
    if chip.rgb is not None:
        return picture_url(png(chip.rgb))
    return NOTHING if chip.labels is None else data_url(label_png(chip.labels))
