"""Where the chips of a run come from: labels alone, or with pictures for captioners that send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.parallel.worker_pool import Workers
from chatearthnet_explorer.sources import fetch_chip, open_source
from chatearthnet_explorer.sources.simulated_chips import ATTRIBUTION, SimulatedLabels, SimulatedSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.settings import Settings
    from chatearthnet_explorer.sources import Year
    from chatearthnet_explorer.tile import Tile

    ChipReader = Callable[[Tile], Chip]

NETWORK_READERS = 16
"""Places whose labels are read from the network at a time, as `catalog enrich` does."""


class SimulatedLabelReader:
    """Reads simulated labels in other processes."""

    def __init__(self, year: Year) -> None:
        """Prepare; the processes start with the first chip."""
        self._year = year
        self._workers = Workers()

    def __call__(self, tile: Tile) -> Chip:
        """Return the chip of a tile, without pictures."""
        chip: Chip = self._workers.run(simulated_label_chip, tile, self._year)
        return chip

    def close(self) -> None:
        """End the processes."""
        self._workers.close()


def label_reader(*, simulated: bool, year: Year, prefix: str) -> ChipReader:
    """Return what reads the labels of a tile as a chip without pictures.

    Args:
        simulated: Whether the labels are simulated; else they are those of ESA WorldCover.
        year: Year of the labels.
        prefix: Address of WorldCover, see ``worldcover.LabelReader``.
    """
    if simulated:
        return SimulatedLabelReader(year)
    from chatearthnet_explorer.sources.stac import worldcover  # noqa: PLC0415 - rasters

    read = worldcover.LabelReader(year=year, prefix=prefix)

    def chip_at(tile: Tile) -> Chip:
        labels = read(tile)
        version = worldcover.VERSIONS[year] if labels is not None else None
        return Chip(
            tile=tile, source="stac", labels=labels, label_version=version, attribution=(worldcover.ATTRIBUTION,)
        )

    return chip_at


def picture_reader(*, simulated: bool, year: Year, settings: Settings, bands: bool = False) -> ChipReader:
    """Return what reads a chip with its pictures: simulated ones, or the least cloudy Sentinel-2 scene of the year.

    Args:
        simulated: Whether the chips are simulated.
        year: Year of labels and scene.
        settings: Addresses of catalogues.
        bands: Whether the reflectance of the bands is read as well.
    """
    source = open_source(SimulatedSource.name if simulated else "stac", settings=settings)
    return lambda tile: fetch_chip(source, *tile.center, year=year, bands=bands)


def simulated_label_chip(tile: Tile, year: int) -> Chip:
    """Return the simulated labels of a tile as a chip without pictures. Runs in a worker."""
    labels = SimulatedLabels(year)(tile)
    return Chip(tile=tile, source=SimulatedSource.name, simulated=True, labels=labels, attribution=(ATTRIBUTION,))
