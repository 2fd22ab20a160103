"""The fault injector: what it plants is wrong, known, and as often as asked; and the checks find it."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from data.label_maps import label_map

from chatearthnet_explorer.captioners.template import TemplateCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels
from chatearthnet_explorer.prompts.facts import Facts4V, Facts35, facts_4v, facts_35
from chatearthnet_explorer.prompts.prompt import Prompt
from chatearthnet_explorer.review.checks import CHECKS, judge_caption, judge_picture
from chatearthnet_explorer.review.chip_checks import Picture
from chatearthnet_explorer.review.label_counts import Cover
from chatearthnet_explorer.sample.paraphrase import write_paraphrase
from chatearthnet_explorer.testing import chip_faults, fact_faults, word_faults
from chatearthnet_explorer.testing.faults import CAPTION_FAULTS, Sound, plant, spoil

if TYPE_CHECKING:
    from collections.abc import Iterator


def _write(facts: Facts35 | Facts4V, *, seed: int) -> str:
    style = "3.5" if isinstance(facts, Facts35) else "4v"
    prompt = Prompt(style=style, seed=seed, all_facts=(facts,), system="", user="")
    return TemplateCaptioner().caption(prompt, Chip(tile=None, source="file")).text  # type: ignore[arg-type]


def _claims_of(facts: Facts35 | Facts4V, *, seed: int) -> str:
    return write_paraphrase(facts, seed=seed).text


def _sounds(seeds: range, *, write: object = _write) -> Iterator[Sound]:
    for seed in seeds:
        labels = label_map(seed)
        for facts in (facts_35(labels), facts_4v(labels)):
            yield Sound(facts, count_pixels(labels), partial(write, seed=seed))  # type: ignore[arg-type]


def test_every_fault_is_named_for_a_check() -> None:
    assert set(CAPTION_FAULTS) | set(chip_faults.FAULTS) <= set(CHECKS)
    # the others need two captions, or two pairs, or a file that is broken
    assert set(CHECKS) - set(CAPTION_FAULTS) - set(chip_faults.FAULTS) == {
        "contradiction",
        "same bytes",
        "broken picture",
    }


def test_faults_occur_at_their_rates_and_no_others() -> None:
    rates = {"banned word": 0.3, "hallucinated": 0.2}
    captions = list(spoil(_sounds(range(150)), rates=rates, seed=5))
    fault = [one.fault.check if one.fault else "" for one in captions]
    assert len(captions) == 300
    assert set(fault) == {"banned word", "hallucinated", ""}
    assert 0.22 < fault.count("banned word") / 300 < 0.38
    assert 0.12 < fault.count("hallucinated") / 300 < 0.28
    for one in captions:
        assert (one.text == one.sound.write(one.sound.facts)) == (one.fault is None)


def test_the_same_seed_plants_the_same() -> None:
    rates = dict.fromkeys(CAPTION_FAULTS, 0.05)
    first, again, other = (
        [one.text for one in spoil(_sounds(range(20)), rates=rates, seed=seed)] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("kind", sorted(fact_faults.FAULTS))
def test_false_facts_are_false_of_the_map(kind: str) -> None:
    draw, count = random.Random(3), 0
    for sound in _sounds(range(60)):
        cover = Cover(sound.counts, style=sound.style)
        result = fact_faults.FAULTS[kind](sound.facts, cover, draw)
        if result is None:
            continue
        facts, fault = result
        count += 1
        assert repr(facts.to_dict()) != repr(sound.facts.to_dict())  # of dicts, == does not see the order
        assert fault.check == kind
        if kind == "hallucinated":
            assert not cover.pixels(fault.land)
            assert len(facts.class_names) == len(sound.facts.class_names | facts.class_names)
        elif kind == "wrong part":
            assert cover.pixels(fault.land)
            assert not cover.pixels(fault.land, fault.part)
        elif kind == "omitted":
            parts = [fault.part] if fault.part else PARTS
            assert any(cover.leaders.get(part, ("",))[0] == fault.land for part in parts)
        elif kind == "wrong dominant":
            assert cover.leaders[""][1] - cover.percent(fault.land) > 10
    assert count >= 20


def test_turning_twice_is_no_turn() -> None:
    facts = facts_35(label_map(5))
    once = fact_faults.turn_parts(facts)
    assert once is not None
    assert once[0] != facts
    twice = fact_faults.turn_parts(once[0])
    assert twice is not None
    assert twice[0] == facts
    text = "Top left, upper-right and Lower left; leftovers stop."
    assert word_faults.turn_parts(text) == "Bottom right, lower-left and Upper right; leftovers stop."
    assert word_faults.turn_parts(word_faults.turn_parts(text)) == text
    assert (
        word_faults.turn_parts("The top left has the same kind on top.") == "The bottom right has the same kind on top."
    )


@pytest.mark.parametrize("kind", CAPTION_FAULTS)
def test_a_planted_fault_is_found_in_plain_captions(kind: str) -> None:
    draw, findings, count = random.Random(7), 0, 0
    for sound in _sounds(range(80)):
        one = plant(sound, kind, draw=draw)
        # plain words such as "very small" and "moderate" may be off by one size: docs/explanation/checks.md
        if one is None or (kind == "wrong size" and one.fault and one.fault.steps == 1):
            continue
        count += 1
        verdicts = judge_caption(one.text, style=sound.style, counts=sound.counts)
        findings += any(finding.check == kind for finding in verdicts.findings)
    assert count >= 20
    assert findings / count >= 0.95


@pytest.mark.parametrize("write", [_write, _claims_of])
def test_correct_captions_have_next_to_no_findings(write: object) -> None:
    alarms, count = 0, 0
    for sound in _sounds(range(150), write=write):
        findings = judge_caption(sound.write(sound.facts), style=sound.style, counts=sound.counts).findings
        # the paraphrase plants guesses, true denials and cuts of its own accord
        alarms += any(finding.check not in {"banned word", "cut off"} for finding in findings)
        count += 1
    assert alarms / count <= 0.02


@pytest.mark.parametrize("kind", sorted(chip_faults.FAULTS))
@pytest.mark.parametrize("seed", range(8))
def test_a_spoiled_picture_is_found_and_named_for_what_it_is(kind: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    rgb = (draw.random((256, 256, 3)) * 60 + draw.integers(20, 100, 3)).astype(np.uint8)
    assert not judge_picture(Picture(rgb))
    captions = chip_faults.FAULTS[kind](rgb, draw)
    assert captions.shape == (256, 256, 3)
    assert captions.dtype == np.uint8
    assert [finding.check for finding in judge_picture(Picture(captions))] == [kind]
