"""The browser at full size: memory with the catalog, the map's overlay beside all places as GeoJSON, a press to a page.

Run with ``python benchmarks/browser.py [--records 163488]``; it needs ``pip install -e '.[ui,catalog,test]'``, one
minute for a release and one for its catalog unless ``--folder`` holds those of ``benchmarks/catalog.py``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from catalog import WITH_WORDS
from machine import describe
from rig import full_size

from chatearthnet_explorer.catalog import Catalog, Query, build_catalog, open_catalog
from chatearthnet_explorer.sources.release.release_reader import open_release

SCREEN = (1000, 380)
"""Pixels of the map in a notebook of usual width."""

MIDDLES = ((0.0, 20.0), (10.0, 50.0), (-60.0, -10.0), (100.0, 30.0), (178.0, -17.0))
QUERIES = [Query(), Query(classes=("water",)), Query(continent=("Africa",)), Query(style="both"), *WITH_WORDS]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=163_488)
    parser.add_argument("--folder", type=Path, help="where release and catalog are kept; default: one that is removed")
    options = parser.parse_args()
    print(describe("numpy", "ipywidgets", "ipyleaflet"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        release, place = folder / f"release-{options.records}", folder / f"catalog-{options.records}"
        if not release.exists():
            full_size.write_release(release, records=options.records, archives=1)
        if not place.exists():
            build_catalog(open_release(release), place).close()
        report_overlay(open_catalog(place))
        report_browser(place)


def report_overlay(catalog: Catalog) -> None:
    """Print how long the overlay of any view takes and how large it is."""
    from chatearthnet_explorer.widgets.browse.density_image import coarser, density_png, frame_of

    durations, sizes = [], []
    for zoom in range(1, 13):
        half, up = (180.0 * pixels / 256 / 2**zoom for pixels in SCREEN)
        for lon, lat in MIDDLES:
            frame = frame_of((lon - half, max(lat - up, -85.0), lon + half, min(lat + up, 85.0)), zoom)
            for query in QUERIES:
                start = time.perf_counter()
                box = (frame.west, frame.south, frame.east, frame.north)
                counts = catalog.density(query, box, frame.size)
                pictures = [density_png(counts), density_png(coarser(counts))]
                durations.append(time.perf_counter() - start)
                sizes += [len(picture) for picture in pictures]
    start = time.perf_counter()
    lons, lats = (one[: catalog.files.columns.place_count].tolist() for one in catalog.files.columns.centers)
    points = [{"type": "Point", "coordinates": [lon, lat]} for lon, lat in zip(lons, lats, strict=True)]
    naive = json.dumps({"type": "GeometryCollection", "geometries": points})
    seconds = time.perf_counter() - start
    print(
        f"overlay, {len(durations)} views and questions: median {1e3 * statistics.median(durations):.0f} ms, ", end=""
    )
    print(f"p95 {1e3 * sorted(durations)[int(0.95 * len(durations))]:.0f} ms, largest PNG {max(sizes) / 1e3:.0f} kB")
    print(
        f"  all places as GeoJSON: {1e3 * seconds:.0f} ms, {len(naive) / 1e3:,.0f} kB, before a browser has drawn one"
    )


def report_browser(place: Path) -> None:
    """Print memory and times of a browser."""
    process = psutil.Process()
    from chatearthnet_explorer.widgets.browse.browser import Browser

    base_memory = process.memory_info().rss
    start = time.perf_counter()
    browser = Browser(open_catalog(place), labels="simulated")
    opening = time.perf_counter() - start
    durations = []
    for query in QUERIES * 3:
        for page in (1, 2, 50):
            start = time.perf_counter()
            browser.query = query.but(page=page)
            durations.append(time.perf_counter() - start)
        browser.gallery.open_at(0)
    print(f"browser opened in {opening:.2f} s; a press to a page, facets and map: median ", end="")
    print(
        f"{1e3 * statistics.median(durations):.0f} ms, p95 {1e3 * sorted(durations)[int(0.95 * len(durations))]:.0f} ms"
    )
    print(
        f"resident memory: {base_memory / 1e6:.0f} MB with libraries, {process.memory_info().rss / 1e6:.0f} MB in use"
    )


if __name__ == "__main__":
    main()
