"""The table of classes: codes, colours and indices translate into each other."""

import numpy as np
import pytest

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import (
    CLASSES,
    PALETTES,
    codes_of_indices,
    indices_of_codes,
    indices_of_colours,
    palette,
)

ALL = np.arange(12, dtype=np.uint8)


def test_code_to_index_to_code_is_the_identity() -> None:
    codes = np.array([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100], np.uint8)
    assert (codes_of_indices(indices_of_codes(codes)) == codes).all()
    assert (indices_of_codes(codes.astype(np.int32)) == indices_of_codes(codes)).all()


def test_index_to_colour_to_index_is_the_identity() -> None:
    maps = np.random.default_rng(0).integers(0, 12, (256, 256)).astype(np.uint8)
    assert (indices_of_colours(palette()[maps]) == maps).all()


def test_table_is_ordered_by_index_and_colours_differ_within_a_palette() -> None:
    assert [land.index for land in CLASSES] == ALL.tolist()
    for name in PALETTES:
        colours = palette(name)[1:]
        assert colours.shape == (11, 3)
        assert len({tuple(colour) for colour in colours.tolist()}) == len(colours)


def test_names_of_the_two_styles_differ_in_two_classes_only() -> None:
    differing = {land.name: land.name_4v for land in CLASSES if land.name != land.name_4v}
    assert differing == {"developed area": "developed", "bare land": "bare"}


@pytest.mark.parametrize("codes", [[7], [-10], [300], [10.5]])
def test_refuses_unknown_codes(codes: list[float]) -> None:
    with pytest.raises(LabelError, match="not a land-cover class"):
        indices_of_codes(np.array(codes))


def test_refuses_unknown_colours() -> None:
    rgb = np.zeros((256, 256, 3), np.uint8)
    rgb[3, 4] = 1, 2, 3
    with pytest.raises(LabelError, match=r"\(1, 2, 3\)"):
        indices_of_colours(rgb)


def test_refuses_unknown_palette() -> None:
    with pytest.raises(LabelError, match="rainbow"):
        palette("rainbow")
