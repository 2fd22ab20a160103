"""The pool of the quiz: shares and captions of the simulated sample."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.landcover.legend import BACKGROUND
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.catalog import Catalog

QUARTERS = PARTS[:4]
"""The parts that tile the chip."""

WHOLE = len(PARTS)
"""Row of the whole chip, behind those of ``shares.PARTS``."""

WORDS = (
    *("no label", "water", "developed land", "tree cover", "shrubland", "grassland", "cropland"),
    *("bare land", "snow", "wetland", "mangrove forest", "moss"),
)
"""The classes in sentences of the quiz, all singular, by class index. ``claims`` reads each as its class."""

_MOST_BACKGROUND = 0.5  # percent of a chip; a chip with more gaps is not used


class QuizPool:
    """The chips that questions are made of. Every number in it is the same on every machine.

    Raises:
        QueryError: If the catalog has no shares of labels.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Read the pixel counts of a catalog."""
        if catalog.files.counts is None:
            msg = "The quiz needs the shares of labels; run `catalog enrich` first, or use the sample."
            raise QueryError(msg)
        self._catalog = catalog
        parts = np.asarray(catalog.files.counts).astype(np.int64)
        self.counts: NDArray[np.int64] = np.concatenate(
            [parts, parts[:, : len(QUARTERS)].sum(axis=1, keepdims=True)], axis=1
        )
        """Pixels of each class in the five parts and the whole, (rows, 6, 12)."""
        self.percents: NDArray[np.float64] = 100 * self.counts / np.maximum(self.counts.sum(axis=2, keepdims=True), 1)
        """The same in percent of all pixels, (rows, 6, 12)."""
        self.usable: NDArray[np.bool_] = self.percents[:, WHOLE, BACKGROUND] <= _MOST_BACKGROUND
        """Which chips have labels everywhere, (rows,)."""

    @cached_property
    def leads(self) -> NDArray[np.int64]:
        """Index of the largest class of each part and the whole, (rows, 6)."""
        leads: NDArray[np.int64] = self.percents[:, :, BACKGROUND + 1 :].argmax(axis=2) + BACKGROUND + 1
        return leads

    @cached_property
    def margins(self) -> NDArray[np.float64]:
        """Percentage points between the largest class and the next, (rows, 6)."""
        ranking = np.sort(self.percents[:, :, BACKGROUND + 1 :], axis=2)
        return ranking[:, :, -1] - ranking[:, :, -2]

    @cached_property
    def neighbours(self) -> list[list[int]]:
        """Rows of each zoom-13 tile of which all four chips are usable."""
        tile_numbers = np.asarray(self._catalog.files.columns.keys) >> 2  # in z-order, the four are next to each other
        starts = np.flatnonzero(np.diff(tile_numbers, prepend=tile_numbers[0] - 1 if len(tile_numbers) else 0))
        ends = [*starts[1:].tolist(), len(tile_numbers)]
        groups = [list(range(start, end)) for start, end in zip(starts.tolist(), ends, strict=True)]
        return [group for group in groups if len(group) == len(QUARTERS) and self.usable[group].all()]

    def counts_of(self, row: int) -> NDArray[np.int64]:
        """Return the pixels of a chip by part and class, (6, 12), as ``landcover.shares`` counts them."""
        counts: NDArray[np.int64] = self.counts[row]
        return counts

    def tile_of(self, row: int) -> Tile:
        """Return the place of a chip."""
        columns = self._catalog.files.columns
        return Tile(int(columns.x[row]), int(columns.y[row]))

    def caption_of(self, row: int) -> str:
        """Return the caption of a chip in style 3.5; empty if it has none."""
        return self._catalog.pair(row).record.captions.get("3.5", "")
