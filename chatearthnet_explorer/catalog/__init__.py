"""The catalog of all image-text pairs: build it, search it, export it."""

from chatearthnet_explorer.catalog.build import build_catalog
from chatearthnet_explorer.catalog.caption_set_build import add_captions
from chatearthnet_explorer.catalog.catalog import Catalog, open_catalog
from chatearthnet_explorer.catalog.enrich import enrich_catalog
from chatearthnet_explorer.catalog.query import Query
from chatearthnet_explorer.catalog.search_result import SearchResult
from chatearthnet_explorer.catalog.torch_dataset import PairDataset

__all__ = [
    "Catalog",
    "PairDataset",
    "Query",
    "SearchResult",
    "add_captions",
    "build_catalog",
    "enrich_catalog",
    "open_catalog",
]
