"""Decode released PNGs to pixels and reflectance."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from chatearthnet_explorer.chip import TRUE_COLOUR_WHITE
from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

RADIOMETRY = (
    "Reflectance of B05 to B12 is 32 v / 10,000 of the released 8-bit values, top of the atmosphere and cut off at "
    f"0.816; that of B02 to B04 is about {TRUE_COLOUR_WHITE} v / 255 of the true-colour picture, so indices of both "
    "are approximate."
)
"""How reflectance was computed from released values, in one sentence."""

# SatlasPretrain, from which the chips come: 8-bit values of the six bands are DN / 32, with DN = 10,000 x reflectance.
_OTHERS, _TRUE_COLOUR = 32 / 10_000, TRUE_COLOUR_WHITE / 255
_SIGNATURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def pixels_of(content: bytes, name: str) -> NDArray[np.uint8]:
    """Return the pixels of a released PNG, shape (256, 256, 3) uint8, row 0 north.

    Raises:
        ReleaseError: If it is not a PNG of 256 x 256 pixels and three channels, or damaged. It is only decoded if its
            size is right.
    """
    width, height = (
        struct.unpack(">II", content[16:24]) if content.startswith(_SIGNATURE) and content[23:24] else (0, 0)
    )
    if (width, height) != (SIZE, SIZE):
        what = f"a PNG of {width} x {height} pixels" if width else "not a PNG"
        msg = f"{name[:80]!r} is {what}, not a chip of {SIZE} x {SIZE}; use another copy of the release."
        raise ReleaseError(msg)
    try:
        with Image.open(BytesIO(content), formats=("PNG",)) as image:
            image.load()
            # some tools add an opaque fourth channel when they write a PNG anew
            pixels = np.asarray(image.convert("RGB") if image.mode == "RGBA" else image)
    except (OSError, SyntaxError, ValueError) as error:
        msg = f"{name[:80]!r} is a damaged PNG ({type(error).__name__}); use another copy of the release."
        raise ReleaseError(msg) from error
    if pixels.shape != (SIZE, SIZE, 3) or pixels.dtype != np.uint8:
        msg = f"{name[:80]!r} is not a PNG of three 8-bit channels; use another copy of the release."
        raise ReleaseError(msg)
    return pixels


def reflectance(values: NDArray[np.uint8], band: str) -> NDArray[np.float32]:
    """Return approximate reflectance (1.0 is all light), float32 of the same shape, of a band's released values."""
    scale = _TRUE_COLOUR if band in {"B02", "B03", "B04"} else _OTHERS
    return values.astype(np.float32) * np.float32(scale)
