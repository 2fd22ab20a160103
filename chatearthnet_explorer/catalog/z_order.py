"""Z-order (Morton) codes of tiles: tiles that are close have close codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def z_number(x: NDArray[np.uint16], y: NDArray[np.uint16]) -> NDArray[np.uint32]:
    """Return positions on a Z-curve through the zoom-14 grid: the bits of x and y interleaved (Morton 1966).

    Pairs without a place, whose x and y are ``bit_codes.NOWHERE``, come last.
    """
    return _spread(x) | _spread(y) << np.uint32(1)


def _spread(values: NDArray[np.uint16]) -> NDArray[np.uint32]:
    """Return 16-bit numbers with a zero between any two bits."""
    wide = values.astype(np.uint32)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        wide = (wide | wide << np.uint32(shift)) & np.uint32(mask)
    return wide
