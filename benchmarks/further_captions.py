"""Captions of others join the catalog at full size: how long that takes beside a build, and what it costs searches.

Run with ``python benchmarks/further_captions.py [--records 163488] [--captions 10000]``; it needs
``pip install -e '.[catalog,test]'`` and about 600 MB of disk. The release is that of the tests
(``tests/rig/full_size.py``), without pictures.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from machine import describe

from chatearthnet_explorer.caption_file import CaptionEntry, append_entries
from chatearthnet_explorer.catalog import Catalog, Query, add_captions, build_catalog, open_catalog
from chatearthnet_explorer.sources.release.release_reader import open_release

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from rig import full_size

if TYPE_CHECKING:
    from collections.abc import Callable

QUERIES = (
    Query(),
    Query(words="snow"),
    Query(words='"in the top left"', continent=("Europe",)),
    Query(classes=("water", "wetland")),
    Query(bbox=(-10.0, 35.0, 30.0, 60.0), sortby="name"),
)
ROUNDS = 15


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=full_size.RECORDS)
    parser.add_argument("--captions", type=int, default=10_000)
    options = parser.parse_args()
    print(describe("numpy", "duckdb"))
    with tempfile.TemporaryDirectory() as scratch:
        release, folder, file = (Path(scratch, name) for name in ("release", "catalog", "captions.jsonl"))
        full_size.write_release(release, records=options.records, archives=0)
        line(f"build the catalog of {options.records:,} pairs", seconds_of(lambda: build(release, folder)))
        catalog = open_catalog(folder)
        before = milliseconds_of_searches(catalog)
        write_captions(file, catalog, options.captions)
        line(f"add {options.captions:,} captions", seconds_of(lambda: add_captions(folder, [file])))
        line("add the same file again", seconds_of(lambda: add_captions(folder, [file])))
        write_captions(file, catalog, options.captions // 10, start=options.captions)
        line(f"add the file with {options.captions // 10:,} more", seconds_of(lambda: add_captions(folder, [file])))
        after = milliseconds_of_searches(open_catalog(folder))
        of_set = milliseconds_of_searches(open_catalog(folder).captions_of("writer-1"))
        line("list the sets", seconds_of(lambda: open_catalog(folder).caption_sets))
        print("\nmilliseconds of a search with all facets: released before, released after, captions of the set")
        for query, *figures in zip(QUERIES, before, after, of_set, strict=True):
            print("  ".join(f"{figure:7.1f}" for figure in figures), " ", query.filters)


def build(release: Path, folder: Path) -> None:
    """Build the catalog."""
    build_catalog(open_release(release), folder)


def write_captions(path: Path, catalog: Catalog, count: int, start: int = 0) -> None:
    """Write captions as long as the released ones: the caption of one pair for the next."""
    pairs = list(islice(catalog.pairs(), start, start + count + 1))
    append_entries(
        path,
        [
            CaptionEntry(
                name=pair.record.name,
                style="3.5",
                captioner="chat",
                requested_model="writer-1",
                caption=next(iter(other.record.captions.values())),
                simulated=catalog.simulated,
                tokens_in=900,
                tokens_out=200,
            )
            for pair, other in pairwise(pairs)
        ],
    )


def milliseconds_of_searches(catalog: Catalog) -> list[float]:
    """Return the median time of each query."""
    return [
        1000 * statistics.median(seconds_of(lambda query=query: catalog.search(query)) for _ in range(ROUNDS))  # type: ignore[misc]  # mypy infers no type for a lambda's default
        for query in QUERIES
    ]


def seconds_of(task: Callable[[], object]) -> float:
    """Return how long a task takes."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def line(what: str, seconds: float) -> None:
    """Print one figure."""
    print(f"{what:45} {seconds:8.2f} s", flush=True)


if __name__ == "__main__":
    main()
