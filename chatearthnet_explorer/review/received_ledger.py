"""A ledger that somebody hands over as a file: received in pieces, bounded, and read line by line."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import LedgerError
from chatearthnet_explorer.review.ledger_entries import DamagedLine, Entry, Newer, read_line

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 5_000_000
"""Maximum size of a received file in bytes: about 14,000 verdicts."""

PIECE = 60_000
"""Bytes of a piece: as base64 in JSON it stays far below the longest message that a page may send."""

MOST_LINES = 20_000
"""Lines that are read."""

_TOO_LARGE = f"The file is larger than {LIMIT / 1e6:.0f} MB; put large ledgers together with `review merge`."


@dataclass(frozen=True, slots=True)
class ReceivedLedger:
    """The lines of a received ledger."""

    lines: tuple[Entry | Newer, ...]
    """What can be added to a ledger, in the order of the file."""

    reviewers: tuple[str, ...]
    """Who wrote it, untrusted; views escape the names."""

    damaged_count: int
    """Lines that are no entries; they are left out."""


class Upload:
    """Puts the pieces of one file together."""

    def __init__(self, size: object) -> None:
        """Begin with the size in bytes that the sender announces.

        Raises:
            LedgerError: If it is not a size, or too large.
        """
        if type(size) is not int or size < 0:
            msg = "The file cannot be read; choose a ledger that this page or `review` wrote."
            raise LedgerError(msg)
        if size > LIMIT:
            raise LedgerError(_TOO_LARGE)
        if not size:
            msg = "The file is empty; choose a ledger with verdicts."
            raise LedgerError(msg)
        self.size = size
        self._content = bytearray()
        self._next = 0

    @property
    def received_count(self) -> int:
        """Bytes that have arrived."""
        return len(self._content)

    def feed(self, number: object, text: object) -> bytes | None:
        """Take the next piece, as base64; return the whole file when it is complete.

        Raises:
            LedgerError: If the piece is not the next one, not base64, or longer than announced.
        """
        piece = _decode(text) if number == self._next else b""
        if not piece or len(piece) > PIECE or len(self._content) + len(piece) > self.size:
            msg = "The file did not arrive whole; choose it again."
            raise LedgerError(msg)
        self._next += 1
        self._content += piece
        return bytes(self._content) if len(self._content) == self.size else None


def read_ledger(content: bytes, *, check: Callable[[], None] = lambda: None) -> ReceivedLedger:
    """Return the lines of a ledger's file, which is hostile.

    Args:
        content: The file.
        check: Called from time to time; it may raise to stop.

    Raises:
        LedgerError: If the file is too large, has too many lines, or no entry at all.
    """
    if len(content) > LIMIT:
        raise LedgerError(_TOO_LARGE)
    texts = [line for line in content.split(b"\n") if line.strip()]
    if len(texts) > MOST_LINES:
        msg = f"The file has more than {MOST_LINES:,} lines; put large ledgers together with `review merge`."
        raise LedgerError(msg)
    lines: list[Entry | Newer | DamagedLine] = []
    for number, text in enumerate(texts):
        if not number % 100:
            check()
        lines.append(read_line(text.rstrip(b"\r")))
    entries = [line for line in lines if isinstance(line, Entry)]
    usable = tuple(line for line in lines if not isinstance(line, DamagedLine))
    if not usable:
        msg = (
            "This file is no ledger of verdicts; choose one that this page or `review` wrote (its name ends in .jsonl)."
        )
        raise LedgerError(msg)
    reviewers = tuple(dict.fromkeys(entry.reviewer for entry in entries))
    return ReceivedLedger(usable, reviewers, len(lines) - len(usable))


def _decode(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > 2 * PIECE:
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
