"""Run all checks over all pairs: in parts, on this computer or a cluster, and resumable."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.files.whole_file import whole_file
from chatearthnet_explorer.parallel.dask_cluster import connect_cluster
from chatearthnet_explorer.review.audit_parts import is_done, join_parts, write_part
from chatearthnet_explorer.review.audit_worker import Chunk, PairsInMemory
from chatearthnet_explorer.review.checks import added_checks, added_origins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from chatearthnet_explorer.record import Record
    from chatearthnet_explorer.review.audit_worker import CountsOf, FilesOf, Pairs

FINDINGS, CAPTIONS, ABOUT = "findings.parquet", "judged.parquet", "audit.json"
"""Files of an audit: the findings, the captions and pictures checked, and the inputs."""

LOCAL = ("threads", "processes", "synchronous")
"""Schedulers on this computer; any other is the address of a Dask scheduler, ``tcp://host:port``."""

EDITION = 5
"""Version of the checks; an unfinished audit of another version starts again."""

_AHEAD = 3  # chunks that wait at a cluster for each of its threads


@dataclass(frozen=True)
class Audit:
    """A finished audit."""

    folder: Path
    """Folder of its files."""

    pairs: int
    """Number of pairs checked."""

    finding_count: int
    """Findings."""

    @property
    def findings(self) -> Path:
        """The Parquet file of findings; its columns are those of ``audit_worker.schemas``."""
        return self.folder / FINDINGS

    @property
    def captions(self) -> Path:
        """The Parquet file of all captions and pictures checked, with their scores; columns likewise."""
        return self.folder / CAPTIONS


def audit(
    records: Sequence[Record] | Pairs,
    folder: str | Path,
    *,
    counts_of: CountsOf | None = None,
    files_of: FilesOf | None = None,
    scheduler: str = "threads",
    size: int = 1000,
    strict: bool = False,
    progress: Callable[[int, int], None] = lambda _count, _total: None,
) -> Audit:
    """Run all checks on pairs and write the findings.

    Parts are written as they are finished. An audit that was stopped continues
    when it is started again with the same pairs; a finished one is not repeated.

    Args:
        records: The pairs; a list, or ``Pairs`` that each worker reads for itself.
        folder: Folder of the files, and of the parts until all are finished.
        counts_of: Returns for a list of pairs their pixels of each class in each part, (6, 12) as ``landcover.pixels``
            counts them, or None for a pair without labels. None: checks that need labels are skipped.
        files_of: Returns for a list of pairs the bytes of their pictures, None for a pair without. Without it,
            checks of pixels are skipped. Other processes must be able to import both functions.
        scheduler: One of ``LOCAL``, or the address of a Dask scheduler.
        size: Pairs of a part.
        strict: Whether to object also to claims whose reading is only likely; recorded with the audit.
        progress: Called with the pairs done and the total; may raise ``Cancelled`` to stop.

    Raises:
        SettingError: If the scheduler is unknown or does not answer, or another audit writes to the folder.
        Cancelled: If ``progress`` raises it; finished parts stay.
    """
    from filelock import FileLock, Timeout

    pairs: Any = records if hasattr(records, "identity") else PairsInMemory(records)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "audit.lock", timeout=0):
            return _audit(pairs, folder, _Choices(counts_of, files_of, scheduler, size, strict), progress)
    except Timeout as error:
        msg = f"Another audit is writing to {folder}; wait until it is done, or choose another folder."
        raise SettingError(msg) from error


@dataclass(frozen=True)
class _Choices:
    counts_of: CountsOf | None
    files_of: FilesOf | None
    scheduler: str
    size: int
    strict: bool


