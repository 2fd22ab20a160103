"""Shares and facts: equal to the published scripts' figures, and true of any map."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from data.label_maps import label_map

from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, count_pixels, shares
from chatearthnet_explorer.prompts.facts import THRESHOLD, facts_4v, facts_35

REFERENCE = json.loads((Path(__file__).parent / "data" / "prompt_facts.json").read_text("utf-8"))


@pytest.mark.parametrize("seed", REFERENCE)
def test_facts_equal_those_of_the_published_scripts(seed: str) -> None:
    expected = REFERENCE[seed]
    in_35, in_4v = facts_35(label_map(int(seed))).to_dict(), facts_4v(label_map(int(seed))).to_dict()
    assert in_35 == {"overall": expected["overall"], "parts": expected["parts35"]}
    assert in_4v["shares"] == {part: expected["share4v"][part.replace(" ", "_")] for part in PARTS}
    assert in_4v["percents"] == {
        name: {part.removesuffix(" part"): percent for part, percent in parts.items()}
        for name, parts in expected["percent4v"].items()
    }


def test_there_are_sixty_reference_maps() -> None:
    assert len(REFERENCE) == 60


def test_parts_are_the_quarters_and_the_middle() -> None:
    labels = np.zeros((256, 256), np.uint8)
    labels[:128, :128], labels[:128, 128:], labels[128:, :128], labels[128:, 128:] = 1, 2, 3, 4
    labels[64:192, 64:192] = 5
    counts = dict(zip((*PARTS, "overall"), count_pixels(labels), strict=True))
    for index, part in enumerate(PARTS[:4], start=1):
        assert counts[part][index] == 128 * 128 - 64 * 64
        assert counts[part][5] == 64 * 64
    assert counts["middle"][5] == 128 * 128
    assert counts["overall"].sum() == 256 * 256


def test_shares_of_every_part_sum_to_one() -> None:
    for seed in range(20):
        for present in shares(label_map(seed)).values():
            assert sum(present.values()) == pytest.approx(1.0)
            assert list(present.values()) == sorted(present.values(), reverse=True)


def test_facts_have_no_class_that_the_labels_lack() -> None:
    for seed in range(60):
        labels = label_map(seed)
        present = set(np.unique(labels).tolist()) - {0}
        assert facts_35(labels).class_names <= {CLASSES[index].name for index in present}
        assert facts_4v(labels).class_names == {CLASSES[index].name_4v for index in present}


def test_rotation_by_180_degrees_swaps_opposite_parts() -> None:
    labels = label_map(8)
    rotation = facts_35(labels[::-1, ::-1].copy())
    facts = facts_35(labels)
    assert facts.parts["top left"] == rotation.parts["bottom right"]
    assert facts.parts["top right"] == rotation.parts["bottom left"]
    assert facts.parts["middle"] == rotation.parts["middle"]
    assert facts.overall == rotation.overall


def test_part_without_labels_has_no_amounts() -> None:
    labels = np.full((256, 256), 3, np.uint8)
    labels[:128, :128] = 0
    facts = facts_35(labels)
    assert facts.parts["top left"] == ()
    assert facts.parts["middle"][0].percent == 100


def test_class_needs_twenty_pixels() -> None:
    labels = np.full((256, 256), 3, np.uint8)
    labels[0, : THRESHOLD - 1] = 1
    assert facts_35(labels).overall == ("tree",)
    labels[0, :THRESHOLD] = 1
    assert facts_35(labels).overall == ("tree", "water")
    assert [amount.name for amount in facts_35(labels).parts["top left"]] == ["tree", "water"]


def test_truncates_percents_like_the_published_scripts() -> None:
    labels = np.full((256, 256), 3, np.uint8)
    part = np.full(128 * 128, 3, np.uint8)
    part[: round(0.29 * part.size)] = 1
    labels[:128, :128] = part.reshape(128, 128)
    assert [amount.percent for amount in facts_35(labels).parts["top left"]] == [71, 28]


def test_orders_equal_areas_of_the_map_by_first_pixel() -> None:
    labels = np.full((256, 256), 3, np.uint8)
    labels[200, :28], labels[10, 100:128], labels[90, 5:33] = 1, 11, 6
    assert facts_35(labels).overall == ("tree", "moss", "crop", "water")
    assert facts_35(labels[::-1, ::-1].copy()).overall == ("tree", "water", "crop", "moss")


def test_orders_equal_areas_of_a_part_by_higher_class_and_keeps_three() -> None:
    labels = np.full((256, 256), 3, np.uint8)
    for row, index in enumerate((1, 11, 6, 2)):
        labels[row, :30] = index
    part = facts_35(labels).parts["top left"]
    assert [amount.name for amount in part] == ["tree", "moss", "crop"]
    assert facts_4v(labels).shares["top left"][1:] == tuple(
        (name, 0.0) for name in ("water", "developed", "crop", "moss")
    )


@pytest.mark.parametrize("seed", range(40))
def test_orders_equal_areas_as_a_counter_and_a_reversed_argsort_do(seed: int) -> None:
    """Maps of blocks of one size: nearly every area occurs twice. The steps are those of the published scripts."""
    rng = np.random.default_rng(seed)
    labels = np.kron(rng.integers(0, 12, (16, 16)), np.ones((16, 16))).astype(np.uint8)
    by_area = [index for index, _ in Counter(labels.ravel().tolist()).most_common() if index]
    assert facts_35(labels).overall == tuple(CLASSES[index].name for index in by_area)
    quarter = labels[:128, :128]
    values, counts = np.unique(quarter[quarter > 0], return_counts=True)
    largest = values[counts.argsort(kind="stable")[::-1]][:3]
    names = [amount.name for amount in facts_35(labels).parts["top left"]]
    assert names == [CLASSES[index].name for index in largest]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros((274, 274), np.uint8), "274 x 274"),
        (np.zeros((256, 256), np.int64), "int64"),
        (np.full((256, 256), 12, np.uint8), "12"),
    ],
)
def test_refuses_arrays_that_are_not_a_label_map(labels: np.ndarray, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        facts_35(labels)
