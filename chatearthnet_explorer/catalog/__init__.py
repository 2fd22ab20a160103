"""The pairs, as a table one can ask."""

from chatearthnet_explorer.catalog.build import build
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.catalog.table import Catalog, open_catalog

__all__ = ["Catalog", "Query", "build", "open_catalog"]
