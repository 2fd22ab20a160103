"""In which order pairs are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.finding_bits import JUDGED, UNAUDITED
from chatearthnet_explorer.catalog.schema import BIT, NOWHERE
from chatearthnet_explorer.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.finding_bits import Marks
    from chatearthnet_explorer.catalog.numeric_columns import Columns
    from chatearthnet_explorer.catalog.query import Query

_ROW_BITS = np.uint64(32)
_LOW = np.uint64(2**32 - 1)
_WORST = 2**20  # more than all scores of a pair together


def page(
    columns: Columns, rows: NDArray[np.int64], query: Query, *, shares: NDArray[np.float32] | None, marks: Marks | None
) -> NDArray[np.int64]:
    """Return the rows of one page of those selected, without sorting the others.

    Raises:
        QueryError: If shares or findings are to be sorted by and are not known.
    """
    start, stop = (query.page - 1) * query.size, query.page * query.size
    keys = _keys(columns, rows, query, shares, marks)
    if start >= len(rows):
        return rows[:0]
    if keys is None:
        return rows[start:stop] if not query.descending else rows[::-1][start:stop]
    if stop < len(keys):
        keys = np.partition(keys, stop)[:stop]
    return (np.sort(keys)[start:stop] & _LOW).astype(np.int64)


def ordered(
    columns: Columns, rows: NDArray[np.int64], query: Query, *, shares: NDArray[np.float32] | None, marks: Marks | None
) -> NDArray[np.int64]:
    """Return all rows selected in the order asked for; see ``page``."""
    keys = _keys(columns, rows, query, shares, marks)
    if keys is None:
        return rows[::-1] if query.descending else rows
    return (np.sort(keys) & _LOW).astype(np.int64)


def _keys(
    columns: Columns, rows: NDArray[np.int64], query: Query, shares: NDArray[np.float32] | None, marks: Marks | None
) -> NDArray[np.uint64] | None:
    """Return numbers that sort as asked, with the row in their low half so that equals keep their order; None as is.

    Pairs without the value that is sorted by come last, whichever way.
    """
    if query.sort == "place":
        return None
    values = _values(columns, rows, query, shares, marks)
    missing = values == _LOW
    if query.descending:
        values = np.uint64(_LOW - 1) - values
    values[missing] = _LOW
    keys: NDArray[np.uint64] = values << _ROW_BITS | rows.astype(np.uint64)
    return keys


def _values(
    columns: Columns, rows: NDArray[np.int64], query: Query, shares: NDArray[np.float32] | None, marks: Marks | None
) -> NDArray[np.uint64]:
    """Return what is sorted by as numbers below 2^32 - 1, which stands for no value."""
    x, y = columns.x[rows].astype(np.uint64), columns.y[rows].astype(np.uint64)
    nowhere = x == NOWHERE
    one = np.uint64(1)
    if query.sort == "name":  # column, row, then i and j, which are the odd bits of y and x
        values = (x >> one) << np.uint64(15) | (y >> one) << np.uint64(2) | (y & one) << one | x & one
    elif query.sort == "lat":
        values = np.uint64(NOWHERE) - y
    elif query.sort == "lon":
        values = x
    elif query.sort == "country":
        names = [country.name for country in columns.countries]
        places = {name: place for place, name in enumerate(sorted(set(names)))}
        rank = np.array([places[name] for name in names], np.uint64)
        values, nowhere = rank[columns.country[rows]], columns.country[rows] == 0
    elif query.sort == "share":
        if shares is None:
            msg = "This catalog does not know the shares of classes yet; run `catalog enrich` first."
            raise QueryError(msg)
        share = shares[rows, BIT[query.classes[0]] - 1]
        nowhere = np.isnan(share)
        values = np.rint(np.nan_to_num(share) * 2.0**24).astype(np.uint64)
    elif query.sort == "worst":
        if marks is None:
            raise QueryError(UNAUDITED)
        nowhere = (marks.asked(query.style)[rows] & JUDGED) == 0
        values = (_WORST - marks.badness(query.style)[rows]).astype(np.uint64)
    else:
        return _shuffled(rows, query.seed)
    found: NDArray[np.uint64] = np.where(nowhere, _LOW, values)
    return found


def _shuffled(rows: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """Return a number for each row that has nothing to do with it: the finalizer of SplitMix64 (Steele et al. 2014)."""
    mixed = rows.astype(np.uint64) + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ mixed >> np.uint64(shift)) * np.uint64(factor)
    shuffled: NDArray[np.uint64] = np.minimum((mixed ^ mixed >> np.uint64(31)) >> np.uint64(32), _LOW - np.uint64(1))
    return shuffled
