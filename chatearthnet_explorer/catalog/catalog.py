"""The catalog: ask it, look one up, count places for a map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chatearthnet_explorer.catalog import sorting
from chatearthnet_explorer.catalog.density import counted
from chatearthnet_explorer.catalog.finding_bits import JUDGED, UNAUDITED
from chatearthnet_explorer.catalog.parquet import PAIRS
from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.catalog.selection import Selection
from chatearthnet_explorer.catalog.staging import z_order
from chatearthnet_explorer.catalog.storage import Stored
from chatearthnet_explorer.catalog.versions import check_bytes, current
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.record import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas
    import xarray as xr
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.dataframes import Source
    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.record import Record
    from chatearthnet_explorer.tile import Tile


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a question found."""

    query: Query
    """The question."""

    total: int
    """Pairs that match."""

    rows: tuple[Pair, ...]
    """The pairs of the page; none where it lies beyond the end."""

    facets: dict[str, dict[str, int]]
    """How many pairs each value of each facet would have, were that facet's own choice left out."""

    @property
    def pages(self) -> int:
        """Number of pages."""
        return -(-self.total // self.query.size)

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "total": self.total,
            "page": self.query.page,
            "pages": self.pages,
            "size": self.query.size,
            "facets": self.facets,
            "rows": [pair.to_dict() for pair in self.rows],
        }


