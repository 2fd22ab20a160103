"""The pairs as one GeoParquet file, written by DuckDB."""

from __future__ import annotations

import json
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog.finding_bits import JUDGED
from chatearthnet_explorer.catalog.schema import FLAGS, KINDS, MEMBER_COLUMN, NAMES, SCHEMA, SUFFIX
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.record import ARCHIVES, SPLITS

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


@contextmanager
def connected(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a DuckDB of its own, bounded in memory, that puts what does not fit into a folder.

    Raises:
        CatalogError: If DuckDB is not installed, or cannot do what it is told.
    """
    try:
        import duckdb  # noqa: PLC0415 - only who builds, enriches or exports GeoParquet needs it
    except ImportError as error:
        msg = "Catalogs are written with DuckDB; install it with `pip install 'chatearthnet-explorer[catalog]'`."
        raise CatalogError(msg) from error
    offline = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    try:
        with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder), **offline}) as base:
            # footprints are bytes to us, and their metadata is our own
            base.execute("SET enable_geoparquet_conversion = false")
            yield base
    except duckdb.Error as error:
        why = " ".join(str(error).split())[:200]
        msg = f"The GeoParquet file cannot be written ({why}); free some room or choose another place."
        raise CatalogError(msg) from error


def write(  # noqa: PLR0913 - what a file is made of
    lines: Sequence[Path],
    path: Path,
    *,
    columns: dict[str, NDArray[Any]],
    countries: Sequence[Country],
    folders: Sequence[str],
    simulated: bool,
) -> None:
    """Write the pairs into a GeoParquet 1.1 file, without shares and findings.

    Args:
        lines: Files of JSON lines, in the order of the rows.
        path: The file to be.
        columns: What else is known, by row: ``country``, ``flags``, ``split_*``, ``class_bits_*``, and of each
            archive the numbers of ``record.Member`` and the position of its folder.
        countries: What ``country`` counts; the first is none.
        folders: What ``*_folder`` counts.
        simulated: Whether the release says that it is made up.
    """
    selected = ["name", *_PLACE, *(f"{kind}_{suffix}" for suffix in SUFFIX.values() for kind in _TOLD)]
    selected += [
        f"getvariable('splits')[nullif(split_{suffix}, 0)] AS split_{suffix}, class_bits_{suffix}"
        for suffix in SUFFIX.values()
    ]
    selected += [f"nullif(getvariable('{name}')[country + 1], '') AS {name}" for name in _COUNTRY]
    selected.append("list_filter(getvariable('flags'), lambda flag, bit: (flags >> (bit - 1)) % 2 = 1) AS flags")
    for archive in ARCHIVES:
        column = MEMBER_COLUMN[archive]
        numbers = ", ".join(f"'{field}': {column}_{field}" for field in _MEMBER_FIELDS)
        name = f"getvariable('folders')[{column}_folder + 1] || file"
        selected.append(f"CASE WHEN {column}_size > 0 THEN {{'name': {name}, {numbers}}} END AS {column}")
    selected += [f"NULL::FLOAT AS {share}" for share in share_columns()]
    selected += [f"NULL::VARCHAR[] AS {findings}" for findings in finding_columns()]
    selected.append("unhex(geometry) AS geometry")
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in _LINE.items())
    read = f"read_json(getvariable('lines'), format = 'newline_delimited', columns = {{{kinds}}}, {_LONGEST_LINE})"
    with connected(path.parent) as base:
        for name, known in (("lines", map(str, lines)), ("splits", SPLITS), ("flags", FLAGS), ("folders", folders)):
            base.execute(f"SET VARIABLE {name} = ?", [list(known)])
        for name, field in _COUNTRY.items():
            base.execute(f"SET VARIABLE {name} = ?", [[getattr(country, field) for country in countries]])
        base.register("numbers", columns)
        # every name is from the tables of this package; what others wrote stands in files and variables alone
        rows = f"SELECT {', '.join(selected)} FROM {read} POSITIONAL JOIN numbers"  # noqa: S608 - as said
        base.execute(f"COPY ({rows}) TO {_quoted(path)} {_options(simulated=simulated)}")


def write_with_shares(source: Path, path: Path, shares: NDArray[np.float32], *, simulated: bool) -> None:
    """Write a file of pairs again, with the shares of ``NAMES``, (rows, 11), NaN where they are not known."""
    names = share_columns()
    replaced = ", ".join(f"CASE WHEN NOT isnan(known_{name}) THEN known_{name} END AS {name}" for name in names)
    known = {f"known_{name}": np.ascontiguousarray(shares[:, place]) for place, name in enumerate(names)}
    with connected(path.parent) as base:
        _write_again(base, source, path, known, replaced, simulated=simulated)


def write_with_findings(
    source: Path, path: Path, bits: NDArray[np.uint32], *, checks: Sequence[str], simulated: bool
) -> None:
    """Write a file of pairs again, with the checks that found something, from the bits of ``marks.Marks``."""
    names = finding_columns()
    found = "list_filter(getvariable('checks'), lambda one, bit: (known_{name} >> (bit - 1)) % 2 = 1)"
    replaced = ", ".join(
        f"CASE WHEN known_{name} >= {JUDGED} THEN {found.format(name=name)} END AS {name}" for name in names
    )
    known = {f"known_{name}": np.ascontiguousarray(bits[:, place]) for place, name in enumerate(names)}
    with connected(path.parent) as base:
        base.execute("SET VARIABLE checks = ?", [list(checks)])
        _write_again(base, source, path, known, replaced, simulated=simulated)


def _write_again(  # noqa: PLR0913 - one step of two writers
    base: duckdb.DuckDBPyConnection,
    source: Path,
    path: Path,
    known: dict[str, NDArray[Any]],
    replaced: str,
    *,
    simulated: bool,
) -> None:
    base.register("numbers", known)
    own = f"SELECT * EXCLUDE ({', '.join(known)}) REPLACE ({replaced})"
    rows = f"{own} FROM read_parquet({_quoted(source)}) POSITIONAL JOIN numbers"
    base.execute(f"COPY ({rows}) TO {_quoted(path)} {_options(simulated=simulated)}")


def write_some(source: Path, path: Path, rows: NDArray[np.int64], *, simulated: bool) -> None:
    """Write some rows of a file of pairs, in the order in which they are given."""
    with connected(path.parent) as base:
        base.register("chosen", {"file_row_number": rows, "place": np.arange(len(rows))})
        some = (
            "SELECT pairs.* EXCLUDE (file_row_number) "  # noqa: S608 - the path is quote
            f"FROM read_parquet({_quoted(source)}, file_row_number = true) AS pairs "
            "JOIN chosen USING (file_row_number) ORDER BY place"
        )
        base.execute(f"COPY ({some}) TO {_quoted(path)} {_options(simulated=simulated)}")


def _options(*, simulated: bool) -> str:
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
    told = {"geo": json.dumps(geo), "chatearthnet_schema": str(SCHEMA), "simulated": "yes" if simulated else "no"}
    metadata = ", ".join(f"{key}: {_quoted(value)}" for key, value in told.items())
    return f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}, KV_METADATA {{{metadata}}})"


def share_columns() -> list[str]:
    """Return the names of the columns of shares, in the order of ``NAMES``."""
    return [f"share_{name.replace(' ', '_')}" for name in NAMES]


def finding_columns() -> list[str]:
    """Return the names of the columns of findings, in the order of ``KINDS``."""
    return [f"findings_{SUFFIX.get(kind, kind)}" for kind in KINDS]


_COUNTRY = {"country": "name", "country_iso": "iso", "continent": "continent"}
_LONGEST_LINE = "maximum_object_size = 16777216"


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
