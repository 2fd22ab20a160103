"""The memory of a process and of all that it started, shared pages counted once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable


class MemoryWatch(threading.Thread):
    """Looks at the memory five times a second, and keeps the most that it saw."""

    def __init__(self, process: psutil.Process, on_look: Callable[[int], None] = lambda _: None) -> None:
        """Take the first process, and what is called with the bytes of each look."""
        super().__init__(daemon=True)
        self.process, self.peak, self.processes = process, 0, 0
        self._on_look, self._end = on_look, threading.Event()

    def __enter__(self) -> Self:
        """Begin to look."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop looking."""
        self.stop()

    def run(self) -> None:
        """Look until it is stopped."""
        while not self._end.wait(0.2):
            total, count = memory(self.process)
            if total > self.peak:
                self.peak, self.processes = total, count
            self._on_look(total)

    def stop(self) -> None:
        """End."""
        self._end.set()
        self.join()


def memory(process: psutil.Process) -> tuple[int, int]:
    """Return bytes of a process and its descendants, shared pages counted once between them, and how many they are."""
    total, count = 0, 0
    try:
        everyone = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0, 0
    for one in everyone:
        try:
            total, count = total + one.memory_full_info().pss, count + 1
        except psutil.Error:
            continue
    return total, count
