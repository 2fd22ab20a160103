"""Add pixel counts to a catalog: the pixels of each class, from the labels of every chip."""

from __future__ import annotations

import random
import shutil
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chatearthnet_explorer.catalog import geoparquet
from chatearthnet_explorer.catalog.caption_set_labels import update_labels
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.catalog_versions import lock_folder, successor, write_json
from chatearthnet_explorer.catalog.npz_files import read_arrays
from chatearthnet_explorer.catalog.pixel_counts import COUNTS, counts_of, is_read, shares_of, unread
from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.errors import CatalogError, ExplorerError
from chatearthnet_explorer.files.whole_file import whole_file
from chatearthnet_explorer.parallel.dask_cluster import connect_cluster
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from numpy.typing import NDArray

    Labels = Callable[[Tile], NDArray[np.uint8] | None]
    Tiles = list[tuple[int, int]]

PARTITION = 64
"""Pairs that are read together; they are near each other, so they share files and blocks."""

FIRST_PLACES, IN_A_ROW = 20, 3
"""A partition is given up after so many failures before its first success, and the whole run after so many such
partitions in a row: partitions are read in random order, so it is then the server and not the file of one region."""

_WORK = ".enriching"
_MOST_REASONS = 20


class Part(NamedTuple):
    """The counts of one partition."""

    counts: NDArray[np.uint16]
    """(pairs, 5, 12), see ``pixel_counts.COUNTS``."""

    reasons: tuple[str, ...]
    """Why labels could not be read."""


def enrich_catalog(
    folder: str | Path,
    labels_at: Labels,
    *,
    labels: str,
    query: Query = EVERYTHING,
    scheduler: str = "threads",
    workers: int = 16,
    progress: Callable[[str, int, int], None] = lambda _step, _count, _total: None,
) -> Catalog:
    """Count the classes in the labels of a catalog's pairs, and return the catalog with their shares.

    Its caption sets get the same shares.

    Every partition is saved: a run that was stopped continues where it was, and pairs that were counted in the same
    labels are not read again. If labels cannot be read, the share stays unknown, and the next run tries again.

    Args:
        folder: The catalog.
        labels_at: Returns the labels of a tile, (256, 256) uint8 of class indices, or None for an unmapped place.
            Several threads call it; a cluster sends it to its workers, so it must be picklable.
        labels: Name of the labels, such as ``WorldCover 2020 v100``; counts from other labels are replaced.
        query: The pairs to count.
        scheduler: ``threads`` of this program, or the address of a Dask cluster, ``tcp://host:port``.
        workers: Number of threads, or of partitions at the same time on the cluster.
        progress: Called with ``labels``, the number of pairs that are done, and the total; from any thread, one call
            at a time.

    Raises:
        CatalogError: If there is no catalog, another process is writing it, or it cannot be written; or if many
            places in a row fail, or all: then the counts are saved for the next run.
        SettingError: If there is no such scheduler.
        QueryError: If this catalog cannot answer the query.
    """
    folder = Path(folder)
    with lock_folder(folder), open_catalog(folder) as catalog:
        columns = catalog.files.columns
        counts = unread(len(catalog))
        if catalog.files.counts is not None and catalog.files.report.get("labels") == labels:
            counts[:] = catalog.files.counts
        # saved counts are valid for the rows of one version and for the labels
        work = folder / _WORK / f"{catalog.version}-{labels.encode().hex()[:64]}"
        work.mkdir(parents=True, exist_ok=True)
        for path in sorted(work.glob("*.npz")):
            arrays = read_arrays(path)
            counts[arrays["rows"]] = arrays["counts"]
        rows_of_query = np.sort(catalog.rows(query))
        rows_of_query = rows_of_query[rows_of_query < columns.place_count]
        rows = rows_of_query[~is_read(counts[rows_of_query])]
        tiles = list(zip(columns.x[rows].tolist(), columns.y[rows].tolist(), strict=True))
        if len(rows):
            stop = threading.Event()
            with _scheduler(scheduler, workers, labels_at, _counter(len(rows), progress), stop) as compute:
                reasons = _read(rows, tiles, work, counts, compute, stop)
            _publish(folder, catalog, counts, labels, reasons)
            update_labels(open_catalog(folder))
        shutil.rmtree(folder / _WORK, ignore_errors=True)
    return open_catalog(folder)


def count_partition(
    tiles: Sequence[tuple[int, int]], labels_at: Labels, is_stopped: Callable[[], bool] = lambda: False
) -> Part:
    """Return the counts of a partition's tiles, given as x and y; it stops early if nothing can be read.

    Args:
        tiles: The tiles.
        labels_at: See ``enrich_catalog``.
        is_stopped: Whether the run is stopped; then a partition without a success ends.
    """
    counts = unread(len(tiles))
    reasons: dict[str, None] = {}
    has_success = False
    for place, (x, y) in enumerate(tiles):
        if not has_success and (place >= FIRST_PLACES or is_stopped()):
            break
        try:
            counts[place] = counts_of(labels_at(Tile(x, y)))
            has_success = True
        except ExplorerError as error:
            reasons[str(error)] = None
    return Part(counts, tuple(reasons))


