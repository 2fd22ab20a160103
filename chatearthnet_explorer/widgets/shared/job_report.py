"""What a background job reports while it runs: its steps, and the text that it has so far."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

PAUSE = 0.05
"""Seconds between two texts that are shown: people do not read faster, and each costs a message to the page."""


class Report:
    """Is called with a sentence for each step of a job; ``on_text`` takes the text so far, from the job's thread."""

    def __init__(
        self, on_step: Callable[[str], None] = lambda _: None, *, on_text: Callable[[str], None] | None = None
    ) -> None:
        """Report to functions.

        Args:
            on_step: Called with each step; it raises ``Cancelled`` where nobody waits for the job.
            on_text: Called with the latest text, whole; None where texts are not shown.
        """
        self._on_step = on_step
        self.on_text = on_text
        """Called with the whole text so far; None where texts are not shown."""

    def __call__(self, step: str) -> None:
        """Report a step; raises ``Cancelled`` where nobody waits for the job any more."""
        self._on_step(step)


class LatestText:
    """Hands the latest of many texts to a function on the event loop: the first at once, then one in ``PAUSE``.

    Texts that come between are left out. The last is never left out while the job runs.
    """

    def __init__(
        self, show: Callable[[str], None], *, check: Callable[[], None], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Begin without a text.

        Args:
            show: Called on the loop.
            check: Called before a text is taken, and before it is shown; raises where nobody waits for it any more.
            loop: The event loop of the page.
        """
        self._show, self._check, self._loop = show, check, loop
        self._lock = threading.Lock()
        self._text, self._is_due, self._last = "", False, -PAUSE

    def __call__(self, text: str) -> None:
        """Take the whole text so far, from any thread.

        Raises:
            Cancelled: If nobody waits for it any more.
        """
        self._check()
        with self._lock:
            self._text, is_due, self._is_due = text, self._is_due, True
        if not is_due:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it the page
                self._loop.call_soon_threadsafe(self._flush)

    def _flush(self) -> None:
        wait = self._last + PAUSE - time.monotonic()
        if wait > 0:
            self._loop.call_later(wait, self._flush)
            return
        with self._lock:
            text, self._is_due = self._text, False
        self._last = time.monotonic()
        try:
            self._check()
        except Exception:  # noqa: BLE001 - the job is over or was replaced, so nobody waits for its text
            return
        self._show(text)
