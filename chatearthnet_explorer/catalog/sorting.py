"""Sort the pairs of a search result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chatearthnet_explorer.catalog.audit_findings import CHECKED_BIT, NOT_AUDITED
from chatearthnet_explorer.catalog.bit_codes import BIT, NOWHERE
from chatearthnet_explorer.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.audit_findings import AuditFindings
    from chatearthnet_explorer.catalog.column_arrays import PairColumns
    from chatearthnet_explorer.catalog.query import Query

_ROW_BITS = np.uint64(32)
_LOW = np.uint64(2**32 - 1)
_WORST = 2**20  # more than all scores of a pair together


def page_rows(
    columns: PairColumns,
    rows: NDArray[np.int64],
    query: Query,
    *,
    shares: NDArray[np.float32] | None,
    findings: AuditFindings | None,
) -> NDArray[np.int64]:
    """Return the rows of one page, without sorting the others.

    Raises:
        QueryError: If the order needs shares or findings and the catalog has none.
    """
    start, stop = (query.page - 1) * query.size, query.page * query.size
    keys = _keys(columns, rows, query, shares, findings)
    if start >= len(rows):
        return rows[:0]
    if keys is None:
        return rows[start:stop] if not query.descending else rows[::-1][start:stop]
    if stop < len(keys):
        keys = np.partition(keys, stop)[:stop]
    return (np.sort(keys)[start:stop] & _LOW).astype(np.int64)


def sort_rows(
    columns: PairColumns,
    rows: NDArray[np.int64],
    query: Query,
    *,
    shares: NDArray[np.float32] | None,
    findings: AuditFindings | None,
) -> NDArray[np.int64]:
    """Return all rows in the query's order; see ``page_rows``."""
    keys = _keys(columns, rows, query, shares, findings)
    if keys is None:
        return rows[::-1] if query.descending else rows
    return (np.sort(keys) & _LOW).astype(np.int64)


def _keys(
    columns: PairColumns,
    rows: NDArray[np.int64],
    query: Query,
    shares: NDArray[np.float32] | None,
    findings: AuditFindings | None,
) -> NDArray[np.uint64] | None:
    """Return numbers that sort as the query wants; None if the rows are in order already.

    The low half of a number is the row, so that equal values keep their order. Pairs without a value come last in both
    directions.
    """
    if query.sortby == "place":
        return None
    values = _values(columns, rows, query, shares, findings)
    missing = values == _LOW
    if query.descending:
        values = np.uint64(_LOW - 1) - values
    values[missing] = _LOW
    keys: NDArray[np.uint64] = values << _ROW_BITS | rows.astype(np.uint64)
    return keys


def _values(
    columns: PairColumns,
    rows: NDArray[np.int64],
    query: Query,
    shares: NDArray[np.float32] | None,
    findings: AuditFindings | None,
) -> NDArray[np.uint64]:
    """Return the values to sort by as numbers below 2^32 - 1, which means no value."""
    x, y = columns.x[rows].astype(np.uint64), columns.y[rows].astype(np.uint64)
    missing = x == NOWHERE
    one = np.uint64(1)
    if query.sortby == "name":  # column, row, then i and j, which are the odd bits of y and x
        values = (x >> one) << np.uint64(15) | (y >> one) << np.uint64(2) | (y & one) << one | x & one
    elif query.sortby == "lat":
        values = np.uint64(NOWHERE) - y
    elif query.sortby == "lon":
        values = x
    elif query.sortby == "country":
        names = [country.name for country in columns.countries]
        places = {name: place for place, name in enumerate(sorted(set(names)))}
        rank = np.array([places[name] for name in names], np.uint64)
        values, missing = rank[columns.country[rows]], columns.country[rows] == 0
    elif query.sortby == "share":
        if shares is None:
            msg = "This catalog does not know the shares of classes yet; run `catalog enrich` first."
            raise QueryError(msg)
        share = shares[rows, BIT[query.classes[0]] - 1]
        missing = np.isnan(share)
        values = np.rint(np.nan_to_num(share) * 2.0**24).astype(np.uint64)
    elif query.sortby == "worst":
        if findings is None:
            raise QueryError(NOT_AUDITED)
        missing = (findings.bits_of_style(query.style)[rows] & CHECKED_BIT) == 0
        values = (_WORST - findings.severity(query.style)[rows]).astype(np.uint64)
    else:
        return _random_numbers(rows, query.seed)
    numbers: NDArray[np.uint64] = np.where(missing, _LOW, values)
    return numbers


def _random_numbers(rows: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """Return a random number for each row: the finalizer of SplitMix64 (Steele et al. 2014)."""
    numbers = rows.astype(np.uint64) + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        numbers = (numbers ^ numbers >> np.uint64(shift)) * np.uint64(factor)
    high: NDArray[np.uint64] = (numbers ^ numbers >> np.uint64(31)) >> np.uint64(32)
    return np.minimum(high, _LOW - np.uint64(1))
