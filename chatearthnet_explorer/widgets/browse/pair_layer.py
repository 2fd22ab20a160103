"""The matching pairs as layers of a map: cells from afar, outlines of chips from near."""

from __future__ import annotations

import html
import logging
import math
from itertools import islice
from typing import TYPE_CHECKING

import ipyleaflet

from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.render import data_url
from chatearthnet_explorer.widgets.browse.density_image import COLOURS, STEPS, coarser, density_png, frame_of
from chatearthnet_explorer.widgets.shared.background import BackgroundTask
from chatearthnet_explorer.widgets.shared.world_map import NOTHING, Shape, corners

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.catalog.query import Query

    Bounds = tuple[float, float, float, float]
    Outline = list[tuple[float, float]]

FOOTPRINTS = 400
"""Chips whose outlines are drawn; where a view has more, cells stand for them."""

NEAR = 10
"""Zoom from which a chip, 16 pixels wide there, has an outline."""

_SMALL, _FEW = 8, 2500  # up to this zoom, cells as few as that are drawn twice as wide
_MOST = 1000  # pairs that are looked at in a box
_LOG = logging.getLogger(__name__)


class PairLayer:
    """Draws the pairs that match a query, again for each view of the map."""

    def __init__(self, catalog: Catalog) -> None:
        """Prepare to draw the pairs of a catalog."""
        self.catalog = catalog
        """Whose pairs are drawn."""
        self._work = BackgroundTask()
        self._cells = ipyleaflet.ImageOverlay(url=NOTHING, bounds=((0, 0), (0, 0)), pane="chip", name="Pairs")
        self._outlines = Shape(
            locations=[],
            color="#ffd400",
            weight=2,
            fill=True,
            fill_opacity=0.12,
            pane="chip",
            name="Chips of the pairs",
        )
        self.layers = (self._cells, self._outlines)
        """To be put on a map."""

    def draw(self, query: Query, view: Bounds, zoom: float) -> None:
        """Draw beside the event loop; a view or question that is no more by then is dropped.

        Args:
            query: What matches.
            view: West, south, east, north of what the map shows, in degrees.
            zoom: The map's zoom.
        """
        frame = frame_of(view, zoom)
        box = (frame.west, frame.south, frame.east, frame.north)

        def job(_step: object) -> tuple[bytes, list[Outline]]:
            counts = self.catalog.density(query, box, frame.size)
            if zoom >= NEAR and counts.sum() <= FOOTPRINTS:
                return b"", self._footprints(query, box)
            few = zoom <= _SMALL and (counts > 0).sum() <= _FEW
            return density_png(coarser(counts) if few else counts), []

        def on_result(result: tuple[bytes, list[Outline]]) -> None:
            picture, self._outlines.locations = result
            self._cells.url = data_url(picture) if picture else NOTHING
            self._cells.bounds = ((frame.south, frame.west), (frame.north, frame.east))

        self._work.start(job, on_result=on_result, on_error=self._on_error)

    def inside(self, query: Query, box: Bounds) -> list[Pair]:
        """Return matching pairs in a box, up to a thousand of it.

        Raises:
            QueryError: If that cannot be asked.
        """
        pairs = islice(self.catalog.pairs(query.but(bbox=box, sortby="place")), _MOST)
        return [pair for pair in pairs if pair.record.tile and _in_box(query.bbox, *pair.record.tile.center)]

    def stop(self) -> None:
        """Stop the current task."""
        self._work.stop()

    def _footprints(self, query: Query, box: Bounds) -> list[Outline]:
        """Return the outlines on the copy of the world that is looked at."""
        tiles = [pair.record.tile for pair in self.inside(query, box)]
        return [corners([tile], 360.0 * math.ceil((box[0] - tile.bounds[2]) / 360.0)) for tile in tiles if tile]

    def _on_error(self, problem: Exception) -> None:
        if not isinstance(problem, ExplorerError):
            _LOG.error("The map of the pairs could not be drawn.", exc_info=problem)
        # the same question is put by others, who say what is wrong with it
        self._cells.url, self._outlines.locations = NOTHING, []


def legend() -> str:
    """Return as HTML which colour stands for how many pairs."""
    ends = [*(after - 1 for after in STEPS[1:]), None]
    words = [
        str(low) if low == high else f"{low} to {high}" if high else f"{low} or more"
        for low, high in zip(STEPS, ends, strict=True)
    ]
    marks = (
        f"<span class='cen-step'><i style='background:{colour}'></i>{html.escape(text)}</span>"
        for colour, text in zip(COLOURS, words, strict=True)
    )
    return f"<div class='cen-density' role='note'>Pairs per square: {''.join(marks)}</div>"


def _in_box(box: Bounds | None, lon: float, lat: float) -> bool:
    if box is None:
        return True
    west, south, east, north = box
    return south <= lat <= north and (west <= lon <= east if west <= east else lon >= west or lon <= east)


def distance(pair: Pair, lon: float, lat: float) -> float:
    """Return how far a pair lies from a place, in degrees of latitude on a plane; infinite without a place."""
    if pair.record.tile is None:
        return math.inf
    pair_lon, pair_lat = pair.record.tile.center
    east = (pair_lon - lon + 180.0) % 360.0 - 180.0
    return math.hypot(east * math.cos(math.radians(lat)), pair_lat - lat)
