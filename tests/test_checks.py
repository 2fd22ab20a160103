"""The checks: what each objects to and what it lets pass, grounding, hostile texts, and the real captions."""

from __future__ import annotations

import hashlib
import json
import time
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from rig.hostile import ATTACK, CONTROL_CHARACTERS, SCRIPTS

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import palette
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.prompts.size_words import size_word
from chatearthnet_explorer.review import checks
from chatearthnet_explorer.review.checks import (
    CHECKS,
    ONE_STYLE,
    all_checks,
    judge_both,
    judge_caption,
    judge_picture,
    score,
)
from chatearthnet_explorer.review.chip_checks import BLACK, WHITE, Picture, picture_of
from chatearthnet_explorer.review.finding import ALL, BOTH, CAPTION, LABELS, PIXELS, Finding
from chatearthnet_explorer.review.grounding import CONTRADICTED, NOT_CHECKABLE, SUPPORTED, ground
from chatearthnet_explorer.review.label_counts import EXACT, FREE, LOOSE, Cover, fits
from chatearthnet_explorer.testing.contracts import CHECK_RULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chatearthnet_explorer.review.finding import Check

WATER, TOWN, TREE, GRASS, CROP, SNOW = 1, 2, 3, 5, 6, 8


def _labels() -> np.ndarray:
    """Return trees, with a tenth of grass top left, a third of crop bottom right, and a lake of 0.4 % bottom left."""
    labels = np.full((256, 256), TREE, np.uint8)
    labels[:13, :128] = GRASS
    labels[214:, 128:] = CROP
    labels[240:246, 3:13] = WATER
    return labels


COUNTS = count_pixels(_labels())
RIGHT = (
    "The image is dominated by trees. In the top left, there is an extra large portion of trees, followed by a small "
    "amount of grass. Moving to the top right, there is an extra large area of trees. The bottom left has an extra "
    "large fraction of trees and an extra small part of water. In the bottom right, a large portion of trees is "
    "followed by a medium amount of crops. In the middle, trees cover an extra large part. Overall, the main theme is "
    "a landscape of trees."
)


def _findings(text: str, *, style: str = "3.5", counts: np.ndarray | None = COUNTS) -> list[Finding]:
    return list(judge_caption(text, style=style, counts=counts).findings)


def _checks(text: str, *, style: str = "3.5", counts: np.ndarray | None = COUNTS) -> set[str]:
    return {finding.check for finding in _findings(text, style=style, counts=counts)}


def test_a_right_caption_has_no_findings() -> None:
    assert _findings(RIGHT) == []
    assert _findings(RIGHT, style="4v") == []


@pytest.mark.parametrize(
    ("before", "after", "check", "land", "part"),
    [
        ("an extra small part of water", "an extra small part of snow", "hallucinated", "snow", ""),
        ("a small amount of grass", "a small amount of water", "wrong part", "water", "top left"),
        ("a small amount of grass", "a large amount of grass", "wrong size", "grass", "top left"),
        ("a medium amount of crops", "a small amount of crops", "wrong size", "crop", "bottom right"),
        (
            "In the middle, trees cover an extra large part",
            "There are no trees in the middle",
            "denied",
            "tree",
            "middle",
        ),
        ("an extra large area of trees", "an extra small area of grass", "omitted", "tree", "top right"),
        ("dominated by trees", "dominated by crops", "wrong dominant", "crop", ""),
        (
            "a large portion of trees is followed by a medium amount of crops",
            "a medium amount of crops is followed by a large portion of trees",
            "order of classes",
            "tree",
            "bottom right",
        ),
        ("main theme is", "main theme is likely", "banned word", "", ""),
        ("main theme is", "main theme appears to be", "banned word", "", ""),
        ("The image is", "The first image is", "several images", "", ""),
        ("main theme is", "main theme of both images is", "several images", "", ""),
        ("a landscape of trees.", "a landscape of", "cut off", "", ""),
        ("a landscape of trees.", "a landscape of trees...", "cut off", "", ""),
    ],
)
def test_one_wrong_word_is_found_where_it_stands(before: str, after: str, check: str, land: str, part: str) -> None:
    assert before in RIGHT
    text = RIGHT.replace(before, after)
    (finding,) = [one for one in _findings(text) if one.check == check]
    assert (finding.land, finding.part) == (land, part)
    if check == "omitted":
        assert finding.start == -1
    else:
        assert 0 <= finding.start < finding.end <= len(text)
    if CHECKS[check].needs == LABELS:
        assert finding.figure is not None


