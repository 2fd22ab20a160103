"""Limits of what is given: pictures, label maps, places, plans and numbers just below, at and just above them."""

from __future__ import annotations

import math
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from rig.part_counts import part_counts

from chatearthnet_explorer.errors import LabelError, PlaceError, PlanError, RasterError
from chatearthnet_explorer.landcover.legend import indices_of_codes, indices_of_colours
from chatearthnet_explorer.landcover.shares import check_labels
from chatearthnet_explorer.review import chip_checks
from chatearthnet_explorer.review.checks import judge_picture
from chatearthnet_explorer.review.chip_checks import Picture, picture_of
from chatearthnet_explorer.review.cloud_cover import CloudCover
from chatearthnet_explorer.review.label_counts import Cover
from chatearthnet_explorer.review.margin_of_error import margin_of, sample_size
from chatearthnet_explorer.review.sampling import simple_random, stratified_sample
from chatearthnet_explorer.sources.stac import scene_pixels
from chatearthnet_explorer.sources.stac.raster_windows import Read
from chatearthnet_explorer.sources.stac.reflectance import reflectance
from chatearthnet_explorer.tile import Tile, wrap_longitude

# --- pictures


def _stripes(low: int, high: int) -> np.ndarray:
    rgb = np.full((256, 256, 3), low, np.uint8)
    rgb[::2, :, 1] = high
    return rgb


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (77, 77, {"uniform"}),
        (77, 79, {"uniform"}),
        (77, 80, set()),
        (0, 0, {"all black"}),
        (0, 1, {"uniform"}),
        (255, 255, {"all white"}),
        (254, 255, {"uniform"}),
        (253, 255, {"uniform"}),
        (252, 255, {"mostly cloud"}),
    ],
)
def test_pictures_are_uniform_within_two_grey_values(low: int, high: int, expected: set[str]) -> None:
    assert {one.check for one in judge_picture(Picture(_stripes(low, high)))} == expected


def test_a_coloured_picture_is_uniform_and_named_by_its_first_pixel() -> None:
    rgb = np.full((256, 256, 3), (40, 66, 90), np.uint8)
    rgb[0, 0] = 41, 66, 90
    (finding,) = judge_picture(Picture(rgb))
    assert finding.evidence == "All pixels are within 2 of the colour 41 66 90."
    assert finding.figure == 1


def test_blank_pictures_give_their_grey_value_and_broken_ones_none() -> None:
    figures = [judge_picture(Picture(_stripes(grey, grey)))[0].figure for grey in (0, 255)]
    assert figures == [0.0, 255.0]
    assert judge_picture(Picture(None))[0].figure is None
    assert Picture(None).spread == -1


@pytest.mark.parametrize(
    ("percent", "white", "snow", "bare", "expected"),
    [
        (39.9, 0.0, 0, 0, False),
        (40.0, 0.0, 0, 0, True),
        (40.1, 0.0, 0, 0, True),
        (59.9, 0.0, 2000, 0, False),  # snow explains as much as there is of it
        (60.0, 0.0, 2000, 0, True),
        (90.0, 30.0, 0, 6000, True),  # bare land explains what is white, 30 %
        (69.9, 30.0, 0, 6000, False),
        (90.0, 80.0, 0, 5000, True),  # and not more than there is of it, 50 %
        (89.9, 80.0, 0, 5000, False),
        (99.9, 40.0, 2000, 4000, False),
        (100.0, 40.0, 2000, 4000, True),
    ],
)
def test_cloud_is_reported_from_forty_percent_that_labels_do_not_explain(
    monkeypatch: pytest.MonkeyPatch,
    percent: float,
    white: float,
    snow: int,
    bare: int,
    expected: bool,
) -> None:
    monkeypatch.setattr(chip_checks, "cloud_cover", lambda _: CloudCover(percent, white))
    cover = Cover(part_counts({"snow": snow, "bare": bare}), style="4v") if snow or bare else None
    findings = judge_picture(Picture(_stripes(20, 120), cover=cover))
    assert bool(findings) == expected
    assert all(one.figure == percent for one in findings)


def _png(rgb: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "is_broken"),
    [
        (_png(_stripes(20, 120)).ljust(999_999, b"\0"), False),
        (_png(_stripes(20, 120)).ljust(1_000_000, b"\0"), False),
        (_png(_stripes(20, 120)).ljust(1_000_001, b"\0"), True),
        (_png(_stripes(20, 120)[:255]), True),
        (_png(_stripes(20, 120)[:, :255]), True),
        (_png(_stripes(20, 120))[:-100], True),
        (b"", True),
    ],
    ids=["below a megabyte", "a megabyte", "above a megabyte", "a row less", "a column less", "cut off", "empty"],
)
def test_files_of_a_picture_are_whole_and_at_most_a_megabyte(data: bytes, is_broken: bool) -> None:
    assert [one.check for one in judge_picture(picture_of(data))] == (["broken picture"] if is_broken else [])


