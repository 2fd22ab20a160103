"""Turn places into tasks: read the labels of several places ahead, and make their prompts."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption_runs.task import USUAL_YEAR, task_of
from chatearthnet_explorer.errors import ExplorerError, SourceError
from chatearthnet_explorer.prompts.wording import wording_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from chatearthnet_explorer.caption_runs.places import Place
    from chatearthnet_explorer.caption_runs.task import CaptionTask
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.tile import Tile
    from chatearthnet_explorer.writer import Writer

FAILURES_IN_A_ROW = 20
"""Places in a row whose chip cannot be read after which reading is given up: then it is the server."""


class ChipTasks:
    """Iterates over the tasks of places. Places without a chip or labels are counted and left out."""

    def __init__(
        self,
        places: Iterable[Place],
        chip_at: Callable[[Tile], Chip],
        writer: Writer,
        *,
        year: int = USUAL_YEAR,
        readers: int = 8,
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            places: The places.
            chip_at: Returns the chip of a tile; several threads call it. If it has a method ``close``, that is called
                at the end.
            writer: Who is to write, from which prompts.
            year: Year that ``chip_at`` reads.
            readers: Places whose chips are read at a time.
        """
        self.without_labels = 0
        """Places that are not mapped, such as the open sea."""
        self.unreadable = 0
        """Places whose chip could not be read."""
        self.reason = ""
        """Why the last of them could not be read."""
        self._places, self._chip_at = places, chip_at
        self._writer, self._wording = writer, wording_hash(writer.style, writer.wording or None)
        self._year, self._readers = year, readers

    def __iter__(self) -> Iterator[CaptionTask]:
        """Yield a task for each place with labels, in the order of the places.

        Raises:
            SourceError: If the chips of many places in a row cannot be read.
            WordingError: If the wording cannot be used.
        """
        for place, chip in self.chips():
            if chip.labels is not None:
                yield task_of(place.name, chip, self._writer, wording=self._wording, year=self._year)

    def chips(self) -> Iterator[tuple[Place, Chip]]:
        """Yield each place and its chip, which has labels, in the order of the places.

        Raises:
            SourceError: If the chips of many places in a row cannot be read.
        """
        row = 0
        for place, future in self._chips():
            try:
                chip = future.result()
            except ExplorerError as error:
                self.unreadable, self.reason, row = self.unreadable + 1, str(error), row + 1
                if row >= FAILURES_IN_A_ROW:
                    msg = f"The labels of {row} places in a row cannot be read, so the run ends. {error}"
                    raise SourceError(msg) from error
                continue
            row = 0
            if chip.labels is None:
                self.without_labels += 1
                continue
            yield place, chip

    def _chips(self) -> Iterator[tuple[Place, Future[Chip]]]:
        left = iter(self._places)
        waiting: deque[tuple[Place, Future[Chip]]] = deque()
        with ThreadPoolExecutor(self._readers, thread_name_prefix="chip") as pool:
            try:
                while True:
                    for place in islice(left, 2 * self._readers - len(waiting)):
                        waiting.append((place, pool.submit(self._chip_at, place.tile)))
                    if not waiting:
                        return
                    yield waiting.popleft()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                close = getattr(self._chip_at, "close", None)
                if close is not None:
                    close()
