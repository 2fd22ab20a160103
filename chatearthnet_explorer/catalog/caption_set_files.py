"""Write the catalog of a caption set: its captions, with everything else taken over from the catalog it belongs to."""

from __future__ import annotations

import json
import shutil
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chatearthnet_explorer.catalog import geoparquet
from chatearthnet_explorer.catalog.audit_findings import CHECKED_BIT, AuditFindings
from chatearthnet_explorer.catalog.bit_codes import KINDS, NOWHERE
from chatearthnet_explorer.catalog.caption_sets import REPORT_KEY
from chatearthnet_explorer.catalog.catalog_versions import lock_folder, new_version, write_json
from chatearthnet_explorer.catalog.claims_worker import readers
from chatearthnet_explorer.catalog.pair_flags import FLAG_BIT
from chatearthnet_explorer.catalog.pixel_counts import COUNTS, is_read, shares_of
from chatearthnet_explorer.catalog.release_entries import ROWS, TEXTS
from chatearthnet_explorer.catalog.schema import SUFFIX
from chatearthnet_explorer.catalog.version_files import write_files
from chatearthnet_explorer.record import place_of, stem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.caption_set import CaptionSet
    from chatearthnet_explorer.catalog.catalog import Catalog

FAILURES = "failures.json"
"""File of a set's catalog: the kind of the failure by name, of pairs without a caption."""

_KEPT_FLAGS = ("no place", "no picture", "blank")
"""Flags of the place and the picture; the others are about the released captions."""

_LARGEST_FAILURES = 100_000_000


class NewCaptions(NamedTuple):
    """What is added to a set."""

    captions: Mapping[int, bytes]
    """The captions in UTF-8 by row of the catalog that the set belongs to."""

    failures: Mapping[str, str]
    """The kind of the failure by name, of all pairs that have no caption."""


class PairRows:
    """The rows of a catalog by name of the pair."""

    def __init__(self, catalog: Catalog) -> None:
        """Prepare to look up; names without a place are read at the first such name."""
        self._catalog = catalog
        self._stems: dict[str, int] | None = None

    def row_of(self, name: str) -> int | None:
        """Return the row of a name; None if the catalog does not have it."""
        tile = place_of(name)
        if tile is not None:
            return self._catalog.row_at(tile)
        if self._stems is None:
            rows = range(self._catalog.files.columns.place_count, len(self._catalog))
            names = self._catalog.files.names(rows)
            self._stems = {stem_of(one): row for row, one in zip(rows, names, strict=True)}
        return self._stems.get(stem_of(name))


def rows_in(catalog: Catalog, caption_set: Catalog) -> NDArray[np.int64]:
    """Return for each row of a set's catalog the row of the catalog that it belongs to; -1 where that has none."""
    keys, columns = caption_set.files.columns.keys, caption_set.files.columns
    place_count, there = columns.place_count, catalog.files.columns
    rows = np.full(len(caption_set), -1, np.int64)
    if place_count and there.place_count:
        places = np.searchsorted(there.keys[: there.place_count], keys[:place_count])
        places = np.minimum(places, there.place_count - 1)
        rows[:place_count] = np.where(there.keys[places] == keys[:place_count], places, -1)
    if place_count < len(caption_set):
        lookup = PairRows(catalog)
        for row, name in zip(
            range(place_count, len(caption_set)),
            caption_set.files.names(range(place_count, len(caption_set))),
            strict=True,
        ):
            rows[row] = -1 if (place := lookup.row_of(name)) is None else place
    return rows


def read_failures(caption_set: Catalog) -> dict[str, str]:
    """Return the kind of the failure by name, of the pairs for which a set has no caption; empty if it is damaged."""
    try:
        with (caption_set.files.folder / FAILURES).open("rb") as file:
            content = json.loads(file.read(_LARGEST_FAILURES))
    except (OSError, ValueError, RecursionError):
        return {}
    return {str(name): str(kind) for name, kind in content.items()} if isinstance(content, dict) else {}


def write_set(
    catalog: Catalog,
    folder: Path,
    caption_set: CaptionSet,
    new: NewCaptions,
    *,
    before: Catalog | None = None,
    progress: Callable[[str, int, int], None] = lambda _step, _count, _total: None,
) -> None:
    """Publish the next version of a set's catalog, or its first.

    The findings of an audit stay for the captions that were there before; those that are new count as not checked.

    Args:
        catalog: The catalog that the set belongs to.
        folder: The folder of the set.
        caption_set: The set, with the counts after the addition.
        new: What is added.
        before: The set's catalog as it is; None for a new set.
        progress: As in ``build_catalog``.

    Raises:
        CatalogError: If another process is writing the set, or it cannot be written; then the set is as before.
    """
    rows_before = np.zeros(0, np.int64) if before is None else rows_in(catalog, before)
    rows = np.union1d(rows_before[rows_before >= 0], np.fromiter(new.captions, np.int64, len(new.captions)))
    with lock_folder(folder), new_version(folder) as version:
        work = version / "work"
        work.mkdir()
        suffix = SUFFIX[caption_set.column_style]
        old = _captions_before(before, rows_before, caption_set.column_style)
        _write_texts(catalog, work, rows, chain(old, new.captions.items()), suffix)
        numbers = _numbers(catalog, rows, suffix)
        with readers(work, len(rows)) as wait:
            blocks = wait(lambda count: progress("captions", count, len(rows)))
        members = catalog.files.members
        write_files(
            version,
            work,
            blocks,
            numbers=numbers,
            members={name: column[rows] for name, column in members.numbers.items()},
            folders=members.folders,
            countries=catalog.files.columns.countries,
            simulated=catalog.simulated,
            writer=caption_set.label,
            progress=lambda _count: None,
        )
        report = _report(catalog, caption_set, numbers)
        report |= _take_labels_over(catalog, version, rows, caption_set.label)
        if before is not None:
            report |= _take_findings_over(before, version, rows_before, rows, caption_set.label)
        write_json(version / FAILURES, dict(new.failures))
        write_json(version / "report.json", report)
        shutil.rmtree(work)


