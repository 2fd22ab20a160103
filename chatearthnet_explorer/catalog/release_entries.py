"""Read the entries of a release: check them, join them to pairs, sort them and write a work file."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.catalog.bit_codes import NOWHERE, SPLIT_CODE
from chatearthnet_explorer.catalog.pair_flags import FLAG_BIT
from chatearthnet_explorer.catalog.schema import SUFFIX
from chatearthnet_explorer.catalog.z_order import z_number
from chatearthnet_explorer.errors import CatalogError, ExplorerError, ReleaseError
from chatearthnet_explorer.record import SPLITS, place_of, read_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.net.zip_directory import Directory

MOST_LISTED = 1000
"""Bad entries that a report lists; more are only counted."""

TEXTS = "texts.bin"
"""File of names and captions, one after the other, during a build."""

ROWS = "rows.npz"
"""File of their positions in ``TEXTS``, by row of the new catalog."""

_STEP = 2000


class EntrySource(Protocol):
    """Gives the entries of a release."""

    name: str
    """Its name in messages."""

    simulated: bool
    """Whether the release is marked as simulated."""

    def entries(self, style: str, split: str) -> Iterator[Any]:
        """Yield entries as they were released; raise ReleaseError if a file is missing or truncated."""
        ...

    def directory(self, archive: str) -> Directory | None:
        """Return the directory of a ZIP of images; None without such a ZIP."""
        ...


class BadEntry(NamedTuple):
    """An entry, or the rest of a file, that is not in the catalog."""

    file: str
    """Style and split of its file."""

    entry: int
    """Its position in the file, from 0."""

    message: str
    """What is wrong with it, in one sentence."""

    def to_dict(self) -> dict[str, str | int]:
        """Return it for the report of a catalog, whose keys are a format on disk."""
        return {"file": self.file, "entry": self.entry, "said": self.message}


@dataclass(slots=True)
class EntryReport:
    """What a release has."""

    rows: int = 0
    """Pairs of the new catalog."""

    entries: dict[str, int] = field(default_factory=dict)
    """Valid entries of each file, by style and split."""

    bad_entries: list[BadEntry] = field(default_factory=list)
    """The first ``MOST_LISTED`` entries that are left out."""

    left_out: int = 0
    """Number of entries that are left out."""

    def leave_out(self, file: str, entry: int, message: str) -> None:
        """Note an entry that is left out."""
        self.left_out += 1
        if len(self.bad_entries) < MOST_LISTED:
            self.bad_entries.append(BadEntry(file, entry, message))


class _Table:
    """Numbers of the pairs, in the order of their first entry."""

    def __init__(self) -> None:
        self.numbers_by_key: dict[int | str, int] = {}
        self.numbers = {
            name: array("Q") for name in ("name_at", "name_size", "x", "y", "flags", *_of_styles("at", "size", "split"))
        }

    def pair_of(self, name: str, write: Callable[[str], tuple[int, int]]) -> int:
        """Return the number of the pair of a name; all spellings of one place are one pair."""
        tile = place_of(name)
        key = name.removesuffix(".png") if tile is None else tile.y * NOWHERE + tile.x
        number = self.numbers_by_key.setdefault(key, len(self.numbers_by_key))
        if number == len(self.numbers["x"]):
            at, size = write(name)
            x, y = (NOWHERE, NOWHERE) if tile is None else (tile.x, tile.y)
            values = {"name_at": at, "name_size": size, "x": x, "y": y}
            for column, numbers in self.numbers.items():
                numbers.append(values.get(column, 0))
        return number


def read_release(release: EntrySource, folder: Path, *, progress: Callable[[int], None]) -> EntryReport:
    """Read every entry of a release and write names, captions and their positions to a folder.

    Rows are sorted along a Z-curve, so that nearby places are together; pairs without a place follow in the order of
    the entries. A missing file is left out and reported.

    Args:
        release: The release.
        folder: Folder for the files ``TEXTS`` and ``ROWS``.
        progress: Called now and then with the number of entries that are read.

    Raises:
        CatalogError: If the release has no valid entry.
    """
    report, table, count = EntryReport(), _Table(), 0
    with (folder / TEXTS).open("wb") as file:
        place = 0

        def write(text: str) -> tuple[int, int]:
            nonlocal place
            start, content = place, text.encode()
            place += file.write(content)
            return start, len(content)

        for style in RELEASED_STYLES:
            for split in SPLITS:
                for entry, name, caption in _entries(release, style, split, report):
                    message = _add(table, style, split, (name, caption), write)
                    if message:
                        report.leave_out(f"{style}/{split}", entry, message)
                    count += 1
                    if count % _STEP == 0:
                        progress(count)
    if not table.numbers_by_key:
        why = report.bad_entries[0].message if report.bad_entries else "Its files are empty."
        msg = f"{release.name} has no image-text pair to build a catalog of. {why}"
        raise CatalogError(msg)
    columns = {name: np.array(numbers, np.uint64) for name, numbers in table.numbers.items()}
    order = _order(columns["x"], columns["y"])
    np.savez(folder / ROWS, **{name: column[order] for name, column in columns.items()})  # type: ignore[arg-type]
    report.rows = len(order)
    return report


def _order(x: NDArray[np.uint64], y: NDArray[np.uint64]) -> NDArray[np.intp]:
    order: NDArray[np.intp] = np.argsort(z_number(x.astype(np.uint16), y.astype(np.uint16)), kind="stable")
    return order


def _entries(release: EntrySource, style: str, split: str, report: EntryReport) -> Iterator[tuple[int, str, str]]:
    """Yield number, name and caption of each valid entry of a file."""
    whole, number = 0, -1
    label = f"{style}/{split}"
    try:
        for number, entry in enumerate(release.entries(style, split)):
            try:
                name, caption = read_entry(entry)
            except ReleaseError as error:
                report.leave_out(label, number, str(error))
                continue
            whole += 1
            yield number, name, caption
    except ExplorerError as error:
        report.leave_out(label, number + 1, str(error))
    report.entries[label] = whole


def _add(table: _Table, style: str, split: str, entry: tuple[str, str], write: Callable[[str], tuple[int, int]]) -> str:
    """Put an entry into the table; return what is wrong with it, or an empty text."""
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
