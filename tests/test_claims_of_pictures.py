"""Captions of the multispectral style are read and checked by the rules of style 4V."""

from __future__ import annotations

import pytest
from data.label_maps import label_map

from chatearthnet_explorer.caption import checked_as
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.review.checks import judge_caption
from chatearthnet_explorer.review.claim_verification import verify_caption
from chatearthnet_explorer.review.grounding import ground

LABELS = label_map(3)
COUNTS = count_pixels(LABELS)
CAPTIONS = (
    "The square is dominated by trees. A small amount of water lies in the top left, and the middle is green.",
    "Water covers a large part of the top right. Crops are extra large in the bottom left. Moss fills the middle.",
    "Grass dominates.",
)


@pytest.mark.parametrize(("style", "rules"), [("3.5", "3.5"), ("4v", "4v"), ("multispectral", "4v")])
def test_each_style_is_checked_by_the_rules_of_one_of_the_release(style: str, rules: str) -> None:
    assert checked_as(style) == rules


@pytest.mark.parametrize("text", CAPTIONS)
def test_multispectral_caption_has_the_findings_of_a_4v_caption(text: str) -> None:
    pictures, maps = (judge_caption(text, style=style, counts=COUNTS).findings for style in ("multispectral", "4v"))
    assert pictures == maps
    reading = read_claims(text)
    assert ground(reading, COUNTS, style="multispectral") == ground(reading, COUNTS, style="4v")
    assert verify_caption(text, style="multispectral", labels=LABELS) == verify_caption(text, style="4v", labels=LABELS)


def test_rules_of_style_35_do_not_apply() -> None:
    kinds = {one.check for one in judge_caption(CAPTIONS[0], style="multispectral", counts=COUNTS).findings}
    assert "colour word" in kinds
    assert "part unspoken" not in kinds
    assert "part unspoken" in {one.check for one in judge_caption(CAPTIONS[0], style="3.5", counts=COUNTS).findings}
