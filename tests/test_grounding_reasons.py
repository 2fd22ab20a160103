"""Grounding says of each claim what the labels hold: result, check, parts, percent and the sentence for each case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rig.part_counts import part_counts

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.review.checks import judge_caption
from chatearthnet_explorer.review.grounding import ground

if TYPE_CHECKING:
    from chatearthnet_explorer.review.grounding import GroundedClaim

TABLE = part_counts(
    {"tree": 8000, "grass": 1500, "crop": 300, "water": 200},
    top_left={"tree": 6000, "grass": 3000, "water": 1000},
    middle={"tree": 2000, "crop": 8000},
    bottom_right={"tree": 0},  # not mapped
)
ELSEWHERE = ", here or elsewhere in the chip."


def ground_one(sentence: str, name: str, *, style: str = "3.5") -> GroundedClaim:
    """Return what is said of the last claim about a class."""
    text = f"Trees and other land cover are in this image. {sentence}"
    return [one for one in ground(read_claims(text), TABLE, style=style) if one.claim.name == name][-1]


@pytest.mark.parametrize(
    ("sentence", "name", "result", "check", "parts", "percent", "reason"),
    [
        (
            "In the top left, there is grass.",
            "grass",
            "supported",
            "",
            ("top left",),
            30.0,
            "The top left has 30.0 % grass.",
        ),
        (
            "In the top left and in the middle, there are trees.",
            "tree",
            "supported",
            "",
            ("top left", "middle"),
            60.0,
            "The top left has 60.0 % tree, the middle 20.0 %.",
        ),
        (
            "In the top left, there is a medium amount of grass.",
            "grass",
            "supported",
            "",
            ("top left",),
            30.0,
            "The top left has 30.0 % grass; 'medium' stands for 20 to 49 %.",
        ),
        (
            "In the top left, there is a substantial amount of grass.",
            "grass",
            "supported",
            "",
            ("top left",),
            30.0,
            "The top left has 30.0 % grass; 'substantial' stands for 50 to 79 %, which is near enough.",
        ),
        (
            "In the top left, there is a large amount of grass.",
            "grass",
            "contradicted",
            "wrong size",
            ("top left",),
            30.0,
            "'large' stands for 50 to 79 %; the top left has 30.0 % grass.",
        ),
        (
            "In the top left, there is a vast amount of grass.",
            "grass",
            "contradicted",
            "wrong size",
            ("top left",),
            30.0,
            "'vast' stands for 80 to 100 %; the top left has 30.0 % grass, which is more than a size off.",
        ),
        (
            "In the top left, there is a tiny amount of trees.",
            "tree",
            "contradicted",
            "wrong size",
            ("top left",),
            60.0,
            "'tiny' stands for 0 to 9 %; the top left has 60.0 % tree, which is more than a size off.",
        ),
        (
            "In the middle, there is a small amount of crops.",
            "crop",
            "contradicted",
            "wrong size",
            ("middle",),
            80.0,
            "'small' stands for 10 to 19 %; the middle has 80.0 % crop.",
        ),
        (
            "In the middle, there is grass.",
            "grass",
            "contradicted",
            "wrong part",
            ("middle",),
            0.0,
            "The labels have grass in this chip, but none in the middle.",
        ),
        (
            "In the middle, there is snow.",
            "snow",
            "contradicted",
            "hallucinated",
            (),
            0.0,
            "The labels have no snow anywhere in this chip.",
        ),
        (
            "There is no grass in the top left.",
            "grass",
            "contradicted",
            "denied",
            ("top left",),
            30.0,
            "It is said to be missing, and grass covers 30.0 % of the top left.",
        ),
        (
            "There is no grass in the image.",
            "grass",
            "contradicted",
            "denied",
            (),
            15.0,
            "It is said to be missing, and grass covers 15.0 % of the chip.",
        ),
        (
            "There is no grass in the middle.",
            "grass",
            "supported",
            "",
            ("middle",),
            0.0,
            "The middle has 0.0 % grass.",
        ),
        (
            "In the middle, trees dominate.",
            "tree",
            "contradicted",
            "wrong dominant",
            ("middle",),
            20.0,
            "It is said to lead in the middle, where tree covers 20.0 % and another class more.",
        ),
        (
            "In the bottom right, there is grass.",
            "grass",
            "not checkable",
            "",
            ("bottom right",),
            None,
            "Nobody mapped this part.",
        ),
        (
            "In the top left, there is no large amount of grass.",
            "grass",
            "not checkable",
            "",
            ("top left",),
            None,
            "It denies an amount, not that the class is there.",
        ),
    ],
)
def test_each_case_has_its_sentence(
    sentence: str, name: str, result: str, check: str, parts: tuple[str, ...], percent: float | None, reason: str
) -> None:
    claim = ground_one(sentence, name)
    assert claim.reason == reason
    assert (claim.result, claim.check, claim.parts, claim.percent) == (result, check, parts, percent)


@pytest.mark.parametrize(
    ("sentence", "result", "reason"),
    [
        (
            "In the top left, there is a vast amount of water.",
            "contradicted",
            "'vast' stands for 80 to 100 %; the top left has 10.0 % water, which is more than a size off.",
        ),
        (
            "Water is found in the whole image, with a sixth of the top left.",
            "supported",
            "The top left has 10.0 % water; 'a sixth' stands for 10 to 19 %.",
        ),
        (
            "In the top left, there is a moderate amount of water.",
            "supported",
            "The top left has 10.0 % water; 'moderate' stands for 20 to 49 %, which is near enough" + ELSEWHERE,
        ),
        (
            "In the top left, there is a small amount of water.",
            "supported",
            "The top left has 10.0 % water; 'small' stands for 10 to 19 %.",
        ),
    ],
)
def test_compares_4v_claims_with_every_part(sentence: str, result: str, reason: str) -> None:
    claim = ground_one(sentence, "water", style="4v")
    assert (claim.result, claim.reason) == (result, reason)


def test_chip_without_labels_supports_and_contradicts_nothing() -> None:
    empty = part_counts({"tree": 0})
    (claim,) = ground(read_claims("Trees cover the image."), empty)
    assert (claim.result, claim.reason, claim.parts, claim.percent) == (
        "not checkable",
        "Nobody mapped this chip.",
        (),
        None,
    )
    (claim,) = ground(read_claims("Trees cover the image."), None)
    assert (claim.result, claim.reason) == ("not checkable", "This place has no labels to compare it with.")


def test_a_claim_of_two_parts_names_those_that_contradict() -> None:
    claim = ground_one("In the top left and in the middle, there is grass.", "grass")
    assert (claim.result, claim.check, claim.parts) == ("contradicted", "wrong part", ("middle",))


@pytest.mark.parametrize(
    ("text", "style", "wrong"),
    [
        ("The image is dominated by crops.", "3.5", [("crop", "")]),
        ("The image is dominated by crops.", "4v", [("crop", "")]),
        # one sentence of style 4V may name several, one of which leads
        ("The image is dominated by crops and trees.", "4v", []),
        ("The image is dominated by crops and grass.", "4v", [("crop", "")]),
        # that trees lead in the image is not said of the part in the same sentence
        ("The image is dominated by trees, above all in the middle. Crops are there.", "3.5", []),
        (
            "The image is dominated by trees. In the middle, trees dominate. Crops are there.",
            "3.5",
            [("tree", "middle")],
        ),
        # the first sentence says where the dominant class is strongest, and of another class what it says
        ("Trees dominate in the middle. The image is dominated by trees.", "3.5", []),
        ("Grass dominates in the top left. The image is dominated by trees.", "3.5", [("grass", "top left")]),
        # in a part they are missing from, which another check says
        ("Trees are in the image. In the middle, grass dominates.", "3.5", []),
        # said twice of a part, found once
        (
            "Trees are here. In the middle, trees dominate. In the middle, trees dominate again.",
            "3.5",
            [("tree", "middle")],
        ),
    ],
)
def test_finds_each_wrong_dominant_class_once(text: str, style: str, wrong: list[tuple[str, str]]) -> None:
    findings = judge_caption(text, style=style, counts=TABLE).findings
    assert [(one.land, one.part) for one in findings if one.check == "wrong dominant"] == wrong
