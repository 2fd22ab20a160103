"""What captions claim, read back: paraphrases, lists, denials, order, spans; and whatever hostile text there is."""

from __future__ import annotations

import importlib
import json
import pickle
import pkgutil
import re
from typing import TYPE_CHECKING

import pytest
from data.label_maps import label_map
from data.reading_tables import rows
from rig.hostile import ATTACK

from chatearthnet_explorer import claims
from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.captioners.template import TemplateCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.claims import is_english, read_claims
from chatearthnet_explorer.claims.lexicon import AMOUNTS, PLACES
from chatearthnet_explorer.claims.lexicon import CLASSES as LAND
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import Facts35
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.prompts.size_words import SIZES
from chatearthnet_explorer.sample.paraphrase import write_paraphrase
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.landcover.legend import LandClass

WALK = (
    "The image mainly consists of trees. In the top left, there is a large area of trees, followed by a medium area "
    "of grass. Moving to the top right, trees continue to dominate. There is also a tiny lake."
)
ALIKE = "Covering the whole square, developed areas fill every part alike. "


EVENLY = "evenly across all sections"


def test_captions_of_the_published_figures_are_read_right(realdata: Path) -> None:
    captions = json.loads((realdata / "chatearthnet" / "captions_from_figures.json").read_text("utf-8"))["captions"]
    readings = {one["id"]: read_claims(one["caption"]) for one in captions}
    tl, tr, bl, br, middle = PARTS
    crop_everywhere = {("crop", part, None) for part in PARTS}
    assert readings["fig1_35_right"].triples == crop_everywhere | {
        *{("crop", tl, "large"), ("grass", tl, "small"), ("developed area", tl, "small")},
        *{("developed area", tr, "small"), ("grass", tr, None)},
        *{("tree", bl, "extra small"), ("grass", bl, "small")},
        *{("crop", br, "large"), ("developed area", br, "small"), ("grass", br, "small")},
        *{("tree", middle, "small"), ("developed area", middle, "extra small")},
        *{("crop", "", None), ("developed area", "", "small"), ("tree", "", "small"), ("grass", "", "small")},
    }
    assert readings["fig2_35"].triples == {
        *{("tree", tl, "large"), ("developed area", tl, "medium"), ("grass", tl, "extra small")},
        *{("tree", tr, "extra large"), ("grass", tr, "small"), ("developed area", tr, "extra small")},
        *{("tree", bl, "large"), ("developed area", bl, "medium"), ("grass", bl, "extra small")},
        *{("tree", br, "large"), ("developed area", br, "medium"), ("water", br, "extra small")},
        *{("tree", middle, "extra large"), ("developed area", middle, "small"), ("grass", middle, "extra small")},
        ("tree", "", None),
    }
    assert readings["fig2_4v"].triples == {
        *{("tree", "", "large"), ("tree", "", None), ("tree", tr, None), ("tree", middle, None)},
        *{("developed area", "", None), ("developed area", tl, None), ("developed area", bl, None)},
        *{("grass", "", "small"), ("water", br, None), ("water", "", None)},
        *{("crop", "", "extra small"), ("bare land", "", "extra small")},
    }
    assert readings["fig1_4v_left"].triples == {
        *{("developed area", "", None), ("tree", "", "large"), ("tree", "", None), ("water", "", "small")},
        *{("crop", "", "small"), ("grass", "", "large"), ("grass", "", None)},
    }
    assert {name: reading.dominant for name, reading in readings.items()} == {
        "fig1_35_right": "crop",
        "fig2_35": "tree",
        "fig2_4v": "tree",
        "fig1_4v_left": "tree",
    }
    for chip_id in ("fig1_35_right", "fig2_35"):
        assert readings[chip_id].walk == PARTS
    assert dict(readings["fig2_35"].dominant_of) == {tl: "tree", middle: "tree"}
    denied_classes = {claim.name for claim in readings["fig1_4v_left"].claims if claim.negated}
    assert denied_classes == {"water"}


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_the_template_captions_are_read_back_without_a_fault(style: str) -> None:
    for seed in range(60):
        labels = label_map(seed)
        prompt = prompt_for(labels, style=style, seed=seed)
        chip = Chip(tile=Tile(0, 0), source="file", labels=labels)
        reading = read_claims(TemplateCaptioner().caption(prompt, chip).text)
        names = {land.name_4v if style == "4v" else land.name: land.name for land in CLASSES}
        assert set(reading.classes) == {names[name] for name in prompt.facts.class_names}, seed
        if isinstance(prompt.facts, Facts35):
            facts = {(one.name, part, one.size) for part, expected in prompt.facts.parts.items() for one in expected}
            assert {one for one in reading.triples if one[1] and one[2]} == facts, seed
            assert {one[:2] for one in reading.triples if one[1]} == {one[:2] for one in facts}, seed
            assert reading.dominant == (prompt.facts.overall[0] if prompt.facts.overall else None), seed


