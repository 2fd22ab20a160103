"""Read windows of remote GeoTIFFs concurrently, and warp them to one tile."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from async_geotiff import GeoTIFF
from async_geotiff.enums import ColorInterp
from async_tiff import TIFF

from chatearthnet_explorer.errors import RasterError
from chatearthnet_explorer.net.addresses import public_address
from chatearthnet_explorer.net.http_errors import AbsentError
from chatearthnet_explorer.sources.stac.raster_http import RasterFile
from chatearthnet_explorer.sources.stac.tiff_blocks import dtype_of, read_window
from chatearthnet_explorer.sources.stac.warp import Grid, WarpedPixels, fill_of, mosaic, valid_pixels, warp, window_of
from chatearthnet_explorer.tile import SIZE, Tile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from async_tiff import ImageFileDirectory
    from numpy.typing import NDArray

BANDS_LIMIT = 32
"""Most bands of a file that is read; a Sentinel-2 file has one or three."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer to read: files that together cover the tile."""

    hrefs: tuple[str, ...]
    """Web addresses of the files; where several have data, the first wins."""

    resampling: str
    """``nearest`` for codes, ``bilinear`` for measurements."""

    nodata: float | None = None
    """Nodata value; None for that of each file."""

    optional: bool = False
    """Whether a file that is not on the server (404) means "nothing here" instead of an error, and whether one that
    cannot be read leaves the others."""

    local: bool = True
    """Whether the files may be on this computer or its network; False for addresses from a public server."""

    header: int = 32_768
    """Bytes of the first read. If they contain the whole header (about 4,000 of a Sentinel-2 band), it is the only read
    before the pixels; each further one costs a round trip."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Read:
    """The pixels of a layer over a tile. Row 0 is north, column 0 is west."""

    data: NDArray[Any]
    """Pixels, shape (bands, 256, 256), of the files' dtype, alpha left out; nodata (or 0) where not ``valid``.

    (0, 256, 256) uint8 if every file of an optional layer was absent.
    """

    valid: NDArray[np.bool_]
    """Pixels with data, bool of shape (256, 256); all False if no file covers the tile."""

    absent: tuple[str, ...] = ()
    """Addresses that the server does not have (404), as they may be shown; only of an optional layer."""

    failures: tuple[str, ...] = ()
    """Why files could not be read, one sentence each, where others could; only of an optional layer."""

    nodata: float | None = None
    """The nodata value that was used."""

    scale: float = 1.0
    """From the first file (GDAL's band metadata): measurement = scale x number + offset. Not applied."""

    offset: float = 0.0
    """See ``scale``. Not applied."""


def read_layers(layers: Mapping[str, Layer], tile: Tile, *, timeout: float = 30) -> dict[str, Read | RasterError]:
    """Read all layers of a tile concurrently.

    Can be called from any thread, also while an event loop runs (Jupyter).

    Args:
        layers: The layers to read, by any name.
        tile: Where.
        timeout: Seconds for each layer; a slower one fails.

    Returns:
        For each name the pixels, or the error: a layer that fails does not affect the others.
    """
    work = asyncio.run_coroutine_threadsafe(_read_all(layers, tile, timeout), _loop())
    try:
        return work.result()
    except BaseException:
        # the user pressed stop: the results are not needed any more
        work.cancel()
        raise


async def _read_all(layers: Mapping[str, Layer], tile: Tile, limit: float) -> dict[str, Read | RasterError]:
    reads = await asyncio.gather(*(_read(layer, tile, limit) for layer in layers.values()))
    return dict(zip(layers, reads, strict=True))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Piece:
    """The result of one file; ``warped`` is None if it does not cover the tile."""

    pixels: WarpedPixels | None
    bands: int
    dtype: np.dtype[Any]
    nodata: float | None
    scale: float
    offset: float


async def _read(layer: Layer, tile: Tile, limit: float) -> Read | RasterError:
    results = await asyncio.gather(*(_read_in_time(href, layer, tile, limit) for href in layer.hrefs))
    pieces = [result for result in results if isinstance(result, _Piece)]
    problems = [result for result in results if isinstance(result, RasterError)]
    absences = [result for result in results if isinstance(result, AbsentError)]
    if absences and not layer.optional:
        return RasterError(str(absences[0]))
    if problems and not (layer.optional and pieces):
        return problems[0]
    absent = tuple(
        public_address(href)
        for href, result in zip(layer.hrefs, results, strict=True)
        if isinstance(result, AbsentError)
    )
    nowhere = np.zeros((SIZE, SIZE), np.bool_)
    if not pieces:
        return Read(data=np.zeros((0, SIZE, SIZE), np.uint8), valid=nowhere, absent=absent)
    first = pieces[0]
    if any((piece.bands, piece.dtype) != (first.bands, first.dtype) for piece in pieces):
        return RasterError(
            f"{public_address(layer.hrefs[0])} and its neighbours differ in bands or type; choose another scene."
        )
    whole = mosaic(piece.pixels for piece in pieces if piece.pixels is not None)
    return Read(
        data=_empty(first) if whole is None else whole.data,
        valid=nowhere if whole is None else whole.valid,
        absent=absent,
        failures=tuple(map(str, problems)),
        nodata=first.nodata,
        scale=first.scale,
        offset=first.offset,
    )


async def _read_in_time(href: str, layer: Layer, tile: Tile, limit: float) -> _Piece | RasterError | AbsentError:
    try:
        async with asyncio.timeout(limit):
            return await _read_piece(href, layer, tile)
    except TimeoutError:
        return RasterError(
            f"{public_address(href)} did not arrive within {limit:g} seconds; try again, or use a nearer server."
        )
    except (RasterError, AbsentError) as error:
        return error


async def _read_piece(href: str, layer: Layer, tile: Tile) -> _Piece:
    source = RasterFile(href, local=layer.local)
    try:
        return await _decode(source, layer, tile)
    except Exception as error:  # noqa: BLE001 - async-tiff has one for everything, and damaged files raise any other
        _log.debug("%s", public_address(href), exc_info=True)
        why = f"cannot be used: {error}" if isinstance(error, RasterError) else "is damaged or not a GeoTIFF"
        failure = source.failure or RasterError(f"{public_address(href)} {why}; choose another scene.")
        # the cause may contain the whole address, and with it a signature
        raise failure from None


async def _decode(source: RasterFile, layer: Layer, tile: Tile) -> _Piece:
    tiff = await TIFF.open(source.path, store=source, prefetch=layer.header)
    if any(ifd.tile_offsets is None for ifd in tiff.ifds):
        msg = "it is stored in strips, not in tiles, so it cannot be read in parts"
        raise RasterError(msg)
    _check_place(tiff.ifds[0])
    file = GeoTIFF(tiff)
    if file.count > BANDS_LIMIT:
        msg = f"it claims {file.count} bands, and at most {BANDS_LIMIT} are read"
        raise RasterError(msg)
    window = window_of(_grid(file), tile)
    alpha = next((i for i, band in enumerate(file.colorinterp) if band == ColorInterp.ALPHA), None)
    nodata = file.nodata if layer.nodata is None else layer.nodata
    dtype = dtype_of(file.ifd)
    fill = fill_of(dtype, nodata)
    pixels = None
    if window is not None:
        data, mask = await asyncio.gather(
            read_window(file.ifd, window, fill=fill, order=tiff.endianness),
            read_window(file.mask_ifd, window, fill=1, order=tiff.endianness) if file.mask_ifd else _nothing(),
        )
        valid = None if mask is None else mask[0] > 0
        if alpha is not None:
            opaque = data[alpha] > 0
            valid = opaque if valid is None else valid & opaque
            data = np.delete(data, alpha, axis=0)
        has_data = valid_pixels(data, nodata)
        valid = has_data if valid is None else valid if has_data is None else valid & has_data
        pixels = warp(data, valid, window, resampling=layer.resampling, fill=fill)
    return _Piece(
        pixels=pixels,
        bands=file.count - (alpha is not None),
        dtype=dtype,
        nodata=nodata,
        scale=file.scales[0],
        offset=file.offsets[0],
    )


def _empty(piece: _Piece) -> NDArray[Any]:
    return np.full((piece.bands, SIZE, SIZE), fill_of(piece.dtype, piece.nodata), piece.dtype)


async def _nothing() -> None:
    return None


def _check_place(image: ImageFileDirectory) -> None:
    """Refuse a file without georeferencing."""
    keys = image.geo_key_directory
    if keys is None:
        msg = "it has no coordinate reference system, so its location is unknown"
        raise RasterError(msg)
    # GeoTIFF 1.1, 7.1: 1 projected, 2 geographic, 3 geocentric; GDAL writes none for a local system
    if keys.model_type not in {1, 2}:
        msg = "it has a local coordinate system, so its location on Earth is unknown"
        raise RasterError(msg)
    if image.model_transformation is None and (image.model_tiepoint is None or image.model_pixel_scale is None):
        msg = "it has a coordinate reference system, but no transform from pixels to coordinates"
        raise RasterError(msg)


def _grid(file: GeoTIFF) -> Grid:
    keys = file.ifd.geo_key_directory
    code = None if keys is None else keys.projected_type or keys.geographic_type
    # 32767 is GeoTIFF's "user-defined"
    try:
        crs = f"EPSG:{code}" if code and code < 32767 else file.crs.to_wkt()  # noqa: PLR2004 - see above
    except (ValueError, RuntimeError) as error:  # what pyproj raises is a RuntimeError
        msg = "its coordinate reference system is not supported"
        raise RasterError(msg) from error
    a, b, c, d, e, f = file.transform[:6]
    return Grid(crs=crs, transform=(a, b, c, d, e, f), width=file.width, height=file.height)


_STARTING = threading.Lock()


def _loop() -> asyncio.AbstractEventLoop:
    """Return the event loop of all reads, which runs in its own thread."""
    with _STARTING:
        return _running_loop()


@lru_cache(maxsize=1)
def _running_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chatearthnet-raster", daemon=True).start()
    return loop
