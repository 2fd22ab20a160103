"""Pixels of the classes in real labels, for every pair or some, part by part so that nothing is done twice."""

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

from chatearthnet_explorer.catalog import parquet
from chatearthnet_explorer.catalog.arrays import read_arrays
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.class_counts import COUNTS, counts_of, is_read, shares_of, unread
from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.catalog.versions import locked, successor, write_json
from chatearthnet_explorer.errors import CatalogError, ExplorerError
from chatearthnet_explorer.parallel.dask_cluster import connected
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from numpy.typing import NDArray

    Labels = Callable[[Tile], NDArray[np.uint8] | None]
    Tiles = list[tuple[int, int]]

PARTITION = 64
"""Pairs that are read together; they are neighbours, so that they share files and blocks."""

FIRST_PLACES, IN_A_ROW = 20, 3
"""A partition is given up when so many places fail before any is read, and all of it after so many such partitions in
a row: partitions are read in a shuffled order, so by then it is the server, and not the file of one region."""

_WORK = ".enriching"
_MOST_SAID = 20


class Part(NamedTuple):
    """What came of some pairs."""

    counts: NDArray[np.uint16]
    """(pairs, 5, 12), see ``catalog.counts``."""

    said: tuple[str, ...]
    """Why labels could not be read."""


def enrich(  # noqa: PLR0913 - a job and how it is to be run
    folder: str | Path,
    labels_at: Labels,
    *,
    labels: str,
    query: Query = EVERYTHING,
    scheduler: str = "threads",
    workers: int = 16,
    progress: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
) -> Catalog:
    """Count the classes in the labels of a catalog's pairs, and return the catalog that knows their shares.

    What was read is kept from partition to partition: a run that is stopped goes on where it was when it is started
    again, and pairs that were counted in the same labels are not read again. Where labels cannot be read the share
    stays unknown, and the next run tries again.

    Args:
        folder: The catalog.
        labels_at: Returns the labels of a tile, (256, 256) uint8 of class indices, or None where nothing is mapped.
            It is called from several threads; on a cluster it is sent to the workers, so it must be picklable.
        labels: What labels these are, such as ``WorldCover 2020 v100``; those of others are replaced.
        query: Which pairs.
        scheduler: ``threads`` of this program, or the address of a Dask cluster, ``tcp://host:port``.
        workers: Threads, or partitions that are under way on the cluster.
        progress: Told ``labels``, how many pairs are done, and of how many; from any thread, one at a time.

    Raises:
        CatalogError: If there is no catalog, somebody else is writing it, or it cannot be written; or if many places
            fail in a row, or all: then what was read is kept for the next run.
        SettingError: If there is no such scheduler.
        QueryError: If the question cannot be asked of this catalog.
    """
    folder = Path(folder)
    with locked(folder), open_catalog(folder) as catalog:
        columns = catalog.stored.columns
        counts = unread(len(catalog))
        if catalog.stored.counts is not None and catalog.stored.report.get("labels") == labels:
            counts[:] = catalog.stored.counts
        # parts belong to the rows of one version and to the labels
        work = folder / _WORK / f"{catalog.version}-{labels.encode().hex()[:64]}"
        work.mkdir(parents=True, exist_ok=True)
        for path in sorted(work.glob("*.npz")):
            stored = read_arrays(path)
            counts[stored["rows"]] = stored["counts"]
        wanted = np.sort(catalog.rows(query))
        wanted = wanted[wanted < columns.placed]
        rows = wanted[~is_read(counts[wanted])]
        tiles = list(zip(columns.x[rows].tolist(), columns.y[rows].tolist(), strict=True))
        if len(rows):
            stop = threading.Event()
            with _scheduler(scheduler, workers, labels_at, _counter(len(rows), progress), stop) as compute:
                said = _read(rows, tiles, work, counts, compute, stop)
            _publish(folder, catalog, counts, labels, said)
        shutil.rmtree(folder / _WORK, ignore_errors=True)
    return open_catalog(folder)


def counted(tiles: Sequence[tuple[int, int]], labels_at: Labels, stopped: Callable[[], bool] = lambda: False) -> Part:
    """Return the counts of a partition's tiles, given as x and y; where nothing can be read, it ends early.

    Args:
        tiles: Which.
        labels_at: As ``enrich`` takes it.
        stopped: Tells whether nobody waits for more than what is begun well.
    """
    counts = unread(len(tiles))
    said: dict[str, None] = {}
    begun = False
    for place, (x, y) in enumerate(tiles):
        if not begun and (place >= FIRST_PLACES or stopped()):
            break
        try:
            counts[place] = counts_of(labels_at(Tile(x, y)))
            begun = True
        except ExplorerError as error:
            said[str(error)] = None
    return Part(counts, tuple(said))


