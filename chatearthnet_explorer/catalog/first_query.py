"""The query that a page opens with: pairs worth a look, others each day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chatearthnet_explorer.catalog.query import Query

if TYPE_CHECKING:
    from datetime import date

    from chatearthnet_explorer.catalog.catalog import Catalog

BEST = Query(style="both", flag=("-no picture",), sortby="random")
"""Pairs with two captions and a picture, shuffled."""


def first_query(catalog: Catalog, day: date | None = None) -> Query:
    """Return the first query of a catalog: ``BEST``, shuffled by the day, as far as the catalog has such pairs.

    Args:
        catalog: What will be searched.
        day: The day of the shuffle; None for today in UTC, which is the same for visitors everywhere.
    """
    seed = (day or datetime.now(UTC).date()).toordinal()
    candidates = (BEST, BEST.but(style=""), BEST.but(style="", flag=()))
    best = next((one for one in candidates if catalog.search(one.but(size=1)).total), candidates[-1])
    return best.but(seed=seed)
