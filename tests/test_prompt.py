"""Prompts: the same input gives the same words, which say the facts and nothing else."""

import re

import numpy as np
import pytest
from data.label_maps import label_map

from chatearthnet_explorer.errors import LabelError, WordingError
from chatearthnet_explorer.landcover.legend import CLASSES, palette
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.prompt import FORBIDDEN_WORDS, NOUNS, prompt_for


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_same_arguments_give_the_same_prompt(style: str) -> None:
    one, two = (prompt_for(label_map(4), style=style, seed=9) for _ in range(2))
    assert (one.id, one.user, one.system) == (two.id, two.user, two.system)


def test_seed_changes_only_the_nouns() -> None:
    texts = {prompt_for(label_map(4), seed=seed).user for seed in range(8)}
    assert len(texts) > 1
    neutral = {re.sub("|".join(NOUNS), "noun", text) for text in texts}
    assert len(neutral) == 1


def test_35_prompt_has_its_facts_in_order() -> None:
    for seed in range(60):
        prompt = prompt_for(label_map(seed))
        lines = prompt.user.splitlines()
        assert ", ".join(prompt.facts.overall) in lines[0]
        for part, line in zip(PARTS, lines[2:7], strict=True):
            assert part in line
            amounts = prompt.facts.parts[part]
            phrases = re.findall(rf"(?:, |: )([a-z ]+?) (?:{'|'.join(NOUNS)}) of ([a-z ]+?)(?=,|\.)", line)
            assert phrases == [(amount.size, amount.name) for amount in amounts]


def test_prompt_has_no_class_that_the_labels_lack() -> None:
    for seed in range(60):
        labels = label_map(seed)
        for style in ("3.5", "4v"):
            user = prompt_for(labels, style=style).user
            for land in CLASSES[1:]:
                if land.index not in labels:
                    assert not re.search(rf"\b{land.name_4v if style == '4v' else land.name}\b", user)


def test_4v_prompt_has_its_label_map_as_an_image() -> None:
    labels = label_map(5)
    prompt = prompt_for(labels, style="4v")
    (image,) = prompt.images
    assert image.shape == (128, 128, 3)
    assert (image == palette()[labels][::2, ::2]).all()
    assert prompt_for(labels).images == ()


def test_4v_prompt_has_every_percent_and_the_legend() -> None:
    prompt = prompt_for(label_map(5), style="4v")
    for name, parts in prompt.facts.percents.items():
        assert f" is {name}" in prompt.user
        for part, percent in parts.items():
            assert f"{percent:.2f} % of the {part}" in prompt.user


def test_4v_prompt_can_describe_the_four_chips_of_a_tile() -> None:
    maps = [label_map(seed) for seed in range(4)]
    prompt = prompt_for(*maps, style="4v")
    assert len(prompt.images) == len(prompt.all_facts) == 4
    assert "Map 4 of 4" in prompt.user
    with pytest.raises(LabelError, match="at most 4"):
        prompt_for(*maps, label_map(5), style="4v")
    with pytest.raises(LabelError, match="at most 1"):
        prompt_for(*maps)


def test_token_limits_are_those_of_the_scripts() -> None:
    assert prompt_for(label_map(1)).token_limit == 300
    assert prompt_for(label_map(1), style="4v").token_limit == 1200


def test_system_messages_have_six_and_eight_rules_and_the_forbidden_words() -> None:
    for style, count in (("3.5", 6), ("4v", 8)):
        system = prompt_for(label_map(1), style=style).system
        assert re.findall(r"^(\d)\. ", system, re.MULTILINE) == [str(number + 1) for number in range(count)]
        assert all(word in system for word in FORBIDDEN_WORDS)


def test_prompt_for_empty_labels_has_nothing_to_describe() -> None:
    empty = np.zeros((256, 256), np.uint8)
    for style in ("3.5", "4v"):
        assert prompt_for(empty, style=style).user.count("nothing to describe") >= 5


def test_refuses_unknown_style() -> None:
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
