"""What a map needs beside Leaflet: a wheel that scrolls the page, keys, touch, and a credit for what is shown alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import traitlets as t

from chatearthnet_explorer.cards import Card
from chatearthnet_explorer.widgets.shared.view import View, script

if TYPE_CHECKING:
    from collections.abc import Callable


class MapAids(View):
    """Lies over a map in the same frame, and lets the pointer through.

    The wheel scrolls the page; it zooms with Ctrl or Cmd, or after a click into the map. One finger scrolls the page
    until a tap on the map; two fingers always move and zoom it. The map takes the focus; then arrows move it, plus and
    minus zoom, and Enter chooses what is under the cross in its middle.
    """

    _esm = script("map_aids")

    label = t.Unicode("Map").tag(sync=True)
    """The name of the map for screen readers, with what the keys do."""

    has_imagery = t.Bool(default_value=False).tag(sync=True)
    """Whether a tile of the imagery was shown."""

    world = t.Unicode("").tag(sync=True)
    """Identifier of the map's model."""

    pick = t.Tuple(t.Int(), t.Float(), t.Float(), default_value=(0, 0.0, 0.0)).tag(sync=True)
    """How often Enter was pressed on the map, and the latitude and longitude of its middle then, in degrees."""

    def __init__(self, **traits: object) -> None:
        """Take traits by name."""
        self._callbacks: list[Callable[[float, float], None]] = []
        super().__init__(**traits)
        self.add_class("cen-map-aids-host")

    def on_enter(self, callback: Callable[[float, float], None]) -> None:
        """Call a function with longitude and latitude of the middle of the map when Enter is pressed on it."""
        self._callbacks.append(callback)

    def card(self) -> Card:
        """Return nothing: a page that is only read has no map."""
        return Card(self.label, ())

    @t.observe("pick")
    def _on_pick(self, _change: object) -> None:
        _, lat, lon = self.pick
        if math.isfinite(lat) and math.isfinite(lon):
            for callback in self._callbacks:
                callback(lon, lat)
