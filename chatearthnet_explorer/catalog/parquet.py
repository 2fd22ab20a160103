"""The pairs as one GeoParquet file, written by DuckDB."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog.schema import FLAGS, MEMBER_COLUMN, NAMES, SCHEMA, SUFFIX
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.legend import CLASSES
from chatearthnet_explorer.record import ARCHIVES, SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import duckdb
    from numpy.typing import NDArray

    from chatearthnet_explorer.tile import Tile
    from chatearthnet_explorer.world import Country

MEMORY = "384MB"
"""What DuckDB may take before it writes to disk."""

ROW_GROUP = 8192
"""Rows that a reader skips together; they are neighbours on Earth."""

_MEMBER_FIELDS = ("offset", "packed", "size", "method", "crc")
_PLACE = {"x": "USMALLINT", "y": "USMALLINT", "col": "USMALLINT", "row": "USMALLINT", "i": "UTINYINT", "j": "UTINYINT",
          "lon": "DOUBLE", "lat": "DOUBLE",
          "bbox": "STRUCT(xmin DOUBLE, ymin DOUBLE, xmax DOUBLE, ymax DOUBLE)"}  # fmt: skip
_CLAIMS = 'STRUCT("class" VARCHAR, part VARCHAR, size VARCHAR, leads BOOLEAN, negated BOOLEAN)[]'
_TOLD = {"caption": "VARCHAR", "classes": "VARCHAR[]", "dominant": "VARCHAR", "claims": _CLAIMS}
_LINE = {"name": "VARCHAR", "file": "VARCHAR", **_PLACE, "geometry": "VARCHAR",
         **{f"{kind}_{suffix}": sort for kind, sort in _TOLD.items() for suffix in SUFFIX.values()}}  # fmt: skip


def place_fields(tile: Tile | None) -> dict[str, Any]:
    """Return the fields of a place as they stand in the lines that ``write`` reads; all None without one."""
    if tile is None:
        return dict.fromkeys((*_PLACE, "geometry"))
    west, south, east, north = tile.bounds
    lon, lat = tile.center
    return {
        "x": tile.x, "y": tile.y, "col": tile.x // 2, "row": tile.y // 2, "i": tile.y % 2, "j": tile.x % 2,
        "lon": lon, "lat": lat, "bbox": {"xmin": west, "ymin": south, "xmax": east, "ymax": north},
        "geometry": footprint(tile).hex(),
    }  # fmt: skip


def footprint(tile: Tile) -> bytes:
    """Return the outline of a tile as a WKB polygon in degrees, against the clock."""
    west, south, east, north = tile.bounds
    ring = (west, south, east, south, east, north, west, north, west, south)
    return struct.pack("<BIII10d", 1, 3, 1, 5, *ring)


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB of its own, bounded in memory, that puts what does not fit into a folder.

    Raises:
        CatalogError: If DuckDB is not installed.
    """
    try:
        import duckdb  # noqa: PLC0415 - only who builds, enriches or exports GeoParquet needs it
    except ImportError as error:
        msg = "Catalogs are written with DuckDB; install it with `pip install 'chatearthnet-explorer[catalog]'`."
        raise CatalogError(msg) from error
    return duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(folder),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def write(
    lines: Sequence[Path],
    path: Path,
    *,
    columns: dict[str, NDArray[Any]],
    countries: Sequence[Country],
    folders: Sequence[str],
) -> None:
    """Write the pairs into a GeoParquet 1.1 file.

    Args:
        lines: Files of JSON lines, in the order of the rows.
        path: The file to be.
        columns: What else is known, by row: ``country``, ``flags``, ``split_*``, and of each archive the numbers
            of ``record.Member`` and the position of its folder; ``share_*`` where shares are known.
        countries: What ``country`` counts; the first is none.
        folders: What ``*_folder`` counts.
    """
    selected = ["name", *_PLACE, *(f"{kind}_{suffix}" for suffix in SUFFIX.values() for kind in _TOLD)]
    selected += [f"[{_listed(SPLITS)}][nullif(split_{suffix}, 0)] AS split_{suffix}" for suffix in SUFFIX.values()]
    selected += [f"class_bits_{suffix}" for suffix in SUFFIX.values()]
    for field in ("name", "iso", "continent"):
        known = _listed(getattr(country, field) for country in countries)
        selected.append(f"nullif([{known}][country + 1], '') AS {_COUNTRY[field]}")
    selected.append(f"list_filter([{_listed(FLAGS)}], lambda flag, bit: (flags >> (bit - 1)) % 2 = 1) AS flags")
    for archive in ARCHIVES:
        column = MEMBER_COLUMN[archive]
        numbers = ", ".join(f"'{field}': {column}_{field}" for field in _MEMBER_FIELDS)
        name = f"[{_listed(folders)}][{column}_folder + 1] || file"
        selected.append(f"CASE WHEN {column}_size > 0 THEN {{'name': {name}, {numbers}}} END AS {column}")
    selected += [f"CASE WHEN NOT isnan({share}) THEN {share} END AS {share}" for share in share_columns()]
    selected.append("unhex(geometry) AS geometry")
    if share_columns()[0] not in columns:
        unknown = np.full(len(columns["flags"]), np.nan, np.float32)
        columns = {**columns, **dict.fromkeys(share_columns(), unknown)}
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in _LINE.items())
    files = _listed(map(str, lines))
    with connect(path.parent) as base:
        base.register("numbers", columns)
        read = (
            f"read_json([{files}], format = 'newline_delimited', columns = {{{kinds}}}, maximum_object_size = 16777216)"
        )
        # every name in it is from the tables of this package; what users wrote stands in the files alone
        rows = f"SELECT {', '.join(selected)} FROM {read} POSITIONAL JOIN numbers"  # noqa: S608 - as said
        base.execute(f"COPY ({rows}) TO {_quoted(str(path))} {options()}")


def options() -> str:
    """Return how DuckDB is to write a GeoParquet file: https://geoparquet.org/releases/v1.1.0."""
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": ["Polygon"],
                "orientation": "counterclockwise",
                "edges": "planar",
                "covering": {"bbox": {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}},
            }
        },
    }
    return (
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}, "
        f"KV_METADATA {{geo: {_quoted(json.dumps(geo))}, chatearthnet_schema: '{SCHEMA}'}})"
    )


def share_columns() -> list[str]:
    """Return the names of the columns of shares, in the order of ``NAMES``."""
    return [f"share_{name.replace(' ', '_')}" for name in NAMES]


_COUNTRY = {"name": "country", "iso": "country_iso", "continent": "continent"}
assert len(NAMES) == len(CLASSES) - 1  # noqa: S101 - shares skip the background


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(map(_quoted, texts))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