# --- label maps


@pytest.mark.parametrize(
    ("colour", "index"),
    [
        ((4, 0, 255), 1),
        ((0, 4, 251), 1),
        ((5, 0, 255), None),
        ((0, 0, 250), None),
        ((0, 196, 4), 3),
        ((0, 187, 0), None),
        ((0, 104, 0), 3),  # WorldCover's own green
        ((0, 105, 0), None),
        ((0, 0, 0), 0),
        ((0, 0, 1), None),  # an index shown as grey is nearly black
        ((1, 1, 1), None),
    ],
)
def test_colours_may_be_off_by_four_and_black_by_nothing(colour: tuple[int, int, int], index: int | None) -> None:
    rgb = np.full((2, 3, 3), colour, np.uint8)
    if index is None:
        with pytest.raises(LabelError, match="land-cover class"):
            indices_of_colours(rgb)
    else:
        assert indices_of_colours(rgb).tolist() == [[index] * 3] * 2


@pytest.mark.parametrize(("strange", "more"), [(1, ""), (3, ""), (4, " and 1 more"), (7, " and 4 more")])
def test_three_strange_colours_are_named(strange: int, more: str) -> None:
    rgb = np.zeros((1, strange, 3), np.uint8)
    rgb[0, :, 0] = 20 + 10 * np.arange(strange)
    colours = ", ".join(f"({20 + 10 * one}, 0, 0)" for one in range(min(strange, 3)))
    with pytest.raises(LabelError) as error_info:
        indices_of_colours(rgb)
    assert f"the colour {colours}{more}, which is" in str(error_info.value)


@pytest.mark.parametrize("code", [-1, 1, 9, 11, 99, 101, 254, 255, 256, 266, 10.5, -0.5])
def test_codes_beside_those_of_worldcover_are_refused(code: float) -> None:
    with pytest.raises(LabelError, match=rf"code {code}"):
        indices_of_codes(np.array([10, code, 20]))


@pytest.mark.parametrize("code", [1, 254, 255])
def test_bytes_beside_those_of_worldcover_are_refused(code: int) -> None:
    with pytest.raises(LabelError, match=rf"code {code}"):
        indices_of_codes(np.array([10, code, 20], np.uint8))


# --- places


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (16_384, 0), (0, -1), (0, 16_384)])
def test_tiles_beyond_the_grid_are_refused(x: int, y: int) -> None:
    with pytest.raises(PlaceError, match="from 0 to 16383"):
        Tile(x, y)


def test_the_first_and_the_last_tile_are_on_the_grid() -> None:
    assert (Tile(0, 0).name, Tile(16_383, 16_383).name) == ("0_0_patch00", "8191_8191_patch11")
    assert Tile.from_name("8191_8191_patch11") == Tile(16_383, 16_383)
    with pytest.raises(PlaceError, match="from 0 to 16383"):
        Tile.from_name("8192_0_patch00")


@pytest.mark.parametrize(
    ("lon", "expected"),
    [
        (-180.0, -180.0),
        (math.nextafter(-180.0, -181.0), 180.0),  # just west of it, to the last digit
        (-180.5, 179.5),
        (179.9999999, 179.9999999),
        (180.0, -180.0),
        (180.5, -179.5),
        (0.1, 0.1),
        (171.3, 171.3),
        (-171.3, -171.3),
        (175.1, 175.1),
        (165.7, 165.7),
        (530.0, 170.0),
    ],
)
def test_longitudes_are_wrapped_at_180(lon: float, expected: float) -> None:
    result = wrap_longitude(lon)
    assert result == pytest.approx(expected, abs=1e-9)
    if -180.0 <= lon < 180.0:
        assert result == lon  # not a digit of what is right may be lost


@pytest.mark.parametrize(
    ("lon", "lat", "tile"),
    [
        (-180.0, 85.0511287798066, (0, 0)),
        (180.0, 0.0, (0, 8192)),
        (math.nextafter(180.0, 0.0), 1e-9, (16_383, 8191)),
        (0.0, 0.0, (8192, 8192)),
        (-1e-9, -1e-9, (8191, 8192)),
        (0.0, -85.0511287798, (8192, 16_383)),
        (0.02197265625, 0.0, (8193, 8192)),  # 360 / 16,384 degrees: the next column starts here
        (0.02197265624, 0.0, (8192, 8192)),
    ],
)
def test_tiles_hold_their_west_and_north_edge(lon: float, lat: float, tile: tuple[int, int]) -> None:
    result = Tile.at(lon, lat)
    assert (result.x, result.y) == tile


@pytest.mark.parametrize(("lat", "is_refused"), [(85.05112877, False), (85.05112879, True)])
def test_latitudes_end_where_web_mercator_does(lat: float, is_refused: bool) -> None:
    for sign in (1, -1):
        if is_refused:
            with pytest.raises(PlaceError, match="nearer to the equator"):
                Tile.at(10.0, sign * lat)
        else:
            assert Tile.at(10.0, sign * lat).y == (0 if sign > 0 else 16_383)


