"""The template captioner: what a person can hold against it, over many maps."""

import re
from itertools import pairwise

import numpy as np
import pytest
from data.label_maps import label_map

from chatearthnet_explorer.captioners.service.answer import banned_words
from chatearthnet_explorer.captioners.template import NO_SHAPES, TemplateCaptioner
from chatearthnet_explorer.captioners.template_phrases import SIZE_WORDS, cover
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.claims.class_mentions import classes_named
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import Facts4V, Facts35
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.prompts.size_words import size_word
from chatearthnet_explorer.tile import Tile

INDEX = {name: land.index for land in CLASSES for name in (land.name, land.name_4v)}
SIZE_OF = {words: size for size, words in SIZE_WORDS.items()}
SHARE_SIZES = {"most": "large", "the great majority": "extra large", "nearly all": "extra large"}
SHARES = "|".join(SHARE_SIZES)
SIZES = "|".join(sorted(SIZE_OF, key=len, reverse=True))
SUBJECTS = "|".join(cover(land.name).subject for land in CLASSES[1:])
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
            assert re.search(r"\. Overall, [^.]+\.( [^.]+ also [^.]+\.)?$", text)
            assert not re.search(r"\b(?:mix\w*|varied|diverse)\b", text)
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
            "a|amounts?",
        ):
            blank = re.sub(rf"\b(?:{words})\b", "_", blank, flags=re.IGNORECASE)
        patterns = [one for one in sentences(blank) if not one.startswith("_ is") and not one.startswith("_ are")]
        assert len(patterns) == len(set(patterns)), blank


def parts_of(sentence: str) -> tuple[str, ...]:
    """Return the parts that a sentence names; those behind "except" are the ones that it does not mean."""
    if re.match(r"(?:.* in )?(?:every part|all (?:five )?parts)\b", sentence.lower()):
        _, _, other = sentence.partition("except")
        return tuple(part for part in PARTS if part not in other)
    return tuple(part for part in PARTS if part in sentence)


def amounts_of(sentence: str) -> list[tuple[int, str]]:
    """Return class and size of each amount in a sentence: "grass covers most of", "small amounts of moss and snow"."""
    class_first = rf"\b(?P<first>{SUBJECTS}) (?:again |also )?covers? (?P<share>{SHARES}) of the\b"
    share_first = rf"\b(?P<share_of>{SHARES}) of [a-z ]+ is (?:also |again )?covered by (?P<by>{SUBJECTS})\b"
    one = rf"\ba (?P<size>{SIZES}) amount of (?P<name>{FORMS})\b"
    several = rf"\b(?P<sizes>{SIZES}) amounts of (?P<names>(?:{FORMS})(?:(?:, | and )(?:{FORMS}))+)"
    amounts = []
    for match in re.finditer(f"{class_first}|{share_first}|{one}|{several}", sentence.lower()):
        group = match.groupdict()
        share = group["share"] or group["share_of"]
        size = SHARE_SIZES[share] if share else SIZE_OF[group["size"] or group["sizes"]]
        names = group["first"] or group["by"] or group["name"] or group["names"]
        assert names
        amounts += [(name, size) for name in classes_named(names)]
    return amounts


def largest_of(sentence: str) -> tuple[str, ...]:
    """Return how the sentence of a part speaks of what is largest there, without the words of linking."""
    match = re.search(
        rf"({SHARES}) of .* (?:also |again )?covered by ({SUBJECTS})|({SUBJECTS}) (?:again |also )?covers? ({SHARES})"
        rf"|(a (?:{SIZES}) amount of (?:{FORMS})|(?:{SIZES}) amounts of [^.]+?)"
        r"(?:, followed| with|, with| in the| (?:is|are) found|\.|$)",
        sentence.lower(),
    )
    return tuple(sorted(one for one in match.groups() if one)) if match else ()


@TENTH
def test_again_is_used_only_where_the_part_before_has_as_much_of_the_same(tenth: int) -> None:
    for number in range(tenth, len(MAPS), 10):
        before: tuple[str, ...] = ()
        for one in sentences(text_of(MAPS[number], "3.5", seed=number))[1:]:
            if one.startswith("Overall"):
                break
            largest = largest_of(one)
            if largest:
                assert bool(re.search(r"\b(?:again|also)\b", one)) <= (largest == before), (one, before)
                before = largest


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
def test_a_paragraph_has_at_most_one_word_of_transition(tenth: int) -> None:
    for number in range(tenth, len(MAPS), 10):
        text = text_of(MAPS[number], "3.5", seed=number)
        transitions = [one for one in sentences(text) if re.match(r"(?:Finally|Starting|Moving|Turning|Next)\b", one)]
        assert len(transitions) <= 1, text
        assert all(len(parts_of(one)) == 1 for one in transitions), text


