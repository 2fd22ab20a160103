"""A file becomes a label map: PNG, GeoTIFF or NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.legend import CLASSES, indices_of_codes, indices_of_colours
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ONE_CHANNEL = {"L", "P", "I", "I;16"}
_COLOURS = {"RGB", "RGBA"}


def read_labels(path: str | Path) -> NDArray[np.uint8]:
    """Return class indices, (256, 256) uint8, of a file.

    A PNG of one channel and a ``.npy`` hold class indices, a PNG of three channels ChatEarthNet's colours, a
    GeoTIFF ESA WorldCover's codes.

    Raises:
        LabelError: If the file cannot be read, is of another size, or holds an unknown code or colour.
    """
    path = Path(path)
    readers = {".png": _read_png, ".tif": _read_geotiff, ".tiff": _read_geotiff, ".npy": _read_npy}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        msg = f"{path.name} is no label map that can be read; give a .png, .tif or .npy file."
        raise LabelError(msg)
    try:
        return reader(path)
    except LabelError as error:
        msg = f"{path.name} cannot be used: {error}"
        raise LabelError(msg) from error
    # ImportError is left alone: it tells what to install
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        msg = f"{path.name} cannot be read as a {path.suffix[1:].upper()} file; check the path, and that it is whole."
        raise LabelError(msg) from error


def _read_png(path: Path) -> NDArray[np.uint8]:
    with Image.open(path, formats=["PNG"]) as image:
        _check_size(image.width, image.height)
        if image.mode in _COLOURS:
            return indices_of_colours(np.asarray(image.convert("RGB")))
        if image.mode not in _ONE_CHANNEL:
            msg = f"it has pixels of kind {image.mode}, and labels have one channel or red, green and blue."
            raise LabelError(msg)
        return _indices(np.asarray(image))


def _read_geotiff(path: Path) -> NDArray[np.uint8]:
    import rasterio  # noqa: PLC0415 - heavy

    with rasterio.open(path, driver="GTiff") as file:
        _check_size(file.width, file.height)
        return indices_of_codes(file.read(1))


def _read_npy(path: Path) -> NDArray[np.uint8]:
    # the header alone says how large it is; nothing in the file is executed
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.ndim != 2:  # noqa: PLR2004 - rows and columns
        msg = f"it has {array.ndim} dimensions, and a label map has rows and columns."
        raise LabelError(msg)
    _check_size(array.shape[1], array.shape[0])
    return _indices(np.array(array))


def _indices(array: NDArray[np.generic]) -> NDArray[np.uint8]:
    if not np.issubdtype(array.dtype, np.integer):
        msg = f"it holds {array.dtype}, and class indices are whole numbers."
        raise LabelError(msg)
    if array.min() < 0 or array.max() >= len(CLASSES):
        wrong = array.min() if array.min() < 0 else array.max()
        msg = f"it holds {wrong}, and class indices run from 0 to {len(CLASSES) - 1}."
        raise LabelError(msg)
    return array.astype(np.uint8)


def _check_size(width: int, height: int) -> None:
    if (width, height) != (SIZE, SIZE):
        msg = f"it is {width} x {height} pixels, and a label map is {SIZE} x {SIZE}."
        raise LabelError(msg)