@pytest.mark.parametrize(
    "name",
    [
        "3886_3141_patch02",
        "3886_3141_patch20",
        "38860_3141_patch00",
        "3886_31410_patch00",
        "_3141_patch00",
        "3886_3141_patch00.PNG",
        "3886_3141_patch00.png.png",
        "3886_3141_patch000",
        " 3886_3141_patch00",
        "٣886_3141_patch00",
    ],
)
def test_names_that_are_nearly_right_have_no_place(name: str) -> None:
    with pytest.raises(PlaceError, match="chip name"):
        Tile.from_name(name)


def test_a_wrong_name_is_quoted_to_80_characters() -> None:
    with pytest.raises(PlaceError) as error_info:
        Tile.from_name("x" * 500)
    assert str(error_info.value).count("x") == 80
    with pytest.raises(PlaceError) as error_info:
        Tile.from_name("x" * 79 + "yz")
    assert "xy'" in str(error_info.value)


# --- plans


@pytest.mark.parametrize(("n", "is_refused"), [(0, True), (1, False), (9, False), (10, False), (11, True)])
def test_samples_have_one_pair_to_all_of_them(n: int, is_refused: bool) -> None:
    names = [f"{number}.png" for number in range(10)]
    strata = dict.fromkeys(names, "all of it")
    for draw in (lambda: simple_random(names, n), lambda: stratified_sample(strata, n, facet="split")):
        if is_refused:
            with pytest.raises(PlanError, match=r"needs at least one pair|choose fewer"):
                draw()
        else:
            assert len(set(draw().names)) == n


@pytest.mark.parametrize("margin", [-0.1, 0.0, 1.0, 1.1, math.nan])
def test_margins_lie_between_0_and_1(margin: float) -> None:
    with pytest.raises(PlanError, match="margin must be between 0 and 1"):
        sample_size(margin)
    assert sample_size(0.999) == 1
    assert sample_size(0.001) == 960_365


@pytest.mark.parametrize("wrong", [-0.1, 0.0, 1.0, 1.1, math.nan])
def test_confidence_and_expected_rate_lie_between_0_and_1(wrong: float) -> None:
    for ask in (lambda **options: sample_size(0.05, **options), lambda **options: margin_of(10, **options)):
        with pytest.raises(PlanError, match="confidence must be between 0 and 1"):
            ask(confidence=wrong)
        with pytest.raises(PlanError, match="expected rate must be between 0 and 1"):
            ask(expected=wrong)


# --- scenes


@pytest.mark.parametrize(
    ("data", "is_refused"),
    [
        (np.full((1, 256, 256), 11, np.uint8), False),
        (np.full((1, 256, 256), 12, np.uint8), True),
        (np.full((2, 256, 256), 4, np.uint8), True),
        (np.full((1, 256, 256), 4, np.uint16), True),
        (np.full((0, 256, 256), 4, np.uint8), True),
    ],
    ids=["snow", "beyond snow", "two bands", "two bytes", "no band"],
)
def test_a_scene_classification_has_codes_0_to_11(data: np.ndarray, is_refused: bool) -> None:
    read = Read(data=data, valid=np.ones((256, 256), bool))
    if is_refused:
        with pytest.raises(RasterError, match="codes outside 0 to 11"):
            scene_pixels._codes(read)
    else:
        assert (scene_pixels._codes(read) == data[0]).all()


# --- reflectance


@pytest.mark.parametrize(("darkest", "twice"), [(490, True), (510, False)])
def test_an_offset_is_not_taken_twice_where_ground_would_be_black(darkest: int, twice: bool) -> None:
    """A first percentile of -0.05 after the offset, which is a number of 500 before it."""
    numbers = np.full((1, 10, 10), 3000, np.uint16)
    numbers[0, 0] = darkest
    light, message = reflectance(numbers, valid=np.ones((10, 10), bool), baseline="05.00")
    assert ("had been applied" in message) == twice
    assert light[0, 5, 5] == pytest.approx(0.3 if twice else 0.2)


@pytest.mark.parametrize(("index", "is_refused"), [(11, False), (12, True), (255, True)])
def test_one_pixel_beyond_the_last_class_makes_no_label_map(index: int, is_refused: bool) -> None:
    labels = np.full((256, 256), 3, np.uint8)
    labels[200, 17] = index
    if is_refused:
        with pytest.raises(LabelError, match=f"class indices 0 to 11, got {index}"):
            check_labels(labels)
    else:
        assert check_labels(labels) is labels


@pytest.mark.parametrize("shape", [(255, 256), (256, 255), (257, 256), (256, 256, 1), (65_536,)])
def test_label_maps_have_256_rows_and_columns(shape: tuple[int, ...]) -> None:
    with pytest.raises(LabelError, match=f"got {' x '.join(map(str, shape))}"):
        check_labels(np.zeros(shape, np.uint8))
