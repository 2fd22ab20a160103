"""A release in, its pairs out: joined by place, checked, in the order of the catalog, on disk until they are read."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from chatearthnet_explorer.catalog.schema import FLAG_BIT, NOWHERE, SPLIT_CODE, SUFFIX
from chatearthnet_explorer.errors import CatalogError, ExplorerError, ReleaseError
from chatearthnet_explorer.prompts.wording import STYLES
from chatearthnet_explorer.record import SPLITS, place_of, read_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.net.zip_directory import Directory

MOST_LISTED = 1000
"""Broken entries that a report lists; the others are counted."""

TEXTS = "texts.bin"
"""File of names and captions, one after the other, while a catalog is built."""

ROWS = "rows.npz"
"""File of where they stand in it, by row of the catalog to be."""

_STEP = 2000


class Pairs(Protocol):
    """Whatever gives the entries of a release."""

    name: str
    """How sentences name it."""

    simulated: bool
    """Whether it says that it is made up."""

    def entries(self, style: str, split: str) -> Iterator[Any]:
        """Yield entries as they were released, and raise ReleaseError where a file is missing or breaks off."""
        ...

    def directory(self, archive: str) -> Directory | None:
        """Return what is in a ZIP of images; None where there is none."""
        ...


class Broken(NamedTuple):
    """An entry, or the rest of a file, that is not in the catalog."""

    file: str
    """Style and split of its file."""

    entry: int
    """Its place in the file, counted from 0."""

    said: str
    """What is wrong with it, in one sentence."""


@dataclass(slots=True)
class Staged:
    """What was found."""

    rows: int = 0
    """Pairs of the catalog to be."""

    entries: dict[str, int] = field(default_factory=dict)
    """Whole entries of each file, by style and split."""

    broken: list[Broken] = field(default_factory=list)
    """The first of those that are left out."""

    left_out: int = 0
    """How many are left out."""

    def leave_out(self, *broken: object) -> None:
        """Note an entry that is left out."""
        self.left_out += 1
        if len(self.broken) < MOST_LISTED:
            self.broken.append(Broken(*broken))  # type: ignore[arg-type]


class _Table:
    """Numbers of the pairs in the order in which they were met."""

    def __init__(self) -> None:
        self.known: dict[int | str, int] = {}
        self.numbers = {
            name: array("Q") for name in ("name_at", "name_size", "x", "y", "flags", *_of_styles("at", "size", "split"))
        }

    def pair_of(self, name: str, write: Callable[[str], tuple[int, int]]) -> int:
        """Return the number of the pair of a name; names of one place are one pair, however they are written."""
        tile = place_of(name)
        key = name.removesuffix(".png") if tile is None else tile.y * NOWHERE + tile.x
        number = self.known.setdefault(key, len(self.known))
        if number == len(self.numbers["x"]):
            at, size = write(name)
            x, y = (NOWHERE, NOWHERE) if tile is None else (tile.x, tile.y)
            told = {"name_at": at, "name_size": size, "x": x, "y": y}
            for column, numbers in self.numbers.items():
                numbers.append(told.get(column, 0))
        return number


def stage(release: Pairs, folder: Path, *, progress: Callable[[int], None]) -> Staged:
    """Read every entry of a release and write what the catalog's rows are made of.

    Rows are in the order of their places on a Z-curve, so that neighbours stand together, then those without a place
    in the order of the entries. A style and split that are not there are left out and reported.

    Args:
        release: What to read.
        folder: Where to write.
        progress: Told now and then how many entries were read.

    Raises:
        CatalogError: If there is no whole entry at all.
    """
    staged, table, count = Staged(), _Table(), 0
    with (folder / TEXTS).open("wb") as file:
        place = 0

        def write(text: str) -> tuple[int, int]:
            nonlocal place
            start, content = place, text.encode()
            place += file.write(content)
            return start, len(content)

        for style in STYLES:
            for split in SPLITS:
                for entry, name, caption in _entries(release, style, split, staged):
                    said = _add(table, style, split, (name, caption), write)
                    if said:
                        staged.leave_out(f"{style}/{split}", entry, said)
                    count += 1
                    if count % _STEP == 0:
                        progress(count)
    if not table.known:
        why = staged.broken[0].said if staged.broken else "Its files are empty."
        msg = f"{release.name} has no image-text pair to build a catalog of. {why}"
        raise CatalogError(msg)
    columns = {name: np.array(numbers, np.uint64) for name, numbers in table.numbers.items()}
    order = _order(columns["x"], columns["y"])
    np.savez(folder / ROWS, **{name: column[order] for name, column in columns.items()})  # type: ignore[arg-type]
    staged.rows = len(order)
    return staged


def z_order(x: NDArray[np.uint16], y: NDArray[np.uint16]) -> NDArray[np.uint32]:
    """Return places on a Z-curve through the zoom-14 grid: the bits of x and y in turn; the last where no place is."""
    return _spread(x) | _spread(y) << np.uint32(1)


def _spread(values: NDArray[np.uint16]) -> NDArray[np.uint32]:
    """Return 16-bit numbers with a zero between any two bits."""
    wide = values.astype(np.uint32)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        wide = (wide | wide << np.uint32(shift)) & np.uint32(mask)
    return wide


def _order(x: NDArray[np.uint64], y: NDArray[np.uint64]) -> NDArray[np.intp]:
    order: NDArray[np.intp] = np.argsort(z_order(x.astype(np.uint16), y.astype(np.uint16)), kind="stable")
    return order


def _entries(release: Pairs, style: str, split: str, staged: Staged) -> Iterator[tuple[int, str, str]]:
    """Yield number, name and caption of each whole entry of a file."""
    whole, number = 0, -1
    shown = f"{style}/{split}"
    try:
        for number, entry in enumerate(release.entries(style, split)):
            try:
                name, caption = read_entry(entry)
            except ReleaseError as error:
                staged.leave_out(shown, number, str(error))
                continue
            whole += 1
            yield number, name, caption
    except ExplorerError as error:
        staged.leave_out(shown, number + 1, str(error))
    staged.entries[shown] = whole


def _add(table: _Table, style: str, split: str, entry: tuple[str, str], write: Callable[[str], tuple[int, int]]) -> str:
    """Put an entry into the table; return what is wrong with it if it cannot be."""
    name, caption = entry
    pair, suffix = table.pair_of(name, write), SUFFIX[style]
    numbers = table.numbers
    if numbers[f"split_{suffix}"][pair]:
        numbers["flags"][pair] |= 1 << FLAG_BIT["named twice"]
        return f"There is an entry of style {style} for {name[:80]!r} already; the first is kept."
    numbers[f"split_{suffix}"][pair] = SPLIT_CODE[split]
    numbers[f"at_{suffix}"][pair], numbers[f"size_{suffix}"][pair] = write(caption)
    other = numbers[f"split_{next(other for key, other in SUFFIX.items() if key != style)}"][pair]
    if other and other != SPLIT_CODE[split]:
        numbers["flags"][pair] |= 1 << FLAG_BIT["splits differ"]
    if numbers["x"][pair] == NOWHERE:
        numbers["flags"][pair] |= 1 << FLAG_BIT["no place"]
    return ""


def _of_styles(*kinds: str) -> list[str]:
    return [f"{kind}_{suffix}" for kind in kinds for suffix in SUFFIX.values()]