def _read(  # noqa: PLR0913, PLR0917 - the steps of one job
    rows: NDArray[np.int64],
    tiles: Tiles,
    work: Path,
    counts: NDArray[np.uint16],
    compute: Callable[[list[Tiles]], Generator[tuple[int, Part]]],
    stop: threading.Event,
) -> list[str]:
    """Read the labels of rows, keep every partition on disk, fill in counts; return what went wrong.

    Raises:
        CatalogError: If too many places fail in a row, or all do.
    """
    said: dict[str, None] = {}
    starts = list(range(0, len(rows), PARTITION))
    random.Random(0).shuffle(starts)  # noqa: S311 - an order, no secret
    partitions = [rows[start : start + PARTITION] for start in starts]
    known_here, failed, given_up = 0, 0, False
    with closing(compute([tiles[start : start + PARTITION] for start in starts])) as parts:
        for number, found in parts:
            part, known = partitions[number], is_read(found.counts)
            counts[part] = found.counts
            said.update(dict.fromkeys(found.said))
            _keep(work / f"{part[0]}-{part[-1]}-{len(part)}.npz", part[known], found.counts[known])
            known_here += int(known.sum())
            failed = 0 if known.any() else failed + 1
            if failed == IN_A_ROW:
                given_up = True
                stop.set()  # what was begun well still comes
    if said and (given_up or not known_here):
        msg = (
            f"Labels could not be read at many places in a row, so nothing more is tried; {known_here:,} pairs were "
            f"read and are kept for the next run. {next(reversed(said))}"
        )
        raise CatalogError(msg)
    return list(said)[:_MOST_SAID]


def _counter(total: int, progress: Callable[[str, int, int], None]) -> Callable[[int], None]:
    """Return a function that adds up what is done, from any thread, and tells of it."""
    done, lock = 0, threading.Lock()
    progress("labels", 0, total)

    def tell(more: int) -> None:
        nonlocal done
        with lock:
            done += more
            progress("labels", done, total)

    return tell


def _keep(path: Path, rows: NDArray[np.int64], counts: NDArray[np.uint16]) -> None:
    if len(rows):
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            np.savez(file, rows=rows, counts=counts)
        unfinished.replace(path)


@contextmanager
def _scheduler(
    name: str, workers: int, labels_at: Labels, tell: Callable[[int], None], stop: threading.Event
) -> Iterator[Callable[[list[Tiles]], Generator[tuple[int, Part]]]]:
    """Give a function that counts partitions and yields number and counts of each as soon as it is done.

    Args:
        name: ``threads`` or the address of a cluster.
        workers: Threads, or partitions that are under way there.
        labels_at: As ``enrich`` takes it.
        tell: Called with how many places are done.
        stop: Once it is set, no partition is begun.
    """
    if name == "threads":
        yield partial(_on_threads, workers=workers, labels_at=labels_at, tell=tell, stop=stop)
        return
    with connected(name) as client:
        yield partial(_on_cluster, client, ahead=workers, labels_at=labels_at, tell=tell, stop=stop)


def _on_threads(
    partitions: list[Tiles], *, workers: int, labels_at: Labels, tell: Callable[[int], None], stop: threading.Event
) -> Generator[tuple[int, Part]]:
    def read(tile: Tile) -> NDArray[np.uint8] | None:
        try:
            return labels_at(tile)
        finally:
            tell(1)

    left = enumerate(partitions)
    with ThreadPoolExecutor(workers) as pool:
        running: dict[Future[Part], int] = {}
        try:
            while True:
                for number, tiles in islice(left, 0 if stop.is_set() else workers - len(running)):
                    running[pool.submit(counted, tiles, read, stop.is_set)] = number
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for one in done:
                    yield running.pop(one), one.result()
        finally:
            stop.set()


def _on_cluster(  # noqa: PLR0913 - likewise
    client: Any,  # noqa: ANN401 - half of distributed has types
    partitions: list[Tiles],
    *,
    ahead: int,
    labels_at: Labels,
    tell: Callable[[int], None],
    stop: threading.Event,
) -> Generator[tuple[int, Part]]:
    work = partial(counted, labels_at=labels_at)
    for start in range(0, len(partitions), ahead):
        some = [] if stop.is_set() else partitions[start : start + ahead]
        for number, part in enumerate(client.gather(client.map(work, some, pure=False)), start=start):
            tell(len(partitions[number]))
            yield number, part


def _publish(folder: Path, catalog: Catalog, counts: NDArray[np.uint16], labels: str, said: list[str]) -> None:
    known = int(np.count_nonzero(is_read(counts)))
    report: dict[str, Any] = {**catalog.stored.report, "enriched": known, "labels": labels, "labels_missing": said}
    replaced = {COUNTS, parquet.PAIRS, "report.json"}
    with successor(folder, catalog.stored.folder, replaced=replaced) as version:
        np.save(version / COUNTS, counts)
        shares = shares_of(counts)
        parquet.write_with_shares(catalog.path, version / parquet.PAIRS, shares, simulated=catalog.simulated)
        write_json(version / "report.json", report)
