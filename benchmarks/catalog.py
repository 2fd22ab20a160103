"""The catalog at full size: build, open, questions beside pandas, the map's density, memory.

Run with ``python benchmarks/catalog.py [--records 163488]``; it needs ``pip install -e '.[catalog,test]'`` and about
1 GB of disk. ``--records 163488 1634880`` needs 10 GB and ends on a table of how each figure grows. The release is that
of the tests (``tests/rig/full_size.py``).
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
from machine import describe

from chatearthnet_explorer.catalog import Catalog, Query, build_catalog, open_catalog
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.record import SPLITS
from chatearthnet_explorer.sources.release.release_reader import open_release

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from rig import full_size

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    import pandas as pd

Figures = dict[str, float]

PLAIN = [
    Query(),
    Query(continent=("Africa",)),
    Query(country=("Brazil", "India")),
    Query(classes=("water", "wetland")),
    Query(bbox=(-10.0, 35.0, 30.0, 60.0), sortby="name"),
    Query(classes=("developed area",), part="middle", split=("val",), sortby="random", seed=1),
    Query(style="4v", continent=("Asia", "Europe"), sortby="lat", descending=True),
    Query(polygon=((170.0, -20.0), (-170.0, -20.0), (-150.0, 60.0), (150.0, 60.0)), page=7),
]
WITH_WORDS = [
    Query(words="mangrove swamp"),
    Query(words="the"),
    Query(words="crop fields grass"),
    Query(words='"in the top left"'),
    Query(words='"crop fields"', continent=("Europe",)),
    Query(words="wat* -grass", classes=("water",)),
    Query(words="t*"),
    Query(words="snow", style="4v", sortby="name"),
]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, nargs="+", default=[full_size.RECORDS])
    parser.add_argument("--pictures", type=int, default=3, help="archives of pictures, 0 to 3")
    parser.add_argument(
        "--folder", type=Path, help="where to keep release and catalog; default: a folder that is removed"
    )
    options = parser.parse_args()
    print(describe("numpy", "duckdb", "pandas"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        figures = []
        for records in options.records:
            release, place = folder / f"release-{records}", folder / f"catalog-{records}"
            if not release.exists():
                full_size.write_release(release, records=records, archives=options.pictures)
            figures.append(in_process(report_build, release, place) | in_process(report_questions, place))
    report_growth(options.records, figures)


def report_growth(sizes: list[int], figures: list[Figures]) -> None:
    """Print each figure at every size, and how many times as much the last is as the first."""
    if len(sizes) < 2:
        return
    print(f"\n{'':34}" + "".join(f"{size:>14,}" for size in sizes) + f"{sizes[-1] / sizes[0]:>9.1f} x the pairs")
    for name, first in figures[0].items():
        print(f"{name:34}" + "".join(f"{of[name]:14,.1f}" for of in figures) + f"{figures[-1][name] / first:9.1f} x")


def report_build(release: Path, folder: Path) -> Figures:
    """Print time and memory of a build, its processes included, and the sizes on disk."""
    with peak_memory() as peak:
        start = time.perf_counter()
        marks: dict[str, float] = {}
        catalog = build_catalog(
            open_release(release), folder, progress=lambda step, *_: marks.update({step: time.perf_counter()})
        )
        seconds = time.perf_counter() - start
    steps, before = [], start
    for step, mark in marks.items():
        steps.append(f"{step} {mark - before:.1f} s")
        before = mark
    print(f"build of {len(catalog):,} pairs   {seconds:7.1f} s   ({', '.join(steps)})")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    busy = sum(one.ru_utime + one.ru_stime for one in used)
    print(f"  processor time          {busy:7.1f} s, which other work on the machine does not change much")
    print(f"  peak memory             {peak[0] / 1e6:7.0f} MB, all processes together")
    parquet = catalog.path.stat().st_size / 1e6
    disk = catalog.info()["bytes"] / 1e6
    print(f"  on disk                 {disk:7.0f} MB, of which {parquet:.0f} GeoParquet")
    return {"build, s": seconds, "build, s of processors": busy, "build, MB at most": peak[0] / 1e6, "disk, MB": disk}


def report_questions(folder: Path) -> Figures:
    """Print times of opening, asking and drawing beside pandas, and the memory they take."""
    process = psutil.Process()
    before = process.memory_info().rss
    start = time.perf_counter()
    catalog = open_catalog(folder)
    catalog.search(Query(size=24))
    figures = {"open, with a first page, ms": 1000 * (time.perf_counter() - start)}
    print(f"open, with a first page   {figures['open, with a first page, ms']:7.1f} ms")
    ours = {"without words": times(catalog.search, PLAIN), "with words": times(catalog.search, WITH_WORDS)}
    views = [(-180.0, -60.0, 180.0, 80.0), (-10.0, 35.0, 30.0, 60.0), (6.0, 0.0, 8.0, 2.0)]
    density = times(lambda view: catalog.density(Query(), view, (800, 500)), views)
    print(f"density, 800 x 500        {_spread(density)}")
    figures |= {f"question {kind}, p95 ms": _p95(durations) for kind, durations in ours.items()}
    figures |= {"density, p95 ms": _p95(density), "memory, MB": (process.memory_info().rss - before) / 1e6}
    print(f"memory of the catalog     {figures['memory, MB']:7.0f} MB, after all of these questions")
    frame = pandas_frame(catalog)
    for kind, queries in (("without words", PLAIN), ("with words", WITH_WORDS)):
        for query in queries:
            total, _ = ask_pandas(frame, query)
            if query.words not in {"t*", '"in the top left"'} and total != catalog.search(query).total:
                print(f"  pandas finds {total}, the catalog {catalog.search(query).total}: {query.filters}")
        naive = times(lambda query: ask_pandas(frame, query), queries, repeats=2)
        print(f"question {kind:16} {_spread(ours[kind])}")
        ratio = statistics.median(naive) / statistics.median(ours[kind])
        print(f"  the same in pandas      {_spread(naive)}   {ratio:.0f} times as long")
        figures[f"pandas {kind}, p95 ms"] = _p95(naive)
    return figures


def pandas_frame(catalog: Catalog) -> pd.DataFrame:
    """Return the catalog's own file as a data frame, prepared as one would: categories, bits, lower case."""
    import pandas as pd

    columns = ["name", "lon", "lat", "split_35", "split_4v", "class_bits_35", "class_bits_4v", "country", "continent"]
    frame = pd.read_parquet(catalog.path, columns=[*columns, "caption_35", "caption_4v"])
    for column in ("split_35", "split_4v", "country", "continent"):
        frame[column] = frame[column].astype("category")
    frame["middle_35"] = catalog.files.columns.parts_35
    frame["middle_4v"] = catalog.files.columns.parts_4v
    for style in ("35", "4v"):
        frame[f"text_{style}"] = frame[f"caption_{style}"].str.lower()
    return frame


