"""The positions of all images in their ZIPs, as arrays."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog.npz_files import read_arrays
from chatearthnet_explorer.catalog.schema import MEMBER_COLUMN
from chatearthnet_explorer.net.zip_directory import Member
from chatearthnet_explorer.record import ARCHIVES, stem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.net.zip_directory import Directory

BLANK_BYTES = 2048
"""Compressed bytes up to which a PNG of 256 x 256 x 3 can only be of one colour: that takes about 900 with a comment,
and the plainest real sea takes more than ten times as many."""

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
    """Return the columns of every pair's members, shape (rows,) each, and the folders by position.

    A missing member has size 0.

    Args:
        names: Names of all pairs, in the order of the rows.
        rows: Number of pairs.
        directories: The directory of each ZIP that can be read.
    """
    numbers = {
        f"{column}_{kind}": np.zeros(rows, sort) for column in MEMBER_COLUMN.values() for kind, sort in _KINDS.items()
    }
    folders: dict[str, int] = {}
    remaining = iter(names)
    for start in range(0, rows if directories else 0, _BLOCK):
        files = [file_of(name) for name in islice(remaining, _BLOCK)]
        for archive, directory in directories.items():
            column, rows_found = MEMBER_COLUMN[archive], directory.rows(files)
            there = np.flatnonzero(rows_found >= 0)
            table = directory.table[rows_found[there]]
            # a size of more than 32 bits is not a picture
            there, table = there[fits := (table["size"] < _TOO_LARGE) & (table["packed"] < _TOO_LARGE)], table[fits]
            for kind in _KINDS:
                if kind != "folder":
                    numbers[f"{column}_{kind}"][start + there] = table[kind]
            numbers[f"{column}_folder"][start + there] = [
                folders.setdefault(directory.folder(row), len(folders)) for row in rows_found[there].tolist()
            ]
    return numbers, list(folders) or [""]


def members_of(numbers: Mapping[str, NDArray[Any]], folders: list[str], row: int, name: str) -> dict[str, Member]:
    """Return the members of one pair, by archive."""
    members = {}
    for archive in ARCHIVES:
        fields = {kind: int(numbers[f"{MEMBER_COLUMN[archive]}_{kind}"][row]) for kind in _KINDS}
        folder = folders[fields.pop("folder")]
        if fields["size"]:
            members[archive] = Member(name=folder + file_of(name), compressed_size=fields.pop("packed"), **fields)
    return members


class Members:
    """The members of all pairs, read from disk at the first use."""

    def __init__(self, path: Path, folders: list[str]) -> None:
        """Prepare to read."""
        self._path, self.folders = path, folders
        self._numbers: dict[str, NDArray[Any]] | None = None

    def of(self, row: int, name: str) -> dict[str, Member]:
        """Return the members of one pair, by archive."""
        return members_of(self.numbers, self.folders, row, name)

    @property
    def rows(self) -> int:
        """Number of pairs."""
        return len(next(iter(self.numbers.values())))

    @property
    def numbers(self) -> dict[str, NDArray[Any]]:
        """The numbers by column."""
        if self._numbers is None:
            self._numbers = read_arrays(self._path)
        return self._numbers
