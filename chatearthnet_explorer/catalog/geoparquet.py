"""Write the GeoParquet file of all pairs, with DuckDB."""

from __future__ import annotations

import json
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog.audit_findings import CHECKED_BIT
from chatearthnet_explorer.catalog.pair_flags import FLAGS
from chatearthnet_explorer.catalog.schema import (
    CAPTION_COLUMNS,
    COLUMNS,
    COUNTRY_COLUMN,
    FINDING_COLUMN,
    MEMBER_COLUMN,
    MEMBER_FIELDS,
    PLACE_COLUMNS,
    SCHEMA,
    SHARE_COLUMN,
    SUFFIX,
)
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.record import SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb
    from numpy.typing import NDArray

    from chatearthnet_explorer.places.countries import Country
    from chatearthnet_explorer.tile import Tile

PAIRS = "pairs.parquet"
"""Name of the file in a catalog."""

MEMORY = "384MB"
"""Memory that DuckDB can use before it writes to disk."""

ROW_GROUP = 8192
"""Rows that a reader skips together; they are near each other on Earth."""

_LINE = {"name": "VARCHAR", "file": "VARCHAR", **PLACE_COLUMNS, "geometry": "VARCHAR", **CAPTION_COLUMNS}
_MOST_BYTES_OF_LINE = "maximum_object_size = 16777216"


def place_fields(tile: Tile | None) -> dict[str, Any]:
    """Return the fields of a place for the lines that ``write`` reads; all None without a place."""
    if tile is None:
        return dict.fromkeys((*PLACE_COLUMNS, "geometry"))
    west, south, east, north = tile.bounds
    lon, lat = tile.center
    return {
        "x": tile.x, "y": tile.y, "col": tile.x // 2, "row": tile.y // 2, "i": tile.y % 2, "j": tile.x % 2,
        "lon": lon, "lat": lat, "bbox": {"xmin": west, "ymin": south, "xmax": east, "ymax": north},
        "geometry": footprint(tile).hex(),
    }  # fmt: skip


def footprint(tile: Tile) -> bytes:
    """Return the outline of a tile as a WKB polygon in degrees, counterclockwise."""
    west, south, east, north = tile.bounds
    ring = (west, south, east, south, east, north, west, north, west, south)
    return struct.pack("<BIII10d", 1, 3, 1, 5, *ring)