def ask_pandas(frame: pd.DataFrame, query: Query) -> tuple[int, dict[str, Any]]:
    """Return total and facets as one would write it with pandas: a mask for each choice, counts for each facet."""
    masks = {name: mask for name, mask in pandas_masks(frame, query).items() if mask is not None}
    counts: dict[str, Any] = {}
    for facet in ("continent", "country", "class", "style", "split"):
        rows = frame[_all(frame, {name: mask for name, mask in masks.items() if name != facet})]
        if facet in {"continent", "country"}:
            counts[facet] = rows[facet].value_counts().to_dict()
        elif facet == "class":
            bits = rows["class_bits_35"] | rows["class_bits_4v"]
            counts[facet] = {index: int((bits & 1 << index > 0).sum()) for index in range(1, 12)}
        elif facet == "style":
            counts[facet] = {style: int(rows[f"split_{style}"].notna().sum()) for style in ("35", "4v")}
        else:
            either = [(rows["split_35"] == split) | (rows["split_4v"] == split) for split in SPLITS]
            counts[facet] = [int(one.sum()) for one in either]
    matches = frame[_all(frame, masks)]
    if query.sortby in {"name", "lat"}:
        matches = matches.sort_values(query.sortby, ascending=not query.descending)
    counts["page"] = matches.iloc[(query.page - 1) * query.size : query.page * query.size].to_dict("records")
    return len(matches), counts


