"""The pace of requests to one service: if it asks to wait, no request of this program is sent meanwhile."""

from __future__ import annotations

import threading
import time

LONGEST = 600.0
"""Most seconds of a pause; if a service asks for more, it is asked again then."""


class Pace:
    """The time until which no request is sent, for all threads that share it."""

    def __init__(self) -> None:
        """Start without a pause."""
        self._end = 0.0
        self._lock = threading.Lock()

    def hold(self, seconds: float) -> None:
        """Let no request start for some seconds from now; a longer pause stays."""
        with self._lock:
            self._end = max(self._end, time.monotonic() + min(seconds, LONGEST))

    @property
    def seconds_left(self) -> float:
        """The seconds of the pause that remain; 0 without one."""
        with self._lock:
            return max(0.0, self._end - time.monotonic())
