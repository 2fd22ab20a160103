"""Contradictions of the two captions of a chip: what is found, its sentence, and which words of the 4V caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chatearthnet_explorer.review.checks import judge_both, judge_caption

if TYPE_CHECKING:
    from chatearthnet_explorer.review.finding import Finding

TREES = "The image is dominated by trees."


def contradictions(first: str, second: str) -> list[Finding]:
    results = {"3.5": judge_caption(first, style="3.5"), "4v": judge_caption(second, style="4v")}
    return list(judge_both(results))


@pytest.mark.parametrize(
    ("first", "second", "land", "evidence", "words"),
    [
        (
            TREES,
            "Some trees stand here. The image is dominated by crops.",
            "crop",
            "Style 3.5 says that tree dominates, style 4V that crop does.",
            "crops",
        ),
        (
            "Trees dominate.",
            "Crops dominate.",
            "crop",
            "Style 3.5 says that tree dominates, style 4V that crop does.",
            "Crops",
        ),
        (
            f"{TREES} Grass grows in the top left.",
            f"{TREES} There is no grass in this image.",
            "grass",
            "Style 4V says that grass is missing, style 3.5 names it.",
            "no grass",
        ),
        (
            f"{TREES} There is no grass in this image.",
            f"{TREES} Grass grows in the top left.",
            "grass",
            "Style 3.5 says that grass is missing, style 4V names it.",
            "Grass",
        ),
        (
            f"{TREES} In the top left, there is a small amount of grass, in the middle a tiny amount of grass.",
            f"{TREES} A vast expanse of grass lies in the middle.",
            "grass",
            "Style 3.5 calls grass extra small, small, style 4V extra large.",
            "vast expanse of grass",
        ),
        (
            f"{TREES} In the top left, there is a large amount of grass.",
            f"{TREES} In the middle, there is a tiny amount of grass.",
            "grass",
            "Style 3.5 calls grass large, style 4V extra small.",
            "tiny amount of grass",
        ),
    ],
)
def test_a_contradiction_has_its_sentence_and_its_words(
    first: str, second: str, land: str, evidence: str, words: str
) -> None:
    (finding,) = contradictions(first, second)
    assert (finding.check, finding.land, finding.part, finding.figure) == ("contradiction", land, "", None)
    assert finding.evidence == evidence
    assert second[finding.start : finding.end] == words


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # one of several that lead is the same
        ("The image is dominated by trees and crops.", "The image is dominated by crops and grass."),
        # nothing is said to lead in one of them, or only in a part
        ("Trees stand here.", "The image is dominated by crops."),
        (TREES, "Crops lie here."),
        (TREES, "In the middle, crops dominate."),
        # missing from a part, and there in the image
        (f"{TREES} Grass grows in the top left.", f"{TREES} There is no grass in the middle."),
        # an amount is denied, not the class
        (f"{TREES} Grass grows in the top left.", f"{TREES} There is no large amount of grass."),
        # both say that it is missing
        (f"{TREES} There is no grass.", f"{TREES} There is no grass."),
        # a class is named without saying how much, in the part that the other may mean
        (
            f"{TREES} In the top left, there is a small amount of grass. In the middle, there is grass.",
            f"{TREES} A vast expanse of grass lies in the middle.",
        ),
        # only one of them says how much
        (f"{TREES} Grass lies in the middle.", f"{TREES} A vast expanse of grass lies in the middle."),
        (f"{TREES} A tiny amount of grass lies in the middle.", f"{TREES} Grass lies in the middle."),
        # one of its amounts is near enough
        (
            f"{TREES} In the top left, there is a small amount of grass, in the middle a medium amount of grass.",
            f"{TREES} A vast expanse of grass lies in the middle.",
        ),
    ],
)
def test_claims_that_can_both_be_right_do_not_contradict(first: str, second: str) -> None:
    assert contradictions(first, second) == []


def test_each_class_contradicts_in_size_once() -> None:
    first = f"{TREES} In the top left, there is a tiny amount of grass. In the middle, there is a tiny amount of water."
    second = f"{TREES} A vast expanse of grass, a vast expanse of water and again a vast expanse of grass lie here."
    assert [one.land for one in contradictions(first, second)] == ["grass", "water"]


def test_each_direction_of_denial_is_found_once() -> None:
    first = f"{TREES} Grass and water lie here. There are no crops. There is no snow."
    second = f"{TREES} There is no grass. There is no water. Crops and snow lie here."
    assert [one.evidence for one in contradictions(first, second)] == [
        "Style 3.5 says that crop is missing, style 4V names it.",
        "Style 4V says that grass is missing, style 3.5 names it.",
    ]


def test_a_caption_alone_contradicts_nothing() -> None:
    alone = judge_caption(f"{TREES} Crops lie here.", style="3.5")
    assert judge_both({"3.5": alone}) == judge_both({"4v": alone}) == judge_both({}) == ()
    assert judge_both({"3.5": alone, "4v": judge_caption("", style="4v")}) == ()