def test_evidence_holds_the_figure_that_the_labels_have() -> None:
    (finding,) = _findings(RIGHT.replace("a medium amount of crops", "a small amount of crops"))
    assert finding.figure == pytest.approx(100 * COUNTS[3, CROP] / 128**2)
    assert f"{finding.figure:.1f} % crop" in finding.evidence
    assert "'small'" in finding.evidence


def test_a_class_that_is_nowhere_is_found_once_however_often_it_is_named() -> None:
    text = RIGHT.replace("grass", "snow").replace("Overall", "Snow and more snow. Overall")
    assert [one.land for one in _findings(text) if one.check == "hallucinated"] == ["snow"]


def test_parts_out_of_order_and_parts_left_out() -> None:
    sentences = RIGHT.split(". ")
    sentences[2], sentences[3] = sentences[3], sentences[2]
    (finding,) = _findings(". ".join(sentences))
    assert (finding.check, finding.part) == ("order of parts", "top right")
    del sentences[5]
    assert _checks(". ".join(sentences)) == {"order of parts", "part unspoken"}
    assert not _checks(". ".join(sentences), style="4v")


def test_a_caption_may_describe_a_part_twice() -> None:
    opening = "Trees dominate the image. In the middle and in the bottom left, there are many. "
    assert "order of parts" not in _checks(opening + RIGHT)
    assert "order of parts" not in _checks(f"{RIGHT} In the top left, there are most.")


def test_a_caption_with_a_paragraph_for_each_class_has_an_order_of_parts() -> None:
    text = (
        "Trees cover most of the middle, the bottom right, the bottom left, the top right and the top left.\n\n"
        "Grass covers little of the {} and the {}."
    )
    assert "order of parts" in _checks(text.format("top left", "middle"))
    prompt = text.replace("the middle, the bottom right, the bottom left, the top right and the top left", "{}")
    in_order = prompt.format(
        "the top left, the top right, the bottom left, the bottom right and the middle", "{}", "{}"
    )
    assert "order of parts" not in _checks(in_order.format("middle", "top left"))


LIST = "- Top left: trees, extra large\n- Top right: trees, extra large\n- Middle: trees, extra large"


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        (LIST, False),
        (LIST.replace("- ", "1) "), False),
        (LIST.replace("- ", ""), False),
        (LIST.replace(":", " \u2013"), False),
        (LIST.replace("\n", ".\n"), True),
        (f"{LIST} and", True),
        (f"{LIST},", True),
        (f"{LIST} with a small part of the", True),
        (f"{LIST}...", True),
        ("- Trees cover the top left, the top right and all of the middle", True),
        ("Trees cover the land.\nGrass is in the south\nof the land and crops are in the north of it", True),
    ],
)
def test_an_item_of_a_list_needs_no_full_stop(text: str, is_cut: bool) -> None:
    assert ("cut off" in _checks(text, style="4v")) is is_cut


def test_colours_belong_to_no_4v_caption() -> None:
    text = RIGHT.replace("an extra large area of trees", "an extra large green area of trees")
    assert _checks(text, style="4v") == {"colour word"}
    assert not _checks(text, style="3.5")
    assert not _checks(RIGHT.replace("In the middle", "In the evergreen middle"), style="4v")