def test_paraphrases_are_read_back() -> None:
    for seed in range(60):
        for style in ("3.5", "4v"):
            paraphrase = write_paraphrase(prompt_for(label_map(seed), style=style, seed=seed).facts, seed=seed)
            reading = read_claims(paraphrase.text)
            assert {one[:2] for one in reading.triples if one[1]} == {(one.name, one.part) for one in paraphrase.claims}
            assert (set(reading.classes), reading.dominant) == (paraphrase.classes, paraphrase.dominant)


@pytest.mark.parametrize("land", CLASSES[BACKGROUND + 1 :], ids=lambda land: land.name)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("size", [size for _, size in SIZES])
def test_a_denial_turns_a_claim_round(land: LandClass, part: str, size: str) -> None:
    expected = read_claims(f"In the {part}, there is a {size} amount of {land.name}.")
    assert expected.triples == {(land.name, part, size)}
    denied_classes = read_claims(f"In the {part}, there is no {land.name}.")
    assert not denied_classes.triples
    assert [(claim.name, claim.parts, claim.negated) for claim in denied_classes.claims] == [(land.name, (part,), True)]


@pytest.mark.parametrize(
    ("text", "denied_classes"),
    [
        ("There are no trees, shrubs or grass, but crops.", {"tree", "shrub", "grass"}),
        ("The middle is without water.", {"water"}),
        ("In the top left, trees dominate and water is missing.", {"water"}),
        ("The chip lacks wetland and snow.", {"wetland", "snow"}),
        ("Nothing but trees grows here.", set()),
        ("There are not only trees but also crops.", set()),
    ],
)
def test_denials_reach_as_far_as_their_list(text: str, denied_classes: set[str]) -> None:
    assert {claim.name for claim in read_claims(text).claims if claim.negated} == denied_classes


@pytest.mark.parametrize(
    ("text", "leading"),
    [
        ("There is also water, outside the leading kinds of every part.", None),
        ("Water lies in the middle, outside the leading kinds there.", None),
        ("Water is confined to the middle, unlike the dominant trees.", "tree"),
        ("Water is the leading kind of every part.", "water"),
    ],
)
def test_a_class_compared_with_what_leads_does_not_lead_itself(text: str, leading: str | None) -> None:
    assert [claim.name for claim in read_claims(text).claims if claim.leads] == ([leading] if leading else [])


def test_a_denial_in_one_part_leaves_the_others() -> None:
    claims = read_claims("Trees cover all sections except the middle.").claims
    assert [(claim.parts, claim.negated) for claim in claims] == [(PARTS[:4], False), (("middle",), True)]


def test_parts_keep_their_order() -> None:
    reading = read_claims("Trees stand in the middle. In the bottom right there is water. The top left is bare.")
    assert reading.parts == ("middle", "bottom right", "top left")
    assert reading.walk == ("bottom right", "top left")


def test_a_part_holds_until_another_is_named() -> None:
    reading = read_claims(WALK)
    assert [(claim.name, claim.parts, claim.size) for claim in reading.claims] == [
        ("tree", (), None),
        ("tree", ("top left",), "large"),
        ("grass", ("top left",), "medium"),
        ("tree", ("top right",), None),
        ("water", ("top right",), "extra small"),
    ]
    assert dict(reading.dominant_of) == {"top left": "tree", "top right": "tree"}
    assert [claim.leads for claim in reading.claims] == [True, True, False, True, False]


@pytest.mark.parametrize(
    ("between", "where"),
    [("The image is calm.", "top left"), ("Overall, the image is calm.", ""), ("Grass covers the image.", "")],
)
def test_sentence_without_a_class_does_not_move_here(between: str, where: str) -> None:
    reading = read_claims(f"In the top left, there are trees. {between} A small lake can be found here.")
    assert ("water", where, "small") in reading.triples


def test_spans_point_at_the_words() -> None:
    reading = read_claims(WALK)
    assert [WALK[claim.start : claim.end] for claim in reading.claims] == ["trees", "trees", "grass", "trees", "lake"]
    phrases = [WALK[claim.phrase_start : claim.phrase_end] for claim in reading.claims]
    assert phrases == ["trees", "large area of trees", "medium area of grass", "trees", "tiny lake"]
    assert [claim.size_words for claim in reading.claims] == ["", "large", "medium", "", "tiny"]
    assert [WALK[start:end] for start, end in reading.sentences] == [
        f"{one.strip(' .')}." for one in WALK.split(". ") if one
    ]


