"""Makes what pages show before their widgets: a little at once, and nobody waits long for it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 2
"""First paints that are made at once; for more, a page comes without: scanners must not pile up work."""

PATIENCE = 0.6
"""Seconds that a page waits for its first paint. What comes later is there for the widgets, which ask for the same."""


class FirstPaints:
    """Makes first paints in threads, with limits."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        """Set the limits: see ``AT_ONCE`` and ``PATIENCE``."""
        self._at_once, self._patience = at_once, patience
        self._executor = ThreadPoolExecutor(at_once, thread_name_prefix="chatearthnet-first-paint")
        self._under_way = 0

    async def make(self, function: Callable[[], str | None], skeleton: str) -> str:
        """Return what a function makes in time, else a skeleton.

        Args:
            function: Returns HTML, or None where there is nothing to show yet.
            skeleton: HTML of the same size without the picture and the text.

        Raises:
            Exception: If the function raises it in time.
        """
        if self._under_way >= self._at_once:
            return skeleton
        self._under_way += 1
        future = asyncio.get_running_loop().run_in_executor(self._executor, function)
        future.add_done_callback(self._finish)
        in_time, _ = await asyncio.wait({future}, timeout=self._patience)
        return (future.result() or skeleton) if in_time else skeleton

    def _finish(self, future: asyncio.Future[str | None]) -> None:
        self._under_way -= 1
        if not future.cancelled():
            future.exception()  # one that comes too late is nobody's
