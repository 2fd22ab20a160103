"""Thresholds: what happens just below, at and just above each of them. Every figure is written out here.

Counts of pixels are given directly, 10,000 in each part, so that one pixel is 0.01 percent.
"""

from __future__ import annotations

import math
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from chatearthnet_explorer.errors import LabelError, PlaceError, PlanError
from chatearthnet_explorer.landcover.legend import indices_of_codes, indices_of_colours
from chatearthnet_explorer.prompts.facts import facts_4v, facts_35
from chatearthnet_explorer.prompts.size_words import size_word
from chatearthnet_explorer.review import chip_checks
from chatearthnet_explorer.review.checks import judge_both, judge_caption, judge_picture
from chatearthnet_explorer.review.chip_checks import Picture, picture_of
from chatearthnet_explorer.review.cloud_cover import CloudCover
from chatearthnet_explorer.review.label_counts import Cover
from chatearthnet_explorer.review.sampling import margin_of, sample_size, simple_random, stratified_sample
from chatearthnet_explorer.sources.stac.reflectance import reflectance
from chatearthnet_explorer.tile import Tile, wrap_longitude

INDEX = {"water": 1, "town": 2, "tree": 3, "shrub": 4, "grass": 5, "crop": 6, "bare": 7, "snow": 8}
EVERYWHERE = ("top left", "top right", "bottom left", "bottom right", "middle", "")
FULL = 10_000


def counts(everywhere: dict[str, int] | None = None, **of_part: dict[str, int]) -> np.ndarray:
    """Return pixels, (6, 12), of each class in every part; the rest of 10,000 is background."""
    table = np.zeros((6, 12), np.int64)
    for row, part in enumerate(EVERYWHERE):
        for name, pixels in (of_part.get(part.replace(" ", "_")) or everywhere or {}).items():
            table[row, INDEX[name]] = pixels
    table[:, 0] = FULL - table.sum(axis=1)
    return table


def checks(text: str, table: np.ndarray | None = None, *, style: str = "3.5") -> set[str]:
    return {one.check for one in judge_caption(text, style=style, counts=table).findings}


# --- sizes and pixels of a prompt


@pytest.mark.parametrize(("pixels", "named"), [(19, False), (20, True), (21, True)])
def test_a_prompt_names_classes_of_twenty_pixels(pixels: int, named: bool) -> None:
    labels = np.full((256, 256), 3, np.uint8)
    labels[0, :pixels] = 1
    facts = facts_35(labels)
    assert ("water" in facts.overall) == named
    assert ("water" in [amount.name for amount in facts.parts["top left"]]) == named
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


@pytest.mark.parametrize(("pixels", "found"), [(99, False), (100, True), (101, True)])
@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_a_class_may_be_denied_below_one_percent_of_a_part(pixels: int, found: bool, style: str) -> None:
    table = counts({"tree": FULL}, top_left={"tree": FULL - pixels, "water": pixels})
    text = "Trees cover the image. There is no water in the top left."
    assert ("denied" in checks(text, table, style=style)) == found


@pytest.mark.parametrize(("behind", "found"), [(498, False), (500, False), (502, True)])
@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_a_leader_may_lie_five_points_behind(behind: int, found: bool, style: str) -> None:
    shares = {"tree": (FULL + behind) // 2, "crop": (FULL - behind) // 2}
    assert ("wrong dominant" in checks("The image is dominated by crops.", counts(shares), style=style)) == found
    there = "Trees and crops cover the image. In the top left, crops dominate."
    assert ("wrong dominant" in checks(there, counts(shares), style=style)) == found


@pytest.mark.parametrize(("ahead", "found"), [(199, False), (200, False), (201, True)])
def test_classes_may_be_told_two_points_the_wrong_way_round(ahead: int, found: bool) -> None:
    table = counts({"tree": 4000 + ahead, "grass": 4000, "shrub": 2000 - ahead})
    text = "Trees and grass cover the image. In the top left, there is grass, followed by trees. It is a landscape."
    assert ("order of classes" in checks(text, table)) == found
    assert "order of classes" not in checks(text, table, style="4v")


@pytest.mark.parametrize(("pixels", "found"), [(499, False), (500, True), (501, True)])
def test_4v_must_name_a_largest_class_of_five_percent(pixels: int, found: bool) -> None:
    table = counts({"tree": pixels})
    assert ("omitted" in checks("Crops cover the image.", table, style="4v")) == found


@pytest.mark.parametrize(("pixels", "found"), [(19, False), (20, True), (21, True)])
def test_35_must_name_a_largest_class_of_twenty_pixels(pixels: int, found: bool) -> None:
    assert ("omitted" in checks("Crops cover the image.", counts({"tree": pixels}))) == found


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
    "tiny": (None, 2500),
    "modest": (None, 5500),
    "moderate": (500, 8500),
    "substantial": (1500, None),
    "vast": (4500, None),
}
"""The same in style 4V: a size and five points."""