def test_repeated_and_too_long() -> None:
    assert _checks(f"{RIGHT} {RIGHT.split('. ', maxsplit=1)[0]}.") == {"repeated sentence"}
    assert "too long" in _checks(" ".join([RIGHT] * 4))
    assert "too short" in _checks("Trees cover the image.")


def test_a_short_sentence_of_another_part_is_no_repetition() -> None:
    text = "The top left has trees. Grass is very small. The top right has trees. Grass is very small."
    assert "repeated sentence" not in _checks(text)
    assert "repeated sentence" in _checks(f"{text} Grass is very small.")


@pytest.mark.parametrize(
    "word",
    ["Possibly", "likely", "perhaps", "contexts", "appears", "appearance", "changing", "transitional", "dynamics"],
)
def test_banned_words_in_every_form(word: str) -> None:
    assert "banned word" in _checks(f"{RIGHT} It is {word} so.")


@pytest.mark.parametrize(
    "words", ["an unlikely place", "a disappearing act", "exchanged", "the contextless", "aerodynamic", "a mapped area"]
)
def test_words_that_only_hold_banned_ones_pass(words: str) -> None:
    assert not _checks(f"{RIGHT} It is {words} here.")


@pytest.mark.parametrize(
    "words", ["the image as a whole", "this map", "the tiled floor", "the imagery", "the last part"]
)
def test_speaking_of_one_image_passes(words: str) -> None:
    assert not _checks(f"{RIGHT} So far {words} is told here.")


# --- what cannot be judged is said


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_an_empty_caption_is_empty_and_nothing_else(text: str) -> None:
    result = judge_caption(text, style="3.5", counts=COUNTS)
    assert [one.check for one in result.findings] == ["empty"]
    assert result.reading is None
    assert result.skip_reason


@pytest.mark.parametrize(
    "text",
    [
        "Das Bild zeigt vor allem Wald. Oben links liegt etwas Gras, unten rechts liegen Felder, dazwischen Wald.",
        "这张图像主要是树木。左上角有少量草地。右下角有农田。",
        "La imagen muestra sobre todo bosque. Arriba a la izquierda hay hierba y abajo a la derecha hay cultivos.",
        "0101 0110 1101 0001 1110 0101",
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore",
        "🌲🌲🌲🌲🌲🌲",
    ],
)
def test_caption_in_another_language_is_a_finding_and_not_checked_further(text: str) -> None:
    result = judge_caption(text, style="3.5", counts=COUNTS)
    assert [one.check for one in result.findings] == ["not English"]
    assert result.reading is None
    assert "not judged" in result.skip_reason


@pytest.mark.parametrize("counts", [None, np.zeros((6, 12), np.int64), count_pixels(np.zeros((256, 256), np.uint8))])
def test_without_labels_only_the_words_are_judged(counts: np.ndarray | None) -> None:
    result = judge_caption(RIGHT.replace("grass", "snow") + " Perhaps", style="3.5", counts=counts)
    assert {one.check for one in result.findings} == {"banned word", "cut off"}
    assert "no labels" in result.skip_reason
    assert result.reading is not None


def test_unmapped_part_contradicts_nothing() -> None:
    labels = _labels()
    labels[:128, 128:] = 0
    assert not _checks(RIGHT, counts=count_pixels(labels))
    claims_checked = ground(read_claims(RIGHT), count_pixels(labels))
    results = {one.claim.parts: one.result for one in claims_checked}
    assert results["top right",] == NOT_CHECKABLE
    assert results["top left",] == SUPPORTED


def test_counts_of_another_shape_are_refused() -> None:
    with pytest.raises(LabelError, match="not \\(3, 12\\)"):
        judge_caption(RIGHT, style="3.5", counts=np.ones((3, 12), np.int64))


# --- sizes


