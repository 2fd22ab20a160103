"""Save the findings of an audit in the catalog, so that queries can filter by them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog import geoparquet
from chatearthnet_explorer.catalog.audit_findings import CHECKED_BIT, FINDINGS_FILE, MOST_CHECKS, AuditFindings
from chatearthnet_explorer.catalog.bit_codes import KINDS
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.catalog_versions import lock_folder, successor, write_json
from chatearthnet_explorer.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def save_findings(
    folder: str | Path, rows: NDArray[np.int64], findings: AuditFindings, *, about: Mapping[str, Any]
) -> Catalog:
    """Write the findings of some pairs into a catalog and return it; the findings of other pairs stay.

    Args:
        folder: The catalog.
        rows: The pairs that were checked.
        findings: Their findings, in the order of ``rows``. If the checks or their strictness differ from those before,
            the findings from before are dropped.
        about: How they were checked, for the catalog's report.

    Raises:
        CatalogError: If there are more than ``MOST_CHECKS``, there is no catalog, another process is writing it, or it
            cannot be written.
    """
    folder = Path(folder)
    if len(findings.checks) > MOST_CHECKS:
        msg = f"A catalog can have {MOST_CHECKS} checks, not {len(findings.checks)}; leave some out."
        raise CatalogError(msg)
    with lock_folder(folder), open_catalog(folder) as catalog:
        before = catalog.files.findings
        same_strictness = bool(catalog.files.report.get("audit", {}).get("strict")) == bool(about.get("strict"))
        if before is not None and same_strictness and dict(before.checks) == dict(findings.checks):
            bits, scores = before.bits.copy(), before.scores.copy()
        else:
            shape = (len(catalog), len(KINDS))
            bits, scores = np.zeros(shape, np.uint32), np.zeros(shape, np.int16)
        bits[rows], scores[rows] = findings.bits, findings.scores
        all_findings = AuditFindings(findings.checks, bits, scores)
        checked_count = int(np.count_nonzero((bits & CHECKED_BIT).any(axis=1)))
        report = {**catalog.files.report, "audited": checked_count, "audit": dict(about)}
        with successor(
            folder, catalog.files.folder, without={FINDINGS_FILE, geoparquet.PAIRS, "report.json"}
        ) as version:
            all_findings.save(version)
            geoparquet.write_with_findings(
                catalog.path,
                version / geoparquet.PAIRS,
                bits,
                checks=tuple(findings.checks),
                simulated=catalog.simulated,
                writer=catalog.writer,
            )
            write_json(version / "report.json", report)
    return open_catalog(folder)
