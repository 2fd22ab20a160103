"""Threads that send the requests of a run, with one pause for all when the service is busy."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.caption_file import now
from chatearthnet_explorer.caption_runs.failure_kinds import kind_of
from chatearthnet_explorer.caption_runs.task import with_caption
from chatearthnet_explorer.captioners import cancel_request, is_free, write_caption
from chatearthnet_explorer.captioners.budget import NOTHING, Usage
from chatearthnet_explorer.captioners.budget_captioner import is_unpaid, usage_of
from chatearthnet_explorer.captioners.estimate import Estimate, estimate_of
from chatearthnet_explorer.captioners.service.pace import LONGEST, Pace
from chatearthnet_explorer.errors import Cancelled, CaptionerError, ExplorerError, shorten

if TYPE_CHECKING:
    from chatearthnet_explorer.caption_file import CaptionEntry
    from chatearthnet_explorer.caption_runs.task import CaptionTask
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.captioners.budget import Budget

ATTEMPTS = 5
"""Tries of a request that meets a busy or broken service, beside those of the service's client."""

# a timeout may be charged, so only the next run tries it again
_AGAIN = frozenset({"busy", "fault", "network", "unreachable"})
_LONGEST_PAUSE = (ATTEMPTS - 1) * LONGEST  # all pauses of a request together: a longer one would be in vain
_FIRST_PAUSE = 1.0  # seconds where the service names none; doubled with each try


class Outcome(NamedTuple):
    """What became of a task."""

    entry: CaptionEntry
    """Its entry, with a caption or an error."""

    error: Exception | None = None
    """The failure; None if there is a caption."""

    is_sent: bool = True
    """Whether it was begun at all before the run was stopped."""


class RequestThreads:
    """Sends requests of one captioner from several threads. One thread submits tasks and takes outcomes."""

    def __init__(self, captioner: Captioner, budget: Budget | None, count: int) -> None:
        """Start the threads.

        Args:
            captioner: The captioner; several threads call it.
            budget: Its cap holds for all requests together; None for none.
            count: Number of threads.
        """
        self.pending = 0
        """Tasks whose outcome was not taken yet."""
        self._captioner, self._budget = captioner, budget
        self._most = 2 * count
        self._tasks: queue.SimpleQueue[tuple[CaptionTask, CaptionEntry] | None] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._stop_event = threading.Event()
        service = getattr(captioner, "service", None)
        self._pace: Pace = getattr(service, "pace", None) or Pace()
        self._count = count
        self._is_reached = False  # whether the service was reached in this run
        for number in range(count):  # not those of concurrent.futures, which the interpreter waits for at its end
            threading.Thread(target=self._work, name=f"caption-{number}", daemon=True).start()

    @property
    def has_space(self) -> bool:
        """Whether another task may be submitted: as many wait as are under way."""
        return self.pending < self._most

    def submit(self, task: CaptionTask, entry: CaptionEntry) -> None:
        """Hand over a task, with its entry without a result."""
        self.pending += 1
        self._tasks.put((task, entry))

    def take(self, timeout: float) -> list[Outcome]:
        """Return the outcomes that are there, after a wait for the first.

        Args:
            timeout: Seconds to wait; 0 for no wait.
        """
        outcomes: list[Outcome] = []
        try:
            outcomes.append(self._outcomes.get(timeout=timeout) if timeout else self._outcomes.get_nowait())
            while True:
                outcomes.append(self._outcomes.get_nowait())
        except queue.Empty:
            self.pending -= len(outcomes)
            return outcomes

    def stop(self) -> None:
        """Let no further request start; those under way go on, since they are paid for."""
        self._stop_event.set()

    def cancel(self) -> None:
        """End the requests that are under way, if the captioner can."""
        self.stop()
        cancel_request(self._captioner)

    def close(self) -> None:
        """End the threads when they have finished what they do."""
        self.stop()
        for _ in range(self._count):
            self._tasks.put(None)

    def _work(self) -> None:
        while (item := self._tasks.get()) is not None:
            task, entry = item
            try:
                self._outcomes.put(self._outcome(task, entry))
            except Exception as error:  # noqa: BLE001 - the run reports it
                self._outcomes.put(Outcome(entry, error))

    def _outcome(self, task: CaptionTask, entry: CaptionEntry) -> Outcome:
        for attempt in range(ATTEMPTS):
            while (seconds := self._pace.seconds_left) > 0 and not self._stop_event.is_set():
                self._stop_event.wait(seconds)
            if self._stop_event.is_set():
                return Outcome(entry, is_sent=False)
            outcome = self._request(task, entry)
            kind = kind_of(outcome.error) if outcome.error else ""
            self._is_reached |= kind != "unreachable"
            # a service that was never there is most likely a wrong address: no reason to wait for it
            is_hopeless = kind == "unreachable" and not self._is_reached
            pause = getattr(outcome.error, "retry_after", 0.0)
            if kind not in _AGAIN or is_hopeless or attempt == ATTEMPTS - 1 or pause > _LONGEST_PAUSE:
                return outcome
            self._pace.hold(pause or _FIRST_PAUSE * 2**attempt)
        return outcome

    def _request(self, task: CaptionTask, entry: CaptionEntry) -> Outcome:
        budget, cost = self._budget, self._estimate(task)
        reservation = budget.reserve(cost, wait=True) if budget and cost else None
        usage: Usage | None = None
        try:
            caption = write_caption(self._captioner, task.prompt, task.chip)
            usage = usage_of(caption)
            return Outcome(with_caption(entry, caption, self._captioner))
        except Cancelled as error:
            return Outcome(entry, error)
        except ExplorerError as error:
            usage = NOTHING if not isinstance(error, CaptionerError) or is_unpaid(error) else None
            failure = replace(entry, error=shorten(str(error)), error_kind=kind_of(error), dollars=0.0, timestamp=now())
            if cost and usage is None:  # it may be charged, so a run that goes on counts it against its cap
                failure = replace(
                    failure,
                    tokens_in=max(cost.tokens_in, cost.most_tokens_in or 0),
                    tokens_out=cost.tokens_out,
                    dollars=cost.dollars if cost.most_dollars is None else cost.most_dollars,
                )
            return Outcome(failure, error)
        finally:
            if budget and reservation:
                budget.settle(reservation, usage)

    def _estimate(self, task: CaptionTask) -> Estimate | None:
        """Return what a caption costs at most; None if it costs nothing."""
        if is_free(self._captioner):
            return None
        unknown = Estimate(model=self._captioner.name, tokens_in=0, tokens_out=0, dollars=None)
        return estimate_of(self._captioner, task.prompt) or unknown
