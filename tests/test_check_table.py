"""The table of checks: what each weighs and needs, and every word that a check of words objects to."""

from __future__ import annotations

import pytest

from chatearthnet_explorer.review.checks import CHECKS, ONE_STYLE, judge_caption, score
from chatearthnet_explorer.review.finding import Finding

TABLE = {
    # id: weight (1 a blemish, 2 a fault, 3 something false), what it needs
    "hallucinated": (3, "labels"),
    "denied": (3, "labels"),
    "omitted": (3, "labels"),
    "wrong part": (3, "labels"),
    "wrong size": (2, "labels"),
    "wrong dominant": (3, "labels"),
    "order of classes": (1, "labels"),
    "order of parts": (1, "caption"),
    "part unspoken": (2, "caption"),
    "banned word": (1, "caption"),
    "several images": (2, "caption"),
    "colour word": (2, "caption"),
    "cut off": (2, "caption"),
    "repeated sentence": (1, "caption"),
    "too short": (2, "caption"),
    "too long": (1, "caption"),
    "contradiction": (2, "both captions"),
    "broken picture": (3, "pixels"),
    "all black": (3, "pixels"),
    "all white": (3, "pixels"),
    "uniform": (3, "pixels"),
    "mostly cloud": (2, "pixels"),
    "empty": (3, "caption"),
    "not English": (2, "caption"),
    "same bytes": (2, "all pairs"),
}
"""In the order in which views list them."""

COLOUR_WORDS = """
    red green blue yellow cyan magenta purple white black gray grey brown tan orange pink violet beige turquoise teal
    greenish bluish reddish yellowish color colors colored colour colours coloured hue hues rgb
"""
GUESSING_WORDS = """
    possibly likely perhaps context contexts contextual contextually segmentation segmentations appear appears appeared
    appearing appearance appearances change changes changed changing transition transitions transitioned transitioning
    transitional transitionally dynamic dynamics dynamical dynamically
    probably probable presumably apparently seem seems seemingly maybe conceivably supposedly plausibly
"""

SENTENCES = "Trees cover the land, and crops lie in the south of it. Some grass grows at the edge of the fields. {}"


def checks(text: str, style: str = "4v") -> set[str]:
    return {one.check for one in judge_caption(text, style=style).findings}


def test_checks_have_the_weights_and_needs_of_the_table() -> None:
    assert {id_: (check.weight, check.needs) for id_, check in CHECKS.items()} == TABLE
    assert list(CHECKS) == list(TABLE)


@pytest.mark.parametrize("check", TABLE)
def test_score_of_one_finding_is_its_weight_and_a_second_one_adds_nothing(check: str) -> None:
    finding = Finding(check, "Said.")
    assert score([finding]) == score([finding, finding]) == TABLE[check][0]
    other = Finding("too long" if check != "too long" else "banned word", "Said.")
    assert score([finding, other]) == TABLE[check][0] + 1


def test_checks_of_one_style_are_four() -> None:
    assert dict(ONE_STYLE) == {
        "order of classes": "3.5",
        "order of parts": "3.5",
        "part unspoken": "3.5",
        "colour word": "4v",
    }


@pytest.mark.parametrize("word", COLOUR_WORDS.split())
def test_4v_captions_must_not_name_a_colour(word: str) -> None:
    text = SENTENCES.format(f"It is {word} there.")
    (finding,) = judge_caption(text, style="4v").findings
    assert (finding.check, text[finding.start : finding.end]) == ("colour word", word)
    assert finding.evidence == f"'{word}' is a colour of the label map."
    assert checks(text.replace(f"is {word} ", f"is un{word}ly ")) == set()


@pytest.mark.parametrize("words", ["shades of earth", "a shade of earth"])
def test_4v_captions_must_not_name_shades(words: str) -> None:
    assert checks(SENTENCES.format(f"It has {words}.")) == {"colour word"}


@pytest.mark.parametrize("word", GUESSING_WORDS.split())
def test_captions_must_not_guess(word: str) -> None:
    text = SENTENCES.format(f"It is {word} so.")
    findings = {one.check: text[one.start : one.end] for one in judge_caption(text, style="4v").findings}
    assert findings == {"banned word": word}
    assert checks(SENTENCES.format(f"It is x{word}x so.")) == set()


@pytest.mark.parametrize(
    "words",
    [
        "perchance an orchard",
        "what may be a farm",
        "fields that could have been a lake",
        "which might also represent a village",
        "what is thought to be a farm",
        "what is assumed to be pasture",
        "no doubt a farm",
        "a potential orchard",
        "it, suggesting a farm",
        "it, I think,",
        "we believe that it",
        "it, who knows,",
        "this in all likelihood",
        "a hamlet, one might suppose,",
        "a presumed farm",
        "a wild guess",
    ],
)
def test_captions_must_not_guess_in_other_words(words: str) -> None:
    assert checks(SENTENCES.format(f"There is {words} here.")) >= {"banned word"}


