"""A map of our own in its frame: with keys, a wheel that scrolls the page, and names where no tiles come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipyleaflet
import ipywidgets

from chatearthnet_explorer.widgets.shared.map_aids import MapAids
from chatearthnet_explorer.widgets.shared.map_names import names_svg
from chatearthnet_explorer.widgets.shared.world_map import NAMES_PANE, NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

_KEYS = "Arrow keys move it, plus and minus zoom."


class MapFrame(ipywidgets.Box):  # type: ignore[misc]  # ipywidgets has no types
    """A map, and what lies over it."""

    def __init__(self, world: ipyleaflet.Map, *buttons: ipywidgets.Button, purpose: str) -> None:
        """Put a map into its frame.

        Args:
            world: The map.
            buttons: Buttons that lie in its upper right corner; hidden while they are disabled.
            purpose: What Enter does on the map, as a sentence.
        """
        self.map = world
        self.aids = MapAids(label=f"Map. {_KEYS} {purpose}", world=world.model_id)
        """The wheel, keys and touch."""
        self._names = ipyleaflet.ImageOverlay(url=NOTHING, bounds=((0, 0), (0, 0)), pane=NAMES_PANE, name="Names")
        world.layers = (*world.layers, self._names)
        world.observe(self._draw_names, ["bounds", "pixel_bounds"])
        self.aids.observe(self._draw_names, "has_imagery")
        for button in buttons:
            button.add_class("cen-map-button")
        super().__init__([world, *buttons, self.aids], layout={"width": "100%", "overflow": "hidden"})
        self.add_class("cen-map-frame")

    def on_enter(self, callback: Callable[[float, float], None]) -> None:
        """Call a function with longitude and latitude of the middle of the map when Enter is pressed on it."""
        self.aids.on_enter(callback)

    def _draw_names(self, _change: dict[str, Any]) -> None:
        """Draw the names in view; imagery would hide them, so with it there are none."""
        match self.map.bounds:
            case ((south, west), (north, east)) if not self.aids.has_imagery and south < north and west < east:
                url = names_svg((west, south, east, north), float(self.map.zoom))
                if url:
                    self._names.bounds = ((south, west), (north, east))
                self._names.url = url or NOTHING
            case _:
                self._names.url = NOTHING
