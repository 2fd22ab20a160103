"""Parse the central directory of a ZIP, with little memory even for a million members."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

# Layout of an entry: PKWARE's APPNOTE.TXT 6.3.10, section 4.3.12.
_ENTRY = np.dtype([
    ("signature", "S4"), ("made_by", "<u2"), ("needed", "<u2"), ("flags", "<u2"), ("method", "<u2"), ("time", "<u4"),
    ("crc", "<u4"), ("packed", "<u4"), ("size", "<u4"), ("name_length", "<u2"), ("extra_length", "<u2"),
    ("comment_length", "<u2"), ("disk", "<u2"), ("inner", "<u2"), ("outer", "<u4"), ("offset", "<u4"),
])  # fmt: skip
_LENGTHS = struct.Struct("<28x3H")
_TABLE = np.dtype([
    ("offset", "u8"), ("packed", "u8"), ("size", "u8"), ("crc", "u4"), ("method", "u2"), ("flags", "u2"),
])  # fmt: skip
_FULL32 = 0xFFFFFFFF
_ZIP64 = 1
_UTF8 = 0x0800
_LOCAL_SIZE = 30
_CUT = "has a directory that is cut short; download it anew or use another copy."

ENTRY_SIZE = _ENTRY.itemsize
"""Bytes that an entry has at least."""


@dataclass(frozen=True, slots=True)
class Member:
    """Position of one file in a ZIP, enough to read it with one request and without the ZIP's directory."""

    name: str
    """Its name in the ZIP, folders included. Nothing is ever written to disk under it."""

    offset: int
    """Position of its local header in the ZIP."""

    compressed_size: int
    """Bytes it takes in the ZIP, without header."""

    size: int
    """Bytes it has when unpacked."""

    method: int
    """0 stored, 8 deflated."""

    crc: int
    """CRC-32 of the unpacked bytes."""


