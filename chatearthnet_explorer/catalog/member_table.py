"""Where the images of all pairs lie in their ZIPs, as numbers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog.arrays import read_arrays
from chatearthnet_explorer.catalog.schema import MEMBER_COLUMN
from chatearthnet_explorer.net.zip_directory import Member
from chatearthnet_explorer.record import ARCHIVES, stem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.net.zip_directory import Directory

BLANK_BYTES = 2048
"""Packed bytes up to which a PNG of 256 x 256 x 3 can only be of one colour: one takes about 900 with room for a
comment, and the plainest real sea takes more than ten times as many."""

_KINDS = {
    "offset": np.uint64,
    "packed": np.uint32,
    "size": np.uint32,
    "method": np.uint8,
    "crc": np.uint32,
    "folder": np.uint32,
}
_TOO_LARGE = 2**32
_BLOCK = 4096


def file_of(name: str) -> str:
    """Return the name of a pair's image in a ZIP, without its folders."""
    return f"{stem_of(name)}.png"


def look_up(
    names: Iterable[str], rows: int, directories: Mapping[str, Directory]
) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """Return numbers of every pair's members by column, shape (rows,) each, and the folders that they count.

    A member that is not there has size 0.

    Args:
        names: Names of all pairs, in the order of the rows.
        rows: How many there are.
        directories: What is in each ZIP that can be read.
    """
    numbers = {
        f"{column}_{kind}": np.zeros(rows, sort) for column in MEMBER_COLUMN.values() for kind, sort in _KINDS.items()
    }
    folders: dict[str, int] = {}
    waiting = iter(names)
    for start in range(0, rows if directories else 0, _BLOCK):
        files = [file_of(name) for name in islice(waiting, _BLOCK)]
        for archive, directory in directories.items():
            column, found = MEMBER_COLUMN[archive], directory.rows(files)
            there = np.flatnonzero(found >= 0)
            table = directory.table[found[there]]
            # what 32 bits do not hold is no picture
            there, table = there[fits := (table["size"] < _TOO_LARGE) & (table["packed"] < _TOO_LARGE)], table[fits]
            for kind in _KINDS:
                if kind != "folder":
                    numbers[f"{column}_{kind}"][start + there] = table[kind]
            numbers[f"{column}_folder"][start + there] = [
                folders.setdefault(directory.folder(row), len(folders)) for row in found[there].tolist()
            ]
    return numbers, list(folders) or [""]


def members_of(numbers: Mapping[str, NDArray[Any]], folders: list[str], row: int, name: str) -> dict[str, Member]:
    """Return the members of one pair, by archive."""
    found = {}
    for archive in ARCHIVES:
        told = {kind: int(numbers[f"{MEMBER_COLUMN[archive]}_{kind}"][row]) for kind in _KINDS}
        folder = folders[told.pop("folder")]
        if told["size"]:
            found[archive] = Member(name=folder + file_of(name), compressed_size=told.pop("packed"), **told)
    return found


class Members:
    """The same, read from disk when the first is asked for."""

    def __init__(self, path: Path, folders: list[str]) -> None:
        """Prepare to read."""
        self._path, self._folders = path, folders
        self._numbers: dict[str, NDArray[Any]] | None = None

    def of(self, row: int, name: str) -> dict[str, Member]:
        """Return the members of one pair, by archive."""
        return members_of(self.numbers, self._folders, row, name)

    @property
    def rows(self) -> int:
        """How many pairs they are of."""
        return len(next(iter(self.numbers.values())))

    @property
    def numbers(self) -> dict[str, NDArray[Any]]:
        """Every number, by column."""
        if self._numbers is None:
            self._numbers = read_arrays(self._path)
        return self._numbers
