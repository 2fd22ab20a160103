"""Time to suggest places for every first part of real names, and to find the nearest town.

``python benchmarks/place_names.py``: no network. Times are of the processor, so that other programs do not count.
"""

from __future__ import annotations

import importlib
import statistics
import time
from importlib.resources import files

import numpy as np
import psutil
from machine import describe

from chatearthnet_explorer.places.coordinates import coordinates_of

TOWNS = 500
WAYS = (
    "48.14, 11.58",
    "48\u00b0 8' 24\" N, 11\u00b0 34' 48\" E",
    "https://www.openstreetmap.org/#map=15/48.14/11.58",
    "Munich",
)


def main() -> None:
    """Print the figures."""
    print(describe("numpy"))
    process = psutil.Process()
    search = importlib.import_module("chatearthnet_explorer.places.name_search")
    gazetteer = importlib.import_module("chatearthnet_explorer.places.gazetteer")
    before = process.memory_info().rss
    start = time.thread_time()
    towns = gazetteer.table()
    table_time = time.thread_time() - start
    search.load_names()
    names_time = time.thread_time() - start - table_time
    size = len((files("chatearthnet_explorer") / "places" / "names" / "gazetteer.npz").read_bytes())
    print(
        f"file {size / 1e6:.2f} MB; load of the places {table_time:.2f} s, of the spellings {names_time:.2f} s; ",
        end="",
    )
    print(f"memory {(process.memory_info().rss - before) / 2**20:.0f} MiB")

    random = np.random.default_rng(10)
    names = [towns.place(number).name for number in random.choice(towns.ends[0], TOWNS, replace=False).tolist()]
    texts = [name[:length] for name in names for length in range(1, len(name) + 1)]
    report("suggestions", [seconds(search.suggest, text) for text in texts])
    report("with an area", [seconds(search.suggest, f"{name}, united states") for name in names])
    report("no such name", [seconds(search.suggest, f"{name} {name[::-1]} qqxv") for name in names])
    spots = zip(random.uniform(-180, 180, 2000).tolist(), random.uniform(-85, 85, 2000).tolist(), strict=True)
    report("nearest town", [seconds(gazetteer.nearest_town, *spot) for spot in spots])
    report("coordinates", [seconds(coordinates_of, text) for text in WAYS * 500])


def seconds(function: object, *arguments: object) -> float:
    """Return the seconds that the processor works on one call."""
    start = time.thread_time()
    function(*arguments)  # type: ignore[operator]
    return time.thread_time() - start


def report(name: str, times: list[float]) -> None:
    """Print median, 99th percentile and maximum in milliseconds."""
    rank = sorted(times)
    figures = (statistics.median(rank), rank[int(0.99 * (len(rank) - 1))], rank[-1])
    print(
        f"{name:14} {len(rank):6,} calls: "
        + ", ".join(f"{1000 * one:.2f}" for one in figures)
        + " ms (median, 99 %, most)"
    )


if __name__ == "__main__":
    main()
