"""Captions that a language model wrote from the prompts, with what it says that they say, and the faults it put in.

The bounds stand a little below what docs/explanation/reading-captions.md and
docs/explanation/checks.md report: whoever mends the reader for one way of saying things learns here what became of
the others.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from chatearthnet_explorer.claims import is_english, read_claims
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.review.checks import judge_caption

if TYPE_CHECKING:
    from collections.abc import Iterator

CAPTIONS = json.loads((Path(__file__).parent / "data" / "written_captions.json").read_text(encoding="utf-8"))
COUNTS = {chip["id"]: np.array(chip["counts"], np.int64) for chip in CAPTIONS["chips"]}
CAPTIONS: list[dict[str, Any]] = CAPTIONS["captions"]


def captions(style: str) -> Iterator[dict[str, Any]]:
    return (one for one in CAPTIONS if one["id"].split("-")[1] == style)


def test_file_has_the_counts_it_documents() -> None:
    assert len({one["id"] for one in CAPTIONS}) == len(CAPTIONS)
    assert len({one["caption"] for one in CAPTIONS}) == len(CAPTIONS)
    assert {one["id"].split("-")[0] for one in CAPTIONS} == set(COUNTS)
    for one in CAPTIONS:
        assert bool(one["fault"]) == one["id"].endswith("-fault")
        assert is_english(one["caption"])


@pytest.mark.parametrize(
    ("style", "classes", "parts", "sizes", "dominant"),
    [
        ("3.5", (0.99, 0.99), (0.99, 0.95), (0.95, 0.72), (0.99, 0.88)),
        ("4v", (0.99, 0.99), (0.99, 0.86), (0.7, 0.5), (0.95, 0.75)),
    ],
)
def test_they_are_read_as_they_are_meant(
    style: str,
    classes: tuple[float, float],
    parts: tuple[float, float],
    sizes: tuple[float, float],
    dominant: tuple[float, float],
) -> None:
    hits, right, total, hit = Counter[str](), Counter[str](), Counter[str](), Counter[str]()

    def count(kind: str, read: set[Any], expected: set[Any], true: set[Any]) -> None:
        hits[kind] += len(read)
        right[kind] += len(read & true)
        total[kind] += len(expected)
        hit[kind] += len(read & expected)

    for one in captions(style):
        reading = read_claims(one["caption"])
        rows = [tuple(row) for row in one["claims"]]
        with_part = {row[:2] for row in rows if row[1]}
        # who says "everywhere" may mean the five parts or the whole
        true = with_part | {(name, part) for name, where, _ in rows if not where for part in PARTS}
        with_size = {row for row in rows if row[1] and row[2]}
        count("classes", set(reading.classes), {row[0] for row in rows}, {row[0] for row in rows})
        count("parts", {row[:2] for row in reading.triples if row[1]}, with_part, true)
        count("sizes", {row for row in reading.triples if row[1] and row[2]}, with_size, with_size)
        if isinstance(one["dominant"], str):
            count("dominant", {reading.dominant} - {None}, {one["dominant"]}, {one["dominant"]})
    for kind, (precision, recall) in {"classes": classes, "parts": parts, "sizes": sizes, "dominant": dominant}.items():
        assert right[kind] >= precision * hits[kind], kind
        assert hit[kind] >= recall * total[kind], kind


def test_their_faults_are_found_and_the_others_left_alone() -> None:
    planted_faults, hits, silent = Counter[str](), Counter[str](), Counter[str]()
    for one in CAPTIONS:
        chip, style = one["id"].split("-")[:2]
        result = judge_caption(one["caption"], style=style, counts=COUNTS[chip])
        checks_fired = {finding.check for finding in result.findings}
        planted_faults[one["fault"]] += 1
        hits[one["fault"]] += one["fault"] in checks_fired
        silent[one["fault"]] += not checks_fired
    assert silent[""] >= 0.92 * planted_faults[""]
    for fault, count in planted_faults.items():
        assert not fault or hits[fault] >= 0.8 * count, fault
    assert hits.total() >= 0.95 * (planted_faults.total() - planted_faults[""])
