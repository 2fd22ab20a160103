"""The catalog of pairs: search it, get one pair, count pairs on a map."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from chatearthnet_explorer.catalog import sorting
from chatearthnet_explorer.catalog.audit_findings import CHECKED_BIT, NOT_AUDITED
from chatearthnet_explorer.catalog.caption_sets import list_caption_sets
from chatearthnet_explorer.catalog.catalog_files import CatalogFiles
from chatearthnet_explorer.catalog.catalog_notes import notes_of
from chatearthnet_explorer.catalog.catalog_versions import check_bytes, current
from chatearthnet_explorer.catalog.dataframes import to_geopandas, to_xarray
from chatearthnet_explorer.catalog.density import count_per_pixel
from chatearthnet_explorer.catalog.export import export_pairs
from chatearthnet_explorer.catalog.further_captions import FurtherCaptions
from chatearthnet_explorer.catalog.geoparquet import PAIRS
from chatearthnet_explorer.catalog.query import EVERYTHING, Query, check_limit, combine
from chatearthnet_explorer.catalog.query_filter import QueryFilter
from chatearthnet_explorer.catalog.search_result import SearchResult
from chatearthnet_explorer.catalog.z_order import z_number
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.record import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import geopandas
    import xarray as xr
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.dataframes import ChipSource
    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.catalog.query import SortBy, StyleFilter
    from chatearthnet_explorer.record import Record, Split
    from chatearthnet_explorer.tile import Tile


class Catalog(FurtherCaptions):
    """All pairs of a release. Any thread can search it. It keeps the version that it opened."""

    def __init__(self, folder: Path, version: str = "") -> None:
        """Open the current version in a folder, or the named one.

        Raises:
            CatalogError: If there is no catalog, or it is damaged or has another schema.
        """
        super().__init__(folder)
        path, self._pointer = current(folder)
        if version:
            path, self._pointer = folder / version, {**self._pointer, "version": version}
        self.files = CatalogFiles(path)

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.files.columns)

    def __enter__(self) -> Self:
        """Return the catalog; leaving closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: its files are mapped, and closed when the last reference to the catalog is gone."""

    def close(self) -> None:
        """Do nothing, for the same reason."""

    @property
    def path(self) -> Path:
        """Its GeoParquet file, which other programs can read."""
        return self.files.folder / PAIRS

    @property
    def version(self) -> str:
        """Its version: a digest of its files."""
        return str(self._pointer["version"])

    @property
    def simulated(self) -> bool:
        """Whether the release is marked as simulated."""
        return bool(self.files.report["simulated"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know, one sentence each: what the build could not read and left out."""
        return (*notes_of(self.files.report), *list_caption_sets(self.folder).notes)

    def check(self) -> None:
        """Read every byte, which takes some seconds for the whole dataset.

        Raises:
            CatalogError: If a byte differs from the build.
        """
        check_bytes(self.folder, self.version)

    def info(self) -> dict[str, Any]:
        """Return the catalog's version and size, the report of its build and its caption sets, for JSON."""
        return {
            "folder": str(self.folder),
            "schema": self._pointer["schema"],
            "version": self.version,
            "bytes": sum(path.stat().st_size for path in self.files.folder.rglob("*") if path.is_file()),
            **self.files.report,
            "caption_sets": [one.to_dict() for one in self.caption_sets],
        }

    def search(
        self,
        query: Query | None = None,
        *,
        words: str | None = None,
        country: str | Iterable[str] | None = None,
        continent: str | Iterable[str] | None = None,
        classes: str | Iterable[str] | None = None,
        min_share: float | None = None,
        bbox: Sequence[float] | None = None,
        style: StyleFilter | None = None,
        split: Split | Iterable[Split] | None = None,
        flag: str | Iterable[str] | None = None,
        finding: str | Iterable[str] | None = None,
        sortby: SortBy | None = None,
        limit: int | None = None,
    ) -> SearchResult:
        """Return the pairs that match, as a sequence, with the total and the counts of every facet.

        The keywords are the options of ``catalog search``. All filters must match; any of several values is enough, but
        for ``classes``, which must all be named. Keywords replace the fields of a ``query``.

        Args:
            query: A query that was made before; it has more fields, such as ``polygon`` and ``page``.
            words: Words that must all occur; ``"a phrase"``, ``begin*`` of a word, ``-word`` to exclude it.
            country: Name or ISO 3166-1 code (two or three letters), or ``none``; one or several.
            continent: Name of a continent, or ``none``; one or several.
            classes: Classes that the caption names; with ``min_share``, that the labels have.
            min_share: Share (0 to 1) of the chip that the classes must have in the labels.
            bbox: West, south, east, north in degrees. It crosses the antimeridian if west is greater than east.
            style: ``3.5`` or ``4v`` for pairs with a caption of this style, ``both`` for pairs with two captions.
            split: ``train``, ``val`` or ``test``; one or several.
            flag: One or several of ``pair_flags.FLAGS``; ``-flag`` for pairs without it.
            finding: One or several checks that found something, or ``none``; ``-check`` for pairs without it.
            sortby: The order, one of ``SORTS``.
            limit: Most pairs that iteration, ``len`` and data frames cover. ``result.total`` counts all matches.

        Raises:
            QueryError: If a value is unknown, or the catalog does not have these shares or findings yet.
            CatalogError: If a file is damaged.
        """
        query = combine(
            EVERYTHING if query is None else query,
            words=words,
            country=country,
            continent=continent,
            classes=classes,
            min_share=min_share,
            bbox=bbox,
            style=style,
            split=split,
            flag=flag,
            finding=finding,
            sortby=sortby,
            size=check_limit(limit),
        )
        pair_filter = self._filter(query)
        rows = np.flatnonzero(pair_filter.rows())
        files = self.files
        page = sorting.page_rows(files.columns, rows, query, shares=files.shares, findings=files.findings)
        return SearchResult(
            catalog=self,
            query=query,
            total=len(rows),
            pairs=tuple(self.files.pairs(page.tolist())),
            facets=pair_filter.facets(),
            limit=limit,
        )

    def rows(self, query: Query = EVERYTHING) -> NDArray[np.int64]:
        """Return the rows of all pairs that match, in the query's order; its page does not count."""
        rows = np.flatnonzero(self._filter(query).rows())
        return sorting.sort_rows(
            self.files.columns, rows, query, shares=self.files.shares, findings=self.files.findings
        )

    def pairs_at(self, rows: Iterable[int]) -> Iterator[Pair]:
        """Yield the pairs of rows, in the order of the rows.

        Raises:
            CatalogError: If the file of captions is damaged.
        """
        return self.files.pairs(rows)

    def pairs(self, query: Query = EVERYTHING) -> Iterator[Pair]:
        """Yield all pairs that match, in the query's order, with little memory."""
        return self.files.pairs(self.rows(query).tolist())

    def scores(self, query: Query = EVERYTHING, *, style: str) -> dict[str, int]:
        """Return the severity of the findings in the caption of a style and the picture, by name of the pair.

        Pairs that were not checked are left out.

        Raises:
            QueryError: If the catalog was not audited.
        """
        rows = self.rows(query)
        findings = self.files.findings
        if findings is None:
            raise QueryError(NOT_AUDITED)
        rows = np.sort(rows[(findings.bits_of_style(style)[rows] & CHECKED_BIT) > 0])
        severity = findings.severity(style)[rows].tolist()
        return {pair.record.name: score for pair, score in zip(self.files.pairs(rows.tolist()), severity, strict=True)}

    def density(
        self, query: Query, bounds: tuple[float, float, float, float], size: tuple[int, int]
    ) -> NDArray[np.uint32]:
        """Return the number of matching pairs at each pixel of a Web Mercator image, shape (height, width).

        Args:
            query: The query; its order and page do not count.
            bounds: West, south, east, north of the image in degrees; it crosses the antimeridian if west is greater.
            size: Width and height in pixels.

        Raises:
            QueryError: If the bounds or the size cannot be drawn.
        """
        return count_per_pixel(self.files.columns, self._filter(query).rows(), bounds, size)

    def at(self, tile: Tile) -> Record | None:
        """Return the record of a tile; None if the release has none."""
        row = self.row_at(tile)
        return None if row is None else self.pair(row).record

    def row_at(self, tile: Tile) -> int | None:
        """Return the row of a tile; None if the release has none."""
        columns = self.files.columns
        key = z_number(np.array([tile.x], np.uint16), np.array([tile.y], np.uint16))[0]
        row = int(np.searchsorted(columns.keys, key))
        return row if row < columns.place_count and columns.keys[row] == key else None

    def pair(self, row: int) -> Pair:
        """Return the pair of a row.

        Raises:
            IndexError: If there is no such row.
        """
        if not 0 <= row < len(self):
            msg = f"The catalog has no row {row}; rows run from 0 to {len(self) - 1}."
            raise IndexError(msg)
        return next(self.files.pairs([row]))

    def record(self, name: str) -> Record | None:
        """Return the record of a name, with or without ``.png``; None if the release has none."""
        pair = self.pair_named(name)
        return None if pair is None else pair.record

    def pair_named(self, name: str) -> Pair | None:
        """Return the pair of a name, with or without ``.png``; None if the release has none."""
        tile = place_of(name)
        if tile is not None:
            row = self.row_at(tile)
            return None if row is None else self.pair(row)
        stem = name.removesuffix(".png")
        pairs = self.files.pairs(range(self.files.columns.place_count, len(self)))
        return next((pair for pair in pairs if pair.record.name.removesuffix(".png") == stem), None)

    def random(self, query: Query = EVERYTHING, *, seed: int) -> Pair | None:
        """Return one matching pair at random, all equally likely; the same one for the same seed."""
        rows = np.flatnonzero(self._filter(query).rows())
        return self.pair(int(np.random.default_rng(seed).choice(rows))) if len(rows) else None

    def export(self, query: Query = EVERYTHING, *, path: str | Path, format: str = "") -> int:  # noqa: A002 - the usual word
        """Write all matching pairs to a file and return how many; see ``catalog.export.export_pairs``.

        Raises:
            QueryError: If this catalog cannot answer the query.
            CatalogError: If the format is not known, or the file cannot be written.
        """
        return export_pairs(self, self.rows(query), path=path, format=format)

    def to_geopandas(self, query: Query = EVERYTHING) -> geopandas.GeoDataFrame:
        """Return all matching pairs with their footprints; see ``dataframes.to_geopandas``."""
        return to_geopandas(self.path, self.rows(query))

    def to_xarray(self, record: Record, *, source: ChipSource, bands: bool = False) -> xr.Dataset:
        """Return the chip of a record with its captions; see ``dataframes.to_xarray``."""
        return to_xarray(record, source=source, bands=bands)

    def __reduce__(self) -> tuple[Callable[..., Catalog], tuple[Path, str]]:
        """Pickle the folder and the version that is open."""
        return _reopen, (self.folder, self.version)

    def _filter(self, query: Query) -> QueryFilter:
        files = self.files
        return QueryFilter(
            files.columns,
            query,
            words=files.matches_words,
            shares=lambda: files.shares,
            findings=lambda: files.findings,
        )


@lru_cache(maxsize=4)
def _reopen(folder: Path, version: str) -> Catalog:
    """Open a pickled catalog, once for all its copies."""
    return Catalog(folder, version)


def open_catalog(folder: str | Path) -> Catalog:
    """Return the catalog in a folder.

    Raises:
        CatalogError: If there is no catalog, or it is damaged or has another schema.
    """
    return Catalog(Path(folder))
