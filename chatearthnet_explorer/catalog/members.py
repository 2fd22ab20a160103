"""Where the images of all pairs lie in their ZIPs, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.catalog.schema import MEMBER_COLUMN
from chatearthnet_explorer.record import ARCHIVES, Member

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.directory import Directory

BLANK_BYTES = 2048
"""Packed bytes up to which a PNG of 256 x 256 x 3 can only be of one colour: one takes about 900 with room for a
comment, and the plainest real sea takes more than ten times as many."""

_KINDS = {
    "offset": np.uint64,
    "packed": np.uint32,
    "size": np.uint32,
    "method": np.uint8,
    "crc": np.uint32,
    "folder": np.uint16,
}
_MOST_FOLDERS = 60_000


def file_of(name: str) -> str:
    """Return the name of a pair's image in a ZIP, without its folders."""
    return name.replace("\\", "/").rpartition("/")[2].removesuffix(".png") + ".png"


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
    for row, name in enumerate(names) if directories else ():
        file = file_of(name)
        for archive, directory in directories.items():
            member = directory.get(file)
            folder = "" if member is None else member.name[: -len(file)]
            if member is None or member.size >= 2**32 or member.packed >= 2**32 or len(folders) > _MOST_FOLDERS:
                continue
            told = (member.offset, member.packed, member.size, member.method, member.crc)
            for kind, number in zip(_KINDS, (*told, folders.setdefault(folder, len(folders))), strict=True):
                numbers[f"{MEMBER_COLUMN[archive]}_{kind}"][row] = number
    return numbers, list(folders) or [""]


def members_of(numbers: Mapping[str, NDArray[Any]], folders: list[str], row: int, name: str) -> dict[str, Member]:
    """Return the members of one pair, by archive."""
    found = {}
    for archive in ARCHIVES:
        told = {kind: int(numbers[f"{MEMBER_COLUMN[archive]}_{kind}"][row]) for kind in _KINDS}
        folder = folders[told.pop("folder")]
        if told["size"]:
            found[archive] = Member(name=folder + file_of(name), **told)
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
    def numbers(self) -> dict[str, NDArray[Any]]:
        """Every number, by column."""
        if self._numbers is None:
            with np.load(self._path, allow_pickle=False) as stored:
                self._numbers = {name: stored[name] for name in stored.files}
        return self._numbers
