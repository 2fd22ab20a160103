"""A file becomes a label map: PNG, GeoTIFF or NumPy."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES, indices_of_codes, indices_of_colours
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

Values = Literal["indices", "codes"]
"""What the numbers of a map are: positions in ``legend.CLASSES``, or ESA WorldCover's codes."""

_LABELS = re.compile(r"\b(labels?|world ?cover|land ?cover|lulc|class(es)?)\b", re.IGNORECASE)
"""Names and descriptions of bands that hold labels; underscores count as spaces."""

_DESCRIBING = ("name", "band_name", "description", "long_name", "standard_name")
"""Tags of a band in which programs say what it is, in lower case."""

_COLOUR_BANDS = ("red", "green", "blue")


def read_labels(path: str | Path, *, values: Values | None = None) -> NDArray[np.uint8]:
    """Return class indices, (256, 256) uint8, of a file.

    Colours decide where there are some, in a picture, a palette or a colour table: ChatEarthNet's or ESA WorldCover's
    own (``legend.indices_of_colours``). Numbers without colours are class indices or WorldCover codes, whichever of the
    two all of them can be; a GeoTIFF's are codes unless the band is called labels. Transparent pixels and those of
    a GeoTIFF's nodata value are no label. Of several bands of a GeoTIFF the one is read whose name or description
    speaks of labels.

    Args:
        path: A ``.png``, ``.tif`` or ``.npy`` file.
        values: What the numbers of a file with one channel are; None to see it from the file.

    Raises:
        LabelError: If the file cannot be read, is of another size, holds an unknown number or colour, or numbers
            that could be both.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        msg = f"{path.name} is no label map that can be read; give a .png, .tif or .npy file."
        raise LabelError(msg)
    if values not in {None, *_READINGS}:
        msg = f"Values of a label map are {' or '.join(_READINGS)}, got {str(values)[:40]!r}."
        raise LabelError(msg)
    if why := unreadable(path):
        msg = f"{path.name} {why}."
        raise LabelError(msg)
    try:
        with warnings.catch_warnings():  # of files without a place on Earth, which labels need not have
            warnings.simplefilter("ignore")
            return reader(path, values)
    except LabelError as error:
        msg = f"{path.name} cannot be used: {error}"
        raise LabelError(msg) from error
    # ImportError is left alone: it tells what to install
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        msg = f"{path.name} cannot be read as a {path.suffix[1:].upper()} file; check the path, and that it is whole."
        raise LabelError(msg) from error


def _read_png(path: Path, values: Values | None) -> NDArray[np.uint8]:
    with Image.open(path, formats=["PNG"]) as image:
        _check_size(image.width, image.height)
        rgba = image.convert("RGBA") if image.mode in {"P", "RGB", "RGBA", "LA"} else None
        opaque = None if rgba is None else np.asarray(rgba)[..., 3] > 0
        if image.mode == "P" and values is None and not _is_grey_ramp(image):
            return _from_colours(np.asarray(rgba))
        if image.mode in {"RGB", "RGBA"}:
            return _from_colours(np.asarray(rgba))
        if image.mode not in {"L", "LA", "P", "I", "I;16"}:
            msg = f"it has pixels of kind {image.mode}, and labels have one channel or red, green and blue."
            raise LabelError(msg)
        numbers = np.asarray(image)
        if image.mode == "LA":
            numbers = numbers[..., 0]
        key = image.info.get("transparency")
        if isinstance(key, int):
            opaque = numbers != key
        if image.mode.startswith("I") and numbers.max() > np.iinfo(np.uint8).max and not (numbers % 257).any():
            numbers = numbers // 257  # 16 bits that show the same grey as 8 do
        return _from_numbers(numbers, values, opaque=opaque)


def _is_grey_ramp(image: Image.Image) -> bool:
    """Return whether each colour that a palette picture uses is the grey of its own position: then it is a number."""
    ramp = Image.frombytes("L", image.size, image.tobytes()).convert("RGB")
    return np.array_equal(np.asarray(image.convert("RGB")), np.asarray(ramp))


def _read_geotiff(path: Path, values: Values | None) -> NDArray[np.uint8]:
    import rasterio  # noqa: PLC0415 - heavy

    with rasterio.open(path, driver="GTiff") as file:
        _check_size(file.width, file.height)
        number, name = _label_band(file)
        if number:
            numbers, valid = file.read(number), file.read_masks(number) > 0
            table = _colour_table(file, number)
            if table is not None and values is None:
                found = _from_colours(np.where(valid[..., None], table[numbers], 0).astype(np.uint8))
            else:
                kind: Values | None = None if name and "cover" not in name.lower() else "codes"
                found = _from_numbers(numbers, values, opaque=valid, usual=kind)
        else:
            bands = [file.colorinterp[index].name for index in range(file.count)]
            rgb = file.read([1 + bands.index(colour) for colour in _COLOUR_BANDS])
            valid = file.dataset_mask() > 0
            if rgb.dtype != np.uint8:
                msg = f"its colours are of type {rgb.dtype}, and those of a label map have 8 bits."
                raise LabelError(msg)
            found = _from_colours(np.concatenate([np.moveaxis(rgb, 0, 2), 255 * valid[..., None].astype(np.uint8)], 2))
        south_up = file.crs is not None and file.transform.e > 0
        return found[::-1].copy() if south_up else found


def _label_band(file: DatasetReader) -> tuple[int, str]:
    """Return number and name of the band of labels; 0 if red, green and blue show them."""
    named = {}
    for number, description in enumerate(file.descriptions, start=1):
        tags = {key.lower(): text for key, text in file.tags(number).items()}
        words = " ".join(filter(None, [description, *(tags.get(key) for key in _DESCRIBING)]))
        if _LABELS.search(words.replace("_", " ").replace("-", " ")):
            named[number] = words
    if len(named) == 1:
        return next(iter(named.items()))
    if named:
        msg = f"bands {', '.join(map(str, named))} are all described as labels; keep one of them."
        raise LabelError(msg)
    if file.count == 1:
        return 1, ""
    if set(_COLOUR_BANDS) <= {one.name for one in file.colorinterp}:
        return 0, ""
    msg = f'it has {file.count} bands and none is described as labels; name one of them "labels".'
    raise LabelError(msg)


def _colour_table(file: DatasetReader, number: int) -> NDArray[np.uint8] | None:
    """Return the colours of a band's values, shape (256 or 65536, 4), where it has a colour table."""
    if file.colorinterp[number - 1].name != "palette":
        return None
    table = file.colormap(number)
    colours = np.zeros((np.iinfo(file.dtypes[number - 1]).max + 1, 4), np.uint8)
    colours[list(table)] = list(table.values())
    return colours