def _audit(pairs: Pairs, folder: Path, choices: _Choices, progress: Callable[[int, int], None]) -> Audit:
    size = choices.size
    about = {
        "edition": EDITION,
        "pairs": len(pairs),
        "identity": pairs.identity,
        "size": size,
        "labels": choices.counts_of is not None,
        "pictures": choices.files_of is not None,
        "strict": choices.strict,
        "added_checks": added_origins(),
    }
    parts = _parts_of(folder, about)
    if parts is None:
        return _read(folder)
    whole = Chunk(pairs, slice(None), 0, choices.counts_of, choices.files_of, added_checks(), strict=choices.strict)
    chunks = {
        number: replace(whole, span=slice(start, min(start + size, len(pairs))), first=start)
        for number, start in enumerate(range(0, len(pairs), size))
    }
    left = {number: chunk for number, chunk in chunks.items() if not is_done(parts, number)}
    count = len(pairs) - sum(_length(chunk) for chunk in left.values())
    progress(count, len(pairs))

    def finish_chunk(number: int) -> None:
        nonlocal count
        count += _length(left[number])
        progress(count, len(pairs))

    if left:
        run = _run_here if choices.scheduler in LOCAL else _run_there
        run(left, parts, choices.scheduler, finish_chunk)
    finding_count = join_parts(parts, len(chunks), findings=folder / FINDINGS, captions=folder / CAPTIONS)
    _write(folder / ABOUT, {**about, "found": finding_count, "finished": True})
    shutil.rmtree(parts)
    return Audit(folder, len(pairs), finding_count)


def _parts_of(folder: Path, about: dict[str, object]) -> Path | None:
    """Return the folder of parts, emptied if they are of another audit; None if the audit is finished."""
    parts = folder / "parts"
    try:
        before = json.loads((folder / ABOUT).read_text("utf-8"))
    except (OSError, ValueError):
        before = {}
    same = isinstance(before, dict) and all(before.get(key, []) == value for key, value in about.items())
    if same and before.get("finished") and _is_whole(folder, before.get("found")):
        return None
    if not same:
        shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(exist_ok=True)
    _write(folder / ABOUT, about)
    return parts


def _is_whole(folder: Path, finding_count: object) -> bool:
    """Return whether the files of a finished audit can be read and are complete."""
    import pyarrow.parquet as pq

    try:
        rows = [pq.read_metadata(folder / name).num_rows for name in (FINDINGS, CAPTIONS)]
    except (OSError, ValueError):  # Arrow raises these for a file that is not Parquet
        return False
    return bool(rows[0] == finding_count)


def _read(folder: Path) -> Audit:
    about = json.loads((folder / ABOUT).read_text("utf-8"))
    return Audit(folder, about["pairs"], about["found"])


def _run_here(chunks: dict[int, Chunk], parts: Path, scheduler: str, on_finished: Callable[[int], None]) -> None:
    """Judge chunks with Dask on this computer, each writing its own part; ``told`` of each as it is finished."""
    from dask.base import compute
    from dask.callbacks import Callback
    from dask.delayed import delayed

    jobs = [partial(_judge_here, number, chunk, parts) for number, chunk in chunks.items()]
    with Callback(posttask=lambda _key, number, *_: on_finished(number)):
        compute(*(delayed(job, pure=False, traverse=False)() for job in jobs), scheduler=scheduler)


def _judge_here(number: int, chunk: Chunk, parts: Path) -> int:
    write_part(parts, number, chunk.judge())
    return number


def _run_there(chunks: dict[int, Chunk], parts: Path, scheduler: str, on_finished: Callable[[int], None]) -> None:
    """Check chunks on a cluster and write their parts here; if a worker dies, another does its chunks."""
    with connect_cluster(scheduler) as client:
        from distributed import as_completed

        numbers: dict[Any, int] = {}

        def submit() -> Iterator[Any]:
            for number, chunk in chunks.items():
                future = client.submit(_with_counts(chunk).judge, pure=False)
                numbers[future.key] = number
                yield future

        futures = submit()
        ahead = _AHEAD * (sum(client.nthreads().values()) or 1)
        running = as_completed(islice(futures, ahead), loop=client.loop)
        for future in running:
            number = numbers.pop(future.key)
            write_part(parts, number, future.result())
            future.release()
            running.update(list(islice(futures, 1)))
            on_finished(number)


def _with_counts(chunk: Chunk) -> Chunk:
    """Return a chunk with only its own pairs, if they are in memory."""
    if not isinstance(chunk.pairs, PairsInMemory):
        return chunk
    return replace(chunk, pairs=PairsInMemory(chunk.pairs[chunk.span]), span=slice(None))


def _length(chunk: Chunk) -> int:
    return int(chunk.span.stop - chunk.span.start)


def _write(path: Path, about: dict[str, Any]) -> None:
    with whole_file(path) as part:
        part.write_text(f"{json.dumps(about, indent=1)}\n", "utf-8")
