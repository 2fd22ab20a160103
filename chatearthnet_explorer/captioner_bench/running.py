"""Have the chips of a bench captioned by one contender, into a file from which a bench that was stopped goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.caption_file import CaptionFile, entry_lines
from chatearthnet_explorer.caption_runs.known_requests import read_known
from chatearthnet_explorer.caption_runs.run import run_captions
from chatearthnet_explorer.caption_runs.run_cost import SAMPLE, RunCost, run_cost
from chatearthnet_explorer.caption_runs.task import entry_of_task, task_of
from chatearthnet_explorer.captioners.budget import Spending
from chatearthnet_explorer.errors import CaptionerError
from chatearthnet_explorer.prompts.wording import wording_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from chatearthnet_explorer.caption_file import CaptionEntry
    from chatearthnet_explorer.caption_runs.task import CaptionTask
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.captioners.budget import Budget
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.writer import Writer


def write_captions(
    contender: Writer,
    captioner: Captioner,
    chips: Mapping[str, Chip],
    names: Sequence[str],
    *,
    path: Path,
    budget: Budget | None = None,
    concurrency: int = 8,
    retry_failures: bool = False,
    progress: Callable[[str, int, int], None] = lambda _step, _count, _total: None,
) -> dict[str, CaptionEntry | None]:
    """Return the entry of each chip; requests that the file has an answer to are not sent again.

    Args:
        contender: The contender.
        captioner: Its captioner.
        chips: Chips with labels, by name.
        names: The chips of the bench.
        path: The file of captions.
        budget: Its cap holds for all contenders together.
        concurrency: Requests at a time.
        retry_failures: Whether to send again what failed for reasons that are likely to last.
        progress: As for ``run_captions``.

    Raises:
        CaptionerError: If the run stopped before all was done: the cap, the key, Ctrl-C, a service that always fails.
        CaptionFileError: If the file cannot be read or written.
        Cancelled: If ``progress`` raises it.
    """
    ids: dict[str, str] = {}

    def tasks() -> Iterator[CaptionTask]:
        for task in tasks_of(contender, chips, names):
            ids[task.name] = entry_of_task(task, captioner).request_id
            yield task

    run = run_captions(
        tasks(),
        captioner,
        path=path,
        concurrency=concurrency,
        budget=budget,
        retry_failures=retry_failures,
        progress=progress,
        total=len(names),
    )
    if run.stop_reason:
        raise CaptionerError(run.stop_reason)
    sample_ids = frozenset(ids.values())  # of a file of any length, only these are kept in memory
    entries = (entry for _, entry in entry_lines(path) if entry and entry.request_id in sample_ids)
    latest = CaptionFile(tuple(entries)).latest()
    return {name: latest.get(request_id) for name, request_id in ids.items()}


def cost_of(
    contender: Writer, captioner: Captioner, chips: Mapping[str, Chip], names: Sequence[str], *, path: Path
) -> RunCost:
    """Return what the captions that are not in the file may cost, from the prompts of some of the chips."""
    known_ids = read_known(path).captions
    tasks = list(tasks_of(contender, chips, names[:SAMPLE]))
    count = sum(entry_of_task(task, captioner).request_id in known_ids for task in tasks)
    in_file = round(len(names) * count / max(len(tasks), 1))
    return run_cost(tasks, captioner, requests=len(names) - in_file, in_file=in_file)


def spent_before(paths: Iterable[Path]) -> Spending:
    """Return what the requests in files of captions cost.

    Raises:
        CaptionFileError: If a file cannot be read.
    """
    # contenders that differ in the seed or the wording share a file
    return sum((read_known(path).spending for path in dict.fromkeys(paths)), Spending())


def tasks_of(contender: Writer, chips: Mapping[str, Chip], names: Iterable[str]) -> Iterator[CaptionTask]:
    """Yield the request of each chip.

    Raises:
        WordingError: If the wording file cannot be used.
        EmptyChipError: If a chip lacks the pictures that the contender is sent.
    """
    wording = wording_hash(contender.style, contender.wording or None)
    for name in names:
        yield task_of(name, chips[name], contender, wording=wording)
