"""The result of a search: a sequence of pairs, with the total number and the counts of every facet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, overload

from chatearthnet_explorer.catalog.dataframes import to_geopandas, to_pandas
from chatearthnet_explorer.catalog.export import export_pairs
from chatearthnet_explorer.catalog.pair import Pair
from chatearthnet_explorer.values import brief

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas
    import pandas as pd
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.pair_table import PairTable
    from chatearthnet_explorer.catalog.query import Query

_HTML_ROWS = 10
_CAPTION_CHARACTERS = 100
_REPR_CHARACTERS = 180


@dataclass(frozen=True, kw_only=True, repr=False)
class SearchResult(Sequence[Pair]):
    """The pairs that match a query, in its order: ``len(result)``, ``result[0]``, ``for pair in result``.

    Iteration covers every match, or the first ``limit`` of them where the search has a limit. It reads the pairs from
    disk little by little, so a loop over the whole dataset takes little memory. ``pairs`` has one page of them, which
    is read already.
    """

    catalog: PairTable = field(compare=False)
    """The catalog that was searched."""

    query: Query
    """The query, with the page that ``pairs`` has."""

    total: int
    """Number of pairs that match, whatever the limit."""

    pairs: tuple[Pair, ...]
    """The pairs of the query's page; empty for a page after the last one."""

    facets: dict[str, dict[str, int]]
    """Number of pairs for each value of each facet, without the filter on that facet itself."""

    limit: int | None = None
    """Most pairs that the sequence has; None for all matches."""

    @property
    def pages(self) -> int:
        """Number of pages."""
        return -(-self.total // self.query.size)

    @cached_property
    def rows(self) -> NDArray[Any]:
        """Rows of the catalog of all pairs in this sequence, int64 of shape (len(result),), in the query's order."""
        return self.catalog.rows(self.query)[: self.limit]

    def __len__(self) -> int:
        """Return the number of matches, or ``limit`` where there are more."""
        return self.total if self.limit is None else min(self.total, self.limit)

    def __iter__(self) -> Iterator[Pair]:
        """Yield every pair of the sequence, read from disk as the loop goes on."""
        return self.catalog.pairs_at(self.rows.tolist())

    @overload
    def __getitem__(self, index: int) -> Pair: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Pair, ...]: ...

    def __getitem__(self, index: int | slice) -> Pair | tuple[Pair, ...]:
        """Return one pair, or the pairs of a slice.

        Raises:
            IndexError: If there is no such pair.
        """
        if isinstance(index, slice):
            return tuple(self.catalog.pairs_at(self.rows[index].tolist()))
        if not -len(self) <= index < len(self):
            msg = f"There is no pair {index}; the result has {len(self)}."
            raise IndexError(msg)
        return next(iter(self.catalog.pairs_at([int(self.rows[index])])))

    def to_geopandas(self) -> geopandas.GeoDataFrame:
        """Return all pairs of the sequence with their footprints; see ``dataframes.to_geopandas``."""
        return to_geopandas(self.catalog.path, self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """Return all pairs of the sequence without geometry; see ``dataframes.to_pandas``."""
        return to_pandas(self.catalog.path, self.rows)

    def export(self, path: str | Path, *, format: str = "") -> int:  # noqa: A002 - the usual word
        """Write all pairs of the sequence to a file and return how many; see ``catalog.export.export_pairs``."""
        return export_pairs(self.catalog, self.rows, path=path, format=format)

    def to_dict(self) -> dict[str, Any]:
        """Return the page, the total and the facets for JSON."""
        return {
            "total": self.total,
            "page": self.query.page,
            "pages": self.pages,
            "size": self.query.size,
            "facets": self.facets,
            "rows": [pair.to_dict() for pair in self.pairs],
        }

    def __repr__(self) -> str:
        """Return the number of pairs and the filters, in less than 200 characters."""
        filters = "".join(f", {name}={brief(value)}" for name, value in self.query.filters.items())
        text = f"SearchResult({len(self):,} pairs{filters}"
        return f"{text[:_REPR_CHARACTERS]}...)" if len(text) > _REPR_CHARACTERS else f"{text})"

    def _repr_html_(self) -> str:
        """Return a table of the first pairs. Names and captions are escaped."""
        pairs = self.pairs[:_HTML_ROWS]
        lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(pair))}</tr>" for pair in pairs)
        head = "".join(f"<th>{title}</th>" for title in ("name", "country", "splits", "caption"))
        text = f"<p>{self.total:,} {'pair' if self.total == 1 else 'pairs'}" + (
            f", page {self.query.page} of {self.pages:,}" if self.total else ""
        )
        return f"{text}</p><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _cells(pair: Pair) -> tuple[str, str, str, str]:
    caption = next(iter(pair.record.captions.values()), "")
    short = caption if len(caption) <= _CAPTION_CHARACTERS else f"{caption[:_CAPTION_CHARACTERS]}..."
    splits = ", ".join(f"{style}: {split}" for style, split in pair.record.splits.items())
    return pair.record.name, pair.country.name if pair.country else "", splits, short
