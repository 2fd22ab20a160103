"""Run many requests as batches: write, submit, wait, collect, and send again what failed.

Each step is saved before the next begins. After a kill at any point the same call goes on, and nothing is paid twice:
a batch has the digest of its requests in its metadata, and is looked for before one is created.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.caption_runs.batch_collection import Collector
from chatearthnet_explorer.caption_runs.batch_files import remove_files, rows_again, write_parts
from chatearthnet_explorer.caption_runs.batch_state import (
    MOST_PARTS,
    BatchState,
    Part,
    batch_folder,
    load_state,
    save_state,
)
from chatearthnet_explorer.caption_runs.batch_submission import Submitter
from chatearthnet_explorer.caption_runs.interrupts import Interrupts
from chatearthnet_explorer.caption_runs.known_requests import read_known
from chatearthnet_explorer.caption_runs.request_rows import model_captioner
from chatearthnet_explorer.caption_runs.result_log import ResultLog, lock_caption_file
from chatearthnet_explorer.caption_runs.run_report import RunReport, report_of
from chatearthnet_explorer.captioners.budget import Spending
from chatearthnet_explorer.captioners.service.batch_limits import MOST_REQUESTS
from chatearthnet_explorer.errors import BudgetError, CaptionFileError, ModelError, SettingError
from chatearthnet_explorer.parallel.processes import processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chatearthnet_explorer.caption_runs.job import CaptionJob
    from chatearthnet_explorer.caption_runs.request_rows import RequestRow
    from chatearthnet_explorer.captioners.budget import Budget
    from chatearthnet_explorer.captioners.service.batch_api import BatchApi

ATTEMPTS = 3
"""How often a request is sent in one run, if it fails in a way that may pass."""

MOST_SUBMISSIONS = 50
"""How often a part is submitted that the service has no space for, while others are under way or after a wait."""

POLL = 30.0
"""Seconds between two looks at the batches."""

_NO_SPACE = "token_limit_exceeded"
_TICK = 0.2


class BatchTiming(NamedTuple):
    """Times of a run."""

    poll: float = POLL
    """Seconds between two looks at the batches."""

    pause: float = 2.0
    """Seconds before a failed call is repeated, doubled with each try."""


def run_batch(
    job: CaptionJob,
    *,
    budget: Budget | None = None,
    timing: BatchTiming = BatchTiming(),  # noqa: B008 - it cannot be changed
    part_requests: int | None = None,
    progress: Callable[[str, int, int], None] = lambda _step, _count, _total: None,
) -> RunReport:
    """Have captions written in batches, and append them to the job's file; it goes on where an earlier call stopped.

    Args:
        job: What to write.
        budget: Its cap holds for all batches; None for no cap.
        timing: How often to look.
        part_requests: Requests of a batch, where that is fewer than the service takes.
        progress: Called with the step, the number of requests that are done in it, and the total; it may raise
            ``Cancelled``. The batches then go on at the service.

    Raises:
        CaptionFileError: If a file cannot be read or written, or another run is writing it.
        SettingError: If the captioner asks no service, or a batch of another captioner is under way.
        CaptionerError: If the service refused, failed, could not be reached, or sent unusable results.
        BudgetError: If the next batch could pass the cap.
        Cancelled: If ``progress`` raises it.
    """
    captioner = model_captioner(job.captioner)
    from chatearthnet_explorer.captioners.service.batch_api import BatchApi  # noqa: PLC0415 - imports openai

    folder = batch_folder(job.path)
    with lock_caption_file(job.path), Interrupts() as interrupts:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            msg = f"The folder {folder} cannot be made ({error.strerror}); choose another file."
            raise CaptionFileError(msg) from error
        return _BatchRun(job, BatchApi(captioner.service), budget, timing, part_requests, interrupts, progress).report()


class _Interruption(Exception):  # noqa: N818 - not a failure
    """Ctrl-C was pressed."""


class _BatchRun:
    """One call of ``run_batch``."""

    def __init__(
        self,
        job: CaptionJob,
        api: BatchApi,
        budget: Budget | None,
        timing: BatchTiming,
        part_requests: int | None,
        interrupts: Interrupts,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self._job, self._api, self._budget, self._timing = job, api, budget, timing
        self._part_requests = min(part_requests or MOST_REQUESTS, MOST_REQUESTS)
        self._interrupts, self._progress = interrupts, progress
        self._folder = batch_folder(job.path)
        self._captioner = model_captioner(job.captioner)
        self._start = time.monotonic()
        self._known_requests = read_known(job.path)
        self._log = ResultLog(job.path)
        self._collector = Collector(api, self._folder, self._captioner, self._log, self._known_requests)
        self._skipped_count = 0
        self._counts: dict[int, int] = {}
        self._last_tick = ("requests", 0, 0)

    def report(self) -> RunReport:
        state = load_state(self._folder)
        try:
            if state is None or state.is_done:
                state = self._write(state)
            self._check(state)
            self._work(state)
        except _Interruption:
            self._log.stop_reason = (
                f"Stopped; {self._log.captions:,} new captions are in {self._job.path}. Batches that were submitted go "
                "on at the service, and the same command collects them."
            )
        notes = tuple(
            f"{count:,} lines of the results are {kind} and were left out."
            for kind, count in sorted(self._collector.strange.items())
        )
        return report_of(
            self._log,
            skipped_count=self._skipped_count,
            start=self._start,
            damaged_line_count=self._known_requests.damaged_line_count,
            notes=notes,
        )

    def _write(self, before: BatchState | None) -> BatchState:
        """Write the requests that have no result in the file; nothing is submitted yet."""
        service, job = self._captioner.service, self._job
        # of an earlier batch that is done, perhaps of another service, only the numbers of its parts go on
        state = BatchState(
            captioner=self._captioner.name,
            model=service.model,
            service=service.endpoint.host,
            parts=before.parts if before else (),
        )
        attempt = max((part.attempt for part in state.parts), default=-1) + 1
        parts = write_parts(
            self._folder, self._rows(), first=len(state.parts) + 1, attempt=attempt, most_requests=self._part_requests
        )
        most = len(state.parts) + MOST_PARTS
        for part in parts:
            if len(state.parts) == most:
                msg = (
                    f"These are more than {MOST_PARTS:,} batches, and none was submitted; choose a larger --batch-size."
                )
                raise SettingError(msg)
            state = state.with_part(part)
        if state.parts:
            save_state(self._folder, state)
        else:
            with suppress(OSError):  # files of a run that was killed before it submitted anything
                self._folder.rmdir()
        job.path.touch()
        return state

    def _rows(self) -> Iterator[RequestRow]:
        ids = set(self._known_requests.captions)
        if not self._job.retry_failures:
            ids |= self._known_requests.failures
        rows = self._job.request_rows(processes=processors())
        for count, row in enumerate(rows):
            if not count % 64:
                self._tick("requests", count, self._job.requests)
            if row.request_id in ids:
                self._skipped_count += 1
                continue
            ids.add(row.request_id)
            if row.failure:
                self._log.record([row.failure])
            else:
                yield row

    def _check(self, state: BatchState) -> None:
        service = self._captioner.service
        if (state.captioner, state.model, state.service) != (
            self._captioner.name,
            service.model,
            service.endpoint.host,
        ):
            msg = (
                f"A batch of {state.captioner} with {state.model[:100]} at {state.service[:100]} is not collected "
                f"yet in {self._folder}; repeat that command first, or end it with --cancel."
            )
            raise SettingError(msg)

    def _work(self, state: BatchState) -> None:
        submitter = Submitter(
            self._api,
            self._folder,
            state,
            budget=self._budget,
            spent_so_far=self._spent_so_far,
            wait=self._wait,
            pause=self._timing.pause,
        )
        first_attempt = min((part.attempt for part in state.parts if part.stage != "collected"), default=0)
        while not submitter.state.is_done:
            self._submit(submitter)
            for part in submitter.state.parts:
                if part.stage == "submitted":
                    self._look(submitter, part)
            for part in submitter.state.parts:
                if part.stage == "ended":
                    self._collect(submitter, part, is_last=part.attempt - first_attempt + 1 >= ATTEMPTS)
            if any(
                part.stage != "collected" and (part.stage == "submitted" or part.submission)
                for part in submitter.state.parts
            ):
                self._wait(self._timing.poll)

    def _submit(self, submitter: Submitter) -> None:
        for part in submitter.state.parts:
            is_busy = any(one.stage in {"submitted", "ended"} for one in submitter.state.parts)
            if part.stage not in {"written", "uploaded", "submitting"} or (part.submission and is_busy):
                continue
            self._tick("submitting", 0, 0)
            try:
                submitter.submit(part)
            except BudgetError:
                if not is_busy:  # else there may be money left when the others are collected
                    raise

    def _look(self, submitter: Submitter, part: Part) -> None:
        batch = submitter.call(lambda: self._api.get(part.batch_id))
        self._counts[part.number] = batch.counts[1] + batch.counts[2]
        self._tick("batch", sum(self._counts.values()), sum(one.requests for one in submitter.state.parts))
        if batch.is_running:
            return
        if batch.status != "failed":
            submitter.save(replace(part, stage="ended", status=batch.status))
        elif batch.error_code == _NO_SPACE and part.submission < MOST_SUBMISSIONS:
            submitter.save(replace(part, stage="uploaded", batch_id="", submission=part.submission + 1))
        else:
            submitter.save(replace(part, stage="collected", status=batch.status))
            remove_files(self._folder, part.number)
            msg = (
                f"{self._captioner.service.endpoint.host} refused the batch as a whole ({batch.error or 'no reason'}), "
                "so nothing was answered; change the options and repeat the command."
            )
            raise ModelError(msg, kind="request")

    def _collect(self, submitter: Submitter, part: Part, *, is_last: bool) -> None:
        batch = submitter.call(lambda: self._api.get(part.batch_id))
        is_last = is_last or batch.status == "cancelled"
        again = self._collector.collect(
            part,
            batch,
            is_last=is_last,
            accept_loss=self._job.retry_failures,
            wait=lambda: self._wait(self._timing.pause),
        )
        price = partial(self._captioner.entry.price, batch=True)
        new_parts = write_parts(
            self._folder,
            rows_again(self._folder, part.number, again, price),
            first=len(submitter.state.parts) + 1,
            attempt=part.attempt + 1,
            most_requests=self._part_requests,
        )
        submitter.save(replace(part, stage="collected", status=batch.status), *(new_parts if again else ()))
        remove_files(self._folder, part.number)

    def _spent_so_far(self) -> tuple[float, int]:
        spending = self._budget.spent if self._budget else Spending()
        return spending.dollars + self._log.dollars, spending.tokens + self._log.tokens_in + self._log.tokens_out

    def _tick(self, step: str, count: int, total: int) -> None:
        if self._interrupts.count:
            raise _Interruption
        self._last_tick = step, count, total
        self._progress(step, count, total)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._tick(*self._last_tick)
            time.sleep(min(left, _TICK))
