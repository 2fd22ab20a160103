"""One piece of work behind the widgets: late answers are dropped, a stop is at once, quick clicks do not pile up."""

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
    """One job, and whom to tell."""

    turn: int
    run: Callable[[Callable[[str], None]], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    loop: asyncio.AbstractEventLoop
    # tells Panel whose page it is
    context: contextvars.Context = field(default_factory=contextvars.copy_context)


class Work(traitlets.HasTraits):
    """Runs what takes long beside the event loop, and tells of it on the loop, where widgets may be changed.

    One job runs and one waits: a newer one takes the place of the one that waits, and the one that runs ends at its
    next step. Without a running loop (a plain script, a test) a job runs at once and ``start`` returns when it is done.
    """

    busy = traitlets.Bool(default_value=False)
    """Whether an answer is waited for."""

    step = traitlets.Unicode()
    """What is being done, in words."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        super().__init__()
        self._turn = 0
        self._waiting: _Job | None = None
        self._threads = 0
        self._lock = threading.Lock()

    def start(
        self,
        job: Callable[[Callable[[str], None]], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run a job, in place of the one under way, whose answer nobody will see.

        Args:
            job: What takes long; it is handed a function to tell its steps with, which raises ``Cancelled`` once
                nobody waits any more.
            done: Told the answer, on the loop.
            failed: Told what the job raised, on the loop.
        """
        self._turn += 1
        turn = self._turn
        self.step, self.busy = "", True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._settle(turn, _outcome(job, lambda text: self._tell(turn, text)), done, failed)
            return
        with self._lock:
            self._waiting = _Job(turn, job, done, failed, loop)
            if not self._threads:
                self._add_thread()
            else:
                loop.call_later(GRACE, self._help)

    def stop(self) -> None:
        """Wait no longer; the job itself ends at its next step."""
        self._turn += 1
        with self._lock:
            self._waiting = None
        self.busy = False

    def _help(self) -> None:
        """Start one more thread where a job still waits: what it replaced hangs on a server that does not answer."""
        with self._lock:
            if self._waiting is not None and self._threads < MOST_THREADS:
                self._add_thread()

    def _add_thread(self) -> None:
        self._threads += 1
        # Threads of our own, for a pool would be filled by abandoned clicks on a slow catalogue of any one visitor;
        # daemon, so that leaving does not wait for them.
        threading.Thread(target=self._run, name=_NAME, daemon=True).start()

    def _run(self) -> None:
        """Run what waits until nothing does."""
        while True:
            with self._lock:
                job, self._waiting = self._waiting, None
                if job is None:
                    self._threads -= 1
                    return
            job.context.run(self._do, job)
            del job  # and with it the page that it belonged to

    def _do(self, job: _Job) -> None:
        def check() -> None:
            if job.turn != self._turn:
                raise Cancelled

        def tell(text: str) -> None:
            check()
            job.loop.call_soon_threadsafe(self._tell, job.turn, text)

        with cancelled_by(check), report_waits(tell):
            outcome = _outcome(job.run, tell)
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it those who waited
            job.loop.call_soon_threadsafe(self._settle, job.turn, outcome, job.done, job.failed)

    def _tell(self, turn: int, text: str) -> None:
        if turn == self._turn:
            self.step = text

    def _settle(
        self, turn: int, outcome: T | Exception, done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        if turn != self._turn:
            return
        self.busy = False
        if isinstance(outcome, Exception):
            failed(outcome)
        else:
            done(outcome)


def _outcome(job: Callable[[Callable[[str], None]], T], tell: Callable[[str], None]) -> T | Exception:
    try:
        return job(tell)
    except Exception as problem:  # noqa: BLE001 - handed to the person who waits, who alone can say what it means
        return problem
