"""The six pictures in the chip view: read and drawn when one is chosen, and what is said where that fails."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from dataclasses import replace
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from rig.chat_server import MODEL, TEXT, chat_server
from rig.hostile import ATTACK
from rig.samples import small_sample
from traitlets import TraitError

from chatearthnet_explorer.band_pictures import PICTURES, picture_of
from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.chip import BANDS, Chip, Scene
from chatearthnet_explorer.errors import SourceError
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.explore.explorer import Explorer
from chatearthnet_explorer.widgets.shared.band_tabs import READING, STOP_MESSAGE
from chatearthnet_explorer.widgets.shared.chip_view import ChipView

if TYPE_CHECKING:
    from collections.abc import Callable

PLACE = (-63.15, -10.35)
PLAIN, FULL = (SimulatedSource().chip_at(*PLACE, bands=bands) for bands in (False, True))


def pixels(view: ChipView) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(view.picture)))


def failing(sentence: str) -> Callable[[Chip], Chip]:
    def read(_: Chip) -> Chip:
        raise SourceError(sentence)

    return read


@pytest.mark.parametrize("id_", PICTURES)
def test_chosen_picture_is_drawn_from_the_bands_of_the_chip(id_: str) -> None:
    view = ChipView(chip=FULL)
    view.band_picture = id_
    np.testing.assert_array_equal(pixels(view), picture_of(FULL, id_))
    assert view.band_error == ""
    assert view.band_note == ("" if id_ == "true" else FULL.scene.radiometry)


def test_bands_are_read_when_a_picture_is_chosen_and_only_once() -> None:
    reads: list[Chip] = []
    view = ChipView(chip=PLAIN)
    assert not view.bands_offered
    view.read_bands_with(lambda chip: (reads.append(chip), FULL)[1])
    assert view.bands_offered
    assert reads == []
    view.band_picture = "ndvi"
    view.band_picture = "ndwi"
    np.testing.assert_array_equal(pixels(view), picture_of(FULL, "ndwi"))
    view.band_picture = "true"
    np.testing.assert_array_equal(pixels(view), PLAIN.rgb)
    assert len(reads) == 1


def test_another_place_begins_with_true_colour_and_its_own_bands() -> None:
    other = SimulatedSource().chip_at(6.73, 0.336)
    reads: list[Chip] = []
    view = ChipView(chip=PLAIN)
    view.read_bands_with(lambda chip: (reads.append(chip), SimulatedSource().chip_at(*chip.tile.center, bands=True))[1])
    view.band_picture = "ndvi"
    view.chip = other
    assert view.band_picture == "true"
    np.testing.assert_array_equal(pixels(view), other.rgb)
    view.band_picture = "ndvi"
    assert [chip.tile for chip in reads] == [PLAIN.tile, other.tile]


def test_labels_that_arrive_later_leave_the_chosen_picture() -> None:
    view = ChipView(chip=replace(PLAIN, labels=None))
    view.read_bands_with(lambda _: FULL)
    view.band_picture = "ndwi"
    view.chip = PLAIN
    assert view.band_picture == "ndwi"
    np.testing.assert_array_equal(pixels(view), picture_of(FULL, "ndwi"))


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (failing("No bands here: the archive is not in this folder; download it."), "download it."),
        (lambda _: PLAIN, "There is no Plants picture of"),
        (
            lambda chip: replace(FULL, scene=Scene(catalogue="x", item="another"), simulated=chip.simulated),
            "another scene",
        ),
        (lambda _: 1 / 0, "The bands could not be read"),
        (failing(f"{ATTACK} is no scene."), "is no scene."),
    ],
)
def test_failure_is_one_sentence_and_true_colour_stays(read: Callable[[Chip], Chip], sentence: str) -> None:
    view = ChipView(chip=PLAIN)
    view.read_bands_with(read)
    view.band_picture = "ndvi"
    assert sentence in view.band_error
    assert "\u202e" not in view.band_error
    assert view.band_picture == "true"
    assert view.band_progress == ""
    np.testing.assert_array_equal(pixels(view), PLAIN.rgb)
    view.read_bands_with(lambda _: FULL)  # and then it works
    view.band_picture = "ndvi"
    assert view.band_error == ""


def test_simulated_bands_are_no_bands_of_a_real_picture() -> None:
    view = ChipView(chip=replace(PLAIN, simulated=False))
    view.read_bands_with(lambda _: FULL)
    view.band_picture = "ndvi"
    assert "only simulated ones" in view.band_error


def test_one_missing_band_leaves_the_other_pictures() -> None:
    bands = MappingProxyType({name: FULL.bands[name] for name in BANDS if name != "B12"})
    view = ChipView(chip=replace(FULL, bands=bands, missing=("B12 is missing in this scene.",)))
    view.band_picture = "ndmi_b12"
    assert "B12 is missing in this scene." in view.band_error
    view.band_picture = "ndmi_b11"
    np.testing.assert_array_equal(pixels(view), picture_of(FULL, "ndmi_b11"))


@pytest.mark.parametrize("state", [{"band_picture": "infrared"}, {"band_picture": 1}, {"band_stops": "x"}])
def test_page_cannot_choose_what_there_is_not(state: dict[str, Any]) -> None:
    view = ChipView(chip=FULL)
    with pytest.raises(TraitError):
        view.set_state(state)
    assert view.band_picture == "true"


def test_reading_shows_a_message_and_can_be_cancelled() -> None:
    release, under_way = threading.Event(), threading.Event()

    def read(_: Chip) -> Chip:
        under_way.set()
        release.wait(60)
        return FULL

    async def run() -> ChipView:
        view = ChipView(chip=PLAIN)
        view.read_bands_with(read)
        view.band_picture = "ndvi"
        assert view.band_progress == READING
        assert await asyncio.to_thread(under_way.wait, 20)
        view.band_stops += 1
        assert (view.band_progress, view.band_error, view.band_picture) == ("", STOP_MESSAGE, "true")
        release.set()
        await asyncio.sleep(0.2)
        return view

    view = asyncio.run(run())
    np.testing.assert_array_equal(pixels(view), PLAIN.rgb)  # the late bands were dropped


def test_closed_view_lets_go_of_the_bands() -> None:
    view = ChipView(chip=PLAIN)
    view.read_bands_with(lambda _: replace(FULL))
    view.band_picture = "ndvi"
    bands = weakref.ref(view._band_chip)
    assert bands() is not None
    view.close()
    del view
    gc.collect()
    assert bands() is None


def test_explorer_reads_bands_of_a_place_on_demand() -> None:
    explorer = Explorer(source="simulated", place=None)
    explorer.go(*PLACE)
    assert not explorer.result.chip.bands
    explorer.chip_view.band_picture = "false"
    np.testing.assert_array_equal(pixels(explorer.chip_view), picture_of(FULL, "false"))


def test_explorer_fetches_bands_for_the_third_style_and_sends_six_pictures() -> None:
    with chat_server() as server:
        writer = open_captioner("vision", base_url=server.base_url)
        explorer = Explorer(source="simulated", captioner=writer, place=None)
        explorer.go(*PLACE)
        assert explorer.result.error is not None  # a 3.5 prompt has no picture
        explorer.options.style = "multispectral"
        assert explorer.result.chip.bands
        assert len(explorer.prompt_view.images) == 6
        assert len(explorer.prompt_view.fields["image_texts"]) == 6
        assert explorer.ask_bar.label
        assert server.requests == []  # nothing without a press
        explorer.prompt_view.ask_again()
        assert explorer.result.caption.text == TEXT
        assert explorer.result.caption.byline.startswith(f"Written by {MODEL} from six pictures of the bands")
        assert len(server.requests) == 1
        remark = explorer.caption_view.columns[-1]["label_maps"][0]
        assert remark == "The multispectral style is a comparison, not the better style."


def test_fixed_sentences_explain_that_they_cannot_write_the_third_style() -> None:
    explorer = Explorer(source="simulated", place=None)
    explorer.go(*PLACE)
    explorer.options.style = "multispectral"
    assert explorer.result.caption is None
    assert "choose a vision model" in explorer.caption_view.error
    explorer.options.style = "3.5"
    assert explorer.result.caption is not None


def test_choice_of_pictures_makes_another_prompt() -> None:
    explorer = Explorer(source="simulated", captioner="vision", place=None)
    explorer.options.style = "multispectral"
    explorer.options.image = "true colour"
    explorer.visit(*PLACE)
    assert not explorer.result.chip.bands  # never more than needed
    assert explorer.result.prompt.facts.labels == ("True colour",)
    explorer.options.image = "labels"
    assert explorer.result.prompt.facts.labels == ("Label map",)
    explorer.options.image = ""
    assert len(explorer.result.prompt.images) == 6


def test_pair_of_a_release_shows_approximate_pictures_of_its_archives() -> None:
    sample = small_sample()
    browser = Browser(sample.catalog, release=sample.release)
    view = browser.pair_view.chip_view
    for pair in sample.catalog.search(limit=1100):
        if "no picture" not in pair.flags and pair.record.tile is not None:
            browser.pair_view.pair = pair
            if view.bands_offered and len(np.unique(view.chip.rgb)) > 20:
                break
    assert view.bands_offered
    view.band_picture = "ndmi_b12"
    assert view.band_error == ""
    assert "approximate" in view.band_note
    assert len(np.unique(pixels(view).reshape(-1, 3), axis=0)) > 20