@pytest.mark.parametrize("percent", np.arange(0.0, 100.5, 0.5))
def test_the_word_of_a_share_always_fits_it_and_slack_only_widens(percent: float) -> None:
    size = size_word(percent)
    assert fits(size, percent, slack=EXACT)
    for other in ("extra small", "small", "medium", "large", "extra large"):
        narrow, wide, widest = (fits(other, percent, slack=slack) for slack in (EXACT, FREE, LOOSE))
        assert narrow <= wide <= widest


def test_sizes_in_the_prompts_words_must_be_exact() -> None:
    # grass covers 10.2 % of the top left: small, within a point of extra small
    for words, checks_found in (
        ("an extra small amount of grass", False),
        ("a medium amount of grass", True),
        ("a Medium-sized amount of grass", True),
        ("an extra-small amount of grass", False),
        ("a small-sized amount of grass", False),
        ("a moderate amount of grass", False),
        ("a substantial amount of grass", True),
    ):
        text = RIGHT.replace("a small amount of grass", words)
        assert ("wrong size" in _checks(text)) == checks_found, words


def test_4v_words_are_wrong_only_if_they_fit_nowhere() -> None:
    text = "Trees are widespread. There is a large amount of crops, especially in the bottom right. Some grass is seen."
    assert not _checks(text, style="4v")
    text = text.replace("a large amount of crops", "a vast expanse of water").replace("bottom right", "bottom left")
    assert _checks(text, style="4v") == {"wrong size"}


# --- grounding


def test_every_claim_is_grounded_with_its_reason_and_its_pixels() -> None:
    text = RIGHT.replace("a small amount of grass", "a large amount of grass")
    text = text.replace("an extra small part of water", "no snow")
    reading = read_claims(text)
    claims_checked = ground(reading, COUNTS)
    assert [one.claim for one in claims_checked] == list(reading.claims)
    wrong = [one for one in claims_checked if one.result == CONTRADICTED]
    assert [(one.claim.name, one.check, one.parts) for one in wrong] == [("grass", "wrong size", ("top left",))]
    assert wrong[0].percent == pytest.approx(100 * COUNTS[0, GRASS] / 128**2)
    assert {one.claim.name for one in claims_checked if one.result == SUPPORTED} == {"tree", "crop", "snow"}
    assert all(one.reason.endswith(".") for one in claims_checked)


def test_grounding_and_checks_never_disagree(realdata: Path) -> None:
    texts = [one["caption"] for one in _real(realdata)] + [RIGHT]
    for text in texts:
        for style in ("3.5", "4v"):
            claims_checked = {one.check for one in ground(read_claims(text), COUNTS, style=style)} - {""}
            of_claims = {"hallucinated", "denied", "wrong part", "wrong size", "wrong dominant"}
            # a claim that several checks object to is shown with one of them
            assert claims_checked <= _checks(text, style=style) & of_claims
            assert bool(claims_checked) == bool(_checks(text, style=style) & of_claims)


def test_without_labels_nothing_is_checkable() -> None:
    assert {one.result for one in ground(read_claims(RIGHT), None)} == {NOT_CHECKABLE}


def test_a_denied_amount_denies_no_class() -> None:
    text = "Small pockets of water are scattered, none large enough to form substantial lakes."
    assert CONTRADICTED not in {one.result for one in ground(read_claims(text), COUNTS, style="4v")}


# --- both styles


def _both(first: str, second: str) -> list[str]:
    result = {"3.5": judge_caption(first, style="3.5"), "4v": judge_caption(second, style="4v")}
    return [one.evidence for one in judge_both(result)]


