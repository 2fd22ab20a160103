"""A world map that is clicked, with a field that finds a place by name, by coordinates, or by a link to a map."""

from __future__ import annotations

import math

import ipyleaflet
import ipywidgets
import traitlets

from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.places.gazetteer import nearest_town
from chatearthnet_explorer.places.place_finder import Destination, describe
from chatearthnet_explorer.places.suggestions import PLACES
from chatearthnet_explorer.render import data_url, label_png, png
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.widgets.shared.map_frame import MapFrame
from chatearthnet_explorer.widgets.shared.picture_address import picture_url
from chatearthnet_explorer.widgets.shared.place_field import PlaceField
from chatearthnet_explorer.widgets.shared.world_map import (
    NOTHING,
    Dot,
    Land,
    Shape,
    add_layers,
    corners,
    remove_layers,
    show_box,
    user_map,
    world_map,
)

_FAR, _NEAR, _CLOSE = 4, 10, 13
"""Zooms that show where on Earth a chip is, from which it can be seen, and at which it is 128 pixels wide."""

_RED = "#ff3b30"


class ClickMap(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A world map: click it, or write the name of a place, its coordinates, or a link to a map.

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
        self.field = PlaceField([(Destination(place.lon, place.lat, place.name), place.why) for place in PLACES])
        """Where a person writes a place."""
        self._zoom = ipywidgets.Button(
            description="Zoom to this square", layout={"width": "auto"}, tooltip="Zoom to this square", disabled=True
        )
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
        self.field.on_find(self._go_to)
        self._zoom.on_click(lambda _: self.show_chip())
        if self._is_users:
            world = [self._zoom, self.map]
        else:
            frame = MapFrame(self.map, self._zoom, purpose="Enter chooses the square under the cross.")
            frame.on_enter(self._pick)
            world = [frame]
        super().__init__([self.field, *world], layout={"width": "100%"})
        self.add_class("cen-click-map")

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

    def _go_to(self, place: Destination) -> None:
        """Show what a person found; of an area the square of its largest town is chosen, and the whole area shown."""
        area = place.place
        if area is None or area.box is None:
            self.go(place.lon, place.lat)
            self.map.zoom = max(self.map.zoom, _NEAR)
            self.field.value = place.label
            return
        if area.country:
            self._pick(area.lon, area.lat)
            self.field.value = place.label
            town = nearest_town(area.lon, area.lat).town.name
            where = f"This is {town}, the largest town of {area.name}." if town != area.name else ""
            self.field.note = f"{where} Click the map to choose another square in {area.name}.".strip()
        else:
            self.field.note = f"Click the map to choose a square in {area.name}."
        show_box(self.map, area.box)

    def _pick(self, lon: float, lat: float) -> None:
        self._turn = 360.0 * math.floor((lon + 180.0) / 360.0)
        lon_wrapped = lon - self._turn
        if self.lonlat == (lon_wrapped, lat):
            self.set_trait("lonlat", None)  # the same place once more is asked for once more
        self.field.problem = self.field.note = ""
        self.field.value = describe(lon_wrapped, lat)
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


def _picture(chip: Chip) -> str:
    if chip.rgb is not None:
        return picture_url(png(chip.rgb))
    return NOTHING if chip.labels is None else data_url(label_png(chip.labels))
