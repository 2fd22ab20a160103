"""Run many requests side by side, and append each result to a file of captions as soon as it is there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption_runs.batch_state import batch_folder, load_state
from chatearthnet_explorer.caption_runs.interrupts import Interrupts
from chatearthnet_explorer.caption_runs.known_requests import read_known, refuse_other_content
from chatearthnet_explorer.caption_runs.request_threads import RequestThreads
from chatearthnet_explorer.caption_runs.result_log import ResultLog, lock_caption_file
from chatearthnet_explorer.caption_runs.run_report import RunReport, report_of
from chatearthnet_explorer.caption_runs.task import entry_of_task
from chatearthnet_explorer.errors import Cancelled, CaptionFileError, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from chatearthnet_explorer.caption_runs.task import CaptionTask
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.captioners.budget import Budget

MOST_AT_ONCE = 256
"""Most requests at a time: each has a thread."""

_TICK = 0.1  # seconds between two looks at the keyboard and the progress


def run_captions(
    tasks: Iterable[CaptionTask],
    captioner: Captioner,
    *,
    path: Path,
    concurrency: int = 8,
    budget: Budget | None = None,
    progress: Callable[[str, int, int], None] = lambda _step, _count, _total: None,
    total: int = 0,
    retry_failures: bool = False,
) -> RunReport:
    """Have captions written, and append them to a file. Requests whose results are in the file are not sent again.

    A run that was stopped or killed goes on where it was. Requests that failed are sent again if the failure may have
    passed (the service was busy, slow or out of reach), others only with ``retry_failures``.

    Args:
        tasks: What to write; they are taken one by one, so that there may be any number of them.
        captioner: What writes; several threads call it.
        path: The file of captions.
        concurrency: Requests at a time.
        budget: Its cap holds for all requests; None for no cap. ``read_known(path).spending`` is what the file cost.
        progress: Called with ``captions``, the number of tasks that are done, and the total; it may raise
            ``Cancelled`` to stop. Requests that are under way then still end, since they are paid for.
        total: Number of tasks for the progress; 0 if it is not known.
        retry_failures: Whether to send again what failed for reasons that are likely to last.

    Raises:
        CaptionFileError: If the file cannot be read or written, has other content than captions, or another run is
            writing it, or a batch of it is not collected.
        SettingError: If the concurrency is not from 1 to ``MOST_AT_ONCE``.
        Cancelled: If ``progress`` raises it.
        KeyboardInterrupt: If Ctrl-C is pressed twice; the first time, the report says that the run was stopped.
    """
    if not 1 <= concurrency <= MOST_AT_ONCE:
        msg = f"From 1 to {MOST_AT_ONCE} requests can be under way at a time, not {concurrency}; choose another number."
        raise SettingError(msg)
    with lock_caption_file(path):
        _refuse_open_batch(path)
        run = _Run(captioner, path, RequestThreads(captioner, budget, concurrency), retry_failures=retry_failures)
        with Interrupts() as interrupts:
            return run.report(iter(tasks), progress, total, interrupts)


def _refuse_open_batch(path: Path) -> None:
    """Send nothing that a batch answers as well: both would be paid for."""
    state = load_state(batch_folder(path))
    if state is not None and not state.is_done:
        msg = f"A batch of {path} is not collected yet; repeat that command with --batch first, or choose another file."
        raise CaptionFileError(msg)


class _Run:
    """One run, in the thread that writes the file."""

    def __init__(self, captioner: Captioner, path: Path, threads: RequestThreads, *, retry_failures: bool) -> None:
        refuse_other_content(path)
        known_requests = read_known(path)
        self._captioner, self._threads = captioner, threads
        self._log = ResultLog(path)
        self._ids = set(known_requests.captions)
        if not retry_failures:
            self._ids |= known_requests.failures
        self._damaged_count = known_requests.damaged_line_count
        self._skipped_count = self._done_count = 0

    def report(
        self,
        tasks: Iterator[CaptionTask],
        progress: Callable[[str, int, int], None],
        total: int,
        interrupts: Interrupts,
    ) -> RunReport:
        start = time.monotonic()
        threads, log = self._threads, self._log
        cancellation: Cancelled | None = None
        has_more, last_tick = True, 0.0
        try:
            while has_more or threads.pending:
                if (log.stop_reason or cancellation or interrupts.count) and has_more:
                    threads.stop()
                    has_more = False
                if has_more and threads.has_space:
                    has_more = self._submit(next(tasks, None))
                    self._add(0)
                else:
                    self._add(_TICK)
                if time.monotonic() - last_tick >= _TICK and cancellation is None:
                    last_tick = time.monotonic()
                    try:
                        step = "waiting for the last answers" if interrupts.count else "captions"
                        progress(step, self._done_count, total)
                    except Cancelled as error:
                        cancellation = error
        except BaseException:
            threads.cancel()
            self._add(0)
            raise
        finally:
            threads.close()
            log.finish()
        if cancellation is not None:
            raise cancellation
        if interrupts.count and not log.stop_reason:
            log.stop_reason = f"Stopped; {log.captions:,} new captions are in {log.path}. The same command goes on."
        return report_of(log, skipped_count=self._skipped_count, start=start, damaged_line_count=self._damaged_count)

    def _submit(self, task: CaptionTask | None) -> bool:
        """Hand over a task unless its result is in the file; return whether there was a task."""
        if task is None:
            return False
        entry = entry_of_task(task, self._captioner)
        if entry.request_id in self._ids:
            self._skipped_count += 1
            self._done_count += 1
        else:
            self._ids.add(entry.request_id)
            self._threads.submit(task, entry)
        return True

    def _add(self, timeout: float) -> None:
        outcomes = self._threads.take(timeout)
        self._done_count += sum(outcome.is_sent for outcome in outcomes)
        self._log.add(outcomes)
