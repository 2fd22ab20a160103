"""Captions read for the catalog, block by block, in processes of their own."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chatearthnet_explorer.catalog.arrays import read_arrays
from chatearthnet_explorer.catalog.members import file_of
from chatearthnet_explorer.catalog.parquet import place_fields
from chatearthnet_explorer.catalog.postings import Occurrences
from chatearthnet_explorer.catalog.schema import BIT, NOWHERE, PART_SHIFT, SUFFIX
from chatearthnet_explorer.catalog.stage import ROWS, TEXTS
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.claims import Reading

BLOCK = 4096
"""Rows that are read at once."""

GROUP = 16
"""Rows that are packed together in the file of rows."""

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


def read_blocks(folder: Path, rows: int, *, progress: Callable[[int], None], processes: int | None = None) -> int:
    """Read all rows that are staged in a folder, and return the number of blocks.

    Args:
        folder: What ``stage`` wrote into.
        rows: Rows staged.
        progress: Told how many rows are read.
        processes: How many to share the work; None for as many as there are processors.

    Raises:
        CatalogError: If a process dies.
    """
    blocks = -(-rows // BLOCK)
    processes = min(processes or (1 if rows <= _ALONE else _processors()), blocks, _MOST)
    if processes == 1:
        reader = _Reader(folder)
        for block in range(blocks):
            reader.read(block)
            progress(min(rows, (block + 1) * BLOCK))
        return blocks
    # plain programs rather than multiprocessing, which would run the user's own script once more in each of them
    command = [sys.executable, "-c", f"import sys; from {__name__} import main; main(*sys.argv[1:])"]
    command += [str(folder), str(processes)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    running = [
        subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, env=environment)  # noqa: S603 - ourselves
        for number in range(processes)
    ]
    try:
        # they take turns, so listening to them in turn is listening to whoever is next
        for block in range(blocks):
            told = running[block % processes].stdout
            if told is None or told.readline() != b"%d\n" % block:
                msg = "Reading the captions broke off, as a process ended early; try again with more memory free."
                raise CatalogError(msg)
            progress(min(rows, (block + 1) * BLOCK))
    finally:
        for process in running:
            process.terminate()
            process.wait()
            if process.stdout:
                process.stdout.close()
    return blocks


class _Reader:
    """Reads captions and writes the parts of blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = read_arrays(folder / ROWS)
        self.count = len(self.rows["x"])

    def read(self, block: int) -> None:
        """Read one block."""
        start, stop = block * BLOCK, min((block + 1) * BLOCK, self.count)
        part = part_of(self.folder, block)
        masks = {f"{kind}_{suffix}": np.zeros(stop - start, np.uint64) for kind in _KINDS for suffix in SUFFIX.values()}
        words = {style: Occurrences(start) for style in SUFFIX}
        sizes, group = [], bytearray()
        with (self.folder / TEXTS).open("rb") as texts, part.lines.open("wb") as lines, part.packed.open("wb") as file:

            def text(at: str, size: str, row: int) -> str:
                texts.seek(int(self.rows[at][row]))
                return texts.read(int(self.rows[size][row])).decode()

            for row in range(start, stop):
                told: dict[str, Any] = {"name": text("name_at", "name_size", row)}
                for style, suffix in SUFFIX.items():
                    caption = text(f"at_{suffix}", f"size_{suffix}", row) or None
                    told[f"caption_{suffix}"] = caption
                    reading = None if caption is None else read_claims(caption)
                    told |= _claims(reading, suffix)
                    if caption is not None and reading is not None:
                        words[style].add(row, caption)
                        for kind, mask in _masks(reading).items():
                            masks[f"{kind}_{suffix}"][row - start] = mask
                line = _line(told)
                x, y = int(self.rows["x"][row]), int(self.rows["y"][row])
                place = _line({"file": file_of(told["name"]), **place_fields(None if x == NOWHERE else Tile(x, y))})
                lines.write(place[:-2] + b"," + line[1:])  # one object of both
                group += line
                if (row + 1) % GROUP == 0 or row + 1 == stop:
                    sizes.append(file.write(zlib.compress(group, 3)))
                    group.clear()
        for style, found in words.items():
            found.save(part.words[style])
        np.savez(part.columns, sizes=np.array(sizes, np.uint32), **masks)  # type: ignore[arg-type]


_KINDS = ("classes", "parts")


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


def _masks(reading: Reading) -> dict[str, int]:
    classes = parts = 0
    for claim in reading.claims:
        if not claim.negated:
            classes |= 1 << BIT[claim.name]
            for part in claim.parts:
                parts |= 1 << PART_SHIFT[part] + BIT[claim.name]
    return {"classes": classes, "parts": parts}


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
