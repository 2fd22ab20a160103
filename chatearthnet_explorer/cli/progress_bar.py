"""The progress bar of the commands, on standard error."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.terminal import escape, one_line, standard_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Return a callback that draws progress: task, amount done, total (0 if unknown).

    It draws nothing if standard error is not a terminal.
    """
    from tqdm import tqdm

    with tqdm(file=standard_error(), disable=None, leave=False, delay=1.0, unit="") as bar:

        def report_progress(step: str, count: int, total: int) -> None:
            if bar.disable:
                return
            label = escape(one_line(step))
            if bar.desc != f"{label}: ":
                bar.reset()
                bar.set_description(label, refresh=False)
            bar.total = total or None
            bar.n = count
            bar.refresh()

        yield report_progress
