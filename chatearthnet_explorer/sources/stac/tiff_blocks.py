"""Read the internal tiles of a GeoTIFF that a window needs: fetch them together, decompress with limits, join."""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from async_tiff import DecoderRegistry
from async_tiff.enums import Compression, PlanarConfiguration, SampleFormat

from chatearthnet_explorer.errors import RasterError
from chatearthnet_explorer.sources.stac.tiff_codecs import CODECS, unpack

if TYPE_CHECKING:
    from async_tiff import ImageFileDirectory, Tile
    from async_tiff.enums import Endianness
    from numpy.typing import NDArray
    from typing_extensions import Buffer

    from chatearthnet_explorer.sources.stac.warp import Window

BLOCK_LIMIT = 4096
"""Most pixels on a side of an internal tile; 1024 is usual."""

_DEFLATE = (Compression.Deflate, Compression.OldDeflate)
# Growth of incompressible data: LZW writes 12 bits for 8, other codecs store it as it is.
_GROWTH = 1.6
_SLACK = 4096


async def read_window(image: ImageFileDirectory, window: Window, *, fill: float, order: Endianness) -> NDArray[Any]:
    """Return the pixels of a window, shape (bands, rows, columns).

    Args:
        image: One image of the file: the picture or its mask.
        window: Which pixels, within the image.
        fill: Value of internal tiles that are absent because they are empty (a sparse file).
        order: Byte order of the file.

    Raises:
        RasterError: If the storage layout is not supported; text without the address.
    """
    width, height = _block_size(image)
    planar = image.planar_configuration == PlanarConfiguration.Planar
    columns = range(window.column // width, (window.column + window.width - 1) // width + 1)
    rows = range(window.row // height, (window.row + window.height - 1) // height + 1)
    # bytes of one row of a block: decompression stops after the last row that is needed
    stride = width * sum(image.bits_per_sample[: 1 if planar else None]) // 8
    spots = [
        (column, row) for row in rows for column in columns if _is_in_file(image, column, row, most=stride * height)
    ]
    tiles = await image.fetch_tiles(spots)
    if image.compression in CODECS:
        blocks = await asyncio.gather(*(asyncio.to_thread(unpack, image, tile, order) for tile in tiles))
    else:
        row_counts = [min(height, window.row + window.height - row * height) for _, row in spots]
        arrays = await asyncio.gather(
            *(_inflate(tile, stride * count, stride * height) for tile, count in zip(tiles, row_counts, strict=True))
        )
        blocks = [array if planar else np.moveaxis(array, -1, 0) for array in arrays]
    whole = np.full((image.samples_per_pixel, window.height, window.width), fill, dtype_of(image))
    for (column, row), block in zip(spots, blocks, strict=True):
        left, top = column * width - window.column, row * height - window.row
        whole[:, max(top, 0) : top + height, max(left, 0) : left + width] = block[
            :, max(-top, 0) : window.height - top, max(-left, 0) : window.width - left
        ]
    return whole


def _block_size(image: ImageFileDirectory) -> tuple[int, int]:
    width, height = image.tile_width, image.tile_height
    if width is None or height is None or image.tile_offsets is None:
        msg = "it is stored in strips, not in tiles, so it cannot be read in parts"
        raise RasterError(msg)
    if not (0 < width <= BLOCK_LIMIT and 0 < height <= BLOCK_LIMIT):
        msg = f"its internal tiles are {width} x {height} pixels, and at most {BLOCK_LIMIT} on a side are read"
        raise RasterError(msg)
    if image.compression not in {*_DEFLATE, *CODECS, Compression.Uncompressed}:
        name = getattr(image.compression, "name", image.compression)
        msg = f"it is compressed with {name}, which is not supported"
        raise RasterError(msg)
    return width, height


def _is_in_file(image: ImageFileDirectory, column: int, row: int, *, most: int) -> bool:
    """Return whether a block is in the file; refuse one with more bytes than its pixels need."""
    byte_ranges = image.tile_byte_range(column, row)
    sizes = [stop - start for start, stop in (byte_ranges if isinstance(byte_ranges, list) else [byte_ranges])]
    if max(sizes) > most * _GROWTH + _SLACK:
        msg = f"it claims {max(sizes)} bytes for pixels that take {most}"
        raise RasterError(msg)
    return min(sizes) > 0


async def _inflate(tile: Tile, least: int, size: int) -> NDArray[Any]:
    def inflate(buffer: Buffer) -> Buffer:
        # bounded, since a small stream may decompress to gigabytes
        pixels = zlib.decompressobj().decompress(buffer, least)
        if len(pixels) < least:
            msg = "cut short"
            raise ValueError(msg)
        return pixels.ljust(size, b"\0")

    return np.asarray(await tile.decode(decoder_registry=DecoderRegistry(dict.fromkeys(_DEFLATE, inflate))))


def dtype_of(image: ImageFileDirectory) -> np.dtype[Any]:
    """Return the dtype of an image.

    Raises:
        RasterError: If the type is not supported; text without the address.
    """
    kinds, bits = set(image.sample_format), set(image.bits_per_sample)
    if len(kinds) != 1 or len(bits) != 1 or not bits <= {1, 8, 16, 32, 64}:
        widths = ", ".join(map(str, sorted(bits)[:4])) + (" and more" if len(bits) > 4 else "")  # noqa: PLR2004
        msg = f"its bands are of {widths} bits, and only 8, 16, 32 or 64 alike are read"
        raise RasterError(msg)
    if bits == {1}:
        return np.dtype(np.bool_)
    kind = {SampleFormat.Uint: "u", SampleFormat.Int: "i", SampleFormat.Float: "f"}[kinds.pop()]
    return np.dtype(f"{kind}{bits.pop() // 8}")
