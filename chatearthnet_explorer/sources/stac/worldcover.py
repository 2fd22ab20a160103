"""ESA WorldCover: the files that cover a tile, and the meaning of their codes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import LabelError, RasterError, SettingError
from chatearthnet_explorer.landcover.legend import BACKGROUND, indices_of_codes
from chatearthnet_explorer.net.service_addresses import WORLDCOVER
from chatearthnet_explorer.sources.stac.raster_windows import Layer, Read, read_layers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.tile import Tile

VERSIONS = {2020: "v100/2020", 2021: "v200/2021"}
"""Version and year of each map, as the addresses have it. Two algorithms: a difference is not a change."""

ATTRIBUTION = (
    "© ESA WorldCover project / Contains modified Copernicus Sentinel data (2020/2021) processed by "
    "ESA WorldCover consortium, CC BY 4.0"
)
"""The credit that ESA requires with every map."""

NOT_HERE = "WorldCover has no map here (open sea, or south of 60° S); that is not the same as water."
"""Why labels are missing where WorldCover has no map."""

IN_PART = "The labels are incomplete: one of the WorldCover files that meet here could not be read."
"""Note of a chip whose labels are incomplete; the reason follows."""

_STEP = 3
# Bytes of tables before the first pixel: v100 keeps its overviews in 26,648 tiles of 128 pixels (237,296 bytes in
# N00E006), v200 in tiles of 1024 (27,560). The counts follow from 36,000 x 36,000 pixels, so all files have as many.
_HEADER = {2020: 245_760, 2021: 32_768}


def worldcover_layer(tile: Tile, year: int = 2020, prefix: str = WORLDCOVER) -> Layer:
    """Return the layer of the up to four WorldCover files, 3 x 3 degrees each, that a tile touches.

    Their names follow from the place (ESA WorldCover Product User Manual: the lower left corner), so no search
    is needed. There are no files of open sea.

    Args:
        tile: Where.
        year: 2020 or 2021.
        prefix: Address under which ``v100/2020/map/...`` lies; a query, such as a signature, is kept behind the name.

    Raises:
        SettingError: If WorldCover has no map of the year.
    """
    if year not in VERSIONS:
        msg = f"WorldCover has no map of {year}; choose {' or '.join(map(str, VERSIONS))}."
        raise SettingError(msg)
    version = VERSIONS[year]
    folder, mark, query = prefix.partition("?")
    west, south, east, north = tile.bounds
    hrefs = tuple(
        f"{folder.rstrip('/')}/{version}/map/"
        f"ESA_WorldCover_10m_{year}_{version.partition('/')[0]}_{_corner(lon, lat)}_Map.tif{mark}{query}"
        for lat in reversed(_corners(south, north))
        for lon in _corners(west, east)
    )
    return Layer(hrefs=hrefs, resampling="nearest", nodata=0, optional=True, header=_HEADER[year])


def labels_of(read: Read) -> tuple[NDArray[np.uint8] | None, tuple[str, ...]]:
    """Return class indices, (256, 256) uint8, and what is missing, one sentence each.

    The labels are None if nothing is mapped or nothing could be read.
    """
    missing = (IN_PART, *read.failures) if read.failures else ()
    if not read.valid.any():
        return None, missing or (NOT_HERE,)
    try:
        labels = indices_of_codes(read.data[0])
    except LabelError as error:
        return None, (f"The file is not a WorldCover map: {error}",)
    labels[~read.valid] = BACKGROUND
    return labels, missing


@dataclass(frozen=True, kw_only=True)
class LabelReader:
    """Reads the labels of a tile without a scene; it can be pickled for the workers of a cluster."""

    year: int = 2020
    """2020 or 2021."""

    prefix: str = WORLDCOVER
    """Address under which ``v100/2020/map/...`` lies."""

    def __call__(self, tile: Tile) -> NDArray[np.uint8] | None:
        """Return class indices, (256, 256) uint8, or None if nothing is mapped.

        Raises:
            RasterError: If WorldCover cannot be read.
            SettingError: If WorldCover has no map of the year.
        """
        read = read_layers({"labels": worldcover_layer(tile, self.year, self.prefix)}, tile)["labels"]
        if isinstance(read, RasterError):
            raise read
        if read.failures:  # an incomplete map would be counted as a complete one
            raise RasterError(read.failures[0])
        return labels_of(read)[0]


def _corners(low: float, high: float) -> range:
    """Return the lower ends, multiples of 3 degrees, of the cells that an open interval touches."""
    return range(math.floor(low / _STEP) * _STEP, math.ceil(high / _STEP) * _STEP, _STEP)


def _corner(lon: int, lat: int) -> str:
    return f"{'N' if lat >= 0 else 'S'}{abs(lat):02d}{'E' if lon >= 0 else 'W'}{abs(lon):03d}"
