"""The template captioner: what a person can hold against it, over many maps."""

import re
from itertools import pairwise

import numpy as np
import pytest
from data.label_maps import label_map

from chatearthnet_explorer.captioners.service.answer import banned_words
from chatearthnet_explorer.captioners.template import NO_SHAPES, TemplateCaptioner
from chatearthnet_explorer.captioners.template_phrases import NOUNS, cover
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.claims.class_mentions import classes_named
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import Facts35
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

INDEX = {name: land.index for land in CLASSES for name in (land.name, land.name_4v)}
SIZES = "extra small|extra large|small|medium|large"
FORMS = "|".join(cover(land.name).of for land in CLASSES[1:])
COLOURS = r"\b(?:red|green|blue|yellow|grey|gray|white|black|brown|purple|magenta|cyan|colou?rs?)\b"


def irregular_map(seed: int) -> np.ndarray:
    """Return a map that the reference recipe does not make: specks, gaps, and classes thin as dust."""
    rng = np.random.default_rng(1000 + seed)
    labels = np.zeros((256, 256), np.uint8)
    kind = seed % 5
    if kind == 0:  # dust of every class
        labels = rng.integers(0, 12, (256, 256)).astype(np.uint8)
    elif kind == 1:  # a few pixels only
        for _ in range(int(rng.integers(0, 60))):
            labels[tuple(rng.integers(0, 256, 2))] = rng.integers(1, 12)
    elif kind == 2:  # some parts empty
        for part in rng.choice(4, int(rng.integers(0, 4)), replace=False):
            row, column = 128 * (part // 2), 128 * (part % 2)
            labels[row : row + 128, column : column + 128] = rng.integers(1, 12, (2, 2)).repeat(64, 0).repeat(64, 1)
    elif kind == 3:  # one class, with a hole
        labels[:] = rng.integers(1, 12)
        labels[64:192, 64:192] = rng.integers(0, 12)
    else:  # a class that leads the whole and ranks in no part
        labels[:] = rng.choice([1, 2, 3], (256, 256))
        labels[128:, :] = rng.choice([4, 5, 6], (128, 256))
        labels[rng.random((256, 256)) < 0.22] = 7
    return labels


MAPS = [label_map(seed) for seed in range(60)] + [irregular_map(seed) for seed in range(60)]
BOTH = pytest.mark.parametrize("style", ["3.5", "4v"])
TENTH = pytest.mark.parametrize("tenth", range(10))


def text_of(labels: np.ndarray, style: str, seed: int = 0) -> str:
    chip = Chip(tile=Tile(8192, 8192), source="file", labels=labels)
    return TemplateCaptioner().caption(prompt_for(labels, style=style, seed=seed), chip).text


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=\.)\s+", text)


@BOTH
@TENTH
def test_names_exactly_the_classes_of_the_prompt(tenth: int, style: str) -> None:
    for number in range(tenth, len(MAPS), 10):
        names = prompt_for(MAPS[number], style=style).facts.class_names
        assert set(classes_named(text_of(MAPS[number], style))) == {INDEX[name] for name in names}


@BOTH
@TENTH
def test_keeps_the_rules_of_the_prompt(tenth: int, style: str) -> None:
    for number in range(tenth, len(MAPS), 10):
        text = text_of(MAPS[number], style, seed=number)
        assert banned_words(text) == ()
        assert not re.search(r"\b(?:maybe|seems?|might|could|probabl\w+|suggest\w*|indicat\w+)\b", text, re.IGNORECASE)
        assert not re.search(COLOURS, text, re.IGNORECASE)
        if prompt_for(MAPS[number], style=style).facts.class_names:
            assert "main theme" in sentences(text)[-1]
        if style == "3.5":
            assert "\n" not in text


@BOTH
@TENTH
def test_sentences_are_well_formed(tenth: int, style: str) -> None:
    for number in range(tenth, len(MAPS), 10):
        text = text_of(MAPS[number], style, seed=number)
        assert not re.search(r"[{}]|  |,,| ,|\.\.|\b(\w+) \1\b|\ba [aeiou]|\ban [^aeiou\W]", text), text
        assert all(one[0].isupper() and one.endswith(".") for one in sentences(text))
        for land in CLASSES[1:]:
            wrong = "(?:is|has|covers|comes|lies)" if cover(land.name).plural else "(?:are|have|cover|come|lie)"
            # "a part of crops comes" and "water and moss come" are right
            assert not re.search(rf"(?<!of )(?<!and )\b{cover(land.name).subject} {wrong}\b", text, re.IGNORECASE), text


@BOTH
@TENTH
def test_no_two_sentences_follow_one_pattern(tenth: int, style: str) -> None:
    for number in range(tenth, len(MAPS), 10):
        blank = text_of(MAPS[number], style, seed=number)
        for words in (
            *(re.escape(form) for land in CLASSES[1:] for form in (cover(land.name).of, cover(land.name).subject)),
            "|".join(PARTS),
            SIZES,
            "|".join(f"{noun}s?" for noun in NOUNS),
        ):
            blank = re.sub(rf"\b(?:{words})\b", "_", blank, flags=re.IGNORECASE)
        patterns = [one for one in sentences(blank) if not one.startswith("_ is") and not one.startswith("_ are")]
        assert len(patterns) == len(set(patterns)), blank


