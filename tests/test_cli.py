"""The command line: the JSON a script reads, the files it asks for, and one sentence when it fails."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.warp
from data.label_maps import label_map
from PIL import Image

from chatearthnet_explorer.cli import main
from chatearthnet_explorer.landcover.legend import palette
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.tile import Tile


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_caption_tells_place_chip_labels_prompt_and_caption(capsys: pytest.CaptureFixture[str]) -> None:
    told = _json(capsys, "caption", "6.73", "0.336", "--source", "simulated")
    tile = Tile.at(6.73, 0.336)
    assert told["place"] == {
        "lon": 6.73,
        "lat": 0.336,
        "tile": tile.name,
        "z": 14,
        "x": tile.x,
        "y": tile.y,
        "bounds": list(tile.bounds),
        "country": "São Tomé and Príncipe",
    }
    assert told["chip"]["source"] == "simulated"
    assert told["chip"]["simulated"] is True
    assert told["labels"]["missing"] is False
    assert sum(told["labels"]["shares"].values()) == pytest.approx(1)
    assert set(told["prompt"]) == {"style", "seed", "system", "user", "facts"}
    assert list(told["prompt"]["facts"]["parts"]) == list(PARTS)
    assert told["caption"]["captioner"] == "template"
    assert told["caption"]["model"] is None
    assert len(told["caption"]["text"].split()) > 20


def test_caption_in_4v_style_of_2021_with_a_seed(capsys: pytest.CaptureFixture[str]) -> None:
    told = _json(
        capsys, "caption", "-9.2", "38.64", "--source", "simulated", "--style", "4v", "--year", "2021", "--seed", "7"
    )
    assert (told["prompt"]["style"], told["prompt"]["seed"], told["caption"]["style"]) == ("4v", 7, "4v")
    assert set(told["prompt"]["facts"]) == {"shares", "percents"}
    assert "2021" in told["labels"]["version"]


def test_caption_writes_a_page_and_a_geotiff_where_they_belong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, picture = tmp_path / "chip.html", tmp_path / "chip.tif"
    place = ("caption", "6.73", "0.336", "--source", "simulated")
    assert main([*place, "--html", str(page), "--geotiff", str(picture)]) == 0
    said = capsys.readouterr().out
    assert "Simulated" in said
    assert "CAPTION" in said
    assert "simulated" in page.read_text("utf-8").lower()
    with rasterio.open(picture) as file:
        west, south, east, north = rasterio.warp.transform_bounds(file.crs, "EPSG:4326", *file.bounds)
        assert (west, south, east, north) == pytest.approx(Tile.at(6.73, 0.336).bounds)
        assert file.descriptions == ("red", "green", "blue", "worldcover")
        assert file.tags()["simulated"] == "yes"


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_prompt_reads_labels_in_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str], style: str) -> None:
    labels = label_map(2)
    Image.fromarray(labels).save(tmp_path / "indices.png")
    Image.fromarray(palette()[labels]).save(tmp_path / "colours.png")
    np.save(tmp_path / "map.npy", labels)
    told = [
        _json(capsys, "prompt", str(tmp_path / name), "--style", style)
        for name in ("indices.png", "colours.png", "map.npy")
    ]
    assert told[0] == told[1] == told[2]
    assert told[0]["style"] == style
    assert set(told[0]["facts"]) == ({"overall", "parts"} if style == "3.5" else {"shares", "percents"})


def test_prompt_reads_numbers_as_it_is_asked_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.full((256, 256), 10, np.uint8)).save(tmp_path / "a.png")
    assert main(["prompt", str(tmp_path / "a.png")]) == 1
    assert "--values codes" in capsys.readouterr().err
    assert _json(capsys, "prompt", str(tmp_path / "a.png"), "--values", "codes")["facts"]["overall"] == ["tree"]
    assert _json(capsys, "prompt", str(tmp_path / "a.png"), "--values", "indices")["facts"]["overall"] == ["mangroves"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["caption", "0", "86"], "85.05"),
        (["caption", "nan", "0"], "nan"),
        (["caption", "4", "inf"], "inf"),
        (["caption", "-33.9", "151.2"], "try `caption 151.2 -33.9` (Australia)"),
        (["caption", "6.73", "0.336", "--source", "simulated", "--wording", "none.toml"], "none.toml"),
        (["caption", "6.73", "0.336", "--stac", "file:///etc/passwd"], "CHATEARTHNET_STAC"),
        (["prompt", "none.png"], "none.png"),
        (["caption", "6.73", "0.336", "--source", "simulated", "--html", "/no/such/folder/a.html"], "another path"),
        (["caption", "6.73", "0.336", "--source", "simulated", "--captioner", "chat"], "OPENAI_API_KEY"),
    ],
)
def test_what_fails_says_so_in_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_caption_that_fails_still_prints_chip_and_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["caption", "6.73", "0.336", "--source", "simulated", "--captioner", "chat", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["caption"] is None
    assert told["prompt"]["user"]
    assert any("OPENAI_API_KEY" in sentence for sentence in told["missing"])


@pytest.mark.parametrize(
    ("place", "hint"),
    [
        (("48.14", "11.58"), "try `caption 11.58 48.14` (Germany)"),
        (("48.14,", "11.58"), "try `caption 11.58 48.14` (Germany)"),  # as it is copied from a map
        (("40.7", "-74"), "try `caption -74 40.7` (United States)"),
        (("11.58", "48.14"), ""),
        (("-30", "-20"), ""),  # sea either way
        (("-1e-5", "5.2"), ""),
    ],
)
def test_hints_where_longitude_and_latitude_look_exchanged(
    place: tuple[str, str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["caption", *place, "--source", "simulated", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["place"]["lat"] == pytest.approx(float(place[1]))
    assert hint in printed.err
    assert printed.err.count("\n") == bool(hint)


def test_open_sea_says_that_nobody_mapped_it(capsys: pytest.CaptureFixture[str]) -> None:
    told = _json(capsys, "caption", "-30", "20", "--source", "simulated")
    assert told["labels"] == {"version": None, "missing": True, "shares": {}}
    assert told["place"]["country"] is None
    assert told["prompt"] is None
    assert told["missing"]


def test_the_console_script_runs() -> None:
    script = Path(sys.executable).with_name("chatearthnet-explorer")
    shown = subprocess.run([script, "--help"], check=True, capture_output=True, text=True).stdout
    assert {"caption", "prompt", "serve", "lab"} <= set(shown.split())
