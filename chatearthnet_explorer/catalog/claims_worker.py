"""Worker processes that extract claims and words from captions, block by block."""

from __future__ import annotations

import gc
import json
import zlib
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chatearthnet_explorer.catalog.bit_codes import BIT, NOWHERE, PART_SHIFT
from chatearthnet_explorer.catalog.geoparquet import place_fields
from chatearthnet_explorer.catalog.member_table import file_of
from chatearthnet_explorer.catalog.npz_files import read_arrays
from chatearthnet_explorer.catalog.release_entries import ROWS, TEXTS
from chatearthnet_explorer.catalog.schema import SUFFIX
from chatearthnet_explorer.catalog.word_index import BlockIndex
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.errors import CatalogError
from chatearthnet_explorer.parallel.processes import processors, programs
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chatearthnet_explorer.claims import Reading

    Progress = Callable[[int], object]

BLOCK = 4096
"""Rows that are read together."""

PIECE = 8_000_000
"""Bytes of captions whose claims are in memory together, thirty times as large."""

GROUP = 16
"""Rows that are compressed together in the file of rows."""

_MASKS = ("classes", "parts")
_LEVEL = 3  # of compression: 6 saves a tenth of the space and takes three times as long

_ALONE = 6 * BLOCK  # up to this number of rows a worker process takes longer to start than it saves
_MOST = 16


class Part(NamedTuple):
    """The files of one block."""

    lines: Path
    """One JSON object a row."""

    groups: Path
    """The same, compressed, ``GROUP`` rows at a time."""

    columns: Path
    """Masks of classes by row, and sizes of the compressed groups in bytes."""

    words: dict[str, Path]
    """Occurrences of words, by style."""


def part_of(folder: Path, block: int) -> Part:
    """Return the files of a block."""
    stem = f"{block:06d}"
    words = {style: folder / f"{stem}-words-{suffix}.npz" for style, suffix in SUFFIX.items()}
    return Part(folder / f"{stem}.ndjson", folder / f"{stem}.packed", folder / f"{stem}.npz", words)


@contextmanager
def readers(folder: Path, rows: int, *, processes: int | None = None) -> Iterator[Callable[[Progress], int]]:
    """Start to read the captions of all rows; yield a function that waits for the end, which must be called.

    The function takes a callback for the number of rows that are read, and returns the number of blocks. Until it is
    called, other work runs at the same time.

    Args:
        folder: The folder that ``read_release`` wrote to.
        rows: Number of rows.
        processes: Number of worker processes; None for one per processor.

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
            # blocks are dealt out in turn, so the next block comes from the next process
            for block in range(blocks):
                output = running[block % processes].stdout
                if output is None or output.readline() != b"%d\n" % block:
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
    """Reads captions and writes the files of blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = read_arrays(folder / ROWS)
        self.count = len(self.rows["x"])

    def read(self, block: int) -> None:
        """Read one block.

        All captions go through one step before the next: otherwise each step's tables leave the cache of the processor,
        which makes reading a third slower.
        """
        rows = range(block * BLOCK, min((block + 1) * BLOCK, self.count))
        part = part_of(self.folder, block)
        names = self._texts("name_at", "name_size", rows)
        masks: dict[str, list[int]] = {f"{kind}_{suffix}": [] for kind in _MASKS for suffix in SUFFIX.values()}
        words = {style: BlockIndex() for style in SUFFIX}
        lines: list[bytes] = []
        for piece in self._pieces(rows):
            lines += self._read_piece(piece, names[len(lines) : len(lines) + len(piece)], masks, words)
        for style, index in words.items():
            index.save(part.words[style])
        groups = (b"".join(lines[start : start + GROUP]) for start in range(0, len(lines), GROUP))
        with part.groups.open("wb") as file:
            sizes = [file.write(zlib.compress(group, _LEVEL)) for group in groups]
        with part.lines.open("wb") as file:
            for row, name, line in zip(rows, names, lines, strict=True):
                x, y = int(self.rows["x"][row]), int(self.rows["y"][row])
                place = _line({"file": file_of(name), **place_fields(None if x == NOWHERE else Tile(x, y))})
                file.write(place[:-2] + b"," + line[1:])  # one object of both
        arrays = {name: np.array(mask, np.uint64) for name, mask in masks.items()}
        np.savez(part.columns, sizes=np.array(sizes, np.uint32), **arrays)  # type: ignore[arg-type]

    def _pieces(self, rows: range) -> Iterator[range]:
        """Yield the rows of a block in pieces: most blocks are one, but what is read of long captions needs memory."""
        span = slice(rows.start, rows.stop)
        sizes = sum(self.rows[f"size_{suffix}"][span].astype(np.int64) for suffix in SUFFIX.values())
        for _, piece in groupby(zip((np.cumsum(sizes) // PIECE).tolist(), rows, strict=True), itemgetter(0)):
            piece_rows = [row for _, row in piece]
            yield range(piece_rows[0], piece_rows[-1] + 1)

    def _read_piece(
        self, rows: range, names: list[str], masks: dict[str, list[int]], words: dict[str, BlockIndex]
    ) -> list[bytes]:
        """Return the lines of rows, and add what was read of them to the masks and the words."""
        fields: list[dict[str, Any]] = [{"name": name} for name in names]
        for style, suffix in SUFFIX.items():
            captions = [text or None for text in self._texts(f"at_{suffix}", f"size_{suffix}", rows)]
            readings = [caption and read_claims(caption) for caption in captions]
            for one, caption, reading in zip(fields, captions, readings, strict=True):
                one[f"caption_{suffix}"] = caption
                one.update(_claims(reading or None, suffix))
            masks[f"classes_{suffix}"] += [_classes(reading) if reading else 0 for reading in readings]
            masks[f"parts_{suffix}"] += [_parts(reading) if reading else 0 for reading in readings]
            for row, caption in zip(rows, captions, strict=True):
                if caption:
                    words[style].add(row, caption)
        return [_line(one) for one in fields]

    def _texts(self, at: str, size: str, rows: range) -> list[str]:
        """Return names or captions of rows; an empty text for a missing one."""
        span = slice(rows.start, rows.stop)
        with (self.folder / TEXTS).open("rb", buffering=0) as file:
            texts = []
            for start, length in zip(self.rows[at][span].tolist(), self.rows[size][span].tolist(), strict=True):
                if length:
                    file.seek(start)
                texts.append(file.read(length).decode() if length else "")
        return texts


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


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
    """Read every block of one worker process, and print the number of each when it is done."""
    reader = _Reader(Path(folder))
    # millions of small values and no cycles: looking for cycles takes a tenth of the time
    gc.freeze()
    gc.disable()
    for block in range(int(number), -(-reader.count // BLOCK), int(processes)):
        reader.read(block)
        gc.collect()
        print(block, flush=True)  # noqa: T201 - this is how the processes talk