def test_repeated_sentences_repeat_their_claims() -> None:
    reading = read_claims("In the top left, a small lake lies in the forest. The middle mirrors this composition.")
    assert reading.triples == {
        (name, part, size) for name, size in (("water", "small"), ("tree", None)) for part in ("top left", "middle")
    }


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, lambda text: text.replace(" ", "\n")])
def test_case_and_line_breaks_do_not_matter(change: object) -> None:
    assert callable(change)
    assert read_claims(change(WALK)).triples == read_claims(WALK).triples


@pytest.mark.parametrize("text", [row["text"] for row in rows("claims")])
def test_a_text_claims_no_class_part_or_size_that_it_does_not_name(text: str) -> None:
    reading = read_claims(text)
    assert reading == read_claims(text)
    for claim in reading.claims:
        assert claim.name in LAND
        assert set(claim.parts) <= set(PARTS)
        assert claim.size_words.lower() in text.lower()
        assert claim.phrase_start <= claim.start < claim.end <= claim.phrase_end <= len(text)
    # "under the top left" says where another part is
    whole = re.sub(r"\b(?:under|below|beside) the (?:top|bottom) \w+", "", " ".join(text.split()).lower())
    assert {part for part in reading.parts if part in whole} >= {part for part in PARTS if f"the {part} " in whole}


HOSTILE = [
    "",
    " \n\t",
    "\x00",
    "🌲🌊" * 50,
    "Πάνω αριστερά υπάρχει δάσος.",
    "左上は森林、右下は水域です。",
    "الأشجار في أعلى اليسار",
    "In de linkerbovenhoek staan bomen.",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_without_english_words_claims_nothing(text: str) -> None:
    reading = read_claims(text)
    assert (reading.claims, reading.dominant, reading.parts) == ((), None, ())


def test_a_reading_travels_between_processes() -> None:
    reading = read_claims(WALK)
    assert pickle.loads(pickle.dumps(reading)) == reading


def test_markup_is_text_like_any_other() -> None:
    assert read_claims(ATTACK).triples == {("tree", "", None), ("water", "", None)}
    assert read_claims("<b>Trees</b> in the <i>top left</i>.").triples == {("tree", "top left", None)}


def test_letters_that_grow_in_lower_case_do_not_move_spans() -> None:
    text = "İİİ trees in the top left"
    (claim,) = read_claims(text).claims
    assert text[claim.start : claim.end] == "trees"


@pytest.mark.parametrize(
    "piece",
    [
        "trees, ",
        "top left and ",
        "no ",
        "a medium ",
        "the same top left. trees. ",
        "but top left ",
        "tree-",
        "99% ",
        "\n",
    ],
)
def test_a_hostile_megabyte_is_read_to_the_limit_and_no_further(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    # a pattern that backtracks, or a list that grows with each word, would take minutes here
    assert read_claims(text).triples == read_claims(text[:LIMIT]).triples
    assert len(read_claims(text).claims) <= LIMIT


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (WALK, True),
        (f"{ALIKE}As its main theme, the scene shows developed areas and no other land cover. {ALIKE}", True),
        (
            f"Woodland dominates, {EVENLY}. Bare land occupies a considerable area, {EVENLY}. Overall, forest leads.",
            True,
        ),
        ("Il y a une grande zone de forêt dans le coin supérieur gauche de cette image.", False),
        ("Oben links liegt ein großes Waldgebiet, in der Mitte ist ein See.", False),
        ("En la parte superior izquierda hay una gran zona de árboles y agua.", False),
        ("上の左", False),
        ("", False),
    ],
)
def test_english_is_known_by_its_commonest_words(text: str, *, english: bool) -> None:
    assert is_english(text) is english


def test_the_vocabulary_covers_the_legend_and_no_more() -> None:
    assert set(LAND) == {land.name for land in CLASSES[BACKGROUND + 1 :]}
    assert set(AMOUNTS) - {None} == {size for _, size in SIZES}
    assert {part for parts in PLACES for part in parts} == set(PARTS)


def test_reading_changes_no_module() -> None:
    def tables() -> dict[tuple[str, str], str]:
        names = [one.name for one in pkgutil.walk_packages(claims.__path__, f"{claims.__name__}.")]
        return {
            (name, key): repr(value)
            for name in names
            for key, value in vars(importlib.import_module(name)).items()
            if isinstance(value, (dict, list, set)) and not key.startswith("__")
        }

    before = tables()
    first = [read_claims(row["text"]) for row in rows("claims")]
    assert [read_claims(row["text"]) for row in reversed(rows("claims"))] == first[::-1]
    assert tables() == before
    assert ("chatearthnet_explorer.claims.tokens", "_WORDS") in before
