"""Render pixels and label maps as PNG files."""

from __future__ import annotations

import hashlib
import threading
import zlib
from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.legend import palette as colours_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.landcover.legend import Palette

_GREY, _RGB = 2, 3  # dimensions of an array with and without channels
_CACHE_SIZE = 64  # files: of chips, some 8 MB
_LOCK = threading.Lock()
_cache: dict[tuple[tuple[int, ...], bytes], bytes] = {}
"""Files by shape and digest of their pixels, the newest last: several views show the same picture, to all visitors."""


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a PNG file of an array, lossless.

    Args:
        pixels: Grey (rows, columns) or red, green, blue (rows, columns, 3), uint8, row 0 on top.

    Raises:
        LabelError: If the array is of another shape or type.
    """
    grey = pixels.ndim == _GREY
    if pixels.dtype != np.uint8 or not (grey or (pixels.ndim == _RGB and pixels.shape[2] == _RGB)) or not pixels.size:
        msg = (
            "A picture needs uint8 of shape (rows, columns) or (rows, columns, 3), "
            f"got {pixels.dtype} of shape {pixels.shape}."
        )
        raise LabelError(msg)
    contiguous = np.ascontiguousarray(pixels)
    key = _key(contiguous)
    file = _cache.get(key)
    return _keep(key, _file(Image.fromarray(contiguous))) if file is None else file


def keep_png(pixels: NDArray[np.uint8], file: bytes) -> None:
    """Let ``png`` return a file for an array that was encoded elsewhere, such as in another process."""
    _keep(_key(np.ascontiguousarray(pixels)), file)


def label_png(labels: NDArray[np.uint8], palette: Palette = "chatearthnet") -> bytes:
    """Return a PNG file whose pixels are the class indices and whose colour table is a palette of the legend.

    It looks like ``png(colour_labels(labels, palette))``, has a fraction of the bytes, and contains the indices.

    Args:
        labels: Class indices 0 to 11, (rows, columns) uint8, row 0 on top.
        palette: One of ``legend.PALETTES``.

    Raises:
        LabelError: If an index is not a class, or there is no palette of that name.
    """
    image = Image.fromarray(np.ascontiguousarray(_indices(labels)))
    image.putpalette(colours_of(palette).tobytes())
    return _file(image)


def colour_labels(labels: NDArray[np.uint8], palette: Palette = "chatearthnet") -> NDArray[np.uint8]:
    """Return the colours of a label map, shape (rows, columns, 3) uint8.

    Args:
        labels: Class indices 0 to 11, (rows, columns) uint8.
        palette: One of ``legend.PALETTES``.

    Raises:
        LabelError: If an index is not a class, or there is no palette of that name.
    """
    rgb: NDArray[np.uint8] = colours_of(palette)[_indices(labels)]
    return rgb


def data_url(file: bytes) -> str:
    """Return a PNG file as a data URL, for a page that may not load files."""
    return f"data:image/png;base64,{b64encode(file).decode('ascii')}"


def _indices(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if labels.dtype != np.uint8 or labels.ndim != _GREY or not labels.size or labels.max() >= len(CLASSES):
        msg = f"A label map holds class indices 0 to {len(CLASSES) - 1} as uint8 in rows and columns."
        raise LabelError(msg)
    return labels


def _key(pixels: NDArray[np.uint8]) -> tuple[tuple[int, ...], bytes]:
    return pixels.shape, hashlib.blake2b(pixels.data, digest_size=16).digest()


def _keep(key: tuple[tuple[int, ...], bytes], file: bytes) -> bytes:
    with _LOCK:
        _cache[key] = file
        while len(_cache) > _CACHE_SIZE:
            del _cache[next(iter(_cache))]
    return file


def _file(image: Image.Image) -> bytes:
    buffer = BytesIO()
    # For a chip, level 4 gives as small a file as Pillow's default 6 (105 kB) in little more than half the time.
    # Neighbouring pixels repeat, but patterns do not: run-length encoding gives the same size in a third of it (4 ms).
    strategy = zlib.Z_RLE if image.mode == "RGB" else zlib.Z_DEFAULT_STRATEGY
    image.save(buffer, "PNG", compress_level=4, compress_type=strategy)
    return buffer.getvalue()
