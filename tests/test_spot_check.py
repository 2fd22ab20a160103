"""The plan that a catalog gives for a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rig.samples import small_sample

from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.errors import PlanError, QueryError
from chatearthnet_explorer.spot_check import PlanRequest, draw_plan, population_of

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.pair import Pair


def stratum(pair: Pair, facet: str, style: str) -> str:
    """What the pair itself says of a facet."""
    values = {
        "continent": pair.country and pair.country.continent,
        "country": pair.country and pair.country.name,
        "split": pair.record.splits.get(style),
        "dominant": pair.dominant.get(style),
    }
    return values[facet] or "none"


@pytest.mark.parametrize("style", ["3.5", "4v"])
@pytest.mark.parametrize("facet", ["continent", "country", "split", "dominant"])
def test_strata_are_those_of_the_pairs(facet: str, style: str) -> None:
    catalog = small_sample().catalog
    request = PlanRequest(pairs=60, by=facet, style=style)
    plan = draw_plan(catalog, request)
    population = [pair for pair in catalog.pairs() if style in pair.record.captions]
    assert plan.population == population_of(catalog, request) == len(population)
    values = {pair.record.name: stratum(pair, facet, style) for pair in population}
    assert dict(plan.pairs).items() <= values.items()
    sizes = {one.value: one.population for one in plan.strata}
    assert sizes == {value: list(values.values()).count(value) for value in sizes}


def test_names_are_those_of_the_pairs() -> None:
    catalog = small_sample().catalog
    rows = [*range(len(catalog)), 0, len(catalog) - 1]
    assert list(catalog.files.names(rows)) == [pair.record.name for pair in catalog.pairs_at(rows)]


def test_query_limits_the_population() -> None:
    catalog = small_sample().catalog
    plan = draw_plan(catalog, PlanRequest(pairs=3, query=Query(continent=("Africa",))))
    pairs = [catalog.pair_named(name) for name in plan.names]
    assert all(pair and pair.country and pair.country.continent == "Africa" for pair in pairs)


def test_worst_needs_an_audit() -> None:
    with pytest.raises(QueryError):
        draw_plan(small_sample().catalog, PlanRequest(worst=True))


@pytest.mark.parametrize(
    "fields",
    [{"pairs": 0}, {"pairs": True}, {"seed": -1}, {"seed": 2**32}, {"style": "5"}, {"by": "x"}, {"allocation": "x"}],
)
def test_impossible_request_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(PlanError):
        PlanRequest(**fields)  # type: ignore[arg-type]  # that is the point


def test_more_pairs_than_there_are_is_refused() -> None:
    with pytest.raises(PlanError, match="choose fewer"):
        draw_plan(small_sample().catalog, PlanRequest(pairs=5000))