def test_styles_contradict_each_other() -> None:
    assert not _both(RIGHT, "Trees dominate the image. Some grass lies in the top left.")
    (evidence,) = _both(RIGHT, "The image is dominated by crops, with some trees.")
    assert "tree dominates" in evidence
    (evidence,) = _both(RIGHT, "The image is dominated by trees. There is no grass in this image.")
    assert "grass is missing" in evidence
    (evidence,) = _both(RIGHT, "The image is dominated by trees. A vast expanse of water covers the bottom left.")
    assert "water" in evidence
    without_size = RIGHT.replace("trees cover an extra large part", "there are trees and water")
    vast = "The image is dominated by trees. A vast expanse of water covers the middle."
    assert not _both(without_size, vast)
    assert _both(without_size.replace("Overall", "There is a tiny amount of water in the middle. Overall"), vast)
    assert not _both("", RIGHT)
    assert not judge_both({"3.5": judge_caption(RIGHT, style="3.5")})


# --- pictures


def _png(rgb: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    return file.getvalue()


def _scene(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(20, 140, (256, 256, 3), np.uint8)


@pytest.mark.parametrize(
    ("rgb", "checks_found"),
    [
        (np.zeros((256, 256, 3), np.uint8), {"all black"}),
        (np.full((256, 256, 3), 255, np.uint8), {"all white"}),
        (np.full((256, 256, 3), 77, np.uint8), {"uniform"}),
        (_scene(), set()),
        (np.where(np.arange(256)[:, None, None] < 200, 230, _scene()).astype(np.uint8), {"mostly cloud"}),
        (np.where(np.arange(256)[:, None, None] < 100, 230, _scene()).astype(np.uint8), set()),
    ],
)
def test_pictures(rgb: np.ndarray, checks_found: set[str]) -> None:
    assert {one.check for one in judge_picture(picture_of(_png(rgb)))} == checks_found


def test_snow_in_the_labels_explains_a_bright_picture() -> None:
    rgb = np.where(np.arange(256)[:, None, None] < 200, 230, _scene()).astype(np.uint8)
    snow = np.full((256, 256), SNOW, np.uint8)
    assert not judge_picture(picture_of(_png(rgb), cover=Cover(count_pixels(snow), style="4v")))
    assert judge_picture(picture_of(_png(rgb), cover=Cover(COUNTS, style="4v")))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>404</html>",
        _png(_scene())[:500],
        _png(np.zeros((16, 16, 3), np.uint8)),
        b"\x89PNG\r\n\x1a\n" + b"\0" * 2_000_000,
    ],
)
def test_data_that_is_not_a_picture_is_a_finding(data: bytes) -> None:
    picture = picture_of(data)
    assert [one.check for one in judge_picture(picture)] == ["broken picture"]
    assert picture.digest == hashlib.sha256(data).hexdigest()


def test_the_two_known_files_are_known_by_their_bytes() -> None:
    assert [one.check for one in judge_picture(Picture(_scene(), BLACK))] == ["all black"]
    assert [one.check for one in judge_picture(Picture(_scene(), WHITE))] == ["all white"]


def test_real_chips_are_clean(realdata: Path) -> None:
    for path in sorted((realdata / "chatearthnet" / "chips").glob("*.png")):
        assert not judge_picture(picture_of(path.read_bytes())), path.name


# --- the table


@pytest.mark.parametrize("check", sorted(ONE_STYLE))
def test_a_check_of_one_style_is_silent_in_the_other(check: str) -> None:
    wrong = {
        "order of classes": RIGHT.replace("water", "grass").replace("grass", "water", 1),
        "order of parts": "In the middle, trees. In the bottom left, trees. In the top left, trees. Trees cover all.",
        "part unspoken": "In the top left, there is an extra large portion of trees. It is a forest of many trees.",
        "colour word": RIGHT + " The green areas are trees and the blue areas are water.",
    }[check]
    checks_found = {
        style: {one.check for one in judge_caption(wrong, style=style, counts=COUNTS).findings}
        for style in ("3.5", "4v")
    }
    other = {"3.5": "4v", "4v": "3.5"}[ONE_STYLE[check]]
    assert check not in checks_found[other]
    if check != "order of classes":  # which needs the right shares, and has tests of its own
        assert check in checks_found[ONE_STYLE[check]]


