"""The six pictures made of bands: their values by hand and by another library, their colours, and what they lack."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest
import rioxarray  # noqa: F401 - registers .rio, by which to_xarray places the bands

from chatearthnet_explorer.band_pictures import NO_DATA, PICTURES, has_gaps, ndvi, normalised_difference, picture_of
from chatearthnet_explorer.chip import BANDS, Chip
from chatearthnet_explorer.errors import EmptyChipError
from chatearthnet_explorer.sources.release.chip_pngs import reflectance
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.tile import SIZE, Tile

INDICES = tuple(id_ for id_, picture in PICTURES.items() if picture.ramp)
# Linear red, green and blue as a protanope and a deuteranope see them (Machado et al., IEEE TVCG 15, 2009, severity 1).
CVD = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "normal": np.eye(3).tolist(),
}


@pytest.fixture(scope="module")
def chip() -> Chip:
    return SimulatedSource().chip_at(-63.15, -10.35, bands=True)


def flat(**bands: float) -> dict[str, np.ndarray]:
    return {name: np.full((2, 3), value, np.float32) for name, value in bands.items()}


def test_there_are_six_pictures_made_of_the_bands_of_the_issue() -> None:
    assert {id_: picture.bands for id_, picture in PICTURES.items()} == {
        "true": ("B04", "B03", "B02"),
        "false": ("B08", "B04", "B03"),
        "ndvi": ("B08", "B04"),
        "ndwi": ("B03", "B08"),
        "ndmi_b11": ("B08", "B11"),
        "ndmi_b12": ("B08", "B12"),
    }


@pytest.mark.parametrize("id_", PICTURES)
def test_each_picture_is_explained_in_words_formula_and_source(id_: str) -> None:
    picture = PICTURES[id_]
    assert picture.id == id_
    assert picture.sentence.endswith(".")
    assert picture.sentence.count(".") == 1
    assert all(name in picture.formula for name in picture.bands)
    assert picture.term
    assert picture.source


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [(0.4, 0.1, 0.6), (0.1, 0.3, -0.5), (0.2, 0.2, 0.0), (0.3, 0.0, 1.0), (0.0, 0.3, -1.0), (0.3, -0.1, 1.0)],
)
def test_normalised_difference_by_hand(first: float, second: float, value: float) -> None:
    result = normalised_difference(np.float32([first]), np.float32([second]))
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, [value], rtol=1e-6)


@pytest.mark.parametrize(("first", "second"), [(0.0, 0.0), (-0.1, 0.05), (np.nan, 0.2), (0.2, np.nan)])
def test_index_without_light_or_data_is_undefined(first: float, second: float) -> None:
    assert np.isnan(normalised_difference(np.float32([first]), np.float32([second]))).all()


def test_released_values_need_reflectance_first() -> None:
    # the two scales of released PNGs: the naive index is 0.45 where 0.71 is right (DATASET.md, Pixels)
    near_infrared, red = np.full((1, 1), 131, np.uint8), np.full((1, 1), 50, np.uint8)
    naive = (131 - 50) / (131 + 50)
    right = ndvi({"B08": reflectance(near_infrared, "B08"), "B04": reflectance(red, "B04")})
    assert round(naive, 2) == 0.45
    assert round(float(right[0, 0]), 2) == 0.71


@pytest.mark.parametrize("id_", INDICES)
def test_index_agrees_with_xarray(id_: str, chip: Chip) -> None:
    picture, dataset = PICTURES[id_], chip.to_xarray()
    first, second = (dataset[name].astype("float64") for name in picture.bands)
    expected = ((first - second) / (first + second)).clip(-1, 1).to_numpy()
    own = normalised_difference(*(chip.bands[name] for name in picture.bands))
    np.testing.assert_allclose(own, expected, atol=1e-6)


@pytest.mark.parametrize("id_", INDICES)
def test_ramp_has_its_colours_at_its_values_and_stays_beyond(id_: str) -> None:
    picture = PICTURES[id_]
    assert picture.ramp is not None
    values = np.array([-1.0, *picture.ramp.values, 1.0])
    # of two bands whose sum is 1, the difference is the index
    bands = dict(zip(picture.bands, (np.float32((1 + values) / 2), np.float32((1 - values) / 2)), strict=True))
    colours = picture.render({name: band[None, :] for name, band in bands.items()})[0]
    expected = [picture.ramp.colours[0], *picture.ramp.colours, picture.ramp.colours[-1]]
    np.testing.assert_allclose(colours.astype(int), expected, atol=1)


def test_true_colour_is_linear_up_to_the_white_of_the_product() -> None:
    bands = flat(B04=0.3558, B03=0.1779, B02=0.9)
    assert PICTURES["true"].render(bands)[0, 0].tolist() == [255, 128, 255]


def test_false_colour_by_hand() -> None:
    # 0.45 is white; a quarter of it to the power 0.8 is 0.3299, so 84
    bands = flat(B08=0.45, B04=0.1125, B03=0.0)
    assert PICTURES["false"].render(bands)[0, 0].tolist() == [255, 84, 0]


@pytest.mark.parametrize("id_", PICTURES)
def test_pixel_without_data_is_grey_and_named(id_: str, chip: Chip) -> None:
    bands = {name: band.copy() for name, band in chip.bands.items()}
    bands[PICTURES[id_].bands[-1]][3, 5] = np.nan
    incomplete = Chip(tile=chip.tile, source="file", bands=MappingProxyType(bands))
    picture = picture_of(incomplete, id_)
    assert tuple(picture[3, 5]) == NO_DATA
    assert has_gaps(incomplete, id_)
    assert not has_gaps(chip, id_)


@pytest.mark.parametrize("id_", PICTURES)
def test_every_picture_of_a_chip_is_a_picture(id_: str, chip: Chip) -> None:
    picture = picture_of(chip, id_)
    assert picture.shape == (SIZE, SIZE, 3)
    assert picture.dtype == np.uint8
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100


def test_true_colour_of_a_chip_is_its_own_picture_and_needs_no_band(chip: Chip) -> None:
    plain = SimulatedSource().chip_at(-63.15, -10.35)
    assert np.array_equal(picture_of(plain, "true"), plain.rgb)
    assert np.array_equal(picture_of(chip, "true"), chip.rgb)


def test_missing_bands_raise_with_the_reason_of_the_chip(chip: Chip) -> None:
    plain = SimulatedSource().chip_at(-63.15, -10.35)
    with pytest.raises(EmptyChipError, match=r"no Plants picture of .*: its bands were not read"):
        picture_of(plain, "ndvi")
    some = {name: chip.bands[name] for name in BANDS if name != "B11"}
    why = "B11 is not in this folder; download s2_band_8_11_12_images.zip."
    incomplete = Chip(tile=Tile(1, 1), source="file", bands=MappingProxyType(some), missing=("No labels.", why))
    with pytest.raises(EmptyChipError, match="B11 is not in this folder") as error_info:
        picture_of(incomplete, "ndmi_b11")
    assert "No labels" not in str(error_info.value)


def _lightness(colour: np.ndarray) -> np.ndarray:
    """Return CIE L* of linear red, green and blue."""
    y = colour @ [0.2126, 0.7152, 0.0722]
    return np.where(y > 0.008856, 116 * np.cbrt(np.clip(y, 0, None)) - 16, 903.3 * y)


def _linear(colours: np.ndarray) -> np.ndarray:
    values = np.asarray(colours) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("vision", CVD)
@pytest.mark.parametrize("id_", INDICES)
def test_ramp_can_be_read_by_colour_blind_people(id_: str, vision: str) -> None:
    ramp = PICTURES[id_].ramp
    assert ramp is not None
    colours = np.clip(_linear(ramp.colours) @ np.array(CVD[vision]).T, 0, 1)
    low, middle, high = _lightness(colours)
    if id_ == "ndvi":  # lightness alone tells it
        assert low - middle > 20
        assert middle - high > 20
    else:  # each half is told by lightness, and the halves by blue against yellow
        assert middle - low > 30
        assert middle - high > 30
        yellow_over_blue = colours[:, :2].mean(axis=1) - colours[:, 2]
        assert yellow_over_blue[0] > 0.05 > -0.05 > yellow_over_blue[2]


@pytest.mark.parametrize("id_", INDICES)
def test_no_data_is_no_colour_of_the_ramp(id_: str) -> None:
    ramp = PICTURES[id_].ramp
    assert ramp is not None
    points = np.linspace(ramp.values[0], ramp.values[-1], 512)
    colours = np.stack([np.interp(points, ramp.values, channel) for channel in zip(*ramp.colours, strict=True)], axis=1)
    assert np.abs(colours - NO_DATA).max(axis=1).min() > 20
