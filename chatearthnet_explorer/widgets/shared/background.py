"""A background task for widgets: it can be stopped at once, late results are dropped, quick clicks do not pile up."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import traitlets

from chatearthnet_explorer.cancellation import cancelled_by
from chatearthnet_explorer.errors import Cancelled
from chatearthnet_explorer.net.rate_limits import report_waits
from chatearthnet_explorer.widgets.shared.job_report import LatestText, Report

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

GRACE = 0.5
"""Seconds that a new job waits for the one it replaces to end, before it runs beside it."""

MOST_THREADS = 3
"""Jobs that run at once: the newest, and replaced ones that a slow server keeps from their next step."""

_NAME = "chatearthnet-work"


@dataclass(frozen=True, slots=True)
class _Job:
    """One job and its callbacks."""

    turn: int
    run: Callable[[Report], Any]
    on_result: Callable[[Any], None]
    on_error: Callable[[Exception], None]
    loop: asyncio.AbstractEventLoop
    # Panel finds the page of the job in it
    context: contextvars.Context = field(default_factory=contextvars.copy_context)


class BackgroundTask(traitlets.HasTraits):
    """Runs slow jobs on threads, and calls back on the event loop, where widgets may be changed.

    One job runs and one waits. A newer job replaces the one that waits, and the one that runs ends at its next step.
    Without a running loop (a plain script, a test) a job runs at once, and ``start`` returns when it has ended.
    """

    busy = traitlets.Bool(default_value=False)
    """Whether a job is running or waiting."""

    step = traitlets.Unicode()
    """The current step, in words."""

    def __init__(self) -> None:
        """Start without a job."""
        super().__init__()
        self.on_text: Callable[[str], None] | None = None
        """Called on the loop with the text that a job has so far, at most every ``job_report.PAUSE``, and never after
        the job's end; None for jobs without texts."""
        self._turn = 0
        self._waiting: _Job | None = None
        self._threads = 0
        self._lock = threading.Lock()

    def start(
        self,
        job: Callable[[Report], T],
        *,
        on_result: Callable[[T], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Run a job instead of the current one, whose result is dropped.

        Args:
            job: The slow function. It gets a function that reports its steps, and that raises ``Cancelled`` once
                the job was stopped or replaced.
            on_result: Called with the result, on the loop.
            on_error: Called with the exception that the job raised, on the loop.
        """
        self._turn += 1
        turn = self._turn
        self.step, self.busy = "", True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            report = Report(lambda text: self._report_step(turn, text), on_text=self.on_text)
            self._settle(turn, _outcome(job, report), on_result, on_error)
            return
        with self._lock:
            self._waiting = _Job(turn, job, on_result, on_error, loop)
            if not self._threads:
                self._add_thread()
            else:
                loop.call_later(GRACE, self._help)

    def stop(self) -> None:
        """Drop the current job; its function ends at its next step."""
        self._turn += 1
        with self._lock:
            self._waiting = None
        self.busy = False

    def _help(self) -> None:
        """Start one more thread if a job still waits, because the one it replaced hangs on a silent server."""
        with self._lock:
            if self._waiting is not None and self._threads < MOST_THREADS:
                self._add_thread()

    def _add_thread(self) -> None:
        self._threads += 1
        # Own threads: the abandoned clicks of one visitor on a slow catalogue would fill a shared pool.
        # Daemon threads: exiting does not wait for them.
        threading.Thread(target=self._run, name=_NAME, daemon=True).start()

    def _run(self) -> None:
        """Run waiting jobs until there are none."""
        while True:
            with self._lock:
                job, self._waiting = self._waiting, None
                if job is None:
                    self._threads -= 1
                    return
            job.context.run(self._do, job)
            del job  # it holds its page in memory

    def _do(self, job: _Job) -> None:
        def check() -> None:
            if job.turn != self._turn:
                raise Cancelled

        def report_step(text: str) -> None:
            check()
            job.loop.call_soon_threadsafe(self._report_step, job.turn, text)

        def check_text() -> None:
            check()
            if not self.busy:  # the job has ended, and its result is there
                raise Cancelled

        on_text = self.on_text and LatestText(self.on_text, check=check_text, loop=job.loop)
        with cancelled_by(check), report_waits(report_step):
            outcome = _outcome(job.run, Report(report_step, on_text=on_text))
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it the page
            job.loop.call_soon_threadsafe(self._settle, job.turn, outcome, job.on_result, job.on_error)

    def _report_step(self, turn: int, text: str) -> None:
        if turn == self._turn:
            self.step = text

    def _settle(
        self, turn: int, outcome: T | Exception, on_result: Callable[[T], None], on_error: Callable[[Exception], None]
    ) -> None:
        if turn != self._turn:
            return
        self.busy = False
        if isinstance(outcome, Exception):
            on_error(outcome)
        else:
            on_result(outcome)


def _outcome(job: Callable[[Report], T], report: Report) -> T | Exception:
    try:
        return job(report)
    except Exception as problem:  # noqa: BLE001 - handed to on_error
        return problem
