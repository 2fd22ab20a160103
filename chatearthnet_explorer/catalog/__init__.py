"""The pairs, as a table one can ask."""

from chatearthnet_explorer.catalog.build import build
from chatearthnet_explorer.catalog.dataset import PairDataset
from chatearthnet_explorer.catalog.enrich import enrich
from chatearthnet_explorer.catalog.export import export
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.catalog.table import Catalog, open_catalog

__all__ = ["Catalog", "PairDataset", "Query", "build", "enrich", "export", "open_catalog"]