class Directory:
    """A ZIP's central directory as arrays: about 70 bytes for each member, including names.

    Members are found by their name without folders, since the release keeps its images in one that is not always the
    same. Where two have the same name the later one is meant, as for any tool that unpacks them.
    """

    table: NDArray[np.void]
    """``offset``, ``packed``, ``size``, ``crc``, ``method`` (all as in ``Member``) and ``flags``, a row a member."""

    def __init__(self, table: NDArray[np.void], names: bytes, starts: NDArray[np.uint32]) -> None:
        """Index the names: that of a row lies in ``names`` between its place in ``starts`` and the next."""
        self.table, self._names, self._starts = table, names, starts
        hashes = np.fromiter((_hash(self._raw_name(row)) for row in range(len(table))), np.uint32, len(table))
        self._order = np.argsort(hashes, kind="stable").astype(np.uint32)
        self._hashes = hashes[self._order]

    def __len__(self) -> int:
        """Return the number of members, folders included."""
        return len(self.table)

    def __iter__(self) -> Iterator[Member]:
        """Yield every member in the order of the directory."""
        return (self._member(row) for row in range(len(self)))

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a member of that name."""
        return self.get(name) is not None

    def get(self, name: str) -> Member | None:
        """Return the member of a name, in any folder if the name has none; None if there is no such member."""
        row = int(self.rows([name])[0])
        return None if row < 0 else self._member(row)

    def rows(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the row in ``table`` of each name, found as ``get`` does; -1 where there is no such member."""
        raw_names = [name.encode(errors="replace") for name in names]
        hashes = np.fromiter((_hash(name) for name in raw_names), np.uint32, len(raw_names))
        last = np.searchsorted(self._hashes, hashes, side="right") - 1
        rows = np.full(len(raw_names), -1, np.int64)
        for number, (name, crc, place) in enumerate(zip(raw_names, hashes, last.tolist(), strict=True)):
            while place >= 0 and self._hashes[place] == crc:
                row = int(self._order[place])
                raw = self._raw_name(row)
                if name == (raw if b"/" in name else raw.rpartition(b"/")[2]):
                    rows[number] = row
                    break
                place -= 1  # noqa: PLW2901 - another name of the same hash, or an earlier one of the same name
        return rows

    def folder(self, row: int) -> str:
        """Return the folders before the name of a row in ``table``, with the slash behind them; empty without any."""
        return decode_name(b"".join(self._raw_name(row).rpartition(b"/")[:2]), flags=int(self.table["flags"][row]))

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes."""
        return sum(one.nbytes for one in (self.table, self._starts, self._order, self._hashes)) + len(self._names)

    def _raw_name(self, row: int) -> bytes:
        return self._names[self._starts[row] : self._starts[row + 1]]

    def _member(self, row: int) -> Member:
        one = self.table[row]
        name = decode_name(self._raw_name(row), flags=int(one["flags"]))
        return Member(name, *(int(one[key]) for key in ("offset", "packed", "size", "method", "crc")))


def parse_directory(content: bytes, count: int, *, base: int, stop: int) -> Directory:
    """Return the directory that is written in bytes.

    Args:
        content: The central directory as it stands in the ZIP.
        count: Members that it should have.
        base: Bytes before the ZIP in its file, which its offsets do not count.
        stop: Position of the directory in the file, where the last member ends at the latest.

    Raises:
        ArchiveError: If it is cut short, or members reach into each other or lie outside of the file; the sentence
            lacks its subject, the file.
    """
    entries, names, wide = bytearray(), bytearray(), {}
    place = 0
    for row in range(count):
        if place + ENTRY_SIZE > len(content):
            raise ArchiveError(_CUT)
        name_length, extra_length, comment_length = _LENGTHS.unpack_from(content, place)
        name = place + ENTRY_SIZE
        entries += content[place:name]
        names += content[name : name + name_length]
        if extra_length:
            wide[row] = slice(name + name_length, name + name_length + extra_length)
        place = name + name_length + extra_length + comment_length
    if place > len(content):
        raise ArchiveError(_CUT)
    raw = np.frombuffer(entries, _ENTRY)
    if (raw["signature"] != b"PK\1\2").any():
        msg = "has a directory that cannot be right; it is damaged, so download it anew."
        raise ArchiveError(msg)
    table = np.zeros(count, _TABLE)
    for key in ("offset", "packed", "size", "crc", "method", "flags"):
        table[key] = raw[key]
    starts = np.concatenate([[0], np.cumsum(raw["name_length"], dtype=np.uint64)]).astype(np.uint32)
    full = (raw["size"] == _FULL32) | (raw["packed"] == _FULL32) | (raw["offset"] == _FULL32)
    for large in np.flatnonzero(full).tolist():
        _widen(table[large : large + 1], raw[large], content[wide.get(large, slice(0))])
    table["offset"] += np.uint64(base)
    _check_places(table, raw["name_length"], stop)
    return Directory(table, bytes(names), starts)


def decode_name(name: bytes, *, flags: int) -> str:
    """Return a member's name as text: UTF-8 where its flags say so, else the code page of the first ZIPs."""
    return name.decode("utf-8", "replace") if flags & _UTF8 else name.decode("cp437")


def _widen(row: NDArray[np.void], raw: np.void, extra: bytes) -> None:
    """Replace numbers that do not fit into 32 bits by those of the ZIP64 extra field."""
    while len(extra) >= 4:  # noqa: PLR2004 - a field's kind and length
        kind, length = struct.unpack_from("<HH", extra)
        if kind == _ZIP64:
            numbers = struct.unpack_from(f"<{min(length, len(extra) - 4) // 8}Q", extra, 4)
            full = [key for key in ("size", "packed", "offset") if raw[key] == _FULL32]
            for key, number in zip(full, numbers, strict=False):
                row[key] = number
        extra = extra[4 + length :]


def _check_places(table: NDArray[np.void], name_lengths: NDArray[np.uint16], stop: int) -> None:
    """Refuse members that reach into each other or into the directory: zip bombs do, no ZIP of images does."""
    order = np.argsort(table["offset"], kind="stable")
    starts = table["offset"][order]
    # each term is bounded by itself as well, so that no sum can wrap round
    absurd = bool((starts > stop).any() or (table["packed"] > stop).any())
    ends = starts + table["packed"][order] + name_lengths[order] + np.uint64(_LOCAL_SIZE)
    limits = np.append(starts[1:], np.uint64(stop))[: len(table)]
    if absurd or (ends > limits).any():
        msg = "has members that overlap or lie outside of it; it is damaged or a trap, so use another copy."
        raise ArchiveError(msg)


def _hash(name: bytes) -> int:
    return zlib.crc32(name.rpartition(b"/")[2])
