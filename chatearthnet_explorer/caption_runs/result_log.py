"""The results of a run: written to the file of captions as they arrive, summed up, and never lost to a full disk."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption_file import append_entries
from chatearthnet_explorer.caption_runs.failure_kinds import SAME_IN_A_ROW, kind_of, stops_run
from chatearthnet_explorer.errors import Cancelled, CaptionFileError, ExplorerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chatearthnet_explorer.caption_file import CaptionEntry
    from chatearthnet_explorer.caption_runs.request_threads import Outcome


class ResultLog:
    """Writes outcomes and counts them."""

    def __init__(self, path: Path) -> None:
        """Start without results.

        Raises:
            CaptionFileError: If the file cannot be written.
        """
        self.path = path
        self.captions = 0
        """Captions that arrived."""
        self.failures: Counter[str] = Counter()
        """Failures by kind."""
        self.tokens_in = self.tokens_out = 0
        self.dollars = 0.0
        """US dollars of the results whose price is known."""
        self.unpriced = 0
        """Captions whose price is not known."""
        self.last_failure = ""
        """Why the last of the failed requests failed."""
        self.stop_reason = ""
        """Why the run has to end, in one sentence; empty as long as it may go on."""
        self._row = ("", 0)
        self._unwritten: list[CaptionEntry] = []
        _check_writable(path)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Write outcomes, and set ``stop_reason`` if the run has to end."""
        entries = [entry for outcome in outcomes if (entry := self._count(outcome))]
        self._unwritten += entries
        self._write()

    def record(self, entries: Sequence[CaptionEntry]) -> None:
        """Write results of requests that are over, whatever they are.

        Raises:
            CaptionFileError: If they cannot be written.
        """
        append_entries(self.path, entries)
        for entry in entries:
            self._sum(entry)
            if entry.caption:
                self.captions += 1
                self.unpriced += entry.dollars is None
            else:
                self.failures[entry.error_kind] += 1
                self.last_failure = entry.error

    def finish(self) -> None:
        """Write what could not be written before, or else into another file, and say so in ``stop_reason``."""
        if not self._unwritten:
            return
        self._write()
        if not self._unwritten:
            return
        descriptor, name = tempfile.mkstemp(prefix=f"{self.path.stem}-", suffix=".jsonl")
        os.close(descriptor)
        append_entries(Path(name), self._unwritten)
        self.stop_reason = (
            f"No space is left for {self.path}: its last {len(self._unwritten)} results are in {name}; free some "
            "space, append them to it, and repeat the command."
        )
        self._unwritten = []

    def _write(self) -> None:
        try:
            append_entries(self.path, self._unwritten)
        except CaptionFileError as error:
            self.stop_reason = str(error)
        else:
            self._unwritten = []

    def _count(self, outcome: Outcome) -> CaptionEntry | None:
        """Return the entry to write; None if there is nothing to remember."""
        entry, error = outcome.entry, outcome.error
        if not outcome.is_sent or isinstance(error, Cancelled):
            return None
        if error is None:
            self.captions += 1
            self._row = ("", 0)
            self.unpriced += entry.dollars is None
        elif not isinstance(error, ExplorerError):
            self.stop_reason = f"The run met an error of its own ({type(error).__name__}: {error}); report it."
            return None
        elif stops_run(error) or (kind_of(error) == "unreachable" and not self.captions):
            self.stop_reason = str(error)
            return None
        else:
            self._count_failure(kind_of(error), entry)
        self._sum(entry)
        return entry

    def _sum(self, entry: CaptionEntry) -> None:
        self.tokens_in += entry.tokens_in or 0
        self.tokens_out += entry.tokens_out or 0
        self.dollars += entry.dollars or 0.0

    def _count_failure(self, kind: str, entry: CaptionEntry) -> None:
        self.failures[kind] += 1
        self.last_failure = entry.error
        if kind == "empty chip":  # nothing was sent, and a region of sea has many
            return
        self._row = (kind, self._row[1] + 1 if kind == self._row[0] else 1)
        if self._row[1] >= SAME_IN_A_ROW:
            self.stop_reason = f"{SAME_IN_A_ROW} requests in a row failed in the same way. {entry.error}"


@contextmanager
def lock_caption_file(path: Path) -> Iterator[None]:
    """Let no other run write the same file: it would pay for the same requests.

    Raises:
        CaptionFileError: If another run is writing it, or its folder cannot be written.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - of an extra

    lock = FileLock(f"{os.path.realpath(path)}.lock", timeout=0)  # one for all links to the file
    try:
        lock.acquire()
    except Timeout:
        msg = f"Another run is writing {path}; wait for its end, or choose another file."
        raise CaptionFileError(msg) from None
    except OSError as error:
        msg = f"The captions cannot be written to {path} ({error.strerror}); choose another file."
        raise CaptionFileError(msg) from error
    try:
        yield
    finally:
        lock.release()


def _check_writable(path: Path) -> None:
    try:
        with path.open("ab"):
            pass
    except OSError as error:
        msg = f"The captions cannot be written to {path} ({error.strerror}); choose another file."
        raise CaptionFileError(msg) from error
