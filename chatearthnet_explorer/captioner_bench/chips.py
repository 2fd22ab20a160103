"""The chips of a bench: what contenders are given, and the pixel counts that their captions are compared with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption_runs.run_chips import NETWORK_READERS, label_reader, picture_reader
from chatearthnet_explorer.captioners.chip_guard import refuse_empty
from chatearthnet_explorer.errors import EmptyChipError
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.parallel.processes import processors
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import YEARS
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.chip import Chip

MOST_CHIPS = 5_000
"""Most chips of a bench; they stay in memory, 65 kB each without pictures."""

ReadChip = Callable[[Tile], "Chip"]
"""Returns the chip of a tile; any thread may call it."""


def reader_for(
    catalog: Catalog, *, pictures: bool = False, bands: bool = False, settings: Settings | None = None
) -> tuple[ReadChip, int]:
    """Return what reads the chips of a catalog, and how many threads suit it.

    Chips of a simulated catalog are simulated. Labels are of the year that the catalog was enriched with, else of 2020.

    Args:
        catalog: The catalog.
        pictures: Whether contenders look at pictures; if not, only labels are read.
        bands: Whether they look at pictures of the bands.
        settings: Addresses of the labels; None for those of the environment.
    """
    settings = settings or Settings()
    words = str(catalog.files.report.get("labels") or "")
    year = next((year for year in YEARS if str(year) in words), YEARS[0])
    threads = processors() if catalog.simulated else NETWORK_READERS
    if pictures or bands:
        return picture_reader(simulated=catalog.simulated, year=year, settings=settings, bands=bands), threads
    return label_reader(simulated=catalog.simulated, year=year, prefix=settings.worldcover), threads


@contextmanager
def closing_reader(read: ReadChip) -> Iterator[None]:
    """End the processes of a reader that has some, at the end of the block."""
    try:
        yield
    finally:
        close = getattr(read, "close", None)
        if close is not None:
            close()


@dataclass
class BenchChips:
    """Chips by name, each read once."""

    read: ReadChip
    """Reads a chip."""

    chips: dict[str, Chip] = field(default_factory=dict)
    """The chips that were read and can be described."""

    reasons: dict[str, str] = field(default_factory=dict)
    """Why other chips cannot be described, one sentence each, by name."""

    def load(
        self,
        names: Sequence[str],
        *,
        threads: int = 2,
        progress: Callable[[int, int], None] = lambda _count, _total: None,
    ) -> tuple[str, ...]:
        """Read chips and return the names of those that can be described, in their order.

        A chip that no model should be sent (``chip_guard.refuse_empty``) is left out for every contender.

        Args:
            names: Names with a place in them.
            threads: How many are read at once.
            progress: Called with the number of chips that were read and the total; may raise ``Cancelled``.

        Raises:
            PlaceError: If a name has no place in it.
            SourceError: If a chip cannot be read.
        """
        missing = [name for name in names if name not in self.chips and name not in self.reasons]
        with ThreadPoolExecutor(threads) as pool:
            try:
                for number, (name, chip) in enumerate(
                    zip(missing, pool.map(self.read, map(Tile.from_name, missing)), strict=True), start=1
                ):
                    self._add(name, chip)
                    progress(number, len(missing))
            finally:
                pool.shutdown(cancel_futures=True)
        return tuple(name for name in names if name in self.chips)

    def counts(self, name: str) -> NDArray[np.int64]:
        """Return the pixels of each class in each part of a chip that was loaded, (6, 12)."""
        labels = self.chips[name].labels
        assert labels is not None  # noqa: S101 - as checked when it was added
        return count_pixels(labels)

    def _add(self, name: str, chip: Chip) -> None:
        if chip.labels is None:
            self.reasons[name] = f"{chip.tile.name} has no labels."
            return
        try:
            refuse_empty(prompt_for(chip.labels), chip)
        except EmptyChipError as error:
            self.reasons[name] = str(error)
        else:
            self.chips[name] = chip
