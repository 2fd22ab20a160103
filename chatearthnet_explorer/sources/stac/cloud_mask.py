"""Read Sentinel-2's scene classification (SCL) over a chip: shares of cloud and of unusable pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_DATA = 0
"""Code of ground that is not in the scene."""

CLOUD = (8, 9, 10)
"""Codes of medium and high probability of cloud, and of thin cirrus (Sentinel-2 Level-2A product definition)."""

SHADOW = 3
"""Code of cloud shadow."""

INVALID = (NO_DATA, 1)
"""Codes of no data and of saturated or defective pixels."""

LAST = 11
"""Highest code there is: snow."""


def cloud_share(scl: NDArray[np.uint8]) -> float:
    """Return the share (0 to 1) of the chip that is cloud or cirrus; ``scl`` is (256, 256) uint8."""
    return float(np.isin(scl, CLOUD).mean())


def useless_share(scl: NDArray[np.uint8]) -> float:
    """Return the share (0 to 1) of the chip that is cloud, its shadow, or invalid; ``scl`` is (256, 256) uint8."""
    return float(np.isin(scl, (*INVALID, SHADOW, *CLOUD)).mean())
