"""The findings of an audit as a table, caption by caption."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.review.audit_worker import CHIP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PICTURE = "picture"
"""Style of the findings of a picture instead of a caption."""

_BATCH = 5000
_FIELDS = ("check", "evidence", "land", "part", "figure", "start", "end")


def read_findings(findings: Path) -> Iterator[dict[str, Any]]:
    """Yield the findings of each caption or picture, for JSON: name, style, and findings with their evidence.

    Args:
        findings: The Parquet file of an audit.
    """
    for (_, name, style), rows in groupby(_rows(findings), key=lambda one: (one["row"], one["name"], one["style"])):
        details = [{field: one[field] for field in _FIELDS} for one in rows]
        yield {"name": name, "style": PICTURE if style == CHIP else style, "findings": details}


def _rows(findings: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(findings) as file:
        for batch in file.iter_batches(_BATCH):
            yield from batch.to_pylist()
