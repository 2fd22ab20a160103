"""Reflectance: the offset of baseline 04.00 is taken off once, whatever a catalogue says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from chatearthnet_explorer.sources.stac.reflectance import reflectance, true_colour
from chatearthnet_explorer.sources.stac.stac_item import stac_item

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TRUE = np.random.default_rng(0).uniform(0.005, 0.4, (3, 64, 64)).astype(np.float32)
ALL = np.ones((64, 64), bool)


def numbers(offset: float) -> NDArray[np.uint16]:
    """What a file holds of ``TRUE`` if this offset is to be added after scaling."""
    return np.rint((TRUE - offset) * 10_000).astype(np.uint16)


CASES = {
    # in the file, baseline, scale, offset, applied, words
    "Collection 1 of 2020, scale and offset given": (-0.1, "05.00", 0.0001, -0.1, None, "given by the catalogue"),
    "Earth Search: offset given, and said to be applied": (0.0, "05.00", 0.0001, -0.1, True, "was applied"),
    "Earth Search: said not to be applied, and it is": (0.0, "05.00", 0.0001, -0.1, False, "had been applied"),
    "Earth Search: not applied": (-0.1, "05.00", 0.0001, -0.1, False, "given by the catalogue"),
    "before 04.00, yet an offset is given": (0.0, "02.14", 0.0001, -0.1, None, "had been applied"),
    "Planetary Computer before 04.00": (0.0, "02.12", None, None, None, "no offset"),
    "Planetary Computer since 04.00": (-0.1, "04.00", None, None, None, "due since baseline 04.00"),
    "baseline 10 and later": (-0.1, "10.00", None, None, None, "due since baseline 04.00"),
    "nothing known": (0.0, None, None, None, None, "baseline not known"),
    "said to be applied, without an offset": (0.0, "05.00", None, None, True, "was applied"),
    "an offset of zero": (0.0, "05.00", 0.0001, 0.0, None, "no offset"),
}


@pytest.mark.parametrize(("value", "baseline", "scale", "offset", "offset_applied", "words"), CASES.values(), ids=CASES)
def test_reflectance_is_what_it_was(
    value: float,
    baseline: str | None,
    scale: float | None,
    offset: float | None,
    offset_applied: bool | None,
    words: str,
) -> None:
    light, sentence = reflectance(
        numbers(value), valid=ALL, baseline=baseline, scale=scale, offset=offset, offset_applied=offset_applied
    )
    assert light.dtype == np.float32
    assert light == pytest.approx(TRUE, abs=0.0001)
    assert words in sentence
    assert sentence.endswith(").")


def test_the_darkest_band_speaks_for_all() -> None:
    true = np.full((2, 64, 64), 0.3, np.float32)
    true[1] = 0.02  # water in the near infrared; the first band alone would not give the double offset away
    light, sentence = reflectance((true * 10_000).astype(np.uint16), valid=ALL, baseline="05.00", offset=-0.1)
    assert light == pytest.approx(true, abs=0.0001)
    assert "had been applied" in sentence


def test_no_data_is_nan_and_does_not_decide_the_offset() -> None:
    value = numbers(-0.1)
    valid = ALL.copy()
    value[:, :20] = 0
    valid[:20] = False
    light, sentence = reflectance(value, valid=valid, baseline="05.00")
    assert np.isnan(light[:, :20]).all()
    assert light[:, 20:] == pytest.approx(TRUE[:, 20:], abs=0.0001)
    assert "minus 0.1" in sentence


def test_band_without_data_is_nan() -> None:
    light, sentence = reflectance(np.zeros((2, 4, 4), np.uint16), valid=np.zeros((4, 4), bool), baseline="05.00")
    assert np.isnan(light).all()
    assert sentence.endswith(".")
    assert "minus 0.1 " in sentence


def test_a_real_product_is_not_darkened_twice(realdata: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    folder = realdata / "sentinel2" / "product_120m" / "S2A_33TWL_20230815_0_L2A"
    raw = json.loads((folder / f"{folder.name}.json").read_text())
    for asset in raw["assets"].values():
        asset["href"] = f"http://127.0.0.1/{asset['href']}"
    item = stac_item(raw, catalogue="x")
    assert item
    bands = []
    for name in ("B02", "B03", "B04", "B08"):
        with rasterio.open(folder / f"{name}.tif") as file:
            bands.append(file.read(1))
    value = np.stack(bands)
    red = item.assets["B04"]
    assert (item.baseline, item.offset_applied, red.offset) == ("05.09", True, -0.1)
    for offset_applied in (True, False, None):  # even where the catalogue's word is wrong or lacking
        light, sentence = reflectance(
            value,
            valid=value.min(0) > 0,
            baseline=item.baseline,
            scale=red.scale,
            offset=red.offset,
            offset_applied=offset_applied,
        )
        assert "applied" in sentence
        near, visible = light[3], light[2]
        has_data = np.isfinite(near)
        assert 0 < np.nanpercentile(visible, 1) < 0.05
        ndvi = (near - visible)[has_data] / (near + visible)[has_data]
        assert 0.7 < np.median(ndvi) < 0.95  # 96 % of the scene is vegetation


@pytest.mark.parametrize(
    ("offset", "words"), [(0.05, "times 0.0001 plus 0.05 ("), (-0.05, "times 0.0001 minus 0.05 (")]
)
def test_a_given_offset_is_named_with_its_sign(offset: float, words: str) -> None:
    light, sentence = reflectance(np.full((1, 64, 64), 3000, np.uint16), valid=ALL, baseline="05.00", offset=offset)
    assert words in sentence
    assert light == pytest.approx(0.3 + offset, abs=1e-6)


def test_true_colour_has_no_data_where_one_of_three_bands_has_none() -> None:
    light = np.full((3, 1, 3), 0.1, np.float32)
    light[0, 0, 0] = light[1, 0, 1] = np.nan
    assert true_colour(*light)[0].tolist() == [[0, 0, 0], [0, 0, 0], [128, 128, 128]]
