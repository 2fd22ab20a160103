"""Captions read for the catalog, block by block, in processes of their own."""

from __future__ import annotations

import gc
import json
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chatearthnet_explorer.catalog.arrays import read_arrays
from chatearthnet_explorer.catalog.member_table import file_of
from chatearthnet_explorer.catalog.parquet import place_fields
from chatearthnet_explorer.catalog.postings import Occurrences
from chatearthnet_explorer.catalog.schema import BIT, NOWHERE, PART_SHIFT, SUFFIX
from chatearthnet_explorer.catalog.staging import ROWS, TEXTS
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.parallel.processes import processors, programs
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chatearthnet_explorer.claims import Reading

    Progress = Callable[[int], object]

BLOCK = 4096
"""Rows that are read at once."""

GROUP = 16
"""Rows that are packed together in the file of rows."""

_LEVEL = 3  # of deflating: 6 saves a tenth of the room and takes three times as long

_ALONE = 6 * BLOCK  # rows up to which a process of its own takes longer to start than it saves
_MOST = 16


class Part(NamedTuple):
    """The files that one block is read into."""

    lines: Path
    """One JSON object a row."""

    packed: Path
    """The same, ``GROUP`` rows at a time, deflated."""

    columns: Path
    """Masks of classes by row, and bytes of the packed groups."""

    words: dict[str, Path]
    """Occurrences of words, by style."""


def part_of(folder: Path, block: int) -> Part:
    """Return the files of a block."""
    stem = f"{block:06d}"
    words = {style: folder / f"{stem}-words-{suffix}.npz" for style, suffix in SUFFIX.items()}
    return Part(folder / f"{stem}.ndjson", folder / f"{stem}.packed", folder / f"{stem}.npz", words)


@contextmanager
def readers(folder: Path, rows: int, *, processes: int | None = None) -> Iterator[Callable[[Progress], int]]:
    """Start to read all rows that are staged in a folder; give a function that waits for it, which must be called.

    It takes a function that is told how many rows are read, and returns the number of blocks. What is done before it
    is called is done beside the reading.

    Args:
        folder: What ``stage`` wrote into.
        rows: Rows staged.
        processes: How many to share the work; None for as many as there are processors.

    Raises:
        CatalogError: If a process dies.
    """
    blocks = -(-rows // BLOCK)
    processes = min(processes or (1 if rows <= _ALONE else processors()), blocks, _MOST)
    if processes == 1:
        yield lambda progress: _read_here(folder, rows, progress)
        return
    with programs(__name__, (folder, processes), processes) as running:

        def wait(progress: Progress) -> int:
            # they take turns, so listening to them in turn is listening to whoever is next
            for block in range(blocks):
                told = running[block % processes].stdout
                if told is None or told.readline() != b"%d\n" % block:
                    msg = "Reading the captions broke off, as a process ended early; try again with more memory free."
                    raise CatalogError(msg)
                progress(min(rows, (block + 1) * BLOCK))
            return blocks

        yield wait


def _read_here(folder: Path, rows: int, progress: Progress) -> int:
    reader = _Reader(folder)
    blocks = -(-rows // BLOCK)
    for block in range(blocks):
        reader.read(block)
        progress(min(rows, (block + 1) * BLOCK))
    return blocks


class _Reader:
    """Reads captions and writes the parts of blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = read_arrays(folder / ROWS)
        self.count = len(self.rows["x"])

    def read(self, block: int) -> None:
        """Read one block.

        All captions go through one step before the next: taking turns would push each step's tables out of the
        processor's cache, and make reading a third slower.
        """
        rows = range(block * BLOCK, min((block + 1) * BLOCK, self.count))
        part = part_of(self.folder, block)
        told: list[dict[str, Any]] = [{"name": name} for name in self._texts("name_at", "name_size", rows)]
        masks: dict[str, list[int]] = {}
        for style, suffix in SUFFIX.items():
            captions = [text or None for text in self._texts(f"at_{suffix}", f"size_{suffix}", rows)]
            readings = [caption and read_claims(caption) for caption in captions]
            for one, caption, reading in zip(told, captions, readings, strict=True):
                one[f"caption_{suffix}"] = caption
                one.update(_claims(reading or None, suffix))
            masks[f"classes_{suffix}"] = [_classes(reading) if reading else 0 for reading in readings]
            masks[f"parts_{suffix}"] = [_parts(reading) if reading else 0 for reading in readings]
            words = Occurrences()
            for row, caption in zip(rows, captions, strict=True):
                if caption:
                    words.add(row, caption)
            words.save(part.words[style])
        lines = [_line(one) for one in told]
        groups = (b"".join(lines[start : start + GROUP]) for start in range(0, len(lines), GROUP))
        with part.packed.open("wb") as file:
            sizes = [file.write(zlib.compress(group, _LEVEL)) for group in groups]
        with part.lines.open("wb") as file:
            for row, one, line in zip(rows, told, lines, strict=True):
                x, y = int(self.rows["x"][row]), int(self.rows["y"][row])
                place = _line({"file": file_of(one["name"]), **place_fields(None if x == NOWHERE else Tile(x, y))})
                file.write(place[:-2] + b"," + line[1:])  # one object of both
        stored = {name: np.array(mask, np.uint64) for name, mask in masks.items()}
        np.savez(part.columns, sizes=np.array(sizes, np.uint32), **stored)  # type: ignore[arg-type]

    def _texts(self, at: str, size: str, rows: range) -> list[str]:
        """Return names or captions of rows, empty where there is none."""
        chosen = slice(rows.start, rows.stop)
        with (self.folder / TEXTS).open("rb", buffering=0) as file:
            texts = []
            for start, length in zip(self.rows[at][chosen].tolist(), self.rows[size][chosen].tolist(), strict=True):
                if length:
                    file.seek(start)
                texts.append(file.read(length).decode() if length else "")
        return texts


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _claims(reading: Reading | None, suffix: str) -> dict[str, Any]:
    claims = () if reading is None else reading.claims
    return {
        f"classes_{suffix}": None if reading is None else list(reading.classes),
        f"dominant_{suffix}": None if reading is None else reading.dominant,
        f"claims_{suffix}": None if reading is None else [
            {"class": claim.name, "part": part, "size": claim.size, "leads": claim.leads, "negated": claim.negated}
            for claim in claims
            for part in claim.parts or (None,)
        ],
    }  # fmt: skip


def _classes(reading: Reading) -> int:
    return sum(1 << BIT[name] for name in reading.classes)


def _parts(reading: Reading) -> int:
    mask = 0
    for claim in reading.claims:
        if not claim.negated:
            for part in claim.parts:
                mask |= 1 << PART_SHIFT[part] + BIT[claim.name]
    return mask


def main(folder: str, processes: str, number: str) -> None:
    """Read every block that falls to one of several processes, telling of each on the standard output."""
    reader = _Reader(Path(folder))
    # millions of small values are made and none of them in a circle: looking for circles takes a tenth of the time
    gc.freeze()
    gc.disable()
    for block in range(int(number), -(-reader.count // BLOCK), int(processes)):
        reader.read(block)
        gc.collect()
        print(block, flush=True)  # noqa: T201 - this is how the processes talk
