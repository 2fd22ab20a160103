"""The facets of a search result, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Facet:
    """A property of pairs by which a search result is counted and filtered."""

    field: str
    """The field of ``Query`` that filters by it."""

    title: str
    """Heading on screen."""

    multiple: bool = True
    """Whether the field takes several values."""


FACETS: Mapping[str, Facet] = MappingProxyType({
    "class": Facet("classes", "Land cover in the captions"),
    "continent": Facet("continent", "Continent"),
    "country": Facet("country", "Country"),
    "style": Facet("style", "Captions", multiple=False),
    "split": Facet("split", "Use in training"),
    "flag": Facet("flag", "Known problems"),
    "finding": Facet("finding", "Found by the checks"),
})  # fmt: skip
"""Every facet by its key in ``SearchResult.facets`` and in links. This is the order in JSON, in links and on screen."""

MULTIPLE = MappingProxyType({key: facet.field for key, facet in FACETS.items() if facet.multiple})
"""The field of ``Query`` for each facet that takes several values."""
