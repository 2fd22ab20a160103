"""Ctrl-C while requests are under way: the first ends a run in order, the second at once."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType


class Interrupts:
    """Counts Ctrl-C within a ``with`` block of the main thread, and raises ``KeyboardInterrupt`` from the second on.

    In other threads, and where a program has its own way to handle Ctrl-C, nothing changes.
    """

    def __init__(self) -> None:
        """Start with none."""
        self.count = 0
        """How often Ctrl-C was pressed."""
        self._replaces = False

    def __enter__(self) -> Self:
        """Take over Ctrl-C."""
        is_main = threading.current_thread() is threading.main_thread()
        self._replaces = is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._replaces:
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        """Give Ctrl-C back."""
        if self._replaces:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 1:
            raise KeyboardInterrupt
