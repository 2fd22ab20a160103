"""The place of a page in its address: what a stranger writes there counts for nothing unless it is a place."""

from __future__ import annotations

import pytest

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")

from chatearthnet_explorer.app.page_address import ExplorePlace, browse_query, explore_place
from chatearthnet_explorer.catalog.query import Query


def _arguments(**values: str) -> dict[str, list[bytes]]:
    return {name: [value.encode()] for name, value in values.items()}


def test_reads_a_place() -> None:
    place = explore_place(_arguments(lon="6.730000", lat="-85.05", year="2021", style="4v"))
    assert place == ExplorePlace((6.73, -85.05), 2021, "4v")


@pytest.mark.parametrize(
    ("lon", "lat"),
    [("nan", "1"), ("1", "inf"), ("180.1", "1"), ("1", "85.1"), ("", "1"), ("x", "1"), ("1e999", "1"), ("1" * 41, "1")],
)
def test_passes_over_places_that_are_not_on_the_map(lon: str, lat: str) -> None:
    assert explore_place(_arguments(lon=lon, lat=lat)) == ExplorePlace()


@pytest.mark.parametrize(
    "values",
    [
        {"year": "1999"},
        {"year": "2021 "},
        {"year": "\uff12\uff10\uff12\uff11"},
        {"style": "5"},
        {"style": "4v\0"},
        {"lon": "1"},
        {},
    ],
)
def test_passes_over_values_that_are_not_choices(values: dict[str, str]) -> None:
    assert explore_place(_arguments(**values)) == ExplorePlace()


def test_passes_over_bytes_that_are_not_text() -> None:
    assert explore_place({"lon": [b"\xff"], "lat": [b"1"], "style": []}) == ExplorePlace()


def test_reads_a_question_and_else_takes_the_default() -> None:
    assert browse_query({"continent": [b"Africa", b"Asia"]}, "") == Query(continent=("Africa", "Asia"))
    for nothing in ({}, _arguments(lon="1"), _arguments(page="-1"), _arguments(bbox="a,b"), _arguments(min_share="x")):
        assert browse_query(nothing, "words=default") == "words=default"
