"""A catalog's pairs through all checks, and what is found back into the catalog."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.class_counts import COUNTS, with_whole
from chatearthnet_explorer.catalog.finding_bits import JUDGED, Marks
from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.catalog.save_findings import remember
from chatearthnet_explorer.catalog.schema import KINDS
from chatearthnet_explorer.catalog.storage import PACKED
from chatearthnet_explorer.errors import ArchiveError, QueryError, SourceError
from chatearthnet_explorer.net.zip_members import DamagedError
from chatearthnet_explorer.review.audit import EDITION, Audit, audit
from chatearthnet_explorer.review.audit_worker import CHIP
from chatearthnet_explorer.review.checks import all_checks
from chatearthnet_explorer.review.dataset_checks import dataset_findings
from chatearthnet_explorer.sources.release.released_pairs import PICTURE, Release, open_release

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from chatearthnet_explorer.record import Record

FOLDER = "audit"
"""Folder of a catalog in which the files of its latest audit are, and the parts of one that was stopped."""


class Audited(NamedTuple):
    """What an audit leaves."""

    catalog: Catalog
    """The catalog, which knows the findings."""

    audit: Audit
    """The audit, with the files of its findings."""


def audit_catalog(  # noqa: PLR0913 - a job and how it is to be run
    folder: str | Path,
    *,
    query: Query = EVERYTHING,
    release: str | Path | None = None,
    scheduler: str = "threads",
    size: int = 1000,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Audited:
    """Put pairs of a catalog through every check, and write what is found into the catalog.

    Labels are those that the catalog was enriched with; without them no claim is held against the land. A run that is
    stopped goes on where it was. On a cluster the workers must see the catalog's folder under the same path.

    Args:
        folder: The catalog.
        query: Which pairs.
        release: Where their pictures are, as ``open_release`` takes it; None leaves the checks of pictures out.
        scheduler: ``threads``, ``processes`` (faster where no picture is fetched), or a cluster, ``tcp://host:port``.
        size: Pairs of a part.
        progress: Told how many of how many pairs are judged; may raise ``Cancelled`` to stop.

    Raises:
        CatalogError: If there is no catalog, or it cannot be written.
        QueryError: If the question finds nothing, or cannot be asked of this catalog.
        SettingError: If the scheduler is neither known nor answers, or another audit is under way.
        SourceError: If no picture can be read any more.
        Cancelled: As ``progress`` does.
    """
    catalog = open_catalog(folder)
    rows = np.sort(catalog.rows(query))
    if not len(rows):
        msg = "No pair matches, so there is nothing to audit; leave one choice out."
        raise QueryError(msg)
    enriched = catalog.stored.counts is not None
    done = audit(
        Pairs(catalog, None if len(rows) == len(catalog) else rows, "" if release is None else str(release)),
        catalog.folder / FOLDER,
        counts_of=Counts(catalog) if enriched else None,
        files_of=None if release is None else Pictures(str(release)),
        scheduler=scheduler,
        size=size,
        progress=progress,
    )
    about = {
        "edition": EDITION,
        "labels": catalog.stored.report.get("labels") if enriched else None,
        "pictures": release is not None,
        "pairs": done.pairs,
        "findings": done.finding_count,
        "dataset": dataset_findings(done.captions),
    }
    return Audited(remember(catalog.folder, rows, marks_of(done), about=about), done)


@dataclass(frozen=True)
class Pairs:
    """Pairs of a catalog, read by whoever judges them."""

    catalog: Catalog
    """Where they are."""

    rows: NDArray[np.int64] | None
    """Which; None for all."""

    release: str = ""
    """Where their pictures are; empty where these are not looked at."""

    @property
    def identity(self) -> str:
        """A digest of their captions and labels, of where their pictures are, and of which they are."""
        digest = hashlib.blake2b(digest_size=16)
        for name in (PACKED, COUNTS):
            path = self.catalog.stored.folder / name
            if path.exists():
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "blake2b").digest())
        digest.update(f"{self.release}\n".encode())
        digest.update(b"" if self.rows is None else self.rows.tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.catalog) if self.rows is None else len(self.rows)

    def __getitem__(self, span: slice, /) -> Sequence[Record]:
        """Return the pairs of a span."""
        rows = range(len(self.catalog))[span] if self.rows is None else self.rows[span].tolist()
        return [pair.record for pair in self.catalog.stored.pairs(rows)]


@dataclass(frozen=True)
class Counts:
    """Pixels of each class in each part, as the catalog was enriched with them."""

    catalog: Catalog
    """Where they are."""

    def __call__(self, records: Sequence[Record]) -> list[NDArray[np.int64] | None]:
        """Return the counts of pairs, (6, 12) each; None where labels were not read."""
        counts = self.catalog.stored.counts
        rows = [None if record.tile is None else self.catalog.row_at(record.tile) for record in records]
        return [None if row is None or counts is None else with_whole(counts[row]) for row in rows]


@dataclass(frozen=True)
class Pictures:
    """The pictures of a release, as they are in its archive."""

    root: str
    """Where the release is."""

    def __call__(self, records: Sequence[Record]) -> list[bytes | None]:
        """Return the bytes of pictures; None where the release has none, nothing at all where one cannot be read.

        Raises:
            ArchiveError: If the bytes of none can be had: then it is the server, and not the pictures.
        """
        wanted = [record for record in records if PICTURE in record.members]
        members = {record.name: record.members[PICTURE] for record in wanted}
        found = _release(self.root).contents([record.name for record in wanted], members=members)
        unread = [one for one in found if isinstance(one, ArchiveError) and not isinstance(one, DamagedError)]
        if unread and len(unread) == len(found):
            raise unread[0]
        files = dict(zip(members, (b"" if isinstance(one, SourceError) else one for one in found), strict=True))
        return [files.get(record.name) for record in records]


def marks_of(done: Audit) -> Marks:
    """Return what an audit found as a catalog remembers it, in the order of the pairs that were audited."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    kinds = dict(zip((*KINDS[:-1], CHIP), range(len(KINDS)), strict=True))
    bit = {check: np.uint32(1 << place) for place, check in enumerate(all_checks())}
    bits = np.zeros((done.pairs, len(KINDS)), np.uint32)
    scores = np.zeros((done.pairs, len(KINDS)), np.int16)
    judged = pq.read_table(done.captions, columns=["pair", "style", "score"])
    places = judged["pair"].to_numpy(), _coded(judged["style"], kinds)
    bits[places], scores[places] = JUDGED, judged["score"].to_numpy()
    found = pq.read_table(done.findings, columns=["pair", "style", "check"])
    np.bitwise_or.at(
        bits, (found["pair"].to_numpy(), _coded(found["style"], kinds)), _coded(found["check"], bit).astype(np.uint32)
    )
    return Marks(MappingProxyType({check.id: check.description for check in all_checks().values()}), bits, scores)


def _coded(column: pa.ChunkedArray, codes: dict[str, int] | dict[str, np.uint32]) -> NDArray[np.int64]:
    """Return the number of each word of a column."""
    return np.array([codes[word] for word in column.cast("string").to_pylist()], np.int64)


@lru_cache(maxsize=2)
def _release(root: str) -> Release:
    return open_release(root)
