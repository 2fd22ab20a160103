"""Checks of the picture of a pair."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from chatearthnet_explorer.review.cloud_cover import cloud_cover
from chatearthnet_explorer.review.finding import Finding
from chatearthnet_explorer.review.label_counts import Cover  # noqa: TC001 - a field of a dataclass
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLACK = "3b93f26267630963185ee67d8020972faee108a7bca80db725817e4680c9955c"
"""SHA-256 of the release's all-black file (three independent readers of the release count it)."""

WHITE = "13c0915d226521fb56bba264c92a227dbdebcf9a4add3a4957fd9c810582dbe8"
"""SHA-256 of its all-white file."""

FLAT = 2
"""Grey values between the darkest and the brightest pixel of each channel up to which a picture is uniform."""

CLOUDY = 40.0
"""Percent of cloud-like pixels from which a picture is called mostly cloud: less than half, because edges of
single clouds are not counted."""

_LARGEST = 1_000_000  # bytes; a chip without compression takes 200,000


@dataclass(frozen=True)
class Picture:
    """The picture of a pair, and the counts of its labels."""

    rgb: NDArray[np.uint8] | None
    """Red, green and blue, (256, 256, 3); None where the file cannot be read."""

    digest: str = ""
    """SHA-256 of the file's bytes, hexadecimal; empty where there is no file."""

    cover: Cover | None = None
    """Counts of the labels; None without labels."""

    @cached_property
    def spread(self) -> int:
        """Largest range of grey values of a channel; -1 without pixels."""
        return -1 if self.rgb is None else int(np.ptp(self.rgb.reshape(-1, 3), axis=0).max())


def picture_of(data: bytes, *, cover: Cover | None = None) -> Picture:
    """Return the picture in the bytes of a PNG; without pixels if it is not a valid PNG of 256 x 256."""
    digest = hashlib.sha256(data).hexdigest()
    return Picture(_pixels(data), digest, cover)


def broken_picture(picture: Picture) -> Iterator[Finding]:
    """Find files that are not a PNG of the right size."""
    if picture.rgb is None:
        yield Finding("broken picture", f"Its file is not a complete PNG of {SIZE} x {SIZE} pixels.")


def all_black(picture: Picture) -> Iterator[Finding]:
    """Find pictures without any light."""
    if picture.digest == BLACK or (picture.rgb is not None and not picture.rgb.any()):
        yield Finding("all black", "Every pixel is black.", figure=0.0)


def all_white(picture: Picture) -> Iterator[Finding]:
    """Find pictures without any dark."""
    if picture.digest == WHITE or (picture.rgb is not None and int(picture.rgb.min()) == 255):  # noqa: PLR2004 - white
        yield Finding("all white", "Every pixel is white.", figure=255.0)


def uniform(picture: Picture) -> Iterator[Finding]:
    """Find pictures of one colour, neither black nor white."""
    if picture.rgb is None or picture.spread > FLAT:
        return
    if picture.rgb.any() and int(picture.rgb.min()) < 255:  # noqa: PLR2004 - white
        red, green, blue = (int(value) for value in picture.rgb[0, 0])
        yield Finding(
            "uniform", f"All pixels are within {FLAT} of the colour {red} {green} {blue}.", figure=picture.spread
        )


def cloudy(picture: Picture) -> Iterator[Finding]:
    """Find pictures that are mostly cloud, without white that the labels explain as snow or bare land."""
    if picture.rgb is None or picture.spread <= FLAT:
        return
    percent, white = cloud_cover(picture.rgb)
    snow, bare = (picture.cover.percent(land) if picture.cover else 0.0 for land in ("snow", "bare land"))
    if percent - snow - min(white, bare) >= CLOUDY:
        addition = "" if picture.cover else "; without labels, snow and salt cannot be ruled out"
        evidence = f"At least {percent:.1f} % of it looks like cloud: bright, white or bluish, and smooth{addition}."
        yield Finding("mostly cloud", evidence, figure=percent)


def _pixels(data: bytes) -> NDArray[np.uint8] | None:
    if len(data) > _LARGEST:
        return None
    try:
        with Image.open(BytesIO(data), formats=["PNG"]) as image:
            if image.size != (SIZE, SIZE):
                return None
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
