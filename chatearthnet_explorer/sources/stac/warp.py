"""Warp pixels from any grid to one zoom-14 tile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.errors import RasterError
from chatearthnet_explorer.tile import SIZE, Tile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from pyproj import Transformer

MARGIN = 1
"""Margin of the window in pixels, which bilinear interpolation needs."""

WINDOW_LIMIT = 16_000_000
"""Pixels of the largest window that is read. A tile of Sentinel-2 needs about 70,000, at 84 degrees fewer."""

_NODES = 9
# GDAL adds this to positions before it rounds them down, so that a pixel's edge belongs to the pixel.
_NUDGE = 1e-10


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The georeferencing of a raster file."""

    crs: str
    """Coordinate reference system as PROJ reads it: ``EPSG:32632``, or WKT."""

    transform: tuple[float, float, float, float, float, float]
    """Affine coefficients a, b, c, d, e, f from (column, row) to the system's x and y."""

    width: int
    """Columns of the file."""

    height: int
    """Rows of the file."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Window:
    """The window of a raster file that a tile needs, and the position of each pixel of the tile in it."""

    column: int
    """First column, counted from 0."""

    row: int
    """First row, counted from 0."""

    width: int
    """Columns."""

    height: int
    """Rows."""

    u: NDArray[np.float64]
    """Column, counted from the window's left edge, of each pixel centre of the tile; shape (256, 256)."""

    v: NDArray[np.float64]
    """Row, counted from the window's upper edge, of each pixel centre of the tile; shape (256, 256)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WarpedPixels:
    """Pixels on the grid of a tile."""

    data: NDArray[Any]
    """Shape (bands, 256, 256), dtype of the input; the fill value where not ``valid``."""

    valid: NDArray[np.bool_]
    """Mask of the pixels with data, shape (256, 256)."""


@lru_cache(maxsize=16)
def window_of(grid: Grid, tile: Tile) -> Window | None:
    """Return the window of a file that a tile needs, or None if the file does not reach the tile.

    Raises:
        RasterError: If the file's reference system is unknown to PROJ or has no way to Web Mercator, its
            transform has no inverse, or the window would be larger than ``WINDOW_LIMIT``.
    """
    a, b, c, d, e, f = grid.transform
    determinant = a * e - b * d
    if not np.isfinite(grid.transform).all() or determinant == 0:
        msg = "its transform is singular, so its pixels have no location"
        raise RasterError(msg)
    x, y = _positions(grid.crs, tile)
    u = (e * (x - c) - b * (y - f)) / determinant
    v = (a * (y - f) - d * (x - c)) / determinant
    # PROJ returns infinity for places outside the projection: the file is elsewhere
    if not (np.isfinite(u).all() and np.isfinite(v).all()):
        return None
    left, top = max(np.floor(u.min()) - MARGIN, 0), max(np.floor(v.min()) - MARGIN, 0)
    right = min(np.floor(u.max()) + MARGIN + 1, grid.width)
    bottom = min(np.floor(v.max()) + MARGIN + 1, grid.height)
    if u.max() < 0 or v.max() < 0 or u.min() >= grid.width or v.min() >= grid.height:
        return None
    if (right - left) * (bottom - top) > WINDOW_LIMIT:
        msg = f"it needs a window of {right - left:.0f} x {bottom - top:.0f} pixels, which is implausibly large"
        raise RasterError(msg)
    return Window(
        column=int(left),
        row=int(top),
        width=int(right - left),
        height=int(bottom - top),
        u=u - left,
        v=v - top,
    )


def valid_pixels(data: NDArray[Any], nodata: float | None) -> NDArray[np.bool_] | None:
    """Return the mask of an array (bands, rows, columns), True for data; None if all pixels have data.

    A pixel has no data if every band is the nodata value or NaN: a true colour of (0, 12, 30) is
    dark, not missing.
    """
    missing = np.zeros(data.shape[1:], np.bool_)
    if nodata is not None and not np.isnan(nodata):
        missing |= (data == nodata).all(axis=0)
    if np.issubdtype(data.dtype, np.floating):
        missing |= np.isnan(data).all(axis=0)
    return ~missing if missing.any() else None


def fill_of(dtype: np.dtype[Any], nodata: float | None) -> float:
    """Return the fill value: the nodata value if the dtype can represent it, else 0."""
    if nodata is None or np.issubdtype(dtype, np.floating):
        return 0 if nodata is None else nodata
    limits = np.iinfo(dtype)
    return nodata if limits.min <= nodata <= limits.max else 0


def warp(
    data: NDArray[Any], valid: NDArray[np.bool_] | None, window: Window, *, resampling: str, fill: float = 0
) -> WarpedPixels:
    """Return the pixels of a window on the tile's grid.

    A pixel of the tile is valid where the pixel of the file that its centre falls on is; bilinear interpolation
    weighs valid neighbours only, so gaps do not affect their edges.

    Args:
        data: Pixels of the window, shape (bands, rows, columns).
        valid: Mask of the window, shape (rows, columns); None if all pixels have data.
        window: The window, from ``window_of``.
        resampling: ``nearest`` or ``bilinear``.
        fill: Value of the pixels without data.
    """
    column = np.floor(window.u + _NUDGE).astype(np.intp)
    row = np.floor(window.v + _NUDGE).astype(np.intp)
    inside = (column >= 0) & (column < window.width) & (row >= 0) & (row < window.height)
    at = row.clip(0, window.height - 1) * window.width + column.clip(0, window.width - 1)
    if valid is not None:
        inside &= valid.ravel()[at]
    flat = data.reshape(len(data), -1)
    pixels = flat[:, at] if resampling == "nearest" else _bilinear(flat, valid, window)
    pixels[:, ~inside] = fill
    return WarpedPixels(data=pixels, valid=inside)


def mosaic(pieces: Iterable[WarpedPixels]) -> WarpedPixels | None:
    """Return a mosaic: at each pixel the first piece with data; None if there are no pieces."""
    whole: WarpedPixels | None = None
    for piece in pieces:
        if whole is None:
            whole = piece
        elif not whole.valid.all():
            data = np.where(whole.valid, whole.data, piece.data)
            whole = WarpedPixels(data=data, valid=whole.valid | piece.valid)
    return whole


def _bilinear(flat: NDArray[Any], valid: NDArray[np.bool_] | None, window: Window) -> NDArray[Any]:
    number = np.result_type(flat.dtype, np.float32)
    u, v = window.u - 0.5, window.v - 0.5
    column, row = np.floor(u), np.floor(v)
    right, low = (u - column).astype(number), (v - row).astype(number)
    columns, rows = column.astype(np.intp), row.astype(np.intp)
    sums = np.zeros((len(flat), SIZE, SIZE), number)
    total = np.zeros((SIZE, SIZE), number)
    for step_v, weight_v in ((0, 1 - low), (1, low)):
        start = (rows + step_v).clip(0, window.height - 1) * window.width
        for step_u, weight_u in ((0, 1 - right), (1, right)):
            at = start + (columns + step_u).clip(0, window.width - 1)
            weight = weight_v * weight_u
            if valid is not None:
                weight = np.where(valid.ravel()[at], weight, 0)
                total += weight
            # a NaN with weight zero must not spread
            sums += weight * (flat[:, at] if valid is None else np.where(weight > 0, flat[:, at], 0))
    if valid is not None:
        sums /= np.where(total > 0, total, 1)
    if np.issubdtype(flat.dtype, np.integer):
        np.rint(sums, out=sums)
    return sums.astype(flat.dtype, copy=False)


@lru_cache(maxsize=16)
def _positions(crs: str, tile: Tile) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y in ``crs`` of the pixel centres of a tile, each (256, 256).

    The transformation from Web Mercator is smooth over 2.4 km, so PROJ computes it at 9 x 9 Chebyshev nodes
    and a polynomial interpolates the rest, to a hundred-millionth of a pixel.
    """
    nodes, basis = _basis()
    a, _, c, _, e, f = tile.transform
    columns, rows = np.meshgrid(nodes, nodes)
    x, y = _transformer(crs).transform(c + a * columns, f + e * rows)
    return basis @ x @ basis.T, basis @ y @ basis.T


@lru_cache(maxsize=32)
def _transformer(crs: str) -> Transformer:
    """Return the transformer from Web Mercator to ``crs``; creating one takes about 15 ms, so it is cached."""
    import pyproj

    try:
        return pyproj.Transformer.from_crs("EPSG:3857", crs, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        msg = "its coordinate reference system is unknown or not on Earth"
        raise RasterError(msg) from error


@lru_cache(maxsize=1)
def _basis() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Chebyshev nodes along a tile, in pixels, and the weight of each node at each pixel centre, (256, 9)."""
    unit = np.cos((2 * np.arange(_NODES) + 1) * np.pi / (2 * _NODES))
    nodes = (unit + 1) * SIZE / 2
    centres = np.arange(SIZE) + 0.5
    basis = np.ones((SIZE, _NODES))
    for k in range(_NODES):
        for other in range(_NODES):
            if other != k:
                basis[:, k] *= (centres - nodes[other]) / (nodes[k] - nodes[other])
    return nodes, basis
