"""Thresholds: what happens just below, at and just above each of them. Every figure is written out here.

Counts of pixels are given directly, 10,000 in each part, so that one pixel is 0.01 percent.
"""

from __future__ import annotations

import numpy as np
import pytest
from rig.part_counts import part_counts

from chatearthnet_explorer.landcover.shares import shares
from chatearthnet_explorer.prompts.facts import facts_4v, facts_35
from chatearthnet_explorer.prompts.size_words import size_word
from chatearthnet_explorer.review.checks import judge_both, judge_caption

FULL = 10_000


def checks(text: str, table: np.ndarray | None = None, *, style: str = "3.5") -> set[str]:
    return {one.check for one in judge_caption(text, style=style, counts=table).findings}


# --- sizes and pixels of a prompt


@pytest.mark.parametrize(("pixels", "is_named"), [(19, False), (20, True), (21, True)])
def test_a_prompt_names_classes_of_twenty_pixels(pixels: int, is_named: bool) -> None:
    labels = np.full((256, 256), 3, np.uint8)
    labels[0, :pixels] = 1
    facts = facts_35(labels)
    assert ("water" in facts.overall) == is_named
    assert ("water" in [amount.name for amount in facts.parts["top left"]]) == is_named
    # style 4V has no threshold
    assert "water" in dict(facts_4v(labels).shares["top left"])


def test_a_prompt_names_three_classes_of_a_part_and_no_fourth() -> None:
    labels = np.full((256, 256), 3, np.uint8)
    for row, index in enumerate((1, 2, 4)):
        labels[row, : 40 - row] = index
    assert [amount.name for amount in facts_35(labels).parts["top left"]] == ["tree", "water", "developed area"]
    assert len(facts_35(labels).overall) == 4


@pytest.mark.parametrize(
    ("percent", "word"),
    [
        (0.0, "extra small"),
        (9.99, "extra small"),
        (10.0, "small"),
        (19.99, "small"),
        (20.0, "medium"),
        (49.99, "medium"),
        (50.0, "large"),
        (79.99, "large"),
        (80.0, "extra large"),
        (100.0, "extra large"),
    ],
)
def test_size_words_start_at_10_20_50_and_80_percent(percent: float, word: str) -> None:
    assert size_word(percent) == word


def test_the_middle_is_the_inner_half_of_rows_and_columns() -> None:
    for inside, at in ((False, 63), (True, 64), (True, 191), (False, 192)):
        for place in ((at, 100), (100, at)):
            labels = np.zeros((256, 256), np.uint8)
            labels[place] = 1
            assert bool(facts_4v(labels).percents["water"]["middle"]) == inside


@pytest.mark.parametrize(("row", "column", "part"), [(127, 127, "top left"), (127, 128, "top right")])
def test_quarters_meet_between_rows_127_and_128(row: int, column: int, part: str) -> None:
    labels = np.zeros((256, 256), np.uint8)
    labels[row, column] = 1
    labels[row + 1, column] = 2
    below = {"top left": "bottom left", "top right": "bottom right"}[part]
    percents = facts_4v(labels).percents
    assert {one for one, percent in percents["water"].items() if percent} == {part, "middle"}
    assert {one for one, percent in percents["developed"].items() if percent} == {below, "middle"}


# --- what labels object to


@pytest.mark.parametrize(("pixels", "expected"), [(99, False), (100, True), (101, True)])
@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_a_class_may_be_denied_below_one_percent_of_a_part(pixels: int, expected: bool, style: str) -> None:
    table = part_counts({"tree": FULL}, top_left={"tree": FULL - pixels, "water": pixels})
    text = "Trees cover the image. There is no water in the top left."
    assert ("denied" in checks(text, table, style=style)) == expected


