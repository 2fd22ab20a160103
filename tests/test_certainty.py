"""Checks object to certain claims, strict ones to likely ones as well, and no check to unclear ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rig.part_counts import part_counts

from chatearthnet_explorer.claims import DOUBTS, Reading, read_claims
from chatearthnet_explorer.learn.quiz_caption import excerpt
from chatearthnet_explorer.review import label_checks
from chatearthnet_explorer.review.checked_caption import Case
from chatearthnet_explorer.review.grounding import CONTRADICTED, NOT_CHECKABLE, SUPPORTED, ground
from chatearthnet_explorer.review.label_counts import Cover
from chatearthnet_explorer.review.pair_checks import contradictions
from chatearthnet_explorer.widgets.browse.caption_agreement import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chatearthnet_explorer.review.finding import Finding

COUNTS = part_counts({"tree": 7000, "grass": 3000}, middle={"tree": 10000}, top_left={"tree": 6500, "water": 3500})
LIKELY = next(doubt for doubt, (certainty, _) in DOUBTS.items() if certainty == "likely")
UNCLEAR = next(doubt for doubt, (certainty, _) in DOUBTS.items() if certainty == "unclear")

WRONG = {
    "wrong part": ("In the middle, there are trees and grass.", "grass", label_checks.wrong_part),
    "denied": ("In the top right, there are trees, and there is no grass.", "grass", label_checks.find_denied),
    "wrong size": ("In the top right, there is a small amount of trees.", "tree", label_checks.wrong_size),
    "wrong dominant": ("The image is dominated by grass.", "grass", label_checks.wrong_dominant),
    "wrong dominant of a part": (
        "There are trees. The top right is dominated by grass.",
        "grass",
        label_checks.wrong_dominant,
    ),
}


def with_doubt(text: str, doubt: str, name: str) -> Reading:
    """Return the reading of a text whose claims about a class have a doubt."""
    reading = read_claims(text)
    claims = tuple(claim._replace(doubt=doubt) if claim.name == name else claim for claim in reading.claims)
    assert claims != reading.claims
    return replace(reading, claims=claims)


def case(text: str, doubt: str, name: str, *, strict: bool = False) -> Case:
    return Case(text, "3.5", with_doubt(text, doubt, name), Cover(COUNTS, style="3.5"), strict)


@pytest.mark.parametrize("kind", WRONG)
def test_a_strict_check_takes_likely_claims_and_none_takes_unclear_ones(kind: str) -> None:
    text, name, find = WRONG[kind]
    check: Callable[[Case], Iterator[Finding]] = find
    assert list(check(Case(text, "3.5", read_claims(text), Cover(COUNTS, style="3.5"))))
    assert not list(check(case(text, LIKELY, name)))
    assert list(check(case(text, LIKELY, name, strict=True)))
    assert not list(check(case(text, UNCLEAR, name)))
    assert not list(check(case(text, UNCLEAR, name, strict=True)))


@pytest.mark.parametrize("doubt", ["carried", "rest", "relative", "vague"])
def test_a_class_that_the_chip_lacks_is_named_wherever_it_may_be(doubt: str) -> None:
    text = "In the middle, there are trees and snow."
    (finding,) = label_checks.find_hallucinated(case(text, doubt, "snow"))
    assert finding.land == "snow"
    assert not list(label_checks.find_hallucinated(case(text, "it", "snow")))
    assert [one.result for one in ground(with_doubt(text, doubt, "snow"), COUNTS)] == [SUPPORTED, CONTRADICTED]


def test_an_unclear_claim_names_its_class() -> None:
    text = "Trees and water are in this image. In the top left, there is water. In the top right, there are trees."
    (finding,) = label_checks.find_omitted(Case(text, "3.5", read_claims(text), Cover(COUNTS, style="3.5")))
    assert (finding.land, finding.part) == ("tree", "top left")
    for doubt in (UNCLEAR, LIKELY):
        with_trees = text.replace("there is water", "there are water and trees")
        assert not list(label_checks.find_omitted(case(with_trees, doubt, "tree")))
    # more may be said of a part with an unclear claim, and of one that is like another
    for doubt in (UNCLEAR, "likeness"):
        assert not list(label_checks.find_omitted(case(text, doubt, "water")))


def test_the_order_of_uncertain_claims_is_not_judged() -> None:
    text = "There are trees and grass. In the top right, there are grass and trees. In the middle, there are trees."
    assert list(label_checks.order_of_classes(Case(text, "3.5", read_claims(text), Cover(COUNTS, style="3.5"))))
    for doubt in (UNCLEAR, LIKELY):
        assert not list(label_checks.order_of_classes(case(text, doubt, "grass")))


def test_an_unclear_claim_is_not_checkable_for_a_reason() -> None:
    (first, unclear) = ground(with_doubt(WRONG["wrong part"][0], UNCLEAR, "grass"), COUNTS)
    assert (unclear.result, unclear.reason, unclear.check) == (NOT_CHECKABLE, DOUBTS[UNCLEAR][1], "")
    assert first.result == SUPPORTED


@pytest.mark.parametrize("kind", WRONG)
def test_a_likely_claim_is_compared_and_its_reason_calls_it_only_likely(kind: str) -> None:
    text, name, _ = WRONG[kind]
    result = next(one for one in ground(with_doubt(text, LIKELY, name), COUNTS) if one.claim.name == name)
    assert result.result == CONTRADICTED
    assert result.reason.endswith(f". The reading is only likely: {DOUBTS[LIKELY][1]}")
    supported = ground(with_doubt("In the middle, there are trees.", LIKELY, "tree"), COUNTS)[0]
    assert supported.reason == f"The middle has 100.0 % tree. The reading is only likely: {DOUBTS[LIKELY][1]}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Trees dominate the image.", "Grass dominates the image."),
        ("There are trees. There is no grass.", "There are trees and grass."),
        ("There is a vast amount of grass in the middle.", "There is a tiny amount of grass in the middle."),
    ],
)
def test_only_certain_claims_contradict_each_other(first: str, second: str) -> None:
    readings = read_claims(first), read_claims(second)
    assert list(contradictions(readings))
    assert compare(*readings, names=("one", "other")).contradictions
    for doubt in (UNCLEAR, LIKELY):
        unsure = with_doubt(first, doubt, readings[0].claims[-1].name), with_doubt(second, doubt, "grass")
        assert not list(contradictions(unsure))
        assert not compare(*unsure, names=("one", "other")).contradictions


def test_the_quiz_quotes_certain_captions_only(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "The picture shows a wide plain with trees and a little grass. In the top left, there is a large amount of "
        "trees. In the top right, there is a medium amount of grass. In the middle, there are trees."
    )
    assert excerpt(text).endswith("grass.")
    monkeypatch.setattr(
        "chatearthnet_explorer.learn.quiz_caption.read_claims", lambda text: with_doubt(text, LIKELY, "grass")
    )
    assert excerpt(text) == ""


def test_a_sentence_with_a_pronoun_is_loose_about_each_of_its_parts() -> None:
    reading = read_claims(
        "Trees lead. In the top left they keep a medium part with grass, and the top right has a small part of grass."
    )
    assert {"top left", "top right"} <= reading.loose


@pytest.mark.parametrize(
    ("first", "second", "part"),
    [
        ("In the middle, there is a medium amount of grass.", "There is no grass in the middle.", "middle"),
        ("There is no grass in the middle.", "In the middle, there is a medium amount of grass.", "middle"),
        ("In the middle, there is a medium amount of grass.", "There is no grass in the top left.", None),
        # little enough to be called none, or no amount at all
        ("In the middle, there is an extra small amount of grass.", "There is no grass in the middle.", None),
        ("In the middle, there is grass.", "There is no grass in the middle.", None),
        ("A medium amount of grass is everywhere.", "There is no grass in the middle.", None),
    ],
)
def test_styles_contradict_each_other_about_a_part(first: str, second: str, part: str | None) -> None:
    places = [one.part for one in contradictions((read_claims(first), read_claims(second)))]
    assert places == ([] if part is None else [part])