def _misfits(word: str, pixels: int, style: str) -> bool:
    table = counts({"grass": pixels, "tree": FULL - pixels})
    text = f"Trees and grass cover the image. In the top left, there is a {word} amount of grass."
    return "wrong size" in checks(text, table, style=style)


@pytest.mark.parametrize(
    ("word", "first", "end", "style"),
    [
        *((word, *edges, "3.5") for word, edges in EXACT_EDGES.items()),
        *((word, *edges, "3.5") for word, edges in FREE_EDGES.items()),
        *((word, *edges, "4v") for word, edges in LOOSE_EDGES.items()),
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
    ("words", "found"),
    [
        (14, "too short"),
        (15, None),
        (16, None),
        (259, None),
        (260, None),
        (261, "too long"),
    ],
)
def test_captions_have_15_to_260_words(words: int, found: str | None) -> None:
    text = f"{' '.join(['trees'] * words)}."
    assert checks(text, style="4v") == ({found} if found else set())
    findings = judge_caption(text, style="4v").findings
    assert [one.figure for one in findings] == [words] * len(findings)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [("Trees grow here.", False), ("Trees grow here now.", True), ("Trees grow here as well.", True)],
)
def test_sentences_of_four_words_must_not_be_repeated(sentence: str, found: bool) -> None:
    text = f"{sentence} Crops lie to the south of them, in the fields. {sentence}"
    assert ("repeated sentence" in checks(text, style="4v")) == found
    assert "repeated sentence" not in checks(f"{sentence} Crops lie to the south of them.", style="4v")


LATIN = ("lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "eiusmod")


def _latin(words: int) -> str:
    return " ".join(LATIN[place % len(LATIN)] for place in range(words))


@pytest.mark.parametrize(
    ("text", "judged"),
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
def test_short_texts_are_judged_on_little_evidence(text: str, judged: bool) -> None:
    assert ("not English" not in checks(text)) == judged


@pytest.mark.parametrize(
    ("first", "second", "found"),
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
def test_styles_contradict_each_other_three_sizes_apart(first: str, second: str, found: bool) -> None:
    judged = {
        style: judge_caption(f"In the top left, there is {size} amount of grass.", style=style)
        for style, size in (("3.5", first), ("4v", second))
    }
    assert bool(judge_both(judged)) == found


# --- pictures


def _striped(low: int, high: int) -> np.ndarray:
    rgb = np.full((256, 256, 3), low, np.uint8)
    rgb[::2, :, 1] = high
    return rgb


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (77, 77, {"uniform"}),
        (77, 79, {"uniform"}),
        (77, 80, set()),
        (0, 0, {"all black"}),
        (0, 1, {"uniform"}),
        (255, 255, {"all white"}),
        (254, 255, {"uniform"}),
        (253, 255, {"uniform"}),
        (252, 255, {"mostly cloud"}),
    ],
)
def test_pictures_are_uniform_within_two_grey_values(low: int, high: int, found: set[str]) -> None:
    assert {one.check for one in judge_picture(Picture(_striped(low, high)))} == found


@pytest.mark.parametrize(
    ("percent", "white", "snow", "bare", "found"),
    [
        (39.9, 0.0, 0, 0, False),
        (40.0, 0.0, 0, 0, True),
        (40.1, 0.0, 0, 0, True),
        (59.9, 0.0, 2000, 0, False),  # snow explains as much as there is of it
        (60.0, 0.0, 2000, 0, True),
        (90.0, 30.0, 0, 6000, True),  # bare land explains what is white, 30 %
        (69.9, 30.0, 0, 6000, False),
        (90.0, 80.0, 0, 5000, True),  # and not more than there is of it, 50 %
        (89.9, 80.0, 0, 5000, False),
        (99.9, 40.0, 2000, 4000, False),
        (100.0, 40.0, 2000, 4000, True),
    ],
)
def test_cloud_is_told_from_forty_percent_that_labels_do_not_explain(  # noqa: PLR0913, PLR0917 - a row of the table
    monkeypatch: pytest.MonkeyPatch,
    percent: float,
    white: float,
    snow: int,
    bare: int,
    found: bool,
) -> None:
    monkeypatch.setattr(chip_checks, "cloud_cover", lambda _: CloudCover(percent, white))
    cover = Cover(counts({"snow": snow, "bare": bare}), style="4v") if snow or bare else None
    findings = judge_picture(Picture(_striped(20, 120), cover=cover))
    assert bool(findings) == found
    assert all(one.figure == percent for one in findings)


def _png(rgb: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "broken"),
    [
        (_png(_striped(20, 120)).ljust(999_999, b"\0"), False),
        (_png(_striped(20, 120)).ljust(1_000_000, b"\0"), False),
        (_png(_striped(20, 120)).ljust(1_000_001, b"\0"), True),
        (_png(_striped(20, 120)[:255]), True),
        (_png(_striped(20, 120)[:, :255]), True),
        (_png(_striped(20, 120))[:-100], True),
        (b"", True),
    ],
    ids=["below a megabyte", "a megabyte", "above a megabyte", "a row less", "a column less", "cut off", "empty"],
)
def test_files_of_a_picture_are_whole_and_at_most_a_megabyte(data: bytes, broken: bool) -> None:
    assert [one.check for one in judge_picture(picture_of(data))] == (["broken picture"] if broken else [])


