"""The commands `wording original|list|show`, and the word `original` where a wording file is accepted."""

import json
from pathlib import Path

import numpy as np
import pytest
from data.label_maps import label_map
from rig.own_scripts import SCRIPT_4V, SCRIPT_35

from chatearthnet_explorer.cli import main
from chatearthnet_explorer.pipeline import caption_at
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.prompts.wording import original_path, own_text, wording_hash

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two scripts; the data folder is a fresh one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "a.py").write_text(SCRIPT_35, "utf-8")
    (folder / "b.py").write_text(SCRIPT_4V, "utf-8")
    return folder


def test_show_prints_or_writes_the_file_that_people_change(tmp_path: Path, capsys: Capture) -> None:
    for style in ("3.5", "4v"):
        assert main(["wording", "show", "--style", style]) == 0
        assert capsys.readouterr().out == own_text(style)
    path = tmp_path / "mine.toml"
    assert main(["wording", "show", "--out", str(path)]) == 0
    assert wording_hash("3.5", path) == wording_hash("3.5")
    path.write_text("mine", "utf-8")
    assert main(["wording", "show", "--out", str(path)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert path.read_text("utf-8") == "mine"


def test_original_writes_a_file_for_each_style_with_its_source(scripts: Path, capsys: Capture) -> None:
    assert main(["wording", "original", "--from", str(scripts), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["wordings"]
    assert [(row["style"], row["script"], row["published"]) for row in rows] == [
        ("3.5", "a.py", False),
        ("4v", "b.py", False),
    ]
    for row in rows:
        path = Path(row["file"])
        assert path == original_path(row["style"])
        assert row["hash"] == wording_hash(row["style"], path) == wording_hash(row["style"], "original")
        head = path.read_text("utf-8").partition("\nstyle =")[0]
        assert all(line.startswith("#") for line in head.splitlines())
        assert all(text in head for text in (str(scripts), row["sha256"], "Apache-2.0", "Earth Syst. Sci. Data"))
    assert [path.name for path in original_path("4v").parent.iterdir() if path.suffix != ".toml"] == []


def test_original_goes_to_another_folder(scripts: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["wording", "original", "--from", str(scripts / "b.py"), "--out", str(tmp_path / "x")]) == 0
    assert "--wording the file" not in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["original-4v.toml"]
    assert not original_path("4v").exists()


def test_original_writes_nothing_if_one_style_fails(scripts: Path, capsys: Capture) -> None:
    (scripts / "b.py").write_text(SCRIPT_4V.replace(":.2%", ":.1%"), "utf-8")
    assert main(["wording", "original", "--from", str(scripts)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("b.py does not make the numbers of the percents of a class")
    assert error.count("\n") == 1
    assert not original_path("3.5").exists()
    assert main(["wording", "original", "--from", str(scripts), "--style", "3.5"]) == 0


def test_original_names_no_text_of_a_name_that_steers_a_terminal(scripts: Path, capsys: Capture) -> None:
    (scripts / "b.py").rename(scripts / "\x1b[2Jb\n.py")
    assert main(["wording", "original", "--from", str(scripts)]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert wording_hash("4v", "original")


def test_list_has_own_and_original_wordings(scripts: Path, capsys: Capture) -> None:
    assert main(["wording", "list"]) == 0
    assert capsys.readouterr().out.count("not made yet") == 2
    assert main(["wording", "original", "--from", str(scripts / "a.py")]) == 0
    original_path("4v").write_text("style = 4", "utf-8")
    capsys.readouterr()
    assert main(["wording", "list", "--json"]) == 0
    rows = {(row["name"], row["style"]): row for row in json.loads(capsys.readouterr().out)["wordings"]}
    assert rows["own", "4v"]["hash"] == wording_hash("4v")
    assert rows["original", "3.5"]["hash"] == wording_hash("3.5", "original")
    assert "is for style 4 and not for 4v" in rows["original", "4v"]["problem"]


def test_the_word_original_is_accepted_where_a_file_is(scripts: Path, capsys: Capture) -> None:
    place = ["caption", "6.73", "0.336", "--source", "simulated", "--wording", "original"]
    assert main(place) == 1
    assert (
        "is not on this computer yet; make it with `chatearthnet-explorer wording original" in capsys.readouterr().err
    )
    assert main(["wording", "original", "--from", str(scripts)]) == 0
    capsys.readouterr()
    assert main([*place, "--json"]) == 0
    result = caption_at(6.73, 0.336, source="simulated", wording="original", ask=False)
    assert result.prompt is not None
    assert json.loads(capsys.readouterr().out)["prompt"]["user"] == result.prompt.user
    assert "wording='original'" in result.code
    assert main([*place, "--style", "4v"]) == 1
    assert "describes 4 label maps at once and got 1" in capsys.readouterr().err


def test_prompt_takes_the_four_maps_of_a_tile(scripts: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["wording", "original", "--from", str(scripts)]) == 0
    paths = [str(tmp_path / f"{seed}.npy") for seed in range(4)]
    for seed, path in enumerate(paths):
        np.save(path, label_map(seed))
    capsys.readouterr()
    assert main(["prompt", *paths, "--style", "4v", "--wording", "original"]) == 0
    prompt = prompt_for(*map(label_map, range(4)), style="4v", wording="original")
    assert prompt.system == ""
    assert capsys.readouterr().out == f"{prompt.user}\n"
