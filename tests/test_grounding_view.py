"""Captions held against labels: which words are underlined, how, why, and which pixels they light."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from rig.hostile import ATTACK, CONTROL_CHARACTERS, VISIBLE_ATTACK, VISIBLE_CONTROL_CHARACTERS, Page
from rig.sample_chips import caption, chip, quarters

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.review.claim_verification import MOST, NO_LABELS, SIGNS, VerifiedCaption, verify_caption
from chatearthnet_explorer.review.grounding import CONTRADICTED, NOT_CHECKABLE, SUPPORTED, ground
from chatearthnet_explorer.testing.simulated_pairs import SimulatedPairs
from chatearthnet_explorer.widgets.shared.caption_view import CaptionView
from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView

WATER, TOWN, TREE, CROP = 1, 2, 3, 6
RIGHT = (
    "The image is dominated by water. The top left is an extra large part of water. The top right is an extra large "
    "amount of trees. The bottom left has an extra large area of crops. The bottom right is unmapped. The middle has a "
    "medium part of water, a medium amount of trees and a small amount of developed area."
)
PAIRS = SimulatedPairs(4, seed=2, wrong=0.5)


def verify(text: str, *, style: str = "3.5", labels: np.ndarray | None = None) -> VerifiedCaption:
    return verify_caption(text, style=style, labels=quarters() if labels is None else labels)


def words(verified: VerifiedCaption) -> list[tuple[str, str, tuple[str, ...]]]:
    """The underlined words, how they are, and where they light pixels."""
    runs = [("".join(text for text, _ in run.pieces), run.point) for run in verified.runs if run.point >= 0]
    return [(text, verified.points[number].result, verified.points[number].parts) for text, number in runs]


def highlighted_words(verified: VerifiedCaption, number: int) -> list[str]:
    """The words that light up while a point is pointed at."""
    pieces = chain.from_iterable(run.pieces for run in verified.runs)
    return [text for text, about in pieces if number in about]


def test_an_unclear_claim_is_not_checkable_and_the_card_gives_the_reason() -> None:
    text = "There is water in the top left. There are trees in the middle. There are no trees in the middle."
    verified = verify(text)
    assert [(words_, result) for words_, result, _ in words(verified)] == [
        ("water", SUPPORTED),
        ("trees", NOT_CHECKABLE),
        ("no trees", CONTRADICTED),
    ]
    page = Page(GroundingView(captions=(caption(text),), chip=chip())._repr_html_())
    assert "? The caption also says otherwise, so one of the two is not meant." in page.text


# --- which words


@pytest.mark.parametrize("name", PAIRS.names)
@pytest.mark.parametrize("style", [0, 1])
def test_the_pieces_joined_are_the_caption_and_every_claim_is_underlined_once(name: str, style: int) -> None:
    chip, captions, _ = PAIRS.pair_of(name)
    caption = captions[style]
    verified = verify_caption(caption.text, style=caption.style, labels=chip.labels)
    assert "".join(text for run in verified.runs for text, _ in run.pieces) == caption.text
    numbers = [run.point for run in verified.runs if run.point >= 0]
    assert numbers == list(range(len(verified.claims)))
    reading = read_claims(caption.text)
    assert chip.labels is not None
    claims_checked = ground(reading, count_pixels(chip.labels), style=caption.style)
    assert sum(count for _, count in verified.counts) == len(claims_checked)
    assert {(one.result, one.reason) for one in claims_checked} == set(
        chain.from_iterable(one.reasons for one in verified.claims)
    )
    for claim in reading.claims:
        assert any(text.endswith(caption.text[claim.start : claim.end]) for text, _, _ in words(verified))


def test_words_of_amount_are_underlined_with_their_class() -> None:
    assert words(verify("There is an extra small part of water in the bottom left, and no snow.")) == [
        ("extra small part of water", CONTRADICTED, ("bottom left",)),
        ("no snow", SUPPORTED, ("bottom left",)),
    ]


def test_a_list_shares_its_words_of_amount_and_each_class_has_its_own_line() -> None:
    verified = verify("The top left has a small amount of trees, crops and water, all of it.")
    assert words(verified) == [
        ("small amount of trees", CONTRADICTED, ("top left",)),
        ("crops", CONTRADICTED, ("top left",)),
        ("water", CONTRADICTED, ("top left",)),
    ]
    assert highlighted_words(verified, 0) == ["small", " amount of trees"]
    assert highlighted_words(verified, 1) == ["small", "crops"]
    assert highlighted_words(verified, 2) == ["small", "water"]


def test_word_with_two_claims_has_one_underline_and_both_reasons() -> None:
    verified = verify("Substantial tree cover is present, especially in the bottom left and the middle.", style="4v")
    (word,) = words(verified)
    assert word == ("Substantial tree cover", CONTRADICTED, ("bottom left",))
    (point,) = verified.claims
    assert [result for result, _ in point.reasons] == [SUPPORTED, CONTRADICTED]
    assert dict(verified.counts) == {SUPPORTED: 1, CONTRADICTED: 1, NOT_CHECKABLE: 0}


def test_absent_class_is_highlighted_in_its_claimed_part() -> None:
    verified = verify("The middle has a small amount of snow.")
    assert words(verified) == [("small amount of snow", CONTRADICTED, ("middle",))]
    assert verified.claims[0].reasons[0][1] == "The labels have no snow anywhere in this chip."


def test_each_reason_names_the_figure_and_what_the_word_stands_for() -> None:
    verified = verify(RIGHT)
    reasons = [why for point in verified.claims for _, why in point.reasons]
    assert "The middle has 29.1 % water; 'medium' stands for 20 to 49 %." in reasons
    assert all(why.endswith(".") for why in reasons)
    assert dict(verified.counts) == {SUPPORTED: len(reasons), CONTRADICTED: 0, NOT_CHECKABLE: 0}


def test_unmapped_part_cannot_be_checked() -> None:
    assert words(verify("The bottom right has trees."))[0][1] == CONTRADICTED  # the town reaches into it
    labels = quarters()
    labels[128:, 128:] = 0
    assert words(verify("The bottom right has trees.", labels=labels)) == [("trees", NOT_CHECKABLE, ("bottom right",))]


# --- what else is said


@pytest.mark.parametrize("labels", [None, np.zeros((256, 256), np.uint8)])
def test_without_labels_no_claim_is_checkable_and_a_note_explains(labels: np.ndarray | None) -> None:
    verified = verify_caption(RIGHT + " Perhaps.", style="3.5", labels=labels)
    assert verified.note == NO_LABELS
    assert {result for _, result, _ in words(verified)} == {NOT_CHECKABLE}
    assert dict(verified.counts)[NOT_CHECKABLE] == len(read_claims(RIGHT).claims)
    assert [point.reasons[0] for point in verified.findings] == [("banned word", "The prompt forbids 'Perhaps'.")]


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", "There is no caption"),
        (" \n", "There is no caption"),
        ("Der Wald liegt oben links am Wasser.", "not English"),
    ],
)
def test_unreadable_caption_has_a_note_and_no_claims(text: str, reasons: str) -> None:
    verified = verify(text)
    assert reasons in verified.note
    assert verified.points == verified.counts == ()
    assert "".join(text for run in verified.runs for text, _ in run.pieces) == text


def test_caption_without_claims_has_a_note() -> None:
    assert verify("This is the picture that they took of it in the morning.").note.startswith("It makes no claim")


def test_findings_quote_their_words_and_light_them_and_their_pixels() -> None:
    text = "The top right is possibly a large amount of grass. There is water in the top left, and it"
    verified = verify(text)
    by_check = {point.reasons[0][0]: point for point in verified.findings}
    assert {"banned word", "cut off", "omitted"} <= by_check.keys()
    banned_index = verified.points.index(by_check["banned word"])
    assert highlighted_words(verified, banned_index) == ["possibly"]
    assert "'possibly'" in by_check["banned word"].reasons[0][1]
    omitted_findings = {(one.class_index, *one.parts) for one in verified.findings if one.reasons[0][0] == "omitted"}
    assert {(TREE, "top right"), (CROP, "bottom left")} <= omitted_findings
    assert not {"hallucinated", "wrong part", "wrong size"} & by_check.keys()  # the underlines tell those


def test_many_findings_are_counted() -> None:
    verified = verify(RIGHT + " Perhaps." * 100)
    assert len(verified.findings) == MOST
    assert verified.more.startswith("And ")


# --- the view


def test_the_view_holds_new_captions_against_a_new_chip() -> None:
    view = GroundingView(captions=(caption(RIGHT), caption(RIGHT, style="4v")))
    assert [column["verification"]["note"] for column in view.columns] == [NO_LABELS] * 2
    view.highlight, view.within = TREE, ["middle"]
    view.chip = chip()
    assert (view.highlight, view.within) == (-1, [])
    payload = view.columns[0]["verification"]
    assert [(one["sign"], one["result"], one["count"]) for one in payload["counts"]] == [
        ("✓", SUPPORTED, 7),
        ("✗", CONTRADICTED, 0),
        ("?", NOT_CHECKABLE, 0),
    ]
    assert len({one["line"] for one in payload["counts"]}) == len({sign for sign, _ in SIGNS.values()}) == 3
    assert {(point["index"], *point["within"]) for point in payload["points"]} >= {
        (TREE, "top right"),
        (TOWN, "middle"),
    }


def test_plain_view_offers_no_check_without_labels() -> None:
    view = GroundingView(captions=(caption(RIGHT),), chip=chip(labels=None), plain=True)
    assert view.columns[0] == {**CaptionView(captions=(caption(RIGHT),)).columns[0], "verification": None}
    assert view._repr_html_() == CaptionView(captions=(caption(RIGHT),))._repr_html_()
    view.chip = chip()
    assert view.columns[0]["verification"]["counts"]


def test_hostile_words_are_written_out_and_every_claim_keeps_its_place() -> None:
    text = f"{CONTROL_CHARACTERS} {RIGHT.replace('small', 'large')} {ATTACK} {RIGHT}"
    view = GroundingView(captions=(caption(text, notes=(ATTACK,)),), chip=chip(), error=ATTACK)
    payload = view.columns[0]["verification"]
    assert "".join(piece for _, pieces in payload["runs"] for piece, _ in pieces) == view.columns[0]["text"]
    phrases = ["".join(piece for piece, _ in pieces) for number, pieces in payload["runs"] if number >= 0]
    assert {"large amount of developed area", "small amount of developed area"} <= {*phrases}
    state = str(view.get_state())
    assert not {"\u202e", "\u2066", "\x00", "\ud800"} & set(state)
    page = Page(view._repr_html_())
    page.assert_harmless()
    assert VISIBLE_CONTROL_CHARACTERS in page.text
    assert VISIBLE_ATTACK.removeprefix("tree").removesuffix("water") in page.text.replace("✗", "").replace("✓", "")


def test_the_card_has_signs_counts_and_the_reason_of_every_doubt() -> None:
    text = RIGHT.replace("a small amount of developed area", "a large amount of developed area") + " Perhaps."
    page = Page(GroundingView(captions=(caption(text),), chip=chip())._repr_html_())
    page.assert_harmless()
    assert "6 supported: the labels show it" in page.text.replace("✓ ", "")
    assert "large amount of developed area✗" in page.text
    assert "✗ 'large' stands for 50 to 79 %; the middle has 12.6 % developed area." in page.text
    assert "The prompt forbids 'Perhaps'." in page.text
    assert "model-7" in page.text
    empty = Page(GroundingView(error="The key was refused.")._repr_html_()).text
    assert "The key was refused." in empty