# --- label maps


@pytest.mark.parametrize(
    ("colour", "index"),
    [
        ((4, 0, 255), 1),
        ((0, 4, 251), 1),
        ((5, 0, 255), None),
        ((0, 0, 250), None),
        ((0, 196, 4), 3),
        ((0, 187, 0), None),
        ((0, 104, 0), 3),  # WorldCover's own green
        ((0, 105, 0), None),
        ((0, 0, 0), 0),
        ((0, 0, 1), None),  # an index shown as grey is nearly black
        ((1, 1, 1), None),
    ],
)
def test_colours_may_be_off_by_four_and_black_by_nothing(colour: tuple[int, int, int], index: int | None) -> None:
    rgb = np.full((2, 3, 3), colour, np.uint8)
    if index is None:
        with pytest.raises(LabelError, match=r"not a land-cover class"):
            indices_of_colours(rgb)
    else:
        assert indices_of_colours(rgb).tolist() == [[index] * 3] * 2


@pytest.mark.parametrize(("strange", "more"), [(1, ""), (3, ""), (4, " and 1 more"), (7, " and 4 more")])
def test_three_strange_colours_are_named(strange: int, more: str) -> None:
    rgb = np.zeros((1, strange, 3), np.uint8)
    rgb[0, :, 0] = 20 + 10 * np.arange(strange)
    named = ", ".join(f"({20 + 10 * one}, 0, 0)" for one in range(min(strange, 3)))
    with pytest.raises(LabelError) as raised:
        indices_of_colours(rgb)
    assert f"the colour {named}{more}, which is" in str(raised.value)


@pytest.mark.parametrize("code", [-1, 1, 9, 11, 99, 101, 254, 255, 256, 266, 10.5, -0.5])
def test_codes_beside_those_of_worldcover_are_refused(code: float) -> None:
    with pytest.raises(LabelError, match=rf"code {code}"):
        indices_of_codes(np.array([10, code, 20]))


@pytest.mark.parametrize("code", [1, 254, 255])
def test_bytes_beside_those_of_worldcover_are_refused(code: int) -> None:
    with pytest.raises(LabelError, match=rf"code {code}"):
        indices_of_codes(np.array([10, code, 20], np.uint8))


# --- places


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (16_384, 0), (0, -1), (0, 16_384)])
def test_tiles_beyond_the_grid_are_refused(x: int, y: int) -> None:
    with pytest.raises(PlaceError, match="from 0 to 16383"):
        Tile(x, y)


def test_the_first_and_the_last_tile_are_on_the_grid() -> None:
    assert (Tile(0, 0).name, Tile(16_383, 16_383).name) == ("0_0_patch00", "8191_8191_patch11")
    assert Tile.from_name("8191_8191_patch11") == Tile(16_383, 16_383)
    with pytest.raises(PlaceError, match="from 0 to 16383"):
        Tile.from_name("8192_0_patch00")


@pytest.mark.parametrize(
    ("lon", "wrapped"),
    [
        (-180.0, -180.0),
        (math.nextafter(-180.0, -181.0), 180.0),  # just west of it, to the last digit
        (-180.5, 179.5),
        (179.9999999, 179.9999999),
        (180.0, -180.0),
        (180.5, -179.5),
        (0.1, 0.1),
        (171.3, 171.3),
        (-171.3, -171.3),
        (530.0, 170.0),
    ],
)
def test_longitudes_are_wrapped_at_180(lon: float, wrapped: float) -> None:
    result = wrap_longitude(lon)
    assert result == pytest.approx(wrapped, abs=1e-9)
    if -180.0 <= lon < 180.0:
        assert result == lon  # not a digit of what is right may be lost


