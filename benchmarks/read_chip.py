"""Eleven pictures of one chip over a slow line: ours beside odc-stac and beside rioxarray, in one run.

    python benchmarks/read_chip.py [--runs 7] [--latency 0.06] [--bandwidth 25e6] [--shared]

A Range server in a process of its own answers each request after 60 ms and sends 25 MB/s on each connection (with
``--shared``: on all of them together). The nine bands, the scene classification and the true colour are as large as
Sentinel-2's on Earth Search: 10,980 x 10,980 pixels at 10 m, deflate, tiles of 1,024, overviews. Only the blocks about
the chip hold pixels, and those of one kind are one file under several names; the tables are as long as in a real file.
WorldCover is the real file N00E006, in the folder that CHATEARTHNET_REALDATA names.
"""

from __future__ import annotations

import argparse
import ctypes
import multiprocessing as mp
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pystac
import rasterio
import rioxarray
from affine import Affine
from machine import describe
from odc.geo.geobox import GeoBox
from odc.stac import configure_rio, load
from rasterio.enums import Resampling
from rasterio.shutil import copy
from rasterio.warp import transform
from rasterio.windows import Window

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from rig.cogs import TWENTY, utm_of
from rig.range_server import RangeServer

from chatearthnet_explorer.chip import BANDS
from chatearthnet_explorer.sources.stac import warp
from chatearthnet_explorer.sources.stac.raster_windows import Layer, Read, read_layers
from chatearthnet_explorer.sources.stac.worldcover import worldcover_layer
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

TILE = Tile.at(6.73, 0.336)
WORLDCOVER = "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
REALDATA = Path(os.environ.get("CHATEARTHNET_REALDATA", Path(__file__).parents[2] / "shared" / "realdata"))
TEN = ("B02", "B03", "B04", "B08")
GDAL = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "GDAL_HTTP_MULTIPLEX": "YES",
    "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
    "VSI_CACHE": "TRUE",
}


def write_files(folder: Path) -> None:
    """Write the files to read; pixels only about the chip."""
    crs = f"EPSG:{utm_of(TILE)}"
    (x,), (y,) = transform("EPSG:4326", crs, *([value] for value in TILE.center))
    random = np.random.default_rng(0)
    row, column = np.mgrid[:2048, :2048] / 300
    ground = 1800 + 600 * np.sin(row) * np.cos(column)
    for name, same in (("B02", TEN), ("B05", TWENTY[:-1]), ("SCL", ("SCL",)), ("TCI", ("TCI",))):
        step = 20 if name in TWENTY else 10
        side = 109_800 // step
        count, dtype = (3 if name == "TCI" else 1), ("uint8" if name in {"SCL", "TCI"} else "uint16")
        # the chip lies in the middle of a block at 10 m, as most chips lie within one
        west, north = round(x / 20) * 20 - 5.5 * 10_240, round(y / 20) * 20 + 5.5 * 10_240
        first = 4096 if name in TEN or name == "TCI" else 2048
        profile = {"width": side, "height": side, "count": count, "dtype": dtype, "crs": crs, "nodata": 0}
        place = Affine(step, 0, west, 0, -step, north)
        with rasterio.open(
            folder / "draft.tif", "w", driver="GTiff", transform=place, tiled=True, sparse_ok=True, **profile
        ) as file:
            for band in range(1, count + 1):
                noisy = (ground + 90 * random.standard_normal(ground.shape)) / (16 if dtype == "uint8" else 1)
                block = np.full(ground.shape, 4) if name == "SCL" else noisy
                file.write(block.astype(dtype), band, window=Window(first, first, 2048, 2048))
        copy(
            folder / "draft.tif", folder / f"{name}.tif", driver="COG", compress="deflate", sparse_ok=True,
            blocksize=1024, predictor="no" if name == "SCL" else "yes", overview_resampling="nearest",
        )  # fmt: skip
        (folder / "draft.tif").unlink()
        for other in same:
            if other != name:
                (folder / f"{other}.tif").hardlink_to(folder / f"{name}.tif")
    target = folder / "v100" / "2020" / "map" / WORLDCOVER
    target.parent.mkdir(parents=True)
    target.symlink_to(REALDATA / "worldcover" / WORLDCOVER)


def serve(folder: Path, line: dict[str, float | None], pipe: Connection) -> None:
    """Serve until told to stop; whenever asked, tell requests and bytes since the last time."""
    with RangeServer(folder, **line) as server:  # type: ignore[arg-type]
        pipe.send(server.url)
        while pipe.recv() == "tell":
            pipe.send((server.requests, server.bytes_sent))
            server.reset()


