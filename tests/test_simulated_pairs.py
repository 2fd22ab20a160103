"""Simulated pairs: the same every time, on land, and wrong as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.prompts.facts import facts_35
from chatearthnet_explorer.sample.paraphrase import write_paraphrase
from chatearthnet_explorer.testing.simulated_pairs import MOST, SimulatedPairs


def test_the_same_arguments_give_the_same_pairs() -> None:
    pairs, again = SimulatedPairs(30, seed=2), SimulatedPairs(30, seed=2)
    assert pairs.continents == again.continents
    assert len(pairs.names) == 30
    assert pairs.names != SimulatedPairs(30, seed=3).names
    assert len(set(pairs.continents.values())) >= 3
    name = pairs.names[0]
    assert pairs.pair_of(name)[1] == again.pair_of(name)[1]


def test_caption_describes_its_own_map_or_the_mirrored_one() -> None:
    pairs = SimulatedPairs(12, wrong=0.5)
    answers = set()
    for name in pairs.names[:6]:
        chip, captions, _ = pairs.pair_of(name)
        assert chip.simulated
        assert chip.labels is not None
        assert [caption.style for caption in captions] == ["3.5", "4v"]
        labels = np.ascontiguousarray(chip.labels[:, ::-1]) if pairs.is_wrong(name) else chip.labels
        assert captions[0].text == write_paraphrase(facts_35(labels), seed=f"0 {name}").text
        answers.add(pairs.is_wrong(name))
    assert answers == {True, False}


def test_share_of_wrong_captions_is_as_requested() -> None:
    pairs = SimulatedPairs(1, wrong=0.2)
    wrong = sum(pairs.is_wrong(f"{number}.png") for number in range(2000))
    assert 330 < wrong < 470  # 400 expected, deviation 18


@pytest.mark.parametrize(("n", "wrong"), [(0, 0.1), (MOST + 1, 0.1), (5, 1.5)])
def test_impossible_numbers_raise(n: int, wrong: float) -> None:
    with pytest.raises(SettingError, match="Simulated pairs are 1 to 10,000"):
        SimulatedPairs(n, wrong=wrong)
