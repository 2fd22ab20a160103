"""Export pairs to CSV, JSON Lines, GeoJSON, GeoParquet or the layout of a release."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from chatearthnet_explorer.catalog.geoparquet import write_some
from chatearthnet_explorer.catalog.schema import FINDING_COLUMN, SHARE_COLUMN, SUFFIX
from chatearthnet_explorer.errors import CatalogError, ExplorerError
from chatearthnet_explorer.files.spreadsheets import ENCODING, cell
from chatearthnet_explorer.files.whole_file import whole_file
from chatearthnet_explorer.record import MARKER, SPLITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.catalog.pair_table import PairTable

FORMATS = {"csv": ".csv", "jsonl": ".jsonl", "geojson": ".geojson", "geoparquet": ".parquet", "release": ""}
"""Export formats, with the usual ending; ``release`` is a folder of JSON files in the release's own layout."""

ENDINGS = {ending: name for name, ending in FORMATS.items() if ending} | {".geoparquet": "geoparquet"}
"""Format by the ending of a file's name."""

_SIDES = ("west", "south", "east", "north")
_COLUMNS = (
    *("name", "lon", "lat", *_SIDES, "country", "country_iso", "continent"),
    *(f"{kind}_{suffix}" for suffix in SUFFIX.values() for kind in ("split", "caption", "classes", "dominant")),
    *("flags", *FINDING_COLUMN.values(), *SHARE_COLUMN.values(), "simulated"),
)


def export_pairs(table: PairTable, rows: NDArray[np.int64], *, path: str | Path, format: str = "") -> int:  # noqa: A002 - the usual word
    """Write pairs to a file, in the order of their rows, and return how many there are.

    The file is complete or absent, and is marked if the pairs are simulated. CSV is for spreadsheets: UTF-8 with
    a byte order mark, and an apostrophe before texts that a spreadsheet would take for a formula.

    Args:
        table: The catalog.
        rows: Rows of the pairs.
        path: The new file; for ``release`` a new folder, which must not exist.
        format: One of ``FORMATS``; empty to take it from the path's ending.

    Raises:
        CatalogError: If the format is not known, or the file cannot be written.
    """
    path = Path(path)
    if format and format not in FORMATS:
        msg = f"There is no format {format[:40]!r} to export to; choose one of {', '.join(FORMATS)}."
        raise CatalogError(msg)
    format = format or ENDINGS.get(path.suffix.lower(), "")  # noqa: A001
    if not format:
        ending = f"The ending {path.suffix[:20]!r}" if path.suffix else "A name without ending"
        msg = f"{ending} is not a known export format; use {', '.join(ENDINGS)}, or name the format, such as release."
        raise CatalogError(msg)
    if format == "release" and table.writer:
        msg = (
            "The format release is that of ChatEarthNet's own captions, and these are by another writer; export them "
            "as jsonl, csv, geojson or geoparquet."
        )
        raise CatalogError(msg)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pairs = table.pairs_at(rows.tolist())
        with whole_file(path) as part:
            if format == "geoparquet":
                write_some(table.path, part, rows, simulated=table.simulated, writer=table.writer)
            elif format == "release":
                _write_release(pairs, part, simulated=table.simulated)
            else:
                with part.open("w", encoding=ENCODING if format == "csv" else "utf-8", newline="") as file:
                    _WRITERS[format](file, pairs, _marks(table))
    except OSError as error:
        if isinstance(error, ExplorerError):
            raise
        msg = f"{path} cannot be written ({error.strerror or 'the disk refused'}); choose another place."
        raise CatalogError(msg) from error
    return len(rows)


def _marks(table: PairTable) -> dict[str, Any]:
    """Return what each exported pair says of its catalog: whether it is simulated, and whose captions these are."""
    return {**({"captions_by": table.writer} if table.writer else {}), "simulated": table.simulated}


def _flat(pair: Pair, marks: dict[str, Any]) -> dict[str, Any]:
    """Return a pair as one level of names and values."""
    fields, record = pair.to_dict(), pair.record
    bounds = record.tile.bounds if record.tile else (None,) * 4
    flat = {name: fields[name] for name in ("name", "lon", "lat")}
    flat |= dict(zip(_SIDES, bounds, strict=True))
    flat |= {name: fields[name] for name in ("country", "country_iso", "continent")}
    for style, suffix in SUFFIX.items():
        flat[f"split_{suffix}"] = record.splits.get(style)
        flat[f"caption_{suffix}"] = record.captions.get(style)
        flat[f"classes_{suffix}"] = "; ".join(pair.classes.get(style, ()))
        flat[f"dominant_{suffix}"] = pair.dominant.get(style)
    flat["flags"] = "; ".join(pair.flags)
    findings = pair.findings or {}
    flat |= {column: "; ".join(findings[kind]) if kind in findings else None for kind, column in FINDING_COLUMN.items()}
    flat |= {column: None if pair.shares is None else pair.shares[name] for name, column in SHARE_COLUMN.items()}
    return {**flat, **marks, "simulated": "yes" if marks["simulated"] else "no"}


def _write_csv(file: TextIO, pairs: Iterator[Pair], marks: dict[str, Any]) -> None:
    writer = csv.DictWriter(file, [*_COLUMNS[:-1], *marks])
    writer.writeheader()
    for pair in pairs:
        writer.writerow({name: cell(value) for name, value in _flat(pair, marks).items()})


def _write_jsonl(file: TextIO, pairs: Iterator[Pair], marks: dict[str, Any]) -> None:
    for pair in pairs:
        claims = {style: [dict(claim) for claim in fields] for style, fields in pair.claims.items()}
        line = {**pair.to_dict(), "claims": claims, **marks}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _write_geojson(file: TextIO, pairs: Iterator[Pair], marks: dict[str, Any]) -> None:
    """Write a FeatureCollection of footprints (RFC 7946); pairs without a place have no geometry."""
    marks_json = json.dumps(marks, ensure_ascii=False)[1:-1]
    file.write(f'{{"type": "FeatureCollection", {marks_json}, "features": [')
    link = "\n"
    for pair in pairs:
        tile = pair.record.tile
        geometry = None
        if tile:
            west, south, east, north = tile.bounds
            ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
            geometry = {"type": "Polygon", "coordinates": [ring]}
        feature = {"type": "Feature", "geometry": geometry, "properties": _flat(pair, marks)}
        file.write(link + json.dumps(feature, ensure_ascii=False))
        link = ",\n"
    file.write("\n]}\n")


def _write_release(pairs: Iterator[Pair], folder: Path, *, simulated: bool) -> None:
    """Write the JSON files of a release: one a style and split, each a list of image and caption."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    files = {
        (style, split): (folder / f"ChatEarthNet_caps_{suffix}_{split}.json").open("w", encoding="utf-8")
        for style, suffix in SUFFIX.items()
        for split in SPLITS
    }
    links = dict.fromkeys(files, "[\n")
    try:
        for pair in pairs:
            for style, split in pair.record.splits.items():
                entry = {"image": pair.record.name, "caption": pair.record.captions[style]}
                files[style, split].write(links[style, split] + json.dumps(entry, ensure_ascii=False))
                links[style, split] = ",\n"
    finally:
        for key, file in files.items():
            with file:
                file.write("[]\n" if links[key] == "[\n" else "\n]\n")
    if simulated:
        (folder / MARKER).write_text('{"simulated": true}\n', encoding="utf-8")


_WRITERS: dict[str, Callable[[TextIO, Iterator[Pair], dict[str, Any]], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "geojson": _write_geojson,
}