@pytest.mark.parametrize(
    "words",
    [
        "a hint of it",
        "it, as one may see,",
        "what looks like a carpet",
        "it, beyond doubt,",
        "no more than could be counted",
    ],
)
def test_captions_may_compare_and_address_the_reader(words: str) -> None:
    assert "banned word" not in checks(SENTENCES.format(f"There is {words} here."))


@pytest.mark.parametrize("words", ["color dictionary", "colour dictionary"])
def test_captions_must_not_speak_of_the_dictionary_of_colours(words: str) -> None:
    text = SENTENCES.format(f"The {words} says so.")
    assert checks(text, "3.5") >= {"banned word"}
    assert checks(SENTENCES.format("The dictionary says so.")) == set()


@pytest.mark.parametrize(
    "words",
    [
        *(f"the {which} {kind}" for which in ("first", "next", "previous") for kind in ("image", "picture", "map")),
        *(f"the {which} tile" for which in ("second", "third", "fourth", "other", "preceding", "last")),
        "another photo",
        "the last label map",
        *(
            f"{which} chips"
            for which in ("both", "these", "those", "all", "two", "three", "four", "several", "multiple")
        ),
        "between the photos",
        "across images",
        "each of the pictures",
        "the four label maps",
        "the two other satellite images",
        *(f"the images {verb} this" for verb in ("show", "depict", "display", "present")),
        "each image",
        *(f"image {which} shows" for which in ("1", "4", "one", "two", "three", "four", "a", "d")),
        *(f"map 2 {verb} it" for verb in ("is", "has", "depicts", "displays", "presents")),
        "tile b, too",
        "this series of aerial photographs",
        "every one of the slides",
        "a pair of satellite images",
        "the neighbouring tile",
        "an adjacent map",
        "the provided images",
        "two of these land cover maps",
        "maps 2 and 3",
        "sheets 1 and 2",
        "the two scenes",
        "the view as in the other scene",
        "neither map",
        "(chip 3)",
    ],
)
def test_captions_must_not_speak_of_several_images(words: str) -> None:
    assert checks(SENTENCES.format(f"So it is in {words} here.")) == {"several images"}


@pytest.mark.parametrize(
    "words",
    [
        "the image",
        "image five shows",
        "image 5 shows",
        "the only picture",
        "a map of it",
        "image a village",
        "the tiled floors",
        "a scene of calm",
        "a wide view",
        "another picture altogether",
        "sheets of water",
        "a frame of trees",
    ],
)
def test_captions_may_speak_of_their_own_image(words: str) -> None:
    assert checks(SENTENCES.format(f"So it is in {words} here.")) == set()


@pytest.mark.parametrize(
    ("end", "cut"),
    [
        (".", False),
        ("!", False),
        ("?", False),
        ('."', False),
        (".\u201d", False),
        (".\u2019)", False),
        (".]**", False),
        (".  \n", False),
        ("", True),
        (",", True),
        (";", True),
        (":", True),
        ("...", True),
        ("\u2026", True),
        ("-", True),
    ],
)
def test_captions_end_with_a_sentence(end: str, cut: bool) -> None:
    text = SENTENCES.format(f"The rest of it is grass{end}")
    assert ("cut off" in checks(text)) == cut


def test_a_cut_caption_is_quoted_by_its_last_30_characters() -> None:
    text = SENTENCES.format("The rest of it is covered by grass and by crops and")
    (finding,) = judge_caption(text, style="4v").findings
    assert finding.evidence == f"It stops at {text[-30:]!r}."
    assert (finding.start, finding.end) == (text.index("The rest"), len(text))
    short = SENTENCES.format("Grass and")
    assert judge_caption(short, style="4v").findings[0].evidence == "It stops at 'Grass and'."


def test_a_repeated_sentence_is_quoted_where_it_stands_again() -> None:
    text = SENTENCES.format("Some grass grows at the edge of the fields.")
    (finding,) = judge_caption(text, style="4v").findings
    assert finding.check == "repeated sentence"
    assert finding.start == text.rindex("Some grass")
    assert finding.evidence.endswith("occurs twice.")


def test_parts_are_listed_in_the_order_of_the_prompt_each_after_the_one_before() -> None:
    places = ("top left", "top right", "bottom left", "bottom right", "middle")
    right = " ".join(f"In the {place}, there are trees." for place in places)
    assert not {"order of parts", "part unspoken"} & checks(right, "3.5")
    for first in range(4):
        order = list(places)
        order[first], order[first + 1] = order[first + 1], order[first]
        text = " ".join(f"In the {place}, there are trees." for place in order)
        (finding,) = (one for one in judge_caption(text, style="3.5").findings if one.check == "order of parts")
        assert finding.evidence == f"It describes the {places[first]} after the {places[first + 1]}."
        assert finding.part == places[first]
    for missing in places:
        text = " ".join(f"In the {place}, there are trees." for place in places if place != missing)
        findings = [one for one in judge_caption(text, style="3.5").findings if one.check == "part unspoken"]
        assert [(one.part, one.evidence) for one in findings] == [(missing, f"It does not mention the {missing}.")]
