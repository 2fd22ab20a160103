"""Where a text names which class."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from rig.hostile import ATTACK

from chatearthnet_explorer.claims.class_mentions import NO_CLASS, classes_named, pieces
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.landcover.legend import LandClass

EXAMPLES = [
    ("Trees, a forest, woodland and tree cover.", [3, 3, 3, 3]),
    ("Mangrove trees beside trees.", [10, 3]),
    ("bare land, bare areas, barren soil", [7, 7, 7]),
    ("DEVELOPED AREAS and developed zones", [2, 2]),
    ("water bodies, a lake, waterways", [1, 1, 1]),
    ("grasslands and grassy fields", [5, 5]),
    ("crop cultivation, cropland, crops", [6, 6, 6]),
    ("shrubland, shrubs, bushes", [4, 4, 4]),
    ("wetlands and marshes", [9, 9]),
    ("snow, moss and lichen", [8, 11]),
    ("a street by the outcrop", [2, 7]),
    ("a streetcar, a watershed, the sharecropper, landscape, mossad, snowdrop", []),
]


@pytest.mark.parametrize(("text", "indices"), EXAMPLES)
def test_words_name_classes(text: str, indices: list[int]) -> None:
    assert [piece.class_index for piece in pieces(text) if piece.class_index != NO_CLASS] == indices


@pytest.mark.parametrize("style", ["name", "name_4v"])
@pytest.mark.parametrize("land", CLASSES[BACKGROUND + 1 :], ids=lambda land: land.name)
def test_every_class_is_known_by_the_name_that_prompts_give_it(land: LandClass, style: str) -> None:
    name = getattr(land, style)
    assert pieces(f"A part of {name}.")[1] == (name, land.index)


@pytest.mark.parametrize("text", ["", "no class here", "water", "water water", ATTACK, *(text for text, _ in EXAMPLES)])
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == text


def test_classes_are_in_the_order_of_their_first_mention() -> None:
    assert classes_named("Crops, water, then crops and trees.") == (6, 1, 3)


def test_splits_long_text_without_backtracking() -> None:
    # a pattern that backtracks would take minutes here
    assert len(pieces("bare " * 20_000)) == 40_000


def test_captions_of_the_authors_figures_name_what_they_name(realdata: Path) -> None:
    captions = json.loads((realdata / "chatearthnet" / "captions_from_figures.json").read_text("utf-8"))["captions"]
    classes = {one["id"]: {CLASSES[index].name for index in classes_named(one["caption"])} for one in captions}
    assert classes["fig2_35"] == {"tree", "developed area", "grass", "water"}
    assert classes["fig2_4v"] == {"tree", "developed area", "grass", "water", "crop", "bare land"}
    assert classes["fig1_35_right"] == {"crop", "grass", "developed area", "tree"}