def _read(
    rows: NDArray[np.int64],
    tiles: Tiles,
    work: Path,
    counts: NDArray[np.uint16],
    compute: Callable[[list[Tiles]], Generator[tuple[int, Part]]],
    stop: threading.Event,
) -> list[str]:
    """Read the labels of rows, save every partition, fill in ``counts``; return the errors.

    Raises:
        CatalogError: If too many places in a row fail, or all.
    """
    reasons: dict[str, None] = {}
    starts = list(range(0, len(rows), PARTITION))
    random.Random(0).shuffle(starts)  # noqa: S311 - an order, not a secret
    partitions = [rows[start : start + PARTITION] for start in starts]
    read_count, failures, given_up = 0, 0, False
    with closing(compute([tiles[start : start + PARTITION] for start in starts])) as parts:
        for number, result in parts:
            part, has_counts = partitions[number], is_read(result.counts)
            counts[part] = result.counts
            reasons.update(dict.fromkeys(result.reasons))
            _keep(work / f"{part[0]}-{part[-1]}-{len(part)}.npz", part[has_counts], result.counts[has_counts])
            read_count += int(has_counts.sum())
            failures = 0 if has_counts.any() else failures + 1
            if failures == IN_A_ROW:
                given_up = True
                stop.set()  # partitions with a success still finish
    if reasons and (given_up or not read_count):
        msg = (
            f"Labels could not be read at many places in a row, so the run stopped; {read_count:,} pairs were "
            f"read and are kept for the next run. {next(reversed(reasons))}"
        )
        raise CatalogError(msg)
    return list(reasons)[:_MOST_REASONS]


def _counter(total: int, progress: Callable[[str, int, int], None]) -> Callable[[int], None]:
    """Return a function that any thread calls with a number of finished pairs; it reports the sum."""
    done_count, lock = 0, threading.Lock()
    progress("labels", 0, total)

    def report(more: int) -> None:
        nonlocal done_count
        with lock:
            done_count += more
            progress("labels", done_count, total)

    return report


def _keep(path: Path, rows: NDArray[np.int64], counts: NDArray[np.uint16]) -> None:
    if len(rows):
        with whole_file(path) as part, part.open("wb") as file:
            np.savez(file, rows=rows, counts=counts)


@contextmanager
def _scheduler(
    name: str, workers: int, labels_at: Labels, report: Callable[[int], None], stop: threading.Event
) -> Iterator[Callable[[list[Tiles]], Generator[tuple[int, Part]]]]:
    """Yield a function that counts partitions and yields the number and the counts of each as soon as it is done.

    Args:
        name: ``threads`` or the address of a cluster.
        workers: Number of threads, or of partitions at the same time.
        labels_at: See ``enrich_catalog``.
        report: Called with the number of places that are done.
        stop: After it is set, no partition is started.
    """
    if name == "threads":
        yield partial(_on_threads, workers=workers, labels_at=labels_at, report=report, stop=stop)
        return
    with connect_cluster(name) as client:
        yield partial(_on_cluster, client, batch=workers, labels_at=labels_at, report=report, stop=stop)


def _on_threads(
    partitions: list[Tiles], *, workers: int, labels_at: Labels, report: Callable[[int], None], stop: threading.Event
) -> Generator[tuple[int, Part]]:
    def read(tile: Tile) -> NDArray[np.uint8] | None:
        try:
            return labels_at(tile)
        finally:
            report(1)

    left = enumerate(partitions)
    with ThreadPoolExecutor(workers) as pool:
        running: dict[Future[Part], int] = {}
        try:
            while True:
                for number, tiles in islice(left, 0 if stop.is_set() else workers - len(running)):
                    running[pool.submit(count_partition, tiles, read, stop.is_set)] = number
                if not running:
                    return
                results, _ = wait(running, return_when=FIRST_COMPLETED)
                for one in results:
                    yield running.pop(one), one.result()
        finally:
            stop.set()


def _on_cluster(
    client: Any,  # noqa: ANN401 - half of distributed has types
    partitions: list[Tiles],
    *,
    batch: int,
    labels_at: Labels,
    report: Callable[[int], None],
    stop: threading.Event,
) -> Generator[tuple[int, Part]]:
    work = partial(count_partition, labels_at=labels_at)
    for start in range(0, len(partitions), batch):
        some = [] if stop.is_set() else partitions[start : start + batch]
        for number, part in enumerate(client.gather(client.map(work, some, pure=False)), start=start):
            report(len(partitions[number]))
            yield number, part


def _publish(folder: Path, catalog: Catalog, counts: NDArray[np.uint16], labels: str, reasons: list[str]) -> None:
    has_counts = int(np.count_nonzero(is_read(counts)))
    report: dict[str, Any] = {
        **catalog.files.report,
        "enriched": has_counts,
        "labels": labels,
        "labels_missing": reasons,
    }
    new_files = {COUNTS, geoparquet.PAIRS, "report.json"}
    with successor(folder, catalog.files.folder, without=new_files) as version:
        np.save(version / COUNTS, counts)
        shares = shares_of(counts)
        geoparquet.write_with_shares(catalog.path, version / geoparquet.PAIRS, shares, simulated=catalog.simulated)
        write_json(version / "report.json", report)
