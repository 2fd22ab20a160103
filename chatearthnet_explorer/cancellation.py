"""Whether anybody still waits for what a thread is doing: long work asks between its steps."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _nobody_stops() -> None:
    """Do nothing: work of a script or a test runs to its end."""


_check: ContextVar[Callable[[], None]] = ContextVar("_check", default=_nobody_stops)


def checkpoint() -> None:
    """Go on if somebody waits for this work; to be called between its steps.

    Raises:
        Cancelled: If nobody does.
    """
    _check.get()()


@contextmanager
def cancelled_by(check: Callable[[], None]) -> Iterator[None]:
    """Have ``checkpoint`` call a function, which may raise ``Cancelled``, within this block and thread."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)
