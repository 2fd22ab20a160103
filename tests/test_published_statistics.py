"""Statistics against tables and examples that others published; sources are in tests/data/published_values.toml."""

from __future__ import annotations

import math

import pytest
from data.published import PUBLISHED_VALUES

from chatearthnet_explorer.review.error_rates import wilson
from chatearthnet_explorer.review.margin_of_error import margin_of
from chatearthnet_explorer.review.reviewer_agreement import agreement


@pytest.mark.parametrize("row", PUBLISHED_VALUES["quantiles"], ids=lambda row: str(row["confidence"]))
def test_margins_use_the_quantiles_of_the_normal_distribution(row: dict[str, float]) -> None:
    margin = margin_of(400, confidence=row["confidence"])
    assert margin == pytest.approx(row["z"] * math.sqrt(0.5 * 0.5 / 400), abs=1e-6)


def test_the_usual_confidence_is_95_percent() -> None:
    assert margin_of(400) == margin_of(400, confidence=0.95)
    assert wilson(0.3, 50) == wilson(0.3, 50, confidence=0.95)


@pytest.mark.parametrize("row", PUBLISHED_VALUES["wilson"], ids=lambda row: f"{row['errors']} of {row['judged']}")
def test_wilson_intervals_are_those_of_newcombes_table(row: dict[str, object]) -> None:
    errors, size = row["errors"], row["judged"]
    assert isinstance(errors, int)
    assert isinstance(size, int)
    low, high = wilson(errors / size, size)
    assert [round(low, 4), round(high, 4)] == row["interval"]


def test_alpha_is_that_of_krippendorffs_own_example() -> None:
    """Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section C: four observers, twelve units."""
    observers = {
        "A": "1 2 3 3 2 1 4 1 2 . . .",
        "B": "1 2 3 3 2 2 4 1 2 5 . 3",
        "C": ". 3 3 3 2 3 4 2 2 5 1 .",
        "D": "1 2 3 3 2 4 4 1 2 5 1 .",
    }
    units: list[dict[str, int]] = [{} for _ in range(12)]
    for observer, values in observers.items():
        for unit, value in zip(units, values.split(), strict=True):
            if value != ".":
                unit[observer] = int(value) - 1
    nominal, ordinal = agreement(units, levels=5)
    assert nominal.measure == ordinal.measure == "Krippendorff's alpha"
    assert (round(nominal.value or 0, 3), round(ordinal.value or 0, 3)) == (0.743, 0.815)
    assert nominal.captions == 11
