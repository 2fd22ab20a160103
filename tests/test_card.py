"""Cards show everything there is, and nothing in them acts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rig.hostile import ATTACK, CONTROL_CHARACTERS, VISIBLE_ATTACK, VISIBLE_CONTROL_CHARACTERS, Page
from rig.sample_chips import caption, chip, quarters

from chatearthnet_explorer.cards import Card, caption_card, card, chip_card, prompt_card
from chatearthnet_explorer.cards.html_tree import element, markup, visible
from chatearthnet_explorer.errors import ModelError
from chatearthnet_explorer.pipeline import Captioned
from chatearthnet_explorer.places.countries import country_at
from chatearthnet_explorer.prompts.prompt import prompt_for

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 420_000


def captioned(**fields: object) -> Captioned:
    whole: dict[str, Any] = {
        "lon": -9.2175,
        "lat": 38.6426,
        "country": country_at(-9.2175, 38.6426),
        "chip": chip(),
        "prompt": prompt_for(quarters()),
        "caption": caption(),
    }
    return Captioned(**(whole | fields))


def page(view: Card) -> Page:
    read = Page(view._repr_html_())
    read.assert_harmless()
    return read


def test_card_shows_place_pictures_shares_history_caption_and_prompt() -> None:
    text = page(card(captioned())).text
    for text_on_card in (
        "Portugal",
        "38.6426° N, 9.2175° W",
        "3886_3141_patch00",
        "S2B_29SMC_20200704_0_L2A",
        "https://catalogue.example/v1",
        "4 July 2020, 11:27 UTC",
        "3 %",
        "02.14",
        "The picture is shown as its maker scaled it.",
        "ESA WorldCover 2020 (v100)",
        "CC-BY-4.0",
        '"No label" does not mean water',
        "Water lies beside trees",
        "Written by model-7, in the style of GPT-3.5",
        "What was sent",
        "the prompt",
        "Rules (system message)",
        prompt_for(quarters()).user,
    ):
        assert text_on_card in text
    assert "SIMULATED" not in text


def test_legend_has_shares_of_the_chip_and_of_each_part() -> None:
    rows = {}
    read = page(chip_card(chip()))
    cells = read.text[read.text.index("middle") :]
    for name, expected in {
        "water": "24 %98 %0 %0 %0 %",  # of the whole; then top left, ..., the middle follows
        "no label": "24 %0 %0 %0 %98 %",
    }.items():
        rows[name] = cells[cells.index(name) + len(name) :][: len(expected)]
        assert rows[name] == expected


def test_shares_below_one_percent_are_not_rounded_to_zero() -> None:
    labels = quarters()
    labels[0, 0] = 9
    assert "wetland<1 %<1 %0 %" in page(chip_card(chip(labels=labels))).text


@pytest.mark.parametrize("view", [card(captioned(chip=chip(simulated=True))), chip_card(chip(simulated=True))])
def test_marks_a_simulated_chip(view: Card) -> None:
    text = page(view).text
    assert "SIMULATED" in text
    assert "made up the picture and the labels" in text
    assert "Sentinel-2 picture" not in text
    assert "Seen" not in text


@pytest.mark.parametrize(
    ("fields", "there", "absent"),
    [
        ({"rgb": None, "scene": None}, "Land-cover labels", "Sentinel-2 picture"),
        ({"labels": None}, "Sentinel-2 picture", "Land-cover labels"),
        ({"labels": None, "rgb": None, "scene": None}, "Why it is so.", "Land-cover labels"),
    ],
)
def test_leaves_out_missing_parts_and_explains_why(fields: dict[str, Any], there: str, absent: str) -> None:
    text = page(chip_card(chip(missing=("Why it is so.",), **fields))).text
    assert there in text
    assert "Why it is so." in text
    assert absent not in text


def test_shows_the_error_in_place_of_the_caption() -> None:
    text = page(card(captioned(caption=None, error=ModelError("The service is down; try again later.")))).text
    assert "The service is down; try again later." in text
    assert "No caption yet" not in text


def test_open_sea_has_no_country() -> None:
    text = page(card(captioned(lon=-30.0, lat=0.0, country=None))).text
    assert "Place Open sea" in text
    assert "0.0000° N, 30.0000° W" in text


def test_notes_that_4v_captions_were_written_from_label_maps() -> None:
    sentence = "GPT-4V saw the coloured label map, not the satellite picture."
    assert sentence in page(caption_card([caption(style="4v")])).text
    assert sentence not in page(caption_card([caption()])).text


def test_prompt_card_has_an_image_for_each_label_map() -> None:
    assert page(prompt_card(prompt_for(quarters(), quarters(), style="4v"))).tags.count("img") == 2


def test_underlines_and_explains_class_words() -> None:
    read = page(caption_card([caption("Many trees.")], palette="worldcover"))
    assert ("title", "tree: Forests, orchards and single trees.") in read.attributes
    assert ("style", "--colour:#006400") in read.attributes


def test_empty_cards_explain_what_is_missing() -> None:
    assert "Choose a place first." in page(chip_card(None)).text
    assert "No prompt yet" in page(prompt_card(None)).text
    assert "No caption yet" in page(caption_card([])).text


def test_escapes_hostile_text_in_every_field() -> None:
    scene = replace(chip().scene, item=ATTACK, catalogue=ATTACK, baseline=ATTACK, radiometry=ATTACK)
    hostile = chip(scene=scene, missing=(ATTACK,), attribution=(ATTACK,))
    prompt = replace(prompt_for(quarters()), system=ATTACK, user=ATTACK)
    country = replace(country_at(-9.2175, 38.6426), name=ATTACK)
    words = caption(ATTACK, model=ATTACK, input_summary=ATTACK, notes=(ATTACK,))
    for view, times in (
        (card(captioned(chip=hostile, country=country, prompt=prompt, caption=words)), 14),
        (card(captioned(chip=hostile, caption=None, error=ModelError(ATTACK))), 7),
        (chip_card(hostile, place=ATTACK), 7),
        (prompt_card(prompt), 2),
        (caption_card([words], error=ATTACK), 6),
    ):
        assert page(view).text.count(VISIBLE_ATTACK) == times


def test_escapes_control_characters_and_keeps_ordinary_text() -> None:
    assert visible(CONTROL_CHARACTERS) == VISIBLE_CONTROL_CHARACTERS
    assert visible("São Tomé\n\tبحر 水 €") == "São Tomé\n\tبحر 水 €"


def test_attributes_are_escaped_like_text() -> None:
    read = Page(markup(element("p", "x", title=ATTACK)))
    assert read.tags == ["p"]
    assert read.attributes == [("title", VISIBLE_ATTACK)]


def test_saved_page_is_complete_and_loads_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "card.html"
    card(captioned(caption=caption(CONTROL_CHARACTERS))).save(path)
    html = path.read_text("utf-8")
    assert html.startswith("<!DOCTYPE html>\n<html")
    read = Page(html)
    read.assert_harmless()
    assert ("http-equiv", "Content-Security-Policy") in read.attributes
    assert ("content", "default-src 'none'; img-src data:; style-src 'unsafe-inline'") in read.attributes
    assert VISIBLE_CONTROL_CHARACTERS in read.text


def test_largest_possible_card_stays_small(tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    labels = noise.integers(0, 12, (256, 256)).astype(np.uint8)
    rgb = noise.integers(0, 256, (256, 256, 3)).astype(np.uint8)
    path = tmp_path / "card.html"
    prompt = prompt_for(labels, labels, labels, labels, style="4v")
    card(captioned(chip=chip(rgb=rgb, labels=labels), prompt=prompt)).save(path)
    assert path.stat().st_size < LARGEST
