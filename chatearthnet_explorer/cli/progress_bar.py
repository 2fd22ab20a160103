"""The progress bar of the commands, on standard error."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.terminal import escape, one_line, standard_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DELAY = 1.0  # seconds before the bar appears


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Return a callback that draws progress: task, amount done, total (0 if unknown).

    It draws nothing in the first second, nor if standard error is not a terminal. At the end the bar is removed.
    """
    from tqdm import tqdm

    start = time.monotonic()
    with tqdm(file=standard_error(), disable=None, leave=False, delay=_DELAY, unit="") as bar:
        bar.delay = 0  # else the bar takes itself for one that was never drawn, and stays in front of the next line

        def report_progress(step: str, count: int, total: int) -> None:
            if bar.disable or time.monotonic() - start < _DELAY:
                return
            label = escape(one_line(step))
            if bar.desc != f"{label}: ":
                bar.set_description(label, refresh=False)
                bar.total = total or None
                bar.reset()
            bar.total = total or None
            bar.n = count
            bar.refresh()

        yield report_progress
