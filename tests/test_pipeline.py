"""The whole flow: what became of a click, what is said where something is not there, and code that gives the same."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from rig.chat_server import MODEL, chat_server

from chatearthnet_explorer import caption_at, open_captioner, open_source
from chatearthnet_explorer.chip import Chip, Scene
from chatearthnet_explorer.errors import Cancelled, PlaceError, SettingError, WordingError
from chatearthnet_explorer.pipeline import Captioned, caption_of
from chatearthnet_explorer.sample.simulated_release import write_release
from chatearthnet_explorer.tile import Tile

PLACE = (6.73, 0.336)


def _run(code: str) -> Captioned:
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102 - the lines that a person would paste
    result = names["result"]
    assert isinstance(result, Captioned)
    return result


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_code_gives_the_same_result(style: str) -> None:
    result = caption_at(*PLACE, source="simulated", style=style, year=2021, seed=5)
    again = _run(result.code)
    assert result.code.count("\n") == 2
    assert again.to_dict() == result.to_dict()


def test_code_of_a_model_has_its_name_and_picture_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with chat_server() as server:
        writer = open_captioner("vision", model=MODEL, base_url=server.base_url, image="true colour")
        result = caption_at(*PLACE, source="simulated", captioner=writer, style="4v")
        assert result.caption is not None
        assert "true-colour" in result.caption.input_summary
        assert f"model={MODEL!r}" in result.code
        assert "image='true colour'" in result.code
        assert "secret" not in result.code + json.dumps(result.to_dict())
        again, first = _run(result.code).to_dict(), result.to_dict()
        assert {**again, "caption": None} == {**first, "caption": None}
        assert {**again["caption"], "seconds": 0} == {**first["caption"], "seconds": 0}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    write_release(folder, records=60, images=4)
    return folder


@pytest.mark.parametrize("labels", ["simulated", None])
def test_code_of_a_released_chip_gives_the_same(release: Path, labels: str | None) -> None:
    source = open_source("release", root=release, labels=labels)
    with zipfile.ZipFile(release / "s2_rgb_images.zip") as pictures:
        tile = Tile.from_name(Path(pictures.namelist()[0]).name)
    result = caption_at(*tile.center, source=source, year=2021, seed=3)
    again = _run(result.code)
    assert result.code.count("\n") == 2
    assert again.to_dict() == result.to_dict()
    assert again.chip.rgb is not None
    assert np.array_equal(again.chip.rgb, result.chip.rgb)
    assert (again.caption is None) == (labels is None)
    # a chip that is described later says where it came from
    assert _run(caption_of(result.chip, *tile.center).code).chip.scene == result.chip.scene


def test_code_of_a_place_without_a_released_chip_runs(release: Path) -> None:
    result = caption_at(13.4, 52.5, source=open_source("release", root=release))
    assert _run(result.code).missing == result.missing


def test_code_of_a_chip_of_the_zenodo_record_names_it_as_a_root() -> None:
    chip = Chip(tile=Tile.at(*PLACE), source="release", scene=Scene(catalogue="Zenodo record 11003436", item="a.png"))
    assert "open_source('release', root='zenodo:11003436')" in caption_of(chip, *PLACE).code


def test_reports_steps_in_order_and_can_be_cancelled() -> None:
    steps: list[str] = []
    caption_at(*PLACE, source="simulated", step=steps.append)
    assert [step.split()[0] for step in steps] == ["Fetching", "Making", "Waiting"]

    def stop(_: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        caption_at(*PLACE, source="simulated", step=stop)


def test_pixels_without_labels_have_neither_prompt_nor_caption() -> None:
    chip = Chip(
        tile=Tile.at(*PLACE), source="test", rgb=np.ones((256, 256, 3), np.uint8), missing=("It is not mapped.",)
    )
    result = caption_of(chip, *PLACE)
    assert (result.prompt, result.caption, result.error) == (None, None, None)
    assert result.missing == ("It is not mapped.",)
    assert result.to_dict()["labels"] == {"version": None, "missing": True, "shares": {}}


def test_labels_without_pixels_have_prompt_and_caption() -> None:
    chip = Chip(tile=Tile.at(*PLACE), source="test", labels=np.full((256, 256), 3, np.uint8), missing=("No scene.",))
    result = caption_of(chip, *PLACE)
    assert result.prompt is not None
    assert result.caption is not None
    assert "tree" in result.caption.text


def test_wraps_longitudes_and_finds_the_country_of_the_chip() -> None:
    result = caption_at(PLACE[0] - 360, PLACE[1], source="simulated")
    assert result.lon == pytest.approx(PLACE[0])
    assert result.country is not None
    assert result.country.iso == "STP"


def test_refuses_unknown_names_and_places() -> None:
    with pytest.raises(SettingError, match="no source 'mars'"):
        caption_at(*PLACE, source="mars")
    with pytest.raises(SettingError, match="no captioner 'poet'"):
        caption_at(*PLACE, source="simulated", captioner="poet")
    with pytest.raises(WordingError, match="style '5'"):
        caption_at(*PLACE, source="simulated", style="5")
    with pytest.raises(PlaceError, match=r"85\.05"):
        caption_at(0, 89, source="simulated")
