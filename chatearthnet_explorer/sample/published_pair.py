"""The one real pair that comes with the package: the chip, labels and captions of a published figure."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from chatearthnet_explorer.caption import Caption, Style
from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.shares import check_labels
from chatearthnet_explorer.tile import SIZE
from chatearthnet_explorer.values import Value, freeze

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = files(__package__) / "data" / "published_pair"
"""The files, as ``docs/sample/build_published_pair.py`` writes them."""

PICTURE, LABELS, UNCLEAR, CAPTIONS = "picture.png", "labels.png", "unclear.png", "captions.json"
"""Names of the files: true colour; class indices; pixels without a clear label colour; captions by style."""

ATTRIBUTION = (
    "ChatEarthNet (Yuan, Xiong, Mou and Zhu, 2025, doi:10.5194/essd-17-1245-2025), CC BY 4.0",
    "Changed: the pictures were resized, and the colours of the labels read as classes",
    "© ESA WorldCover project, contains modified Copernicus Sentinel data processed by its consortium, CC BY 4.0",
    "Contains modified Copernicus Sentinel data",
)
"""Credits that must be shown with the pair, and what was changed in it."""

ORIGIN = "A real pair of ChatEarthNet: the authors show it in a figure of their repository (dataset_vis_2.png)."
"""The first remark on the pair."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PublishedPair(Value):
    """A real chip with its labels and both captions. It is not a ``Chip``: nobody knows where on Earth it lies.

    Row 0 is the top of the figure, column 0 its left.

    Raises:
        LabelError: If an array is not of the shape and type stated here.
    """

    rgb: NDArray[np.uint8]
    """True colour, (256, 256, 3) uint8, from a lossy rendering of 274 x 274 pixels."""

    labels: NDArray[np.uint8]
    """Class indices of ``legend.CLASSES``, (256, 256) uint8, read from the colours of that rendering."""

    unclear: NDArray[np.bool_]
    """Pixels whose colour the rendering blurred, (256, 256) bool: ``labels`` has the class of the nearest clear one."""

    captions: tuple[Caption, Caption]
    """By GPT-3.5 and by GPT-4V, as published."""

    attribution: tuple[str, ...] = ATTRIBUTION
    """Credits and licences that must be shown with it."""

    def __post_init__(self) -> None:
        """Check the arrays, and make them read-only."""
        check_labels(self.labels)
        if self.rgb.shape != (SIZE, SIZE, 3) or self.unclear.shape != (SIZE, SIZE) or self.unclear.dtype != np.bool_:
            msg = f"The published pair needs a picture and a mask of {SIZE} x {SIZE} pixels; install the package again."
            raise LabelError(msg)
        for name in ("rgb", "labels", "unclear"):
            object.__setattr__(self, name, freeze(getattr(self, name)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what a person should know before believing the pair, one sentence each."""
        share = float(self.unclear.mean())
        return (
            ORIGIN,
            "The place is unknown, because the figure does not name it.",
            "The figure is compressed with losses and was resized from 274 to 256 pixels, so fine detail is missing.",
            f"The compression blurred {share:.0%} of the label colours; they are read as the nearest clear one.",
        )


@cache
def published_pair() -> PublishedPair:
    """Return the published pair. It is read once, without a network.

    Raises:
        LabelError: If the files in the package are damaged.
    """
    texts: dict[Style, str] = json.loads(FOLDER.joinpath(CAPTIONS).read_text("utf-8"))
    first, second = (
        Caption(text=texts[style], captioner="release", style=style, is_released=True) for style in ("3.5", "4v")
    )
    return PublishedPair(
        rgb=_pixels(PICTURE),
        labels=_pixels(LABELS),
        unclear=_pixels(UNCLEAR).astype(np.bool_),
        captions=(first, second),
    )


def _pixels(name: str) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(FOLDER.joinpath(name).read_bytes())) as image:
        return np.asarray(image)
