"""A chip and a label map to try captioners and checks on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.tile import SIZE, Tile

if TYPE_CHECKING:
    from numpy.typing import NDArray


def example_labels() -> NDArray[np.uint8]:
    """Return a label map of seven classes in squares of 64 pixels, (256, 256) uint8."""
    rows, columns = np.mgrid[0:SIZE, 0:SIZE] // 64
    labels: NDArray[np.uint8] = (1 + (rows * 3 + columns) % 7).astype(np.uint8)
    return labels


def example_chip(**changes: Any) -> Chip:
    """Return a chip of these labels and of random colours.

    Args:
        changes: Other values of its fields.
    """
    rgb = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE, 3)).astype(np.uint8)
    return Chip(**{"tile": Tile(8192, 8192), "source": "file", "labels": example_labels(), "rgb": rgb, **changes})
