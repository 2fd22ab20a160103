"""Prompts: the same input gives the same words, which say the facts and nothing else."""

import re

import numpy as np
import pytest
from data.label_maps import label_map

from chatearthnet_explorer.errors import LabelError, WordingError
from chatearthnet_explorer.landcover.legend import CLASSES, palette
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.prompt import BANNED, NOUNS, prompt_for


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_the_same_labels_style_and_seed_give_the_same_prompt(style: str) -> None:
    one, two = (prompt_for(label_map(4), style=style, seed=9) for _ in range(2))
    assert (one.id, one.user, one.system) == (two.id, two.user, two.system)


def test_the_seed_draws_the_nouns_and_changes_nothing_else() -> None:
    texts = {prompt_for(label_map(4), seed=seed).user for seed in range(8)}
    assert len(texts) > 1
    neutral = {re.sub("|".join(NOUNS), "noun", text) for text in texts}
    assert len(neutral) == 1


def test_a_35_prompt_says_its_facts_in_their_order() -> None:
    for seed in range(60):
        prompt = prompt_for(label_map(seed))
        lines = prompt.user.splitlines()
        assert ", ".join(prompt.facts.overall) in lines[0]
        for part, line in zip(PARTS, lines[2:7], strict=True):
            assert part in line
            amounts = prompt.facts.parts[part]
            said = re.findall(rf"(?:, |: )([a-z ]+?) (?:{'|'.join(NOUNS)}) of ([a-z ]+?)(?=,|\.)", line)
            assert said == [(amount.size, amount.name) for amount in amounts]


def test_a_class_absent_from_the_labels_is_absent_from_the_prompt() -> None:
    for seed in range(60):
        labels = label_map(seed)
        for style in ("3.5", "4v"):
            user = prompt_for(labels, style=style).user
            for land in CLASSES[1:]:
                if land.index not in labels:
                    assert not re.search(rf"\b{land.name_4v if style == '4v' else land.name}\b", user)


def test_a_4v_prompt_sends_the_label_maps_it_tells_of() -> None:
    labels = label_map(5)
    prompt = prompt_for(labels, style="4v")
    (image,) = prompt.images
    assert image.shape == (128, 128, 3)
    assert (image == palette()[labels][::2, ::2]).all()
    assert prompt_for(labels).images == ()


def test_a_4v_prompt_gives_every_percent_and_the_legend() -> None:
    prompt = prompt_for(label_map(5), style="4v")
    for name, parts in prompt.facts.percents.items():
        assert f" is {name}" in prompt.user
        for part, percent in parts.items():
            assert f"{percent:.2f} % of the {part}" in prompt.user


def test_a_4v_prompt_may_tell_of_the_four_chips_of_a_tile() -> None:
    maps = [label_map(seed) for seed in range(4)]
    prompt = prompt_for(*maps, style="4v")
    assert len(prompt.images) == len(prompt.all_facts) == 4
    assert "Map 4 of 4" in prompt.user
    with pytest.raises(LabelError, match="at most 4"):
        prompt_for(*maps, label_map(5), style="4v")
    with pytest.raises(LabelError, match="at most 1"):
        prompt_for(*maps)


def test_token_limits_are_the_published_ones() -> None:
    assert prompt_for(label_map(1)).token_limit == 300
    assert prompt_for(label_map(1), style="4v").token_limit == 1200


def test_rules_are_six_and_eight_and_forbid_the_banned_words() -> None:
    for style, count in (("3.5", 6), ("4v", 8)):
        system = prompt_for(label_map(1), style=style).system
        assert re.findall(r"^(\d)\. ", system, re.MULTILINE) == [str(number + 1) for number in range(count)]
        assert all(word in system for word in BANNED)


def test_labels_without_a_class_give_a_prompt_that_says_so() -> None:
    empty = np.zeros((256, 256), np.uint8)
    for style in ("3.5", "4v"):
        assert prompt_for(empty, style=style).user.count("nothing to describe") >= 5


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(WordingError, match=r"choose 3\.5 or 4v"):
        prompt_for(label_map(1), style="5")


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_a_prompt_is_a_dictionary_of_its_words_and_facts(style: str) -> None:
    prompt = prompt_for(label_map(4), style=style, seed=9)
    assert prompt.to_dict() == {
        "style": style,
        "seed": 9,
        "system": prompt.system,
        "user": prompt.user,
        "facts": prompt.facts.to_dict(),
    }
