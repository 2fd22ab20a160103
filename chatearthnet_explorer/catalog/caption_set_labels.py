"""Hand the pixel counts of a catalog on to its caption sets, after the catalog was enriched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog import geoparquet
from chatearthnet_explorer.catalog.caption_set_files import rows_in
from chatearthnet_explorer.catalog.catalog_versions import lock_folder, successor, write_json
from chatearthnet_explorer.catalog.pixel_counts import COUNTS, is_read, shares_of, unread
from chatearthnet_explorer.errors import CatalogError

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.catalog import Catalog


def update_labels(catalog: Catalog) -> None:
    """Give every set the counts of the catalog; one that cannot be written now stays as it is."""
    for caption_set in catalog.caption_sets:
        try:
            captions = catalog.captions_of(caption_set)
            with lock_folder(captions.folder):
                _update(catalog, captions)
        except CatalogError:  # such as an audit that is writing: the next addition or enrichment does it
            continue


def _update(catalog: Catalog, captions: Catalog) -> None:
    if catalog.files.counts is None:
        return
    rows = rows_in(catalog, captions)
    counts = unread(len(captions))
    counts[rows >= 0] = catalog.files.counts[rows[rows >= 0]]
    labels = {key: value for key, value in catalog.files.report.items() if key.startswith("labels")}
    report = {**captions.files.report, **labels, "enriched": int(np.count_nonzero(is_read(counts)))}
    new_files = {COUNTS, geoparquet.PAIRS, "report.json"}
    with successor(captions.folder, captions.files.folder, without=new_files) as version:
        np.save(version / COUNTS, counts)
        path = version / geoparquet.PAIRS
        geoparquet.write_with_shares(
            captions.path, path, shares_of(counts), simulated=captions.simulated, writer=captions.writer
        )
        write_json(version / "report.json", report)
