"""Arrays become PNG files and come back as they were."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from rig.sample_chips import quarters, slopes

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import PALETTES, indices_of_colours, palette
from chatearthnet_explorer.render import colour_labels, data_url, label_png, png

if TYPE_CHECKING:
    from numpy.typing import NDArray


def decode(file: bytes) -> Image.Image:
    image = Image.open(BytesIO(file))
    assert image.format == "PNG"
    return image


@pytest.mark.parametrize("pixels", [slopes(), quarters(), slopes()[::2, ::-2], np.zeros((1, 5), np.uint8)])
def test_png_is_lossless(pixels: NDArray[np.generic]) -> None:
    assert np.array_equal(np.asarray(decode(png(pixels))), pixels)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4), np.float32),
        np.zeros((0, 4), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((4, 4, 3, 1), np.uint8),
    ],
)
def test_refuses_other_arrays_with_dtype_and_shape(pixels: NDArray[np.generic]) -> None:
    with pytest.raises(LabelError, match=r"got \w+ of shape"):
        png(pixels)


def test_colours_of_a_label_map_identify_its_classes() -> None:
    every = np.arange(12, dtype=np.uint8).repeat(4).reshape(6, 8)
    assert np.array_equal(indices_of_colours(colour_labels(every)), every)


@pytest.mark.parametrize("name", PALETTES)
def test_label_png_has_the_colours_and_the_indices(name: str) -> None:
    file = label_png(quarters(), name)
    assert np.array_equal(np.asarray(decode(file).convert("RGB")), colour_labels(quarters(), name))
    assert np.array_equal(np.asarray(decode(file)), quarters())
    assert len(file) < len(png(colour_labels(quarters(), name)))


def test_palettes_differ_in_their_colours() -> None:
    first, second, third = (palette(name)[1:] for name in PALETTES)
    assert (first != second).any()
    assert len({tuple(colour) for colour in third.tolist()}) == len(third)


@pytest.mark.parametrize("labels", [np.full((4, 4), 12, np.uint8), np.zeros((4, 4), np.int64), np.zeros(4, np.uint8)])
def test_refuses_arrays_that_are_not_a_label_map(labels: NDArray[np.generic]) -> None:
    for draw in (label_png, colour_labels):
        with pytest.raises(LabelError, match="class indices 0 to 11"):
            draw(labels)


def test_refuses_unknown_palette_and_lists_the_palettes() -> None:
    with pytest.raises(LabelError, match="choose one of chatearthnet, worldcover, colourblind"):
        label_png(quarters(), "sepia")


def test_data_url_has_the_whole_file() -> None:
    file = png(quarters())
    kind, _, content = data_url(file).partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(content, validate=True) == file
