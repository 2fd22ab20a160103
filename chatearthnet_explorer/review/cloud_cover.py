"""Estimate the cloud cover of a picture from its colours and its smoothness."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

HAZE = 75
"""Blue less half of red, in grey values, from which a spot is hazy: the haze-optimised transform of Zhang et al.
(Remote Sensing of Environment 82, 2002, 173-187) with a slope of one half. Over clear land and water of released chips
it is 69 at most (``docs/explanation/checks.md``), and it rises with cloud."""

WARM = 3
"""Grey values by which red may exceed blue under cloud: light that clouds scatter is white or bluish; sand, and salt
that does not saturate, are warmer."""

VIVID = 55
"""Percent of the brightest channel by which the darkest may lie below it: beyond it is deep water, not cloud."""

ROUGH, FINE = 0.32, 1.5
"""A window is rough, as ice, roofs and snow with trees are, if its curvature exceeds this share of its slope and this
many grey values. Multiple scattering smooths clouds below some 300 m (Davis et al., Journal of the Atmospheric Sciences
54, 1997, 241-260); below the grey values the signal is lost in rounding."""

WHITE = 250
"""Darkest channel from which a spot is white without any tint, so its colour is no evidence."""

_STEP = 2  # pixels of a spot's side: single ones are noisy
_WINDOW = 32  # spots of a window's side


class CloudCover(NamedTuple):
    """How much of a picture looks like cloud."""

    percent: float
    """Percent of the picture, 0 to 100."""

    white: float
    """Percent of the picture that looks like cloud and is saturated, as thick cloud, snow and salt are alike."""


def cloud_cover(rgb: NDArray[np.uint8]) -> CloudCover:
    """Return how much of a released chip looks like cloud: hazy, neither warm nor vivid, and smooth.

    Fresh snow without trees, thick haze and sun on water can look the same. A town that shows through thin cloud is
    rough, and the cloud is missed.

    Args:
        rgb: Red, green and blue, (256, 256, 3), top-of-atmosphere true colour as the release has it.
    """
    shrunk = Image.fromarray(rgb).reduce(_STEP).split()
    red, green, blue = (np.asarray(channel).astype(np.int16) for channel in shrunk)
    cloud = 2 * blue - red >= 2 * HAZE
    if not cloud.any():
        return CloudCover(0.0, 0.0)
    low, high = np.minimum(np.minimum(red, green), blue), np.maximum(np.maximum(red, green), blue)
    cloud &= (blue >= red - WARM) & (100 * (high - low) <= VIVID * high)
    cloud &= 10 * (green - red) <= 6 * (blue - red) + 60  # shallow water is green where cloud is grey
    sides = len(cloud) // _WINDOW, _WINDOW, cloud.shape[1] // _WINDOW, _WINDOW
    cloud &= np.broadcast_to(_smooth(green, cloud)[:, None, :, None], sides).reshape(cloud.shape)
    return CloudCover(100.0 * float(cloud.mean()), 100.0 * float((cloud & (low >= WHITE)).mean()))


def _smooth(grey: NDArray[np.int16], cloud: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which windows are smooth where they look like cloud; edges towards the land are left out."""
    middle, up, down = grey[1:-1, 1:-1], grey[:-2, 1:-1], grey[2:, 1:-1]
    left, right = grey[1:-1, :-2], grey[1:-1, 2:]
    inside = np.zeros_like(grey)
    inside[1:-1, 1:-1] = cloud[1:-1, 1:-1] & cloud[:-2, 1:-1] & cloud[2:, 1:-1] & cloud[1:-1, :-2] & cloud[1:-1, 2:]
    curvature, slope = np.zeros_like(grey), np.zeros_like(grey)
    np.abs(4 * middle - up - down - left - right, out=curvature[1:-1, 1:-1])
    np.add(np.abs(down - up), np.abs(right - left), out=slope[1:-1, 1:-1])
    spots = _windows(inside)
    curvatures, slopes = _windows(curvature * inside) / 4, _windows(slope * inside) / 2
    return (spots > 0) & ((curvatures <= FINE * spots) | (curvatures <= ROUGH * slopes))


def _windows(values: NDArray[np.int16]) -> NDArray[np.int32]:
    """Return the sums of windows: of whole rows first, which lie together."""
    rows = values.reshape(len(values) // _WINDOW, _WINDOW, -1).sum(axis=1, dtype=np.int32)
    sums: NDArray[np.int32] = rows.reshape(len(rows), -1, _WINDOW).sum(axis=2)
    return sums
