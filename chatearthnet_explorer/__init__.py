"""Explore ChatEarthNet: Sentinel-2 chips, land cover, prompts and captions of any place on Earth."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.values import Value, html_of

if TYPE_CHECKING:
    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.captioners import open_captioner
    from chatearthnet_explorer.captioners.budget import Budget
    from chatearthnet_explorer.captioners.budget_captioner import BudgetCaptioner
    from chatearthnet_explorer.cards import card
    from chatearthnet_explorer.catalog import Catalog, Query, open_catalog
    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.comparison import Comparison, compare_captions
    from chatearthnet_explorer.errors import ExplorerError
    from chatearthnet_explorer.pipeline import Captioned, caption_at
    from chatearthnet_explorer.prompts.chip_prompt import prompt_for_chip
    from chatearthnet_explorer.prompts.prompt import Prompt, prompt_for
    from chatearthnet_explorer.sources import open_source
    from chatearthnet_explorer.tile import Tile
    from chatearthnet_explorer.widgets.browse.browser import Browser
    from chatearthnet_explorer.widgets.compare.compare_captions import CompareCaptions
    from chatearthnet_explorer.widgets.explore.explorer import Explorer
    from chatearthnet_explorer.widgets.review.review_desk import ReviewDesk
    from chatearthnet_explorer.writer import Writer

    __version__: str

__all__ = [
    "Browser",
    "Budget",
    "BudgetCaptioner",
    "Caption",
    "Captioned",
    "Catalog",
    "Chip",
    "CompareCaptions",
    "Comparison",
    "Explorer",
    "ExplorerError",
    "Prompt",
    "Query",
    "ReviewDesk",
    "Tile",
    "Writer",
    "__version__",
    "caption_at",
    "card",
    "compare_captions",
    "open_captioner",
    "open_catalog",
    "open_source",
    "prompt_for",
    "prompt_for_chip",
]

# Each is imported when it is first used: the map takes seconds, and the catalog needs DuckDB.
_MODULES = {
    "Browser": "widgets.browse.browser",
    "Budget": "captioners.budget",
    "BudgetCaptioner": "captioners.budget_captioner",
    "Caption": "caption",
    "Captioned": "pipeline",
    "Catalog": "catalog",
    "Chip": "chip",
    "CompareCaptions": "widgets.compare.compare_captions",
    "Comparison": "comparison",
    "Explorer": "widgets.explore.explorer",
    "ExplorerError": "errors",
    "Prompt": "prompts.prompt",
    "Query": "catalog",
    "ReviewDesk": "widgets.review.review_desk",
    "Tile": "tile",
    "Writer": "writer",
    "caption_at": "pipeline",
    "card": "cards",
    "compare_captions": "comparison",
    "open_captioner": "captioners",
    "open_catalog": "catalog",
    "open_source": "sources",
    "prompt_for": "prompts.prompt",
    "prompt_for_chip": "prompts.chip_prompt",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - mypy reads the types of the names above
    """Import a public name when it is first used."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("chatearthnet-explorer")
    elif name in _MODULES:
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    else:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, those that are not imported yet too."""
    return sorted(__all__)


@html_of.register
def _card_of(value: Value) -> str:
    """Return the card of a value. Here, since no module below may import ``cards``."""
    from chatearthnet_explorer.cards.value_card import value_card

    return value_card(value)._repr_html_()
