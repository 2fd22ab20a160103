"""Pairs as pandas and GeoPandas data frames, and chips as xarray datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chatearthnet_explorer.errors import PlaceError

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas
    import numpy as np
    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.record import Record


class ChipSource(Protocol):
    """Gives the chip of a place, as every source of ``sources`` does."""

    def chip_at(self, lon: float, lat: float, *, bands: bool = False) -> Chip:
        """Return the chip of the tile that holds a place."""
        ...


def to_geopandas(path: Path, rows: NDArray[np.int64]) -> geopandas.GeoDataFrame:
    """Return rows of a catalog's GeoParquet file, in their order, with footprints in degrees (OGC:CRS84).

    The columns are those of the file. GeoPandas needs pyarrow to read it.
    """
    import geopandas

    return geopandas.read_parquet(path).iloc[rows].reset_index(drop=True)


def to_pandas(path: Path, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Return rows of a catalog's GeoParquet file without the column ``geometry``, in the order of the rows.

    ``lon``, ``lat`` and ``bbox`` say where a pair is. pandas needs pyarrow to read the file.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    columns = [name for name in pq.read_schema(path).names if name != "geometry"]
    return pd.read_parquet(path, columns=columns).iloc[rows].reset_index(drop=True)


def to_xarray(record: Record, *, source: ChipSource, bands: bool = False) -> xr.Dataset:
    """Return the chip of a record as ``Chip.to_xarray`` does, with ``caption_3.5`` and ``caption_4v`` as attributes.

    Args:
        record: A record with a place.
        source: Where the chip comes from: the release for its own pixels, ``stac`` for fresh ones and labels.
        bands: Whether to read the nine bands as well.

    Raises:
        PlaceError: If the record has no place.
    """
    if record.tile is None:
        msg = f"The name {record.name[:80]!r} gives no location, so it has no grid; read its picture by name instead."
        raise PlaceError(msg)
    dataset = source.chip_at(*record.tile.center, bands=bands).to_xarray()
    return dataset.assign_attrs({f"caption_{style}": text for style, text in record.captions.items()})
