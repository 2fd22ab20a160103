"""The files of a search that a browser can save: CSV, GeoJSON, GeoParquet."""

from __future__ import annotations

import shlex
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.catalog.export import FORMATS, export_pairs
from chatearthnet_explorer.catalog.facet_order import MULTIPLE
from chatearthnet_explorer.errors import QueryError
from chatearthnet_explorer.widgets.shared.download_button import FileOffer, SavedFile, safe_name

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.query import Query

MOST_PAIRS = 10_000
"""Pairs that a browser saves: some 20 MB of captions."""

_KINDS = {
    "csv": ("Spreadsheet (CSV)", "text/csv"),
    "geojson": ("Squares on a map (GeoJSON)", "application/geo+json"),
    "geoparquet": ("For data science (GeoParquet)", "application/vnd.apache.parquet"),
}


def search_files(catalog: Catalog, query: Query, total: int) -> tuple[FileOffer, ...]:
    """Return what can be saved of the pairs that match a query.

    Args:
        catalog: What is searched.
        query: The query.
        total: How many pairs match.
    """
    count = f"{total:,} {'pair' if total == 1 else 'pairs'}"
    if total > MOST_PAIRS:
        count = f"first {MOST_PAIRS:,} of {count}"
    return tuple(
        FileOffer(key=kind, label=f"{label}: {count}", make=partial(_save, catalog, query, kind))
        for kind, (label, _) in _KINDS.items()
        if total
    )


def export_command(catalog: Catalog, query: Query, kind: str) -> str:
    """Return the command line that writes all matching pairs; a drawn polygon has no option there."""
    filters = query.filters
    caption_set = catalog.caption_set
    folder = catalog.folder.parent.parent if caption_set else catalog.folder
    words = ["chatearthnet-explorer", "catalog", "export", folder.name, f"pairs{FORMATS[kind]}"]
    words += [f"--captions={caption_set.id}"] if caption_set else []
    for key, field in MULTIPLE.items():
        words += [f"--{key}={value}" for value in filters.get(field, ())]
    words += [f"--{name}={filters[name]}" for name in ("words", "style") if name in filters]
    if query.min_share is not None:
        words.append(f"--min-share={query.min_share:g}")
    if query.bbox:
        words.append(f"--bbox={','.join(f'{side:g}' for side in query.bbox)}")
    return shlex.join(words)


def _save(catalog: Catalog, query: Query, kind: str) -> SavedFile:
    rows = catalog.rows(query)
    total = len(rows)
    if not total:
        msg = "No pair matches, so there is nothing to save; remove a filter."
        raise QueryError(msg)
    rows = rows[:MOST_PAIRS]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"pairs{FORMATS[kind]}"
        export_pairs(catalog, rows, path=path, format=kind)
        data = path.read_bytes()
    simulated = " They are simulated." if catalog.simulated else ""
    note = f"Saved {len(rows):,} pairs.{simulated}"
    if total > len(rows):
        command = export_command(catalog, query, kind)
        note = f"Saved the first {len(rows):,} of {total:,} pairs.{simulated} For all of them run: {command}"
    parts = (
        "simulated" if catalog.simulated else "",
        "pairs",
        *(["further captions"] if catalog.writer else []),
        *query.country[:2],
        *query.classes[:2],
    )
    name = safe_name("chatearthnet", *parts, ending=FORMATS[kind][1:])
    return SavedFile(name=name, data=data, media_type=_KINDS[kind][1], note=note)