def pandas_masks(frame: pd.DataFrame, query: Query) -> dict[str, Any]:
    """Return a mask for each choice of the question, None for those not made."""
    mask = sum(1 << CLASS_BIT[name] for name in query.classes)
    styles = [query.style.replace("3.5", "35")] if query.style else ["35", "4v"]
    either = lambda test: np.logical_or.reduce([test(style) for style in styles])  # noqa: E731 - said in one line
    shift = 12 * PARTS.index(query.part) if query.part else 0
    bits = {
        style: frame[f"middle_{style}"].to_numpy() >> np.uint64(shift) if query.part else frame[f"class_bits_{style}"]
        for style in styles
    }
    west, south, east, north = query.bbox or (0.0, 0.0, 0.0, 0.0)
    return {
        "continent": frame["continent"].isin(query.continent) if query.continent else None,
        "country": frame["country"].isin(query.country) if query.country else None,
        "class": either(lambda style: (bits[style] & mask) == mask) if query.classes else None,
        "style": frame[f"split_{styles[0]}"].notna() if query.style else None,
        "split": either(lambda style: frame[f"split_{style}"].isin(query.split)) if query.split else None,
        "box": frame["lon"].between(west, east) & frame["lat"].between(south, north) if query.bbox else None,
        "polygon": _in_polygon(frame, query) if query.polygon else None,
        "words": either(lambda style: _has_words(frame[f"text_{style}"], query.words)) if query.words else None,
    }


def _has_words(texts: pd.Series[str], words: str) -> Any:  # noqa: ANN401 - a mask
    mask = texts.notna()
    for term in [words] if words.startswith('"') else words.split():
        pattern = r"\b" + term.strip('"-').replace("*", r"\w*") + r"\b"
        has_term = texts.str.contains(pattern, na=False)
        mask &= ~has_term if term.startswith("-") else has_term
    return mask


def _in_polygon(frame: pd.DataFrame, query: Query) -> Any:  # noqa: ANN401 - a mask
    import shapely

    area = shapely.Polygon([(lon % 360.0, lat) for lon, lat in query.polygon])
    return shapely.contains_xy(area, frame["lon"].to_numpy() % 360.0, frame["lat"].to_numpy())


def _all(frame: pd.DataFrame, masks: dict[str, Any]) -> Any:  # noqa: ANN401 - a mask
    return np.logical_and.reduce([np.ones(len(frame), bool), *masks.values()])


def times(work: Callable[[Any], object], cases: list[Any], repeats: int = 15) -> list[float]:
    """Return the milliseconds of every call, cases in turn, after one round that is not counted."""
    durations = []
    for round_ in range(repeats + 1):
        for case in cases:
            start = time.perf_counter()
            work(case)
            if round_:
                durations.append(1000 * (time.perf_counter() - start))
    return durations


def _spread(durations: list[float]) -> str:
    return f"p50 {statistics.median(durations):8.1f} ms   p95 {_p95(durations):8.1f} ms"


def _p95(durations: list[float]) -> float:
    return float(np.quantile(durations, 0.95))


class peak_memory:  # noqa: N801 - used like a function
    """Measures the largest memory of this process and its children, sharing counted once for each."""

    def __enter__(self) -> list[int]:
        """Start to look."""
        self._peak, self._stop_event = [0], threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self._peak

    def __exit__(self, *_: object) -> None:
        """Stop looking."""
        self._stop_event.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._stop_event.wait(0.1):
            self._peak[0] = max(self._peak[0], sum(_resident(one) for one in [me, *me.children(recursive=True)]))


def _resident(process: psutil.Process) -> int:
    """Return the memory that would be free without the process: its own and its part of what is shared."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def in_process(work: Callable[..., Figures], *arguments: object) -> Figures:
    """Run in a fresh process, so that its memory is its own, and return the figures."""
    # not a pool: its workers are daemons, which a build could not start processes from
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send_result, args=(there, work, *arguments))
    process.start()
    there.close()
    try:
        figures: Figures = here.recv()
    except EOFError:
        sys.exit(1)
    process.join()
    return figures


def _send_result(there: Connection, work: Callable[..., Figures], *arguments: object) -> None:
    there.send(work(*arguments))


CLASS_BIT = {"water": 1, "developed area": 2, "wetland": 9}

if __name__ == "__main__":
    main()
