"""Print a caption while it is written, and why it has to wait, for a person at a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.terminal import complain, write
from chatearthnet_explorer.net.rate_limits import report_waits

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAME_WAIT = 2.0  # seconds between two reports of one wait, at most


class LiveCaption:
    """Prints what is new in a text that grows; a text that changed otherwise is printed again, on a new line."""

    def __init__(self) -> None:
        """Begin with nothing on the terminal."""
        self.text = ""
        """What is on the terminal."""

    def __call__(self, text: str) -> None:
        """Print the text so far."""
        if not self.text and text:
            write("CAPTION, as it is written\n")
        elif not text.startswith(self.text):
            write("\n\n")
            self.text = ""
        write(text[len(self.text) :])
        self.text = text
        sys.stdout.flush()


@contextmanager
def live_caption(*, is_wanted: bool) -> Iterator[LiveCaption | None]:
    """Return what prints a caption while it is written, if standard output is a terminal and a person wants it."""
    last = 0.0

    def report(sentence: str) -> None:
        nonlocal last
        last, before = time.monotonic(), last
        if last - before > _SAME_WAIT:
            complain(sentence)

    live = LiveCaption() if is_wanted and sys.stdout is not None and sys.stdout.isatty() else None
    with report_waits(report):
        try:
            yield live
        finally:
            if live is not None and live.text:
                write("\n\n")
