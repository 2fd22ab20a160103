"""Pairs as the objects of other libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.errors import PlaceError

if TYPE_CHECKING:
    import geopandas
    import xarray as xr

    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.record import Record


class Source(Protocol):
    """Whatever gives the chip of a place, as those of ``sources`` do."""

    def chip_at(self, lon: float, lat: float, *, bands: bool = False) -> Chip:
        """Return the chip of the tile that holds a place."""
        ...


def to_geopandas(catalog: Catalog, query: Query = EVERYTHING) -> geopandas.GeoDataFrame:
    """Return all pairs that match, in the order asked for, with their footprints in degrees (OGC:CRS84).

    The columns are those of the catalog's GeoParquet file; it is read with geopandas, which needs pyarrow.
    """
    import geopandas  # noqa: PLC0415 - heavy

    frame = geopandas.read_parquet(catalog.path)
    return frame.iloc[catalog.rows(query)].reset_index(drop=True)


def to_xarray(record: Record, *, source: Source, bands: bool = False) -> xr.Dataset:
    """Return the chip of a record as ``Chip.to_xarray`` does, with ``caption_3.5`` and ``caption_4v`` as attributes.

    Args:
        record: One that has a place.
        source: Where the chip comes from: the release's own for its pixels, ``stac`` for fresh ones and labels.
        bands: Whether to read the nine bands as well.

    Raises:
        PlaceError: If the record has no place.
    """
    if record.tile is None:
        msg = f"{record.name[:80]!r} says no place, so it has no grid; read its picture by name instead."
        raise PlaceError(msg)
    dataset = source.chip_at(*record.tile.center, bands=bands).to_xarray()
    return dataset.assign_attrs({f"caption_{style}": text for style, text in record.captions.items()})
