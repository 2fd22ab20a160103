"""Click a place on Earth: its Sentinel-2 chip, its land cover, ChatEarthNet's prompt of it, and captions."""

from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.card import card
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.pipeline import caption_at
from chatearthnet_explorer.prompt import Prompt, prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from chatearthnet_explorer.widgets.explorer import Explorer

__all__ = ["Chip", "Explorer", "ExplorerError", "Prompt", "Tile", "caption_at", "card", "open_captioner", "prompt_for"]


def __getattr__(name: str) -> type:
    """Import the Explorer when it is asked for: its map alone takes seconds."""
    if name != "Explorer":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from chatearthnet_explorer.widgets.explorer import Explorer  # noqa: PLC0415 - heavy

    return Explorer
