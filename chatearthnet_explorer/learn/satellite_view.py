"""What a satellite measures: pictures made of its bands, and indices of a pixel."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chatearthnet_explorer.simulation.simulated_pixels import true_colour

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

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

_BRIGHT = 0.45  # reflectance that a false-colour picture shows as white: leaves reach 0.4 in near infrared
_GAMMA = 0.8


class Composite(NamedTuple):
    """A picture made of bands."""

    label: str
    """What the choice is called."""

    note: str
    """What it shows, in one sentence."""

    render: Callable[[Bands], NDArray[np.uint8]]
    """Returns red, green and blue, (256, 256, 3) uint8."""


def ndvi(bands: Bands) -> NDArray[np.float32]:
    """Return the vegetation index of near infrared and red, -1 to 1 (Rouse et al., NASA SP-351, 1974)."""
    return _normalised_difference(bands["B08"], bands["B04"])


def ndwi(bands: Bands) -> NDArray[np.float32]:
    """Return the water index of green and near infrared, -1 to 1 (McFeeters, Int. J. Remote Sensing 17, 1996)."""
    return _normalised_difference(bands["B03"], bands["B08"])


def _normalised_difference(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    total = first + second
    result: NDArray[np.float32] = np.divide(first - second, total, out=np.zeros_like(total), where=total > 0)
    return result


def _true(bands: Bands) -> NDArray[np.uint8]:
    return true_colour({name: bands[name] for name in ("B02", "B03", "B04")})


def _false(bands: Bands) -> NDArray[np.uint8]:
    light = np.stack([bands["B08"], bands["B04"], bands["B03"]], axis=-1) / _BRIGHT
    return _bytes(np.clip(light, 0, 1) ** _GAMMA)


def _ramp(values: NDArray[np.float32], low: tuple[int, ...], high: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return colours from ``low`` at -1 over white at 0 to ``high`` at 1."""
    size = np.abs(values)[..., None]
    end = np.where(values[..., None] < 0, np.array(low), np.array(high)) / 255
    return _bytes(1 - size + size * end)


def _bytes(light: NDArray[np.floating]) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = np.rint(255 * light).astype(np.uint8)
    return pixels


COMPOSITES: Mapping[str, Composite] = MappingProxyType({
    "true": Composite("True colour", "Red, green and blue light, as eyes would see it.", _true),
    "false": Composite("False colour", "Near infrared is shown as red, red as green, and green as blue.", _false),
    "ndvi": Composite(
        "Plants",
        "The index NDVI: the greener, the more leaves.",
        lambda bands: _ramp(ndvi(bands), (120, 60, 20), (0, 90, 30)),
    ),
    "ndwi": Composite(
        "Water",
        "The index NDWI: the bluer, the more water.",
        lambda bands: _ramp(ndwi(bands), (150, 110, 50), (0, 50, 160)),
    ),
})  # fmt: skip
"""The pictures, by id."""
