"""Which chips to caption: the pairs of a catalog, the lines of a file, or simulated places."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.errors import CaptionFileError, PlaceError, QueryError, SettingError
from chatearthnet_explorer.files.bounded_lines import bounded_lines
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.record import NAME_LIMIT, place_of, stem_of
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from chatearthnet_explorer.catalog import Catalog, Query

MOST = 1_000_000
"""Most places of a run; ChatEarthNet has 163,488."""

LINE_LIMIT = 65_536
"""Most bytes of a line of a file; longer ones are counted as unreadable."""

_NAME_KEYS = ("name", "image", "image_id", "chip")
_SAMPLE = 1000  # rows of a catalog that are read together


class Place(NamedTuple):
    """A chip to caption."""

    name: str
    """Name of the chip, as the file of captions will have it."""

    tile: Tile
    """Where it is."""


@dataclass(frozen=True, slots=True)
class PlaceList:
    """Places that can be gone through several times, one after the other."""

    total: int
    """How many there are, with those that are named twice."""

    simulated: bool
    """Whether the chips are those of a simulated release."""

    places: Callable[[], Iterator[Place]]
    """Yields them."""

    notes: tuple[str, ...] = ()
    """What was left out, one sentence each."""

    def first(self, count: int) -> PlaceList:
        """Return the first places alone.

        Raises:
            SettingError: If the count is not positive.
        """
        if count < 1:
            msg = f"At least one chip is needed, not {count:,}; choose another --count."
            raise SettingError(msg)
        return replace(self, total=min(count, self.total), places=lambda: islice(self.places(), count))


def catalog_places(catalog: Catalog, query: Query) -> PlaceList:
    """Return the places of the pairs that match a query, in its order.

    Raises:
        QueryError: If no pair with a place matches.
    """
    rows = catalog.rows(query)
    total = int((rows < catalog.files.columns.place_count).sum())
    if not total:
        msg = "No pair with a place matches, so there is nothing to caption; remove a filter."
        raise QueryError(msg)

    def places() -> Iterator[Place]:
        for start in range(0, len(rows), _SAMPLE):
            for name in catalog.files.names(rows[start : start + _SAMPLE].tolist()):
                if tile := place_of(name):
                    yield Place(name, tile)

    missing = len(rows) - total
    return PlaceList(
        total,
        catalog.simulated,
        places,
        (f"{missing:,} pairs are left out, as their names say no place.",) if missing else (),
    )


def simulated_places(count: int, seed: int) -> PlaceList:
    """Return random places on land, those of a simulated release of the same size and seed.

    Raises:
        SettingError: If the count is not from 1 to ``MOST``.
    """
    from chatearthnet_explorer.sample.simulated_records import Records  # noqa: PLC0415 - draws a map of all land

    if not 1 <= count <= MOST:
        msg = f"From 1 to {MOST:,} simulated places can be captioned, not {count:,}; choose another --count."
        raise SettingError(msg)
    tiles = Records(count, 0, seed).tiles
    return PlaceList(count, True, lambda: (Place(f"{tile.name}.png", tile) for tile in tiles))  # noqa: FBT003


def file_places(path: Path) -> PlaceList:
    """Return the places of a file: one a line, or the rows of a CSV with a header, or the objects of a JSONL.

    A line is the name of a chip (``3886_3141_patch11.png``), or longitude and latitude (``11.58, 48.14``, or with a
    space between them). A CSV has
    a column ``name``, ``image`` or ``image_id``, or ``lon`` and ``lat``; objects of JSON have the same keys.

    Raises:
        CaptionFileError: If the file cannot be read, or has no place.
        SettingError: If it has more than ``MOST`` places.
    """
    total, bad, first_bad = 0, 0, 0
    for number, place in _file_lines(path):
        total += place is not None
        bad += place is None
        first_bad = first_bad or (0 if place else number)
        if total > MOST:
            msg = f"{path} has more than {MOST:,} places; split it."
            raise SettingError(msg)
    if not total:
        msg = f"{path} names no chip: write one a line, such as 3886_3141_patch11.png, or longitude,latitude."
        raise CaptionFileError(msg)
    notes = (f"Lines of {path} that name no chip are left out: {bad:,}; the first is line {first_bad}.",) if bad else ()
    return PlaceList(total, False, lambda: (place for _, place in _file_lines(path) if place), notes)  # noqa: FBT003


def _file_lines(path: Path) -> Iterator[tuple[int, Place | None]]:
    """Yield the number of each line that is not empty, and its place; None where it has none."""
    if why := unreadable(path):
        msg = f"The list of chips {path} {why}."
        raise CaptionFileError(msg)
    is_json = path.suffix.lower() in {".jsonl", ".ndjson", ".json"}
    header: list[str] | None = None
    try:
        for number, line in _texts(path):
            if line is None or not line.strip():
                if line is None:
                    yield number, None
                continue
            if is_json:
                yield number, _place_of_json(line)
                continue
            cells = _cells(line)
            if header is None:
                header = [cell.lower() for cell in cells]
                if {*_NAME_KEYS, "lon", "longitude"} & set(header):
                    continue
                header = []
            yield number, _place_of_row(dict(zip(header, cells, strict=False))) if header else _place_of_cells(cells)
    except OSError as error:
        msg = f"The list of chips {path} cannot be read ({error.strerror}); check the path."
        raise CaptionFileError(msg) from error


def _texts(path: Path) -> Iterator[tuple[int, str | None]]:
    with path.open("rb") as file:
        for number, line in bounded_lines(file, LINE_LIMIT):
            yield number, None if line is None else line.decode("utf-8-sig", "replace")


def _cells(line: str) -> list[str]:
    delimiter = next((sign for sign in ("\t", ";") if sign in line), ",")
    try:
        return [cell.strip() for row in csv.reader([line], delimiter=delimiter) for cell in row]
    except csv.Error:
        return []


def _place_of_json(line: str) -> Place | None:
    try:
        content = read_json(line)
    except (ValueError, RecursionError):
        return None
    if isinstance(content, str):
        return _place_of_name(content)
    if isinstance(content, list):
        return _place_of_cells([json.dumps(one) for one in content[:2]])
    return _place_of_row(content) if isinstance(content, dict) else None


def _place_of_row(row: dict[str, object]) -> Place | None:
    for key in _NAME_KEYS:
        if isinstance(name := row.get(key), str) and (place := _place_of_name(name)):
            return place
    lon, lat = (row.get(long, row.get(short)) for long, short in (("longitude", "lon"), ("latitude", "lat")))
    return _place_at(lon, lat)


def _place_of_cells(cells: Iterable[str]) -> Place | None:
    first, *rest = [*cells, ""]
    if not rest[0] and len(numbers := first.split()) == 2:  # noqa: PLR2004 - as on the command line
        first, *rest = numbers
    return _place_of_name(first) or _place_at(first, rest[0])


def _place_of_name(name: str) -> Place | None:
    name = name.strip()
    tile = place_of(name) if len(name) <= NAME_LIMIT else None
    return Place(f"{stem_of(name)}.png", tile) if tile else None


def _place_at(lon: object, lat: object) -> Place | None:
    try:
        tile = Tile.at(float(str(lon)), float(str(lat)))
    except (ValueError, PlaceError):
        return None
    return Place(f"{tile.name}.png", tile)
