"""A second click on the same place: the chip from the cache, beside a first click and beside other ways to keep it.

    python benchmarks/second_click.py [--runs 30]

The first click asks a real STAC API and a Range server on loopback, without any latency: over a network it is slower.
The folder that CHATEARTHNET_REALDATA names holds WorldCover's N00E006.
"""

from __future__ import annotations

import argparse
import os
import pickle
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from machine import describe

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from rig.sao_tome import LAT, LON, serve

from chatearthnet_explorer.sources.chip_cache import ChipCache
from chatearthnet_explorer.sources.stac.stac_source import StacSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.chip import Chip

HERE = Path(__file__).parent
REALDATA = Path(os.environ.get("CHATEARTHNET_REALDATA", HERE.parents[1] / "shared" / "realdata"))


def milliseconds(work: Callable[[], object], runs: int) -> str:
    """Return median and worst of some calls."""
    durations = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        durations.append((time.perf_counter() - start) * 1000)
    return f"{statistics.median(durations):8.1f} ms  (worst {max(durations):.1f})"


def arrays(chip: Chip) -> dict[str, np.ndarray]:
    """Return the pixels alone, as the other ways keep them."""
    pixels = {"labels": chip.labels, "rgb": chip.rgb, "scl": chip.scl, **chip.bands}
    return {name: array for name, array in pixels.items() if array is not None}


def compare(folder: Path, chip: Chip, runs: int) -> None:
    """Print how long other ways take to read the same pixels."""
    pixels = arrays(chip)
    npz_file, pickle_file = folder / "packed.npz", folder / "chip.pickle"
    np.savez_compressed(npz_file, **pixels)
    pickle_file.write_bytes(pickle.dumps(pixels))

    def unpack() -> dict[str, np.ndarray]:
        with np.load(npz_file) as file:
            return {name: file[name] for name in file.files}

    print(f"  .npz, deflated       {milliseconds(unpack, runs)}  {npz_file.stat().st_size / 1e6:.2f} MB")
    unsafe = milliseconds(lambda: pickle.loads(pickle_file.read_bytes()), runs)  # noqa: S301 - the way we do not go
    print(f"  pickle (unsafe)      {unsafe}  {pickle_file.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    runs = parser.parse_args().runs
    print(describe("numpy", "pystac-client", "async-geotiff"))
    with tempfile.TemporaryDirectory() as scratch, serve(Path(scratch) / "rig", REALDATA) as rig:
        folder = Path(scratch)
        for bands in (False, True):
            print("true colour, SCL, labels" if not bands else "the same and nine bands")
            source = StacSource(rig.settings(folder / "never", cache_bytes=0))
            source.chip_at(LON, LAT, bands=bands)
            first = milliseconds(lambda bands=bands, source=source: source.chip_at(LON, LAT, bands=bands), 5)
            print(f"  first click          {first}  0.00 MB")
            source = StacSource(rig.settings(folder / "cache"))
            chip = source.chip_at(LON, LAT, bands=bands)
            again = milliseconds(lambda bands=bands, source=source: source.chip_at(LON, LAT, bands=bands), runs)
            size = max(file.stat().st_size for file in (folder / "cache" / "chips").iterdir())
            print(f"  second click         {again}  {size / 1e6:.2f} MB")
            compare(folder, chip, runs)
        full(folder, chip, runs)


def full(folder: Path, chip: Chip, runs: int) -> None:
    """Print how long keeping a chip takes where the cache is full and holds small files by the thousand."""
    many = folder / "many"
    (many / "chips").mkdir(parents=True)
    for number in range(5000):
        (many / "chips" / f"{number}.npz").write_bytes(b"\0" * 100_000)
    cache_of_many = ChipCache(many, limit=500_000_000)
    numbers = iter(range(10_000))
    print("keep a chip with nine bands in a cache that is full (5,000 files, 500 MB)")
    print(f"                       {milliseconds(lambda: cache_of_many.put((next(numbers),), chip), runs)}")


if __name__ == "__main__":
    main()