@pytest.mark.parametrize(("behind", "expected"), [(498, False), (500, False), (502, True)])
@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_a_leader_may_lie_five_points_behind(behind: int, expected: bool, style: str) -> None:
    shares = {"tree": (FULL + behind) // 2, "crop": (FULL - behind) // 2}
    assert (
        "wrong dominant" in checks("The image is dominated by crops.", part_counts(shares), style=style)
    ) == expected
    there = "Trees and crops cover the image. In the top left, crops dominate."
    assert ("wrong dominant" in checks(there, part_counts(shares), style=style)) == expected


@pytest.mark.parametrize(("ahead", "expected"), [(199, False), (200, False), (201, True)])
def test_classes_may_be_listed_two_points_the_wrong_way_round(ahead: int, expected: bool) -> None:
    table = part_counts({"tree": 4000 + ahead, "grass": 4000, "shrub": 2000 - ahead})
    text = "Trees and grass cover the image. In the top left, there is grass, followed by trees. It is a landscape."
    assert ("order of classes" in checks(text, table)) == expected
    assert "order of classes" not in checks(text, table, style="4v")


@pytest.mark.parametrize(("pixels", "expected"), [(499, False), (500, True), (501, True)])
def test_4v_must_name_a_largest_class_of_five_percent(pixels: int, expected: bool) -> None:
    table = part_counts({"tree": pixels})
    assert ("omitted" in checks("Crops cover the image.", table, style="4v")) == expected


@pytest.mark.parametrize(("pixels", "expected"), [(19, False), (20, True), (21, True)])
def test_35_must_name_a_largest_class_of_twenty_pixels(pixels: int, expected: bool) -> None:
    assert ("omitted" in checks("Crops cover the image.", part_counts({"tree": pixels}))) == expected


EXACT_EDGES = {
    "extra small": (None, 1100),
    "small": (900, 2100),
    "medium": (1900, 5100),
    "large": (4900, 8100),
    "extra large": (7900, None),
}
"""Pixels of 10,000 from which, and below which, the prompt's own words fit: a point beyond their range."""

FREE_EDGES = {
    "tiny": (None, 2100),
    "modest": (None, 5100),
    "moderate": (900, 8100),
    "substantial": (1900, None),
    "vast": (4900, None),
}
"""The same of other words in style 3.5, which may be a size off as well."""

LOOSE_EDGES = {
    "modest": (None, 5500),
    "moderate": (500, 8500),
    "substantial": (1500, None),
}
"""The same in style 4V: a size and five points, somewhere in the image."""

PLAIN_EDGES = {"tiny": (None, 2100), "vast": (4900, None)}
"""The same of words that are plainly of a part: a size and a point in that part."""


def _misfits(word: str, pixels: int, style: str) -> bool:
    table = part_counts({"grass": pixels, "tree": FULL - pixels})
    text = f"Trees and grass cover the image. In the top left, there is a {word} amount of grass."
    return "wrong size" in checks(text, table, style=style)


@pytest.mark.parametrize(
    ("word", "first", "end", "style"),
    [
        *((word, *edges, "3.5") for word, edges in EXACT_EDGES.items()),
        *((word, *edges, "3.5") for word, edges in FREE_EDGES.items()),
        *((word, *edges, "4v") for word, edges in (LOOSE_EDGES | PLAIN_EDGES).items()),
    ],
)
def test_words_of_amount_fit_from_their_first_percent_to_their_last(
    word: str, first: int | None, end: int | None, style: str
) -> None:
    if first is None:
        assert not _misfits(word, 1, style)
    else:
        assert [_misfits(word, pixels, style) for pixels in (first - 1, first, first + 1)] == [True, False, False]
    if end is None:
        assert not _misfits(word, FULL, style)
    else:
        assert [_misfits(word, pixels, style) for pixels in (end - 1, end, end + 1)] == [False, True, True]


# --- what words give away


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (14, "too short"),
        (15, None),
        (16, None),
        (259, None),
        (260, None),
        (261, "too long"),
    ],
)
def test_captions_have_15_to_260_words(words: int, expected: str | None) -> None:
    text = f"{' '.join(['trees'] * words)}."
    assert checks(text, style="4v") == ({expected} if expected else set())
    findings = judge_caption(text, style="4v").findings
    assert [one.figure for one in findings] == [words] * len(findings)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [("Trees grow here.", False), ("Trees grow here now.", True), ("Trees grow here as well.", True)],
)
def test_sentences_of_four_words_must_not_be_repeated(sentence: str, expected: bool) -> None:
    text = f"{sentence} Crops lie to the south of them, in the fields. {sentence}"
    assert ("repeated sentence" in checks(text, style="4v")) == expected
    assert "repeated sentence" not in checks(f"{sentence} Crops lie to the south of them.", style="4v")


LATIN = ("lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "eiusmod")


def _latin(words: int) -> str:
    return " ".join(LATIN[place % len(LATIN)] for place in range(words))


@pytest.mark.parametrize(
    ("text", "is_judged"),
    [
        (_latin(4), True),  # too short to tell
        (_latin(5), False),
        (f"the {_latin(28)}", True),  # an article makes 29 words English, and not 30
        (f"the {_latin(29)}", False),
        (f"tree {_latin(28)}", True),  # so does a class
        (f"tree {_latin(29)}", False),
        (f"{'tree ' * 4}{_latin(26)}", False),
        (f"{'tree ' * 5}{_latin(26)}", True),  # five claims are English in any length
        ("größer Wald", False),
    ],
)
def test_short_texts_are_judged_on_little_evidence(text: str, is_judged: bool) -> None:
    assert ("not English" not in checks(text)) == is_judged


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("an extra small", "a small", False),
        ("an extra small", "a medium", False),
        ("an extra small", "a large", True),
        ("an extra small", "an extra large", True),
        ("a small", "a large", False),
        ("a small", "an extra large", True),
        ("a medium", "an extra large", False),
        ("a large", "an extra small", True),
    ],
)
def test_styles_contradict_each_other_three_sizes_apart(first: str, second: str, expected: bool) -> None:
    results = {
        style: judge_caption(f"In the top left, there is {size} amount of grass.", style=style)
        for style, size in (("3.5", first), ("4v", second))
    }
    assert bool(judge_both(results)) == expected


# --- equal areas


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_lower_class_of_two_equal_leaders_must_be_named(style: str) -> None:
    table = part_counts({"tree": 3000, "grass": 3000, "crop": 1000})
    findings = judge_caption("Crops cover the image.", style=style, counts=table).findings
    assert [one.land for one in findings if one.check == "omitted"] == ["tree"]


def test_equal_areas_are_listed_by_class_and_in_parts_of_style_35_the_other_way_round() -> None:
    labels = np.full((256, 256), 3, np.uint8)
    for row, index in enumerate((11, 1, 6, 9)):
        labels[row, :30] = index
    by_class = ["tree", "water", "crop", "wetland", "moss"]
    assert list(shares(labels)["top left"]) == list(shares(labels)["overall"]) == by_class
    assert [name for name, _ in facts_4v(labels).shares["top left"]] == by_class
    assert list(facts_4v(labels).percents) == by_class
    assert [amount.name for amount in facts_35(labels).parts["top left"]] == ["tree", "moss", "wetland"]
    assert facts_35(labels).overall == ("tree", "moss", "water", "crop", "wetland")  # by first pixel


def test_shares_for_looking_list_the_background_too() -> None:
    labels = np.full((256, 256), 3, np.uint8)
    labels[:128, :64] = 0
    assert shares(labels)["top left"] == {"background": 0.5, "tree": 0.5}
    assert shares(labels)["overall"] == {"tree": 0.875, "background": 0.125}
    assert shares(labels)["bottom right"] == {"tree": 1.0}
