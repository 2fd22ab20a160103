"""Run calls in threads, and stop waiting for them after some seconds."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from chatearthnet_explorer.net.http_errors import slow_error

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def within(seconds: float, call: Callable[[], T], *, subject: str) -> T:
    """Return the result of a call, or give up on it: neither DNS nor a dripping server keeps a click waiting.

    The call goes on in its own thread until its own bounds end it.

    Args:
        seconds: How long to wait.
        call: What to do.
        subject: Which server it waits for, as the sentence names it.

    Raises:
        UnreachableError: If it takes longer.
    """
    result = begin(call)
    try:
        return result.result(seconds)
    except TimeoutError as error:
        if result.done():  # the call's own time-out
            raise
        raise slow_error(subject) from error


def begin(call: Callable[[], T]) -> Future[T]:
    """Start a call on a thread that does not keep Python from ending, and return its future."""
    result: Future[T] = Future()
    result.set_running_or_notify_cancel()  # cancelling the future does not end the thread

    def run() -> None:
        try:
            result.set_result(call())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is read
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return result
