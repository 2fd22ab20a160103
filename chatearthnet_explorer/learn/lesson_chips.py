"""The chips of lessons: simulated ones, so that they need no network, with the changes that a lesson asks for."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from chatearthnet_explorer.errors import LessonError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import SIZE, Tile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip

_CLOUD = 236  # grey of a cloud in a true-colour picture, 0 to 255
_HALF, _QUARTER = SIZE // 2, SIZE // 4
_CORNERS = {
    part: (slice(row, row + _HALF), slice(column, column + _HALF))
    for part, (row, column) in zip(
        PARTS, ((0, 0), (0, _HALF), (_HALF, 0), (_HALF, _HALF), (_QUARTER, _QUARTER)), strict=True
    )
}


def lesson_chip(options: Mapping[str, Any]) -> Chip:
    """Return the chip of a view.

    Args:
        options: ``lon`` and ``lat`` of the place, and perhaps ``error``: a table with the ``part`` in which the class
            ``from`` is labelled as the class ``to``.

    Raises:
        LessonError: If a part or class is unknown.
    """
    chip = simulated_chip(float(options["lon"]), float(options["lat"]))
    error = options.get("error")
    return replace(chip, labels=_with_error(chip.labels, error)) if error and chip.labels is not None else chip


@lru_cache(maxsize=64)
def simulated_chip(lon: float, lat: float, *, bands: bool = False) -> Chip:
    """Return the simulated chip of a place, kept for the next reader.

    Args:
        lon: Degrees east.
        lat: Degrees north.
        bands: Whether it has reflectance.
    """
    return SimulatedSource().chip_at(lon, lat, bands=bands)


def block_of(lon: float, lat: float) -> tuple[Chip, ...]:
    """Return the four chips of a block: top left, top right, bottom left, bottom right."""
    return tuple(simulated_chip(*tile.center) for tile in Tile.at(lon, lat).siblings)


def with_clouds(chip: Chip) -> Chip:
    """Return a chip over whose picture clouds were drawn. Its labels stay, as those of a real cloudy chip do.

    Raises:
        LessonError: If it has no picture.
    """
    if chip.rgb is None:
        msg = f"The chip {chip.tile.name} has no picture to draw clouds on; choose another place."
        raise LessonError(msg)
    cover = sum(_smooth_noise(cells) / cells for cells in (3, 6, 12, 24, 48))
    low, high = np.quantile(cover, (0.35, 0.75))
    alpha = np.clip((cover - low) / (high - low), 0, 1)[..., None]
    return replace(chip, rgb=np.rint(chip.rgb * (1 - alpha) + _CLOUD * alpha).astype(np.uint8))


def _smooth_noise(cells: int) -> NDArray[np.float32]:
    """Return noise of about ``cells`` bumps along each side, (256, 256)."""
    grain = np.random.default_rng(cells).standard_normal((cells + 3, cells + 3)).astype(np.float32)
    bumps = Image.fromarray(grain).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    return np.asarray(bumps, np.float32)


def _with_error(labels: NDArray[np.uint8], error: Mapping[str, str]) -> NDArray[np.uint8]:
    """Return labels in which a class of one part is called another."""
    index = {land.name: land.index for land in CLASSES}
    try:
        window, wrong, new = _CORNERS[error["part"]], index[error["from"]], index[error["to"]]
    except KeyError as problem:
        msg = f"{problem} is not a part or a class; see landcover.legend and landcover.shares."
        raise LessonError(msg) from problem
    new_labels = labels.copy()
    new_labels[window][new_labels[window] == wrong] = new
    return new_labels
