"""Entries as they were released, in all their forms, and every form that is broken."""

from __future__ import annotations

import pytest

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.chip import BANDS
from chatearthnet_explorer.errors import ReleaseError
from chatearthnet_explorer.record import ARCHIVES, NAME_LIMIT, place_of, read_entry
from chatearthnet_explorer.tile import Tile

NAME = "3886_3141_patch00.png"


@pytest.mark.parametrize("key", ["image", "image_id"])
@pytest.mark.parametrize("caption", ["A bay.", ["A bay."]])
def test_all_four_combinations_are_read(key: str, caption: object) -> None:
    assert read_entry({key: NAME, "caption": caption}) == (NAME, "A bay.")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (None, "An entry is null instead of an object"),
        (7, "An entry is a number"),
        ([], "An entry is a list"),
        ("words", "An entry is text"),
        ({}, "has no image name"),
        ({"caption": "A bay."}, "has no image name"),
        ({"image": None, "caption": "A bay."}, "image of an entry is null"),
        ({"image": 3886, "caption": "A bay."}, "image of an entry is a number"),
        ({"image": "", "caption": "A bay."}, "image of an entry is empty"),
        ({"image": "x" * (NAME_LIMIT + 1), "caption": "A bay."}, "201 characters"),
        ({"image": NAME}, "has no caption"),
        ({"image": NAME, "caption": None}, "caption of an entry is null"),
        ({"image": NAME, "caption": 3.5}, "caption of an entry is a number"),
        ({"image": NAME, "caption": True}, "caption of an entry is true or false"),
        ({"image": NAME, "caption": " \n"}, "caption of an entry is empty"),
        ({"image": NAME, "caption": []}, "caption of an entry is a list"),
        ({"image": NAME, "caption": ["one", "two"]}, "caption of an entry is a list"),
        ({"image": NAME, "caption": [None]}, "caption of an entry is null"),
        ({"image": NAME, "caption": {"en": "A bay."}}, "caption of an entry is an object"),
        ({"image": NAME, "caption": "x" * 1_000_000}, "1000000 characters and may have 20000"),
    ],
)
def test_refuses_broken_entries_in_one_sentence(entry: object, words: str) -> None:
    with pytest.raises(ReleaseError, match=words) as error:
        read_entry(entry)
    assert len(str(error.value)) < 300
    assert str(error.value).endswith(".")


def test_keeps_html_as_text() -> None:
    hostile = '<img src=x onerror="alert(1)"> & {{7*7}} $x'
    assert read_entry({"image": f"{hostile}.png", "caption": hostile}) == (f"{hostile}.png", hostile)


def test_reads_the_longest_caption() -> None:
    assert len(read_entry({"image": NAME, "caption": "x" * LIMIT})[1]) == LIMIT


def test_replaces_a_lone_surrogate() -> None:
    _, caption = read_entry({"image": NAME, "caption": "broken \ud83d emoji, whole 🌍"})
    assert caption.encode().decode() == "broken ? emoji, whole 🌍"


def test_name_gives_its_place_or_none() -> None:
    assert place_of(NAME) == Tile(7772, 6282)
    for name in ("chip 1 of nowhere.png", "", "../../etc/passwd", "3886_3141_patch22.png", "9999_0_patch00.png"):
        assert place_of(name) is None


def test_archives_have_every_band_once() -> None:
    assert sorted(band for bands in ARCHIVES.values() for band in bands) == sorted(BANDS)
