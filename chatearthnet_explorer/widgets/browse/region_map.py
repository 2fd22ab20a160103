"""Where the pairs are, drawn anew for each view, and a region to ask for, drawn by hand or written."""

from __future__ import annotations

import asyncio
import math
import re
from typing import TYPE_CHECKING, Any

import ipyleaflet
import ipywidgets
import traitlets

from chatearthnet_explorer.catalog.pair import Pair
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.tile import LATITUDE_LIMIT
from chatearthnet_explorer.widgets.browse.area_filter import area_filter
from chatearthnet_explorer.widgets.browse.pair_layer import NEAR, PairLayer, distance, legend
from chatearthnet_explorer.widgets.browse.query_mixin import QueryMixin
from chatearthnet_explorer.widgets.shared.map_frame import MapFrame
from chatearthnet_explorer.widgets.shared.place_field import PlaceField
from chatearthnet_explorer.widgets.shared.world_map import (
    Dot,
    Land,
    Shape,
    add_layers,
    corners,
    remove_layers,
    show_box,
    unwrap,
    user_map,
    world_map,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.places.place_finder import Destination

    Bounds = tuple[float, float, float, float]

_DEEPEST = 24  # zoom of any map
_CLOSE = 12  # zoom that shows a chip and what lies round it
_TOWN = 9  # zoom that shows a town and what lies round it
_REACH = 8  # pixels from a click within which the nearest pair is meant
_REST = 0.15  # seconds that the map must lie still before it is drawn
_WORLD = (-180.0, -LATITUDE_LIMIT, 180.0, LATITUDE_LIMIT)
_NUMBER = re.compile(r"[-+\u2212]?\d+(?:\.\d+)?")
_STYLE = {"shapeOptions": {"color": "#1d9bf0", "weight": 2, "fillOpacity": 0.08}}
_PENCIL = {"rectangle": _STYLE, "polygon": _STYLE, "polyline": {}, "circlemarker": {}, "edit": False, "remove": False}


class RegionMap(QueryMixin, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A map of where the matching pairs are. A box or polygon drawn on it, or what it shows, becomes the region."""

    follow = traitlets.Bool(default_value=False)
    """Whether the region is always what the map shows."""

    pair = traitlets.Instance(Pair, allow_none=True)
    """The pair that is marked."""

    def __init__(self, catalog: Catalog, base: ipyleaflet.Map | None = None, *, height: str = "380px") -> None:
        """Draw the map of a catalog.

        Args:
            catalog: Where the pairs are.
            base: A map of the user's own that the layers are added to; None for a new one.
            height: Height of a new one, in CSS units.

        Raises:
            SettingError: If the user's map is not an ``ipyleaflet.Map``.
        """
        self._is_users = base is not None
        self.map = world_map(height) if base is None else user_map(base)
        """The ipyleaflet.Map inside, for those who want to add layers of their own."""
        self._is_searching = False
        self._pairs = PairLayer(catalog)
        self._entry_text = ""  # what stands in the entry, unless a person wrote it
        self._due: asyncio.TimerHandle | None = None
        self._callbacks: list[Callable[[Pair], None]] = []
        self._region = Shape(
            locations=[], color="#1d9bf0", weight=2, dash_array="6 4", fill_opacity=0.06, pane="chip", name="Region"
        )
        self._square = Shape(locations=[], color="#ff3b30", weight=3, fill=False, pane="chip", name="Edge of the chip")
        self._dot = Dot(location=(0, 0), radius=8, color="#ffffff", weight=2, fill_color="#ff3b30", fill_opacity=1.0)
        self._dot.stroke = self._dot.fill = False
        self._dot.name = "Place"
        self._layers = (Land(), *self._pairs.layers, self._region, self._square, self._dot)
        add_layers(self.map, self._layers)
        own = [control for control in self.map.controls if isinstance(control, ipyleaflet.DrawControl)]
        self._added_pencil = not own  # a map with two of them draws each shape twice
        self._pencil = own[0] if own else ipyleaflet.DrawControl(**_PENCIL)
        if self._added_pencil:
            self.map.controls = (*self.map.controls, self._pencil)
        self._entry = ipywidgets.Text(
            description="Box",
            style={"description_width": "initial"},
            placeholder="west, south, east, north",
            tooltip="A box in degrees: west, south, east, north, such as 5, 45, 10, 48",
            continuous_update=False,
            layout={"flex": "1 1 190px", "width": "auto", "min_width": "130px"},
        )
        self._entry.add_class("cen-box-entry")
        self._following = ipywidgets.ToggleButton(
            description="Search this area", tooltip="Search only the area shown", layout={"width": "auto"}
        )
        auto = {"width": "auto"}
        self._clear = ipywidgets.Button(description="Whole world", tooltip="Search the whole world", layout=auto)
        traitlets.link((self, "follow"), (self._following, "value"))
        self._pencil.on_draw(self._on_shape)
        self._entry.observe(self._on_entry, "value")
        self._clear.on_click(lambda _: self._everywhere())
        self.map.on_interaction(self._on_click)
        self.map.observe(self._on_move, ["bounds", "pixel_bounds"])
        tools, row = [self._entry, self._following, self._clear], {"flex_flow": "row wrap", "align_items": "center"}
        bar = ipywidgets.HBox(tools, layout=row)
        self.field = PlaceField(hint="A country, a region, a town, or 48.14, 11.58")
        """Where a person writes a place: the map goes there; an area is the filter."""
        self.field.on_find(self._go_to)
        world = self.map
        if not self._is_users:
            world = MapFrame(self.map, purpose="Enter opens the pair under the cross.")
            world.on_enter(self._pick)
        super().__init__([self.field, world, bar, ipywidgets.HTML(legend())], layout={"width": "100%"})
        self._draw()

    def show_catalog(self, catalog: Catalog) -> None:
        """Draw the pairs of another catalog from now on."""
        self._pairs.catalog = catalog
        self._draw()

    def on_pick(self, callback: Callable[[Pair], None]) -> None:
        """Call a function with the pair that a person clicks."""
        self._callbacks.append(callback)

    def show_pair(self, pair: Pair) -> None:
        """Mark a pair and go there; one without a place is nowhere."""
        self.pair = pair
        if pair.record.tile is not None:
            lon, lat = pair.record.tile.center
            self.follow = False  # or the region would be what lies round it
            self.map.center = (lat, lon)
            self.map.zoom = max(int(self.map.zoom), _CLOSE)

    def stop(self) -> None:
        """Let go of what is under way, and give a map of the user's own back as it was."""
        self._pairs.stop()
        if self._due is not None:
            self._due.cancel()
        if self._is_users:
            self._is_users = False
            (world, self.map), (pencil, self._pencil) = (self.map, None), (self._pencil, None)
            self.set_trait("children", [child for child in self.children if child is not world])
            world.on_interaction(self._on_click, remove=True)
            world.unobserve(self._on_move, ["bounds", "pixel_bounds"])
            pencil.on_draw(self._on_shape, remove=True)
            if self._added_pencil:
                world.controls = tuple(control for control in world.controls if control is not pencil)
                pencil.close()
            remove_layers(world, self._layers)

    @property
    def view(self) -> Bounds:
        """West, south, east, north of what the map shows, in degrees; the world before it is on a screen."""
        match self.map.bounds:
            case ((south, west), (north, east)) if south < north and west < east:
                return (west, south, east, north)
        return _WORLD

    def _on_move(self, _change: object) -> None:
        """Wait until the map lies still, so that a long pan is drawn once."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        try:
            self._due = asyncio.get_running_loop().call_later(_REST, self._on_rest)
        except RuntimeError:  # a script or a test: nobody drags the map
            self._on_rest()

    def _on_rest(self) -> None:
        self._due = None
        self._mark()
        self._bring_into_view()
        if self.follow:
            self._ask_view()
        self._draw()

    @traitlets.observe("follow")
    def _on_follow(self, _change: object) -> None:
        if self.follow:
            self._ask_view()
        self._outline(None)

    def _go_to(self, place: Destination) -> None:
        area = place.place
        if area is None or area.box is None:
            self.map.center = (place.lat, place.lon)
            self.map.zoom = max(int(self.map.zoom), _TOWN)
            return
        self.follow = False
        show_box(self.map, area.box)
        fields, self.field.note = area_filter(area)
        self.change_query(**fields)

    def _ask_view(self) -> None:
        west, south, east, north = self.view
        self.change_query(bbox=(west, max(south, -90.0), east, min(north, 90.0)), polygon=())

    def _everywhere(self) -> None:
        self.follow = False
        self.change_query(bbox=None, polygon=())

    def _on_shape(self, _control: object, action: str, geo_json: Mapping[str, Any]) -> None:
        """Take what was drawn as the region; the shape on the map is ours, so that a link shows it as well."""
        if self._added_pencil and action == "created":
            self._pencil.clear()  # what is drawn with the user's own stays theirs
        match action, geo_json:
            case "created" | "edited", {"geometry": {"type": "Polygon", "coordinates": [[*ring], *_]}}:
                self.follow = False
                points = [tuple(point[:2]) for point in ring if isinstance(point, list | tuple)]
                self._ask_ring(points)

    def _ask_ring(self, points: list[tuple[Any, ...]]) -> None:
        if not all(len(point) == 2 and all(isinstance(one, int | float) for one in point) for point in points):  # noqa: PLR2004 - longitude and latitude
            return
        lons, lats = {lon for lon, _ in points}, {lat for _, lat in points}
        if len(lons) == len(lats) == 2:  # noqa: PLR2004 - the sides of a rectangle
            self.change_query(bbox=(min(lons), min(lats), max(lons), max(lats)), polygon=())
        else:
            self.change_query(bbox=None, polygon=tuple(points))

    def _on_entry(self, change: Mapping[str, Any]) -> None:
        text = str(change["new"])[:200]
        if not text.strip() or text == self._entry_text:
            return
        numbers = [float(one.replace("\u2212", "-")) for one in _NUMBER.findall(text)]
        self.follow = False
        if len(numbers) != 4:  # noqa: PLR2004 - the sides of a box
            self.problem = ""
            self.problem = "A box is four numbers: west, south, east, north, such as 5, 45, 10, 48."
            return
        self.change_query(bbox=tuple(numbers), polygon=())
        if self.query.bbox:
            show_box(self.map, self.query.bbox)

    def _on_click(self, **event: Any) -> None:
        if event.get("type") != "click":
            return
        match event.get("coordinates"):
            case [int() | float() as lat, int() | float() as lon] if math.isfinite(lat) and math.isfinite(lon):
                self._pick(lon, lat)

    def _pick(self, lon: float, lat: float) -> None:
        """Tell of the matching pair nearest to a click, within reach."""
        zoom = min(max(self.map.zoom, 0), _DEEPEST)  # the page says it: a huge one would be a number of gigabytes
        across = 360.0 / 2 ** (zoom + 8) * _REACH
        up = across * math.cos(math.radians(min(abs(lat), 85.0)))
        low, high = max(lat - up, -90.0), min(lat + up, 90.0)
        if low > high:
            return
        try:
            near = self._pairs.inside(self.query, (lon - across, low, lon + across, high))
        except ExplorerError as problem:
            self.problem = str(problem)
            return
        if near:
            nearest = min(near, key=lambda one: distance(one, lon, lat))
            for callback in self._callbacks:
                callback(nearest)

    @traitlets.observe("query")
    def _on_query(self, _change: object) -> None:
        self._outline(None)
        self._draw()

    def _outline(self, _change: object) -> None:
        """Show the region asked for, but where it is the view itself."""
        query = self.query
        if self.follow or not (query.bbox or query.polygon):
            self._region.locations = []
        elif query.polygon:
            self._region.locations = [(lat, lon) for lon, lat in unwrap(query.polygon)]
        elif query.bbox:
            west, south, east, north = query.bbox
            east += 360.0 * (east < west)
            self._region.locations = [(south, west), (south, east), (north, east), (north, west)]
        self._entry_text = ", ".join(f"{side:g}" for side in query.bbox) if query.bbox and not self.follow else ""
        self._entry.value = self._entry_text

    @traitlets.observe("pair")
    def _show_mark(self, _change: object) -> None:
        self._mark()
        # what the map shows may be the region; a map of the user's own stays where it is
        self._is_searching = self.pair is not None and not self.follow and not self._is_users
        self._bring_into_view()

    def _bring_into_view(self) -> None:
        """Go to the pair until it is in view: the map gets smaller when a pair opens beside the gallery."""
        tile = self.pair.record.tile if self.pair else None
        if tile is None or not self._is_searching:
            return
        (lon, lat), (west, south, east, north) = tile.center, self.view
        self._is_searching = not (west <= lon <= east and south <= lat <= north)
        if self._is_searching:
            self.map.center = (lat, lon)

    def _mark(self) -> None:
        tile = self.pair.record.tile if self.pair else None
        self._square.locations = [] if tile is None else corners([tile])
        if tile is not None:
            lon, lat = tile.center
            self._dot.location = (lat, lon)
        self._dot.stroke = self._dot.fill = tile is not None and self.map.zoom < NEAR

    def _draw(self) -> None:
        self._pairs.draw(self.query, self.view, float(self.map.zoom))
