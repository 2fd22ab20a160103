"""Label maps of many simulated places, looked at in steps: true enough for shares and captions, not for a picture."""

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
"""Places of a chip that are looked at along each side, a multiple of four so that no step lies in two parts."""

_PIXELS = np.arange(SIZE) * SAMPLES // SIZE


def survey(tiles: Iterable[Tile], *, year: int) -> Iterator[tuple[Tile, NDArray[np.uint8]]]:
    """Yield each tile and its labels, (256, 256) uint8, all 0 where nobody mapped it.

    They are those that ``SimulatedSource`` shows there, seen in steps of eight pixels: shares of a part are off by one
    percent, a claim in a hundred is contradicted by what the source shows, and what is smaller than a step is there or
    not by chance. Chips of one zoom-13 tile are made together if they follow each other.
    """
    for (x, y), group in groupby(tiles, lambda tile: (tile.x // 2, tile.y // 2)):
        wanted = list(group)
        corner, side = (wanted[0], 1) if len(wanted) == 1 else (Tile(2 * x, 2 * y), 2)
        window = Window(corner, tiles=side, samples=SAMPLES)
        ground = terrain_of(window)
        cover = cover_of(window, ground, people_in(window, ground), year=year)
        seen = labels_of(cover, ground)[window.pad : -window.pad, window.pad : -window.pad]
        for tile in wanted:
            rows, columns = (SAMPLES * steps + _PIXELS for steps in (tile.y - corner.y, tile.x - corner.x))
            yield tile, seen[rows[:, None], columns]
