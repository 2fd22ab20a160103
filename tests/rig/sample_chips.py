"""Chips and captions to look at, made here: nothing in them is random, nothing is real."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.chip import Chip, Scene
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from numpy.typing import NDArray


def quarters() -> NDArray[np.uint8]:
    """Water top left, trees top right, crop bottom left, nobody's map bottom right, a town of 40 x 40 in the middle."""
    labels = np.zeros((256, 256), np.uint8)
    labels[:128, :128], labels[:128, 128:], labels[128:, :128] = 1, 3, 6
    labels[108:148, 108:148] = 2
    return labels


def slopes() -> NDArray[np.uint8]:
    """A picture in which every pixel differs from its neighbours."""
    rows, columns = np.mgrid[0:256, 0:256]
    return np.dstack([rows, columns, (rows + columns) // 2]).astype(np.uint8)


def chip(**fields: object) -> Chip:
    """A chip with everything, or with what is said otherwise."""
    whole: dict[str, Any] = {
        "tile": Tile.from_name("3886_3141_patch00"),
        "source": "stac",
        "labels": quarters(),
        "label_version": "v100/2020",
        "rgb": slopes(),
        "scene": Scene(
            catalogue="https://catalogue.example/v1",
            item="S2B_29SMC_20200704_0_L2A",
            acquisition_time=datetime(2020, 7, 4, 11, 27, tzinfo=UTC),
            cloud_share=0.034,
            baseline="02.14",
            radiometry="The picture is shown as its maker scaled it.",
        ),
        "attribution": ("Contains modified Copernicus Sentinel data 2020", "ESA WorldCover project 2020, CC-BY-4.0"),
    }
    return Chip(**(whole | fields))


def caption(
    text: str = "Water lies beside trees; crop fields and a developed area follow.", **fields: object
) -> Caption:
    """A caption that a model wrote in the 3.5 style, or as said otherwise."""
    whole: dict[str, Any] = {"captioner": "chat", "style": "3.5", "model": "model-7", "input_summary": "the prompt"}
    return Caption(text=text, **(whole | fields))
