"""Audit a catalog: run every check on its pairs, and save the findings in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chatearthnet_explorer.catalog.audit_findings import CHECKED_BIT, AuditFindings
from chatearthnet_explorer.catalog.bit_codes import KINDS
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.catalog_files import ROWS_FILE
from chatearthnet_explorer.catalog.pixel_counts import COUNTS, with_whole
from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.catalog.save_findings import save_findings
from chatearthnet_explorer.errors import ArchiveError, QueryError, SourceError
from chatearthnet_explorer.net.zip_members import DamagedError
from chatearthnet_explorer.review.audit import EDITION, Audit, audit
from chatearthnet_explorer.review.audit_worker import CHIP
from chatearthnet_explorer.review.checks import all_checks
from chatearthnet_explorer.review.dataset_checks import dataset_findings
from chatearthnet_explorer.sources.release.release_reader import PICTURE, Release, open_release

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from chatearthnet_explorer.record import Record

FOLDER = "audit"
"""Folder of a catalog with the files of its latest audit, and the parts of an audit that was stopped."""


class AuditResult(NamedTuple):
    """The result of an audit."""

    catalog: Catalog
    """The catalog with the findings."""

    audit: Audit
    """The audit, with the files of its findings."""


def audit_catalog(
    folder: str | Path,
    *,
    query: Query = EVERYTHING,
    release: str | Path | None = None,
    scheduler: str = "threads",
    size: int = 1000,
    strict: bool = False,
    progress: Callable[[int, int], None] = lambda _count, _total: None,
) -> AuditResult:
    """Run every check on pairs of a catalog, and save the findings in the catalog.

    The labels are those of the catalog's enrichment; without them, claims are not compared with the land cover. A run
    that was stopped continues where it was. Workers of a cluster must see the catalog's folder under the same path.

    Args:
        folder: The catalog, also that of a caption set.
        query: The pairs to check.
        release: The release with their pictures, for ``open_release``; None leaves out the checks of pictures.
        scheduler: ``threads``, ``processes`` (faster without pictures), or a cluster, ``tcp://host:port``.
        size: Pairs in a part.
        strict: Whether to object also to claims whose reading is only likely; recorded with the findings.
        progress: Called with the number of checked pairs and the total; may raise ``Cancelled`` to stop.

    Raises:
        CatalogError: If there is no catalog, or it cannot be written.
        QueryError: If no pair matches, or this catalog cannot answer the query.
        SettingError: If the scheduler is unknown or does not answer, or another audit is running.
        SourceError: If pictures cannot be read any more.
        Cancelled: If ``progress`` raises it.
    """
    catalog = open_catalog(folder)
    rows = np.sort(catalog.rows(query))
    if not len(rows):
        msg = "No pair matches, so there is nothing to audit; remove a filter."
        raise QueryError(msg)
    has_counts = catalog.files.counts is not None
    result = audit(
        Pairs(catalog, None if len(rows) == len(catalog) else rows, "" if release is None else str(release)),
        catalog.folder / FOLDER,
        counts_of=Counts(catalog) if has_counts else None,
        files_of=None if release is None else Pictures(str(release)),
        scheduler=scheduler,
        size=size,
        strict=strict,
        progress=progress,
    )
    about = {
        "edition": EDITION,
        "strict": strict,
        "labels": catalog.files.report.get("labels") if has_counts else None,
        "pictures": release is not None,
        "pairs": result.pairs,
        "findings": result.finding_count,
        "dataset": dataset_findings(result.captions),
    }
    return AuditResult(save_findings(catalog.folder, rows, findings_of(result), about=about), result)


@dataclass(frozen=True)
class Pairs:
    """Pairs of a catalog, for the checks."""

    catalog: Catalog
    """The catalog."""

    rows: NDArray[np.int64] | None
    """Their rows; None for all pairs."""

    release: str = ""
    """The release with their pictures; empty if pictures are not checked."""

    @property
    def identity(self) -> str:
        """A digest of their rows, captions, labels and release."""
        digest = hashlib.blake2b(digest_size=16)
        for name in (ROWS_FILE, COUNTS):
            path = self.catalog.files.folder / name
            if path.exists():
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "blake2b").digest())
        digest.update(f"{self.release}\n".encode())
        digest.update(b"" if self.rows is None else self.rows.tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.catalog) if self.rows is None else len(self.rows)

    def __getitem__(self, span: slice, /) -> Sequence[Record]:
        """Return the records of a slice."""
        rows = range(len(self.catalog))[span] if self.rows is None else self.rows[span].tolist()
        return [pair.record for pair in self.catalog.files.pairs(rows)]


@dataclass(frozen=True)
class Counts:
    """Pixels of each class in each part, from the catalog's enrichment."""

    catalog: Catalog
    """The catalog."""

    def __call__(self, records: Sequence[Record]) -> list[NDArray[np.int64] | None]:
        """Return the counts of pairs, (6, 12) each; None for pairs whose labels were not read."""
        counts = self.catalog.files.counts
        rows = [None if record.tile is None else self.catalog.row_at(record.tile) for record in records]
        return [None if row is None or counts is None else with_whole(counts[row]) for row in rows]


@dataclass(frozen=True)
class Pictures:
    """The pictures of a release, as they are in its archive."""

    root: str
    """The folder or address of the release."""

    def __call__(self, records: Sequence[Record]) -> list[bytes | None]:
        """Return the bytes of pictures; None for a missing picture, no bytes for a damaged one.

        Raises:
            ArchiveError: If no picture can be read: then the server has failed, and not the pictures.
        """
        records_with_image = [record for record in records if PICTURE in record.members]
        members = {record.name: record.members[PICTURE] for record in records_with_image}
        contents = _release(self.root).contents([record.name for record in records_with_image], members=members)
        unread = [one for one in contents if isinstance(one, ArchiveError) and not isinstance(one, DamagedError)]
        if unread and len(unread) == len(contents):
            raise unread[0]
        files = dict(zip(members, (b"" if isinstance(one, SourceError) else one for one in contents), strict=True))
        return [files.get(record.name) for record in records]


def findings_of(result: Audit) -> AuditFindings:
    """Return the findings of an audit in the form of a catalog, in the order of the audited pairs."""
    import pyarrow.parquet as pq

    kinds = dict(zip((*KINDS[:-1], CHIP), range(len(KINDS)), strict=True))
    bit = {check: np.uint32(1 << place) for place, check in enumerate(all_checks())}
    bits = np.zeros((result.pairs, len(KINDS)), np.uint32)
    scores = np.zeros((result.pairs, len(KINDS)), np.int16)
    table = pq.read_table(result.captions, columns=["pair", "style", "score"])
    places = table["pair"].to_numpy(), _to_codes(table["style"], kinds)
    bits[places], scores[places] = CHECKED_BIT, table["score"].to_numpy()
    findings = pq.read_table(result.findings, columns=["pair", "style", "check"])
    np.bitwise_or.at(
        bits,
        (findings["pair"].to_numpy(), _to_codes(findings["style"], kinds)),
        _to_codes(findings["check"], bit).astype(np.uint32),
    )
    return AuditFindings(
        MappingProxyType({check.id: check.description for check in all_checks().values()}), bits, scores
    )


def _to_codes(column: pa.ChunkedArray, codes: dict[str, int] | dict[str, np.uint32]) -> NDArray[np.int64]:
    """Return the number of each word of a column."""
    return np.array([codes[word] for word in column.cast("string").to_pylist()], np.int64)


@lru_cache(maxsize=2)
def _release(root: str) -> Release:
    return open_release(root)
