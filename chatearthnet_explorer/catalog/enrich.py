"""Pixels of the classes in real labels, for every pair or some, part by part so that nothing is done twice."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chatearthnet_explorer.catalog import parquet
from chatearthnet_explorer.catalog.arrays import read_arrays
from chatearthnet_explorer.catalog.counts import COUNTS, counts_of, is_read, shares_of, unread
from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.catalog.table import Catalog, open_catalog
from chatearthnet_explorer.catalog.versions import locked, successor, write_json
from chatearthnet_explorer.cluster import connected
from chatearthnet_explorer.errors import CatalogError, ExplorerError
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Labels = Callable[[Tile], NDArray[np.uint8] | None]
    Tiles = list[tuple[int, int]]
    Compute = Callable[[list[Tiles], Callable[[Tiles], "Part"]], tuple["Part", ...]]

PARTITION = 64
"""Pairs that are read together; they are neighbours, so that they share files and blocks."""

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
        progress: Told ``labels``, how many pairs are done, and of how many.

    Raises:
        CatalogError: If there is no catalog, somebody else is writing it, or it cannot be written; or Dask is missing.
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
        said = _read(rows, columns.x, columns.y, labels_at, work, counts, (scheduler, workers), progress)
        if len(rows):
            _publish(folder, catalog, counts, labels, said)
        shutil.rmtree(folder / _WORK, ignore_errors=True)
    return open_catalog(folder)


def counted(tiles: Sequence[tuple[int, int]], labels_at: Labels) -> Part:
    """Return the counts of a partition's tiles, given as x and y."""
    counts = unread(len(tiles))
    said: dict[str, None] = {}
    for place, (x, y) in enumerate(tiles):
        try:
            counts[place] = counts_of(labels_at(Tile(x, y)))
        except ExplorerError as error:
            said[str(error)] = None
    return Part(counts, tuple(said))


def _read(  # noqa: PLR0913, PLR0917 - the steps of one job
    rows: NDArray[np.int64],
    x: NDArray[np.uint16],
    y: NDArray[np.uint16],
    labels_at: Labels,
    work: Path,
    counts: NDArray[np.uint16],
    how: tuple[str, int],
    progress: Callable[[str, int, int], None],
) -> list[str]:
    """Read the labels of rows, keep every partition on disk, fill in counts; return what went wrong."""
    said: dict[str, None] = {}
    partitions = [rows[start : start + PARTITION] for start in range(0, len(rows), PARTITION)]
    done = 0
    progress("labels", 0, len(rows))
    with _scheduler(*how) as (compute, at_once):
        for start in range(0, len(partitions), at_once):
            some = partitions[start : start + at_once]
            tiles = [list(zip(x[part].tolist(), y[part].tolist(), strict=True)) for part in some]
            for part, found in zip(some, compute(tiles, partial(counted, labels_at=labels_at)), strict=True):
                counts[part] = found.counts
                said.update(dict.fromkeys(found.said))
                known = is_read(found.counts)
                _keep(work / f"{part[0]}-{part[-1]}-{len(part)}.npz", part[known], found.counts[known])
                done += len(part)
            progress("labels", done, len(rows))
    return list(said)[:_MOST_SAID]


def _keep(path: Path, rows: NDArray[np.int64], counts: NDArray[np.uint16]) -> None:
    if len(rows):
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            np.savez(file, rows=rows, counts=counts)
        unfinished.replace(path)


@contextmanager
def _scheduler(name: str, workers: int) -> Iterator[tuple[Compute, int]]:
    """Give a function that computes partitions with Dask, and how many to hand it at once."""
    try:
        from dask.base import compute  # noqa: PLC0415 - heavy
        from dask.delayed import delayed  # noqa: PLC0415 - heavy
    except ImportError as error:
        raise CatalogError(_NO_DASK) from error
    if name == "threads":

        def on_threads(tiles: list[Tiles], work: Callable[[Tiles], Part]) -> tuple[Part, ...]:
            tasks = [delayed(work, pure=False, traverse=False)(one) for one in tiles]
            parts: tuple[Part, ...] = compute(*tasks, scheduler="threads", num_workers=workers)
            return parts

        yield on_threads, workers
        return
    with connected(name) as client:
        yield lambda tiles, work: tuple(client.gather(client.map(work, tiles, pure=False))), workers


def _publish(folder: Path, catalog: Catalog, counts: NDArray[np.uint16], labels: str, said: list[str]) -> None:
    known = int(np.count_nonzero(is_read(counts)))
    report: dict[str, Any] = {**catalog.stored.report, "enriched": known, "labels": labels, "labels_missing": said}
    replaced = {COUNTS, parquet.PAIRS, "report.json"}
    with successor(folder, catalog.stored.folder, replaced=replaced) as version:
        np.save(version / COUNTS, counts)
        shares = shares_of(counts)
        parquet.write_with_shares(catalog.path, version / parquet.PAIRS, shares, simulated=catalog.simulated)
        write_json(version / "report.json", report)


_NO_DASK = "Shares are read with Dask; install it with `pip install 'chatearthnet-explorer[enrich]'`."
