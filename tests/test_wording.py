"""Wording files: swapped by a user, checked before use, never executed."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from data.label_maps import label_map

from chatearthnet_explorer.errors import WordingError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.prompts.wording import LIMIT, open_wording, own_text, wording_hash

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


def test_a_byte_order_mark_is_no_part_of_a_wording(tmp_path: Path) -> None:
    path = tmp_path / "wording.toml"
    path.write_text(own_text("3.5"), "utf-8-sig")
    assert open_wording("3.5", path).hash == wording_hash("3.5")


def test_hash_follows_the_sentences_and_nothing_else(tmp_path: Path) -> None:
    assert wording_hash("3.5", _write(tmp_path, "# a remark\n" + OWN)) == wording_hash("3.5")
    assert wording_hash("3.5", _write(tmp_path, OWN.replace("theme", "topic"))) != wording_hash("3.5")
    assert wording_hash("4v") != wording_hash("3.5")
    assert len(bytes.fromhex(wording_hash("3.5"))) == 6


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("trim = 1", "trim of .* must be true or false"),
        ("nothing = 1", "nothing of .* must be a text"),
        ('class_order = "name"', 'must be "area" or "first pixel"'),
        ("separators = 1", "separators of .* must be a table"),
        ("separators.amounts = 1", "table separators .* has 'amounts'; it may have class, amount,"),
        ('separators.amount = ["", ""]', "must be a text, or a list of three"),
        ('part_names.part = ["a", "b"]', "must be a list of 5 texts"),
        ("a = " + "9" * 5000, "not TOML"),
    ],
)
def test_refuses_faulty_layout_in_one_sentence(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(WordingError, match=message) as error:
        open_wording("3.5", _write(tmp_path, f"{line}\n{OWN}"))
    assert "\n" not in str(error.value)


def test_separators_names_and_order_are_data(tmp_path: Path) -> None:
    layout = 'trim = false\nnothing = "none"\nclass = "<$class>"\n'
    tables = '\n[separators]\nclass = ["+", " & ", " and "]\n[part_names]\npart = ["A", "B", "C", "D", "E"]\n'
    path = _write(tmp_path, layout + OWN + tables)
    prompt = prompt_for(label_map(1), wording=path)
    *first, last = (f"<{name}>" for name in prompt.facts.overall)
    assert f"{'+'.join(first)} and {last}." in prompt.user
    assert "In the E: " in prompt.user
    assert prompt.user.endswith("\n")
    assert wording_hash("3.5", path) != wording_hash("3.5")
    two = np.full((256, 256), 3, np.uint8)
    two[:40] = 1
    assert "<tree> & <water>." in prompt_for(two, wording=path).user
    assert "smallest: none." in prompt_for(np.zeros((256, 256), np.uint8), wording=path).user


def test_4v_wording_may_have_a_sentence_for_each_map_and_no_legend(tmp_path: Path) -> None:
    own = files("chatearthnet_explorer").joinpath("prompts/wording/4v.toml").read_text("utf-8")
    start, end = own.index("legend ="), own.index("percents =")
    maps = 'map = ["one: $percents $shares", "two: $percents $shares"]\nclass_order = "first pixel"\n'
    path = _write(tmp_path, own[:start].replace("Legend:\n$legend\n", "") + maps + own[end:])
    labels = np.full((256, 256), 3, np.uint8)
    labels[0, 0] = 9
    user = prompt_for(labels, labels, style="4v", wording=path).user
    assert user.startswith("one: wetland: 0.01 %")
    assert "\n\ntwo: wetland" in user
    with pytest.raises(WordingError, match="describes 2 label maps at once and got 1"):
        prompt_for(labels, style="4v", wording=path)
    with pytest.raises(WordingError, match=r"lacks the slot \$legend"):
        open_wording("4v", _write(tmp_path, own.replace("Legend:\n$legend\n", "")))
    with pytest.raises(WordingError, match="has 5 map sentences"):
        open_wording("4v", _write(tmp_path, own[:start] + f"map = {['$percents $shares'] * 5}\n" + own[end:]))


def test_wordings_of_the_project_keep_their_hash() -> None:
    assert (wording_hash("3.5"), wording_hash("4v")) == ("fbd2645e434a", "b5a8a0c5e543")
