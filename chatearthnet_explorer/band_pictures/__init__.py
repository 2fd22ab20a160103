"""Pictures made of the bands of a chip: true colour, false colour and four indices, each explained."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chatearthnet_explorer.chip import TRUE_COLOUR_WHITE
from chatearthnet_explorer.errors import EmptyChipError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip

    Bands = Mapping[str, NDArray[np.float32]]

WAVELENGTHS: Mapping[str, tuple[str, int]] = MappingProxyType({
    "B02": ("blue", 492),
    "B03": ("green", 560),
    "B04": ("red", 665),
    "B05": ("red edge 1", 704),
    "B06": ("red edge 2", 741),
    "B07": ("red edge 3", 783),
    "B08": ("near infrared", 833),
    "B11": ("short-wave infrared 1", 1614),
    "B12": ("short-wave infrared 2", 2202),
})  # fmt: skip
"""The bands of a chip: name in words and central wavelength in nm (Sentinel-2A, ESA's Sentinel-2 user guide)."""

NO_DATA = (128, 128, 128)
"""Colour of pixels without data: a neutral grey, which no ramp has."""

TRUE = "true"
"""Id of the true-colour picture."""


class Ramp(NamedTuple):
    """The colours of an index."""

    values: tuple[float, ...]
    """Values of the index, rising; beyond the first and the last the colour stays."""

    colours: tuple[tuple[int, int, int], ...]
    """Red, green and blue (0 to 255) of each value; between two values colours are interpolated."""

    low: str
    """What the first colour means, in words."""

    high: str
    """What the last colour means, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BandPicture:
    """A picture made of bands."""

    id: str
    """Its name in code."""

    label: str
    """Its name for people."""

    sentence: str
    """What it shows, in one plain sentence."""

    term: str
    """Its exact name in the literature."""

    formula: str
    """How it is made of the bands."""

    source: str
    """Where the formula comes from."""

    bands: tuple[str, ...]
    """The bands it needs, in the order of the formula."""

    white: float
    """Reflectance that a composite shows as 255."""

    gamma: float
    """Power of the brightness of a composite."""

    ramp: Ramp | None
    """The colours of an index; None for a composite."""

    def render(self, bands: Bands) -> NDArray[np.uint8]:
        """Return red, green and blue, (rows, columns, 3) uint8; ``NO_DATA`` where a band has none.

        Args:
            bands: Reflectance by name (1.0 is all light), float32 of one shape, NaN for no data.

        Raises:
            KeyError: If a band is missing.
        """
        if self.ramp is not None:
            values = normalised_difference(bands[self.bands[0]], bands[self.bands[1]])
            channels = [
                np.interp(values, self.ramp.values, channel) for channel in zip(*self.ramp.colours, strict=True)
            ]
            return _bytes(np.stack(channels, axis=-1))
        light = np.stack([bands[name] for name in self.bands], axis=-1) / self.white
        return _bytes(255 * np.clip(light, 0, 1) ** self.gamma)


def normalised_difference(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (first - second) / (first + second), -1 to 1, NaN where the sum is not above 0 or a value is NaN."""
    total = first + second
    result = np.full_like(total, np.nan)
    np.divide(first - second, total, out=result, where=total > 0)
    return np.clip(result, -1, 1, out=result)


def ndvi(bands: Bands) -> NDArray[np.float32]:
    """Return the vegetation index of near infrared and red, -1 to 1 (Rouse et al., NASA SP-351, 1974)."""
    return normalised_difference(bands["B08"], bands["B04"])


def ndwi(bands: Bands) -> NDArray[np.float32]:
    """Return the water index of green and near infrared, -1 to 1 (McFeeters, Int. J. Remote Sensing 17, 1996)."""
    return normalised_difference(bands["B03"], bands["B08"])


def picture_of(chip: Chip, picture_id: str) -> NDArray[np.uint8]:
    """Return a picture of a chip, (256, 256, 3) uint8. True colour is the chip's own picture if it has one.

    Args:
        chip: A chip with the bands that the picture needs.
        picture_id: One of ``PICTURES``.

    Raises:
        EmptyChipError: If the chip lacks one of the bands; the sentence repeats why, if the chip says so.
    """
    if picture_id == TRUE and chip.rgb is not None:
        return chip.rgb
    picture = PICTURES[picture_id]
    missing = [name for name in picture.bands if name not in chip.bands]
    if missing:
        reasons = " ".join(reason for reason in chip.missing if any(name in reason for name in ("band", *missing)))
        what = "its bands were not read" if not chip.bands else f"{', '.join(missing)} is missing"
        msg = f"There is no {picture.label} picture of {chip.tile.name}: {reasons or f'{what}; choose another source.'}"
        raise EmptyChipError(msg)
    return picture.render(chip.bands)


def has_gaps(chip: Chip, picture_id: str) -> bool:
    """Return whether a picture, of a chip that has its bands, has pixels without data."""
    if picture_id == TRUE and chip.rgb is not None:
        return False
    return any(bool(np.isnan(chip.bands[name]).any()) for name in PICTURES[picture_id].bands)


def _bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return 0 to 255 as bytes; a pixel with a NaN in any channel has no data."""
    empty = np.isnan(values).any(axis=-1)
    pixels: NDArray[np.uint8] = np.rint(np.where(empty[..., None], 0, values)).astype(np.uint8)
    pixels[empty] = NO_DATA
    return pixels


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _ramp(row: dict[str, list[float]], colours: list[str], low: str, high: str) -> Ramp:
    return Ramp(tuple(row["values"]), tuple(map(_rgb, colours)), low, high)


def _read() -> dict[str, BandPicture]:
    table = tomllib.loads(files(__package__).joinpath("pictures.toml").read_text("utf-8"))
    pictures = {}
    for row in table["picture"]:
        ramp = _ramp(row, row["colours"], row["low"], row["high"]) if "values" in row else None
        words = {name: row[name] for name in ("id", "label", "sentence", "term", "formula", "source")}
        pictures[row["id"]] = BandPicture(
            **words,
            bands=tuple(row["bands"]),
            white=row.get("white", TRUE_COLOUR_WHITE),
            gamma=row.get("gamma", 1.0),
            ramp=ramp,
        )
    return pictures


PICTURES: Mapping[str, BandPicture] = MappingProxyType(_read())
"""The six pictures, by id."""
