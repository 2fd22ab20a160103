"""Wording files: swapped by a user, checked before use, never executed."""

from importlib.resources import files
from pathlib import Path

import pytest
from data.label_maps import label_map

from chatearthnet_explorer.errors import WordingError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.prompts.wording import LIMIT, open_wording

OWN = files("chatearthnet_explorer").joinpath("prompts/wording/3.5.toml").read_text("utf-8")


def _write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return path


def test_uses_the_wording_of_a_file(tmp_path: Path) -> None:
    path = _write(tmp_path, OWN.replace("$size $noun of $class", "$class ($size $noun, $percent percent)"))
    prompt = prompt_for(label_map(1), wording=path)
    assert "bare land (large" in prompt.user
    assert "61 percent)" in prompt.user


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("$parts", "", r"lacks the slot \$parts"),
        ("$amounts", "$amounts $secret", r"\$secret, which nothing fills"),
        ("$amounts", "$amounts and 5 $", "lone dollar"),
        ('style = "3.5"', 'style = "4v"', "for style '4v'"),
        ('empty_part = "', 'other_part = "', "lacks the sentence 'empty_part'"),
        ('empty_part = "', 'empty_part = 5 # "', "lacks the sentence 'empty_part'"),
        ('style = "3.5"', "style = ", "not TOML"),
    ],
)
def test_refuses_faulty_wording_in_one_sentence(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in OWN
    with pytest.raises(WordingError, match=message) as error:
        open_wording("3.5", _write(tmp_path, OWN.replace(old, new)))
    assert "\n" not in str(error.value)


def test_fills_slots_as_text(tmp_path: Path) -> None:
    path = _write(tmp_path, OWN.replace("$size $noun of $class", "$size $noun of $class {0.__class__} %s"))
    assert "{0.__class__} %s" in prompt_for(label_map(1), wording=path).user


def test_refuses_missing_large_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match="is not there"):
        open_wording("3.5", tmp_path / "none.toml")
    with pytest.raises(WordingError, match="larger than 64 kB"):
        open_wording("3.5", _write(tmp_path, OWN + "#" * LIMIT))
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WordingError, match="cannot be read"):
        open_wording("3.5", path)
    with pytest.raises(WordingError, match="not TOML"):
        open_wording("3.5", _write(tmp_path, "a = " + "[" * 20_000))
