"""Cancel work in threads: long-running functions call ``checkpoint`` between their steps."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _never_cancel() -> None:
    """Do nothing: the work of a script or a test runs to its end."""


_check: ContextVar[Callable[[], None]] = ContextVar("_check", default=_never_cancel)


def checkpoint() -> None:
    """Raise ``Cancelled`` if the user no longer waits for this work; to be called between its steps.

    Raises:
        Cancelled: If the user no longer waits.
    """
    _check.get()()


@contextmanager
def cancelled_by(check: Callable[[], None]) -> Iterator[None]:
    """Let ``checkpoint`` call a function, which may raise ``Cancelled``, within this block and thread."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)
