"""The catalog of all image-text pairs: build it, search it, export it."""

from chatearthnet_explorer.catalog.builder import build
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.dataset import PairDataset
from chatearthnet_explorer.catalog.enrichment import enrich
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.catalog.search_result import SearchResult

__all__ = ["Catalog", "PairDataset", "Query", "SearchResult", "build", "enrich", "open_catalog"]
