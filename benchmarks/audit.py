"""The audit of a whole catalog as a user runs it: counts in, findings out, and back into the catalog.

Run with ``python benchmarks/audit.py CATALOG [--scheduler processes]`` on a catalog that ``benchmarks/catalog.py
--folder DIR`` left; it works on a copy beside it. Labels are made-up maps, so most captions contradict them: more
findings than a real audit has. Beside it the naive way: one caption after the other, in one process, without writing
anything, on the first 5,000 pairs.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from catalog import peak_memory
from machine import describe

from chatearthnet_explorer.catalog import Query, enrich_catalog, open_catalog
from chatearthnet_explorer.catalog_audit import Counts, audit_catalog
from chatearthnet_explorer.review.checks import judge_both, judge_caption

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from data.label_maps import label_map

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.tile import Tile

NAIVE = 5000
MAPS = [label_map(seed) for seed in range(100)]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("catalog", type=Path)
    parser.add_argument("--scheduler", default="processes")
    options = parser.parse_args()
    print(describe("numpy", "dask", "pyarrow", "duckdb"))
    folder = options.catalog.with_name(f"{options.catalog.name}-audited")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(options.catalog, folder)
    start = time.perf_counter()
    catalog = enrich_catalog(folder, labels_at, labels="made up", workers=2)
    print(f"counts of {len(catalog):,} chips from maps in memory   {time.perf_counter() - start:6.1f} s")
    start = time.perf_counter()
    with peak_memory() as peak:
        catalog, audit = audit_catalog(folder, scheduler=options.scheduler)
    seconds = time.perf_counter() - start
    captions = sum(catalog.search(Query(style=style, size=1)).total for style in ("3.5", "4v"))
    print(f"audit of {captions:,} captions, {options.scheduler:9}   {seconds:6.1f} s, {audit.finding_count:,} findings")
    print(f"  peak memory, all processes together  {peak[0] / 1e6:6.0f} MB")
    start = time.perf_counter()
    count = naively(folder)
    each = (time.perf_counter() - start) / count
    print(f"  one after the other, {count:,} captions    {1000 * each:6.3f} ms each, {each * captions:.0f} s for all")
    for query in (Query(finding=("hallucinated",)), Query(finding=("none",), style="4v"), Query(sortby="worst")):
        start = time.perf_counter()
        total = catalog.search(query).total
        print(f"  question {query.filters}: {1000 * (time.perf_counter() - start):.1f} ms, {total:,} pairs")


def labels_at(tile: Tile) -> NDArray[np.uint8]:
    """Return the labels of a tile."""
    return MAPS[(tile.x + tile.y) % len(MAPS)]


def naively(folder: Path) -> int:
    """Judge the first pairs and return how many captions that were."""
    catalog, count = open_catalog(folder), 0
    for pair in catalog.files.pairs(range(NAIVE)):
        (counts,) = Counts(catalog)([pair.record])
        results = {
            style: judge_caption(text, style=style, counts=counts) for style, text in pair.record.captions.items()
        }
        judge_both(results)
        count += len(results)
    return count


if __name__ == "__main__":
    main()
