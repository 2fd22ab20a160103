"""The protocol ``PairTable``: what search results, exports and data frames need from a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.catalog.query import Query


class PairTable(Protocol):
    """Pairs by row. ``Catalog`` implements it; modules that it imports use only this protocol."""

    @property
    def path(self) -> Path:
        """The GeoParquet file with one line per row."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether the release is marked as simulated."""
        ...

    @property
    def writer(self) -> str:
        """Who wrote the captions, untrusted; empty if they are those of the release."""
        ...

    def rows(self, query: Query) -> NDArray[np.int64]:
        """Return the rows of all pairs that match a query, in its order."""
        ...

    def pairs_at(self, rows: Iterable[int]) -> Iterator[Pair]:
        """Yield the pairs of rows, in the order of the rows."""
        ...
