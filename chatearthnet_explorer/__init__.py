"""Click a place on Earth: its Sentinel-2 chip, its land cover, ChatEarthNet's prompt of it, and captions."""

from importlib import import_module
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.cards import card
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.pipeline import caption_at
from chatearthnet_explorer.prompts.prompt import Prompt, prompt_for
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from chatearthnet_explorer.widgets.browse.browser import Browser
    from chatearthnet_explorer.widgets.explore.explorer import Explorer
    from chatearthnet_explorer.widgets.review.review_desk import ReviewDesk

__all__ = [
    "Browser",
    "Chip",
    "Explorer",
    "ExplorerError",
    "Prompt",
    "ReviewDesk",
    "Tile",
    "caption_at",
    "card",
    "open_captioner",
    "open_source",
    "prompt_for",
]

_WIDGETS = {"Browser": "browse.browser", "Explorer": "explore.explorer", "ReviewDesk": "review.review_desk"}


def __getattr__(name: str) -> type:
    """Import a widget when it is asked for: the map alone takes seconds."""
    if name not in _WIDGETS:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    widget: type = getattr(import_module(f"chatearthnet_explorer.widgets.{_WIDGETS[name]}"), name)
    return widget