def test_five_parts_alike_share_one_sentence() -> None:
    halves = np.tile(np.array([[3, 5], [5, 3]], np.uint8), (128, 128))
    for labels in (halves, np.full((256, 256), 6, np.uint8)):
        alike = [one for one in sentences(text_of(labels, "3.5")) if one.startswith("All five parts look alike")]
        assert len(alike) == 1
        assert amounts_of(alike[0])
        assert parts_of(alike[0]) == PARTS


@TENTH
def test_a_paragraph_ends_with_all_classes_by_area(tenth: int) -> None:
    for number in range(tenth, len(MAPS), 10):
        facts = prompt_for(MAPS[number]).facts
        assert isinstance(facts, Facts35)
        if facts.overall:
            _, _, last = text_of(MAPS[number], "3.5", seed=number).partition("Overall, ")
            assert classes_named(last) == tuple(INDEX[name] for name in facts.overall)


@TENTH
def test_parts_share_a_sentence_only_where_classes_and_sizes_are_the_same(tenth: int) -> None:
    for number in range(tenth, len(MAPS), 10):
        facts = prompt_for(MAPS[number]).facts
        assert isinstance(facts, Facts35)
        alike = [[(one.name, one.size) for one in facts.parts[part]] for part in PARTS]
        groups = 1 + sum(a != b for a, b in pairwise(alike))
        about_parts, _, _ = text_of(MAPS[number], "3.5", seed=number).partition(" Overall, ")
        assert len(sentences(about_parts)) - 1 == (groups if facts.overall else 0)


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
    for style, low, high in (("3.5", 120, 170), ("4v", 90, 115)):
        words = [len(text_of(labels, style).split()) for labels in MAPS[:60]]
        assert low <= np.median(words) <= high
        assert max(words) < 215


def test_sizes_have_one_noun_and_no_clothing_sizes() -> None:
    for labels in MAPS:
        for style in ("3.5", "4v"):
            text = text_of(labels, style)
            assert not re.search(r"\bextra\b|\bmedium\b|\b(?:fraction|quantity|portion|share)s?\b", text)
            assert set(re.findall(rf"\b(?:{SIZES}) (\w+?)s? of\b", text)) <= ({"amount"} if style == "3.5" else set())


@BOTH
def test_the_same_prompt_gives_the_same_words_and_another_seed_others(style: str) -> None:
    assert text_of(MAPS[0], style) == text_of(MAPS[0], style)
    assert len({text_of(MAPS[0], style, seed) for seed in range(5)}) > 1


def test_the_share_of_the_strongest_part_is_read_back_as_its_size() -> None:
    sizes = set()
    for number, labels in enumerate(MAPS):
        facts = prompt_for(labels, style="4v").facts
        assert isinstance(facts, Facts4V)
        percents = {INDEX[name]: shares for name, shares in facts.percents.items()}
        for name, part, size in read_claims(text_of(labels, "4v", seed=number)).triples:
            if part and size:
                assert size == size_word(percents[INDEX[name]][part]), (name, part, number)
                sizes.add(size)
    assert sizes == {"extra small", "small", "medium", "large", "extra large"}


def test_no_share_of_the_strongest_part_is_a_ceiling() -> None:
    for number, labels in enumerate(MAPS):
        text = text_of(labels, "4v", seed=number)
        assert "less than half" not in text
        assert not re.search(r"less than a tenth of (?!the scene)", text, re.IGNORECASE)


def test_several_maps_get_descriptions_of_their_own() -> None:
    maps = MAPS[:4]
    prompt = prompt_for(*maps, style="4v")
    caption = TemplateCaptioner().caption(prompt, Chip(tile=Tile(0, 0), source="file", labels=maps[0]))
    paragraphs = caption.text.split("\n\n")
    assert len(paragraphs) == 4
    for text, facts in zip(paragraphs, prompt.all_facts, strict=True):
        assert set(classes_named(text)) == {INDEX[name] for name in facts.class_names}
    assert NO_SHAPES in caption.notes
