"""Pictures with one known fault."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

_CLOUD_SHARE = (0.7, 1.0)  # share of a chip under cloud
_OCTAVES = (4, 8, 16)  # bumps along a side: what is smaller, light has smoothed
_SHINE = np.array([[90.0, 104.0, 140.0], [255.0, 255.0, 255.0]])
"""From the blue-grey of cloud in a low sun (as released chip 4318_2656_patch11 has it) to the white of thick cloud."""


def black(rgb: Picture, _draw: np.random.Generator) -> Picture:
    """Return a picture without light."""
    return np.zeros_like(rgb)


def white(rgb: Picture, _draw: np.random.Generator) -> Picture:
    """Return a picture without dark."""
    return np.full_like(rgb, 255)


def uniform(rgb: Picture, draw: np.random.Generator) -> Picture:
    """Return a picture of one colour, up to one grey value."""
    return (draw.integers(1, 253, 3) + draw.integers(0, 2, rgb.shape)).astype(np.uint8)


def cloud(rgb: Picture, draw: np.random.Generator) -> Picture:
    """Return a picture with clouds over more than half of it, white or blue-grey, thin at their fringes."""
    height = np.sum([_bumps(count, draw) / count for count in _OCTAVES], axis=0)
    edge = np.quantile(height, 1.0 - draw.uniform(*_CLOUD_SHARE))
    thick = np.clip((height - edge) / (height.max() - edge) * 6.0 + 0.5, 0.0, 1.0) * (height >= edge)
    low, high = _SHINE
    shine = low + (high - low) * draw.random() + 40.0 * (_bumps(8, draw)[..., None] - 0.5)
    is_cloud = rgb * (1.0 - thick[..., None]) + shine * thick[..., None]
    bands: Picture = np.clip(is_cloud, 0, 255).astype(np.uint8)
    return bands


FAULTS: Mapping[str, Callable[[Picture, np.random.Generator], Picture]] = MappingProxyType({
    "all black": black,
    "all white": white,
    "uniform": uniform,
    "mostly cloud": cloud,
})  # fmt: skip
"""What makes a picture (256, 256, 3) wrong, by the check that is to find it."""


def _bumps(count: int, draw: np.random.Generator) -> NDArray[np.float64]:
    """Return smooth heights from 0 to 1, (256, 256), with so many bumps along a side."""
    grid = draw.random((count + 1, count + 1))
    at = np.arange(SIZE) * count / SIZE
    low, part = at.astype(int), at % 1.0
    part = part * part * (3.0 - 2.0 * part)
    rows = grid[low] * (1.0 - part[:, None]) + grid[low + 1] * part[:, None]
    heights: NDArray[np.float64] = rows[:, low] * (1.0 - part) + rows[:, low + 1] * part
    return heights
