"""Cloud-optimised GeoTIFFs, written from arrays: one file, or a whole Sentinel-2-like scene over a tile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from affine import Affine
from rasterio.shutil import copy
from rasterio.warp import Resampling, reproject, transform_bounds

from chatearthnet_explorer.chip import BANDS
from chatearthnet_explorer.tile import SIZE, Tile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

TWENTY = ("B05", "B06", "B07", "B11", "B12", "SCL")
"""Names of what Sentinel-2 measures, or its maker computes, at 20 m; everything else is written at 10 m."""


@dataclass(frozen=True, kw_only=True)
class SceneFiles:
    """A scene on disk, with what an item says of it."""

    paths: dict[str, Path]
    """File of each name."""

    epsg: int
    """Reference system of all files."""

    transform: Affine
    """From (column, row) to metres, at 10 m."""

    shape: tuple[int, int]
    """Rows and columns at 10 m."""

    bbox: tuple[float, float, float, float]
    """West, south, east, north in degrees."""


def write_cog(
    path: Path,
    data: NDArray[Any],
    *,
    crs: str,
    transform: Affine,
    nodata: float | None = None,
    **options: str | float,
) -> Path:
    """Write an array (bands, rows, columns) with overviews; ``options`` go to GDAL's COG driver."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.MemoryFile() as memory:
        profile = {
            "driver": "GTiff",
            "width": data.shape[2],
            "height": data.shape[1],
            "count": len(data),
            "dtype": data.dtype,
            "crs": crs,
            "transform": transform,
            "nodata": nodata,
            "photometric": "RGB" if len(data) == 3 and data.dtype == np.uint8 else "MINISBLACK",
        }
        with memory.open(**profile) as file:
            file.write(data)
        with memory.open() as file:
            copy(file, path, driver="COG", **{"compress": "deflate", "blocksize": 512, **options})
    return path


def utm_of(tile: Tile) -> int:
    """Return the EPSG code of the UTM zone of a tile's middle."""
    lon, lat = tile.center
    return (32600 if lat >= 0 else 32700) + min(int((lon + 180) // 6) + 1, 60)


def pattern(tile: Tile) -> dict[str, NDArray[Any]]:
    """Return made-up pixels on a tile's grid: ``TCI`` (3, 256, 256) uint8, nine bands and ``SCL`` (256, 256).

    Waves with a little noise; the numbers of the bands are those of Sentinel-2 (10,000 is all light) and never 0.
    """
    random = np.random.default_rng(tile.x * 16384 + tile.y)
    row, column = np.mgrid[:SIZE, :SIZE] / SIZE
    pixels: dict[str, NDArray[Any]] = {}
    for number, name in enumerate(BANDS, start=1):
        wave = np.sin(2 * np.pi * (number * row + 3 * column)) + np.cos(2 * np.pi * (2 * row - number * column))
        pixels[name] = (1500 + 150 * number + 400 * wave + random.normal(0, 20, wave.shape)).astype(np.uint16)
    visible = np.stack([pixels[name] for name in ("B04", "B03", "B02")])
    pixels["TCI"] = (visible // 16).clip(1, 255).astype(np.uint8)
    pixels["SCL"] = np.where(row + column > 1.6, 9, 4).astype(np.uint8)
    return pixels


def write_scene(
    folder: Path,
    tile: Tile,
    pixels: Mapping[str, NDArray[Any]] | None = None,
    *,
    size: int = 1024,
    epsg: int | None = None,
    shift: tuple[int, int] = (0, 0),
    **options: str | float,
) -> SceneFiles:
    """Write a scene of a tile and its surroundings, which mirror the tile.

    Args:
        folder: Where ``NAME.tif`` go; made if it is not there.
        tile: The tile in the middle of the scene.
        pixels: Arrays on the tile's grid, (256, 256) or (3, 256, 256), by name; ``pattern`` if None.
        size: Pixels of 10 m along each side of the scene; even.
        epsg: Reference system; the UTM zone of the tile if None.
        shift: Metres east and north by which the scene lies beside the tile's middle; multiples of 20.
        options: For GDAL's COG driver, such as ``blocksize=1024``.
    """
    epsg = epsg or utm_of(tile)
    crs = f"EPSG:{epsg}"
    left, bottom, right, top = transform_bounds("EPSG:4326", crs, *tile.bounds)
    west = round((left + right) / 40) * 20 - size * 5 + shift[0]
    north = round((bottom + top) / 40) * 20 + size * 5 + shift[1]
    transform = Affine(10, 0, west, 0, -10, north)
    # the scene's own corners on the tile's grid say how far it must be mirrored
    reach = 2 * size + SIZE
    paths = {}
    for name, array in (pattern(tile) if pixels is None else pixels).items():
        step = 2 if name in TWENTY else 1
        source = np.atleast_3d(np.moveaxis(array, 0, -1) if array.ndim == 3 else array)
        source = np.moveaxis(np.pad(source, ((reach, reach), (reach, reach), (0, 0)), mode="symmetric"), -1, 0)
        data = np.zeros((len(source), size // step, size // step), array.dtype)
        reproject(
            source,
            data,
            src_transform=Affine(*tile.transform) * Affine.translation(-reach, -reach),
            src_crs="EPSG:3857",
            dst_transform=transform * Affine.scale(step),
            dst_crs=crs,
            resampling=Resampling.nearest if name == "SCL" else Resampling.bilinear,
        )
        paths[name] = write_cog(
            folder / f"{name}.tif", data, crs=crs, transform=transform * Affine.scale(step), nodata=0, **options
        )
    bbox = transform_bounds(crs, "EPSG:4326", west, north - size * 10, west + size * 10, north)
    return SceneFiles(paths=paths, epsg=epsg, transform=transform, shape=(size, size), bbox=bbox)