def _read_npy(path: Path, values: Values | None) -> NDArray[np.uint8]:
    # the header alone says how large it is; nothing in the file is executed
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.ndim != 2:  # noqa: PLR2004 - rows and columns
        msg = f"it has {array.ndim} dimensions, and a label map has rows and columns."
        raise LabelError(msg)
    _check_size(array.shape[1], array.shape[0])
    return _from_numbers(np.array(array), values)


def _from_colours(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return class indices of what is shown; where nothing is, no label."""
    return indices_of_colours(np.where(rgba[..., 3:] > 0, rgba[..., :3], np.uint8(0)))


def _from_numbers(
    numbers: NDArray[np.generic],
    values: Values | None,
    *,
    opaque: NDArray[np.bool_] | None = None,
    usual: Values | None = None,
) -> NDArray[np.uint8]:
    """Return class indices of numbers, read as they say, as is usual, or in the one way in which all make sense."""
    if opaque is not None:
        numbers = np.where(opaque, numbers, 0)  # 0 is no label in both readings
    if not np.issubdtype(numbers.dtype, np.number) or (numbers != np.trunc(numbers)).any():
        msg = "it holds other values than whole numbers, and labels are class indices or WorldCover codes."
        raise LabelError(msg)
    reading = values or usual
    maps: dict[str, NDArray[np.uint8]] = {}
    problems = []
    for kind in [reading] if reading else _READINGS:
        try:
            maps[kind] = _READINGS[kind](numbers)
        except LabelError as error:
            problems.append(str(error))
    if not maps:
        raise LabelError(problems[0])
    first, *others = maps.values()
    if all(np.array_equal(first, other) for other in others):
        return first
    present = ", ".join(str(number) for number in np.unique(numbers))
    readings = " or ".join(f"{kind} ({', '.join(_names(found))})" for kind, found in maps.items())
    msg = f"its values {present} could be {readings}; say which, with --values codes or --values indices."
    raise LabelError(msg)


def _names(labels: NDArray[np.uint8]) -> list[str]:
    return [CLASSES[index].name for index in np.unique(labels) if index != BACKGROUND]


def _indices(numbers: NDArray[np.generic]) -> NDArray[np.uint8]:
    if numbers.min() < 0 or numbers.max() >= len(CLASSES):
        wrong = numbers.min() if numbers.min() < 0 else numbers.max()
        msg = (
            f"it holds {wrong}, and class indices run from 0 to {len(CLASSES) - 1}, WorldCover's codes "
            f"{', '.join(str(code) for code in sorted(land.code for land in CLASSES[1:]))}."
        )
        raise LabelError(msg)
    return numbers.astype(np.uint8)


_READINGS: dict[str, Callable[[NDArray[np.generic]], NDArray[np.uint8]]] = {
    "indices": _indices,
    "codes": indices_of_codes,
}
_READERS: dict[str, Callable[[Path, Values | None], NDArray[np.uint8]]] = {
    ".png": _read_png,
    ".tif": _read_geotiff,
    ".tiff": _read_geotiff,
    ".npy": _read_npy,
}


def _check_size(width: int, height: int) -> None:
    if (width, height) != (SIZE, SIZE):
        msg = f"it is {width} x {height} pixels, and a label map is {SIZE} x {SIZE}."
        raise LabelError(msg)
