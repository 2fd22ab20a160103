"""What an audit found, into the catalog, so that findings can be asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog import parquet
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.finding_bits import JUDGED, MARKS, MOST_CHECKS, Marks
from chatearthnet_explorer.catalog.schema import KINDS
from chatearthnet_explorer.catalog.versions import locked, successor, write_json
from chatearthnet_explorer.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def remember(folder: str | Path, rows: NDArray[np.int64], found: Marks, *, about: Mapping[str, Any]) -> Catalog:
    """Write what was found of some pairs into a catalog and return it; what is known of the others stays.

    Args:
        folder: The catalog.
        rows: Which pairs were judged.
        found: What was found of them, in the order of ``rows``. Where its checks are others than before, what was
            known before is dropped.
        about: How they were judged, for the catalog's report.

    Raises:
        CatalogError: If there are more than ``MOST_CHECKS``, there is no catalog, somebody else is writing it, or it
            cannot be written.
    """
    folder = Path(folder)
    if len(found.checks) > MOST_CHECKS:
        msg = f"A catalog remembers {MOST_CHECKS} checks, not {len(found.checks)}; leave some out."
        raise CatalogError(msg)
    with locked(folder), open_catalog(folder) as catalog:
        before = catalog.stored.marks
        if before is not None and dict(before.checks) == dict(found.checks):
            bits, scores = before.bits.copy(), before.scores.copy()
        else:
            shape = (len(catalog), len(KINDS))
            bits, scores = np.zeros(shape, np.uint32), np.zeros(shape, np.int16)
        bits[rows], scores[rows] = found.bits, found.scores
        marks = Marks(found.checks, bits, scores)
        judged = int(np.count_nonzero((bits & JUDGED).any(axis=1)))
        report = {**catalog.stored.report, "audited": judged, "audit": dict(about)}
        with successor(folder, catalog.stored.folder, replaced={MARKS, parquet.PAIRS, "report.json"}) as version:
            marks.save(version)
            parquet.write_with_findings(
                catalog.path, version / parquet.PAIRS, bits, checks=tuple(found.checks), simulated=catalog.simulated
            )
            write_json(version / "report.json", report)
    return open_catalog(folder)
