"""Links to a spot-check: every request survives the way through a link, and what is broken is left out and noted."""

from __future__ import annotations

import pytest
from rig.hostile import ATTACK

from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.query_string import left_out_sentence
from chatearthnet_explorer.spot_check import LAST_SEED, PlanRequest
from chatearthnet_explorer.widgets.review.review_link import MOST_PAIRS, read_review_link, write_review_link

REQUESTS = [
    PlanRequest(),
    PlanRequest(pairs=7, seed=LAST_SEED, style="4v", by="continent", allocation="equal"),
    PlanRequest(worst=True, query=Query(words='"by the sea" -lake', classes=("water", "tree"), match="any")),
    PlanRequest(query=Query(country=("Indonesia", "São Tomé and Príncipe"), bbox=(170.0, -20.0, -170.0, 20.0))),
    PlanRequest(query=Query(split=("val",), flag=("-blank",), polygon=((1.0, 2.0), (3.0, 2.5), (2.0, 5.0)))),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_link_draws_the_same_request(request_: PlanRequest) -> None:
    link = read_review_link(write_review_link(request_))
    assert link.request == request_
    assert link.has_plan
    assert link.notes == ()


def test_link_uses_the_words_of_the_command_line() -> None:
    link = read_review_link("?pairs=30&seed=7&style=4v&by=country&country=Indonesia&class=mangroves")
    assert link.request == PlanRequest(
        pairs=30, seed=7, style="4v", by="country", query=Query(country=("Indonesia",), classes=("mangroves",))
    )


def test_empty_link_names_no_plan() -> None:
    assert read_review_link("") == (PlanRequest(), False, ())
    assert not read_review_link("country=Indonesia").has_plan


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("pairs=0", "pairs"),
        ("pairs=999999999999", f"from 1 to {MOST_PAIRS}"),
        ("pairs=-5", "whole number"),
        ("pairs=ten", "whole number"),
        ("pairs=5&pairs=6", "twice"),
        ("seed=99999999999999999999", "seed"),
        ("style=gpt5", "style"),
        ("by=weather", "by"),
        ("allocation=fair", "allocation"),
        ("class=lava", "class"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=nan,nan,nan,nan", "bbox"),
        ("volcano=1", "volcano"),
        ("v=99", "unknown"),
        (f"words={'x' * 100_000}", "100,0"),
        ("&".join(f"f{number}=1" for number in range(5000)), "fields"),
    ],
)
def test_unusable_part_is_left_out_and_noted(query: str, words: str) -> None:
    link = read_review_link(query)
    assert isinstance(link.request, PlanRequest)
    assert words in left_out_sentence(link.notes)


def test_markup_in_a_link_does_no_harm() -> None:
    link = read_review_link(f"pairs=5&country={ATTACK}&{ATTACK}=1&style={ATTACK}")
    assert link.request.pairs == 5
    assert link.notes


def test_order_and_page_of_a_browse_link_are_not_part_of_a_plan() -> None:
    assert read_review_link("pairs=5&sort=random&page=9&size=3&seed=4").request == PlanRequest(pairs=5, seed=4)