@pytest.mark.parametrize(
    ("lon", "lat", "tile"),
    [
        (-180.0, 85.0511287798066, (0, 0)),
        (180.0, 0.0, (0, 8192)),
        (math.nextafter(180.0, 0.0), 1e-9, (16_383, 8191)),
        (0.0, 0.0, (8192, 8192)),
        (-1e-9, -1e-9, (8191, 8192)),
        (0.0, -85.0511287798, (8192, 16_383)),
        (0.02197265625, 0.0, (8193, 8192)),  # 360 / 16,384 degrees: the next column starts here
        (0.02197265624, 0.0, (8192, 8192)),
    ],
)
def test_tiles_hold_their_west_and_north_edge(lon: float, lat: float, tile: tuple[int, int]) -> None:
    found = Tile.at(lon, lat)
    assert (found.x, found.y) == tile


@pytest.mark.parametrize(("lat", "refused"), [(85.05112877, False), (85.05112879, True)])
def test_latitudes_end_where_web_mercator_does(lat: float, refused: bool) -> None:
    for sign in (1, -1):
        if refused:
            with pytest.raises(PlaceError, match="nearer to the equator"):
                Tile.at(10.0, sign * lat)
        else:
            assert Tile.at(10.0, sign * lat).y == (0 if sign > 0 else 16_383)


@pytest.mark.parametrize(
    "name",
    [
        "3886_3141_patch02",
        "3886_3141_patch20",
        "38860_3141_patch00",
        "3886_31410_patch00",
        "_3141_patch00",
        "3886_3141_patch00.PNG",
        "3886_3141_patch00.png.png",
        "3886_3141_patch000",
        " 3886_3141_patch00",
        "٣886_3141_patch00",
    ],
)
def test_names_that_are_nearly_right_have_no_place(name: str) -> None:
    with pytest.raises(PlaceError, match="not a chip name"):
        Tile.from_name(name)


def test_a_wrong_name_is_quoted_to_80_characters() -> None:
    with pytest.raises(PlaceError) as raised:
        Tile.from_name("x" * 500)
    assert str(raised.value).count("x") == 80
    with pytest.raises(PlaceError) as raised:
        Tile.from_name("x" * 79 + "yz")
    assert "xy'" in str(raised.value)


# --- plans


@pytest.mark.parametrize(("n", "refused"), [(0, True), (1, False), (9, False), (10, False), (11, True)])
def test_samples_have_one_pair_to_all_of_them(n: int, refused: bool) -> None:
    names = [f"{number}.png" for number in range(10)]
    strata = dict.fromkeys(names, "all of it")
    for draw in (lambda: simple_random(names, n), lambda: stratified_sample(strata, n, facet="split")):
        if refused:
            with pytest.raises(PlanError, match="ask for"):
                draw()
        else:
            assert len(set(draw().names)) == n


@pytest.mark.parametrize("margin", [-0.1, 0.0, 1.0, 1.1, math.nan])
def test_margins_lie_between_0_and_1(margin: float) -> None:
    with pytest.raises(PlanError, match="margin lies between 0 and 1"):
        sample_size(margin)
    assert sample_size(0.999) == 1
    assert sample_size(0.001) == 960_365


@pytest.mark.parametrize("wrong", [-0.1, 0.0, 1.0, 1.1, math.nan])
def test_confidence_and_expected_rate_lie_between_0_and_1(wrong: float) -> None:
    for ask in (lambda **given: sample_size(0.05, **given), lambda **given: margin_of(10, **given)):
        with pytest.raises(PlanError, match="confidence lies between 0 and 1"):
            ask(confidence=wrong)
        with pytest.raises(PlanError, match="expected rate lies between 0 and 1"):
            ask(expected=wrong)


# --- reflectance


@pytest.mark.parametrize(("darkest", "twice"), [(490, True), (510, False)])
def test_an_offset_is_not_taken_twice_where_ground_would_be_black(darkest: int, twice: bool) -> None:
    """A first percentile of -0.05 after the offset, which is a number of 500 before it."""
    numbers = np.full((1, 10, 10), 3000, np.uint16)
    numbers[0, 0] = darkest
    light, said = reflectance(numbers, valid=np.ones((10, 10), bool), baseline="05.00")
    assert ("had been applied" in said) == twice
    assert light[0, 5, 5] == pytest.approx(0.3 if twice else 0.2)