class Catalog:
    """All pairs of a release, open for questions from any thread. It goes on with the version that it opened."""

    def __init__(self, folder: Path, version: str = "") -> None:
        """Open the current version in a folder, or that which another process has open.

        Raises:
            CatalogError: If there is none, or it is damaged or of another schema.
        """
        self.folder = folder
        path, self._pointer = current(folder)
        if version:
            path, self._pointer = folder / version, {**self._pointer, "version": version}
        self.stored = Stored(path)

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.stored.columns)

    def __enter__(self) -> Self:
        """Return the catalog; leaving closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: its files are mapped, and given back when nobody holds the catalog any more."""

    def close(self) -> None:
        """Do nothing, likewise."""

    @property
    def path(self) -> Path:
        """Its GeoParquet file, for other programs."""
        return self.stored.folder / PAIRS

    @property
    def version(self) -> str:
        """Its version, named by the bytes of its files."""
        return str(self._pointer["version"])

    @property
    def simulated(self) -> bool:
        """Whether the release says that it is made up."""
        return bool(self.stored.report["simulated"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever opens it should know, one sentence each: what its build could not read and left out."""
        report = self.stored.report
        notes = [*report.get("notes", ())]
        if left_out := report.get("left_out", 0):
            what = "entries or files of the release are" if left_out > 1 else "entry or file of the release is"
            notes.append(f"{left_out:,} {what} not in the catalog, as `catalog info` lists.")
        if missing := report.get("labels_missing"):
            notes.append(f"Some labels could not be read, so some shares are not known: {missing[0]}")
        return tuple(map(str, notes))

    def check(self) -> None:
        """Read every byte, which takes some seconds for the whole dataset.

        Raises:
            CatalogError: If one differs from what was built.
        """
        check_bytes(self.folder, self.version)

    def info(self) -> dict[str, Any]:
        """Return what the catalog is and what its build reported, for JSON."""
        report = self.stored.report
        return {
            "folder": str(self.folder),
            "schema": self._pointer["schema"],
            "version": self.version,
            "bytes": sum(path.stat().st_size for path in self.stored.folder.rglob("*") if path.is_file()),
            **report,
        }

    def search(self, query: Query = EVERYTHING) -> Found:
        """Return the page, the total and the counts of every facet.

        Raises:
            QueryError: If the question names a country there is not, or shares or findings before there are any.
            CatalogError: If a file is damaged.
        """
        selection = self._selection(query)
        rows = np.flatnonzero(selection.rows())
        page = sorting.page(self.stored.columns, rows, query, shares=self.stored.shares, marks=self.stored.marks)
        return Found(
            query=query, total=len(rows), rows=tuple(self.stored.pairs(page.tolist())), facets=selection.facets()
        )

    def rows(self, query: Query = EVERYTHING) -> NDArray[np.int64]:
        """Return the rows of all pairs that match, in the order asked for, whatever the page."""
        rows = np.flatnonzero(self._selection(query).rows())
        return sorting.ordered(self.stored.columns, rows, query, shares=self.stored.shares, marks=self.stored.marks)

    def pairs(self, query: Query = EVERYTHING) -> Iterator[Pair]:
        """Yield all pairs that match, in the order asked for, in little memory."""
        return self.stored.pairs(self.rows(query).tolist())

    def scores(self, query: Query = EVERYTHING, *, style: str) -> dict[str, int]:
        """Return how bad the caption of a style and the picture of each matching pair are, by name, as far as judged.

        Raises:
            QueryError: If the catalog was not audited.
        """
        rows = self.rows(query)
        marks = self.stored.marks
        if marks is None:
            raise QueryError(UNAUDITED)
        rows = np.sort(rows[(marks.asked(style)[rows] & JUDGED) > 0])
        badness = marks.badness(style)[rows].tolist()
        return {pair.record.name: score for pair, score in zip(self.stored.pairs(rows.tolist()), badness, strict=True)}

    def density(
        self, query: Query, bounds: tuple[float, float, float, float], size: tuple[int, int]
    ) -> NDArray[np.uint32]:
        """Return how many matching pairs lie under each pixel of a Web-Mercator picture, shape (height, width).

        Args:
            query: The question; sort and page do not count.
            bounds: West, south, east, north of the picture in degrees; west may lie east of east.
            size: Width and height in pixels.

        Raises:
            QueryError: If the bounds or the size cannot be drawn.
        """
        return counted(self.stored.columns, self._selection(query).rows(), bounds, size)

    def at(self, tile: Tile) -> Record | None:
        """Return the record of a tile; None where the release has none."""
        row = self.row_at(tile)
        return None if row is None else self.pair(row).record

    def row_at(self, tile: Tile) -> int | None:
        """Return the row of a tile; None where the release has none."""
        columns = self.stored.columns
        key = z_order(np.array([tile.x], np.uint16), np.array([tile.y], np.uint16))[0]
        row = int(np.searchsorted(columns.keys, key))
        return row if row < columns.placed and columns.keys[row] == key else None

    def pair(self, row: int) -> Pair:
        """Return the pair of a row.

        Raises:
            IndexError: If there is no such row.
        """
        if not 0 <= row < len(self):
            msg = f"The catalog has no row {row}; rows run from 0 to {len(self) - 1}."
            raise IndexError(msg)
        return next(self.stored.pairs([row]))

    def record(self, name: str) -> Record | None:
        """Return the record of a name, with or without ``.png``; None where the release has none."""
        pair = self.named(name)
        return None if pair is None else pair.record

    def named(self, name: str) -> Pair | None:
        """Return the pair of a name, with or without ``.png``; None where the release has none."""
        tile = place_of(name)
        if tile is not None:
            row = self.row_at(tile)
            return None if row is None else self.pair(row)
        wanted = name.removesuffix(".png")
        unplaced = self.stored.pairs(range(self.stored.columns.placed, len(self)))
        return next((pair for pair in unplaced if pair.record.name.removesuffix(".png") == wanted), None)

    def random(self, query: Query = EVERYTHING, *, seed: int) -> Pair | None:
        """Return one of the matching pairs, each as likely as any other; the same for the same seed."""
        rows = np.flatnonzero(self._selection(query).rows())
        return self.pair(int(np.random.default_rng(seed).choice(rows))) if len(rows) else None

    def export(self, query: Query = EVERYTHING, *, path: str | Path, format: str = "") -> int:  # noqa: A002 - the word
        """Write all matching pairs to a file and return how many; see ``export.export``."""
        from chatearthnet_explorer.catalog.export_selection import export  # noqa: PLC0415 - it stands on this room

        return export(self, query, path=path, format=format)

    def to_geopandas(self, query: Query = EVERYTHING) -> geopandas.GeoDataFrame:
        """Return all matching pairs with their footprints; see ``interop.to_geopandas``."""
        from chatearthnet_explorer.catalog.dataframes import to_geopandas  # noqa: PLC0415 - likewise

        return to_geopandas(self, query)

    def to_xarray(self, record: Record, *, source: Source, bands: bool = False) -> xr.Dataset:
        """Return the chip of a record with its captions; see ``interop.to_xarray``."""
        from chatearthnet_explorer.catalog.dataframes import to_xarray  # noqa: PLC0415 - likewise

        return to_xarray(record, source=source, bands=bands)

    def __reduce__(self) -> tuple[Callable[..., Catalog], tuple[Path, str]]:
        """Be sent to another process as the folder and version that are open."""
        return _reopened, (self.folder, self.version)

    def _selection(self, query: Query) -> Selection:
        stored = self.stored
        return Selection(
            stored.columns, query, words=stored.holding, shares=lambda: stored.shares, marks=lambda: stored.marks
        )


@lru_cache(maxsize=4)
def _reopened(folder: Path, version: str) -> Catalog:
    """Return a catalog that came from another process, opened once for all that comes of it."""
    return Catalog(folder, version)


def open_catalog(folder: str | Path) -> Catalog:
    """Return the catalog in a folder.

    Raises:
        CatalogError: If there is none, or it is damaged or of another schema.
    """
    return Catalog(Path(folder))
