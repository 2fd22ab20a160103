"""The source ``release``: the released chip of a place."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.chip import BANDS, Chip, Scene
from chatearthnet_explorer.errors import ReleaseError, SettingError
from chatearthnet_explorer.record import ARCHIVES, Record
from chatearthnet_explorer.sources.protocol import YEARS, Year
from chatearthnet_explorer.sources.release.chip_pngs import RADIOMETRY, reflectance
from chatearthnet_explorer.sources.release.released_pairs import PICTURE, Release
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ATTRIBUTION = (
    "ChatEarthNet (Yuan, Xiong, Mou and Zhu, 2025, doi:10.5194/essd-17-1245-2025), CC BY 4.0",
    "Contains modified Copernicus Sentinel data",
)
"""Credits of a released chip."""

NO_CHIP = "The release has no chip of this place; choose another place or source."
"""Why a place without a released chip has no pixels."""

NO_LABELS = "The release has no label maps, so there are no labels here; use another source for them."
"""Why a released chip has no labels."""


class ReleaseSource:
    """Returns the released chip of a place, if there is one."""

    name = "release"

    def __init__(
        self,
        release: Release,
        *,
        locate: Callable[[Tile], Record | None] | None = None,
        labels: Callable[[Tile, Year], Chip] | None = None,
    ) -> None:
        """Prepare to read.

        Args:
            release: Where the images are.
            locate: Returns the record of a tile, such as a catalog's; None to look for the tile's name in the ZIP.
            labels: Returns a chip of a tile and year whose labels are shown; None for no labels.
        """
        self.release = release
        self.options = {"root": release.name}  # ``open_source`` reopens it with these; without keys in the address
        self._locate = locate
        self._labels = labels

    def chip_at(
        self, lon: float, lat: float, *, year: Year = 2020, scene: str | None = None, bands: bool = False
    ) -> Chip:
        """Return the released chip of a place; see ``Source.chip_at``. The year is that of the labels alone.

        Raises:
            PlaceError: If the place is not on the grid.
            SettingError: If the year is not one of ``YEARS``, or a scene is named: a released chip has one only.
        """
        tile = Tile.at(lon, lat)
        record = self._locate(tile) if self._locate else Record(name=tile.name, captions={}, splits={}, tile=tile)
        if year not in YEARS:
            msg = f"The labels are of {YEARS[0]} or {YEARS[1]}, not {year}; choose one of them."
            raise SettingError(msg)
        if scene is not None and (record is None or scene != record.name):
            msg = "The release has one scene of each place, without an identifier; leave the scene out."
            raise SettingError(msg)
        rgb, bands_read, missing = self._pixels(record, bands=bands) if record else (None, {}, [NO_CHIP])
        label_chip = self._labels(tile, year) if self._labels else None
        return Chip(
            tile=tile,
            source=self.name,
            simulated=self.release.simulated or (label_chip is not None and label_chip.simulated),
            labels=label_chip.labels if label_chip else None,
            label_version=label_chip.label_version if label_chip else None,
            rgb=rgb,
            bands=MappingProxyType(bands_read),
            scene=Scene(catalogue=self.release.name, item=record.name, radiometry=RADIOMETRY if bands_read else "")
            if record and rgb is not None
            else None,
            missing=(*missing, *(label_chip.missing if label_chip else (NO_LABELS,))),
            attribution=(*ATTRIBUTION, *(label_chip.attribution if label_chip else ())),
        )

    def _pixels(
        self, record: Record, *, bands: bool
    ) -> tuple[NDArray[np.uint8] | None, dict[str, NDArray[np.float32]], list[str]]:
        """Return the picture, reflectance by band, and what is missing."""
        name = record.name
        member = record.members.get(PICTURE)
        images = self.release.images([name], members={name: member} if member else {})
        rgb, missing = images.pixels.get(name), list(images.missing.values())
        values: dict[str, NDArray[np.uint8]] = {}
        if rgb is not None and bands:
            values = dict(zip(ARCHIVES[PICTURE], np.moveaxis(rgb, 2, 0), strict=True))
            try:
                values |= self.release.bands(name, members=record.members)
            except ReleaseError as error:
                missing.append(str(error))
        return rgb, {band: reflectance(values[band], band) for band in BANDS if band in values}, missing