@pytest.mark.parametrize("rule", CHECK_RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("check", [check for check in all_checks().values() if check.find], ids=lambda check: check.id)
def test_check_keeps_contract(check: Check, rule: Callable[[Check], None]) -> None:
    rule(check)


def test_every_check_has_a_description_and_needs() -> None:
    for id_, check in CHECKS.items():
        assert check.id == id_
        assert check.description.endswith(".")
        assert check.needs in {CAPTION, LABELS, PIXELS, BOTH, ALL}
        assert check.weight in {1, 2, 3}


def test_findings_carry_the_id_of_their_check(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = "Perhaps the first image is red. In the middle, a tiny bit of trees. In the bottom right, there is no crop. "
    bad += "In the top left, snow dominates. "
    bad += bad + "Crops lie in the top left"
    checks_seen = set()
    every = (*checks._OF_LABELS, *checks._OF_WORDS)
    with_two_amounts = RIGHT.replace("a large portion", "a medium amount of crops and a large portion")
    monkeypatch.setattr(checks, "_OF_WORDS", ())
    for row in every:
        monkeypatch.setattr(checks, "_OF_LABELS", (row,))
        for style in ("3.5", "4v"):
            for text in (bad, "Trees.", " ".join([bad] * 9), with_two_amounts):
                checks_found = _checks(text, style=style)
                assert checks_found <= {row[0]}
                checks_seen |= checks_found
    assert checks_seen == {row[0] for row in every}


def test_the_score_counts_each_check_once() -> None:
    findings = _findings(RIGHT.replace("a small amount of grass", "a large amount of snow") + " Perhaps, perhaps")
    assert score(findings) == sum(CHECKS[one].weight for one in {finding.check for finding in findings})
    assert score([]) == 0


# --- hostile texts


@pytest.mark.parametrize(
    "text",
    [
        ATTACK,
        CONTROL_CHARACTERS,
        *SCRIPTS,
        "İ" * 3000 + " trees and İ grass in the top left",
        "a " * 100_000,
        "no " * 5000,
        "image " * 5000,
        "first image" * 2000,
        "tree, " * 5000,
        "perhaps " * 3000,
        "((((((" * 4000,
        "." * 20_000,
        "\x00" * 1000,
        "\n\n".join(["trees"] * 3000),
        "In the top left in the top right " * 600,
    ],
    ids=lambda text: text[:12].encode("ascii", "replace").decode().strip() or "blank",
)
def test_hostile_texts_are_checked_in_bounded_time(text: str) -> None:
    start = time.process_time()  # of this process alone, however busy the machine is
    for style in ("3.5", "4v"):
        for one in _findings(text, style=style):
            assert one.check in CHECKS
            assert -1 <= one.start <= one.end <= len(text)
            assert len(one.evidence) < 400
    assert time.process_time() - start < 30  # a quadratic reader takes minutes


def test_a_caption_is_read_to_its_limit_and_not_beyond() -> None:
    text = "trees " * 3333 + " " * 10 + "perhaps"
    assert len(text) > 20_000
    assert "banned word" not in _checks(text)


# --- the real ones


def _real(realdata: Path) -> list[dict[str, str]]:
    captions: list[dict[str, str]] = json.loads(
        (realdata / "chatearthnet" / "captions_from_figures.json").read_text("utf-8")
    )["captions"]
    return captions


def _figure_labels(realdata: Path) -> np.ndarray:
    """Return the label map of the figure: 256 pixels a side, each of the class whose colour is nearest."""
    with Image.open(realdata / "chatearthnet" / "fig2_chip_label_274px.png") as image:
        pixels_rgb = np.asarray(image.convert("RGB").resize((256, 256), Image.Resampling.NEAREST)).astype(np.int64)
    colours = palette().astype(np.int64)[1:]
    distance = ((pixels_rgb[:, :, None] - colours) ** 2).sum(axis=-1)
    return (distance.argmin(axis=-1) + 1).astype(np.uint8)


def test_the_four_real_captions_read_as_a_person_reads_them(realdata: Path) -> None:
    checks_found = {
        one["id"]: _checks(one["caption"], style="4v" if "4v" in one["id"] else "3.5", counts=None)
        for one in _real(realdata)
    }
    assert checks_found == {"fig1_4v_left": {"banned word"}, "fig1_35_right": set(), "fig2_35": set(), "fig2_4v": set()}
    by_id = {one["id"]: one["caption"] for one in _real(realdata)}
    assert not _both(by_id["fig2_35"], by_id["fig2_4v"])


def test_findings_of_published_captions_agree_with_their_label_map(realdata: Path) -> None:
    counts = count_pixels(_figure_labels(realdata))
    captions = {one["id"]: one["caption"] for one in _real(realdata)}
    checks_found = {
        id_: sorted({(one.check, one.land, one.part) for one in _findings(captions[id_], style=style, counts=counts)})
        for id_, style in (("fig2_35", "3.5"), ("fig2_4v", "4v"))
    }
    # the map bears out every size word of the 3.5 caption and every class of the 4V caption: docs/explanation/checks.md
    assert checks_found == {"fig2_35": [], "fig2_4v": []}
    claims_checked = ground(read_claims(captions["fig2_35"]), counts)
    assert sum(one.result == SUPPORTED for one in claims_checked) == len(claims_checked) == 16


def test_finds_faults_in_the_caption_of_another_real_chip(realdata: Path) -> None:
    counts = count_pixels(_figure_labels(realdata))
    captions = {one["id"]: one["caption"] for one in _real(realdata)}
    checks_found = _findings(captions["fig1_35_right"], counts=counts)
    assert ("wrong dominant", "crop", "") in {(one.check, one.land, one.part) for one in checks_found}
    assert {(one.land, one.part) for one in checks_found if one.check == "omitted"} == {
        ("tree", part) for part in ("top left", "top right", "bottom right")
    }
    keys = {(one.check, one.land, one.part) for one in checks_found}
    assert {("wrong part", "crop", "top left"), ("wrong size", "crop", "bottom right")} <= keys


def test_amounts_of_the_whole_image_are_compared_with_the_whole_image() -> None:
    sentence = "Trees are the main cover. Crops lie in the bottom right and take up {} of the whole image."
    assert not _findings(sentence.format("a small part"), style="4v")
    (finding,) = _findings(sentence.format("more than half"), style="4v")  # a third of a part, and 8 % of the image
    assert (finding.check, finding.land, finding.part) == ("wrong size", "crop", "")
    assert "8." in finding.evidence
    assert "any part" not in finding.evidence


@pytest.mark.parametrize(
    "words", ["They take up the top right.", "The top right is much the same.", "It covers the top right."]
)
def test_part_described_by_a_pronoun_may_mean_any_class(words: str) -> None:
    text = RIGHT.replace(
        "Moving to the top right, there is an extra large area of trees.", f"{words} Grass is rare there."
    )
    assert "omitted" not in _checks(text)
    plain = RIGHT.replace("there is an extra large area of trees", "there is an extra small area of grass")
    assert "omitted" in _checks(plain)


def test_almost_none_is_not_none() -> None:
    right = RIGHT.replace("a medium amount of crops", "almost no crops")
    assert "denied" not in _checks(right)
    assert "denied" in _checks(RIGHT.replace("a medium amount of crops", "no crops"))


def test_styles_are_compared_by_what_each_ends_with() -> None:
    first = "Trees dominate the scene, and crops lie in the bottom right."
    both = _both(RIGHT, f"{first} The main theme is farmland.")
    assert both == ["Style 3.5 says that tree dominates, style 4V that crop does."]
    assert not _both(RIGHT, f"{first} The main theme is farmland and forest.")
    assert not _both(RIGHT, f"{first} The scene is calm.")
