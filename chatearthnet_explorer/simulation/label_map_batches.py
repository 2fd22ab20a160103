"""Coarse label maps of many simulated places: fine enough for shares and captions, too coarse for an image."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.simulation.class_map import cover_of, labels_of
from chatearthnet_explorer.simulation.noise import Window
from chatearthnet_explorer.simulation.settlement import people_in
from chatearthnet_explorer.simulation.terrain import terrain_of
from chatearthnet_explorer.tile import SIZE, Tile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

SAMPLES = 32
"""Samples along each side of a chip, a multiple of four so that no sample is in two parts."""

_PIXELS = np.arange(SIZE) * SAMPLES // SIZE


def sample_label_maps(tiles: Iterable[Tile], *, year: int) -> Iterator[tuple[Tile, NDArray[np.uint8]]]:
    """Yield each tile and its labels, (256, 256) uint8, all 0 for an unmapped place.

    They are the labels of ``SimulatedSource``, sampled every eight pixels: the share of a part differs by one percent,
    one claim in a hundred contradicts the labels of the source, and details smaller than eight pixels are random.
    Consecutive chips of one zoom-13 tile are computed together.
    """
    for (x, y), group in groupby(tiles, lambda tile: (tile.x // 2, tile.y // 2)):
        group_tiles = list(group)
        corner, side = (group_tiles[0], 1) if len(group_tiles) == 1 else (Tile(2 * x, 2 * y), 2)
        window = Window(corner, tiles=side, samples=SAMPLES)
        ground = terrain_of(window)
        cover = cover_of(window, ground, people_in(window, ground), year=year)
        labels = labels_of(cover, ground)[window.pad : -window.pad, window.pad : -window.pad]
        for tile in group_tiles:
            rows, columns = (SAMPLES * steps + _PIXELS for steps in (tile.y - corner.y, tile.x - corner.x))
            yield tile, labels[rows[:, None], columns]
