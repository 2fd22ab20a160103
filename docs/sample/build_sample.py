"""Build the sample that comes with the package: a catalog of simulated pairs, and thumbnails of its first page.

Usage: python docs/sample/build_sample.py [--check] [FILE]
"""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
import zlib
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import numpy as np
import PIL

from chatearthnet_explorer.catalog import build_catalog, enrich_catalog
from chatearthnet_explorer.catalog.first_query import BEST
from chatearthnet_explorer.parallel.processes import processors
from chatearthnet_explorer.record import ARCHIVES
from chatearthnet_explorer.sample.on_demand_release import DrawnRelease
from chatearthnet_explorer.sample.sample_catalog import ARCHIVE, THUMBNAILS
from chatearthnet_explorer.sample.simulated_records import YEAR, Records
from chatearthnet_explorer.sources.simulated_chips import SimulatedLabels
from chatearthnet_explorer.tile import SIZE, Tile
from chatearthnet_explorer.widgets.browse.gallery import thumbnail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from chatearthnet_explorer.net.zip_directory import Directory

RECORDS = 2000
LABELS = f"simulated {YEAR}"
MADE_WITH = "made_with.json"
_SPLIT_OF = {"35": "3.5", "4v": "4v"}


@cache
def records() -> Records:
    """Return which pairs there are."""
    return Records(RECORDS, RECORDS, 0)


class PairData(NamedTuple):
    """What takes long to make of a pair."""

    captions: dict[str, str]
    """By ``35`` and ``4v``, in the words of its own label map."""

    labels: bytes
    """That map, (256, 256) uint8, packed by zlib; background where nothing is mapped."""


def make(number: int) -> PairData:
    """Make a pair."""
    label_map = SimulatedLabels(YEAR)(records().tiles[number])
    labels = np.zeros((SIZE, SIZE), np.uint8) if label_map is None else label_map
    return PairData(records().captions_of(number, labels), zlib.compress(labels.tobytes()))


class Pairs:
    """The sample as ``catalog.build`` reads a release."""

    name = "the simulated sample"
    simulated = True
    notes = ()

    def __init__(self, captions: Iterable[dict[str, str]]) -> None:
        """Take the captions of each pair, in the order of the records."""
        self._captions = list(captions)

    def entries(self, style: str, split: str) -> Iterator[dict[str, Any]]:
        """Yield the entries of a style and split."""
        for number, captions in enumerate(self._captions):
            for file in records().files[number]:
                if (_SPLIT_OF[file[0]], file[1]) == (style, split):
                    yield {"image": f"{records().tiles[number].name}.png", "caption": captions[file[0]]}

    def directory(self, archive: str) -> Directory | None:
        """Return None: there is no ZIP of images."""
        assert archive in ARCHIVES  # noqa: S101 - nobody asks for others
        return None


def made_with() -> dict[str, str]:
    """Return the versions that the bytes depend on."""
    return {
        "numpy": np.__version__,
        "duckdb": duckdb.__version__,
        "pillow": PIL.__version__,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def write(path: Path, records_made: Sequence[PairData]) -> None:
    """Write the file: build the catalog, enrich it, draw the thumbnails, and pack all of it."""
    labels_by_tile = dict(zip(records().tiles, (one.labels for one in records_made), strict=True))

    def labels_at(tile: Tile) -> NDArray[np.uint8]:
        return np.frombuffer(zlib.decompress(labels_by_tile[tile]), np.uint8).reshape(SIZE, SIZE)

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        build_catalog(Pairs(one.captions for one in records_made), folder, processes=1)
        catalog = enrich_catalog(folder, labels_at, labels=LABELS, workers=processors())
        names = [pair.record.name for pair in catalog.pairs(BEST)]
        pictures = DrawnRelease().images(names).pixels
        contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder, catalog.version)}
    contents |= {f"{THUMBNAILS}{name}.jpg": thumbnail(pictures[name]) for name in names}
    contents[MADE_WITH] = json.dumps(made_with()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name in sorted(contents):
            info = zipfile.ZipInfo(name)  # without the time of day
            info.compress_type = zipfile.ZIP_STORED if name.startswith(THUMBNAILS) else zipfile.ZIP_LZMA
            archive.writestr(info, contents[name])


def _files(folder: Path, version: str) -> list[Path]:
    return [folder / "catalog.json", *(path for path in (folder / version).rglob("*") if path.is_file())]


def main(*options: str) -> int:
    """Build the file, or with ``--check`` compare; return 1 if it differs."""
    paths = [Path(option) for option in options if option != "--check"]
    target = paths[0] if paths else Path(str(ARCHIVE))
    with ProcessPoolExecutor(processors(), mp_context=get_context("spawn")) as pool:
        records_made = list(pool.map(make, range(RECORDS), chunksize=50))
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "sample.zip"
        write(fresh, records_made)
        content = fresh.read_bytes()
    if "--check" in options:
        same = content == target.read_bytes()
        print(f"{target} is {'what' if same else 'NOT what'} this code writes.")
        return int(not same)
    target.write_bytes(content)
    print(f"{target}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
