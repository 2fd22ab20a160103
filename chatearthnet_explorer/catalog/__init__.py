"""The pairs, as a table one can ask."""

from chatearthnet_explorer.catalog.builder import build
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.dataset import PairDataset
from chatearthnet_explorer.catalog.enrichment import enrich
from chatearthnet_explorer.catalog.export_selection import export
from chatearthnet_explorer.catalog.query import Query

__all__ = ["Catalog", "PairDataset", "Query", "build", "enrich", "export", "open_catalog"]
