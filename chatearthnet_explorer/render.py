"""Arrays in, PNG bytes out."""

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
_MOST_KEPT = 64  # files: of chips, some 8 MB
_LOCK = threading.Lock()
_kept: dict[tuple[tuple[int, ...], bytes], bytes] = {}
"""Files by the shape and digest of their pixels, the newest last: several views show one picture, to all visitors."""


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
            "A picture is made of uint8 of shape (rows, columns) or (rows, columns, 3), "
            f"got {pixels.dtype} of shape {pixels.shape}."
        )
        raise LabelError(msg)
    packed = np.ascontiguousarray(pixels)
    key = _key(packed)
    kept = _kept.get(key)
    if kept is None:
        kept = _keep(key, _file(Image.fromarray(packed)))
    return kept


def keep_png(pixels: NDArray[np.uint8], file: bytes) -> None:
    """Have ``png`` return a file for an array that was encoded elsewhere, such as in another process."""
    _keep(_key(np.ascontiguousarray(pixels)), file)


def label_png(labels: NDArray[np.uint8], palette: Palette = "chatearthnet") -> bytes:
    """Return a PNG file whose pixels are the class indices and whose colour table is a palette of the legend.

    It looks like ``png(colour_labels(labels, palette))`` at a fraction of the bytes, and keeps the indices.

    Args:
        labels: Class indices 0 to 11, (rows, columns) uint8, row 0 on top.
        palette: One of ``legend.PALETTES``.

    Raises:
        LabelError: If an index is no class, or there is no palette of that name.
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
        LabelError: If an index is no class, or there is no palette of that name.
    """
    coloured: NDArray[np.uint8] = colours_of(palette)[_indices(labels)]
    return coloured


def data_url(file: bytes) -> str:
    """Return a PNG file as an address that holds it, for a page that may load nothing."""
    return f"data:image/png;base64,{b64encode(file).decode('ascii')}"


def _indices(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if labels.dtype != np.uint8 or labels.ndim != _GREY or not labels.size or labels.max() >= len(CLASSES):
        msg = f"A label map holds class indices 0 to {len(CLASSES) - 1} as uint8 in rows and columns."
        raise LabelError(msg)
    return labels


def _key(packed: NDArray[np.uint8]) -> tuple[tuple[int, ...], bytes]:
    return packed.shape, hashlib.blake2b(packed.data, digest_size=16).digest()


def _keep(key: tuple[tuple[int, ...], bytes], file: bytes) -> bytes:
    with _LOCK:
        _kept[key] = file
        while len(_kept) > _MOST_KEPT:
            del _kept[next(iter(_kept))]
    return file


def _file(image: Image.Image) -> bytes:
    buffer = BytesIO()
    # of a chip, level 4 is as small as Pillow's own 6 (105 kB) in little more than half the time; and as neighbouring
    # pixels repeat, but no patterns do, looking for repetitions alone makes it no larger in a third of that (4 ms)
    strategy = zlib.Z_RLE if image.mode == "RGB" else zlib.Z_DEFAULT_STRATEGY
    image.save(buffer, "PNG", compress_level=4, compress_type=strategy)
    return buffer.getvalue()
