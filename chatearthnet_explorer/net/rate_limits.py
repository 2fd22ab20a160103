"""Rate limits: how often each server accepts requests, learned from its responses, and waiting for it."""

from __future__ import annotations

import math
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.net.addresses import host_of
from chatearthnet_explorer.net.http_errors import BusyError, duration
from chatearthnet_explorer.net.retries_and_timeouts import LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_TICK = 0.25
_MOST_PATHS = 1_000
_EPOCH = 1_000_000_000  # smaller numbers are seconds from now
_NEW_WINDOW = 1.5

_listener: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)


@contextmanager
def report_waits(report: Callable[[str], None]) -> Iterator[None]:
    """Have a function called with a sentence, four times a second, whenever a request of this context has to wait."""
    token = _listener.set(report)
    try:
        yield
    finally:
        _listener.reset(token)


def report_wait(sentence: str) -> None:
    """Call the function of ``report_waits``, if there is one; it may raise ``Cancelled``."""
    listener = _listener.get()
    if listener is not None:
        listener(sentence)


class Limit:
    """The rate limit of one server, from its headers ``X-RateLimit-*`` and ``Retry-After``."""

    def __init__(self, host: str) -> None:
        """Begin without knowing any limit.

        Args:
            host: Host and port, as sentences name them.
        """
        self.host = host
        self._lock = threading.Lock()
        self._quiet_until = 0.0
        self._closed: dict[str, float] = {}
        self._left: int | None = None
        self._reset = 0.0

    @property
    def left(self) -> int | None:
        """Requests left until the server resets its count; None if it does not count."""
        with self._lock:
            self._forget()
            return self._left

    def acquire(self, path: str, patience: float) -> None:
        """Wait until a request may be sent, and count it.

        Args:
            path: Path of the request; a long wait closes only this path.
            patience: Seconds to wait at most.

        Raises:
            BusyError: If it takes longer.
        """
        total = 0.0
        while (seconds := self._claim(path)) > 0:
            if total + seconds > patience:
                msg = f"{self.host} takes no more requests for {duration(seconds)}; wait and try again."
                raise BusyError(msg)
            pause(seconds, self.host)
            total += seconds

    def learn(self, headers: Mapping[str, str]) -> None:
        """Update the limit from a response."""
        left, seconds = _number(headers.get("X-RateLimit-Remaining")), seconds_to_reset(headers)
        if left is None or seconds is None:
            return
        with self._lock:
            self._forget()
            reset = time.monotonic() + seconds
            # requests under way are counted here and not there yet, so within one window the smaller number is right
            same = self._left is not None and reset < self._reset + _NEW_WINDOW
            self._left = min(self._left, int(left)) if same and self._left is not None else int(left)
            self._reset = reset

    def refuse(self, path: str, seconds: float, *, patience: float) -> None:
        """Send nothing for some seconds: to the whole server where that is short, else for this path alone."""
        with self._lock:
            until = time.monotonic() + seconds
            if seconds <= patience:
                self._quiet_until = max(self._quiet_until, until)
                return
            if len(self._closed) >= _MOST_PATHS:
                self._closed.clear()
            self._closed[path] = until

    def _claim(self, path: str) -> float:
        """Return the seconds to wait; 0 if the request may be sent, which is counted."""
        with self._lock:
            self._forget()
            now = time.monotonic()
            wait = max(self._quiet_until, self._closed.get(path, 0.0)) - now
            if wait <= 0 and self._left is not None:
                if self._left <= 0:
                    return self._reset - now
                self._left -= 1
            return max(wait, 0.0)

    def _forget(self) -> None:
        if time.monotonic() >= self._reset:
            self._left = None


_limits: dict[str, Limit] = {}
_lock = threading.Lock()


def limit_of(address: str) -> Limit:
    """Return the limit of an address's server: one for all of this process, since servers count by computer."""
    host = host_of(address).lower()
    with _lock:
        return _limits.setdefault(host, Limit(host))


def pause(seconds: float, host: str) -> None:
    """Sleep, report the wait, and stop if the work is cancelled.

    Raises:
        Cancelled: If the work was cancelled.
    """
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        report_wait(f"{host} accepts no more requests at the moment; continuing in {duration(left)}.")
        time.sleep(min(left, _TICK))
        checkpoint()


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a busy server asks for: by ``Retry-After``, else by ``X-RateLimit-Reset``.

    None where it names none.
    """
    header = headers.get("Retry-After")
    seconds = _number(header)
    if seconds is None and header:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - _now(headers)
        except ValueError:
            seconds = None
    if seconds is None:
        seconds = seconds_to_reset(headers)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def seconds_to_reset(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until the server resets its count, by its own clock; None if it does not say."""
    reset = _number(headers.get("X-RateLimit-Reset"))
    if reset is None:
        return None
    seconds = reset - _now(headers) if reset >= _EPOCH else reset
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _now(headers: Mapping[str, str]) -> float:
    """Return the server's time in seconds of 1970; its clock and ours may differ."""
    try:
        return parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return time.time()


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
