"""Simulated chips for many visitors: each is made once, in another process, and cached."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.errors import Cancelled
from chatearthnet_explorer.render import keep_png, png
from chatearthnet_explorer.sources import simulated_chips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.parallel.worker_pool import Workers
    from chatearthnet_explorer.tile import Tile

    Key = tuple[Tile, int, bool]

CHIPS_IN_MEMORY = 64
"""Chips in the cache: about 21 MB."""

_PATIENCE = 0.05  # seconds between two checks for cancellation


class SharedChips:
    """Makes simulated chips in workers; several requests for one chip share the work."""

    def __init__(self, workers: Workers) -> None:
        """Start empty."""
        self._workers = workers
        self._lock = threading.Lock()
        self._chips: dict[Key, Future[Chip]] = {}

    def chip(self, tile: Tile, year: int, bands: bool) -> Chip:  # noqa: FBT001 - a part of the key
        """Return the chip of a tile.

        Raises:
            Cancelled: If the work was cancelled.
        """
        if bands:  # two megabytes each, and not shown on any page
            return self._draw((tile, year, bands))[0]
        key = tile, year, bands
        while True:
            with self._lock:
                pending = self._chips.pop(key, None)
                future = self._chips[key] = pending or Future()  # most recently used last
                for old in list(self._chips)[:-CHIPS_IN_MEMORY]:
                    del self._chips[old]
            if pending is None:
                return self._make(key, future)
            try:
                return _wait_for(future)
            except Cancelled:
                checkpoint()  # another request was cancelled: make the chip here

    def _make(self, key: Key, future: Future[Chip]) -> Chip:
        try:
            chip, file = self._draw(key)
        except BaseException as problem:
            with self._lock:
                if self._chips.get(key) is future:
                    del self._chips[key]
            future.set_exception(problem)
            raise
        if chip.rgb is not None:
            keep_png(chip.rgb, file)
        future.set_result(chip)
        return chip

    def _draw(self, key: Key) -> tuple[Chip, bytes]:
        result: tuple[Chip, bytes] = self._workers.run(draw_chip, *key)
        return result


def draw_chip(tile: Tile, year: int, bands: bool) -> tuple[Chip, bytes]:  # noqa: FBT001 - called with what a key holds
    """Return a simulated chip and its picture as PNG, which takes a sixth of the time. Runs in a worker."""
    chip = simulated_chips.simulate(tile, year, bands)
    return chip, b"" if chip.rgb is None else png(chip.rgb)


@contextmanager
def shared_chips(workers: Workers) -> Iterator[None]:
    """Let every ``SimulatedSource`` of this process get its chips from workers, inside this block."""
    before, simulated_chips.make_chip = simulated_chips.make_chip, SharedChips(workers).chip
    try:
        yield
    finally:
        simulated_chips.make_chip = before


def _wait_for(future: Future[Chip]) -> Chip:
    while True:
        checkpoint()
        try:
            return future.result(timeout=_PATIENCE)
        except NotYet:
            continue