@contextmanager
def open_duckdb(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a new DuckDB connection with bounded memory, which spills to a folder.

    Raises:
        CatalogError: If DuckDB is not installed, or a command fails.
    """
    try:
        import duckdb
    except ImportError as error:
        msg = "Catalogs are written with DuckDB; install it with `pip install 'chatearthnet-explorer[catalog]'`."
        raise CatalogError(msg) from error
    offline = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    try:
        with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder), **offline}) as base:
            # footprints are written as bytes, with our own metadata
            base.execute("SET enable_geoparquet_conversion = false")
            base.execute("SET enable_progress_bar = false")  # its own one, on standard output
            yield base
    except duckdb.Error as error:
        why = " ".join(str(error).split())[:200]
        msg = f"The GeoParquet file cannot be written ({why}); free some disk space or choose another folder."
        raise CatalogError(msg) from error


def write(
    lines: Sequence[Path],
    path: Path,
    *,
    columns: dict[str, NDArray[Any]],
    countries: Sequence[Country],
    folders: Sequence[str],
    simulated: bool,
    writer: str = "",
) -> None:
    """Write the pairs into a GeoParquet 1.1 file, without shares and findings.

    Args:
        lines: Files of JSON lines, in the order of the rows.
        path: The new file.
        columns: The other columns: ``country``, ``flags``, ``split_*``, ``class_bits_*``, and for each archive the
            fields of ``net.zip_directory.Member`` and the position of its folder.
        countries: The countries by position; the first one means none.
        folders: The folders by position.
        simulated: Whether the release is marked as simulated.
        writer: Who wrote the captions, if they are not those of the release; for the file's metadata.
    """
    expressions = {name: name for name in ("name", *PLACE_COLUMNS, *CAPTION_COLUMNS)}
    for suffix in SUFFIX.values():
        expressions[f"split_{suffix}"] = f"getvariable('splits')[nullif(split_{suffix}, 0)]"
        expressions[f"class_bits_{suffix}"] = f"class_bits_{suffix}"
    expressions |= {name: f"nullif(getvariable('{name}')[country + 1], '')" for name in COUNTRY_COLUMN}
    expressions["flags"] = "list_filter(getvariable('flags'), lambda flag, bit: (flags >> (bit - 1)) % 2 = 1)"
    for column in MEMBER_COLUMN.values():
        numbers = ", ".join(f"'{name}': {column}_{name}" for name in MEMBER_FIELDS)
        file = f"getvariable('folders')[{column}_folder + 1] || file"
        expressions[column] = f"CASE WHEN {column}_size > 0 THEN {{'name': {file}, {numbers}}} END"
    expressions |= dict.fromkeys(SHARE_COLUMN.values(), "NULL::FLOAT")
    expressions |= dict.fromkeys(FINDING_COLUMN.values(), "NULL::VARCHAR[]")
    expressions["geometry"] = "unhex(geometry)"
    selected = ", ".join(f"{expressions[name]} AS {name}" for name in COLUMNS)
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in _LINE.items())
    read = (
        f"read_json(getvariable('lines'), format = 'newline_delimited', columns = {{{kinds}}}, {_MOST_BYTES_OF_LINE})"
    )
    with open_duckdb(path.parent) as base:
        for name, values in (("lines", map(str, lines)), ("splits", SPLITS), ("flags", FLAGS), ("folders", folders)):
            base.execute(f"SET VARIABLE {name} = ?", [list(values)])
        for name, field in COUNTRY_COLUMN.items():
            base.execute(f"SET VARIABLE {name} = ?", [[getattr(country, field) for country in countries]])
        base.register("numbers", columns)
        # every name comes from the tables of this package; text of others is only in files and variables
        rows = f"SELECT {selected} FROM {read} POSITIONAL JOIN numbers"  # noqa: S608 - see above
        base.execute(f"COPY ({rows}) TO {_quote(path)} {_options(simulated=simulated, writer=writer)}")


def write_with_shares(
    source: Path, path: Path, shares: NDArray[np.float32], *, simulated: bool, writer: str = ""
) -> None:
    """Rewrite a file of pairs with the shares of ``NAMES``, (rows, 11), NaN for unknown ones."""
    names = SHARE_COLUMN.values()
    expressions = ", ".join(f"CASE WHEN NOT isnan(value_{name}) THEN value_{name} END AS {name}" for name in names)
    values = {f"value_{name}": np.ascontiguousarray(shares[:, place]) for place, name in enumerate(names)}
    with open_duckdb(path.parent) as base:
        _write_again(base, source, path, values, expressions, simulated=simulated, writer=writer)


def write_with_findings(
    source: Path, path: Path, bits: NDArray[np.uint32], *, checks: Sequence[str], simulated: bool, writer: str = ""
) -> None:
    """Rewrite a file of pairs with the checks that found something, from the bits of ``AuditFindings``."""
    names = FINDING_COLUMN.values()
    checks_of_bits = "list_filter(getvariable('checks'), lambda one, bit: (value_{name} >> (bit - 1)) % 2 = 1)"
    expressions = ", ".join(
        f"CASE WHEN value_{name} >= {CHECKED_BIT} THEN {checks_of_bits.format(name=name)} END AS {name}"
        for name in names
    )
    values = {f"value_{name}": np.ascontiguousarray(bits[:, place]) for place, name in enumerate(names)}
    with open_duckdb(path.parent) as base:
        base.execute("SET VARIABLE checks = ?", [list(checks)])
        _write_again(base, source, path, values, expressions, simulated=simulated, writer=writer)


def _write_again(
    base: duckdb.DuckDBPyConnection,
    source: Path,
    path: Path,
    values: dict[str, NDArray[Any]],
    expressions: str,
    *,
    simulated: bool,
    writer: str = "",
) -> None:
    base.register("numbers", values)
    own = f"SELECT * EXCLUDE ({', '.join(values)}) REPLACE ({expressions})"
    rows = f"{own} FROM read_parquet({_quote(source)}) POSITIONAL JOIN numbers"
    base.execute(f"COPY ({rows}) TO {_quote(path)} {_options(simulated=simulated, writer=writer)}")


def write_some(source: Path, path: Path, rows: NDArray[np.int64], *, simulated: bool, writer: str = "") -> None:
    """Write some rows of a file of pairs, in the order of ``rows``."""
    with open_duckdb(path.parent) as base:
        base.register("chosen", {"file_row_number": rows, "place": np.arange(len(rows))})
        some = (
            "SELECT pairs.* EXCLUDE (file_row_number) "  # noqa: S608 - the path is quoted
            f"FROM read_parquet({_quote(source)}, file_row_number = true) AS pairs "
            "JOIN chosen USING (file_row_number) ORDER BY place"
        )
        base.execute(f"COPY ({some}) TO {_quote(path)} {_options(simulated=simulated, writer=writer)}")


def _options(*, simulated: bool, writer: str) -> str:
    """Return the options for a GeoParquet file in DuckDB: https://geoparquet.org/releases/v1.1.0."""
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
    metadata = {"geo": json.dumps(geo), "chatearthnet_schema": str(SCHEMA), "simulated": "yes" if simulated else "no"}
    if writer:
        metadata["captions_by"] = writer
    pairs = ", ".join(f"{key}: {_quote(value)}" for key, value in metadata.items())
    return f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}, KV_METADATA {{{pairs}}})"


def _quote(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
