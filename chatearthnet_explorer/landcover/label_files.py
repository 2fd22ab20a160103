"""Read label maps from PNG, GeoTIFF and NumPy files."""

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
"""Meaning of the numbers of a map: positions in ``legend.CLASSES``, or codes of ESA WorldCover."""

_LABELS = re.compile(r"\b(labels?|world ?cover|land ?cover|lulc|class(es)?)\b", re.IGNORECASE)
"""Names and descriptions of bands with labels; underscores count as spaces."""

_DESCRIPTION_TAGS = ("name", "band_name", "description", "long_name", "standard_name")
"""Tags in which programs describe a band, in lower case."""

_COLOUR_BANDS = ("red", "green", "blue")


def read_labels(path: str | Path, *, values: Values | None = None) -> NDArray[np.uint8]:
    """Return class indices, (256, 256) uint8, of a file.

    A file with colours (a picture, a palette or a colour table) is read by them: those of ChatEarthNet or of ESA
    WorldCover (``legend.indices_of_colours``). Numbers without colours are class indices or WorldCover codes, depending
    on which of the two fits all of them; in a GeoTIFF they are codes unless the band is called labels. Transparent
    pixels, and those with the nodata value of a GeoTIFF, have no label. If a GeoTIFF has several bands, the one whose
    name or description mentions labels is read.

    Args:
        path: A ``.png``, ``.tif`` or ``.npy`` file.
        values: Meaning of the numbers of a file with one channel; None to tell it from the file.

    Raises:
        LabelError: If the file cannot be read, has another size, an unknown number or colour, or numbers that
            could be indices as well as codes.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        msg = f"{path.name} is not a label map in a known format; use a .png, .tif or .npy file."
        raise LabelError(msg)
    if values not in {None, *_READINGS}:
        msg = f"Values of a label map are {' or '.join(_READINGS)}, not {str(values)[:40]!r}."
        raise LabelError(msg)
    if why := unreadable(path):
        msg = f"{path.name} {why}."
        raise LabelError(msg)
    try:
        with warnings.catch_warnings():  # about files without georeference, which labels do not need
            warnings.simplefilter("ignore")
            return reader(path, values)
    except LabelError as error:
        msg = f"{path.name} cannot be used: {error}"
        raise LabelError(msg) from error
    # an ImportError is passed on: it names what to install
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        msg = f"{path.name} cannot be read as a {path.suffix[1:].upper()} file; check the path and the file."
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
            msg = f"its pixels are of mode {image.mode}, and labels need one channel or red, green and blue."
            raise LabelError(msg)
        numbers = np.asarray(image)
        if image.mode == "LA":
            numbers = numbers[..., 0]
        key = image.info.get("transparency")
        if isinstance(key, int):
            opaque = numbers != key
        if image.mode.startswith("I") and numbers.max() > np.iinfo(np.uint8).max and not (numbers % 257).any():
            numbers = numbers // 257  # the same greys in 16 bits
        return _from_numbers(numbers, values, opaque=opaque)


def _is_grey_ramp(image: Image.Image) -> bool:
    """Return whether each colour of a palette picture is the grey of its position, and so stands for a number."""
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
                labels = _from_colours(np.where(valid[..., None], table[numbers], 0).astype(np.uint8))
            else:
                kind: Values | None = None if name and "cover" not in name.lower() else "codes"
                labels = _from_numbers(numbers, values, opaque=valid, usual=kind)
        else:
            bands = [file.colorinterp[index].name for index in range(file.count)]
            rgb = file.read([1 + bands.index(colour) for colour in _COLOUR_BANDS])
            valid = file.dataset_mask() > 0
            if rgb.dtype != np.uint8:
                msg = f"its colours are of type {rgb.dtype}, and a label map has colours of 8 bits."
                raise LabelError(msg)
            labels = _from_colours(np.concatenate([np.moveaxis(rgb, 0, 2), 255 * valid[..., None].astype(np.uint8)], 2))
        south_up = file.crs is not None and file.transform.e > 0
        return labels[::-1].copy() if south_up else labels


def _label_band(file: DatasetReader) -> tuple[int, str]:
    """Return number and name of the band with labels; 0 if they are shown in red, green and blue."""
    matches = {}
    for number, description in enumerate(file.descriptions, start=1):
        tags = {key.lower(): text for key, text in file.tags(number).items()}
        words = " ".join(filter(None, [description, *(tags.get(key) for key in _DESCRIPTION_TAGS)]))
        if _LABELS.search(words.replace("_", " ").replace("-", " ")):
            matches[number] = words
    if len(matches) == 1:
        return next(iter(matches.items()))
    if matches:
        msg = f"bands {', '.join(map(str, matches))} are all described as labels; keep one of them."
        raise LabelError(msg)
    if file.count == 1:
        return 1, ""
    if set(_COLOUR_BANDS) <= {one.name for one in file.colorinterp}:
        return 0, ""
    msg = f'it has {file.count} bands and none is described as labels; name one of them "labels".'
    raise LabelError(msg)


def _colour_table(file: DatasetReader, number: int) -> NDArray[np.uint8] | None:
    """Return the colours of the values of a band, shape (256 or 65536, 4); None without a colour table."""
    if file.colorinterp[number - 1].name != "palette":
        return None
    table = file.colormap(number)
    colours = np.zeros((np.iinfo(file.dtypes[number - 1]).max + 1, 4), np.uint8)
    colours[list(table)] = list(table.values())
    return colours


def _read_npy(path: Path, values: Values | None) -> NDArray[np.uint8]:
    # the size is read from the header alone, and nothing in the file is executed
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.ndim != 2:  # noqa: PLR2004 - rows and columns
        msg = f"it has {array.ndim} dimensions, and a label map has two: rows and columns."
        raise LabelError(msg)
    _check_size(array.shape[1], array.shape[0])
    return _from_numbers(np.array(array), values)


def _from_colours(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return class indices of colours; transparent pixels have no label."""
    return indices_of_colours(np.where(rgba[..., 3:] > 0, rgba[..., :3], np.uint8(0)))


def _from_numbers(
    numbers: NDArray[np.generic],
    values: Values | None,
    *,
    opaque: NDArray[np.bool_] | None = None,
    usual: Values | None = None,
) -> NDArray[np.uint8]:
    """Return class indices of numbers, read as ``values`` or ``usual`` says, else in the one way that fits them all."""
    if opaque is not None:
        numbers = np.where(opaque, numbers, 0)  # 0 means no label in both readings
    if not np.issubdtype(numbers.dtype, np.number) or (numbers != np.trunc(numbers)).any():
        msg = "it has other values than whole numbers, and labels are class indices or WorldCover codes."
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
    readings = " or ".join(f"{kind} ({', '.join(_names(labels))})" for kind, labels in maps.items())
    msg = f"its values {present} could be {readings}; choose one with --values codes or --values indices."
    raise LabelError(msg)


def _names(labels: NDArray[np.uint8]) -> list[str]:
    return [CLASSES[index].name for index in np.unique(labels) if index != BACKGROUND]


def _indices(numbers: NDArray[np.generic]) -> NDArray[np.uint8]:
    if numbers.min() < 0 or numbers.max() >= len(CLASSES):
        wrong = numbers.min() if numbers.min() < 0 else numbers.max()
        msg = (
            f"it has the value {wrong}, and class indices run from 0 to {len(CLASSES) - 1}, WorldCover's codes "
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
