"""Captions by others are read and checked as well as documented.

The bounds are a little below what docs/explanation/reading-captions.md and docs/explanation/checks.md report, so that a
change that helps one wording and harms others is noticed.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from rig.caption_measures import (
    MANY_AUTHORS,
    ONE_MODEL,
    WrittenCaption,
    checks_of,
    measure,
    precision_and_recall,
    read_captions,
)

from chatearthnet_explorer.claims import is_english, read_claims
from chatearthnet_explorer.review.checks import judge_caption

GROUPS = {
    "one model": lambda one: not one.prose,
    "many authors": lambda one: bool(one.prose) and not one.is_reserved,
    "held back": lambda one: one.is_reserved,
}


@cache
def captions(group: str) -> tuple[WrittenCaption, ...]:
    everything = (*read_captions(ONE_MODEL), *read_captions(MANY_AUTHORS))
    return tuple(one for one in everything if GROUPS[group](one))


@pytest.mark.parametrize("group", GROUPS)
def test_file_has_the_captions_it_documents(group: str) -> None:
    some = captions(group)
    assert len({one.id for one in some}) == len(some)
    assert len({one.text for one in some}) == len(some)
    for one in some:
        assert bool(one.fault) == one.id.endswith("-fault")
        assert is_english(one.text) or len(one.text.split()) < 120


@pytest.mark.parametrize(
    ("group", "style", "classes", "parts", "sizes", "dominant"),
    [
        ("one model", "3.5", (0.99, 0.99), (0.99, 0.97), (0.97, 0.81), (0.99, 0.95)),
        ("one model", "4v", (0.99, 0.99), (0.99, 0.92), (0.81, 0.64), (0.98, 0.93)),
        ("many authors", "3.5", (0.99, 0.99), (0.98, 0.96), (0.96, 0.85), (0.98, 0.96)),
        ("many authors", "4v", (0.99, 0.99), (0.98, 0.92), (0.93, 0.83), (0.98, 0.92)),
        ("held back", "3.5", (0.98, 0.99), (0.98, 0.95), (0.93, 0.83), (0.97, 0.96)),
        ("held back", "4v", (0.99, 0.99), (0.97, 0.91), (0.94, 0.81), (0.98, 0.91)),
    ],
)
def test_captions_are_read_as_they_are_meant(
    group: str,
    style: str,
    classes: tuple[float, float],
    parts: tuple[float, float],
    sizes: tuple[float, float],
    dominant: tuple[float, float],
) -> None:
    hits = [measure(one, read_claims(one.text)) for one in captions(group) if one.style == style]
    bounds = {"classes": classes, "class in part": parts, "class, part, size": sizes, "dominant": dominant}
    for name, (least_precision, least_recall) in bounds.items():
        precision, recall = precision_and_recall([one[name] for one in hits if name in one])
        assert precision >= least_precision, name
        assert recall >= least_recall, name


@pytest.mark.parametrize(
    ("group", "faults", "silent"),
    [("one model", 0.98, 0.97), ("many authors", 0.96, 0.97), ("held back", 0.88, 0.84)],
)
def test_their_faults_are_found_and_the_others_left_alone(group: str, faults: float, silent: float) -> None:
    planted_faults, true_findings, quiet = Counter[str](), Counter[str](), Counter[str]()
    for one in captions(group):
        checks = checks_of(judge_caption(one.text, style=one.style, counts=one.counts).findings)
        planted_faults[one.fault] += 1
        true_findings[one.fault] += one.fault in checks
        quiet[one.fault] += not checks
    assert quiet[""] >= silent * planted_faults[""]
    assert true_findings.total() >= faults * (planted_faults.total() - planted_faults[""])
