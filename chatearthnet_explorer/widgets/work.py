"""One piece of work behind the widgets: late answers are dropped, and a stop is at once."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from typing import TYPE_CHECKING, TypeVar

import traitlets

from chatearthnet_explorer.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_NAME = "chatearthnet-work"


class Work(traitlets.HasTraits):
    """Runs what takes long beside the event loop, and tells of it on the loop, where widgets may be changed.

    Without a running loop (a plain script, a test) it runs at once and returns when it is done.
    """

    busy = traitlets.Bool(default_value=False)
    """Whether an answer is waited for."""

    step = traitlets.Unicode()
    """What is being done, in words."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        super().__init__()
        self._turn = 0

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

        def tell(text: str) -> None:
            if turn != self._turn:
                raise Cancelled
            loop.call_soon_threadsafe(self._tell, turn, text)

        def run() -> None:
            outcome = _outcome(job, tell)
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it those who waited
                loop.call_soon_threadsafe(self._settle, turn, outcome, done, failed)

        # A thread of its own, for a pool would be filled by abandoned clicks on a slow catalogue; daemon, so that
        # leaving does not wait for them. The context tells Panel whose page it is.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(run,), name=_NAME, daemon=True).start()

    def stop(self) -> None:
        """Wait no longer; the job itself ends at its next step."""
        self._turn += 1
        self.busy = False

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