def hrefs(url: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return the address of each file."""
    return {
        name: f"{url}/v100/2020/map/{WORLDCOVER}" if name == "WorldCover" else f"{url}/{name}.tif" for name in names
    }


def ours(url: str, names: tuple[str, ...]) -> None:
    """Read with this package."""
    layers = {
        name: worldcover_layer(TILE, 2020, url)
        if name == "WorldCover"
        else Layer(hrefs=(href,), resampling="nearest" if name == "SCL" else "bilinear")
        for name, href in hrefs(url, names).items()
    }
    for read in read_layers(layers, TILE).values():
        if not isinstance(read, Read) or not read.valid.all():
            sys.exit(str(read))


def odc(url: str, names: tuple[str, ...]) -> None:
    """Read with odc-stac, sixteen threads, onto the same grid."""
    configure_rio(cloud_defaults=True, **GDAL)
    west, south, east, north = TILE.bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    extension = "https://stac-extensions.github.io/raster/v1.1.0/schema.json"
    item = pystac.Item(
        "one", {"type": "Polygon", "coordinates": [ring]}, [*TILE.bounds], datetime(2020, 7, 1, tzinfo=UTC), {}
    )
    item.stac_extensions.append(extension)
    for name, href in hrefs(url, names).items():
        kind = "uint8" if name in {"TCI", "SCL", "WorldCover"} else "uint16"
        bands = [{"data_type": kind, "nodata": 0}] * (3 if name == "TCI" else 1)
        asset = pystac.Asset(href, media_type="image/tiff; application=geotiff", roles=["data"])
        asset.extra_fields["raster:bands"] = bands
        item.add_asset(name, asset)
    box = GeoBox((256, 256), Affine(*TILE.transform), "EPSG:3857")
    loaded_bands = [name for name in names if name != "TCI"] + (["TCI.1", "TCI.2", "TCI.3"] if "TCI" in names else [])
    dataset = load(
        [item],
        bands=loaded_bands,
        geobox=box,
        resampling={"*": "bilinear", "SCL": "nearest", "WorldCover": "nearest"},
        pool=16,
        fail_on_error=True,
    )
    if not all(dataset[name].any() for name in loaded_bands):
        sys.exit("odc-stac read nothing")


def rio(url: str, names: tuple[str, ...]) -> None:
    """Read with rioxarray, one file after the other."""
    with rasterio.Env(**GDAL):
        for name, href in hrefs(url, names).items():
            with rioxarray.open_rasterio(href) as raster:
                part = raster.rio.clip_box(*TILE.bounds, crs="EPSG:4326")
                part.rio.reproject(
                    "EPSG:3857",
                    transform=Affine(*TILE.transform),
                    shape=(256, 256),
                    resampling=Resampling.nearest if name in {"SCL", "WorldCover"} else Resampling.bilinear,
                )


def forget() -> None:
    """Let GDAL and this package forget what they know of files and place; both keep connections and PROJ's ways."""
    warp.window_of.cache_clear()
    warp._positions.cache_clear()  # noqa: SLF001 - a second look at the same tile would be no fair run
    for library in (Path(rasterio.__file__).parents[1] / "rasterio.libs").glob("libgdal*"):
        ctypes.CDLL(str(library)).VSICurlClearCache()


READERS = {"ours": ours, "odc-stac, 16 threads": odc, "rioxarray, in turn": rio}


def compare(job: str, names: tuple[str, ...], *, url: str, runs: int, pipe: Connection) -> None:
    """Let the readers take turns, a first time and then ``runs`` times, and print a line for each."""
    took: dict[str, list[float]] = {reader: [] for reader in READERS}
    traffic: dict[str, tuple[int, int]] = {}
    for _ in range(runs + 1):
        for reader, read in READERS.items():
            forget()
            began = time.perf_counter()
            read(url, names)
            took[reader].append(time.perf_counter() - began)
            pipe.send("tell")
            traffic[reader] = pipe.recv()
    for reader, (first, *rest) in took.items():
        median, (requests, bytes_sent) = statistics.median(rest), traffic[reader]
        ratio = median / statistics.median(took["ours"][1:])
        print(
            f"{job:14} {reader:21} median {median:.3f} s  best {min(rest):.3f} s  first {first:.3f} s"
            f"  {requests:3} requests {bytes_sent / 1e6:5.1f} MB  x {ratio:.1f}"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--latency", type=float, default=0.06)
    parser.add_argument("--bandwidth", type=float, default=25e6)
    parser.add_argument("--shared", action="store_true")
    options = parser.parse_args()
    line: dict[str, Any] = {"latency": options.latency, "shared" if options.shared else "bandwidth": options.bandwidth}
    jobs = {"eleven assets": (*BANDS, "SCL", "WorldCover"), "a click": ("TCI", "SCL", "WorldCover")}
    print(describe("numpy", "async-geotiff", "urllib3", "rasterio", "rioxarray", "odc-stac"))
    where = "in all" if options.shared else "on each connection"
    print(
        f"{1000 * options.latency:.0f} ms per request, {options.bandwidth / 1e6:.0f} MB/s {where}, {options.runs} runs"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder)
        here, there = mp.get_context("spawn").Pipe()
        server = mp.get_context("spawn").Process(target=serve, args=(folder, line, there), daemon=True)
        server.start()
        url = here.recv()
        try:
            for job, names in jobs.items():
                compare(job, names, url=url, runs=options.runs, pipe=here)
        finally:
            here.send("stop")
            server.join(10)


if __name__ == "__main__":
    main()
