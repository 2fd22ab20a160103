"""What a spot-check judges: a request for a sample, and the plan that a catalog gives for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.catalog.query import EVERYTHING, Query
from chatearthnet_explorer.errors import PlanError
from chatearthnet_explorer.record import SPLITS
from chatearthnet_explorer.review import sampling
from chatearthnet_explorer.review.plan import STRATA, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.catalog import Catalog

LAST_SEED = 2**32 - 1
"""The highest seed, as of ``Query.seed``."""

_OFTEN = 1024  # pairs between two checks for cancellation


@dataclass(frozen=True, kw_only=True)
class PlanRequest:
    """Which sample to draw. Together with a catalog it determines the plan.

    Raises:
        PlanError: If a value is out of its range.
    """

    pairs: int = 50
    """How many pairs to judge."""

    seed: int = 0
    """Another seed gives another sample."""

    style: str = "3.5"
    """The captions to judge: ``3.5`` or ``4v``."""

    by: str = ""
    """One of ``plan.STRATA``; empty for a simple random sample."""

    allocation: str = sampling.PROPORTIONAL
    """How a stratified sample is shared out."""

    worst: bool = False
    """Whether to take the pairs that the audit ranks worst, which estimates nothing."""

    query: Query = EVERYTHING
    """Which pairs are the population; its order and page do not count."""

    captions: str = ""
    """Id of the set whose captions are judged, in the style that they have; empty for the released captions."""

    def __post_init__(self) -> None:
        """Check every field."""
        if type(self.pairs) is not int or self.pairs < 1:
            msg = f"A plan needs at least one pair, not {self.pairs!r:.40}."
            raise PlanError(msg)
        if type(self.seed) is not int or not 0 <= self.seed <= LAST_SEED:
            msg = f"The seed must be a whole number from 0 to {LAST_SEED}, not {self.seed!r:.40}."
            raise PlanError(msg)
        choices = (
            ("style", RELEASED_STYLES),
            ("by", ("", *STRATA)),
            ("allocation", (sampling.PROPORTIONAL, sampling.EQUAL)),
        )
        for name, values in choices:
            if getattr(self, name) not in values:
                msg = f"{name} cannot be {getattr(self, name)!r:.40}; choose {', '.join(filter(None, values))}."
                raise PlanError(msg)

    @property
    def population_query(self) -> Query:
        """The query of the population: only pairs that have a caption of the style."""
        return self.query.but(style="both" if self.query.style == "both" else self.style, sortby="place", seed=0)


def draw_plan(catalog: Catalog, request: PlanRequest) -> Plan:
    """Return the plan that a request asks for. The same request and catalog give the same plan.

    Raises:
        PlanError: If there are fewer pairs than the request asks for.
        QueryError: If the catalog cannot answer the query, or has no audit that ranks its pairs.
        CatalogError: If a file of the catalog is damaged.
        Cancelled: If the task that runs it was stopped.
    """
    catalog, request = captions_to_judge(catalog, request)
    caption_set = catalog.caption_set
    plan = _draw(catalog, request)
    return replace(plan, caption_set=caption_set.id, writer=caption_set.label) if caption_set else plan


def captions_to_judge(catalog: Catalog, request: PlanRequest) -> tuple[Catalog, PlanRequest]:
    """Return the catalog that a request draws from, and the request with the style of its captions.

    Raises:
        QueryError: If the catalog has no such set.
        CatalogError: If the set is damaged.
    """
    if request.captions and catalog.caption_set is None:
        catalog = catalog.captions_of(request.captions)
    caption_set = catalog.caption_set
    if caption_set is None:
        return catalog, request
    query = request.query.but(style="")
    return catalog, replace(request, captions=caption_set.id, style=caption_set.column_style, query=query)


class JudgedCaptions(NamedTuple):
    """Which captions are judged."""

    catalog: Catalog
    """The catalog that has them."""

    style: str
    """The style whose columns they are in."""

    caption_set: str
    """Id of the set that they belong to; empty for released captions."""


def captions_of_plan(catalog: Catalog, plan: Plan | Sequence[str], *, style: str) -> JudgedCaptions:
    """Return the captions that a plan is about, or for names the captions of a style that the catalog has.

    Raises:
        PlanError, QueryError, CatalogError: As ``catalog_of_plan``.
    """
    if isinstance(plan, Plan):
        return JudgedCaptions(catalog_of_plan(catalog, plan), plan.style, plan.caption_set)
    own = catalog.caption_set
    return JudgedCaptions(catalog, own.column_style, own.id) if own else JudgedCaptions(catalog, style, "")


def catalog_of_plan(catalog: Catalog, plan: Plan) -> Catalog:
    """Return the catalog with the captions that a plan is about: the given one, or that of one of its sets.

    Raises:
        PlanError: If the captions are not those of the plan.
        QueryError: If the catalog has no such set.
        CatalogError: If the set is damaged.
    """
    own = catalog.caption_set.id if catalog.caption_set else ""
    if own == plan.caption_set:
        return catalog
    if own:
        msg = "This plan is about the captions of another writer; open the catalog that it was drawn from."
        raise PlanError(msg)
    return catalog.captions_of(plan.caption_set)


def _draw(catalog: Catalog, request: PlanRequest) -> Plan:
    query = request.population_query
    if request.worst:
        scores = catalog.scores(query, style=request.style)
        return sampling.risk_first(scores, request.pairs, seed=request.seed, style=request.style)
    rows = catalog.rows(query)
    strata: dict[str, str] = {}
    for number, (name, stratum) in enumerate(
        zip(catalog.files.names(rows.tolist()), _strata(catalog, rows, request), strict=True)
    ):
        if not number % _OFTEN:
            checkpoint()
        strata[name] = stratum
    if not request.by:
        return sampling.simple_random(strata, request.pairs, seed=request.seed, style=request.style)
    return sampling.stratified_sample(
        strata,
        request.pairs,
        facet=request.by,
        allocation=request.allocation,
        seed=request.seed,
        style=request.style,
    )


def population_of(catalog: Catalog, request: PlanRequest) -> int:
    """Return how many pairs a request draws from.

    Raises:
        QueryError: If the catalog cannot answer the query, or has no such set.
        CatalogError: If the set is damaged.
    """
    catalog, request = captions_to_judge(catalog, request)
    return len(catalog.rows(request.population_query))


def _strata(catalog: Catalog, rows: NDArray[np.int64], request: PlanRequest) -> Iterable[str]:
    """Return the stratum of each row, ``none`` where it has none."""
    columns = catalog.files.columns
    codes: NDArray[Any]
    if request.by == "dominant":
        return (pair.dominant.get(request.style) or "none" for pair in catalog.pairs_at(rows.tolist()))
    if request.by == "split":
        codes = columns.split_4v if request.style == "4v" else columns.split_35
        names = ("none", *SPLITS)
    elif request.by == "country":
        codes, names = columns.country, tuple(country.name or "none" for country in columns.countries)
    elif request.by == "continent":
        codes, names = columns.continent, tuple(name or "none" for name in columns.continents)
    else:
        return repeat("", len(rows))
    return (names[code] for code in codes[rows].tolist())
