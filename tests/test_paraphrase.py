"""Paraphrases of the facts: they say what they claim to say, in many ways, and the same for the same seed."""

from __future__ import annotations

import re
import string

import numpy as np
import pytest

from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.facts import facts_4v, facts_35
from chatearthnet_explorer.prompts.prompt import FORBIDDEN_WORDS, prompt_for
from chatearthnet_explorer.sample.paraphrase import (
    SIMULATED,
    ParaphraseCaptioner,
    ParaphraseClaim,
    _table,
    write_paraphrase,
)
from chatearthnet_explorer.tile import Tile


def _labels(seed: int) -> np.ndarray:
    """Return patches of a few classes, as a place has them."""
    draw = np.random.default_rng(seed)
    classes = draw.choice(np.arange(1, 12), size=draw.integers(1, 7), replace=False)
    weights = draw.dirichlet(np.full(len(classes), 0.6))
    cells = draw.choice(classes, size=(8, 8), p=weights)
    return np.kron(cells, np.ones((32, 32), np.uint8)).astype(np.uint8)


def _strings(table: object) -> list[str]:
    if isinstance(table, str):
        return [table]
    return [text for one in (table.values() if isinstance(table, dict) else list(table)) for text in _strings(one)]


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_same_seed_gives_same_text_and_another_seed_another_text(style: str) -> None:
    prompt = prompt_for(_labels(1), style=style)
    chip = Chip(tile=Tile(1, 2), source="test", labels=_labels(1))
    first, again, other = (ParaphraseCaptioner(seed=seed).caption(prompt, chip) for seed in (0, 0, 1))
    assert first == again
    assert first.text != other.text
    assert first.captioner == "paraphrase"
    assert first.model is None
    assert not first.is_released
    assert SIMULATED in first.notes


def test_every_caption_differs_from_every_other() -> None:
    facts = facts_35(_labels(3))
    assert len({write_paraphrase(facts, seed=seed).text for seed in range(500)}) == 500


@pytest.mark.parametrize("seed", range(60))
def test_text_has_a_word_for_every_class_it_claims(seed: int) -> None:
    words = {name: _strings(forms) for name, forms in _table()["classes"].items()}
    for facts in (facts_35(_labels(seed)), facts_4v(_labels(seed))):
        paraphrase = write_paraphrase(facts, seed=seed)
        text = paraphrase.text.lower()
        for name in paraphrase.classes:
            assert any(word in text for word in words[name]), (name, paraphrase.text)
        assert paraphrase.classes <= {land.name for land in CLASSES}
        assert {claim.name for claim in paraphrase.claims} <= paraphrase.classes
        assert (
            paraphrase.dominant is None or paraphrase.dominant in paraphrase.classes
        )  # a caption that breaks off may have named none


def test_claims_of_style_35_are_its_facts() -> None:
    facts = facts_35(_labels(5))
    paraphrase = write_paraphrase(facts, seed=0)
    assert paraphrase.claims == {
        ParaphraseClaim(one.name, part, one.size) for part, all_ in facts.parts.items() for one in all_
    }
    assert paraphrase.dominant == facts.overall[0]


def test_claims_of_style_4v_are_true_of_the_parts() -> None:
    for seed in range(60):
        facts = facts_4v(_labels(seed))
        by_name = {
            next(land.name for land in CLASSES if land.name_4v == name): of for name, of in facts.percents.items()
        }
        for claim in write_paraphrase(facts, seed=seed).claims:
            assert by_name[claim.name][claim.part] > 0
            assert claim.size is None


def test_captions_are_as_long_as_real_ones() -> None:
    lengths = [len(write_paraphrase(facts_35(_labels(seed)), seed=seed).text.split()) for seed in range(200)]
    assert 110 < np.median(lengths) < 188  # the four real ones have 142 to 188 words
    assert max(lengths) < 260


def test_sentences_are_whole() -> None:
    for seed in range(300):
        for facts in (facts_35(_labels(seed)), facts_4v(_labels(seed))):
            text = write_paraphrase(facts, seed=seed).text
            assert not re.search(r"[{}]|\s\s|\s[.,]|\.\.|,\.", text), text
            assert all(sentence[0].isupper() for sentence in text.split(". "))


def test_banned_words_and_cut_captions_occur_as_they_do_in_the_release() -> None:
    texts = [write_paraphrase(facts_35(_labels(seed % 50)), seed=seed).text for seed in range(3000)]
    pattern = re.compile("|".join(FORBIDDEN_WORDS))
    share = sum(bool(pattern.search(text)) for text in texts) / len(texts)
    assert 0.02 < share < 0.06
    assert 1 <= sum(not text.endswith(".") for text in texts) < 60


def test_unlabelled_map_gives_no_claims() -> None:
    nothing = np.zeros((256, 256), np.uint8)
    for facts in (facts_35(nothing), facts_4v(nothing)):
        paraphrase = write_paraphrase(facts, seed=0)
        assert paraphrase.dominant is None
        assert not paraphrase.claims
        assert not paraphrase.classes


def test_the_table_has_words_for_every_class_and_part_and_slots_that_are_filled() -> None:
    table = _table()
    assert set(table["classes"]) == {land.name for land in CLASSES[1:]}
    assert set(table["parts"]) == set(PARTS)
    slots = {"x", "s", "are", "have", "ies", "part", "other", "other_most", "other_rest", "most", "rest", "noun"}
    slots |= {"mainly", "strongest", "r", "y", "minor", "where", "a", "b", "with"}
    for text in _strings(table):
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= slots, text
