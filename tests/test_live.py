"""One real click, search and chip of the release: run by ``python -m pytest -m live``, with network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from chatearthnet_explorer.doctor import LAT, LON
from chatearthnet_explorer.net.service_addresses import STAC_APIS
from chatearthnet_explorer.pipeline import caption_at
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.release.release_reader import open_release
from chatearthnet_explorer.sources.stac.stac_source import StacSource

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.live, pytest.mark.enable_socket]

REAL_CHIP = "1314_3172_patch11"


def test_click_gets_real_picture_labels_and_caption(tmp_path: Path) -> None:
    captioned = caption_at(LON, LAT, source=StacSource(Settings(cache=tmp_path)))
    assert captioned.chip.rgb is not None, captioned.chip.missing
    assert captioned.chip.labels is not None, captioned.chip.missing
    assert captioned.caption is not None


@pytest.mark.parametrize("catalogue", STAC_APIS)
def test_search_lists_real_scenes(catalogue: str, tmp_path: Path) -> None:
    scenes = StacSource(Settings(catalogues=(catalogue,), cache=tmp_path)).scenes_at(LON, LAT)
    assert scenes
    assert all(scene.acquisition_time.year == 2020 for scene in scenes)


def test_release_gives_real_chip(tmp_path: Path, realdata: Path) -> None:
    from PIL import Image

    release = open_release("zenodo:11003436", settings=Settings(cache=tmp_path))
    images = release.images([REAL_CHIP])
    assert not images.missing, images.missing
    reference = np.asarray(Image.open(realdata / "chatearthnet" / "chips" / f"{REAL_CHIP}.png").convert("RGB"))
    assert np.array_equal(images.pixels[REAL_CHIP], reference)
