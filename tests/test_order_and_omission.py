"""Two checks against the labels: land cover told in the wrong order, and the largest land cover not named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rig.part_counts import part_counts

from chatearthnet_explorer.review.checks import judge_caption

if TYPE_CHECKING:
    import numpy as np

    from chatearthnet_explorer.review.finding import Finding

TABLE = part_counts({"tree": 4000, "grass": 3000, "crop": 2000, "water": 1000})
EVEN = part_counts({"tree": 3000, "grass": 2000, "crop": 2000, "water": 3000})


def findings_of(text: str, check: str, table: np.ndarray = TABLE, *, style: str = "3.5") -> list[Finding]:
    return [one for one in judge_caption(text, style=style, counts=table).findings if one.check == check]


def _order(sentence: str, table: np.ndarray = TABLE, *, opening: str = "Trees cover the image.") -> list[str]:
    return [one.evidence for one in findings_of(f"{opening} {sentence} It is a landscape.", "order of classes", table)]


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("In the top left, there are trees, grass, crops and water.", []),
        (
            "In the top left, there is grass, followed by trees.",
            ["In the top left, grass (30.0 %) is named before tree (40.0 %)."],
        ),
        # one finding for a part, of the first that comes too late, and against the least before it
        (
            "In the top left, there are crops, grass, water and trees.",
            ["In the top left, crop (20.0 %) is named before grass (30.0 %)."],
        ),
        (
            "In the top left, there are trees, water and crops.",
            ["In the top left, water (10.0 %) is named before crop (20.0 %)."],
        ),
        # each part by itself
        (
            "In the top left, there are crops and grass. In the middle, there is water and there are trees.",
            [
                "In the top left, crop (20.0 %) is named before grass (30.0 %).",
                "In the middle, water (10.0 %) is named before tree (40.0 %).",
            ],
        ),
        # what is told again has had its place, and what is missing has none
        ("In the top left, there are trees, then grass, then crops, and again trees.", []),
        ("In the top left, there is no water. In the top left, there are trees and crops.", []),
        # of the whole image there is no order
        ("Crops and grass are all over the image.", []),
    ],
)
def test_land_cover_is_listed_from_the_largest_to_the_smallest(sentence: str, evidence: list[str]) -> None:
    assert _order(sentence) == evidence


def test_names_first_of_two_equal_classes_before_it() -> None:
    assert _order("In the top left, there is grass, then crops, then trees.", EVEN) == [
        "In the top left, grass (20.0 %) is named before tree (30.0 %)."
    ]


def test_the_words_of_both_classes_are_marked() -> None:
    text = "Trees cover the image. In the top left, there is a bit of grass, followed by many trees. It is a landscape."
    (finding,) = findings_of(text, "order of classes")
    assert (finding.land, finding.part, finding.figure) == ("tree", "top left", 40.0)
    assert text[finding.start : finding.end] == "bit of grass, followed by many trees"


def test_opening_and_closing_sentences_have_no_order() -> None:
    wrong = "In the top left, there is grass, followed by trees."
    right = "In the middle, there are trees."
    assert not findings_of(f"{wrong} {right} It is a landscape.", "order of classes")
    assert not findings_of(f"Trees cover the image. {right} {wrong}", "order of classes")
    assert findings_of(f"Trees cover the image. {wrong} {right}", "order of classes")


def test_captions_of_one_or_two_sentences_have_no_opening() -> None:
    assert findings_of("Grass and trees lie in the top left.", "order of classes")
    assert findings_of("Grass and trees lie in the top left. It is a landscape.", "order of classes")
    assert findings_of("It is a landscape. In the top left, there is grass, followed by trees.", "order of classes")


def test_a_part_described_with_a_pronoun_has_no_order() -> None:
    assert _order("In the top left, there is grass, followed by trees. It covers the top left.") == []


LEADERS = part_counts({"tree": 5000, "grass": 4000}, top_right={"tree": 9000}, middle={"crop": 7000, "tree": 2000})


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_a_class_that_is_never_named_is_described_once_with_the_part_it_fills_most(style: str) -> None:
    first, second = findings_of("Grass covers the image.", "omitted", LEADERS, style=style)
    # style 3.5 counts labelled pixels alone
    percents = ("100.0", "77.8") if style == "3.5" else ("90.0", "70.0")
    assert first.evidence == (
        f"The caption never names tree, which covers {percents[0]} % of the top right, more than any other class."
    )
    assert (first.land, first.part, first.start) == ("tree", "top right", -1)
    assert second.evidence == (
        f"The caption never names crop, which covers {percents[1]} % of the middle, more than any other class."
    )
    assert second.figure == pytest.approx(float(percents[1]), abs=0.05)


def test_35_must_name_the_largest_class_in_each_part_of_which_it_speaks() -> None:
    text = "Trees and crops cover the image. In the top left, there is grass. In the middle, there are trees. End."
    assert [one.evidence for one in findings_of(text, "omitted", LEADERS)] == [
        "The caption does not name tree in the top left, where it covers 55.6 %, more than any other class.",
        "The caption does not name crop in the middle, where it covers 77.8 %, more than any other class.",
    ]
    assert findings_of(text, "omitted", LEADERS, style="4v") == []


def test_a_denied_class_is_not_named() -> None:
    text = "Crops and grass cover the image. There are no trees in the top left."
    assert [one.land for one in findings_of(text, "omitted", LEADERS)] == ["tree"]


def test_without_labels_nothing_is_omitted_and_nothing_out_of_order() -> None:
    text = "Trees cover the image. In the top left, there is grass, followed by trees. It is a landscape."
    checks = {one.check for one in judge_caption(text, style="3.5").findings}
    assert not checks & {"omitted", "order of classes"}


def test_each_class_and_part_is_objected_to_once_with_the_first_words() -> None:
    text = "Trees cover the image. In the top left, there is snow. In the top left, there is snow again, and snow."
    (finding,) = findings_of(text, "hallucinated")
    assert text[: finding.end].endswith("there is snow")
    text = "Trees cover the image. There is no grass in the top left. There is no grass in the middle. No grass."
    table = part_counts({"tree": 5000, "grass": 4000})
    assert [one.part for one in findings_of(text, "denied", table)] == ["top left", "middle", ""]