def parts_of(sentence: str) -> tuple[str, ...]:
    """Return the parts that a sentence names; those behind "except" are the ones that it does not mean."""
    if "every part" in sentence.lower():
        _, _, other = sentence.partition("except")
        return tuple(part for part in PARTS if part not in other)
    return tuple(part for part in PARTS if part in sentence)


def amounts_of(sentence: str) -> list[tuple[int, str]]:
    """Return class and size of each amount in a sentence: "a small area of moss", "small areas of moss and snow"."""
    one = rf"\ban? ({SIZES}) (?:{'|'.join(NOUNS)}) of ({FORMS})\b"
    two = rf"\b({SIZES}) (?:{'|'.join(NOUNS)})s of ({FORMS}) and ({FORMS})\b"
    amounts = []
    for match in re.finditer(f"{one}|{two}", sentence, re.IGNORECASE):
        size, *names = (group.lower() for group in match.groups() if group)
        amounts += [(classes_named(name)[0], size) for name in names]
    return amounts


@TENTH
def test_the_parts_can_be_read_back_from_a_paragraph(tenth: int) -> None:
    for number in range(tenth, len(MAPS), 10):
        facts = prompt_for(MAPS[number]).facts
        assert isinstance(facts, Facts35)
        parts_read: dict[str, list[tuple[int, str]]] = {}
        for one in sentences(text_of(MAPS[number], "3.5", seed=number)):
            amounts = amounts_of(one)
            for part in parts_of(one) if amounts else ():
                assert part not in parts_read
                parts_read[part] = amounts
        expected = {
            part: [(INDEX[one.name], one.size) for one in amounts] for part, amounts in facts.parts.items() if amounts
        }
        assert parts_read == expected
        assert list(parts_read) == list(expected)


@TENTH
def test_a_paragraph_ends_with_all_classes_by_area(tenth: int) -> None:
    for number in range(tenth, len(MAPS), 10):
        facts = prompt_for(MAPS[number]).facts
        assert isinstance(facts, Facts35)
        if facts.overall:
            last = sentences(text_of(MAPS[number], "3.5", seed=number))[-1]
            assert classes_named(last) == tuple(INDEX[name] for name in facts.overall)


@TENTH
def test_parts_share_a_sentence_only_where_classes_and_sizes_are_the_same(tenth: int) -> None:
    for number in range(tenth, len(MAPS), 10):
        facts = prompt_for(MAPS[number]).facts
        assert isinstance(facts, Facts35)
        alike = [[(one.name, one.size) for one in facts.parts[part]] for part in PARTS]
        groups = 1 + sum(a != b for a, b in pairwise(alike))
        about_parts = sentences(text_of(MAPS[number], "3.5", seed=number))[1:-1]
        assert len(about_parts) == (groups if facts.overall else 0)


@TENTH
def test_names_the_parts_without_a_class(tenth: int) -> None:
    for number in range(tenth, len(MAPS), 10):
        for style in ("3.5", "4v"):
            facts = prompt_for(MAPS[number], style=style).facts
            parts = facts.parts if isinstance(facts, Facts35) else facts.shares
            empty = {part for part, amounts in parts.items() if not amounts}
            nothing = " ".join(one for one in sentences(text_of(MAPS[number], style)) if "nothing to describe" in one)
            assert {part for part in PARTS if part in nothing} == empty


def test_lengths_are_those_of_real_captions() -> None:
    """The four transcribed captions have 142 and 169 words in style 3.5, 106 and 93 in style 4v."""
    for style, low, high in (("3.5", 140, 190), ("4v", 90, 115)):
        words = [len(text_of(labels, style).split()) for labels in MAPS[:60]]
        assert low <= np.median(words) <= high
        assert max(words) < 215


def test_neighbouring_words_for_a_share_differ() -> None:
    for labels in MAPS[:60]:
        nouns = re.findall(rf"(?:{SIZES}) ({'|'.join(NOUNS)})\b", text_of(labels, "3.5"))
        assert sum(a == b for a, b in pairwise(nouns)) <= len(nouns) // len(NOUNS)


@BOTH
def test_the_same_prompt_gives_the_same_words_and_another_seed_others(style: str) -> None:
    assert text_of(MAPS[0], style) == text_of(MAPS[0], style)
    assert len({text_of(MAPS[0], style, seed) for seed in range(5)}) > 1


def test_several_maps_get_descriptions_of_their_own() -> None:
    maps = MAPS[:4]
    prompt = prompt_for(*maps, style="4v")
    caption = TemplateCaptioner().caption(prompt, Chip(tile=Tile(0, 0), source="file", labels=maps[0]))
    paragraphs = caption.text.split("\n\n")
    assert len(paragraphs) == 4
    for text, facts in zip(paragraphs, prompt.all_facts, strict=True):
        assert set(classes_named(text)) == {INDEX[name] for name in facts.class_names}
    assert NO_SHAPES in caption.notes
