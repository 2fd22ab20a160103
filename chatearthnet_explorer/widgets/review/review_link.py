"""A spot-check as the query string of a link, in the words of the command line, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.catalog.caption_sets import is_id
from chatearthnet_explorer.catalog.permalink import read_link, to_url
from chatearthnet_explorer.catalog.query import EVERYTHING
from chatearthnet_explorer.query_string import QueryString
from chatearthnet_explorer.review.plan import STRATA
from chatearthnet_explorer.review.sampling import EQUAL, PROPORTIONAL
from chatearthnet_explorer.spot_check import LAST_SEED, PlanRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PAIRS = 2_000
"""Pairs of a plan that is judged on screen; the command line takes more."""

_DEFAULT = PlanRequest()


class ReviewLink(NamedTuple):
    """What a link to a spot-check says."""

    request: PlanRequest
    """The sample to draw; fields that the link does not name have their defaults."""

    has_plan: bool
    """Whether the link names a sample, which can be drawn at once."""

    notes: tuple[str, ...]
    """What was left out, for ``query_string.left_out_sentence``."""


def read_review_link(query: str) -> ReviewLink:
    """Return what the query string of a link says, and what was left out of it.

    Args:
        query: The query string, of a stranger: nothing in it raises an exception.
    """
    fields = QueryString(query)
    has_plan = "pairs" in fields
    pairs, seed = fields.whole("pairs", 1, MOST_PAIRS), fields.whole("seed", 0, LAST_SEED)
    # these are of the plan; the query of the population has its own of the same names
    style, by = fields.choice("style", RELEASED_STYLES), fields.choice("by", STRATA)
    allocation = fields.choice("allocation", (PROPORTIONAL, EQUAL))
    captions = fields.text("captions")
    if captions and not is_id(captions):
        fields.leave_out("captions", captions, "it is no id of captions")
        captions = ""
    worst = fields.text("worst") not in {"", "0", "false"}
    population = read_link(fields) or EVERYTHING
    fields.note_unknown()
    request = PlanRequest(
        pairs=_DEFAULT.pairs if pairs is None else pairs,
        seed=_DEFAULT.seed if seed is None else seed,
        style=style or _DEFAULT.style,
        by=by or _DEFAULT.by,
        allocation=allocation or _DEFAULT.allocation,
        worst=worst,
        captions=captions,
        # a plan has an order of its own, and shows no pages
        query=population.but(style="", sortby="place", descending=False, seed=0, size=EVERYTHING.size),
    )
    return ReviewLink(request, has_plan, tuple(fields.notes))


def write_review_link(request: PlanRequest) -> str:
    """Return the query string that draws the same sample from the same catalog."""
    return urlencode(list(_fields(request)))


def _fields(request: PlanRequest) -> Iterator[tuple[str, str]]:
    yield "pairs", str(request.pairs)
    yield "seed", str(request.seed)
    yield ("captions", request.captions) if request.captions else ("style", request.style)
    for name in ("by", "allocation"):
        if getattr(request, name) != getattr(_DEFAULT, name):
            yield name, str(getattr(request, name))
    if request.worst:
        yield "worst", "1"
    population = request.query.but(style="", sortby="place", descending=False, seed=0, size=EVERYTHING.size)
    yield from parse_qsl(to_url(population))
