"""The legend: the only table of codes, names and colours of the land-cover classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn, get_args

import numpy as np

from chatearthnet_explorer.errors import LabelError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Colour = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""


@dataclass(frozen=True, slots=True)
class LandClass:
    """One class of ESA WorldCover, as ChatEarthNet counts, names and colours it."""

    index: int
    """Position in a label map, 0 to 11; 0 is background, which means no label."""

    code: int
    """ESA WorldCover's code; 0 for no data."""

    name: str
    """Its name in 3.5 prompts."""

    name_4v: str
    """Its name in 4V prompts."""

    plain: str
    """An explanation for newcomers."""

    chatearthnet: Colour
    """Its colour in the label maps of ChatEarthNet, which GPT-4V saw."""

    worldcover: Colour
    """Its colour in ESA WorldCover's own legend."""

    colourblind: Colour
    """A colour that people with any common colour blindness can distinguish (the muted scheme of Tol)."""


def _land(index: int, code: int, name: str, plain: str, colours: tuple[str, str, str], name_4v: str = "") -> LandClass:
    return LandClass(index, code, name, name_4v or name, plain, *map(_rgb, colours))


def _rgb(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue


# Codes, names and ChatEarthNet colours: Yuan et al., arXiv 2402.11325. WorldCover colours: ESA WorldCover
# product user manual. Colour-blind set: Paul Tol, "Colour schemes" (SRON/EPS/TN/09-002), muted, and four pale
# colours of our own that differ in lightness: background, grass, bare land and snow.
CLASSES: tuple[LandClass, ...] = (
    _land(0, 0, "background", "No label: this place is not mapped.", ("000000", "000000", "ffffff")),
    _land(1, 80, "water", "Rivers, lakes and sea.", ("0000ff", "0064c8", "332288")),
    _land(
        2,
        50,
        "developed area",
        "Buildings, roads and other things people built.",
        ("ff0000", "fa0000", "cc6677"),
        "developed",
    ),
    _land(3, 10, "tree", "Forests, orchards and single trees.", ("00c000", "006400", "117733")),
    _land(4, 20, "shrub", "Bushes lower than trees.", ("c8aa78", "ffbb22", "999933")),
    _land(5, 30, "grass", "Meadows, pasture and steppe.", ("00ff00", "ffff4c", "bdd89a")),
    _land(6, 40, "crop", "Fields where food or fodder grows.", ("ffff00", "f096ff", "ddcc77")),
    _land(
        7,
        60,
        "bare land",
        "Rock, sand and soil with little growing on it.",
        ("808080", "b4b4b4", "bbbbbb"),
        "bare",
    ),
    _land(8, 70, "snow", "Snow and ice that stay all year.", ("ffffff", "f0f0f0", "eeeeee")),
    _land(9, 90, "wetland", "Marsh, reeds and bog.", ("00ffff", "0096a0", "88ccee")),
    _land(10, 95, "mangroves", "Trees that stand in salty water.", ("ff00ff", "00cf75", "882255")),
    _land(11, 100, "moss", "Moss and lichen of the far north.", ("800080", "fae6a0", "aa4499")),
)

BACKGROUND = 0
"""Index of pixels without a label: open sea, Antarctica, gaps. It does not mean water."""

Palette = Literal["chatearthnet", "worldcover", "colourblind"]
"""Names of the palettes, each a colour field of ``LandClass``."""

PALETTES: tuple[Palette, ...] = get_args(Palette)
"""The palettes; the first is the default."""

NEAR = 4
"""Most that each channel (0 to 255) of a colour may differ. Colours of two classes differ by at least 50."""

_MOST_COLOURS = 3  # in an error message
_UNKNOWN = 255
_INDEX_OF_CODE = np.full(256, _UNKNOWN, np.uint8)
_INDEX_OF_CODE[[land.code for land in CLASSES]] = [land.index for land in CLASSES]
_CODE_OF_INDEX = np.array([land.code for land in CLASSES], np.uint8)


def palette(name: Palette = "chatearthnet") -> NDArray[np.uint8]:
    """Return the colours of the classes, shape (12, 3) uint8, row = class index.

    Raises:
        LabelError: If there is no palette of that name.
    """
    if name not in PALETTES:
        msg = f"There is no palette {name!r}; choose one of {', '.join(PALETTES)}."
        raise LabelError(msg)
    return np.array([getattr(land, name) for land in CLASSES], np.uint8)


def indices_of_codes(codes: ArrayLike) -> NDArray[np.uint8]:
    """Return class indices (uint8, same shape) of ESA WorldCover codes.

    Raises:
        LabelError: If a code is not one of WorldCover.
    """
    array = np.asarray(codes)
    if array.dtype != np.uint8:
        outside = (array < 0) | (array > _UNKNOWN) | (array != np.trunc(array))
        if outside.any():
            _refuse("code", array[outside].flat[0])
        array = array.astype(np.uint8)
    indices: NDArray[np.uint8] = _INDEX_OF_CODE[array]
    if (indices == _UNKNOWN).any():
        _refuse("code", array[indices == _UNKNOWN].flat[0])
    return indices


def codes_of_indices(indices: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return ESA WorldCover codes (uint8, same shape) of class indices 0 to 11."""
    codes: NDArray[np.uint8] = _CODE_OF_INDEX[indices]
    return codes


def indices_of_colours(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return class indices, shape (rows, columns), of a map in ChatEarthNet's or ESA WorldCover's colours.

    A colour may differ by ``NEAR`` in each channel, since programs that reduce a picture to few colours change them a
    little. Only black must be exact: class indices saved as grey values are nearly black.

    Args:
        rgb: Red, green, blue, shape (rows, columns, 3).

    Raises:
        LabelError: If a colour is not in the legend.
    """
    colours, inverse = np.unique(_packed_colours(rgb), return_inverse=True)
    present = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=-1)
    table = np.concatenate([palette("chatearthnet"), palette("worldcover")[1:]]).astype(np.int64)
    distance = np.abs(present[:, None] - table).max(axis=2)
    nearest = distance.argmin(axis=1)
    off = distance[np.arange(len(nearest)), nearest]
    wrong = (off > NEAR) | ((nearest == BACKGROUND) & (off > 0))
    if wrong.any():
        strange = [str(tuple(colour)) for colour in present[wrong].tolist()]
        more = f" and {len(strange) - _MOST_COLOURS} more" if len(strange) > _MOST_COLOURS else ""
        _refuse("colour", ", ".join(strange[:_MOST_COLOURS]) + more)
    indices: NDArray[np.uint8] = (nearest % len(CLASSES) + nearest // len(CLASSES)).astype(np.uint8)
    return indices[inverse].reshape(rgb.shape[:2])


def _packed_colours(rgb: NDArray[np.uint8]) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = rgb.astype(np.int64) @ np.array([65536, 256, 1])
    return numbers


def _refuse(kind: str, value: object) -> NoReturn:
    msg = f"The label map has the {kind} {value}, which is not a land-cover class; see the legend for the classes."
    raise LabelError(msg)
