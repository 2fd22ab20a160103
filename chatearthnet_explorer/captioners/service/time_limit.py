"""The time that one request may take, from its first byte to its last, whatever the service sends meanwhile."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_AGAIN = 0.25  # seconds until it hangs up again: a connection may have been made since


class TimeLimit:
    """Hangs up when the time is over.

    HTTP clients count their time-outs from byte to byte, and show only what they have decoded. So a service could
    send a header without end, statuses such as 100, or compressed bytes that stand for nothing, and never be late.
    """

    def __init__(self, seconds: float, hang_up: Callable[[], None]) -> None:
        """Prepare.

        Args:
            seconds: The time, from now on.
            hang_up: Ends the connections of the request, from another thread; may be called several times.
        """
        self.end = time.monotonic() + seconds
        """When the time is over, on the clock of ``time.monotonic``; a later one extends it."""
        self._hang_up = hang_up
        self._is_done = threading.Event()

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self.end

    def __enter__(self) -> Self:
        """Begin to watch the time."""
        threading.Thread(target=self._watch, name="time-limit", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End that."""
        self._is_done.set()

    def _watch(self) -> None:
        while not self._is_done.wait(max(self.end - time.monotonic(), _AGAIN)):
            if self.is_over:
                self._hang_up()
