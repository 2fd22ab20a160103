"""Cloud: found where it is thick, thin or blue-grey, not mistaken where ice, salt, sand, labelled snow or sea is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.review.checks import judge_picture
from chatearthnet_explorer.review.chip_checks import CLOUDY, Picture
from chatearthnet_explorer.review.cloud_cover import cloud_cover
from chatearthnet_explorer.review.label_counts import Cover

if TYPE_CHECKING:
    from pathlib import Path

BLUE_GREY, WHITE = (90, 104, 140), (240, 243, 248)
"""The first is the median of released chip 4318_2656_patch11, the only one at hand that is all cloud."""

FOREST, SEA, DESERT = (40, 66, 68), (28, 51, 78), (181, 144, 137)
"""Medians of released chips."""


def _smooth(seed: int, *, bumps: int = 4, contrast: float = 60.0) -> np.ndarray:
    """Heights about 0 without detail, (256, 256, 1)."""
    grid = np.random.default_rng(seed).random((bumps, bumps)).astype(np.float32)
    large = np.asarray(Image.fromarray(grid).resize((256, 256), Image.Resampling.BICUBIC))
    return contrast * (large[..., None] - 0.5)


def _ground(colour: tuple[int, int, int], seed: int = 0, *, contrast: float = 12.0) -> np.ndarray:
    """A surface with detail down to the pixel, in all channels alike."""
    fine = np.random.default_rng(seed).normal(0, contrast, (128, 128)).repeat(2, 0).repeat(2, 1)
    return np.clip(np.array(colour) + fine[..., None], 0, 255)


def _picture(values: np.ndarray) -> np.ndarray:
    return np.clip(values + 0.5, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("colour", [BLUE_GREY, WHITE, (160, 168, 185)])
@pytest.mark.parametrize("ground", [FOREST, SEA, DESERT])
@pytest.mark.parametrize("thick", [0.85, 1.0])
def test_finds_cloud_of_any_colour_over_any_ground(
    colour: tuple[int, int, int], ground: tuple[int, int, int], thick: float
) -> None:
    rgb = _picture((1 - thick) * _ground(ground, contrast=5) + thick * (colour + _smooth(1)))
    assert cloud_cover(rgb).percent > 80
    assert [one.check for one in judge_picture(Picture(rgb))] == ["mostly cloud"]


@pytest.mark.parametrize("share", [0.2, 0.3, 0.5, 0.8])
def test_counts_the_share_that_is_under_cloud(share: float) -> None:
    rgb = _ground(FOREST)
    rgb[: int(256 * share)] = (WHITE + _smooth(2))[: int(256 * share)]
    assert cloud_cover(_picture(rgb)).percent == pytest.approx(100 * share, abs=4)
    assert bool(judge_picture(Picture(_picture(rgb)))) == (100 * share > CLOUDY)


@pytest.mark.parametrize(
    ("colour", "contrast"),
    [
        (FOREST, 12),
        (SEA, 3),
        (SEA, 8),
        (DESERT, 5),
        ((43, 79, 129), 2),  # sea, low sun
        ((90, 145, 160), 3),  # shallow sea
        ((120, 115, 105), 3),  # turbid water
        ((225, 215, 200), 6),  # salt
        ((190, 185, 178), 4),  # grey salt
        ((250, 235, 210), 4),  # bright sand
        ((115, 110, 121), 20),  # a town in haze
        ((137, 141, 162), 20),  # ice on a river
        ((200, 205, 215), 20),  # snow with trees
    ],
)
def test_raises_no_alarm_on_clear_ground(colour: tuple[int, int, int], contrast: float) -> None:
    pictures = [_ground(colour, contrast=contrast)]
    if contrast < 20:  # a smooth town is none, and smooth ice looks as cloud does
        pictures.append(colour + _smooth(3, contrast=2 * contrast))
    for rgb in map(_picture, pictures):
        assert cloud_cover(rgb).percent < 1
        assert not judge_picture(Picture(rgb))


def test_surf_is_not_cloud() -> None:
    rgb = _ground(SEA, contrast=4)
    rgb[100:106] = 235
    rgb[120:123] = 250
    assert cloud_cover(_picture(rgb)).percent < 5


def _cover_of(name: str) -> Cover:
    index = next(land.index for land in CLASSES if land.name == name)
    return Cover(count_pixels(np.full((256, 256), index, np.uint8)), style="4v")


def test_labels_explain_snow_and_white_salt_but_not_grey_cloud_over_sand() -> None:
    salt = np.full((256, 256, 3), 253, np.uint8)
    salt[:60] = 40
    cloud = _picture(BLUE_GREY + _smooth(4))
    assert cloud_cover(salt).white > 70
    assert cloud_cover(cloud).white == 0
    assert judge_picture(Picture(salt))[0].evidence.endswith("; without labels, snow and salt cannot be ruled out.")
    for name, rgb, is_cloudy in (
        ("bare land", salt, False),
        ("snow", salt, False),
        ("snow", cloud, False),
        ("crop", salt, True),
        ("bare land", cloud, True),
    ):
        assert bool(judge_picture(Picture(rgb, cover=_cover_of(name)))) == is_cloudy, name


def test_separates_cloudy_and_clear_real_chips(realdata: Path) -> None:
    """Two whole released chips, and those cut from figures: by eye 20 % cloud, 2 %, ice, and none."""
    ranges = {"4281_2920_patch11": (10, 25), "6393_3790_patch01": (0, 4), "2416_2932_patch11": (0, 20)}
    ranges["4318_2656_patch11"] = (90, 100)  # where somebody has it
    paths = sorted((realdata / "chatearthnet").glob("chips*/*.png"))
    if not paths:
        pytest.skip("no released chips in the folder of real files")
    for path in paths:
        with Image.open(path) as image:
            percent = cloud_cover(np.asarray(image.convert("RGB").resize((256, 256)))).percent
        low, high = ranges.get(path.stem, (0, 1))
        assert low <= percent <= high, path.name


def test_real_scenes_of_land_and_surf_are_clear(realdata: Path) -> None:
    import rasterio

    paths = sorted((realdata / "sentinel2" / "S2RGB").glob("*.tif"))
    if not paths:
        pytest.skip("no scenes in the folder of real files")
    for path in paths:
        with rasterio.open(path) as file:
            rgb = np.moveaxis(file.read(), 0, 2)
        assert cloud_cover(np.pad(rgb, ((0, 32), (0, 32), (0, 0)), mode="reflect")).percent < 1, path.name
