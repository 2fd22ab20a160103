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
from rig.chat_server import chat_server

from chatearthnet_explorer.cli import main
from chatearthnet_explorer.landcover.legend import palette
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.tile import Tile


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_caption_prints_place_chip_labels_prompt_and_caption(capsys: pytest.CaptureFixture[str]) -> None:
    output = _json(capsys, "caption", "6.73", "0.336", "--source", "simulated")
    tile = Tile.at(6.73, 0.336)
    assert output["place"] == {
        "lon": 6.73,
        "lat": 0.336,
        "tile": tile.name,
        "z": 14,
        "x": tile.x,
        "y": tile.y,
        "bounds": list(tile.bounds),
        "country": "São Tomé and Príncipe",
    }
    assert output["chip"]["source"] == "simulated"
    assert output["chip"]["simulated"] is True
    assert output["labels"]["missing"] is False
    assert sum(output["labels"]["shares"].values()) == pytest.approx(1)
    assert set(output["prompt"]) == {"style", "seed", "system", "user", "facts"}
    assert list(output["prompt"]["facts"]["parts"]) == list(PARTS)
    assert output["caption"]["captioner"] == "template"
    assert output["caption"]["model"] is None
    assert len(output["caption"]["text"].split()) > 20


def test_caption_in_4v_style_of_2021_with_a_seed(capsys: pytest.CaptureFixture[str]) -> None:
    output = _json(
        capsys, "caption", "-9.2", "38.64", "--source", "simulated", "--style", "4v", "--year", "2021", "--seed", "7"
    )
    assert (output["prompt"]["style"], output["prompt"]["seed"], output["caption"]["style"]) == ("4v", 7, "4v")
    assert set(output["prompt"]["facts"]) == {"shares", "percents"}
    assert "2021" in output["labels"]["version"]


def test_caption_writes_a_page_and_a_geotiff_where_they_belong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, picture = tmp_path / "chip.html", tmp_path / "chip.tif"
    place = ("caption", "6.73", "0.336", "--source", "simulated")
    assert main([*place, "--html", str(page), "--geotiff", str(picture)]) == 0
    message = capsys.readouterr().out
    assert "Simulated" in message
    assert "CAPTION" in message
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
    output = [
        _json(capsys, "prompt", str(tmp_path / name), "--style", style)
        for name in ("indices.png", "colours.png", "map.npy")
    ]
    assert output[0] == output[1] == output[2]
    assert output[0]["style"] == style
    assert set(output[0]["facts"]) == ({"overall", "parts"} if style == "3.5" else {"shares", "percents"})


def test_prompt_of_pictures_has_no_label_and_needs_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = _json(capsys, "prompt", "--style", "multispectral")
    assert set(output) == {"style", "system", "user", "image_texts"}
    assert len(output["image_texts"]) == 6
    np.save(tmp_path / "map.npy", label_map(2))
    assert main(["prompt", str(tmp_path / "map.npy"), "--style", "multispectral"]) == 1
    assert "leave LABELS out" in capsys.readouterr().err
    assert main(["prompt"]) == 1
    assert "name its file" in capsys.readouterr().err


def test_caption_of_pictures_reads_the_bands(capsys: pytest.CaptureFixture[str]) -> None:
    place = ("6.73", "0.336", "--source", "simulated", "--style", "multispectral")
    with chat_server() as server:
        output = _json(capsys, "caption", *place, "--captioner", "vision", "--base-url", server.base_url)
        assert output["caption"]["style"] == "multispectral"
        assert output["prompt"]["facts"]["image"] == "all six"
        assert len(output["prompt"]["image_texts"]) == 6
        assert len(server.requests) == 1
        address = ("--base-url", server.base_url)
        output = _json(capsys, "caption", *place, "--captioner", "vision", "--image", "true-colour", *address)
        assert output["prompt"]["facts"]["image"] == "true colour"
    assert main(["caption", *place]) == 1
    assert "choose a vision model" in capsys.readouterr().err


def test_prompt_reads_numbers_by_the_values_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.full((256, 256), 10, np.uint8)).save(tmp_path / "a.png")
    assert main(["prompt", str(tmp_path / "a.png")]) == 1
    assert "--values codes" in capsys.readouterr().err
    assert _json(capsys, "prompt", str(tmp_path / "a.png"), "--values", "codes")["facts"]["overall"] == ["tree"]
    assert _json(capsys, "prompt", str(tmp_path / "a.png"), "--values", "indices")["facts"]["overall"] == ["mangroves"]


@pytest.mark.parametrize(
    ("arguments", "message"),
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
def test_failure_prints_one_sentence(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert message in error
    # the price is said before a model is asked
    assert len([line for line in error.splitlines() if not line.startswith("Asking gpt-6-luna: at most")]) == 1


def test_a_caption_that_fails_still_prints_chip_and_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["caption", "6.73", "0.336", "--source", "simulated", "--captioner", "chat", "--json"]) == 1
    output = json.loads(capsys.readouterr().out)
    assert output["caption"] is None
    assert output["prompt"]["user"]
    assert any("OPENAI_API_KEY" in sentence for sentence in output["missing"])


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
    output = capsys.readouterr()
    assert json.loads(output.out)["place"]["lat"] == pytest.approx(float(place[1]))
    assert hint in output.err
    assert output.err.count("\n") == bool(hint)


def test_open_sea_has_no_labels(capsys: pytest.CaptureFixture[str]) -> None:
    output = _json(capsys, "caption", "-30", "20", "--source", "simulated")
    assert output["labels"] == {"version": None, "missing": True, "shares": {}}
    assert output["place"]["country"] is None
    assert output["prompt"] is None
    assert output["missing"]


def test_the_console_script_runs() -> None:
    script = Path(sys.executable).with_name("chatearthnet-explorer")
    help_text = subprocess.run([script, "--help"], check=True, capture_output=True, text=True).stdout
    assert {"caption", "prompt", "serve", "lab"} <= set(help_text.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("caption-many", "simulated", "--out", "c.jsonl", "--count", "1e9"), "'1e9' is not a whole number"),
        (("caption-many", "simulated", "--out", "c.jsonl", "--poll", "soon"), "'soon' is not a number"),
        (("caption", "6.73", "0.336", "--style", "9"), "'9' is not a choice; choose from 3.5, 4v, multispectral"),
        (
            ("bench-captioner", "simulated", "--pears", "3"),
            "--pears 3; see `chatearthnet-explorer bench-captioner --help`",
        ),
    ],
)
def test_wrong_arguments_are_named_in_plain_words(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    error = capsys.readouterr().err
    assert words in error
    assert len(error.splitlines()) == 1


def test_models_fit_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def rows_of(text: str) -> list[str]:
        return text.partition("\n\n")[0].splitlines()

    assert main(["models"]) == 0
    text = capsys.readouterr().out
    assert text.endswith("`chatearthnet-explorer doctor` asks your service for its models.\n")
    table = rows_of(text)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["models"]) == 0
    narrow = rows_of(capsys.readouterr().out)
    assert max(map(len, table)) > 60 >= max(map(len, narrow))
    names = [line.split()[0] for line in table[1:]]
    assert [line for line in narrow if not line.startswith(" ")] == names
    assert "in 0.1; out 0.5; batch -50 %" in " ".join(narrow)