def _captions_before(before: Catalog | None, rows: NDArray[np.int64], style: str) -> Iterator[tuple[int, bytes]]:
    if before is not None:
        for pair, row in zip(before.pairs_at(range(len(before))), rows.tolist(), strict=True):
            if row >= 0:
                yield row, pair.record.captions[style].encode()


def _write_texts(
    catalog: Catalog, work: Path, rows: NDArray[np.int64], captions: Iterable[tuple[int, bytes]], suffix: str
) -> None:
    """Write the work files of ``release_entries.read_release``."""
    columns = catalog.files.columns
    empty = {f"{kind}_{one}": np.zeros(len(rows), np.uint64) for kind in ("at", "size") for one in SUFFIX.values()}
    positions = empty | {name: np.zeros(len(rows), np.uint64) for name in ("name_at", "name_size")}
    place = 0
    with (work / TEXTS).open("wb") as file:

        def write(number: int, kind: str, text: bytes) -> None:
            nonlocal place
            at, size = ("name_at", "name_size") if kind == "name" else (f"at_{suffix}", f"size_{suffix}")
            positions[at][number], positions[size][number] = place, len(text)
            place += file.write(text)

        for number, name in enumerate(catalog.files.names(rows.tolist())):
            write(number, "name", name.encode())
        for row, text in captions:
            write(int(np.searchsorted(rows, row)), "caption", text)
    xy = {name: getattr(columns, name)[rows].astype(np.uint64) for name in ("x", "y")}
    np.savez(work / ROWS, **xy, **positions)  # type: ignore[arg-type]


def _numbers(catalog: Catalog, rows: NDArray[np.int64], suffix: str) -> dict[str, NDArray[Any]]:
    columns = catalog.files.columns
    kept_bits = np.uint8(sum(1 << FLAG_BIT[flag] for flag in _KEPT_FLAGS))
    own, other = (columns.split_35, columns.split_4v) if suffix == "35" else (columns.split_4v, columns.split_35)
    splits = {f"split_{one}": np.zeros(len(rows), np.uint8) for one in SUFFIX.values()}
    return {
        "x": columns.x[rows],
        "y": columns.y[rows],
        "country": columns.country[rows],
        "flags": columns.flags[rows] & kept_bits,
        # the split of the released caption of the style, else of the other one
        **(splits | {f"split_{suffix}": np.where(own[rows] > 0, own[rows], other[rows])}),
    }


def _take_labels_over(catalog: Catalog, version: Path, rows: NDArray[np.int64], writer: str) -> dict[str, Any]:
    """Write the pixel counts of the rows; return what the report says of them."""
    counts = catalog.files.counts
    if counts is None:
        return {"enriched": 0}
    counts_of_set = np.asarray(counts[rows])
    np.save(version / COUNTS, counts_of_set)
    _rewrite(
        version,
        lambda source, path: geoparquet.write_with_shares(
            source, path, shares_of(counts_of_set), simulated=catalog.simulated, writer=writer
        ),
    )
    labels = {key: value for key, value in catalog.files.report.items() if key.startswith("labels")}
    return {"enriched": int(np.count_nonzero(is_read(counts_of_set))), **labels}


def _take_findings_over(
    before: Catalog, version: Path, rows_before: NDArray[np.int64], rows: NDArray[np.int64], writer: str
) -> dict[str, Any]:
    """Write the findings of the captions that were there before; return what the report says of them."""
    findings = before.files.findings
    if findings is None:
        return {"audited": 0}
    there = rows_before >= 0
    places = np.searchsorted(rows, rows_before[there])
    bits, scores = np.zeros((len(rows), len(KINDS)), np.uint32), np.zeros((len(rows), len(KINDS)), np.int16)
    bits[places], scores[places] = findings.bits[there], findings.scores[there]
    AuditFindings(findings.checks, bits, scores).save(version)
    _rewrite(
        version,
        lambda source, path: geoparquet.write_with_findings(
            source, path, bits, checks=tuple(findings.checks), simulated=before.simulated, writer=writer
        ),
    )
    audited_count = int(np.count_nonzero((bits & CHECKED_BIT).any(axis=1)))
    return {"audited": audited_count, "audit": before.files.report.get("audit", {})}


def _rewrite(version: Path, write: Callable[[Path, Path], None]) -> None:
    source = version / f"before-{geoparquet.PAIRS}"
    (version / geoparquet.PAIRS).rename(source)
    write(source, version / geoparquet.PAIRS)
    source.unlink()


def _report(catalog: Catalog, caption_set: CaptionSet, numbers: dict[str, NDArray[Any]]) -> dict[str, Any]:
    return {
        "release": catalog.files.report.get("release"),
        "simulated": catalog.simulated,
        "rows": len(numbers["x"]),
        "placed": int(np.count_nonzero(numbers["x"] != NOWHERE)),
        "captions": {style: int(np.count_nonzero(numbers[f"split_{suffix}"])) for style, suffix in SUFFIX.items()},
        "flags": {flag: int(np.count_nonzero(numbers["flags"] >> bit & 1)) for flag, bit in FLAG_BIT.items()},
        "notes": [caption_set.description],
        "enriched": 0,
        "audited": 0,
        REPORT_KEY: caption_set.to_dict(),
    }
