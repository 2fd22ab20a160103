"""Each step of reading a caption by a table: a text and what the step makes of it, in ``data/reading``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from data.reading_tables import (
    Row,
    binding_lines,
    claim_lines,
    clause_lines,
    lead_lines,
    one_part_each,
    rows,
    sentence_lines,
    steps,
    token_lines,
)

from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.claims.lexicon import CLASSES
from chatearthnet_explorer.landcover.shares import PARTS


def _params(table: str) -> list[object]:
    misread = pytest.mark.xfail(strict=True, reason="known, and said in the documentation")
    return [
        pytest.param(row, id=f"{row['text'][:60]!r}", marks=misread if row.get("misread") else ())
        for row in rows(table)
    ]


@pytest.mark.parametrize("row", _params("claims"))
def test_a_caption_claims_what_a_careful_reader_finds_in_it(row: Row) -> None:
    reading = read_claims(row["text"])
    assert sorted(claim_lines(reading)) == sorted(one_part_each(row["claims"]))
    if "leads" in row:
        assert sorted(lead_lines(reading)) == sorted(one_part_each(row["leads"]))


@pytest.mark.parametrize("row", rows("claims"), ids=lambda row: repr(row["text"][:60]))
def test_rows_name_classes_parts_and_sizes_that_exist(row: Row) -> None:
    for line in one_part_each([*row["claims"], *row.get("leads", ())]):
        name, _, rest = line.rstrip("?").partition(": ")
        part, _, size = rest.partition(" | ")
        assert name.removeprefix("not ") in CLASSES
        assert part in {"", *PARTS}
        assert size in {"", "extra small", "small", "medium", "large", "extra large"}


@pytest.mark.parametrize("row", _params("tokens"))
def test_phrases_are_found_in_their_order(row: Row) -> None:
    assert token_lines(row["text"]) == row["tokens"]


@pytest.mark.parametrize("row", _params("sentences"))
def test_a_text_is_split_into_sentences(row: Row) -> None:
    assert sentence_lines(row["text"]) == row["sentences"]


@pytest.mark.parametrize("row", _params("clauses"))
def test_sentences_are_split_into_clauses(row: Row) -> None:
    assert clause_lines(row["text"]) == row["clauses"]


@pytest.mark.parametrize("row", _params("bindings"))
def test_a_clause_gives_its_classes_places_and_amounts(row: Row) -> None:
    assert binding_lines(row["text"], has_topic=row.get("has_topic", False)) == row["bindings"]


def test_the_documentation_shows_what_each_step_makes_of_its_example() -> None:
    page = Path(__file__).parents[1] / "docs" / "explanation" / "reading-captions.md"
    text, *step_blocks = re.findall(r"^```text\n(.*?)\n```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert "\n".join(step_blocks) == steps(text)
