"""Decompress blocks in codecs other than deflate with GDAL, into a buffer of exactly their size."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from async_tiff.enums import Compression, Endianness, PlanarConfiguration
from rasterio.errors import RasterioError

from chatearthnet_explorer.errors import RasterError

if TYPE_CHECKING:
    from async_tiff import ImageFileDirectory, Tile
    from numpy.typing import NDArray

CODECS = (Compression.LZW, Compression.ZSTD, Compression.ModernJPEG, Compression.WebP, Compression.PackBits)
"""The supported codecs; GDAL's default for COGs is LZW."""

_SHORT, _LONG, _BYTES, _DOUBLE = 3, 4, 7, 12
_FORMS = {_SHORT: "H", _LONG: "I", _BYTES: "B", _DOUBLE: "d"}
_JPEG_TABLES = 347


def unpack(image: ImageFileDirectory, tile: Tile, order: Endianness) -> NDArray[Any]:
    """Return the pixels of one block, shape (bands, rows, columns).

    The block is wrapped as a TIFF in memory: libtiff then never writes beyond the size of the block, even for a
    hostile stream, and undoes the predictor as well.

    Args:
        image: The image it is a block of.
        tile: Its bytes in the file; one item for each band if the bands are stored separately.
        order: Byte order of the file.

    Raises:
        RasterError: If it is damaged; text without the address.
    """
    block = tile.compressed_bytes
    mark = "<" if order == Endianness.LittleEndian else ">"
    planes = block if isinstance(block, list) else [block]
    return np.concatenate([_read(_file(image, bytes(plane), mark)) for plane in planes])


def _read(content: bytes) -> NDArray[Any]:
    try:
        with (
            rasterio.Env(CPL_LOG_ERRORS="OFF"),
            rasterio.MemoryFile(content) as memory,
            memory.open(driver="GTiff") as file,
        ):
            block: NDArray[Any] = file.read()
    except RasterioError:
        msg = "one of its blocks is damaged"
        raise RasterError(msg) from None
    return block


def _file(image: ImageFileDirectory, block: bytes, order: str) -> bytes:
    """Return a TIFF (TIFF 6.0, section 2) of one image in one tile; each tag is number, type and values."""
    planar = image.planar_configuration == PlanarConfiguration.Planar
    bands = 1 if planar else image.samples_per_pixel
    tags: dict[int, tuple[int, tuple[float, ...]]] = {
        256: (_LONG, (image.tile_width or 0,)),
        257: (_LONG, (image.tile_height or 0,)),
        258: (_SHORT, tuple(image.bits_per_sample[:bands])),
        259: (_SHORT, (int(image.compression),)),
        262: (_SHORT, (int(image.photometric_interpretation) if bands > 1 else 1,)),
        277: (_SHORT, (bands,)),
        284: (_SHORT, (1,)),
        317: (_SHORT, (int(image.predictor or 1),)),
        322: (_LONG, (image.tile_width or 0,)),
        323: (_LONG, (image.tile_height or 0,)),
        324: (_LONG, (8,)),
        325: (_LONG, (len(block),)),
        339: (_SHORT, tuple(int(kind) for kind in image.sample_format[:bands])),
        # any transform: without one, rasterio warns
        33550: (_DOUBLE, (2.0, 2.0, 0.0)),
        33922: (_DOUBLE, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    }
    if image.extra_samples and bands > 1:
        tags[338] = (_SHORT, tuple(int(kind) for kind in image.extra_samples))
    if image.jpeg_tables:
        tags[_JPEG_TABLES] = (_BYTES, tuple(bytes(image.jpeg_tables)))
    table = 8 + len(block) + len(block) % 2
    rest = table + 2 + 12 * len(tags) + 4
    entries, behind = b"", b""
    for number, (kind, values) in sorted(tags.items()):
        value = struct.pack(f"{order}{len(values)}{_FORMS[kind]}", *values)
        if len(value) > 4:  # noqa: PLR2004 - what does not fit into the entry stands behind the table
            value, behind = struct.pack(f"{order}I", rest + len(behind)), behind + value + b"\0" * (len(value) % 2)
        entries += struct.pack(f"{order}HHI4s", number, kind, len(values), value)
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, table)
    body = block.ljust(table - 8, b"\0")
    return head + body + struct.pack(f"{order}H", len(tags)) + entries + b"\0" * 4 + behind
