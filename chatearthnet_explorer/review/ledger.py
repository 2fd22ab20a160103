"""The ledger: verdicts in an append-only file that several processes can write, and that survives a kill."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from chatearthnet_explorer.errors import LedgerError
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.review.ledger_entries import LAST, DamagedLine, Entry, Key, Newer, read_line, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chatearthnet_explorer.review.verdict import Verdict

LIMIT = 256_000_000
"""Maximum size of a ledger in bytes: about half a million verdicts."""

PATIENCE = 10.0
"""Seconds to wait for another writer; an entry takes milliseconds."""


class Ledger:
    """A file of JSON lines. Entries are appended under a lock, and are on disk when the call returns.

    Many processes can write to one file: each reads the entries of the others before it writes.
    """

    def __init__(self, path: str | Path) -> None:
        """Use a file, which is created with the first entry."""
        self.path = Path(path)
        self._lines: list[Entry | Newer | DamagedLine] = []
        self._read = 0
        self._tail = b""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order of the file.

        Raises:
            LedgerError: If the file cannot be read or is too large.
        """
        return tuple(line for line in self._all() if isinstance(line, Entry))

    @property
    def lines(self) -> tuple[Entry | Newer, ...]:
        """All lines that can be handed on: entries, and those of a newer version, in the order of the file.

        Raises:
            LedgerError: As ``entries``.
        """
        return tuple(line for line in self._all() if not isinstance(line, DamagedLine))

    @property
    def standing(self) -> dict[Key, Entry]:
        """Each reviewer's latest verdict on each caption; see ``ledger_entries.standing``.

        Raises:
            LedgerError: As ``entries``.
        """
        return standing(self.entries)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The valid verdicts.

        Raises:
            LedgerError: As ``entries``.
        """
        return tuple(entry.verdict for entry in self.standing.values() if entry.verdict)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Notes on the file, one sentence each.

        Raises:
            LedgerError: As ``entries``.
        """
        lines, name = self._all(), self.path.name
        damaged_lines = _count(sum(isinstance(line, DamagedLine) for line in lines))
        newer = _count(sum(isinstance(line, Newer) for line in lines))
        return (
            *(
                [f"{damaged_lines} of {name} cannot be read, as after a crash while writing: kept, not counted."]
                * bool(damaged_lines)
            ),
            *([f"{newer} of {name} written by a newer version: kept, not counted until you update."] * bool(newer)),
        )

    def record(self, verdict: Verdict) -> Entry:
        """Append a verdict; return its entry once it is on the disk.

        Raises:
            LedgerError: If the file cannot be written, or others lock it for longer than ``PATIENCE``.
        """
        return self._append(verdict.reviewer, verdict.time, verdict=verdict)

    def undo(self, entry: Entry) -> Entry:
        """Undo an entry, which stays in the file; return the entry that undoes it.

        Raises:
            LedgerError: As ``record``.
        """
        return self._append(entry.reviewer, datetime.now(UTC), undoes=entry.id)

    def add(self, lines: Iterable[Entry | Newer]) -> int:
        """Append the lines that this ledger lacks; return their number.

        Raises:
            LedgerError: As ``record``.
        """
        with self._lock():
            lines_known = {_bytes(line) for line in self._all()}
            fresh = dict.fromkeys(line for line in map(_bytes, lines) if line not in lines_known)
            if fresh:
                self._write(b"\n".join(fresh) + b"\n")
        return len(fresh)

    def _append(self, reviewer: str, time: datetime, *, verdict: Verdict | None = None, undoes: str = "") -> Entry:
        with self._lock():
            before = max((entry.seq for entry in self.entries if entry.reviewer == reviewer), default=0)
            entry = Entry(reviewer, min(before + 1, LAST), time, verdict, undoes)
            self._write(entry.to_line())
        return entry

    def _all(self) -> Sequence[Entry | Newer | DamagedLine]:
        """Return all lines; only those added since the last call are read."""
        if why := unreadable(self.path, missing=True):
            msg = f"The ledger {self.path.name} {why}."
            raise LedgerError(msg)
        try:
            if self.path.stat().st_size < self._read:  # the file was replaced by a shorter one
                self._lines, self._read = [], 0
            with self.path.open("rb") as file:
                file.seek(self._read)
                content = file.read(LIMIT + 1 - self._read)
        except FileNotFoundError:
            return self._lines
        except OSError as error:
            raise _error(self.path, error, to="read") from error
        if self._read + len(content) > LIMIT:
            msg = f"{self.path.name} is larger than a ledger can be ({LIMIT:,} bytes); start another and merge reports."
            raise LedgerError(msg)
        *lines, self._tail = content.split(b"\n")
        self._read += len(content) - len(self._tail)
        self._lines += [read_line(line) for line in lines if line.strip()]
        return [*self._lines, read_line(self._tail)] if self._tail else self._lines

    def _write(self, content: bytes) -> None:
        """Append under the lock, after ``_all``; an incomplete last line is ended first."""
        try:
            fresh = not self.path.exists()
            with self.path.open("ab", buffering=0) as file:
                left = memoryview(b"\n" + content if self._tail else content)
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            if fresh:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise _error(self.path, error, to="write") from error

    @contextmanager
    def _lock(self) -> Iterator[None]:
        lock = FileLock(f"{self.path}.lock", timeout=PATIENCE)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(poll_interval=0.005)
        except Timeout:
            msg = f"Another program has used {self.path.name} for {PATIENCE:.0f} seconds; close it and try again."
            raise LedgerError(msg) from None
        except (OSError, NotImplementedError) as error:
            raise _error(self.path, error, to="lock") from error
        try:
            yield
        finally:
            lock.release()


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The result of a merge."""

    added_count: int
    """Number of entries that were added."""

    known_count: int
    """Number of entries that it had already, or that were in the files more than once."""

    remarks: tuple[str, ...]
    """Notes on the files, one sentence each."""

    def to_dict(self) -> dict[str, object]:
        """Return it for JSON."""
        return {"added": self.added_count, "known": self.known_count, "remarks": list(self.remarks)}


def merge(files: Iterable[str | Path], into: Ledger) -> MergeResult:
    """Merge the entries of other ledgers into one; repeating it changes nothing.

    Args:
        files: Ledgers, or folders of them (``*.jsonl``).
        into: The ledger to add to.

    Raises:
        LedgerError: If a file is missing, cannot be read, or has no entry; then nothing is added.
    """
    lines: list[Entry | Newer] = []
    remarks: list[str] = []
    for path in _files(files):
        ledger = Ledger(path)
        lines_found = ledger._all()  # noqa: SLF001 - the same module
        entries = [line for line in lines_found if not isinstance(line, DamagedLine)]
        if lines_found and not entries:
            msg = f"{path.name} has no ledger entries; choose a file that a ledger wrote."
            raise LedgerError(msg)
        lines += entries
        remarks += ledger.remarks
    added_count = into.add(lines)
    return MergeResult(added_count, len(lines) - added_count, tuple(remarks))


def _files(paths: Iterable[str | Path]) -> list[Path]:
    lines_found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            lines_found += sorted(path.glob("*.jsonl"))
        elif path.is_file():
            lines_found.append(path)
        else:
            msg = f"The ledger {path.name} {unreadable(path) or 'cannot be read'}."
            raise LedgerError(msg)
    return lines_found


def _error(path: Path, error: Exception, *, to: str) -> LedgerError:
    why = getattr(error, "strerror", None) or type(error).__name__
    return LedgerError(f"It was not possible to {to} {path.name} ({why}); choose another file for the ledger.")


def _bytes(line: Entry | Newer | DamagedLine) -> bytes:
    return line.to_line().rstrip(b"\n") if isinstance(line, Entry) else line.line


def _count(lines: int) -> str:
    return f"{lines:,} line{'s' * (lines > 1)}" if lines else ""


def _sync_folder(folder: Path) -> None:
    """Flush a new file's directory entry to disk, if the system supports it."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
