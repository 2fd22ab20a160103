"""The entries of a ledger: one line each, and the rule for which entry is valid in the end."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.errors import VerdictError
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.review.verdict import REVIEWER_LIMIT, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = 2
"""Highest version of the lines that this package writes; lines of a higher version are kept but not read.

Lines about captions of a set have version 2. All others have version 1, so that older programs read them as before.
"""

LAST = 2**53
"""The highest sequence number, an integer exact in every JSON reader; entries that reach it are sorted by time."""

LINE_LIMIT = 500_000
"""Maximum length of a line in bytes: a caption of 20,000 characters takes 240,000 at worst."""

Key = tuple[str, str, str, str]
"""Reviewer, name, style and id of the caption set: a reviewer has one valid verdict on each caption."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A verdict, or the undoing of one."""

    reviewer: str
    """Who wrote it."""

    seq: int
    """Sequence number of this reviewer's entries, from 1: unlike clocks, counters agree."""

    time: datetime
    """When, UTC, by the reviewer's clock."""

    verdict: Verdict | None = None
    """The verdict; None if the entry undoes another."""

    undoes: str = ""
    """Id of the entry that this one undoes."""

    id: str = field(init=False)
    """Digest of its content: the same entry has the same id in every file."""

    def __post_init__(self) -> None:
        """Compute the id once."""
        content = json.dumps(self._content(), sort_keys=True, separators=(",", ":"))
        object.__setattr__(self, "id", hashlib.sha256(content.encode()).hexdigest()[:32])

    @property
    def key(self) -> Key | None:
        """Reviewer and caption; None if the entry undoes another."""
        one = self.verdict
        return (self.reviewer, one.name, one.style, one.caption_set) if one else None

    @property
    def order(self) -> tuple[int, datetime, str]:
        """Sort key among the entries of a reviewer."""
        return self.seq, self.time, self.id

    def to_line(self) -> bytes:
        """Return it as a line of ASCII, its end included."""
        return json.dumps({"id": self.id} | self._content(), separators=(",", ":")).encode() + b"\n"

    def _content(self) -> dict[str, Any]:
        content = self.verdict.to_dict() if self.verdict else {"undoes": self.undoes}
        time = self.time.astimezone(UTC).isoformat()
        version = 2 if self.verdict and self.verdict.caption_set else 1
        return {"v": version, "reviewer": self.reviewer, "seq": self.seq} | content | {"time": time}


@dataclass(frozen=True, slots=True)
class Newer:
    """A line that a newer version of this package wrote: kept as it is."""

    line: bytes
    """The line, without its end."""


@dataclass(frozen=True, slots=True)
class DamagedLine:
    """A line that cannot be read, usually because its writer was killed while writing."""

    line: bytes
    """The line, without its end."""


def read_line(line: bytes) -> Entry | Newer | DamagedLine:
    """Parse a line, untrusted; a line whose id does not match its content is damaged."""
    try:
        fields: Any = read_json(line) if len(line) <= LINE_LIMIT else None
        if isinstance(fields, dict) and type(fields.get("v")) is int and fields["v"] > VERSION:
            return Newer(line)
        entry = _entry(fields)
    except (ValueError, TypeError, KeyError, OverflowError):  # a VerdictError is a ValueError; years end at 1 and 9999
        return DamagedLine(line)
    return entry if entry.id == fields["id"] else DamagedLine(line)


def line_bytes(line: Entry | Newer) -> bytes:
    """Return an entry, or a line of a newer version, as it stands in a ledger, its end included."""
    return line.line + b"\n" if isinstance(line, Newer) else line.to_line()


def standing(entries: Iterable[Entry]) -> dict[Key, Entry]:
    """Return each reviewer's latest verdict on each caption, in the reviewer's order.

    It is a fold: the order and repetition of entries do not matter. An entry that was undone is ignored,
    so that the reviewer's verdict before it is valid. Reviewers can only undo their own entries.
    """
    entries = list(entries)
    undone = {(entry.reviewer, entry.undoes) for entry in entries if entry.undoes}
    last: dict[Key, Entry] = {}
    for entry in sorted(entries, key=lambda one: one.order):
        if entry.key and (entry.reviewer, entry.id) not in undone:
            last.pop(entry.key, None)  # so that it moves to the end
            last[entry.key] = entry
    return last


def _entry(fields: Any) -> Entry:  # noqa: ANN401 - anything may be in JSON
    seq, reviewer, time = fields["seq"], fields["reviewer"], datetime.fromisoformat(fields["time"])
    whole = type(seq) is int and 0 < seq <= LAST and isinstance(reviewer, str) and len(reviewer) <= REVIEWER_LIMIT
    if not whole or time.utcoffset() is None:
        msg = "A line of the ledger lacks its number, reviewer or time; it is left out."
        raise VerdictError(msg)
    if "undoes" in fields:
        if not isinstance(fields["undoes"], str) or not fields["undoes"]:
            msg = "A line undoes an entry that does not exist; it is left out."
            raise VerdictError(msg)
        return Entry(reviewer, seq, time, undoes=fields["undoes"])
    return Entry(reviewer, seq, time, Verdict.from_dict(fields))
