"""The sentences of the Browser that count pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.search_result import SearchResult


def hint_of(catalog: Catalog) -> str:
    """Return how many pairs a catalog has, and how to filter them."""
    kind = "simulated pairs" if catalog.simulated else "pairs"
    return f"{len(catalog):,} {kind}. Choose a class or a country, search for words, or draw a box on the map."


def count_sentence(result: SearchResult, every: int) -> str:
    """Return how many of all pairs match, in one sentence."""
    if not result.total:
        return "No pair matches all filters; remove a filter."
    return f"{result.total:,} of {every:,} pairs match." if result.total < every else f"All {every:,} pairs."
